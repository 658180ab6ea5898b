"""Times of the day and of the year, as a person would name them.

Standard library only.
"""

from dataclasses import dataclass
from datetime import datetime, time, timedelta

HOUR_S = 3600.0
DAY_S = 24 * HOUR_S


@dataclass(frozen=True, slots=True, kw_only=True)
class DailyWindow:
    """A daily window of local time, in minutes after midnight.

    `end_min` may be smaller than `start_min`: the window then spans midnight.
    Equal ends mean the whole day.
    """

    start_min: int
    end_min: int

    def contains(self, minute: int) -> bool:
        """Tell whether a local minute of the day lies in the window."""
        if self.start_min < self.end_min:
            return self.start_min <= minute < self.end_min
        return minute >= self.start_min or minute < self.end_min


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthSpan:
    """A part of the year, from the month `first` (1 to 12) to the end of `last`.

    `last` may be smaller than `first`: the span then holds the turn of the year.
    """

    first: int
    last: int

    def contains(self, month: int) -> bool:
        """Tell whether a month (1 to 12) lies in the span."""
        if self.first <= self.last:
            return self.first <= month <= self.last
        return month >= self.first or month <= self.last


def day_ends_s(local: datetime) -> float:
    """Return when a local day ends, in Unix time; it may have 23 to 25 hours."""
    tomorrow = local.date() + timedelta(days=1)
    return datetime.combine(tomorrow, time(), tzinfo=local.tzinfo).timestamp()


def never() -> bool:
    """Time is never up: for whoever may take all that it needs."""
    return False
