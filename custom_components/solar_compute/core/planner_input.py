"""Brings together what a plan is made of: settings, expectations and the present.

Refuses what has gaps or is no number: a plan that is wrong is worse than none. Standard
library only; it must never decide.
"""

from collections.abc import Sequence
from datetime import datetime
from math import inf, isfinite
from statistics import fmean

from .guards.base import holds_for
from .heat import HeatSinkSpec
from .plan import Expected, PlanStart
from .planner_runner import runner_of
from .planner_sink import sink_of
from .planner_world import Times, World
from .spec import SiteSpec
from .times import HOUR_S

LOW_WEIGHT = 0.3
"""How much the case that is undercut once in ten counts: Swanson's rule gives the
three cases 0.3, 0.4 and 0.3. What might be better than expected counts as expected:
nobody should start a worker on luck."""


def world_of(spec: SiteSpec, expected: Expected, start: PlanStart) -> World:
    """Bring together what a plan is made of.

    Raises:
        PlanError: if something that is needed is missing or no number.
    """
    _check(expected, start)
    grid = expected.grid
    times = Times(
        starts_s=grid.starts_s,
        hours=tuple(length_s / HOUR_S for length_s in grid.lengths_s),
        locals=tuple(
            datetime.fromtimestamp(start_s, start.local.tzinfo)
            for start_s in grid.starts_s
        ),
    )
    every: tuple[HeatSinkSpec, ...] = (*spec.tanks, *spec.rooms)
    sinks = tuple(
        sink_of(sink, expected, start, times)
        for sink in every
        if sink.key in start.temperatures_c
    )
    battery = spec.battery if start.stored_wh is not None else None
    return World(
        times=times,
        hours=times.hours,
        cases=_cases(expected),
        bought=expected.import_per_kwh,
        sold=expected.export_per_kwh,
        export_limit_w=inf if spec.export_limit_w is None else spec.export_limit_w,
        import_limit_w=inf if spec.import_limit_w is None else spec.import_limit_w,
        battery=battery,
        stored_wh=0.0 if battery is None else start.stored_wh or 0.0,
        sinks=sinks,
        runners=tuple(
            runner_of(spec, worker, start, times, sinks)
            for worker in sorted(spec.workers, key=lambda item: item.priority)
            if worker.key in start.workers
        ),
        circuits=tuple(
            (
                guard.limit_w * guard.share - guard.other_w,
                frozenset(
                    worker.key for worker in spec.workers if holds_for(guard, worker)
                ),
            )
            for guard in spec.guards.circuits
        ),
        money=max(1.0, fmean(expected.import_per_kwh)),
    )


class PlanError(ValueError):
    """No plan can be made of what is known."""


def _check(expected: Expected, start: PlanStart) -> None:
    steps = len(expected.grid.starts_s)
    columns: list[Sequence[float]] = [
        expected.balance_w,
        expected.import_per_kwh,
        expected.export_per_kwh,
        expected.grid.lengths_s,
        *expected.draws_w.values(),
    ]
    if expected.balance_low_w is not None:
        columns.append(expected.balance_low_w)
    if expected.outdoor_c is not None:
        columns.append(expected.outdoor_c)
    if not steps or any(len(column) != steps for column in columns):
        raise PlanError("what is expected does not cover the steps of the plan")
    known = (
        start.made_s,
        start.stored_wh or 0.0,
        *start.temperatures_c.values(),
        *(power for item in start.workers.values() for power in item.levels_w),
        *(
            value
            for item in start.workers.values()
            for value in (item.value_per_kwh, item.value_per_hour)
            if value is not None
        ),
    )
    if not all(isfinite(value) for column in (*columns, known) for value in column):
        raise PlanError("something that is expected is not a number")
    if min(expected.grid.lengths_s) <= 0:
        raise PlanError("a step of the plan takes no time")


def _cases(expected: Expected) -> tuple[tuple[float, tuple[float, ...]], ...]:
    if expected.balance_low_w is None:
        return ((1.0, expected.balance_w),)
    return (
        (1.0 - LOW_WEIGHT, expected.balance_w),
        (LOW_WEIGHT, expected.balance_low_w),
    )
