/** What comes next for a worker, in words: until when it runs, and when it runs again. */

import type { Format } from "./format";
import { stateOf } from "./house";
import type { Plan, Run } from "./story";
import type { HomeAssistant } from "./types";
import type { Say } from "./words";

/** A run of the plan may begin so much later than the one that goes on already. */
const SOON_MS = 600_000;

/** Empty where nothing is known: a home without a plan runs a worker when it pays. */
export function nextOf(
  hass: HomeAssistant,
  plan: Plan,
  device: string,
  now: number,
  say: Say,
  format: Format,
): string {
  const time = (moment: number) => format.moment(new Date(moment), new Date(now));
  const runs = plan.runs.filter(({ worker, to }) => worker === device && to > now);
  const running = stateOf(hass, device, "running", "binary_sensor")?.state === "on";
  const current = running ? runs.find(({ from }) => from <= now + SOON_MS) : undefined;
  const next = runs.find((run) => run !== current && run.from > now) ?? promised(hass, device, now);
  const parts: string[] = [];
  if (current) parts.push(say("next.until", { time: time(current.to) }));
  else if (running) parts.push(say("next.while_it_pays"));
  if (next) {
    const duration = format.duration((next.to - next.from) / 1000);
    const values = { time: time(next.from), duration };
    parts.push(say(next.to > next.from ? "next.run_for" : "next.run", values));
  } else if (!running && plan.steps.length) parts.push(say("next.none"));
  return parts.join(" · ");
}

/** The start that the worker's own entity names, of which the plan may have told no more yet. */
function promised(hass: HomeAssistant, device: string, now: number): Run | undefined {
  const start = Date.parse(stateOf(hass, device, "next_start")?.state ?? "");
  return start > now ? { from: start, to: start, worker: device } : undefined;
}
