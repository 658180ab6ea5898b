/**
 * The strip: sun, runs, temperature and prices of two days on one axis of time.
 *
 * Left of now is what was measured, right of it what is expected. Drawn for the width
 * that there is, so that texts and lines keep their size. Pure: from a story to a picture.
 */

import { html, nothing, svg, type SVGTemplateResult, type TemplateResult } from "lit";

import type { Format } from "./format";
import { expected, type Named, pricesOf, shownIn, type Strip } from "./span";
import type { Point, Run } from "./story";
import { summarised } from "./summary";
import type { Say } from "./words";

const HOUR_MS = 3_600_000;
const HEIGHT = 176;
const TOP = 18;
/** How high a lane is: of few workers, and of many. */
const LANES = [10, 5] as const;
const FEW = 3;
const BETWEEN = 2;
const RIBBON = 6;
const AXIS = 18;
const GAP = 5;
/** Hours between marks of the axis, as many as have room. */
const TICKS_H = [1, 3, 6, 12];
const TICK_WIDTH = 70;
/** So long a silence is a gap: nothing is known of it, and nothing is drawn. */
const GAP_MS = HOUR_MS;
/** A scale does not fill the strip with a few watts. */
const LEAST_W = 400;

export function drawn(strip: Strip, width: number, say: Say, format: Format): TemplateResult {
  const height = HEIGHT + Math.max(0, strip.workers.length - FEW) * (laneOf(strip) + BETWEEN);
  return html`<svg width=${width} height=${height} role="img" aria-label=${summarised(strip, say, format)}>
    ${painted(strip, width, height, say, format)}
  </svg>`;
}

function laneOf({ workers }: Strip): number {
  return workers.length > FEW ? LANES[1] : LANES[0];
}

/** What its colours mean. Who does not see them has the summary. */
export function legend(strip: Strip, say: Say, format: Format): TemplateResult {
  const { measured, ahead, spread, prices } = shownIn(strip);
  const line = (look: string, text: string) => html`<li><i class=${look}></i>${text}</li>`;
  return html`<ul class="legend" aria-hidden="true">
    ${measured ? line("sun", say("strip.sun")) : nothing}
    ${ahead ? line("expected", say("strip.forecast")) : nothing}
    ${spread ? line("spread", say("strip.spread")) : nothing} ${line("ran", say("strip.ran"))}
    ${ahead ? line("planned", say("strip.planned")) : nothing}
    ${strip.warmth ? line("heat", strip.warmth.name) : nothing}
    ${prices
      ? line("price", say("strip.price", { low: format.price(prices[0]), high: format.price(prices[1]) }))
      : nothing}
  </ul>`;
}

function painted(
  strip: Strip,
  width: number,
  height: number,
  say: Say,
  format: Format,
): SVGTemplateResult {
  const { measured, ahead, prices } = shownIn(strip);
  const ribbonTop = height - AXIS - (prices ? RIBBON + GAP : 0);
  const step = laneOf(strip) + BETWEEN;
  const lanesTop = ribbonTop - GAP - Math.max(1, strip.workers.length) * step;
  const x = (time: number) => ((time - strip.from) / (strip.to - strip.from)) * width;
  const sun = scale(strip, lanesTop - GAP);
  return svg`
    <defs>
      <linearGradient id="sun" x1="0" y1="0" x2="0" y2="1">
        <stop offset="0" class="sun-stop" stop-opacity=".55" />
        <stop offset="1" class="sun-stop" stop-opacity=".12" />
      </linearGradient>
      <pattern id="cloudy" width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
        <rect width="1.6" height="5" class="sun-fill" opacity=".6" />
      </pattern>
    </defs>
    ${axis(strip, x, width, height, format)}
    ${measured ? "" : unknown(x((strip.from + strip.now) / 2), say("strip.no_past"))}
    ${ahead ? "" : unknown(x((strip.now + strip.to) / 2), say("strip.no_plan"))}
    ${sunshine(strip, x, sun)}
    ${strip.workers.map((worker, index) => lane(strip, worker, x, lanesTop + index * step, width))}
    ${prices ? ribbon(strip, prices, x, ribbonTop, width) : ""}
    ${warm(strip, x, lanesTop - GAP, width, format)}
    <line class="now" x1=${x(strip.now)} x2=${x(strip.now)} y1=${TOP - 4} y2=${height - AXIS} />
    <text class="now-text" x=${x(strip.now)} y="11" text-anchor="middle">${say("strip.now")}</text>`;
}

function unknown(x: number, text: string): SVGTemplateResult {
  return svg`<text class="unknown" x=${x} y=${HEIGHT / 2 - AXIS}>${text}</text>`;
}

type Along = (time: number) => number;

function scale({ past, plan }: Strip, bottom: number): Along {
  const highest = Math.max(
    LEAST_W,
    ...past.balance.map(([, value]) => value),
    ...plan.steps.map(({ balance }) => balance),
  );
  return (watts) => bottom - (Math.max(0, watts) / highest) * (bottom - TOP);
}

function path(points: readonly Point[], x: Along, y: Along): string {
  return points
    .map(([time, value], index) => `${index ? "L" : "M"}${x(time).toFixed(1)},${y(value).toFixed(1)}`)
    .join("");
}

/** What was measured without a gap in between. */
export function stretches(points: readonly Point[]): Point[][] {
  const found: Point[][] = [];
  for (const point of points) {
    const last = found.at(-1);
    if (last && point[0] - last.at(-1)![0] <= GAP_MS) last.push(point);
    else found.push([point]);
  }
  return found;
}

