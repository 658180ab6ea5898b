"""The days of a home that a scenario is about: all of them, or those of its winter."""

from enum import StrEnum
from itertools import groupby

from .traces import Trace

WINTER = frozenset({11, 12, 1, 2, 3})
"""Months with short days on the northern half."""

HALF_A_YEAR = 6
SOUTHERN = (
    "Africa/Johannesburg",
    "America/Argentina/",
    "America/Asuncion",
    "America/Montevideo",
    "America/Santiago",
    "America/Sao_Paulo",
    "Antarctica/",
    "Australia/",
    "Pacific/Auckland",
)
"""How the names of time zones begin in which it is winter in July."""


class Season(StrEnum):
    """The days that a scenario is about."""

    ANY = "any"
    WINTER = "winter"


def in_season(trace: Trace, season: Season, zone: str) -> Trace | None:
    """Return the longest stretch of a season in a trace; None where there is none.

    `zone` tells on which half of the earth the home is.
    """
    if season is Season.ANY:
        return trace
    shift = HALF_A_YEAR if zone.startswith(SOUTHERN) else 0
    first, stretches = 0, [range(0)]
    for there, items in groupby(
        trace.intervals,
        lambda item: (item.start.month + shift - 1) % 12 + 1 in WINTER,
    ):
        size = len(list(items))
        if there:
            stretches.append(range(first, first + size))
        first += size
    longest = max(stretches, key=len)
    if len(longest) * trace.step_s < 86400:
        return None
    return trace.cut(longest.start, longest.stop)
