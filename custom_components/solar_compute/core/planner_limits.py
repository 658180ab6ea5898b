"""Limits over time and over several workers: what a day and a circuit leave.

    price of a day's energy, run time and starts, raised until the program keeps to them

A day that would be overrun gets a price of its own, so that the best hours stay. What
workers on one circuit take is a cap on each of the others. Standard library only; it
must never know how a program is solved.
"""

from collections.abc import Callable, Mapping, Sequence
from math import inf

from .guards.base import holds_for
from .plan import WorkerStart
from .planner_world import DayLimit, Runner, Times, World
from .spec import SiteSpec, WorkerSpec

TRIALS = 9
HIGHEST_TOLL = 4.0
"""What nothing is worth, in currency per hour, kWh or start (times `World.money`)."""

type Tolls = Mapping[int, float]
"""What an hour, a kWh or a start (whatever is limited) costs more on some days."""

type Trial = Callable[[Tolls], tuple[int, ...] | None]
"""Returns the best levels under these tolls; None: time was up."""


def day_limits(
    spec: SiteSpec, worker: WorkerSpec, now: WorkerStart, times: Times
) -> Mapping[int, DayLimit]:
    """Return what every local day of the plan leaves to a worker."""
    guards = [guard for guard in spec.guards.maxima if holds_for(guard, worker)]
    starts = inf if worker.max_starts_per_day is None else worker.max_starts_per_day
    energy_wh = min(
        (guard.energy_wh for guard in guards if guard.energy_wh is not None),
        default=inf,
    )
    run_s = min(
        (guard.run_s for guard in guards if guard.run_s is not None), default=inf
    )
    if min(starts, energy_wh, run_s) == inf:
        return {}
    days = sorted(set(times.days()))
    limits = {
        day: DayLimit(energy_wh=energy_wh, run_h=run_s / 3600, starts=starts)
        for day in days
    }
    limits[days[0]] = DayLimit(
        energy_wh=max(0.0, energy_wh - now.energy_today_wh),
        run_h=max(0.0, run_s - now.run_today_s) / 3600,
        starts=max(0.0, starts - now.starts_today),
    )
    return limits


def overrun(world: World, runner: Runner, levels: Sequence[int]) -> frozenset[int]:
    """Return the days on which these levels take more than the day leaves."""
    if not runner.days:
        return frozenset()
    used = {day: [0.0, 0.0, 0.0] for day in runner.days}
    before = runner.level
    for day, hours, level in zip(world.times.days(), world.hours, levels, strict=True):
        if level:
            used[day][0] += runner.powers_w[level] * hours
            used[day][1] += hours
            used[day][2] += not before
        before = level
    return frozenset(
        day
        for day, (energy_wh, run_h, starts) in used.items()
        if energy_wh > runner.days[day].energy_wh + 1e-6
        or run_h > runner.days[day].run_h + 1e-9
        or starts > runner.days[day].starts
    )


def within_days(world: World, runner: Runner, trial: Trial) -> tuple[int, ...] | None:
    """Return the best levels that keep to every day's limits; None: time was up."""
    levels = trial({})
    if levels is None or not (over := overrun(world, runner, levels)):
        return levels
    highest = HIGHEST_TOLL * world.money
    low, high = dict.fromkeys(over, 0.0), dict.fromkeys(over, highest)
    for _ in range(TRIALS):
        tolls = {day: (low[day] + high[day]) / 2 for day in low}
        found = trial(tolls)
        if found is None:
            return None
        over = overrun(world, runner, found)
        for day, toll in tolls.items():
            (low if day in over else high)[day] = toll
        for day in over - low.keys():
            low[day], high[day] = 0.0, highest
    above, below = trial(low), trial(high)
    if above is None or below is None:
        return None
    return dropped(world, runner, above, keep=dropped(world, runner, below))


def dropped(
    world: World, runner: Runner, levels: Sequence[int], keep: Sequence[int] = ()
) -> tuple[int, ...]:
    """Drop the latest steps, those to keep last, until every day's limits are kept to."""
    thin, days = list(levels), world.times.days()
    kept = keep or (0,) * len(thin)
    for held in (kept, (0,) * len(thin)):
        for step in range(len(thin) - 1, -1, -1):
            over = overrun(world, runner, thin)
            if not over:
                return tuple(thin)
            after = step + 1
            # A run over midnight ends there for the day that has too much.
            ends = after == len(thin) or not thin[after] or days[after] != days[step]
            if thin[step] and ends and days[step] in over and not held[step]:
                first = step
                while first and thin[first - 1]:
                    first -= 1
                short = step - first < runner.lock[first]
                whole = short and not any(held[first : step + 1])
                begin = first if whole else step
                thin[begin : step + 1] = [0] * (step + 1 - begin)
    return tuple(thin)


def tolled(runner: Runner, tolls: Tolls, day: int) -> tuple[tuple[float, ...], float]:
    """Return what an hour at each level, and a start, cost more on a day."""
    toll, limit = tolls.get(day, 0.0), runner.days.get(day)
    if limit is None or not toll:
        return (0.0,) * len(runner.powers_w), 0.0
    per_hour, per_kwh = toll * (limit.run_h < inf), toll * (limit.energy_wh < inf)
    return (
        tuple(
            (per_hour + per_kwh * power_w / 1000) if power_w > 0 else 0.0
            for power_w in runner.powers_w
        ),
        toll * (limit.starts < inf),
    )


def circuit_caps(
    world: World, levels: Sequence[Sequence[int]], number: int
) -> list[int]:
    """Return the highest level of every step that others on its circuits leave."""
    runner = world.runners[number]
    caps = list(runner.caps)
    for limit_w, keys in world.circuits:
        if runner.key not in keys:
            continue
        others = [
            (other.powers_w, chosen)
            for index, (other, chosen) in enumerate(
                zip(world.runners, levels, strict=True)
            )
            if index != number and other.key in keys
        ]
        for step, cap in enumerate(caps):
            left_w = limit_w - sum(
                powers_w[chosen[step]] for powers_w, chosen in others
            )
            while cap and runner.powers_w[cap] > left_w:
                cap -= 1
            caps[step] = cap
    return caps


def permitted(world: World, levels: Sequence[Sequence[int]]) -> bool:
    """Tell whether levels keep to the limits of all days and circuits."""
    return all(
        not overrun(world, runner, chosen)
        and all(
            level <= cap
            for level, cap in zip(
                chosen, circuit_caps(world, levels, number), strict=True
            )
        )
        for number, (runner, chosen) in enumerate(
            zip(world.runners, levels, strict=True)
        )
    )
