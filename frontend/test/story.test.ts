import { deepEqual, equal } from "node:assert/strict";
import { test } from "node:test";

import { Format } from "../src/format";
import type { Home } from "../src/house";
import { type Past, pastOf, planOf } from "../src/story";
import type { HomeAssistant } from "../src/types";
import { stretches } from "../src/strip";
import { changeOf } from "../src/why";
import { wordsFor } from "../src/words";
import { hass } from "./home";

const NOON = Date.parse("2026-06-19T10:00:00Z");
const HOUR = 3_600_000;
const HOME: Home = {
  device: "home",
  battery: null,
  import_price: "sensor.tariff",
  import_price_factor: 0.01,
  workers: [{ device: "cruncher", sink: "tank", start_cost: 0 }],
  always_on: [],
  sinks: [],
};
const TANK = {
  device: "tank",
  kind: "tank",
  temperatures: ["sensor.top", "sensor.bottom"],
  thermostat: null,
  target_c: 55,
} as const;

function entry(entity_id: string, device_id: string, translation_key: string) {
  return [entity_id, { entity_id, device_id, translation_key, platform: "solar_compute" }] as const;
}

const ENTITIES = Object.fromEntries([
  entry("sensor.balance", "home", "balance"),
  entry("binary_sensor.running", "cruncher", "running"),
]);

/** The past of a home by its states: hours before noon, and what was said then. */
function past(
  said: Record<string, (readonly [hours: number, state: string])[]>,
  states: object = {},
): Promise<Past> {
  const rows = Object.fromEntries(
    Object.entries(said).map(([id, changes]) => [
      id,
      changes.map(([hours, s]) => ({ s, lu: (NOON - hours * HOUR) / 1000 })),
    ]),
  );
  const home = { ...hass, entities: ENTITIES, states, callWS: async () => rows } as unknown as HomeAssistant;
  return pastOf(home, HOME, HOME.workers, TANK, NOON - 2 * HOUR, NOON);
}

test("a value counts for as long as it held, and silence is no value", async () => {
  const { balance } = await past({
    "sensor.balance": [[1, "1000"], [0.875, "3000"], [0.75, "unavailable"], [0.25, "500"]],
  });

  deepEqual(balance.map(([, value]) => value), [2000, 500]);
});

test("a price in cents is drawn in the currency, as the plan's are", async () => {
  const { prices } = await past({ "sensor.tariff": [[0.5, "22"]] });

  deepEqual(prices.map(([, value]) => value), [0.22]);
});

test("a tank that is read in another unit than the home's is drawn in the home's", async () => {
  const states = { "sensor.top": { state: "122", attributes: { unit_of_measurement: "°F" } } };

  const { temperature } = await past({ "sensor.top": [[0.25, "122"]] }, states);

  deepEqual(temperature.map(([, value]) => value), [50]);
});

test("what was silent for hours is left open in the picture", () => {
  const [quarter, hours] = [HOUR / 4, 5 * HOUR];

  deepEqual(stretches([[0, 1], [quarter, 2], [hours, 3]]), [[[0, 1], [quarter, 2]], [[hours, 3]]]);
});

test("several sensors of a tank are shown as their mean", async () => {
  const { temperature } = await past({ "sensor.top": [[0.25, "60"]], "sensor.bottom": [[0.25, "40"]] });

  deepEqual(temperature.map(([, value]) => value), [50]);
});

test("a run that has not ended lasts until now, and one from before begins with the strip", async () => {
  const { runs } = await past({ "binary_sensor.running": [[5, "on"], [1.5, "off"], [0.5, "on"]] });

  deepEqual(runs, [
    { from: NOON - 2 * HOUR, to: NOON - 1.5 * HOUR, worker: "cruncher" },
    { from: NOON - 0.5 * HOUR, to: NOON, worker: "cruncher" },
  ]);
});

test("what a run does at several levels is one run of the plan", async () => {
  const iso = (hours: number) => new Date(NOON + hours * HOUR).toISOString();
  const windows = [
    { start: iso(1), end: iso(2) },
    { start: iso(2), end: iso(3) },
    { start: iso(5), end: iso(6) },
  ];
  const response = { home: { steps: [] }, cruncher: { windows } };
  const { runs } = await planOf({ ...hass, callService: async () => ({ response }) }, HOME);

  deepEqual(runs.map(({ from, to }) => [(from - NOON) / HOUR, (to - NOON) / HOUR]), [[1, 3], [5, 6]]);
});

test("what would start it is sun, and the plan says when that is expected", () => {
  const soon = Date.now() + HOUR;
  const step = { from: soon, to: soon + HOUR, balance: 1200, low: null, price: 0.3 };
  const explained = {
    level: 0,
    power_w: 0,
    worth_per_h: -0.1,
    levels: [],
    supply_taken: [],
    power_of_workers_before_w: 0,
    would_start: { surplus_w: 640, after_s: null },
    site: { balance_w: 500, tranches: [] },
  };
  const say = wordsFor("en");
  const told = (steps: (typeof step)[]) =>
    changeOf(explained, { steps, runs: [] }, say, new Format(hass)) ?? "";

  equal(told([]), "It starts with 640 W more sun.");
  equal(told([{ ...step, balance: 1100 }]), "It starts with 640 W more sun.");
  equal(told([step]).startsWith("It starts with 640 W more sun, expected "), true);
});
