/** A home as the frontend shows it, for tests: English, euros, a clock of 24 hours. */

import type { EntityState, HomeAssistant } from "../src/types";
import { fetchWords } from "../src/words";

await fetchWords("en");

export const hass = {
  states: {},
  entities: {},
  devices: {},
  services: {},
  language: "en",
  connected: true,
  locale: { language: "en", number_format: "language", time_format: "24", time_zone: "server" },
  config: { currency: "EUR", time_zone: "Europe/Berlin", unit_system: { temperature: "°C" } },
  formatEntityState: (state: EntityState) => `Paused: ${state.state}`,
} as unknown as HomeAssistant;

export function german(changes: Partial<HomeAssistant["locale"]> = {}): HomeAssistant {
  return { ...hass, language: "de", locale: { ...hass.locale, language: "de", ...changes } };
}

export function reasonOf(state: string, attributes: object = {}): EntityState {
  return { entity_id: "sensor.cruncher_reason", state, attributes, last_changed: "" };
}
