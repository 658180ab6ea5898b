/**
 * What there is, and how its entities are found: by device and translation key, never by
 * how an entity id is spelt. It reads; it must never command anything.
 */

import type { EntityState, HomeAssistant } from "./types";

export const PLATFORM = "solar_compute";

export interface Worker {
  readonly device: string;
  readonly start_cost: number;
  readonly sink: string | null;
}

export interface Sink {
  readonly device: string;
  readonly kind: "tank" | "room";
  readonly temperatures: readonly string[];
  readonly thermostat: string | null;
  readonly target_c: number;
}

export interface Home {
  readonly device: string;
  readonly battery: { readonly soc: string | null; readonly reserve_percent: number } | null;
  readonly import_price: string | null;
  /** Makes its states prices per kWh in the home's currency; null: they are none. */
  readonly import_price_factor: number | null;
  readonly workers: readonly Worker[];
  readonly always_on: readonly Worker[];
  readonly sinks: readonly Sink[];
}

/** Ask for all homes: a device may be missing until the first decision. */
export async function homesOf(hass: HomeAssistant): Promise<readonly Home[]> {
  const homes = await hass.callWS<Home[]>({ type: `${PLATFORM}/homes` });
  const known = <Owner extends { device: string | null }>(owners: readonly Owner[]) =>
    owners.filter((owner) => owner.device !== null);
  return known(homes).map((home) => ({
    ...home,
    workers: known(home.workers),
    always_on: known(home.always_on),
    sinks: known(home.sinks),
  }));
}

/** The home of a device, and the worker that it is if it is one. */
export function shownBy(
  homes: readonly Home[],
  device: string | undefined,
): { home: Home; workers: readonly Worker[] } | undefined {
  for (const home of homes) {
    if (!device || home.device === device) return { home, workers: home.workers };
    const own = home.workers.filter((worker) => worker.device === device);
    if (own.length) return { home, workers: own };
  }
  return undefined;
}

type Index = ReadonlyMap<string, string>;
const indices = new WeakMap<object, Index>();

function indexOf(hass: HomeAssistant): Index {
  let index = indices.get(hass.entities);
  if (!index) {
    index = new Map(
      Object.values(hass.entities)
        .filter((entry) => entry.platform === PLATFORM)
        .map(({ device_id, entity_id, translation_key }) => [
          `${device_id} ${entity_id.split(".")[0]} ${translation_key}`,
          entity_id,
        ]),
    );
    indices.set(hass.entities, index);
  }
  return index;
}

/** The id of a device's entity; undefined where it has none, or none that is enabled. */
export function idOf(
  hass: HomeAssistant,
  device: string,
  key: string,
  domain = "sensor",
): string | undefined {
  return indexOf(hass).get(`${device} ${domain} ${key}`);
}

export function stateOf(
  hass: HomeAssistant,
  device: string,
  key: string,
  domain = "sensor",
): EntityState | undefined {
  return hass.states[idOf(hass, device, key, domain) ?? ""];
}

/** A number that a state shows; undefined while it shows none. */
export function numberOf(state: EntityState | undefined): number | undefined {
  const value = state === undefined ? NaN : parseFloat(state.state);
  return Number.isFinite(value) ? value : undefined;
}

/** What was counted since midnight, in the unit that the entity shows. */
export function todayOf(state: EntityState | undefined): number | undefined {
  const value = state?.attributes.today;
  return typeof value === "number" ? value : undefined;
}

export function nameOf(hass: HomeAssistant, device: string): string {
  const found = hass.devices[device];
  return found?.name_by_user || found?.name || "";
}

/** The temperature of a tank or room: the mean of its sensors that say something. */
export function temperatureOf(hass: HomeAssistant, sink: Sink): number | undefined {
  const values = sink.temperatures
    .map((id) => [numberOf(hass.states[id]), degreesOf(hass, id)] as const)
    .flatMap(([value, inHome]) => (value === undefined ? [] : [inHome(value)]));
  return values.length ? values.reduce((sum, value) => sum + value, 0) / values.length : undefined;
}

/** How a sensor's degrees become the home's: a person may have set another unit for it. */
export function degreesOf(hass: HomeAssistant, id: string): (degrees: number) => number {
  const home = hass.config.unit_system.temperature;
  const own = hass.states[id]?.attributes.unit_of_measurement;
  if (own === "°C" && home === "°F") return (degrees) => degrees * 1.8 + 32;
  if (own === "°F" && home === "°C") return (degrees) => (degrees - 32) / 1.8;
  return (degrees) => degrees;
}

/** What it shall be, in the unit of the home. A thermostat goes before the setting. */
export function targetOf(hass: HomeAssistant, sink: Sink): number {
  const thermostat =
    stateOf(hass, sink.device, "room", "climate") ?? hass.states[sink.thermostat ?? ""];
  const set = thermostat?.attributes.temperature;
  if (typeof set === "number") return set;
  const fahrenheit = hass.config.unit_system.temperature.includes("F");
  return fahrenheit ? sink.target_c * 1.8 + 32 : sink.target_c;
}
