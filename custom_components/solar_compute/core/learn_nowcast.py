"""Learning what is usual at each half hour of the sun's day, and how much of it comes.

For every day of the past, what was usual is taken from the days before it alone, so that
the shares are those that a forecast would have had. May import numpy; knows no rule of
switching.
"""

from dataclasses import dataclass

import numpy as np

from .learn_past import HOUR_OF_SUN, NOW, Flags, Numbers, Past
from .nowcast import HALF_HOURS, MEAN_AGE_S, Nowcast
from .spec import PolicySpec
from .trail import TEN_MINUTES

HALF_LIFE_DAYS = 20.0
"""The sun's course moves with the seasons: what is three weeks old counts half."""
PRIOR_H = 12.0
"""Hours of sun that must be seen until they count as much as what never changes."""
MOST = 1.5
"""More than so much of a usual change is believed of no home."""


@dataclass(frozen=True, slots=True, eq=False)
class Nowcasts:
    """The nowcast of now, and what it would have said at every moment of the past.

    `start` and `stop` are the expected changes over both horizons, in currency per hour.
    """

    now: Nowcast
    start: Numbers
    stop: Numbers


def nowcasts(past: Past, policy: PolicySpec, sunny: Flags) -> Nowcasts:
    """Return what a past teaches of the next hour; `sunny`: where it is to be judged."""
    days = _usual(past)
    usual = days[-1]
    found = []
    for horizon_s in (policy.start_horizon_s, policy.stop_horizon_s):
        change = _change(past, days[:-1], horizon_s)
        share = _share(past, change, horizon_s, sunny & past.known)
        found.append((share, share * change))
    (start_share, start), (stop_share, stop) = found
    return Nowcasts(
        Nowcast(
            usual=tuple(float(f"{worth:.4g}") for worth in usual)
            if usual.any()
            else (),
            start_share=round(start_share, 3),
            stop_share=round(stop_share, 3),
        ),
        start,
        stop,
    )


def _usual(past: Past) -> Numbers:
    """Return what was usual before each day, half hour by half hour, and what is now.

    All nought before there was a whole day. Smoothed over neighbours, as few days have
    few clouds in each half hour.
    """
    days = int(past.day[-1]) + 1
    hours = past.moments[:, HOUR_OF_SUN]
    place = (
        past.day * HALF_HOURS + (hours * HALF_HOURS / 24).astype(np.intp) % HALF_HOURS
    )
    known, size = past.known, days * HALF_HOURS
    sums = np.bincount(place[known], past.moments[known, NOW], size)
    times = np.bincount(place[known], minlength=size).astype(np.float64)
    fading = 0.5 ** (1 / HALF_LIFE_DAYS)
    total, seen = np.zeros(HALF_HOURS), np.zeros(HALF_HOURS)
    usual = np.zeros((days + 1, HALF_HOURS))
    for day in range(days):
        this = slice(day * HALF_HOURS, (day + 1) * HALF_HOURS)
        total, seen = total * fading + sums[this], seen * fading + times[this]
        if seen.all():
            mean = total / seen
            usual[day + 1] = (np.roll(mean, 1) + 2 * mean + np.roll(mean, -1)) / 4
    return usual


def _change(past: Past, days: Numbers, horizon_s: float) -> Numbers:
    """Return the usual change at every moment (as `nowcast.usual_change`)."""
    hours = past.moments[:, HOUR_OF_SUN]

    def at(hour: Numbers) -> Numbers:
        place = hour * HALF_HOURS / 24 - 0.5
        first = np.floor(place).astype(np.intp)
        share = place - first
        before = days[past.day, first % HALF_HOURS]
        after = days[past.day, (first + 1) % HALF_HOURS]
        return np.asarray(before + share * (after - before))

    return at(hours + horizon_s / 7200) - at(hours - MEAN_AGE_S / 3600)


def _share(past: Past, change: Numbers, horizon_s: float, rows: Flags) -> float:
    """Return the share of a usual change that came, shrunk towards none."""
    reach = past.steps(horizon_s)
    count = len(change) - reach
    if count <= 0:
        return 0.0
    sums = np.concatenate(([0.0], np.cumsum(past.earned)))
    came = (sums[reach:-1] - sums[:count]) / (reach * past.step_s / 3600)
    rows = rows[:count] & (change[:count] != 0)
    asked = change[:count][rows]
    missed = came[rows] - past.moments[:count, TEN_MINUTES][rows]
    square = float((asked**2).sum())
    if square <= 0:
        return 0.0
    hours = len(asked) * past.step_s / 3600
    share = float((asked * missed).sum()) / square * hours / (hours + PRIOR_H)
    return min(max(share, 0.0), MOST)