/** The area between a line and another one, or the ground. */
function area(points: readonly Point[], x: Along, y: Along, below?: readonly Point[]): string {
  if (!points.length) return "";
  const ends: readonly Point[] = [[points.at(-1)![0], 0], [points[0]![0], 0]];
  const back = below ? [...below].reverse() : ends;
  return `${path(points, x, y)}${path(back, x, y).replace("M", "L")}Z`;
}

function sunshine(strip: Strip, x: Along, y: Along): SVGTemplateResult {
  const middle = (step: { from: number; to: number }) =>
    Math.max(strip.now, Math.min(strip.to, (step.from + step.to) / 2));
  const steps = expected(strip);
  const ahead = steps.map((step): Point => [middle(step), step.balance]);
  const low = steps.map((step): Point => [middle(step), Math.min(step.low ?? step.balance, step.balance)]);
  // Forecasts join what was measured last, so that nothing seems to jump.
  const last = strip.past.balance.at(-1);
  if (last && ahead.length) {
    ahead.unshift([strip.now, last[1]]);
    low.unshift([strip.now, last[1]]);
  }
  return svg`
    ${stretches(strip.past.balance).map(
      (points) => svg`
        <path d=${area(points, x, y)} fill="url(#sun)" />
        <path d=${path(points, x, y)} class="sun" />`,
    )}
    <path d=${area(low, x, y)} fill="url(#sun)" opacity=".6" />
    <path d=${area(ahead, x, y, low)} fill="url(#cloudy)" />
    <path d=${path(ahead, x, y)} class="sun expected" />`;
}

function lane(
  strip: Strip,
  worker: Named,
  x: Along,
  top: number,
  width: number,
): SVGTemplateResult {
  const { past, plan, now, to } = strip;
  const height = laneOf(strip);
  const bar = (begin: number, end: number, kind: string) => svg`
    <rect class=${kind} x=${x(begin) + 0.5} y=${top + 0.5} rx="3"
      width=${Math.max(2, x(end) - x(begin) - 1)} height=${height - 1} />`;
  const own = (runs: readonly Run[]) => runs.filter((run) => run.worker === worker.device);
  return svg`<g>
    <title>${worker.name}</title>
    <rect class="lane" x="0" y=${top} width=${width} height=${height} rx="3" />
    ${own(past.runs).map(({ from, to: end }) => bar(from, end, "ran"))}
    ${own(plan.runs)
      .filter((run) => run.to > now && run.from < to)
      .map((run) => bar(Math.max(now, run.from), Math.min(to, run.to), "planned"))}
  </g>`;
}

function ribbon(
  strip: Strip,
  [low, high]: readonly [number, number],
  x: Along,
  top: number,
  width: number,
): SVGTemplateResult[] {
  const points = pricesOf(strip).filter(
    ([, value], index, all) => !index || all[index - 1]![1] !== value,
  );
  return points.map(([time, value], index) => {
    const end = points[index + 1] ? x(points[index + 1]![0]) : width;
    return svg`<rect class="price" x=${x(time)} y=${top} width=${Math.max(0, end - x(time))}
      height=${RIBBON} opacity=${(0.12 + (0.88 * (value - low)) / (high - low)).toFixed(2)} />`;
  });
}

function warm(
  { past, warmth }: Strip,
  x: Along,
  bottom: number,
  width: number,
  format: Format,
): SVGTemplateResult {
  if (!warmth || past.temperature.length < 2) return svg``;
  const values = [...past.temperature.map(([, value]) => value), warmth.target];
  const [low, high] = [Math.min(...values) - 1, Math.max(...values) + 1];
  const y = (degrees: number) => bottom - 6 - ((degrees - low) / (high - low)) * (bottom - TOP - 12);
  const [time, value] = past.temperature.at(-1)!;
  const target = y(warmth.target);
  const beside = Math.abs(y(value) - target) < 13 ? target + 13 : y(value) + 4;
  return svg`
    <line class="target" x1="0" x2=${width} y1=${target} y2=${target} />
    ${stretches(past.temperature).map((points) => svg`<path class="heat" d=${path(points, x, y)} />`)}
    <circle class="heat-dot" cx=${x(time)} cy=${y(value)} r="3" />
    <text class="heat-text" x=${x(time) + 8} y=${beside}>${format.temperature(value)}</text>
    <text class="heat-text" x=${width - 2} y=${target - 4} text-anchor="end">${format.temperature(warmth.target)}</text>`;
}

function axis(strip: Strip, x: Along, width: number, height: number, format: Format): SVGTemplateResult[] {
  const hours = (strip.to - strip.from) / HOUR_MS;
  const every = TICKS_H.find((step) => (width * step) / hours > TICK_WIDTH) ?? 24;
  const ticks: number[] = [];
  for (let hour = Math.ceil(strip.from / HOUR_MS) * HOUR_MS; hour < strip.to; hour += HOUR_MS) {
    if (format.sinceMidnight(new Date(hour)) % (every * 60) < 60) ticks.push(hour);
  }
  return ticks.map((time) => {
    const moment = new Date(time);
    const midnight = format.sinceMidnight(moment) < 60;
    const at = x(time);
    const label = midnight ? format.weekday(moment) : format.hour(moment);
    const fits = at > 16 && at < width - 16;
    return svg`
      <line class=${midnight ? "day" : "tick"} x1=${at} x2=${at} y1=${TOP} y2=${height - AXIS} />
      ${fits ? svg`<text class="tick-text" x=${at} y=${height - 4} text-anchor="middle">${label}</text>` : ""}`;
  });
}
