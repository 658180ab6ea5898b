/**
 * The dashboard of a home, built from what it has: of built-in cards, but for our one.
 *
 * It reads what is configured and returns the configuration of a dashboard; it must never
 * draw anything.
 */

import { type Home, homesOf, idOf, nameOf, type Sink } from "./house";
import { type Config, DEVICE_NAME, FULL, heading, history, type Maybe, section, tile, under } from "./sections";
import type { HomeAssistant } from "./types";
import { fetchWords, type Say, wordsFor } from "./words";

const COLUMNS = 3;
/** More workers than these have a row of the dashboard to themselves. */
const IN_ONE_COLUMN = 3;
const TREND = [{ type: "trend-graph", hours_to_show: 24 }];
const BUTTONS = [{ type: "select-options", style: "buttons" }];
/** Of statistics: their card takes no variables of the theme. */
const SOURCES = [
  ["energy_solar", "#ff9800", "dashboard.solar"],
  ["energy_battery", "#4db6ac", "dashboard.battery"],
  ["energy_grid", "#488fc2", "dashboard.grid"],
] as const;

export class DashboardStrategy extends HTMLElement {
  static noEditor = true;

  static getCreateSuggestions(hass: HomeAssistant): Config {
    return { title: wordsFor(hass.language)("dashboard.name"), icon: "mdi:solar-power-variant" };
  }

  static async generate(_config: Config, hass: HomeAssistant): Promise<Config> {
    const [homes] = await Promise.all([homesOf(hass), fetchWords(hass.language)]);
    const say = wordsFor(hass.language);
    return { views: homes.map((home, index) => viewOf(hass, home, say, index)) };
  }
}

/** A view whose rows are full: no section has an empty column beside it. */
export function viewOf(hass: HomeAssistant, home: Home, say: Say, index: number): Config {
  const many = home.workers.length > IN_ONE_COLUMN;
  const warm = heat(hass, home, say);
  const sections = [
    wide(nowAndNext(home, say), many ? COLUMNS : COLUMNS - 1),
    wide(workers(hass, home, say), many ? COLUMNS : 1),
    warm,
    money(hass, home, say),
    wide(past(hass, home, say), warm ? 1 : COLUMNS - 1),
  ];
  return {
    title: nameOf(hass, home.device),
    path: index ? `home-${index + 1}` : "home",
    type: "sections",
    max_columns: COLUMNS,
    dense_section_placement: true,
    sections: sections.filter((section) => section !== undefined),
  };
}

function wide(section: Config | undefined, columns: number): Config | undefined {
  return section && { ...section, column_span: columns };
}

function nowAndNext(home: Home, say: Say): Config {
  return {
    type: "grid",
    cards: [
      heading(say("dashboard.now"), "mdi:sun-clock"),
      { type: "custom:solar-compute-card", device: home.device, ...FULL },
    ],
  };
}

function workers(hass: HomeAssistant, home: Home, say: Say): Config | undefined {
  const [only] = home.workers;
  const own =
    home.workers.length === 1
      ? single(hass, only!.device, say)
      : home.workers.flatMap(({ device }) => oneOfSeveral(hass, device, home.workers.length));
  const always = home.always_on.map(({ device }) =>
    tile(hass, device, "worker_power", { name: DEVICE_NAME }),
  );
  return section(say("dashboard.workers"), "mdi:server", [
    ...own,
    ...always,
    tile(hass, home.device, "automation", { domain: "switch", ...FULL }),
  ]);
}

function stateTile(hass: HomeAssistant, device: string): Maybe {
  const state_content = ["state", "last_changed"];
  return tile(hass, device, "worker_state", { name: DEVICE_NAME, state_content, ...FULL });
}

function single(hass: HomeAssistant, device: string, say: Say): Maybe[] {
  return [
    stateTile(hass, device),
    tile(hass, device, "worker_power", { color: "deep-purple", features: TREND }),
    tile(hass, device, "worth", { color: "green", features: TREND }),
    tile(hass, device, "run", { domain: "button", name: say("tile.run"), hide_state: true }),
    tile(hass, device, "pause", { domain: "button", name: say("tile.pause"), hide_state: true }),
    tile(hass, device, "run_time_today", { name: say("tile.run_time") }),
    tile(hass, device, "starts_today", { name: say("tile.starts") }),
  ];
}

/** Its mode, and its state where there is a column for it. The card tells all of them. */
function oneOfSeveral(hass: HomeAssistant, device: string, count: number): Maybe[] {
  const mode = { domain: "select", name: DEVICE_NAME, features: BUTTONS, hide_state: true };
  return count > IN_ONE_COLUMN
    ? [tile(hass, device, "mode", { ...mode, grid_options: { columns: 12 } })]
    : [stateTile(hass, device), tile(hass, device, "mode", { ...mode, ...FULL })];
}

