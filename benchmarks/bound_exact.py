"""The best that can be earned where nothing is stored: exact dynamic programming.

What an interval earns hangs on who runs in it, and on nothing before. So all that the
future needs to know is for how long each worker has been running or paused, up to its
minimum times. Levels are free to change, so that the best of each interval is part of
the best plan.
"""

from itertools import product
from math import inf, prod

import numpy as np

from custom_components.solar_compute.core.spec import SiteSpec, WorkerSpec

from .stage import Stage
from .switching import Switching, switching
from .world import Flags, Floats

MOST_STATES = 20_000
"""Combinations of times, and of who runs next, that are within reach.

Two workers at one minute have some 3 000.
"""

type Who = tuple[bool, ...]
"""Which of the workers run."""


def within_reach(stage: Stage) -> bool:
    """Tell whether the workers are few enough for an exact answer."""
    rules = [switching(stage, worker) for worker in stage.scenario.spec.workers]
    states: int = prod(2 * (rule.run_steps + rule.pause_steps) for rule in rules)
    return states <= MOST_STATES


def rewards(stage: Stage, worker: WorkerSpec) -> list[float]:
    """Return what running over each interval at its best level earns, alone.

    Unknown intervals earn nothing.
    """
    return list(map(float, _together(stage, (worker,))))


def _together(stage: Stage, workers: tuple[WorkerSpec, ...]) -> Floats:
    """Return what all of them earn by running at once, at the best of their levels."""
    spec, size = stage.scenario.spec, len(stage.conditions)
    known = np.array([item is not None for item in stage.conditions])
    balance_w = np.array([item.balance_w if item else 0.0 for item in stage.conditions])
    bought, sold = np.array(stage.imports), np.array(stage.exports)
    paused = _cost_per_h(spec, balance_w, bought, sold)
    best = np.full(size, -inf if workers else 0.0)
    for powers_w in (
        product(*(worker.levels_w for worker in workers)) if workers else ()
    ):
        results = sum(
            power_w / 1000 * worker.value_per_kwh
            for worker, power_w in zip(workers, powers_w, strict=True)
        )
        cost = _cost_per_h(spec, balance_w - sum(powers_w), bought, sold)
        best = np.maximum(best, results + paused - cost)
    earned: Floats = np.where(known, best * stage.step_s / 3600, 0.0)
    return earned


def _cost_per_h(spec: SiteSpec, rest_w: Floats, bought: Floats, sold: Floats) -> Floats:
    """Cost of what is left over or missing; beyond the export limit it is lost."""
    limit_w = inf if spec.export_limit_w is None else spec.export_limit_w
    cost: Floats = np.where(
        rest_w < 0, -rest_w * bought, -np.minimum(rest_w, limit_w) * sold
    )
    return cost / 1000


class _Times:
    """How the time of one worker passes, from state to state."""

    def __init__(self, rules: Switching) -> None:
        """Give every state a number: those of running first, then those of a pause."""
        run, pause = rules.run_steps, rules.pause_steps
        self.rules = rules
        self.may_probe = any(rules.probed)
        self.size = run + pause
        self.is_on = np.arange(self.size) < run
        lasted = np.concatenate((np.arange(1, run + 1), np.arange(1, pause + 1)))
        self.lasted = lasted
        longer = np.where(
            self.is_on,
            np.minimum(lasted, run - 1),
            run + np.minimum(lasted, pause - 1),
        )
        self.after = {
            True: np.where(self.is_on, longer, 0),
            False: np.where(self.is_on, run, longer),
        }
        self.may_start: Flags = self.is_on | (lasted == pause)
        self.long_enough: Flags = ~self.is_on | (lasted == run)

    def may_be(self, on: bool, index: int) -> Flags:
        """Tell of each state whether it may run, or pause, in an interval."""
        if on:
            return self.may_start
        rules = self.rules
        if not rules.broken_off[index] and not self.may_probe:
            return self.long_enough
        return np.array(
            [
                not was_on or rules.may_stop(index, int(lasted))
                for was_on, lasted in zip(self.is_on, self.lasted, strict=True)
            ]
        )


def best_total(stage: Stage) -> float:
    """Return what the best plan for all workers earns, in currency."""
    workers = stage.scenario.spec.workers
    times = [_Times(switching(stage, worker)) for worker in workers]
    shape = tuple(time.size for time in times)
    everyone: list[Who] = list(product((False, True), repeat=len(workers)))
    earned = {
        who: _together(
            stage,
            tuple(worker for worker, on in zip(workers, who, strict=True) if on),
        )
        for who in everyone
    }
    starts = {
        who: _outer(
            [
                np.where(time.is_on, 0.0, worker.start_cost if on else 0.0)
                for worker, time, on in zip(workers, times, who, strict=True)
            ]
        )
        for who in everyone
    }
    after = {
        who: np.ix_(*(time.after[on] for time, on in zip(times, who, strict=True)))
        for who in everyone
    }
    ahead = np.zeros(shape)
    for index in range(len(stage.conditions) - 1, -1, -1):
        best = np.full(shape, -inf)
        for who in everyone:
            value = earned[who][index] + ahead[after[who]] - starts[who]
            for axis, (time, on) in enumerate(zip(times, who, strict=True)):
                barred = ~time.may_be(on, index)
                if barred.any():
                    value[(slice(None),) * axis + (barred,)] = -inf
            np.maximum(best, value, out=best)
        ahead = best
    # All have been paused for long enough when the trace begins.
    return float(ahead[(-1,) * len(times)])


def _outer(costs: list[Floats]) -> Floats:
    """Return the sum of one value per worker, for every combination of states."""
    total: Floats = np.zeros(())
    for cost in costs:
        total = np.add.outer(total, cost)
    return total
