"""The steps of a plan, and what a decision hears of a plan.

Standard library only: decisions and their glue need it where no plan is made.
"""

from dataclasses import replace
from datetime import datetime
from itertools import accumulate

from .ahead import NOTHING_AHEAD, Ahead
from .foreseen import Source
from .plan import Grid, Plan
from .times import HOUR_S

AHEAD_HOURS = 24


def plan_grid(
    now_s: float,
    *,
    near_h: float = 6,
    near_step_s: int = 300,
    far_step_s: int = 900,
    hours: float = 48,
) -> Grid:
    """Return the steps of a plan that is made at `now_s` (Unix).

    All begin at whole multiples of their length. The first is the one that `now_s`
    lies in. Short ones last for `near_h` hours and until a long one may begin; `hours`
    are covered altogether.
    """
    at_s = now_s // near_step_s * near_step_s
    near_end_s, end_s = at_s + near_h * HOUR_S, at_s + hours * HOUR_S
    lengths: list[float] = []
    while at_s < end_s:
        is_near = at_s < near_end_s or at_s % far_step_s
        lengths.append(float(near_step_s if is_near else far_step_s))
        at_s += lengths[-1]
    first_s = now_s // near_step_s * near_step_s
    return Grid(
        starts_s=tuple(accumulate(lengths, initial=first_s))[:-1],
        lengths_s=tuple(lengths),
    )


def ahead_of(plan: Plan, now_s: float, *, past_hour_s: float | None = None) -> Ahead:
    """Return what a decision at `now_s` hears of a plan; nothing after its time.

    `past_hour_s` is how long ago the local hour began (None: as the Unix hour did).
    The mean of an hour covers what the plan knows of it.
    """
    if not plan.made_s <= now_s < plan.valid_until_s:
        return NOTHING_AHEAD
    if past_hour_s is None:
        past_hour_s = now_s % HOUR_S
    hour_s = now_s - past_hour_s
    expected = plan.expected
    return replace(
        NOTHING_AHEAD,
        hours_w=_hourly(expected.grid, expected.balance_w, hour_s),
        hours_per_kwh=_hourly(expected.grid, expected.import_per_kwh, hour_s),
        stored=plan.stored,
        jobs={job.key: job for job in plan.jobs},
    )


def with_plan(ahead: Ahead, plan: Plan, local: datetime) -> Ahead:
    """Return `ahead` with what a plan knows, as far as it rests on forecasts.

    What it knows from the learned mean day, decisions know without it.
    """
    past_hour_s = local.minute * 60.0 + local.second
    known = ahead_of(plan, local.timestamp(), past_hour_s=past_hour_s)
    foreseen = {
        name
        for name, source in plan.expected.sources.items()
        if source == Source.FORECAST
    }
    if "balance" in foreseen:
        ahead = replace(ahead, hours_w=known.hours_w, stored=known.stored)
    if "import" in foreseen:
        ahead = replace(ahead, hours_per_kwh=known.hours_per_kwh)
    if foreseen & {"balance", "import"}:
        ahead = replace(ahead, jobs=known.jobs)
    return ahead


def _hourly(
    grid: Grid, values: tuple[float, ...], hour_s: float
) -> tuple[float, ...] | None:
    """Return 24 hourly means from `hour_s` on; None where an hour is not covered."""
    sums, seconds = [0.0] * AHEAD_HOURS, [0.0] * AHEAD_HOURS
    for start_s, length_s, value in zip(
        grid.starts_s, grid.lengths_s, values, strict=True
    ):
        first = max(0, int((start_s - hour_s) // HOUR_S))
        for hour in range(first, AHEAD_HOURS):
            begins_s = max(start_s, hour_s + hour * HOUR_S)
            ends_s = min(start_s + length_s, hour_s + (hour + 1) * HOUR_S)
            if ends_s <= begins_s:
                break
            sums[hour] += value * (ends_s - begins_s)
            seconds[hour] += ends_s - begins_s
    if not all(seconds):
        return None
    return tuple(total / known for total, known in zip(sums, seconds, strict=True))
