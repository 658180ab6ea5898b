import { deepEqual, equal, ok } from "node:assert/strict";
import { test } from "node:test";

import type { Home } from "../src/house";
import type { HomeAssistant } from "../src/types";
import { wordsFor } from "../src/words";
import { hass } from "./home";

// An element of the browser, of which this needs nothing.
Object.assign(globalThis, { HTMLElement: class {} });
const { DashboardStrategy, viewOf } = await import("../src/strategy");

const OF_HOME = ["surplus", "next_price", "solar_share", "balance"];
const OF_WORKER = ["worker_state", "worker_power", "worth", "energy", "energy_solar", "reason", "run_time_today"];
const OF_TANK = ["energy_to_target", "heat_power"];

interface Given {
  readonly workers: number;
  readonly tank?: boolean;
  readonly device?: string;
}

/** A home and what the frontend knows of it: every worker with its mode and its buttons. */
function given({ workers, tank = false, device = "home" }: Given) {
  const entries: [device: string, entity: string, key: string][] = [];
  const add = (owner: string, domain: string, key: string) =>
    entries.push([owner, `${domain}.${owner}_${key}`, key]);
  OF_HOME.forEach((key) => add(device, "sensor", key));
  const names = Array.from({ length: workers }, (_, index) => `${device}_worker_${index}`);
  for (const name of names) {
    OF_WORKER.forEach((key) => add(name, "sensor", key));
    add(name, "select", "mode");
    add(name, "button", "run");
  }
  if (tank) OF_TANK.forEach((key) => add("tank", "sensor", key));
  const home: Home = {
    device,
    battery: null,
    import_price: null,
    import_price_factor: 1,
    workers: names.map((name) => ({ device: name, sink: null, start_cost: 0 })),
    always_on: [],
    sinks: tank
      ? [{ device: "tank", kind: "tank", temperatures: ["sensor.top"], thermostat: null, target_c: 55 }]
      : [],
  };
  const entities = Object.fromEntries(
    entries.map(([owner, entity_id, translation_key]) => [
      entity_id,
      { entity_id, device_id: owner, translation_key, platform: "solar_compute" },
    ]),
  );
  return { home, hass: { ...hass, entities } as unknown as HomeAssistant };
}

function built(about: Given): any {
  const { home, hass } = given(about);
  return viewOf(hass, home, wordsFor("en"), 0);
}

const title = (section: any) => section.cards[0].heading;
const entitiesOf = (section: any): string[] =>
  section.cards.flatMap(({ entity, entities = [] }: any) =>
    [entity, ...entities.map((one: any) => one.entity ?? one)].filter((id) => id),
  );

for (const workers of [1, 2, 3, 4, 12]) {
  for (const tank of [false, true]) {
    test(`no column is left empty: ${workers} workers, ${tank ? "a" : "no"} tank`, () => {
      const { sections, max_columns: columns } = built({ workers, tank });
      let filled = 0;
      for (const { column_span: span = 1 } of sections) {
        ok(filled + span <= columns, "it does not fit into the row");
        filled = (filled + span) % columns;
      }
      equal(filled, 0);
    });

    test(`every worker is there: ${workers} workers, ${tank ? "a" : "no"} tank`, () => {
      const { sections } = built({ workers, tank });
      const ours = entitiesOf(sections.find((one: any) => title(one) === "Workers"));
      for (let index = 0; index < workers; index += 1) {
        ok(ours.some((id) => id.includes(`home_worker_${index}_`)));
      }
    });
  }
}

test("a home has the sections that it has something for", () => {
  const all = ["Now and next", "Workers", "Heat", "Money and energy", "Last 48 hours"];
  deepEqual(built({ workers: 1, tank: true }).sections.map(title), all);
  deepEqual(
    built({ workers: 1 }).sections.map(title),
    all.filter((name) => name !== "Heat"),
  );
});

test("nothing is shown of what there is not", () => {
  const { home, hass } = given({ workers: 1, tank: true });
  const shown = viewOf(hass, home, wordsFor("en"), 0).sections as any[];
  const known = new Set([...Object.keys(hass.entities), "sensor.top"]);
  for (const id of shown.flatMap(entitiesOf)) ok(known.has(id), id);
});

test("a gauge of a tank is in the unit of the home", () => {
  const { home, hass: celsius } = given({ workers: 1, tank: true });
  const config = { ...celsius.config, unit_system: { temperature: "°F" } };
  const { sections } = viewOf({ ...celsius, config }, home, wordsFor("en"), 0) as any;
  const [gauge] = sections.flatMap(({ cards }: any) =>
    cards.filter(({ entity }: any) => entity === "sensor.top").flatMap((card: any) => card.features),
  );
  deepEqual([gauge.min, gauge.max], [68, 140]);
});

test("each of two homes has a view of its own", async () => {
  const [one, other] = [given({ workers: 1 }), given({ workers: 1, device: "cabin" })];
  const both = {
    ...one.hass,
    entities: { ...one.hass.entities, ...other.hass.entities },
    callWS: async () => [one.home, other.home],
  } as unknown as HomeAssistant;
  const { views } = (await DashboardStrategy.generate({}, both)) as any;
  deepEqual(views.map(({ path }: any) => path), ["home", "home-2"]);
});
