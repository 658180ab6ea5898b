/**
 * What if?: the last days of the home replayed with other settings, by the action
 * `simulate`. It offers what the action takes of what is in its table; a further setting
 * is a further row.
 */

import { css, html, nothing, type TemplateResult } from "lit";

import { CardDialog } from "./dialog";
import type { Format } from "./format";
import { type Home, numberOf, stateOf } from "./house";
import type { HomeAssistant } from "./types";
import { type Key, type Say, wordsFor } from "./words";

const DAYS = 3;

interface Report {
  readonly gain: number;
  readonly known_days: number;
  readonly fixed_delays: { readonly delay_15_7: number };
  readonly workers: readonly {
    readonly run_hours: number;
    readonly starts: number;
    readonly energy_kwh: number;
    readonly solar_kwh: number;
  }[];
  readonly useful_heat_kwh: Readonly<Record<string, number>>;
}

interface Setting {
  /** The field of the action, and of its label. */
  readonly field:
    | "import_price"
    | "export_price"
    | "compute_value"
    | "start_cost"
    | "battery_reserve"
    | "target_temperature";
  readonly highest: number;
  readonly step: number;
  text(value: number, format: Format): string;
  /** What holds now; undefined: this home has nothing of the kind. */
  current(hass: HomeAssistant, home: Home): number | undefined;
}

const money = (value: number, format: Format) => format.price(value);

function priceNow(name: string) {
  return (hass: HomeAssistant, { workers }: Home): number | undefined =>
    workers
      .map(({ device }) => stateOf(hass, device, "reason")?.attributes.inputs?.[name])
      .find((value) => typeof value === "number");
}

const SETTINGS: readonly Setting[] = [
  {
    field: "compute_value",
    highest: 0.5,
    step: 0.005,
    text: money,
    current: (hass, { workers }) =>
      workers
        .map(({ device }) => numberOf(stateOf(hass, device, "compute_value", "number")))
        .find((value) => value !== undefined),
  },
  {
    field: "start_cost",
    highest: 0.2,
    step: 0.005,
    text: money,
    current: (_hass, { workers }) => workers[0]?.start_cost,
  },
  {
    field: "battery_reserve",
    highest: 100,
    step: 5,
    text: (value, format) => format.percent(value),
    current: (_hass, { battery }) => battery?.reserve_percent,
  },
  {
    field: "target_temperature",
    highest: 75,
    step: 1,
    text: (value, format) => format.celsius(value),
    current: (_hass, { sinks }) => sinks[0]?.target_c,
  },
  {
    field: "import_price",
    highest: 1,
    step: 0.01,
    text: money,
    current: priceNow("import_per_kwh"),
  },
  {
    field: "export_price",
    highest: 0.5,
    step: 0.005,
    text: money,
    current: priceNow("export_per_kwh"),
  },
];

export class WhatIf extends CardDialog {
  static override properties = {
    ...CardDialog.properties,
    home: { attribute: false },
    tried: { state: true },
    asIs: { state: true },
    asTried: { state: true },
    running: { state: true },
    problem: { state: true },
  };

  declare home: Home;
  declare private tried: Readonly<Record<string, number>>;
  declare private asIs: Report | undefined;
  declare private asTried: Report | undefined;
  declare private running: boolean;
  declare private problem: string | undefined;

  constructor() {
    super();
    this.tried = {};
    this.running = false;
  }

  protected override get heading(): string {
    return wordsFor(this.hass.language)("what_if.title");
  }

  async ask(home: Home): Promise<void> {
    this.home = home;
    this.tried = {};
    this.asIs = this.asTried = this.problem = undefined;
    await this.open();
  }

  private async replay(): Promise<void> {
    this.running = true;
    this.problem = this.asTried = undefined;
    try {
      this.asIs ??= await this.simulate({});
      if (Object.keys(this.tried).length) this.asTried = await this.simulate(this.tried);
    } catch (error) {
      // "Validation error: …", which is no concern of who reads it.
      this.problem = (error as Error).message.replace(/^Validation error: /, "");
    }
    this.running = false;
  }

  private async simulate(tried: Readonly<Record<string, number>>): Promise<Report> {
    const { response } = await this.hass.callService(
      "solar_compute",
      "simulate",
      { device_id: this.home.device, days: DAYS, ...tried },
      undefined,
      false,
      true,
    );
    return response;
  }

  protected override content(say: Say, format: Format): TemplateResult {
    const fields = this.hass.services.solar_compute?.simulate?.fields ?? {};
    const days = format.number(DAYS);
    return html`
      <p class="quiet">${say("what_if.intro")}</p>
      ${SETTINGS.filter(
        (one) => one.field in fields && one.current(this.hass, this.home) !== undefined,
      ).map((one) => this.slider(one, say, format))}
      <button class="replay" ?disabled=${this.running} @click=${() => this.replay()}>
        ${this.running ? say("what_if.running", { days }) : say("what_if.replay")}
      </button>
      <div role="status">
        ${this.problem ? html`<p>${this.problem}</p>` : nothing}
        ${this.asIs && !this.running ? this.compared(this.asIs, this.asTried, say, format) : nothing}
      </div>
    `;
  }

