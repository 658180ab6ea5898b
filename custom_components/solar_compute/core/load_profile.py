"""What the home needs itself, by the hour of the day, from its kept past.

    load = PV − balance, or − balance at night, where there is no PV meter

Hourly means, weighted so that what is two months old counts half: homes live by the
seasons. Weekends have a profile of their own where they really differ, by more than days
do among each other. Hourly statistics serve as well as finer means, so they may stand for
the time before those. It may import numpy; it never reads a clock.
"""

from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Final

import numpy as np
from numpy.typing import NDArray

from .history import BALANCE_W, PV_W, History
from .learned import LoadProfile
from .outlook import HOURS
from .times import DAY_S, HOUR_S

HALF_LIFE_DAYS: Final = 60.0
MINIMUM_DAYS: Final = 2
"""On fewer days an hour may have been anything."""

WEEKEND_DAYS: Final = 4
WORK_DAYS: Final = 8
APART: Final = 2.0
"""So much larger than by chance the squared difference of weekends must be, on average
over the hours: for independent hours, that is three standard deviations of chance."""

NIGHT_H: Final = 9
"""So far from the middle of the sun's day it is dark at most latitudes and seasons."""

LEAST_KNOWN: Final = 0.5
"""A mean stands for its hour if this share of it is known."""

type Numbers = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class _Hours:
    """Hours in which the load is known: their numbers in local time, and it in W."""

    number: NDArray[np.intp]
    load_w: Numbers

    @property
    def local_h(self) -> NDArray[np.intp]:
        return self.number % HOURS

    @property
    def day(self) -> NDArray[np.intp]:
        return self.number // HOURS

    @property
    def weekend(self) -> NDArray[np.bool_]:
        # The first of January 1970 was a Thursday.
        return (self.day + 3) % 7 >= 5

    @property
    def weight(self) -> Numbers:
        age = self.day[-1] - self.day
        weight: Numbers = 0.5 ** (age / HALF_LIFE_DAYS)
        return weight


def load_profile(
    history: History | None, zone: tzinfo | None, *, older: History | None = None
) -> LoadProfile | None:
    """Return what the home needs in each local hour, None where nothing tells.

    `older` is what is known of the time before `history`, also by hourly means. Without
    a PV meter only the hours of the night are known.
    """
    hours = _joined(_hourly(older, zone), _hourly(history, zone))
    if hours is None:
        return None
    local_h, day, weekend = hours.local_h, hours.day, hours.weekend
    load_w, weight = hours.load_w, hours.weight
    days = len(np.unique(day))
    every = _means(local_h, load_w, weight)
    rest, work = (
        _means(local_h[rows], load_w[rows], weight[rows])
        for rows in (weekend, ~weekend)
    )
    apart = (
        len(np.unique(day[weekend])) >= WEEKEND_DAYS
        and len(np.unique(day[~weekend])) >= WORK_DAYS
        and _differ(rest, work)
    )
    mean_w, spread_w, _ = work if apart else every
    if not np.isfinite(mean_w).any():
        return None
    return LoadProfile(
        hours_w=_plain(mean_w),
        spread_w=_plain(spread_w),
        weekend_w=_plain(rest[0]) if apart else (),
        days=days,
    )


def _joined(older: _Hours | None, hours: _Hours | None) -> _Hours | None:
    """Return both, and of the hours that are in both the finer ones."""
    if older is None or hours is None:
        return older or hours
    before = older.number < hours.number[0]
    return _Hours(
        np.concatenate((older.number[before], hours.number)),
        np.concatenate((older.load_w[before], hours.load_w)),
    )


