"""Reads times and numbers from what other integrations answer or show.

Their payloads are not ours: anything may be missing, of another type, or nonsense. What
cannot be read is None, never a guess. Must never read states or ask anybody.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from math import isfinite
from typing import Any

from homeassistant.util import dt as dt_util

EARLIEST_S = 946_684_800.0
"""The year 2000: a smaller number is no time in seconds."""

LATEST_S = 4_102_444_800.0
"""The year 2100: what is more is in milliseconds."""


def moment_s(value: object) -> float | None:
    """Return a time as Unix seconds: an ISO text, a datetime, or seconds or ms since 1970.

    Without an offset it is local time, as the home's clocks show it.
    """
    if isinstance(value, str):
        try:
            value = dt_util.parse_datetime(value.strip())
        except ValueError:
            # It has the form of a time, as the 30th of February has.
            return None
    if isinstance(value, datetime):
        if value.tzinfo is None:
            value = value.replace(tzinfo=dt_util.get_default_time_zone())
        return value.timestamp()
    seconds = finite(value)
    if seconds is not None and seconds > LATEST_S:
        seconds /= 1000
    if seconds is None or not EARLIEST_S <= seconds <= LATEST_S:
        return None
    return seconds


def finite(value: object) -> float | None:
    """Return a finite number, None for anything else; a text may hold one."""
    if isinstance(value, bool):
        return None
    if not isinstance(value, int | float | str):
        return None
    try:
        number = float(value)
    except OverflowError, ValueError:
        return None
    return number if isfinite(number) else None


def rows_of(value: object) -> list[Mapping[str, Any]]:
    """Return a list of mappings, empty for anything else; what is none is left out."""
    if not isinstance(value, Iterable) or isinstance(value, str | bytes | Mapping):
        return []
    return [row for row in value if isinstance(row, Mapping)]


def first_of(row: Mapping[str, Any], keys: Iterable[str]) -> Any:
    """Return the value of the first key that a row has, None where it has none."""
    return next((row[key] for key in keys if row.get(key) is not None), None)
