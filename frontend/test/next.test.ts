import { equal } from "node:assert/strict";
import { test } from "node:test";

import { Format } from "../src/format";
import { nextOf } from "../src/next";
import { NO_PLAN, type Plan } from "../src/story";
import type { HomeAssistant } from "../src/types";
import { wordsFor } from "../src/words";
import { hass } from "./home";

const NOON = Date.parse("2026-06-19T10:00:00Z");
const HOUR = 3_600_000;
const STEP = { from: NOON, to: NOON + HOUR, balance: 800, low: null, price: null };

function said(running: boolean, runs: (readonly [from: number, to: number])[], plan?: Plan): string {
  const entity_id = "binary_sensor.running";
  const entry = { entity_id, device_id: "cruncher", translation_key: "running", platform: "solar_compute" };
  const home = {
    ...hass,
    entities: { [entity_id]: entry },
    states: { [entity_id]: { entity_id, state: running ? "on" : "off", attributes: {} } },
  } as unknown as HomeAssistant;
  const planned = runs.map(([from, to]) => ({
    from: NOON + from * HOUR,
    to: NOON + to * HOUR,
    worker: "cruncher",
  }));
  const given = plan ?? { steps: [STEP], runs: planned };
  return nextOf(home, given, "cruncher", NOON, wordsFor("en"), new Format(hass));
}

test("while it runs, it says until when, and when it runs again", () => {
  equal(said(true, [[-1, 2], [5, 6]]), "Runs until about 14:00 · Next run 17:00, for 1 hr");
});

test("a run that the plan begins in a moment is the one that goes on already", () => {
  equal(said(true, [[0.1, 2]]), "Runs until about 14:00");
});

test("a run that the plan does not know lasts for as long as it pays", () => {
  equal(said(true, [[5, 6]]), "Runs for as long as it pays · Next run 17:00, for 1 hr");
});

test("a paused worker says when it runs, or that nothing is planned", () => {
  equal(said(false, [[5, 6]]), "Next run 17:00, for 1 hr");
  equal(said(false, []), "No run is planned");
});

test("without a plan nothing is promised", () => {
  equal(said(false, [], NO_PLAN), "");
});
