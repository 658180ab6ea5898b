"""All days but some are there to learn from: what more history would bring.

Homes with a year of minutes are rare. But the days of a home can be cut into parts, and
each be judged by what all others taught, later ones, too: they are moved before it, by
whole days, so that the sun stays where it was at every hour. So a part has more history
than it had in life, of the same home and nearly the same season.
"""

from dataclasses import dataclass
from datetime import timedelta

from .traces import Interval, Trace

DAY_S = 86400


@dataclass(frozen=True, slots=True)
class Fold:
    """One part of several: number `index` of `count` counts."""

    index: int
    count: int


def folded(trace: Trace, fold: Fold) -> tuple[Trace, float]:
    """Return all other days and then those that count, and how many the others are.

    What is left of the last day is left out.
    """
    a_day = DAY_S // trace.step_s
    days = len(trace.intervals) // a_day
    first, last = ((fold.index + more) * days // fold.count * a_day for more in (0, 1))
    whole = trace.intervals[: days * a_day]
    back = timedelta(days=days)
    later = tuple(
        Interval(interval.start - back, interval.values) for interval in whole[last:]
    )
    intervals = later + whole[:last]
    taught = (len(later) + first) / a_day
    return Trace(trace.name, trace.step_s, trace.columns, intervals), taught
