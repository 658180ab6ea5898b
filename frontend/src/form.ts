/** What the visual editor asks for. */

import { PLATFORM } from "./house";
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
