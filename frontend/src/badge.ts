/** The round badge of the card: how it goes, at one glance. */

import { html, type TemplateResult } from "lit";

import type { EntityState } from "./types";

/** Icon and look by the state of a worker, or of the home. All others are quiet. */
const LOOKS: Readonly<Record<string, readonly [icon: string, look: string]>> = {
  running: ["mdi:server", "good"],
  starting: ["mdi:server", "good"],
  draining: ["mdi:server", "good"],
  lost: ["mdi:server-off", "bad"],
  input_missing: ["mdi:server-off", "bad"],
};

export function badge(state: EntityState | undefined): TemplateResult {
  const [icon, look] = LOOKS[state?.state ?? ""] ?? ["mdi:server", "quiet"];
  return html`<div class="badge ${look}" aria-hidden="true"><ha-icon .icon=${icon}></ha-icon></div>`;
}
