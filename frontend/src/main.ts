/** What a dashboard loads: the card, its two dialogs, and the dashboard itself. */

import { SolarComputeCard } from "./card";
import { idOf, PLATFORM } from "./house";
import { DashboardStrategy } from "./strategy";
import type { HomeAssistant } from "./types";
import { WhatIf } from "./what-if";
import { Why } from "./why";
import { fetchWords, wordsFor } from "./words";

declare global {
  interface Window {
    customCards?: { type: string }[];
    customStrategies?: { type: string }[];
  }
}

const CARD = "solar-compute-card";

/** The file may be loaded twice, by a resource of the user's and by ours. */
function define(name: string, element: CustomElementConstructor): void {
  if (!customElements.get(name)) customElements.define(name, element);
}

/** Put into the list itself: the frontend keeps the one that it has seen first. */
function list<Item extends { type: string }>(known: Item[], item: Item): void {
  const before = known.findIndex(({ type }) => type === item.type);
  known.splice(before < 0 ? known.length : before, 1, item);
}

define("solar-compute-why", Why);
define("solar-compute-what-if", WhatIf);
define(CARD, SolarComputeCard);
define("ll-strategy-dashboard-solar-compute", DashboardStrategy);

// What the pickers list is listed in the language of now.
const language = document.documentElement.lang || navigator.language;
await fetchWords(language);
const say = wordsFor(language);

list((window.customCards ??= []), {
  type: CARD,
  name: say("card.name"),
  description: say("card.description"),
  preview: true,
  getEntitySuggestion: (hass: HomeAssistant, entityId: string) => {
    const { platform, device_id: device = "" } = hass.entities[entityId] ?? {};
    if (platform !== PLATFORM) return null;
    // Of a tank, the card of its home.
    const worker = idOf(hass, device, "worker_state") !== undefined;
    return { config: { type: `custom:${CARD}`, ...(worker && { device }) } };
  },
} as { type: string });

list((window.customStrategies ??= []), {
  type: "solar-compute",
  strategyType: "dashboard",
  name: say("dashboard.name"),
  description: say("dashboard.description"),
} as { type: string });
