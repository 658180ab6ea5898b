/**
 * The dashboard of a home, built from what it has: of built-in cards, but for our one.
 *
 * It reads what is configured and returns the configuration of a dashboard; it must never
 * draw anything.
 */

import { type Home, homesOf, idOf, nameOf } from "./house";
import type { HomeAssistant } from "./types";
import { fetchWords, type Say, wordsFor } from "./words";

type Config = Readonly<Record<string, unknown>>;

const ENTITY_NAME = [{ type: "entity" }];
const DEVICE_NAME = [{ type: "device" }];
const TREND = [{ type: "trend-graph", hours_to_show: 24 }];
const FULL = { grid_options: { columns: "full" } };
/** Of statistics: their card takes no variables of the theme. */
const SOURCES = [
  ["energy_solar", "#ff9800"],
  ["energy_battery", "#4db6ac"],
  ["energy_grid", "#488fc2"],
] as const;

export class DashboardStrategy extends HTMLElement {
  static noEditor = true;

  static getCreateSuggestions(hass: HomeAssistant): Config {
    return { title: wordsFor(hass.language)("dashboard.name"), icon: "mdi:solar-power-variant" };
  }

  static async generate(_config: Config, hass: HomeAssistant): Promise<Config> {
    const [homes] = await Promise.all([homesOf(hass), fetchWords(hass.language)]);
    const say = wordsFor(hass.language);
    return { views: homes.map((home, index) => view(hass, home, say, index)) };
  }
}

function view(hass: HomeAssistant, home: Home, say: Say, index: number): Config {
  const sections = [
    nowAndNext(home, say),
    workers(hass, home, say),
    heat(hass, home, say),
    money(hass, home, say),
    past(hass, home, say),
  ];
  return {
    title: nameOf(hass, home.device),
    path: index ? `home-${index + 1}` : "home",
    type: "sections",
    max_columns: 3,
    dense_section_placement: true,
    sections: sections.filter((section) => section !== undefined),
  };
}

function nowAndNext(home: Home, say: Say): Config {
  return {
    type: "grid",
    column_span: 2,
    cards: [
      heading(say("dashboard.now"), "mdi:sun-clock"),
      { type: "custom:solar-compute-card", device: home.device, ...FULL },
    ],
  };
}

function workers(hass: HomeAssistant, home: Home, say: Say): Config | undefined {
  const cards = home.workers.flatMap(({ device }) => [
    tile(hass, device, "worker_state", {
      name: DEVICE_NAME,
      state_content: ["state", "last_changed"],
      ...FULL,
    }),
    tile(hass, device, "worker_power", { color: "deep-purple", features: TREND }),
    tile(hass, device, "worth", { color: "green", features: TREND }),
    home.workers.length > 1 &&
      tile(hass, device, "mode", {
        domain: "select",
        features: [{ type: "select-options", style: "buttons" }],
        ...FULL,
      }),
    tile(hass, device, "run", { domain: "button", hide_state: true }),
    tile(hass, device, "pause", { domain: "button", hide_state: true }),
  ]);
  const always = home.always_on.map(({ device }) =>
    tile(hass, device, "worker_power", { name: DEVICE_NAME }),
  );
  return section(say("dashboard.workers"), "mdi:server", [
    ...cards,
    ...always,
    tile(hass, home.device, "automation", { domain: "switch", ...FULL }),
  ]);
}

function heat(hass: HomeAssistant, home: Home, say: Say): Config | undefined {
  const cards = home.sinks.flatMap((sink) => {
    const { device, kind, temperatures, target_c: target } = sink;
    const thermostat = idOf(hass, device, "room", "climate") ?? sink.thermostat;
    return [
      thermostat
        ? {
            type: "tile",
            entity: thermostat,
            name: DEVICE_NAME,
            features: [{ type: "target-temperature" }],
            ...FULL,
          }
        : temperatures[0] && {
            type: "tile",
            entity: temperatures[0],
            name: nameOf(hass, device),
            color: "deep-orange",
            features: [{ type: "bar-gauge", min: kind === "tank" ? 20 : 10, max: target + 5 }],
            ...FULL,
          },
      tile(hass, device, "energy_to_target"),
      tile(hass, device, "heat_power", { color: "deep-orange" }),
      tile(hass, device, "heat_value", { color: "green" }),
      tile(hass, device, "heat_savings", { color: "green" }),
    ];
  });
  return section(say("dashboard.heat"), "mdi:thermometer-water", cards);
}

