/** What can be set of the card: what its visual editor asks for, and what YAML may say. */

import { PLATFORM } from "./house";
import type { CardConfig } from "./types";
import { type Key, wordsFor } from "./words";

export const form = {
  schema: [
    { name: "device", selector: { device: { integration: PLATFORM } } },
    {
      name: "hours",
      default: 48,
      selector: {
        number: { min: 12, max: 96, step: 12, mode: "slider", unit_of_measurement: "h" },
      },
    },
  ],
  computeLabel: ({ name }: { name: string }) =>
    wordsFor(document.documentElement.lang)(`form.${name}` as Key),
};

/** What Home Assistant itself, and a widely used add-on to its cards, set on any card. */
const OF_ANY_CARD = [
  "type",
  "grid_options",
  "layout_options",
  "view_layout",
  "visibility",
  "disabled",
  "card_mod",
];

/** Throws what is wrong with a configuration; the dashboard shows it in place of the card. */
export function check(config: CardConfig): void {
  const known = form.schema.map(({ name }) => name);
  const unknown = Object.keys(config).find((key) => ![...known, ...OF_ANY_CARD].includes(key));
  if (unknown) throw new Error(`"${unknown}" is no option of this card. It has: ${known.join(", ")}`);
  const { device, hours } = config;
  if (device !== undefined && typeof device !== "string") {
    throw new Error("device must be the id of a device");
  }
  if (hours !== undefined && !(typeof hours === "number" && hours >= 12 && hours <= 96)) {
    throw new Error("hours must be a number from 12 to 96");
  }
}
