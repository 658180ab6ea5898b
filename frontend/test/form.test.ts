import { doesNotThrow, throws } from "node:assert/strict";
import { test } from "node:test";

import { check } from "../src/form";
import type { CardConfig } from "../src/types";

const TYPE = "custom:solar-compute-card";

test("what Home Assistant sets on every card is no option of ours, and no error", () => {
  doesNotThrow(() => check({ type: TYPE, hours: 24, device: "abc", grid_options: {} } as CardConfig));
});

test("an option that is misspelt is named, with those that there are", () => {
  throws(() => check({ type: TYPE, devise: "abc" } as unknown as CardConfig), /"devise".*device, hours/);
});

test("hours out of their range, or in words, are told so", () => {
  throws(() => check({ type: TYPE, hours: 200 }), /12 to 96/);
  throws(() => check({ type: TYPE, hours: "48" } as unknown as CardConfig), /12 to 96/);
});
