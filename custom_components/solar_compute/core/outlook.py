"""The learned mean day, and what supply will probably cost later today.

Without a planner, the mean balance per hour of the day over the last days is
the best guess of when there will be surplus. It is learned from the balance
alone, forgets over about a week, and admits where it knows nothing.

Pure functions; standard library only.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from .memory import HourMean, MeanDay
from .spec import POSITIVE

DAYS = 7
"""Days over which the mean forgets: with the mean of the last seven days the
value of a stored kWh is right to 2 to 4 ct (design: value of a stored kWh)."""

MINIMUM_COVER_S = 900.0
"""An hour of which less than this was seen teaches nothing."""

HOURS = 24

MAXIMUM_GAP_S = 3600.0
"""A balance is not held longer than this: a gap is a gap."""


def learn(
    day: MeanDay, local: datetime, clock_s: float, balance_w: float | None
) -> MeanDay:
    """Return the mean day after one more look at the balance.

    The previous balance counts for the time since then; an hour is added to its
    mean when it is over.
    """
    day = _whole(day)
    if day.last_s is not None and day.last_w is not None:
        seconds = min(max(0.0, clock_s - day.last_s), MAXIMUM_GAP_S)
        day = replace(
            day,
            sum_ws=day.sum_ws + day.last_w * seconds,
            seconds=day.seconds + seconds,
        )
    if day.hour != local.hour:
        day = replace(_close_hour(day), hour=local.hour, sum_ws=0.0, seconds=0.0)
    return replace(day, last_s=clock_s, last_w=balance_w)


def _whole(day: MeanDay) -> MeanDay:
    """Begin anew where what was stored is no day."""
    if len(day.hours) == HOURS and (day.hour is None or 0 <= day.hour < HOURS):
        return day
    return MeanDay()


def _close_hour(day: MeanDay) -> MeanDay:
    if day.hour is None or day.seconds < MINIMUM_COVER_S:
        return day
    mean = day.sum_ws / day.seconds
    known = day.hours[day.hour]
    days = max(1, min(known.days + 1, DAYS))
    hours = list(day.hours)
    hours[day.hour] = HourMean(
        known.mean_w + (mean - known.mean_w) / days,
        days,
        (*known.lately_w, mean)[-DAYS:],
    )
    return replace(day, hours=tuple(hours))


def hourly_balance(day: MeanDay, local: datetime) -> tuple[float, ...] | None:
    """Return the expected balance of the 24 hours from now on, in W.

    The first entry is the hour that `local` lies in. None while more than four
    hours of the day have never been seen; a few unseen hours take the mean of
    their neighbours.
    """
    day = _whole(day)
    unseen = sum(1 for hour in day.hours if hour.days == 0)
    if unseen > 4:
        return None
    filled: list[float] = []
    for index, hour in enumerate(day.hours):
        if hour.days:
            filled.append(hour.mean_w)
            continue
        before = next(
            day.hours[(index - k) % 24]
            for k in range(1, 24)
            if day.hours[index - k].days
        )
        after = next(
            day.hours[(index + k) % 24]
            for k in range(1, 24)
            if day.hours[(index + k) % 24].days
        )
        filled.append((before.mean_w + after.mean_w) / 2)
    start = local.hour
    return tuple(filled[start:] + filled[:start])


def recent_days(day: MeanDay, local: datetime) -> tuple[tuple[float, ...], ...]:
    """Return what followed on this hour on each of the last days, in W.

    Of every day 24 hours, as `hourly_balance` has them, the newest day first. An
    hour that was not seen on a day has its mean; where no day was kept, there is the
    mean day alone. Empty while nothing is known.
    """
    usual = hourly_balance(day, local)
    if usual is None:
        return ()
    hours = (*day.hours[local.hour :], *day.hours[: local.hour])
    kept = max(len(hour.lately_w) for hour in hours)
    if kept == 0:
        return (usual,)
    # The newest of an hour that has been is of today, of one to come of yesterday:
    # so the same place in all of them is one stretch of 24 hours.
    return tuple(
        tuple(
            hour.lately_w[-back] if back <= len(hour.lately_w) else mean_w
            for hour, mean_w in zip(hours, usual, strict=True)
        )
        for back in range(1, kept + 1)
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlook:
    """What electricity will probably cost in the hours to come.

    `balance_now_w` is today's measured balance; `hours_w` the expected balance
    per hour from now on (None: nothing learned yet). Prices per kWh:
    `deficit_per_kwh` is what a kWh costs where there is no surplus (import, or
    the value of a discharged kWh). `hours_per_kwh` is what import costs in these
    hours, as learned; None: nothing learned, or its price never changes. `past_hour_s` is how
    long ago the hour began that is the first of them.
    """

    balance_now_w: float
    hours_w: tuple[float, ...] | None
    surplus_per_kwh: float
    deficit_per_kwh: float
    hours_per_kwh: tuple[float, ...] | None = None
    past_hour_s: float = 0.0

    def _hour(self, in_s: float) -> int:
        return int((self.past_hour_s + in_s) // 3600) % 24

    def surplus_share(self, in_s: float, power_w: float) -> float:
        """Return which part of a load of `power_w` surplus will probably cover then.

        For the next quarter of an hour the meter knows better than the mean
        day; without a mean day, later means without sun.
        """
        balance_w = self.balance_now_w
        if in_s > 900:
            balance_w = self.hours_w[self._hour(in_s)] if self.hours_w else 0.0
        return min(1.0, max(0.0, balance_w) / max(power_w, POSITIVE))

    def price_per_kwh(self, in_s: float, power_w: float) -> float:
        """Return what electricity for a load of `power_w` will probably cost.

        A load that is shortened saves surplus and deficit in the shares in which it
        would have taken them.
        """
        share = self.surplus_share(in_s, power_w)
        later_per_kwh = self.deficit_per_kwh
        if in_s > 900 and self.hours_per_kwh is not None:
            later_per_kwh = self.hours_per_kwh[self._hour(in_s)]
        return share * self.surplus_per_kwh + (1 - share) * later_per_kwh
