/** The last switches of a worker with their reasons, from what the recorder has of it. Pure. */

import type { Change } from "./story";

const AT_MOST = 6;
/** A reason may be told so much later than the switch that it is for. */
const LATER_MS = 2000;

export interface Switch {
  readonly time: number;
  readonly on: boolean;
  readonly reason: string;
}

/** The newest first, since a time. */
export function switchesOf(
  running: readonly Change[],
  reasons: readonly Change[],
  from: number,
): readonly Switch[] {
  const told = reasons.filter(({ state }) => state !== "settling");
  // What it did before it was unavailable is what it did, if it goes on with that.
  return running
    .filter(({ state }) => state === "on" || state === "off")
    .filter(({ state }, index, all) => index > 0 && all[index - 1]!.state !== state)
    .filter(({ time }) => time > from)
    .map(({ state, time }) => ({
      time,
      on: state === "on",
      reason: told.findLast((change) => change.time <= time + LATER_MS)?.state ?? "",
    }))
    .reverse()
    .slice(0, AT_MOST);
}
