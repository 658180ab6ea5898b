/**
 * What the strip tells: the measured past from the recorder, the hours to come from the
 * plan. Times are in milliseconds since 1970, powers in W, as in JavaScript and the plan.
 */

import { degreesOf, type Home, idOf, type Sink, type Worker } from "./house";
import type { HomeAssistant } from "./types";

const HOUR_MS = 3_600_000;
/** So long a mean is of that a kettle does not make a spike of it. */
const MEAN_MS = HOUR_MS / 4;

export type Point = readonly [time: number, value: number];

export interface Run {
  readonly from: number;
  readonly to: number;
  readonly worker: string;
}

export interface Step {
  readonly from: number;
  readonly to: number;
  readonly balance: number;
  readonly low: number | null;
  readonly price: number | null;
}

export interface Plan {
  readonly steps: readonly Step[];
  readonly runs: readonly Run[];
}

export interface Change {
  readonly time: number;
  readonly state: string;
}

export interface Past {
  readonly balance: readonly Point[];
  readonly temperature: readonly Point[];
  readonly prices: readonly Point[];
  readonly runs: readonly Run[];
}

export const NO_PLAN: Plan = { steps: [], runs: [] };
export const NO_PAST: Past = { balance: [], temperature: [], prices: [], runs: [] };

/** Ask for the plan of a home, and of each of its workers. */
export async function planOf(hass: HomeAssistant, home: Home): Promise<Plan> {
  const { response } = await hass.callService(
    "solar_compute",
    "get_plan",
    { device_id: [home.device] },
    undefined,
    false,
    true,
  );
  const time = (text: string) => Date.parse(text);
  const rows: any[] = response?.[home.device]?.steps ?? [];
  const starts = rows.map((row) => time(row.start));
  return {
    steps: rows.map((row, index) => ({
      from: starts[index]!,
      to: starts[index + 1] ?? starts[index]! + MEAN_MS,
      balance: row.balance_w,
      low: row.balance_low_w,
      price: row.import_per_kwh,
    })),
    runs: home.workers.flatMap(({ device }) =>
      joined(
        (response?.[device]?.windows ?? []).map((window: any) => ({
          from: time(window.start),
          to: time(window.end),
          worker: device,
        })),
      ),
    ),
  };
}

/** A run that goes on at another level is one run. */
function joined(runs: readonly Run[]): Run[] {
  const whole: Run[] = [];
  for (const run of runs) {
    const last = whole.at(-1);
    if (last && last.to === run.from) whole[whole.length - 1] = { ...last, to: run.to };
    else whole.push(run);
  }
  return whole;
}

/** Ask the recorder for every change of some entities, oldest first. */
export async function changesOf(
  hass: HomeAssistant,
  ids: readonly string[],
  from: number,
): Promise<ReadonlyMap<string, readonly Change[]>> {
  if (!ids.length) return new Map();
  const answer = await hass.callWS<Record<string, { s: string; lu: number; lc?: number }[]>>({
    type: "history/history_during_period",
    start_time: new Date(from).toISOString(),
    entity_ids: ids,
    minimal_response: true,
    no_attributes: true,
    significant_changes_only: false,
  });
  return new Map(
    Object.entries(answer).map(([id, rows]) => [
      id,
      rows.map((row) => ({ time: (row.lc ?? row.lu) * 1000, state: row.s })),
    ]),
  );
}

/** What was measured since a time. */
export async function pastOf(
  hass: HomeAssistant,
  home: Home,
  workers: readonly Worker[],
  sink: Sink | undefined,
  from: number,
  now: number,
): Promise<Past> {
  const balance = idOf(hass, home.device, "balance");
  const running = workers.map(({ device }) => idOf(hass, device, "running", "binary_sensor"));
  const warm = sink?.temperatures ?? [];
  const factor = home.import_price_factor;
  const wanted = [balance, home.import_price, ...running, ...warm];
  const ids = wanted.filter((id) => id != null);
  const changes = await changesOf(hass, ids, from);
  const of = (id: string | null | undefined) => changes.get(id ?? "") ?? [];
  return {
    balance: means(of(balance), from, now),
    temperature: mean(warm.map((id) => each(means(of(id), from, now), degreesOf(hass, id)))),
    prices:
      factor == null ? [] : each(numbers(of(home.import_price)), (price) => price * factor),
    runs: workers.flatMap(({ device }, index) => runs(of(running[index]), device, from, now)),
  };
}

function each(points: readonly Point[], converted: (value: number) => number): Point[] {
  return points.map(([time, value]): Point => [time, converted(value)]);
}

function numbers(changes: readonly Change[]): Point[] {
  return changes
    .map(({ time, state }): Point => [time, parseFloat(state)])
    .filter(([, value]) => Number.isFinite(value));
}

/** Means by the quarter of an hour, by how long each value held; gaps stay gaps. */
function means(changes: readonly Change[], from: number, now: number): Point[] {
  const sums = new Map<number, { sum: number; weight: number }>();
  changes.forEach(({ time, state }, index) => {
    const value = parseFloat(state);
    if (!Number.isFinite(value)) return;
    const end = Math.min(changes[index + 1]?.time ?? now, now);
    for (let begin = Math.max(time, from); begin < end; ) {
      const slot = Math.floor(begin / MEAN_MS);
      const until = Math.min(end, (slot + 1) * MEAN_MS);
      const known = sums.get(slot) ?? { sum: 0, weight: 0 };
      known.sum += value * (until - begin);
      known.weight += until - begin;
      sums.set(slot, known);
      begin = until;
    }
  });
  return [...sums]
    .sort(([one], [other]) => one - other)
    .map(([slot, { sum, weight }]): Point => [
      Math.min(now, Math.max(from, (slot + 0.5) * MEAN_MS)),
      sum / weight,
    ]);
}

/** The mean of several sensors' points, of which those at the same time belong together. */
function mean(series: readonly (readonly Point[])[]): Point[] {
  const sums = new Map<number, number[]>();
  for (const [time, value] of series.flat()) sums.set(time, [...(sums.get(time) ?? []), value]);
  return [...sums]
    .sort(([one], [other]) => one - other)
    .map(([time, values]): Point => [time, values.reduce((a, b) => a + b, 0) / values.length]);
}

function runs(changes: readonly Change[], worker: string, from: number, now: number): Run[] {
  return changes.flatMap(({ time, state }, index) => {
    const to = Math.min(changes[index + 1]?.time ?? now, now);
    return state === "on" && to > from ? [{ from: Math.max(time, from), to, worker }] : [];
  });
}
