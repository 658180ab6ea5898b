/** Parts of a dashboard of which several sections are made. Pure: from names to configurations. */

import { idOf } from "./house";
import type { HomeAssistant } from "./types";

export type Config = Readonly<Record<string, unknown>>;
/** A card, or nothing where the home has not what it would show. */
export type Maybe = Config | string | number | false | undefined;

export const FULL = { grid_options: { columns: "full" } };
export const DEVICE_NAME = [{ type: "device" }];
const ENTITY_NAME = [{ type: "entity" }];

/** A section, unless it would be empty. */
export function section(title: string, icon: string, cards: readonly Maybe[]): Config | undefined {
  const built = cards.filter((card) => typeof card === "object");
  return built.length ? { type: "grid", cards: [heading(title, icon), ...built] } : undefined;
}

export function heading(text: string, icon: string): Config {
  return { type: "heading", heading: text, icon };
}

/** A heading within a section, with the cards below it, unless there are none. */
export function under(text: string, ...cards: readonly Maybe[]): Maybe[] {
  const title = { type: "heading", heading: text, heading_style: "subtitle" };
  return cards.some((card) => card) ? [title, ...cards] : [];
}

/** A tile of a device's entity, unless it has none. */
export function tile(
  hass: HomeAssistant,
  device: string,
  key: string,
  { domain = "sensor", ...more }: Config & { domain?: string } = {},
): Config | undefined {
  const entity = idOf(hass, device, key, domain);
  return entity ? { type: "tile", entity, name: ENTITY_NAME, ...more } : undefined;
}

export type Named = readonly [entity: string | null | undefined, name: string];

/** Two days of some entities in one picture. */
export function history(entities: readonly Named[]): Maybe {
  const known = entities.filter(([entity]) => entity);
  return (
    known.length > 0 && {
      type: "history-graph",
      hours_to_show: 48,
      entities: known.map(([entity, name]) => ({ entity, name })),
      ...FULL,
    }
  );
}
