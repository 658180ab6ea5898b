"""Jobs with deadlines in a plan: what each needs, and what it gets of the levels chosen.

A worker serves its jobs in the order of their deadlines. At what price it does is another
matter (`planner_job_prices`). Standard library only.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf

from .job import Job, JobUnit
from .plan import PlannedJob, PlanStart
from .planner_world import Runner, World

WHATEVER_IT_COSTS = 10.0
"""How many times the dearest import a job may cost that names no maximum: more than
anything that it could be run with."""

ENOUGH = 1e-6
"""Work that is missing by less than this share is done."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a job needs of its worker within the plan.

    `per_hour` is how much of its unit an hour at each level does, `steps` how many
    steps end before its deadline, `need` what is missing of it. `most` is the highest
    value of a unit, `units_per_kwh` how many a kWh makes at the least power. `beyond`
    is the part of the need that may be done after the plan ends. In the steps that are
    `dear` power costs more than the job may pay, whatever its heat is worth.
    """

    job: Job
    need: float
    per_hour: tuple[float, ...]
    steps: int
    most: float
    units_per_kwh: float
    beyond: float = 0.0
    dear: frozenset[int] = frozenset()


def wanted_of(world: World, runner: Runner, start: PlanStart) -> tuple[Wanted, ...]:
    """Return what the unfinished jobs of a worker need, the first deadline first.

    Work that cannot be counted (`units_per_kwh` is not known) cannot be planned.
    """
    now = start.workers[runner.key]
    jobs = sorted(
        (job for job in start.jobs if job.worker == runner.key),
        key=lambda job: (job.ready_by_s, job.submitted_s, job.key),
    )
    found = []
    for job in jobs:
        need = job.amount - job.done
        per_hour = _per_hour(runner, job.unit, now.units_per_kwh)
        if need > 0 and max(per_hour) > 0:
            found.append(_wanted(world, runner, job, need, per_hour))
    return tuple(found)


def _per_hour(
    runner: Runner, unit: JobUnit, units_per_kwh: float | None
) -> tuple[float, ...]:
    match unit:
        case JobUnit.HOURS:
            return tuple(1.0 if power_w > 0 else 0.0 for power_w in runner.powers_w)
        case JobUnit.KWH:
            return tuple(power_w / 1000 for power_w in runner.powers_w)
    return tuple(power_w / 1000 * (units_per_kwh or 0.0) for power_w in runner.powers_w)


def _wanted(
    world: World, runner: Runner, job: Job, need: float, per_hour: tuple[float, ...]
) -> Wanted:
    times = world.times
    steps = sum(
        start_s + hours * 3600 <= job.ready_by_s + 1
        for start_s, hours in zip(times.starts_s, times.hours, strict=True)
    )
    begin_s = times.starts_s[0]
    later_s = max(0.0, job.ready_by_s - times.end_s)
    units_per_kwh = max(
        units / power_w * 1000
        for units, power_w in zip(per_hour, runner.powers_w, strict=True)
        if units > 0
    )
    most_per_kwh = WHATEVER_IT_COSTS * max(*world.bought, 0.1)
    if job.maximum_per_kwh is not None:
        most_per_kwh = max(0.0, job.maximum_per_kwh)
    most = most_per_kwh / units_per_kwh
    if job.value is not None:
        most = min(most, max(0.0, job.value) / max(job.amount, need))
    return Wanted(
        job=job,
        need=need,
        per_hour=per_hour,
        steps=steps,
        most=most,
        units_per_kwh=units_per_kwh,
        beyond=need * later_s / max(1.0, job.ready_by_s - begin_s),
    )


def served(
    world: World, jobs: Sequence[Wanted], levels: Sequence[int]
) -> tuple[list[float], list[int | None]]:
    """Return what is done of every job in time, and which job each step serves."""
    done = [0.0] * len(jobs)
    serving: list[int | None] = []
    for step, level in enumerate(levels):
        current = next(
            (
                number
                for number, item in enumerate(jobs)
                if step < item.steps and done[number] < item.need * (1 - ENOUGH)
            ),
            None,
        )
        serving.append(current if level else None)
        if level and current is not None:
            done[current] += jobs[current].per_hour[level] * world.hours[step]
    return done, serving


def missing(world: World, jobs: Sequence[Wanted], levels: Sequence[int]) -> list[float]:
    """Return what is missing of every job at its deadline; 0 where it is met."""
    return [
        max(0.0, item.need - item.beyond - done)
        if done < (item.need - item.beyond) * (1 - ENOUGH)
        else 0.0
        for item, done in zip(jobs, served(world, jobs, levels)[0], strict=True)
    ]


def earned_by_jobs(
    world: World, jobs: Sequence[Wanted], levels: Sequence[int]
) -> float:
    """Return what the work for jobs is worth, to choose between plans by."""
    done, _ = served(world, jobs, levels)
    return sum(
        item.most * min(item.need - item.beyond, finished)
        for item, finished in zip(jobs, done, strict=True)
    )


def planned_jobs(
    world: World,
    start: PlanStart,
    wanted: Sequence[Sequence[Wanted]],
    levels: Sequence[Sequence[int]],
    prices: Sequence[Sequence[float]],
) -> tuple[PlannedJob, ...]:
    """Return the outcome of the jobs that the plan can judge, as they were given.

    It cannot judge one whose pace is not known, whose worker waits for somebody to free
    it, or that is only missed because the plan ends before its deadline.
    """
    told = {}
    for runner, jobs, chosen, values in zip(
        world.runners, wanted, levels, prices, strict=True
    ):
        held = start.workers[runner.key].held
        if any(item.until_s == inf and not item.level for item in held):
            continue
        short = missing(world, jobs, chosen)
        own_per_kwh = max(
            (
                results / power_w * 1000
                for results, power_w in zip(
                    runner.results[1:], runner.powers_w[1:], strict=True
                )
                if power_w > 0
            ),
            default=0.0,
        )
        for item, lacks, value in zip(jobs, short, values, strict=True):
            if lacks and item.beyond:
                continue
            told[item.job.key] = PlannedJob(
                key=item.job.key,
                price_per_kwh=max(value * item.units_per_kwh, own_per_kwh),
                feasible=not lacks,
                short=lacks,
            )
    return tuple(told[job.key] for job in start.jobs if job.key in told)