function money(hass: HomeAssistant, home: Home, say: Say): Config | undefined {
  const energies = SOURCES.flatMap(([key, color]) =>
    home.workers.flatMap(({ device }) => {
      const entity = idOf(hass, device, key);
      return entity ? [{ entity, color, ...named(hass, entity, home.workers.length > 1) }] : [];
    }),
  );
  return section(say("dashboard.money"), "mdi:cash-multiple", [
    tile(hass, home.device, "surplus", { color: "amber" }),
    tile(hass, home.device, "next_price"),
    tile(hass, home.device, "planned_value", { color: "green" }),
    tile(hass, home.device, "planned_energy"),
    tile(hass, home.device, "solar_share", {
      color: "amber",
      features: [{ type: "bar-gauge", min: 0, max: 100 }],
      features_position: "inline",
      ...FULL,
    }),
    // Of a single tank it stands under Heat already.
    home.sinks.length > 1 && tile(hass, home.device, "heat_savings", { color: "green", ...FULL }),
    energies.length && {
      type: "statistics-graph",
      title: say("dashboard.sources"),
      days_to_show: 7,
      period: "day",
      chart_type: "bar",
      stat_types: ["change"],
      entities: energies,
      ...FULL,
    },
  ]);
}

function past(hass: HomeAssistant, home: Home, say: Say): Config | undefined {
  const states = home.workers.map(({ device }) => idOf(hass, device, "worker_state"));
  const powers = [
    idOf(hass, home.device, "balance"),
    ...home.workers.map(({ device }) => idOf(hass, device, "worker_power")),
  ];
  const temperatures = home.sinks.flatMap((sink) => sink.temperatures);
  const history = (title: string, ids: readonly (string | undefined)[]) => {
    const entities = ids.filter((id) => id !== undefined);
    return (
      entities.length && { type: "history-graph", title, hours_to_show: 48, entities, ...FULL }
    );
  };
  const built = section(say("dashboard.past"), "mdi:history", [
    history(say("dashboard.workers"), states),
    history(say("dashboard.power"), powers),
    history(say("dashboard.temperatures"), temperatures),
    { type: "calendar", initial_view: "listWeek", entities: plans(hass, home), ...FULL },
  ]);
  return built && { ...built, column_span: 2 };
}

function plans(hass: HomeAssistant, home: Home): string[] {
  const plan = idOf(hass, home.device, "plan", "calendar");
  return plan ? [plan] : [];
}

/** A section, unless it would be empty. */
function section(
  title: string,
  icon: string,
  cards: readonly (Config | string | number | false | undefined)[],
): Config | undefined {
  const built = cards.filter((card) => typeof card === "object");
  return built.length ? { type: "grid", cards: [heading(title, icon), ...built] } : undefined;
}

function heading(text: string, icon: string): Config {
  return { type: "heading", heading: text, icon };
}

/** A tile of a device's entity, unless it has none. */
function tile(
  hass: HomeAssistant,
  device: string,
  key: string,
  { domain = "sensor", ...more }: Config & { domain?: string } = {},
): Config | undefined {
  const entity = idOf(hass, device, key, domain);
  return entity ? { type: "tile", entity, name: ENTITY_NAME, ...more } : undefined;
}

function named(hass: HomeAssistant, entity: string, byDevice: boolean): Config {
  const device = hass.entities[entity]?.device_id;
  return byDevice && device ? { name: nameOf(hass, device) } : {};
}
