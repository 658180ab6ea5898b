/** A worker's mode, as a group of radio buttons. */

import { html, nothing, type TemplateResult } from "lit";

import { nameOf, stateOf } from "./house";
import type { EntityState, HomeAssistant } from "./types";
import type { Say } from "./words";

const STEPS: Readonly<Record<string, number>> = {
  ArrowRight: 1,
  ArrowDown: 1,
  ArrowLeft: -1,
  ArrowUp: -1,
};

export function modes(hass: HomeAssistant, device: string, say: Say): TemplateResult | typeof nothing {
  const mode = stateOf(hass, device, "mode", "select");
  if (!mode) return nothing;
  const options: readonly string[] = mode.attributes.options ?? [];
  // One of them can be reached with the tab key: the one that is chosen.
  const reached = options.includes(mode.state) ? mode.state : options[0];
  return html`<div
    class="modes"
    role="radiogroup"
    aria-label=${say("card.mode", { name: nameOf(hass, device) })}
    @keydown=${(event: KeyboardEvent) => move(event, hass, mode)}
  >
    ${options.map(
      (option) => html`<button
        role="radio"
        aria-checked=${option === mode.state}
        tabindex=${option === reached ? 0 : -1}
        @click=${() => choose(hass, mode, option)}
      >
        ${hass.formatEntityState(mode, option)}
      </button>`,
    )}
  </div>`;
}

/** Arrow keys go round, as in any group of radio buttons. */
function move(event: KeyboardEvent, hass: HomeAssistant, mode: EntityState): void {
  const by = STEPS[event.key];
  const buttons = [...(event.currentTarget as HTMLElement).querySelectorAll("button")];
  const from = buttons.indexOf(event.target as HTMLButtonElement);
  if (!by || from < 0) return;
  event.preventDefault();
  const to = (from + by + buttons.length) % buttons.length;
  buttons[to]!.focus();
  choose(hass, mode, mode.attributes.options[to]);
}

function choose(hass: HomeAssistant, mode: EntityState, option: string): void {
  const target = { entity_id: mode.entity_id };
  // If it fails, Home Assistant says so, and the mode that is shown is the one that it is.
  hass.callService("select", "select_option", { option }, target).catch(() => undefined);
}
