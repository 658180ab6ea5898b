"""The search for a plan: the workers' programs in turn, until none improves the whole.

What a program finds is taken only if the simulator agrees, so that the search may end at
any time. It may import numpy, by the programs.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from .plan import Plan
from .planner_jobs import Offer, Wanted, earned_by_jobs, job_bonus, least_prices
from .planner_program import best_levels
from .planner_simulate import Left, Levels, Outcome, simulate_plan
from .planner_states import Task
from .planner_world import Sink, World
from .times import DAY_S, HOUR_S

EARLIER_PER_KWH = 0.0005
"""What a kWh loses by being run a day later: of two like hours, the earlier."""

CHANGE_PER_KWH = 0.002
"""What it costs to leave the published plan, per kWh that moves: people and calendars
go by it."""

BETTER = 1e-9
"""Less than this is no improvement."""

SWEEPS = 12
"""How often each worker is planned at most."""

SPARE_K = 3.0
"""How much colder than it was on the best path so far a sink may become."""

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
    """Levels and their score. `prices` are those of each worker's jobs, per unit."""

    levels: Levels
    score: float
    prices: tuple[tuple[float, ...], ...]
    complete: bool = True


def all_paused(world: World) -> Levels:
    """Return the levels of a plan in which nothing runs."""
    return tuple((0,) * len(world) for _ in world.runners)


def levels_of(previous: Plan | None, world: World) -> Levels | None:
    """Return the levels of the plan before, over the steps of this one."""
    if previous is None or not previous.expected.grid.starts_s:
        return None
    grid, step = previous.expected.grid, 0
    where: list[int | None] = []
    for start_s, hours in zip(world.times.starts_s, world.hours, strict=True):
        middle_s = start_s + hours * HOUR_S / 2
        while step < len(grid.starts_s) - 1 and grid.starts_s[step + 1] <= middle_s:
            step += 1
        where.append(step if grid.starts_s[0] <= middle_s < grid.end_s else None)
    levels = []
    for runner in world.runners:
        known = previous.levels.get(runner.key, ())
        levels.append(
            tuple(
                0 if at is None or at >= len(known) else min(known[at], cap)
                for at, cap in zip(where, runner.caps, strict=True)
            )
        )
    return tuple(levels)


def bonus_of(world: World, before: Levels | None) -> Bonus:
    """Return what speaks for earlier hours, and for what was published `before`."""
    tables = []
    for number, runner in enumerate(world.runners):
        rows = []
        for step, hours in enumerate(world.hours):
            days = (world.times.starts_s[step] - world.times.starts_s[0]) / DAY_S
            published_w = runner.powers_w[before[number][step]] if before else None
            rows.append(
                tuple(
                    -power_w / 1000 * hours * days * EARLIER_PER_KWH
                    - (
                        0.0
                        if published_w is None
                        else abs(power_w - published_w) / 1000 * hours * CHANGE_PER_KWH
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
    for case, (weight, _) in enumerate(world.cases):
        score += weight * simulate_plan(world, levels, problem.left, case=case).total
    for jobs, chosen in zip(problem.jobs, levels, strict=True):
        if jobs:
            score += earned_by_jobs(world, jobs, chosen)
    if prices is None:
        prices = tuple(tuple(item.most for item in jobs) for jobs in problem.jobs)
    return Found(levels=levels, score=score, prices=prices)


def improved(
    problem: Problem, begin: Iterable[Found], out_of_time: Callable[[], bool]
) -> Found:
    """Go round the workers until none of them can do better."""
    best = max(begin, key=lambda found: found.score)
    count, idle = len(problem.world.runners), 0
    for turn in range(SWEEPS * count):
        if idle == count:
            break
        number = turn % count
        if out_of_time():
            return replace(best, complete=False)
        planned = _planned(problem, best, number, out_of_time)
        if planned is None:
            return replace(best, complete=False)
        idle += 1
        levels = (*best.levels[:number], planned[0], *best.levels[number + 1 :])
        prices = (*best.prices[:number], planned[1], *best.prices[number + 1 :])
        if planned[0] == tuple(best.levels[number]):
            best = replace(best, prices=prices)
            continue
        found = scored(problem, levels, prices)
        if found.score > best.score + BETTER:
            best, idle = found, 1
    return best


def _planned(
    problem: Problem, best: Found, number: int, out_of_time: Callable[[], bool]
) -> tuple[tuple[int, ...], tuple[float, ...]] | None:
    """Return one worker's best levels, and what its jobs' units must be worth."""
    world, jobs = problem.world, problem.jobs[number]
    runner, task = world.runners[number], _task(problem, best.levels, number)

    def trial(offers: Sequence[Offer]) -> tuple[int, ...] | None:
        bonus = [
            [own + more for own, more in zip(first, second, strict=True)]
            for first, second in zip(
                problem.bonus[number],
                job_bonus(world, runner, jobs, offers),
                strict=True,
            )
        ]
        return best_levels(replace(task, bonus=bonus), out_of_time=out_of_time)

    if not jobs:
        levels = best_levels(task, out_of_time=out_of_time)
        return None if levels is None else (levels, ())
    return least_prices(world, runner, jobs, trial, before=best.prices[number])


def _task(problem: Problem, levels: Levels, number: int) -> Task:
    """Return what one worker's program must know of all the others."""
    world = problem.world
    outcome = simulate_plan(world, levels, problem.left)
    own = world.runners[number].sink
    steps = range(len(world))
    fixed_w, heat_w, fed_w = ([0.0 for _ in steps] for _ in range(3))
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
            for step, taken_w in enumerate(electric_w):
                fixed_w[step] += taken_w
    return Task(
        world=world,
        number=number,
        balance_w=[
            sum(weight * balance_w[step] for weight, balance_w in world.cases)
            for step in steps
        ],
        fixed_w=fixed_w,
        heat_w=heat_w,
        fed_w=fed_w,
        caps=world.runners[number].caps,
        bonus=problem.bonus[number],
        range_c=(0.0, 1.0) if own is None else _range_c(world.sinks[own], outcome, own),
        left=problem.left,
        fine=problem.fine,
    )


def _range_c(sink: Sink, outcome: Outcome, index: int) -> tuple[float, float]:
    """Return how cold and how warm a sink may become."""
    path_c = outcome.sinks_c[index]
    low_c = min(path_c) - SPARE_K
    return low_c, max(*path_c, sink.maximum_c, low_c + 1.0)
