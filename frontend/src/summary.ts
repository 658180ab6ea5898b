/** The strip in words, for those who do not see it. Pure. */

import type { Format } from "./format";
import { expected, shownIn, type Strip } from "./span";
import type { Say } from "./words";

export function summarised(strip: Strip, say: Say, format: Format): string {
  const { past, now, plan } = strip;
  const parts: string[] = [];
  const brightest = Math.max(0, ...past.balance.map(([, value]) => value));
  const ran = past.runs.reduce((sum, run) => sum + run.to - run.from, 0) / 1000;
  const duration = ran ? format.duration(ran) : format.number(0);
  if (past.balance.length) {
    parts.push(say("strip.summary_past", { power: format.power(brightest), duration }));
  }
  const steps = expected(strip);
  if (steps.length) {
    const best = steps.reduce((most, step) => (step.balance > most.balance ? step : most));
    const time = format.moment(new Date(best.from), new Date(now));
    const power = format.power(Math.max(0, best.balance));
    parts.push(say("strip.summary_ahead", { power, time }));
    if (best.low !== null) {
      parts.push(say("strip.summary_cloudy", { power: format.power(Math.max(0, best.low)) }));
    }
    const runs = plan.runs
      .filter((run) => run.to > now && run.from < strip.to)
      .map((run) => {
        const end = format.moment(new Date(run.to), new Date(now));
        return `${format.moment(new Date(Math.max(now, run.from)), new Date(now))} – ${end}`;
      });
    parts.push(
      runs.length ? say("strip.summary_runs", { runs: runs.join(", ") }) : say("strip.summary_no_runs"),
    );
  }
  const { warmth } = strip;
  if (warmth?.now !== undefined) {
    const target = format.temperature(warmth.target);
    parts.push(say("strip.summary_heat", { name: warmth.name, now: format.temperature(warmth.now), target }));
  }
  const { prices } = shownIn(strip);
  if (prices) {
    const [low, high] = prices;
    parts.push(say("strip.summary_price", { low: format.price(low), high: format.price(high) }));
  }
  return parts.join(" ");
}
