"""Rules of switching, replayed on a past: what they earned, and what was better.

A rule is told by two flags for every moment: it would start then, and it would stop
then. What one worker without memory in the home's physics earns by it is exact: runs
and pauses keep their minimum times, and a run ends where nothing is known. May import
numpy.
"""

from dataclasses import dataclass

import numpy as np

from .learn_past import NOW, Flags, Numbers, Past


@dataclass(frozen=True, slots=True, eq=False)
class Signals:
    """When a rule would start, were it paused, and stop, were it running."""

    start: Flags
    stop: Flags


def signals(past: Past, start: Numbers, stop: Numbers) -> Signals:
    """Return the signals of what a start and a stop are expected to bring.

    As in production: nothing starts at a loss, and nothing stops while it earns.
    """
    worth = past.moments[:, NOW]
    return Signals(
        start=past.known & (worth > 0) & (start > 0),
        stop=~past.known | ((worth < 0) & (stop > 0)),
    )


def earnings(past: Past, rule: Signals) -> Numbers:
    """Return what the rule earned in every interval, in currency."""
    run, pause = past.steps(past.worker.min_run_s), past.steps(past.worker.min_pause_s)
    starts, stops, known = rule.start.tolist(), rule.stop.tolist(), past.known.tolist()
    earned = np.zeros(len(starts))
    running, since = False, -pause
    begun = 0
    for index, is_known in enumerate(known):
        if running:
            if not is_known or (stops[index] and index - since >= run):
                earned[begun:index] += past.earned[begun:index]
                running, since = False, index
        elif is_known and starts[index] and index - since >= pause:
            running, since, begun = True, index, index
            earned[index] -= past.worker.start_cost
    if running:
        earned[begun:] += past.earned[begun:]
    return earned


def better(past: Past, rule: Signals, wait_s: float) -> tuple[Numbers, Numbers]:
    """Return what a start, and a stop, at every moment would have brought, in currency.

    Followed by the rule, and against not doing so for `wait_s`, and going on by the
    rule then. So what a rule of hindsight would hope for is not promised: only what
    this one makes of it.
    """
    count = len(past.earned)
    run, pause = past.steps(past.worker.min_run_s), past.steps(past.worker.min_pause_s)
    wait, cost = past.steps(wait_s), past.worker.start_cost
    reach = count + run + pause + wait + 1
    total = np.zeros(reach)
    total[1 : count + 1] = np.cumsum(past.earned)
    total[count + 1 :] = total[count]
    sums, earned = total.tolist(), past.earned.tolist()
    starts, stops = rule.start.tolist(), rule.stop.tolist()
    running, paused = [0.0] * reach, [0.0] * reach
    for index in range(count - 1, -1, -1):
        running[index] = (
            paused[index + pause]
            if stops[index]
            else earned[index] + running[index + 1]
        )
        paused[index] = (
            sums[index + run] - sums[index] - cost + running[index + run]
            if starts[index]
            else paused[index + 1]
        )
    runs, pauses = np.array(running), np.array(paused)
    at = np.arange(count)
    start = total[at + run] - total[at] - cost + runs[at + run] - pauses[at + wait]
    go_on = total[at + wait] - total[at] + runs[at + wait]
    return start, pauses[at + pause] - go_on