function heat(hass: HomeAssistant, home: Home, say: Say): Config | undefined {
  const cards = home.sinks.flatMap((sink) => [
    temperature(hass, sink),
    tile(hass, sink.device, "energy_to_target", { name: say("tile.to_target") }),
    tile(hass, sink.device, "heat_power", { name: say("tile.heat_power"), color: "deep-orange" }),
    tile(hass, sink.device, "heat_value", { name: say("tile.heat_value"), color: "green" }),
    tile(hass, sink.device, "heat_savings", { name: say("tile.saved"), color: "green" }),
  ]);
  const measured = home.sinks.flatMap(({ device, temperatures }) =>
    temperatures.map((id) => [id, nameOf(hass, device)] as const),
  );
  return section(say("dashboard.heat"), "mdi:thermometer-water", [
    ...cards,
    ...under(say("dashboard.temperatures"), history(measured)),
  ]);
}

function temperature(hass: HomeAssistant, sink: Sink): Maybe {
  const { device, kind, temperatures, target_c: target } = sink;
  const thermostat = idOf(hass, device, "room", "climate") ?? sink.thermostat;
  if (thermostat) {
    const features = [{ type: "target-temperature" }];
    return { type: "tile", entity: thermostat, name: DEVICE_NAME, features, ...FULL };
  }
  const [entity] = temperatures;
  const inHome = (celsius: number) =>
    hass.config.unit_system.temperature.includes("F") ? celsius * 1.8 + 32 : celsius;
  const [min, max] = [inHome(kind === "tank" ? 20 : 10), inHome(target + 5)];
  return (
    entity && {
      type: "tile",
      entity,
      name: nameOf(hass, device),
      color: "deep-orange",
      features: [{ type: "bar-gauge", min, max }],
      ...FULL,
    }
  );
}

function money(hass: HomeAssistant, home: Home, say: Say): Config | undefined {
  const plan = idOf(hass, home.device, "plan", "calendar");
  return section(say("dashboard.money"), "mdi:cash-multiple", [
    tile(hass, home.device, "surplus", { color: "amber" }),
    tile(hass, home.device, "next_price", { name: say("tile.next_price") }),
    tile(hass, home.device, "solar_share", {
      color: "amber",
      features: [{ type: "bar-gauge", min: 0, max: 100 }],
      features_position: "inline",
      ...FULL,
    }),
    // Of a single tank it stands under Heat already.
    home.sinks.length > 1 && tile(hass, home.device, "heat_savings", { color: "green", ...FULL }),
    tile(hass, home.device, "planned_value", { name: say("tile.planned_value"), color: "green" }),
    tile(hass, home.device, "planned_energy", { name: say("tile.planned_energy") }),
    plan && { type: "calendar", initial_view: "listWeek", entities: [plan], ...FULL },
    ...under(say("dashboard.sources"), energies(hass, home, say)),
  ]);
}

/** Of one worker by where it came from, of several by worker. */
function energies(hass: HomeAssistant, { workers }: Home, say: Say): Maybe {
  const [only] = workers;
  const entities =
    workers.length === 1
      ? SOURCES.map(([key, color, name]) => ({
          entity: idOf(hass, only!.device, key),
          color,
          name: say(name),
        }))
      : workers.map(({ device }) => ({
          entity: idOf(hass, device, "energy"),
          name: nameOf(hass, device),
        }));
  const known = entities.filter(({ entity }) => entity);
  return (
    known.length > 0 && {
      type: "statistics-graph",
      days_to_show: 7,
      period: "day",
      chart_type: "bar",
      stat_types: ["change"],
      entities: known,
      ...FULL,
    }
  );
}

function past(hass: HomeAssistant, home: Home, say: Say): Config | undefined {
  const of = (key: string) =>
    home.workers.map(({ device }) => [idOf(hass, device, key), nameOf(hass, device)] as const);
  const balance = [idOf(hass, home.device, "balance"), say("strip.sun")] as const;
  const reasons = home.workers.map(({ device }) => idOf(hass, device, "reason"));
  const target = { entity_id: reasons.filter((id) => id) };
  return section(say("dashboard.past"), "mdi:history", [
    history(of("worker_state")),
    ...under(say("dashboard.power"), history([balance, ...of("worker_power")])),
    ...under(
      say("dashboard.reasons"),
      target.entity_id.length > 0 && {
        type: "logbook",
        hours_to_show: 48,
        target,
        grid_options: { columns: "full", rows: 4 },
      },
    ),
  ]);
}
