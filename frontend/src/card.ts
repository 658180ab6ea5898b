/**
 * The card: what the workers do and why, what comes next, what it brought today, and two
 * days on one strip. What it shows are entities of the integration, the plan and the
 * recorder; what it does are a worker's mode and nothing else.
 */

import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from "lit";

import { styles } from "./card-styles";
import { figuresOf } from "./figures";
import { Format } from "./format";
import { check, form } from "./form";
import {
  type Home,
  homesOf,
  nameOf,
  PLATFORM,
  shownBy,
  type Sink,
  stateOf,
  targetOf,
  temperatureOf,
  type Worker,
} from "./house";
import { modes } from "./modes";
import type { Strip } from "./span";
import { NO_PAST, NO_PLAN, type Past, pastOf, type Plan, planOf } from "./story";
import { drawn, legend } from "./strip";
import { stripStyles } from "./strip-styles";
import { several, single } from "./told";
import type { CardConfig, HomeAssistant } from "./types";
import type { WhatIf } from "./what-if";
import type { Why } from "./why";
import { onWords, type Say, wordsFor } from "./words";

const HOUR_MS = 3_600_000;
const REFRESH_MS = 300_000;
const RETRY_MS = 10_000;
const HOURS = 48;

export class SolarComputeCard extends LitElement {
  static override properties = {
    hass: { attribute: false },
    config: { state: true },
    homes: { state: true },
    plan: { state: true },
    past: { state: true },
    problem: { state: true },
    width: { state: true },
  };
  static override styles = [styles, stripStyles];

  declare hass: HomeAssistant;
  declare private config: CardConfig;
  declare private homes: readonly Home[] | undefined;
  declare private plan: Plan;
  declare private past: Past;
  declare private problem: string | undefined;
  declare private width: number;
  private timer: number | undefined;
  private retry: number | undefined;
  private forgetWords: (() => void) | undefined;
  private loadedFor: readonly unknown[] = [];
  private watchedFor: readonly unknown[] = [];
  private watchedIds: readonly string[] = [];
  private readonly observer = new ResizeObserver(([entry]) => {
    // Not while it is being laid out: what is drawn then would be laid out again.
    requestAnimationFrame(() => (this.width = Math.round(entry!.contentRect.width)));
  });

  constructor() {
    super();
    this.plan = NO_PLAN;
    this.past = NO_PAST;
    this.width = 0;
  }

  static getStubConfig(): Partial<CardConfig> {
    return { hours: HOURS };
  }

  static getConfigForm() {
    return form;
  }

  setConfig(config: CardConfig): void {
    check(config);
    this.config = config;
  }

  getCardSize(): number {
    return 8;
  }

  getGridOptions() {
    return { columns: 12, min_columns: 6, rows: "auto" };
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.timer = window.setInterval(() => this.load(), REFRESH_MS);
    this.forgetWords = onWords(() => this.requestUpdate());
    // A dashboard keeps a view that was left, and shows it again later.
    this.loadedFor = [];
    this.requestUpdate();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    window.clearInterval(this.timer);
    window.clearTimeout(this.retry);
    this.forgetWords?.();
    this.observer.disconnect();
  }

  /** Whether what it shows is of now: not while the connection is lost, or a restart goes on. */
  private isUpToDate(): boolean {
    const site = stateOf(this.hass, this.shown!.home.device, "site_state");
    return this.hass.connected && site?.state !== "unavailable";
  }

  /** Draw again only if something of ours changed: a home has thousands of entities. */
  override shouldUpdate(changed: PropertyValues): boolean {
    const before = changed.get("hass") as HomeAssistant | undefined;
    if (changed.size !== 1 || !before) return true;
    const { locale, entities, connected } = this.hass;
    if (before.locale !== locale || before.entities !== entities) return true;
    if (before.connected !== connected) return true;
    return this.watched().some((id) => before.states[id] !== this.hass.states[id]);
  }

  override updated(): void {
    const place = this.renderRoot.querySelector(".strip");
    if (place) this.observer.observe(place);
    const home = this.shown?.home;
    const made = home && stateOf(this.hass, home.device, "plan_made")?.state;
    const wanted = [this.config, this.hass.entities, this.hass.connected, made];
    if (wanted.some((one, index) => one !== this.loadedFor[index])) {
      this.loadedFor = wanted;
      void this.load();
    }
  }

  private get shown() {
    return this.homes && shownBy(this.homes, this.config.device);
  }

  /** The entities that the card shows: asked for at every change of any entity. */
  private watched(): readonly string[] {
    const about = [this.hass.entities, this.homes, this.config];
    if (about.some((one, index) => one !== this.watchedFor[index])) {
      this.watchedFor = about;
      this.watchedIds = this.shownIds();
    }
    return this.watchedIds;
  }

  private shownIds(): readonly string[] {
    if (!this.shown) return [];
    const { home, workers } = this.shown;
    const devices = new Set([home.device, ...workers.map(({ device }) => device)]);
    const sinks = home.sinks.flatMap((sink) => {
      devices.add(sink.device);
      return sink.temperatures;
    });
    const own = Object.values(this.hass.entities)
      .filter(({ platform, device_id: id }) => platform === PLATFORM && id && devices.has(id))
      .map(({ entity_id: id }) => id);
    return [...own, ...sinks];
  }

