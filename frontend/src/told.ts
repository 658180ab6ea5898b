/** What the card says of its workers: state and power, why, and what comes next. */

import { html, nothing, type TemplateResult } from "lit";

import { badge } from "./badge";
import type { Format } from "./format";
import { type Home, nameOf, stateOf, type Worker } from "./house";
import { nextOf } from "./next";
import { sentence } from "./sentence";
import type { Plan } from "./story";
import type { HomeAssistant } from "./types";
import type { Say } from "./words";

export interface Telling {
  readonly hass: HomeAssistant;
  readonly plan: Plan;
  readonly say: Say;
  readonly format: Format;
  /** What is to be done when somebody asks why. */
  readonly ask: (device: string) => void;
}

export function single(worker: Worker, telling: Telling): TemplateResult {
  const { hass } = telling;
  return html`<div class="head">
    ${badge(stateOf(hass, worker.device, "worker_state"))}
    <div class="told">
      <h2>${headline(hass, worker)} <span class="name">${nameOf(hass, worker.device)}</span></h2>
      ${why(worker, telling)} ${next(worker, telling)}
    </div>
  </div>`;
}

export function several(
  home: Home,
  workers: readonly Worker[],
  telling: Telling,
): TemplateResult {
  const { hass, say } = telling;
  const site = stateOf(hass, home.device, "site_state");
  return html`
    <div class="head alone">
      ${badge(site)}
      <div class="told">
        <h2>
          ${site ? hass.formatEntityState(site) : "–"}
          <span class="name">${nameOf(hass, home.device)}</span>
        </h2>
        ${workers.length ? nothing : html`<p class="next">${say("card.no_workers")}</p>`}
      </div>
    </div>
    <ul class="workers">
      ${workers.map(
        (worker) => html`<li>
          <div class="row">
            <strong>${nameOf(hass, worker.device)}</strong>
            <span>${headline(hass, worker)}</span>
          </div>
          ${why(worker, telling)} ${next(worker, telling)}
        </li>`,
      )}
    </ul>
  `;
}

/** "Running · 800 W" */
function headline(hass: HomeAssistant, { device }: Worker): string {
  const state = stateOf(hass, device, "worker_state");
  const power = stateOf(hass, device, "worker_power");
  const known = power && Number.isFinite(parseFloat(power.state)) ? [state, power] : [state];
  return known.map((one) => (one ? hass.formatEntityState(one) : "–")).join(" · ");
}

function why({ device }: Worker, { hass, say, format, ask }: Telling): TemplateResult | typeof nothing {
  const reason = stateOf(hass, device, "reason");
  if (!reason || reason.state === "unavailable") return nothing;
  // Its figures change all the time; what is told unasked is only that the reason changed.
  return html`<button class="reason" @click=${() => ask(device)}>
      ${sentence(hass, reason, say, format)}
      <span class="more">${say("why.open")}</span>
    </button>
    <span class="unseen" role="status">${hass.formatEntityState(reason)}</span>`;
}

function next(
  { device }: Worker,
  { hass, plan, say, format }: Telling,
): TemplateResult | typeof nothing {
  const text = nextOf(hass, plan, device, Date.now(), say, format);
  return text ? html`<p class="next">${text}</p>` : nothing;
}
