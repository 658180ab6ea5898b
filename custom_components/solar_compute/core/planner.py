"""The plan for the hours to come: when each worker should run, and what that says.

Worker by worker, an exact program finds the best levels while all others keep theirs
(`planner_program`); they are taken only if the simulator (`planner_simulate`) finds the
whole better. This goes on until nothing improves, or time is up: there is a plan at any
time, never worse than pausing all or than the plan before. What is said of it are
prices and permissions, never set-points. It may import numpy; it never reads a clock.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from .plan import Expected, Plan, PlannedWindow, PlanStart
from .planner_input import PlanError, world_of
from .planner_program import best_levels
from .planner_simulate import Left, Levels, Outcome, charge_left, simulate_plan
from .planner_states import Task
from .planner_values import heat_values, stored_now
from .planner_world import Sink, World
from .spec import SiteSpec
from .times import DAY_S, HOUR_S

__all__ = ["PlanError", "make_plan"]

EARLIER_PER_KWH = 0.0005
"""What a kWh loses by being run a day later: of two like hours, the earlier."""

CHANGE_PER_KWH = 0.002
"""What it costs to leave the published plan, per kWh that moves: people and calendars
go by it."""

VALID_S = 3600.0
"""A plan is made anew every quarter of an hour; after an hour nobody should go by it."""

SWEEPS = 12


def never() -> bool:
    """Time is never up."""
    return False


@dataclass(frozen=True, slots=True)
class _Problem:
    """The world, what is left at its end, and what beside money speaks for a level."""

    world: World
    left: Left
    bonus: tuple[tuple[tuple[float, ...], ...], ...]


@dataclass(frozen=True, slots=True)
class _Candidate:
    levels: Levels
    score: float


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
    before = _levels_of(previous, world)
    problem = _Problem(world, charge_left(world), _bonus(world, before))
    paused = _scored(problem, _all_paused(world))
    best = paused
    if before is not None:
        kept = _scored(problem, _permitted(world, before))
        if kept.score > best.score:
            best = kept
    best, complete = _improved(problem, best, out_of_time)
    return _told(problem, expected, start, best=best, paused=paused, complete=complete)


def _all_paused(world: World) -> Levels:
    return tuple((0,) * len(world) for _ in world.runners)


def _levels_of(previous: Plan | None, world: World) -> Levels | None:
    """Return the levels of the plan before, over the steps of this one."""
    if previous is None:
        return None
    grid, levels, step = previous.expected.grid, [], 0
    where: list[int | None] = []
    for start_s, hours in zip(world.times.starts_s, world.hours, strict=True):
        middle_s = start_s + hours * HOUR_S / 2
        while step < len(grid.starts_s) - 1 and grid.starts_s[step + 1] <= middle_s:
            step += 1
        covered = bool(grid.starts_s) and grid.starts_s[0] <= middle_s < grid.end_s
        where.append(step if covered else None)
    for runner in world.runners:
        known = previous.levels.get(runner.key, ())
        levels.append(
            tuple(
                known[at] if at is not None and at < len(known) else 0 for at in where
            )
        )
    return tuple(levels)


def _permitted(world: World, levels: Levels) -> Levels:
    return tuple(
        tuple(min(level, cap) for level, cap in zip(chosen, runner.caps, strict=True))
        for runner, chosen in zip(world.runners, levels, strict=True)
    )


def _bonus(
    world: World, before: Levels | None
) -> tuple[tuple[tuple[float, ...], ...], ...]:
    """Return what speaks for each level of each worker in each step, beside money."""
    tables = []
    for number, runner in enumerate(world.runners):
        rows = []
        for step, hours in enumerate(world.hours):
            days = (world.times.starts_s[step] - world.times.starts_s[0]) / DAY_S
            row = [
                -power_w / 1000 * hours * days * EARLIER_PER_KWH
                for power_w in runner.powers_w
            ]
            if before is not None:
                published = min(before[number][step], len(runner.powers_w) - 1)
                for level, power_w in enumerate(runner.powers_w):
                    moved_w = abs(power_w - runner.powers_w[published])
                    row[level] -= moved_w / 1000 * hours * CHANGE_PER_KWH
            rows.append(tuple(row))
        tables.append(tuple(rows))
    return tuple(tables)


def _scored(problem: _Problem, levels: Levels) -> _Candidate:
    world = problem.world
    score = sum(
        table[step][level]
        for table, chosen in zip(problem.bonus, levels, strict=True)
        for step, level in enumerate(chosen)
    )
    for case, (weight, _) in enumerate(world.cases):
        score += weight * simulate_plan(world, levels, problem.left, case=case).total
    return _Candidate(levels, score)


def _improved(
    problem: _Problem, best: _Candidate, out_of_time: Callable[[], bool]
) -> tuple[_Candidate, bool]:
    """Go round the workers until none of them can do better."""
    world = problem.world
    idle = 0
    for turn in range(SWEEPS * len(world.runners)):
        if idle == len(world.runners):
            break
        number = turn % len(world.runners)
        if out_of_time():
            return best, False
        found = best_levels(
            _task(problem, best.levels, number), out_of_time=out_of_time
        )
        if found is None:
            return best, False
        idle += 1
        if found != tuple(best.levels[number]):
            levels = [*best.levels]
            levels[number] = found
            candidate = _scored(problem, tuple(levels))
            if candidate.score > best.score + 1e-9:
                best, idle = candidate, 1
    return best, True


def _task(problem: _Problem, levels: Levels, number: int) -> Task:
    """Return what one worker's program must know of all the others."""
    world = problem.world
    outcome = simulate_plan(world, levels, problem.left)
    fixed_w = [0.0] * len(world)
    own = world.runners[number].sink
    heat_w, fed_w = [0.0] * len(world), [0.0] * len(world)
    for other, (runner, chosen) in enumerate(zip(world.runners, levels, strict=True)):
        if other == number:
            continue
        for step, level in enumerate(chosen):
            if level:
                fixed_w[step] += runner.drawn_w[step][level]
                if own is not None and runner.sink == own:
                    heat_w[step] += runner.powers_w[level] * runner.recovery
                    fed_w[step] += runner.powers_w[level]
    for index, electric_w in enumerate(outcome.electric_w):
        if index != own:
            fixed_w = [
                fixed + taken for fixed, taken in zip(fixed_w, electric_w, strict=True)
            ]
    return Task(
        world=world,
        number=number,
        balance_w=_mean_balance(world),
        fixed_w=fixed_w,
        heat_w=heat_w,
        fed_w=fed_w,
        caps=world.runners[number].caps,
        bonus=problem.bonus[number],
        range_c=(0.0, 1.0) if own is None else _range_c(world.sinks[own], outcome, own),
        left=problem.left,
    )


