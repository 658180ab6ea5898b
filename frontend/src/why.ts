/**
 * Why?: one decision with its figures, as the action `explain` gives them: what power
 * would cost, what it would bring, what would change it, and the last switches.
 */

import { css, html, nothing, type TemplateResult } from "lit";

import { CardDialog } from "./dialog";
import type { Format } from "./format";
import { idOf, nameOf, stateOf } from "./house";
import { bringsPerKwh, sentence, type Worth } from "./sentence";
import { changesOf, type Plan } from "./story";
import { type Explanation, judgedLevel, kindOf, numbered, pictured } from "./supply";
import { type Switch, switchesOf } from "./switches";
import type { Say } from "./words";

const LOOK_BACK_MS = 48 * 3_600_000;

export class Why extends CardDialog {
  static override properties = {
    ...CardDialog.properties,
    device: { attribute: false },
    plan: { attribute: false },
    explained: { state: true },
    switches: { state: true },
    problem: { state: true },
  };

  declare device: string;
  declare plan: Plan;
  declare private explained: Explanation | undefined;
  declare private switches: readonly Switch[];
  declare private problem: string | undefined;

  constructor() {
    super();
    this.switches = [];
  }

  protected override get heading(): string {
    return nameOf(this.hass, this.device);
  }

  async ask(device: string): Promise<void> {
    this.device = device;
    this.explained = this.problem = undefined;
    this.switches = [];
    const opened = this.open();
    try {
      const answer = this.hass.callService(
        "solar_compute",
        "explain",
        { device_id: [device] },
        undefined,
        false,
        true,
      );
      this.explained = (await answer).response?.[device];
      this.switches = await this.lastSwitches();
    } catch (error) {
      this.problem = (error as Error).message;
    }
    await opened;
  }

  private async lastSwitches(): Promise<readonly Switch[]> {
    const reason = idOf(this.hass, this.device, "reason");
    const running = idOf(this.hass, this.device, "running", "binary_sensor");
    if (!reason || !running) return [];
    const from = Date.now() - LOOK_BACK_MS;
    const changes = await changesOf(this.hass, [reason, running], from);
    return switchesOf(changes.get(running) ?? [], changes.get(reason) ?? [], from);
  }

  protected override content(say: Say, format: Format): TemplateResult {
    const reason = stateOf(this.hass, this.device, "reason");
    return html`
      ${reason ? html`<p class="sentence">${sentence(this.hass, reason, say, format)}</p>` : nothing}
      ${this.problem ? html`<p role="alert">${say("card.failed", { message: this.problem })}</p>` : nothing}
      ${this.explained ? this.decision(this.explained, say, format) : nothing}
      <h3>${say("why.switches")}</h3>
      ${this.switches.length
        ? html`<ul>
            ${this.switches.map((one) => this.switched(one, format))}
          </ul>`
        : html`<p class="quiet">${say("why.no_switches")}</p>`}
    `;
  }

  private decision(explained: Explanation, say: Say, format: Format): TemplateResult {
    const levels = explained.levels.filter(({ level }) => level > 0);
    const parts: [key: keyof Worth, label: string, sign: number][] = [
      ["compute", say("why.work"), 1],
      ["heat", say("why.heat"), 1],
      ["job", say("why.job"), 1],
      ["cooling", say("why.cooling"), -1],
      ["supply", say("why.cost"), -1],
      ["total", say("why.total"), 1],
    ];
    // Heat, jobs and cooling only where there are any.
    const always: readonly (keyof Worth)[] = ["compute", "supply", "total"];
    const columns = parts.filter(
      ([key]) => always.includes(key) || levels.some((level) => level[key]),
    );
    const judged = judgedLevel(explained);
    return html`
      <h3>${say("why.supply")}</h3>
      ${pictured(explained, say, format)}
      <ul class="kinds">
        ${explained.site.tranches.map(
          (tranche, index) => html`<li>
            <i class="swatch ${tranche.kind}" aria-hidden="true">${numbered(index)}</i>
            ${kindOf(tranche, say)}
            <span>${tranche.width_w === null ? "" : `${format.power(tranche.width_w)} · `}${format.price(tranche.price_per_kwh)}/kWh</span>
          </li>`,
        )}
      </ul>
      <h3>${say("why.levels")}</h3>
      <div class="wide" tabindex="0" role="group" aria-label=${say("why.levels")}>
        <table>
          <thead>
            <tr>
              <th scope="col">${say("why.power")}</th>
              ${columns.map(([, label]) => html`<th scope="col">${label}</th>`)}
            </tr>
          </thead>
          <tbody>
            ${levels.map(
              (level) => html`<tr class=${level === judged ? "judged" : ""}>
                <th scope="row">${format.power(level.power_w ?? 0)}</th>
                ${columns.map(([key, , sign]) => html`<td>${format.exact(sign * (level[key] ?? 0))}</td>`)}
              </tr>`,
            )}
          </tbody>
        </table>
      </div>
      ${this.change(explained, say, format)}
    `;
  }

