"""One worker's turn: its best levels while all others keep theirs.

Puts together what its program must know of the others, and finds the prices that its
jobs and its daily limits take. It may import numpy, by the programs.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Protocol

from .job import Job, JobUnit
from .planner_job_prices import Offer, job_bonus, least_prices
from .planner_limits import Tolls, circuit_caps, dropped, tolled, within_days
from .planner_problem import Found, Problem
from .planner_program import best_levels
from .planner_simulate import Outcome
from .planner_states import Task
from .planner_world import Sink

SAME = 1e-6
"""Prices that differ by less are the same."""

SPARE_K = 3.0
"""How much colder than it was on the best path so far a sink may become."""


class Effort(Protocol):
    """What a search may still do."""

    def is_over(self) -> bool:
        """Tell whether the search has to end."""

    def spend(self, programs: int) -> None:
        """Count programs that were solved."""


def planned(
    problem: Problem, best: Found, number: int, effort: Effort
) -> tuple[tuple[int, ...], tuple[float, ...]] | None:
    """Return one worker's best levels, and what its jobs' units must be worth.

    None where the effort was over before.
    """
    world, jobs = problem.world, problem.jobs[number]
    if not world.runners[number].is_free:
        return tuple(best.levels[number]), best.prices[number]
    runner, tasks = world.runners[number], tasks_of(problem, best, number)
    jobs = tuple(
        replace(item, dear=_dear(tasks[0][1], item.job, best.outcomes[0]))
        for item in jobs
    )

    def solved(offers: Sequence[Offer], tolls: Tolls) -> tuple[int, ...] | None:
        offered = job_bonus(world, runner, jobs, offers)
        taken = [tolled(runner, tolls, day) for day in world.times.days()]
        bonus = [
            [own + offer - toll * hours for own, offer, toll in zip(*rows, strict=True)]
            for *rows, hours in zip(
                problem.bonus[number],
                offered,
                (per_hour for per_hour, _ in taken),
                world.hours,
                strict=True,
            )
        ]
        start_costs = [runner.start_cost + toll for _, toll in taken]
        effort.spend(len(tasks))
        return best_levels(
            [
                (weight, replace(task, bonus=bonus, start_costs=start_costs))
                for weight, task in tasks
            ],
            out_of_time=effort.is_over,
        )

    if not jobs:
        levels = within_days(world, runner, lambda tolls: solved((), tolls))
        return None if levels is None else (levels, ())
    found = least_prices(
        world,
        runner,
        jobs,
        lambda offers: solved(offers, {}),
        before=best.prices[number],
    )
    if found is None:
        return None
    # Nobody who has a worker run asks whether its jobs need it.
    run = tuple(map(max, found[0], map(min, runner.floors, tasks[0][1].caps)))
    return dropped(world, runner, run), found[1]


def _dear(task: Task, job: Job, outcome: Outcome) -> frozenset[int]:
    """Return the steps in which a job's worker would pay more than the job may.

    That is asked of its power alone, as decisions do: the worth of its heat is the
    home's. Without heat the price of its work says it already. What the battery would
    give or not get counts as cheap enough, since nobody knows its price beforehand.
    """
    maximum, world = job.maximum_per_kwh, task.world
    if maximum is None or task.sink is None:
        return frozenset()
    level = 1 if job.unit is JobUnit.HOURS else len(task.runner.powers_w) - 1
    dear = set()
    for step, hours in enumerate(world.hours):
        power_w = task.runner.drawn_w[step][level]
        sun_w = min(power_w, max(0.0, task.balance_w[step] - task.fixed_w[step]))
        bought_w = power_w - sun_w
        if world.battery is not None:
            left_wh = outcome.stored_wh[step] - world.battery.reserve_wh
            bought_w = max(0.0, bought_w - max(0.0, left_wh) / hours)
            sun_w = 0.0
        paid = sun_w * world.sold[step] + bought_w * world.bought[step]
        if paid > power_w * (maximum + SAME):
            dear.add(step)
    return frozenset(dear)


def tasks_of(problem: Problem, best: Found, number: int) -> list[tuple[float, Task]]:
    """Return what one worker's program must know of all the others, case by case."""
    world, levels, outcomes = problem.world, best.levels, best.outcomes
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
    range_c = (0.0, 1.0)
    if own is not None:
        range_c = _range_c(world.sinks[own], [item.sinks_c[own] for item in outcomes])
    tasks = []
    for (weight, balance_w), outcome in zip(world.cases, outcomes, strict=True):
        # Other sinks take what they take on their paths so far.
        others_w = [
            electric_w
            for index, electric_w in enumerate(outcome.electric_w)
            if index != own
        ]
        task = Task(
            world=world,
            number=number,
            balance_w=balance_w,
            fixed_w=[sum(column) for column in zip(fixed_w, *others_w, strict=True)],
            heat_w=heat_w,
            fed_w=fed_w,
            caps=circuit_caps(world, levels, number),
            bonus=problem.bonus[number],
            start_costs=[world.runners[number].start_cost] * len(world),
            range_c=range_c,
            left=problem.left,
            fine=problem.fine,
        )
        tasks.append((weight, task))
    return tasks


def _range_c(sink: Sink, paths_c: Sequence[Sequence[float]]) -> tuple[float, float]:
    """Return how cold and how warm a sink may become."""
    low_c = min(min(path_c) for path_c in paths_c) - SPARE_K
    return low_c, max(*(max(path_c) for path_c in paths_c), sink.maximum_c, low_c + 1.0)