  private slider(setting: Setting, say: Say, format: Format): TemplateResult {
    const { field, highest, step } = setting;
    const tried = this.tried[field];
    const value = tried ?? setting.current(this.hass, this.home) ?? 0;
    const text = setting.text(value, format);
    const end = Math.max(highest, value);
    return html`<div class="setting">
      <label for=${field}>${say(`what_if.${field}`)}</label>
      <output for=${field} class=${tried === undefined ? "quiet" : ""}>
        ${tried === undefined ? say("what_if.as_it_is", { value: text }) : text}
      </output>
      <input
        id=${field}
        type="range"
        min="0"
        max=${end}
        style="--part: ${(100 * value) / end}%"
        step=${step}
        .value=${String(value)}
        aria-valuetext=${text}
        @input=${(event: Event) => {
          const chosen = Number((event.target as HTMLInputElement).value);
          this.tried = { ...this.tried, [field]: chosen };
        }}
      />
    </div>`;
  }

  private compared(before: Report, after: Report | undefined, say: Say, format: Format): TemplateResult {
    const sum = (report: Report, key: "run_hours" | "starts" | "energy_kwh" | "solar_kwh") =>
      report.workers.reduce((total, worker) => total + (worker[key] ?? 0), 0);
    const heat = (report: Report) =>
      Object.values(report.useful_heat_kwh ?? {}).reduce((total, one) => total + one, 0);
    const rows: readonly (readonly [Key, (report: Report) => string])[] = [
      ["what_if.gain", ({ gain }) => format.money(gain)],
      ["what_if.timers", ({ fixed_delays: delays }) => format.money(delays.delay_15_7)],
      ["what_if.hours", (report) => format.number(sum(report, "run_hours"), 1)],
      ["what_if.starts", (report) => format.number(sum(report, "starts"))],
      ["what_if.energy", (report) => format.energy(sum(report, "energy_kwh"))],
      ["what_if.solar", (report) => format.energy(sum(report, "solar_kwh"))],
      ["what_if.useful", (report) => format.energy(heat(report))],
    ];
    return html`<table>
      <thead>
        <tr>
          <th scope="col">
            ${say("what_if.of", { days: format.number(before.known_days, before.known_days % 1 ? 1 : 0) })}
          </th>
          <th scope="col">${say("what_if.now")}</th>
          ${after ? html`<th scope="col">${say("what_if.tried")}</th>` : nothing}
        </tr>
      </thead>
      <tbody>
        ${rows.filter(([label]) => label !== "what_if.useful" || this.home.sinks.length).map(
          ([label, figure]) => html`<tr>
            <th scope="row">${say(label)}</th>
            <td>${figure(before)}</td>
            ${after ? html`<td>${figure(after)}</td>` : nothing}
          </tr>`,
        )}
      </tbody>
    </table>`;
  }

  static override styles = [
    ...CardDialog.styles,
    css`
      .setting {
        display: grid;
        grid-template-columns: 1fr auto;
        gap: 0 12px;
        margin: 4px 0;
      }
      output {
        font-variant-numeric: tabular-nums;
      }
      output:not(.quiet) {
        font-weight: 500;
      }
      input[type="range"] {
        grid-column: 1 / -1;
        width: 100%;
        height: 44px;
        margin: 0;
        appearance: none;
        background: none;
        cursor: pointer;
      }
      /* A rule that names what a browser does not know is dropped whole: one for each. */
      input::-webkit-slider-runnable-track {
        height: 6px;
        border-radius: 3px;
        background: linear-gradient(
          to right,
          var(--primary-color) var(--part),
          color-mix(in srgb, var(--primary-text-color) 18%, transparent) 0
        );
      }
      input::-moz-range-track {
        height: 6px;
        border-radius: 3px;
        background: color-mix(in srgb, var(--primary-text-color) 18%, transparent);
      }
      input::-moz-range-progress {
        height: 6px;
        border-radius: 3px;
        background: var(--primary-color);
      }
      input::-webkit-slider-thumb {
        appearance: none;
        width: 20px;
        height: 20px;
        margin-top: -7px;
        border-radius: 50%;
        background: var(--primary-color);
      }
      input::-moz-range-thumb {
        width: 20px;
        height: 20px;
        border: none;
        border-radius: 50%;
        background: var(--primary-color);
      }
      button.replay {
        display: block;
        width: 100%;
        min-height: 44px;
        margin: 18px 0;
        border: none;
        border-radius: 22px;
        font-weight: 500;
        background: color-mix(in srgb, var(--primary-color) 22%, var(--card-background-color, #fff));
      }
      button.replay:disabled {
        opacity: 0.8;
        cursor: progress;
      }
    `,
  ];
}
