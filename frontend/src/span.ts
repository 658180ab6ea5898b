/** What a strip is about: some hours around now, what is known of them, and what of it shows. */

import type { Past, Plan, Point, Step } from "./story";

export interface Warmth {
  readonly name: string;
  readonly now: number | undefined;
  readonly target: number;
}

export interface Named {
  readonly device: string;
  readonly name: string;
}

export interface Strip {
  readonly from: number;
  readonly now: number;
  readonly to: number;
  readonly past: Past;
  readonly plan: Plan;
  readonly workers: readonly Named[];
  readonly warmth: Warmth | undefined;
}

/** What is in the strip, and so needs a line in its legend. */
interface Shown {
  readonly measured: boolean;
  readonly ahead: boolean;
  readonly spread: boolean;
  readonly prices: readonly [low: number, high: number] | undefined;
}

export function shownIn(strip: Strip): Shown {
  const values = pricesOf(strip).map(([, value]) => value);
  const [low, high] = [Math.min(...values), Math.max(...values)];
  return {
    measured: strip.past.balance.length > 0,
    ahead: strip.plan.steps.length > 0,
    spread: strip.plan.steps.some(({ low }) => low !== null),
    prices: high - low > 0.001 ? [low, high] : undefined,
  };
}

/** The steps of the plan that lie ahead in it. */
export function expected({ plan, now, to }: Strip): readonly Step[] {
  return plan.steps.filter((step) => step.to > now && step.from < to);
}

/** Prices by time: what was paid, then what is expected. */
export function pricesOf({ past, plan, from, now, to }: Strip): Point[] {
  return [
    ...past.prices.map(([time, value]): Point => [Math.max(from, time), value]),
    ...plan.steps
      .filter((step) => step.price !== null && step.to > now && step.from < to)
      .map((step): Point => [Math.max(now, step.from), step.price!]),
  ];
}
