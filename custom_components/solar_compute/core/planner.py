"""The plan for the hours to come: when each worker should run, and what that says.

Worker by worker, an exact program finds the best levels while all others keep theirs
(`planner_program`); they are taken only if the simulator (`planner_simulate`) finds the
whole better. This goes on until nothing improves, or time is up: there is a plan at any
time, never worse than pausing all or than the plan before. What is said of it are
prices and permissions, never set-points. It may import numpy; it never reads a clock.
"""

from collections.abc import Callable, Iterator, Sequence

from .plan import Expected, Plan, PlannedWindow, PlanStart
from .planner_input import PlanError, world_of
from .planner_jobs import planned_jobs, served, wanted_of
from .planner_problem import Found, Problem, all_paused, bonus_of, levels_of, scored
from .planner_search import searched
from .planner_simulate import Outcome, charge_left, simulate_plan
from .planner_values import heat_values, stored_now
from .spec import SiteSpec
from .times import HOUR_S, never

__all__ = ["PlanError", "make_plan"]

VALID_S = 3600.0
"""A plan is made anew every quarter of an hour; after an hour nobody should go by it."""


def make_plan(
    spec: SiteSpec,
    expected: Expected,
    start: PlanStart,
    *,
    previous: Plan | None = None,
    out_of_time: Callable[[], bool] = never,
) -> Plan:
    """Return the best plan that is found before `out_of_time` says so.

    The same inputs give the same plan, where time does not run out.

    Raises:
        PlanError: if what is expected has gaps or is no number.
    """
    world = world_of(spec, expected, start)
    before = levels_of(previous, world)
    problem = Problem(
        world=world,
        left=charge_left(world),
        bonus=bonus_of(world, before),
        jobs=tuple(wanted_of(world, runner, start) for runner in world.runners),
    )
    paused = scored(problem, all_paused(world))
    found = searched(
        problem,
        [paused] if before is None else [paused, scored(problem, before)],
        out_of_time,
    )
    return _told(problem, expected, start, found, paused)


def _told(
    problem: Problem, expected: Expected, start: PlanStart, best: Found, paused: Found
) -> Plan:
    """Return the plan that the levels are, with its prices."""
    world, left = problem.world, problem.left
    outcome = best.outcomes[0]
    return Plan(
        made_s=start.made_s,
        valid_until_s=min(start.made_s + VALID_S, expected.grid.end_s),
        expected=expected,
        levels={
            runner.key: tuple(chosen)
            for runner, chosen in zip(world.runners, best.levels, strict=True)
        },
        windows=tuple(_windows(problem, best, outcome)),
        value=sum(
            weight * (found.total - without.total)
            for (weight, _), found, without in zip(
                world.cases, best.outcomes, paused.outcomes, strict=True
            )
        ),
        soc_wh=outcome.stored_wh[:-1] if world.battery is not None else (),
        temperatures_c={
            sink.key: path_c[:-1]
            for sink, path_c in zip(world.sinks, outcome.sinks_c, strict=True)
        },
        stored=stored_now(world, best.levels, left),
        heat_per_kwh=heat_values(world, best.levels, left),
        jobs=planned_jobs(world, start, problem.jobs, best.levels, best.prices),
        held={key: now.held for key, now in start.workers.items() if now.held},
        complete=best.complete,
    )


def _windows(
    problem: Problem, best: Found, outcome: Outcome
) -> Iterator[PlannedWindow]:
    """Yield every run: steps in a row of one worker."""
    world = problem.world
    for number, (runner, chosen) in enumerate(
        zip(world.runners, best.levels, strict=True)
    ):
        _, serving = served(world, problem.jobs[number], chosen)
        for first, end in _runs(chosen):
            without = [*best.levels]
            without[number] = (*chosen[:first], *(0,) * (end - first), *chosen[end:])
            spared = simulate_plan(world, without, problem.left)
            jobs = sorted({item for item in serving[first:end] if item is not None})
            start_s = world.times.starts_s[first]
            yield PlannedWindow(
                worker=runner.key,
                start_s=start_s,
                end_s=start_s + sum(world.hours[first:end]) * HOUR_S,
                level=_mostly(chosen[first:end], world.hours[first:end]),
                energy_wh=sum(
                    runner.powers_w[chosen[step]] * world.hours[step]
                    for step in range(first, end)
                ),
                value=outcome.total - spared.total,
                jobs=tuple(problem.jobs[number][item].job.key for item in jobs),
            )


def _mostly(levels: Sequence[int], hours: Sequence[float]) -> int:
    """Return the level that it is at for longest, the higher of two."""
    lasts_h = dict.fromkeys(levels, 0.0)
    for level, length_h in zip(levels, hours, strict=True):
        lasts_h[level] += length_h
    return max(lasts_h, key=lambda level: (lasts_h[level], level))


def _runs(levels: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Yield the first step of every run, and the first after it."""
    first: int | None = None
    for step, level in enumerate((*levels, 0)):
        if level and first is None:
            first = step
        elif not level and first is not None:
            yield first, step
            first = None