  private async load(): Promise<void> {
    if (!this.hass || !this.isConnected) return;
    try {
      const homes = await homesOf(this.hass);
      // While it is being reloaded there is none, and what was known goes on to hold.
      const reloading = !homes.length && this.watched().length > 0;
      if (!reloading) this.homes = homes;
      if (!homes.length) this.again();
      this.problem = undefined;
      if (!this.shown) return;
      const { home, workers } = this.shown;
      const { from, now } = this.times();
      const sink = this.sinkOf(home, workers);
      // Each for itself: without the recorder there is a plan all the same.
      await Promise.allSettled([
        planOf(this.hass, home).then((plan) => (this.plan = plan)),
        pastOf(this.hass, home, workers, sink, from, now).then((past) => (this.past = past)),
      ]);
    } catch (error) {
      if (!this.homes) this.problem = (error as Error).message;
      this.again();
    }
  }

  /** Ask again soon: while Home Assistant starts, it does not know of us yet. */
  private again(): void {
    window.clearTimeout(this.retry);
    if (this.isConnected) this.retry = window.setTimeout(() => this.load(), RETRY_MS);
  }

  private times(): { from: number; now: number; to: number } {
    const now = Date.now();
    const half = ((this.config.hours ?? HOURS) / 2) * HOUR_MS;
    return { from: now - half, now, to: now + half };
  }

  /** The tank or room that is shown: that of the worker, or the first of the home. */
  private sinkOf(home: Home, workers: readonly Worker[]): Sink | undefined {
    const heated = workers.map(({ sink }) => sink).filter((sink) => sink !== null);
    return home.sinks.find(({ device }) => heated.includes(device)) ?? home.sinks[0];
  }

  override render(): TemplateResult | typeof nothing {
    if (!this.hass || !this.config) return nothing;
    const say = wordsFor(this.hass.language);
    if (this.problem) return this.message(say("card.failed", { message: this.problem }));
    if (!this.homes) return html`<ha-card aria-busy="true"><div class="waiting"></div></ha-card>`;
    if (!this.shown) return this.message(say(this.homes.length ? "card.other" : "card.nothing"));
    const { home, workers } = this.shown;
    const format = new Format(this.hass);
    const ask = (device: string) => void this.why.ask(device);
    const telling = { hass: this.hass, plan: this.plan, say, format, ask };
    return html`
      <ha-card class=${this.isUpToDate() ? "" : "stale"}>
        ${workers.length === 1 ? single(workers[0]!, telling) : several(home, workers, telling)}
        ${this.figures(home, workers, say, format)} ${this.strip(home, workers, say, format)}
        ${workers.length === 1 ? modes(this.hass, workers[0]!.device, say) : nothing}
      </ha-card>
      <solar-compute-why .hass=${this.hass} .plan=${this.plan}></solar-compute-why>
      <solar-compute-what-if .hass=${this.hass}></solar-compute-what-if>
    `;
  }

  private message(text: string): TemplateResult {
    return html`<ha-card><p class="message">${text}</p></ha-card>`;
  }

  private figures(home: Home, workers: readonly Worker[], say: Say, format: Format): TemplateResult {
    const sink = this.sinkOf(home, workers);
    const figures = figuresOf(this.hass, home, workers, sink, say, format);
    const columns = `--all: ${figures.length}; --some: ${figures.length % 3 ? 2 : 3}`;
    return html`<div class="figures" style=${columns}>
      ${figures.map(({ label, value, entity, money }) => {
        const act = () => (money ? this.whatIf.ask(home) : this.moreInfo(entity));
        return html`<button class="figure" @click=${act}>
          <span class="label">${label}</span>
          <span class="value">${value}</span>
          ${money ? html`<span class="more">${say("what_if.open")}</span>` : nothing}
        </button>`;
      })}
    </div>`;
  }

  private strip(home: Home, workers: readonly Worker[], say: Say, format: Format): TemplateResult {
    const sink = this.sinkOf(home, workers);
    const strip: Strip = {
      ...this.times(),
      past: this.past,
      plan: this.plan,
      workers: workers.map(({ device }) => ({ device, name: nameOf(this.hass, device) })),
      warmth: sink && {
        name: nameOf(this.hass, sink.device),
        now: temperatureOf(this.hass, sink),
        target: targetOf(this.hass, sink),
      },
    };
    return html`
      <div class="strip">${this.width ? drawn(strip, this.width, say, format) : nothing}</div>
      ${legend(strip, say, format)}
    `;
  }

  private moreInfo(entityId: string): void {
    const detail = { entityId };
    this.dispatchEvent(new CustomEvent("hass-more-info", { detail, bubbles: true, composed: true }));
  }

  private get why(): Why {
    return this.renderRoot.querySelector("solar-compute-why") as Why;
  }

  private get whatIf(): WhatIf {
    return this.renderRoot.querySelector("solar-compute-what-if") as WhatIf;
  }
}
