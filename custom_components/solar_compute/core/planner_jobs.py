"""Jobs with deadlines in a plan: what each needs, and at what price it gets that.

    value of a unit of work, raised until the worker's program does enough of them

A worker serves its jobs in the order of their deadlines. The work of a step is worth the
price of a job that may still be served by it, or the worker's own results where these
are worth more. Standard library only; it must never know how a program is solved.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import inf

from .job import Job, JobUnit
from .plan import PlannedJob, PlanStart
from .planner_world import Runner, World

WHATEVER_IT_COSTS = 10.0
"""How many times the dearest import a job may cost that names no maximum: more than
anything that it could be run with."""

CLOSE = 0.01
"""Prices that differ by less than this share are the same."""

ENOUGH = 1e-6
"""Work that is missing by less than this share is done."""

MOST_TRIALS = 12


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


@dataclass(frozen=True, slots=True)
class Offer:
    """What a unit of a job is worth, and in which steps (None: all before it is due)."""

    price: float = 0.0
    steps: frozenset[int] | None = None


type Trial = Callable[[Sequence[Offer]], tuple[int, ...] | None]
"""Returns the best levels under an offer for each job; None: time was up."""


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


def job_bonus(
    world: World, runner: Runner, jobs: Sequence[Wanted], offers: Sequence[Offer]
) -> list[list[float]]:
    """Return what work for jobs brings beyond results, for every step and level."""
    rows = []
    for step, hours in enumerate(world.hours):
        rows.append(
            [
                hours
                * max(
                    0.0,
                    *(
                        offer.price * item.per_hour[level] - results
                        for item, offer in zip(jobs, offers, strict=True)
                        if step < item.steps
                        and step not in item.dear
                        and (offer.steps is None or step in offer.steps)
                    ),
                    0.0,
                )
                for level, results in enumerate(runner.results)
            ]
        )
    return rows


def least_prices(
    world: World,
    runner: Runner,
    jobs: Sequence[Wanted],
    trial: Trial,
    *,
    before: Sequence[float] = (),
) -> tuple[tuple[int, ...], tuple[float, ...]] | None:
    """Return the levels that do enough for all jobs, and the prices that it takes.

    Job by job, the price is halved in on, from the one found `before` where there is one.
    Then the steps that it takes are bought at any price, and no later job gets others
    for it. A job that is not met at its highest price keeps it. None: time was up.
    """
    offers, prices = [Offer() for _ in jobs], [0.0 for _ in jobs]
    levels = trial(offers)
    for number, item in enumerate(jobs):
        if levels is None:
            return None
        if not missing(world, jobs, levels)[number]:
            continue

        def at_price(price: float, number: int = number) -> tuple[int, ...] | None:
            return trial([*offers[:number], Offer(price), *offers[number + 1 :]])

        guess = before[number] if before else 0.0
        found = _least(world, jobs, number, at_price, (levels, guess))
        if found is None:
            return None
        prices[number], above, below = found
        due = jobs[: number + 1]
        levels = _thinned(world, runner, due, above, below)
        _, serving = served(world, due, levels)
        used = frozenset(step for step, job in enumerate(serving) if job == number)
        offers[number] = Offer(item.most, used)
    return None if levels is None else (levels, tuple(prices))


def _least(
    world: World,
    jobs: Sequence[Wanted],
    number: int,
    at_price: Callable[[float], tuple[int, ...] | None],
    known: tuple[tuple[int, ...], float],
) -> tuple[float, tuple[int, ...], tuple[int, ...]] | None:
    """Return the least price at which a job is met, and the levels there and just below.

    `known` are the levels without any price, and where to look first.
    """
    below, guess = known
    low, high = 0.0, jobs[number].most
    above = at_price(high)
    if above is None:
        return None
    if missing(world, jobs, above)[number]:
        return high, above, above
    guess = guess if low < guess < high else high / 2
    for _ in range(MOST_TRIALS):
        if high - low <= CLOSE * high:
            break
        found = at_price(guess)
        if found is None:
            return None
        if missing(world, jobs, found)[number]:
            low, below = guess, found
        else:
            high, above = guess, found
        guess = (low + high) / 2
    return high, above, below


def _thinned(
    world: World,
    runner: Runner,
    jobs: Sequence[Wanted],
    levels: tuple[int, ...],
    keep: Sequence[int],
) -> tuple[int, ...]:
    """Drop what is more than enough, the latest first.

    At one price a worker may do far more than is needed, as in a night at one tariff.
    What it would do at a lower price stays.
    """
    short = missing(world, jobs, levels)
    thin = list(levels)
    for step in range(len(thin) - 1, -1, -1):
        ends_run = step + 1 == len(thin) or not thin[step + 1]
        if not thin[step] or keep[step] or not ends_run:
            continue
        first = step
        while first and thin[first - 1]:
            first -= 1
        lasts = step - first + 1
        drop = 1 if lasts > runner.lock[first] else lasts
        tried = [*thin]
        tried[step + 1 - drop : step + 1] = [0] * drop
        if drop == lasts and any(keep[first : step + 1]):
            continue
        if missing(world, jobs, tried) == short:
            thin = tried
    return tuple(thin)


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
