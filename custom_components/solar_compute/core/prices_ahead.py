"""What a home could know of the prices to come, at any moment of a past.

A day-ahead market tells the prices of tomorrow at one o'clock; until then, and for what
lies beyond, the same hour of a day before stands in. Standard library only.
"""

from collections.abc import Sequence
from datetime import datetime

from .times import DAY_S, HOUR_S, day_ends_s

HOURS = 24
PUBLISHED_HOUR = 13
"""When the prices of tomorrow are out (EPEX and Nord Pool: about 12:45 to 13:00)."""


def hours_ahead(
    prices: Sequence[float],
    index: int,
    local: datetime,
    step_s: int,
    *,
    day_ahead: bool = True,
) -> tuple[float, ...]:
    """Return the prices of the 24 hours from an interval on, as known then.

    The first is the hour that `local` lies in, at which the interval `index` begins.
    `day_ahead` off: all of them are known, as those of a tariff are.
    """
    known = HOURS
    if day_ahead and local.hour < PUBLISHED_HOUR:
        known = _hours_of_today(local)
    a_day, an_hour = int(DAY_S) // step_s, int(HOUR_S) // step_s
    first = index - (local.minute * 60 + local.second) // step_s
    found: list[float] = []
    for hour in range(HOURS):
        at = first + hour * an_hour
        if hour >= known or at >= len(prices):
            at -= a_day
        found.append(prices[max(at, 0)])
    return tuple(found)


def _hours_of_today(local: datetime) -> int:
    """Return how many hours of its day are left, of 23 to 25 where clocks change."""
    hour = local.replace(minute=0, second=0, microsecond=0)
    return min(HOURS, round((day_ends_s(local) - hour.timestamp()) / HOUR_S))