def _hourly(history: History | None, zone: tzinfo | None) -> _Hours | None:
    """Return every hour of a past in which the load is known; None: there is none."""
    if history is None or (balance_w := history.column(BALANCE_W)) is None:
        return None
    sun_w = history.column(PV_W)
    steps = np.arange(len(history), dtype=np.float64)
    times_s: Numbers = history.start_s + steps * history.step_s
    local_s = times_s + _offsets_s(times_s, zone)
    if sun_w is None:
        load_w = np.where(_is_night(local_s, balance_w), -balance_w, np.nan)
    else:
        load_w = (sun_w - balance_w).astype(np.float64)
    # A home that makes power in the dark has something that its PV meter does not see.
    known = np.isfinite(load_w) & (load_w >= 0)
    hour = np.floor(local_s / HOUR_S).astype(np.intp)
    first = int(hour[0])
    index = hour - first
    count = np.bincount(index, known)
    whole = np.bincount(index)
    sums = np.bincount(index, np.where(known, load_w, 0.0))
    at = np.flatnonzero((count > 0) & (count >= LEAST_KNOWN * whole))
    return _Hours(at + first, sums[at] / count[at]) if len(at) else None


def _offsets_s(times_s: Numbers, zone: tzinfo | None) -> Numbers:
    """Return for each time how far local time is ahead of UTC."""
    place = np.floor(times_s / HOUR_S).astype(np.intp)
    first, last = int(place[0]), int(place[-1])
    hours = range(first, last + 1)
    offsets = np.array([_offset_s(hour * HOUR_S, zone) for hour in hours])
    found: Numbers = offsets[place - first]
    return found


def _offset_s(time_s: float, zone: tzinfo | None) -> float:
    offset = datetime.fromtimestamp(time_s, zone).utcoffset()
    return 0.0 if offset is None else offset.total_seconds()


def _is_night(local_s: Numbers, balance_w: NDArray[np.float32]) -> NDArray[np.bool_]:
    """Tell when it is dark: far from the middle of the day of the home's surplus."""
    hour = local_s % DAY_S / HOUR_S
    known = np.isfinite(balance_w)
    sun_w = np.where(known, balance_w, 0.0).astype(np.float64)
    sun_w = np.maximum(sun_w - np.median(sun_w[known]), 0.0)
    turn = 2 * np.pi * hour / HOURS
    noon = np.arctan2((sun_w * np.sin(turn)).sum(), (sun_w * np.cos(turn)).sum())
    apart = np.abs((hour - noon / (2 * np.pi) * HOURS + 12) % HOURS - 12)
    dark: NDArray[np.bool_] = apart >= NIGHT_H
    return dark


def _means(
    local_h: NDArray[np.intp], load_w: Numbers, weight: Numbers
) -> tuple[Numbers, Numbers, Numbers]:
    """Return for every local hour mean, spread, and how many days it rests on."""
    seen = np.bincount(local_h, minlength=HOURS)
    mass = np.bincount(local_h, weight, HOURS)
    enough = seen >= MINIMUM_DAYS
    safe = np.where(mass > 0, mass, 1.0)
    mean = np.bincount(local_h, weight * load_w, HOURS) / safe
    apart = np.bincount(local_h, weight * (load_w - mean[local_h]) ** 2, HOURS) / safe
    # So many days of full weight tell as much (Kish, 1965: effective sample size).
    effective = mass**2 / np.where(
        mass > 0, np.bincount(local_h, weight**2, HOURS), 1.0
    )
    return (
        np.where(enough, mean, np.nan),
        np.where(enough, np.sqrt(apart), np.nan),
        effective,
    )


def _differ(
    rest: tuple[Numbers, Numbers, Numbers], work: tuple[Numbers, Numbers, Numbers]
) -> bool:
    """Tell whether two profiles differ by more than days do among each other."""
    noise = sum(spread**2 / np.maximum(days - 1, 1) for _, spread, days in (rest, work))
    apart = (rest[0] - work[0]) ** 2 / np.maximum(noise, 1.0)
    if not np.isfinite(apart).all():
        return False
    return bool(apart.mean() > APART)


def _plain(values: Numbers) -> tuple[float | None, ...]:
    return tuple(
        round(float(value), 1) if np.isfinite(value) else None for value in values
    )