  private change(explained: Explanation, say: Say, format: Format): TemplateResult | typeof nothing {
    const text = changeOf(explained, this.plan, say, format);
    return text ? html`<h3>${say("why.change")}</h3><p>${text}</p>` : nothing;
  }

  private switched({ time, on, reason }: Switch, format: Format): TemplateResult {
    const state = stateOf(this.hass, this.device, "reason");
    const running = stateOf(this.hass, this.device, "running", "binary_sensor");
    const text =
      reason && state
        ? this.hass.formatEntityState(state, reason)
        : running && this.hass.formatEntityState(running, on ? "on" : "off");
    return html`<li class="switch">
      <ha-icon icon=${on ? "mdi:play-circle-outline" : "mdi:pause-circle-outline"}></ha-icon>
      <time>${format.moment(new Date(time), new Date())}</time>
      <span>${text}</span>
    </li>`;
  }

  static override styles = [
    ...CardDialog.styles,
    css`
      .sentence {
        font-size: var(--ha-font-size-l, 16px);
      }
      svg.supply {
        display: block;
        width: 100%;
        overflow: visible;
      }
      svg {
        direction: ltr;
      }
      svg text {
        font-size: 12px;
        text-anchor: middle;
        fill: var(--primary-text-color);
      }
      svg .axis {
        fill: var(--secondary-text-color);
      }
      .own {
        fill: color-mix(in srgb, var(--primary-color) 12%, transparent);
        stroke: var(--primary-color);
        stroke-width: 1.5;
      }
      line.brings {
        stroke: var(--primary-text-color);
        stroke-width: 2;
        stroke-dasharray: 6 4;
      }
      svg .brings-text {
        font-weight: 500;
        text-anchor: end;
        paint-order: stroke;
        stroke: var(--card-background-color, #fff);
        stroke-width: 4px;
      }
      svg .on {
        paint-order: stroke;
        stroke: var(--card-background-color, #fff);
        stroke-width: 3px;
      }
      .curtailed {
        --kind: var(--success-color, #43a047);
      }
      .export {
        --kind: var(--energy-solar-color, #ff9800);
      }
      .yielding {
        --kind: var(--deep-orange-color, #ff6f22);
      }
      .battery_charge {
        --kind: var(--energy-battery-in-color, #f06292);
      }
      .battery_discharge {
        --kind: var(--energy-battery-out-color, #4db6ac);
      }
      .import {
        --kind: var(--energy-grid-consumption-color, #488fc2);
      }
      .block {
        fill: var(--kind);
        opacity: 0.85;
      }
      .mark {
        fill: var(--card-background-color, #fff);
        stroke: var(--kind);
      }
      svg .number {
        font-size: 11px;
        font-weight: 500;
      }
      ul {
        margin: 0;
        padding: 0;
        list-style: none;
      }
      .kinds li {
        display: flex;
        align-items: center;
        gap: 8px;
        padding: 3px 0;
      }
      .kinds span {
        margin-inline-start: auto;
        font-variant-numeric: tabular-nums;
      }
      .swatch {
        flex: none;
        width: 16px;
        border: 2px solid var(--kind);
        border-radius: 50%;
        font-size: 11px;
        font-weight: 500;
        font-style: normal;
        line-height: 16px;
        text-align: center;
        background: color-mix(in srgb, var(--kind) 35%, transparent);
      }
      .judged > * {
        font-weight: 500;
        background: color-mix(in srgb, var(--primary-color) 8%, transparent);
      }
      .switch {
        display: grid;
        grid-template-columns: 24px max-content 1fr;
        gap: 10px;
        padding: 5px 0;
        align-items: center;
      }
      .switch ha-icon,
      time {
        color: var(--secondary-text-color);
      }
    `,
  ];
}

/** What would change a decision, and when that is expected; undefined: nothing is known. */
export function changeOf(
  explained: Explanation,
  plan: Plan,
  say: Say,
  format: Format,
): string | undefined {
  const { would_start: start, site } = explained;
  if (!start) {
    const brings = bringsPerKwh(judgedLevel(explained));
    return explained.level && brings !== undefined
      ? say("why.less", { bring: format.price(brings) })
      : undefined;
  }
  if (start.surplus_w === null) return say("why.no_sun");
  if (start.surplus_w === 0) {
    return start.after_s === null ? undefined : say("why.soon", { time: format.duration(start.after_s) });
  }
  const power = format.power(start.surplus_w);
  const enough = site.balance_w + start.surplus_w;
  const now = Date.now();
  const step = plan.steps.find(({ from, balance }) => from > now && balance >= enough);
  return step
    ? say("why.more_sun_at", { power, time: format.moment(new Date(step.from), new Date(now)) })
    : say("why.more_sun", { power });
}
