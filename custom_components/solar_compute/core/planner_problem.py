"""What a search for a plan is about: the home, what is wanted of it, and a score.

The score is money in all cases by their weights, what jobs bring, and two small things
beside: earlier hours are better, and so is what was published. Standard library only; it
must never choose.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from .plan import Plan
from .planner_jobs import Wanted, earned_by_jobs
from .planner_limits import circuit_caps, dropped, permitted
from .planner_simulate import Left, Levels, Outcome, simulate_plan
from .planner_world import Runner, World
from .times import DAY_S, HOUR_S

EARLIER_PER_KWH = 0.0005
"""What a kWh loses by being run a day later (times `World.money`): of two like hours,
the earlier."""

CHANGE_PER_KWH = 0.002
"""What it costs to leave the published plan, per kWh that moves (times `World.money`):
people and calendars go by it."""

type Bonus = Sequence[Sequence[Sequence[float]]]
"""What speaks for each level of each worker in each step, beside money."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """The world, what is left at its end, and what is wanted beside money.

    `fine` of more than 1 divides the programs' grids further, which takes longer.
    """

    world: World
    left: Left
    bonus: Bonus
    jobs: tuple[tuple[Wanted, ...], ...]
    fine: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """Levels and their score. `prices` are those of each worker's jobs, per unit.

    `outcomes` is what the home would be like with them, in each case.
    """

    levels: Levels
    score: float
    outcomes: tuple[Outcome, ...]
    prices: tuple[tuple[float, ...], ...]
    complete: bool = True


def all_paused(world: World) -> Levels:
    """Return the levels of a plan in which nothing runs but what must.

    That is what a minimum run leaves open, and what a person has run. Where a circuit
    does not carry all of it, the first by priority have it.
    """
    idle = (0,) * len(world)
    levels: list[Sequence[int]] = [idle for _ in world.runners]
    for number, runner in enumerate(world.runners):
        caps = circuit_caps(world, levels, number)
        wanted = tuple(map(min, runner.floors, caps))
        levels[number] = dropped(world, runner, _held(runner, wanted))
    return tuple(levels)


def all_running(world: World) -> Levels:
    """Return the levels of a plan in which everything runs that may."""
    levels: list[Sequence[int]] = [*all_paused(world)]
    for number, runner in enumerate(world.runners):
        levels[number] = _held(runner, circuit_caps(world, levels, number))
    return tuple(levels)


def _held(runner: Runner, levels: Sequence[int]) -> tuple[int, ...]:
    """Return levels with what a minimum run or a minimum pause leaves open now."""
    held = [min(runner.level, cap) for cap in runner.caps[: runner.locked]]
    held += [0] * runner.resting
    forced = map(max, held, runner.floors)
    return (*forced, *levels[len(held) :])


def _keeps_times(runner: Runner, levels: Sequence[int]) -> bool:
    """Tell whether runs and pauses last as long as they must.

    A cap may break a run, and a person a pause.
    """
    since, wait, before = 0, max(runner.locked, runner.resting), runner.level > 0
    bounds = zip(levels, runner.caps, runner.floors, strict=True)
    for step, (level, cap, floor) in enumerate(bounds):
        if (level > 0) != before:
            if step - since < wait and cap and not floor:
                return False
            since, before = step, level > 0
            wait = runner.lock[step] if before else runner.rest[step]
    return True


def levels_of(previous: Plan | None, world: World) -> Levels | None:
    """Return the levels of the plan before, over the steps of this one.

    None where there is none, or it would break a limit by now.
    """
    if previous is None or not previous.expected.grid.starts_s:
        return None
    grid, step = previous.expected.grid, 0
    where: list[int | None] = []
    for start_s, hours in zip(world.times.starts_s, world.hours, strict=True):
        middle_s = start_s + hours * HOUR_S / 2
        while step < len(grid.starts_s) - 1 and grid.starts_s[step + 1] <= middle_s:
            step += 1
        where.append(step if grid.starts_s[0] <= middle_s < grid.end_s else None)
    levels = [*all_paused(world)]
    for number, runner in enumerate(world.runners):
        known = previous.levels.get(runner.key, ())
        kept = tuple(
            max(floor, 0 if at is None or at >= len(known) else min(known[at], cap))
            for at, cap, floor in zip(where, runner.caps, runner.floors, strict=True)
        )
        if _keeps_times(runner, kept):
            levels[number] = kept
    return tuple(levels) if permitted(world, levels) else None


def bonus_of(world: World, before: Levels | None) -> Bonus:
    """Return what speaks for earlier hours, and for what was published `before`."""
    tables = []
    earlier, change = EARLIER_PER_KWH * world.money, CHANGE_PER_KWH * world.money
    for number, runner in enumerate(world.runners):
        rows = []
        for step, hours in enumerate(world.hours):
            days = (world.times.starts_s[step] - world.times.starts_s[0]) / DAY_S
            published_w = runner.powers_w[before[number][step]] if before else None
            rows.append(
                tuple(
                    -power_w / 1000 * hours * days * earlier
                    - (
                        0.0
                        if published_w is None
                        else abs(power_w - published_w) / 1000 * hours * change
                    )
                    for power_w in runner.powers_w
                )
            )
        tables.append(tuple(rows))
    return tuple(tables)


def scored(
    problem: Problem,
    levels: Levels,
    prices: tuple[tuple[float, ...], ...] | None = None,
) -> Found:
    """Return levels with what they come to, over all cases."""
    world = problem.world
    score = sum(
        table[step][level]
        for table, chosen in zip(problem.bonus, levels, strict=True)
        for step, level in enumerate(chosen)
    )
    outcomes = tuple(
        simulate_plan(world, levels, problem.left, case=case)
        for case in range(len(world.cases))
    )
    for (weight, _), outcome in zip(world.cases, outcomes, strict=True):
        score += weight * outcome.total
    for jobs, chosen in zip(problem.jobs, levels, strict=True):
        if jobs:
            score += earned_by_jobs(world, jobs, chosen)
    if prices is None:
        prices = tuple(tuple(item.most for item in jobs) for jobs in problem.jobs)
    return Found(levels=levels, score=score, outcomes=outcomes, prices=prices)
