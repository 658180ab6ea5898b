import { equal } from "node:assert/strict";
import { test } from "node:test";

import { Format } from "../src/format";
import { sentence } from "../src/sentence";
import { wordsFor } from "../src/words";
import { hass, reasonOf } from "./home";

const NOTHING = { compute: 0, heat: 0, job: 0, cooling: 0, supply: 0 };

function said(state: string, attributes: object = {}): string {
  return sentence(hass, reasonOf(state, attributes), wordsFor("en"), new Format(hass));
}

test("a pause for the battery's sake says what a stored kWh is worth", () => {
  const attributes = {
    tranches: [
      { kind: "export", width_w: 100, price_per_kwh: 0.08 },
      { kind: "battery_discharge", width_w: 300, price_per_kwh: 0.31 },
    ],
    worth: { ...NOTHING, power_w: 400, compute: 0.06, supply: 0.101 },
  };
  equal(
    said("not_worth_it", attributes),
    "The battery's next kWh is worth more later (€0.31) than computing now (€0.15).",
  );
});

test("a run says what its power would have been worth otherwise", () => {
  const attributes = {
    tranches: [{ kind: "export", width_w: 800, price_per_kwh: 0.08 }],
    worth: { ...NOTHING, power_w: 800, compute: 0.048, heat: 0.089, supply: 0.064 },
  };
  equal(
    said("worth_it", attributes),
    "A kWh of sun is worth more computing and heating (€0.17) than sold (€0.08).",
  );
});

test("cooling is taken off what a worker brings", () => {
  const attributes = {
    tranches: [{ kind: "import", width_w: 1000, price_per_kwh: 0.3 }],
    worth: { ...NOTHING, power_w: 1000, heat: 0.2, cooling: 0.05, supply: 0.3 },
  };
  equal(
    said("not_worth_it", attributes),
    "A kWh from the grid costs more (€0.30) than it is worth heating (€0.15).",
  );
});

test("prices that would contradict the decision are left to the words of the entity", () => {
  const attributes = {
    tranches: [{ kind: "export", width_w: 400, price_per_kwh: 0.08 }],
    worth: { ...NOTHING, power_w: 400, compute: 0.06, supply: 0.032 },
  };
  equal(said("not_worth_it", attributes), "Not_worth_it");
});

test("a kind of supply that nobody knows yet has no sentence, and breaks none", () => {
  const attributes = {
    tranches: [{ kind: "fusion", width_w: 400, price_per_kwh: 0.01 }],
    worth: { ...NOTHING, power_w: 400, compute: 0.06 },
  };
  equal(said("worth_it", attributes), "Worth_it");
});

test("a start that is near says when", () => {
  equal(
    said("waiting_to_start", { starts_after_s: 260 }),
    "It pays: starts in 4 min if it stays like this.",
  );
});

test("what somebody asked for says how long it holds", () => {
  equal(
    said("override_pause", { details: { remaining_s: 3600 } }),
    "You asked for it: it rests for 1 hr more.",
  );
});

test("of several guards of a kind, it names the one that it is", () => {
  equal(said("too_warm", { details: { guard: "Rack inlet" } }), "Too_warm (Rack inlet)");
});

test("in shadow mode it says that it would", () => {
  equal(said("would_worth_it"), "Paused: would_worth_it");
});

test("all other reasons are told by the entity, without the state that stands above", () => {
  equal(said("mode_off"), "Mode_off");
});
