"""Simulated workers: they do at once what they are told, and keep count.

What a benchmark needs to judge a controller: starts, run time, and how often a
minimum time was broken. Standard library only; no clock, no I/O.
"""

from dataclasses import dataclass, replace

from .model import Mode, Override, Reading, WorkerInput, WorkerState
from .spec import WorkerSpec


@dataclass(frozen=True, slots=True, kw_only=True)
class Hand:
    """One simulated worker now, and what it has been through.

    `since_s` is when it was last started or paused (None: not yet). A
    `violation` is a start or a pause before its minimum time was over, or a
    level that it does not have.
    """

    level: int = 0
    since_s: float | None = None
    starts: int = 0
    run_s: float = 0.0
    violations: int = 0


def may_switch(worker: WorkerSpec, hand: Hand, clock_s: float) -> bool:
    """Tell whether its minimum run or minimum pause is over."""
    if hand.since_s is None:
        return True
    minimum_s = worker.min_run_s if hand.level else worker.min_pause_s
    return clock_s - hand.since_s >= minimum_s


def set_level(
    worker: WorkerSpec,
    hand: Hand,
    level: int,
    clock_s: float,
    *,
    excused: bool = False,
) -> Hand:
    """Return the worker at its new level, with the violation if it was one.

    `excused`: a guard or a failed probe may break minimum times.
    """
    known = min(max(level, 0), len(worker.levels_w))
    violations = hand.violations + (known != level)
    if (known > 0) == (hand.level > 0):
        return replace(hand, level=known, violations=violations)
    if not excused and not may_switch(worker, hand, clock_s):
        violations += 1
    return replace(
        hand,
        level=known,
        since_s=clock_s,
        starts=hand.starts + (known > 0),
        violations=violations,
    )


def ran(hand: Hand, seconds: float) -> Hand:
    """Return the worker after `seconds` at its level."""
    return replace(hand, run_s=hand.run_s + seconds) if hand.level else hand


def worker_input(
    worker: WorkerSpec,
    hand: Hand,
    clock_s: float,
    *,
    power_w: float | None = None,
    mode: Mode = Mode.AUTO,
    override: Override | None = None,
) -> WorkerInput:
    """Return the worker as a controller would see it now.

    `power_w` is what it drew until now, if it differs from its level's power.
    """
    drawn_w = worker.power_w(hand.level) if power_w is None else power_w
    return WorkerInput(
        key=worker.key,
        state=WorkerState.RUNNING if hand.level else WorkerState.PAUSED,
        level=hand.level,
        power_w=Reading(drawn_w, clock_s),
        mode=mode,
        override=override,
    )
