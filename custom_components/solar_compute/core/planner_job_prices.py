"""At what price the jobs of a worker get what they need within a plan.

    value of a unit of work, raised until the worker's program does enough of them

The work of a step is worth the price of a job that may still be served by it, or the
worker's own results where these are worth more. Standard library only; it must never
know how a program is solved.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from .planner_jobs import Wanted, missing, served
from .planner_world import Runner, World

CLOSE = 0.01
"""Prices that differ by less than this share are the same."""

MOST_TRIALS = 12


@dataclass(frozen=True, slots=True)
class Offer:
    """What a unit of a job is worth, and in which steps (None: all before it is due)."""

    price: float = 0.0
    steps: frozenset[int] | None = None


type Trial = Callable[[Sequence[Offer]], tuple[int, ...] | None]
"""Returns the best levels under an offer for each job; None: time was up."""


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