def _mean_balance(world: World) -> Sequence[float]:
    return [
        sum(
            weight * power
            for (weight, _), power in zip(world.cases, powers, strict=True)
        )
        for powers in zip(*(balance_w for _, balance_w in world.cases), strict=True)
    ]


def _range_c(sink: Sink, outcome: Outcome, index: int) -> tuple[float, float]:
    """Return how cold and how warm a sink may become, with a little to spare."""
    path_c = outcome.sinks_c[index]
    floors = [floor_c for floor_c in sink.floor_c if floor_c > -1e9]
    low_c = min((*path_c, *floors[:1])) - 3.0
    high_c = max((*path_c, sink.maximum_c if sink.maximum_c < 1e9 else low_c + 10.0))
    return low_c, max(high_c, low_c + 1.0)


def _told(
    problem: _Problem,
    expected: Expected,
    start: PlanStart,
    *,
    best: _Candidate,
    paused: _Candidate,
    complete: bool,
) -> Plan:
    """Return the plan that the levels are, with its prices."""
    world = problem.world
    outcome = simulate_plan(world, best.levels, problem.left)
    value = sum(
        weight
        * (
            simulate_plan(world, best.levels, problem.left, case=case).total
            - simulate_plan(world, paused.levels, problem.left, case=case).total
        )
        for case, (weight, _) in enumerate(world.cases)
    )
    return Plan(
        made_s=start.made_s,
        valid_until_s=min(start.made_s + VALID_S, expected.grid.end_s),
        expected=expected,
        levels={
            runner.key: tuple(chosen)
            for runner, chosen in zip(world.runners, best.levels, strict=True)
        },
        windows=tuple(_windows(problem, best.levels, outcome)),
        value=value,
        soc_wh=outcome.stored_wh[:-1] if world.battery is not None else (),
        temperatures_c={
            sink.key: path_c[:-1]
            for sink, path_c in zip(world.sinks, outcome.sinks_c, strict=True)
        },
        stored=stored_now(world, best.levels, problem.left),
        heat_per_kwh=heat_values(world, best.levels, problem.left),
        complete=complete,
    )


def _windows(
    problem: _Problem, levels: Levels, outcome: Outcome
) -> Iterator[PlannedWindow]:
    """Yield every run: steps in a row of one worker at one level."""
    world = problem.world
    for number, (runner, chosen) in enumerate(zip(world.runners, levels, strict=True)):
        first = 0
        for step in range(1, len(chosen) + 1):
            if step < len(chosen) and chosen[step] == chosen[first]:
                continue
            if chosen[first]:
                without = [*levels]
                without[number] = (
                    *chosen[:first],
                    *(0,) * (step - first),
                    *chosen[step:],
                )
                spared = simulate_plan(world, without, problem.left)
                hours = sum(world.hours[first:step])
                yield PlannedWindow(
                    worker=runner.key,
                    start_s=world.times.starts_s[first],
                    end_s=world.times.starts_s[first] + hours * HOUR_S,
                    level=chosen[first],
                    energy_wh=runner.powers_w[chosen[first]] * hours,
                    value=outcome.total - spared.total,
                )
            first = step
