"""Helpers that read flat stored data into the fields of specs.

Each returns only what is set, so that all else keeps the default of its field. May
import the core's specs; must never know a particular key.
"""

from collections.abc import Iterable, Mapping
from datetime import time
from typing import Any

from .core.spec import DailyWindow


def given(data: Mapping[str, Any], keys: Iterable[str]) -> dict[str, Any]:
    """Return what is set of `keys`, for fields of the same names."""
    return {key: data[key] for key in keys if data.get(key) is not None}


def named(data: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    """Return what is set of the keys of `names`, for the fields that they name."""
    return {names[key]: value for key, value in given(data, names).items()}


def share(data: Mapping[str, Any], key: str, name: str) -> dict[str, Any]:
    """Return a value stored in per cent as a share, for the field `name`."""
    percent = data.get(key)
    return {} if percent is None else {name: percent / 100}


def listed(value: Any) -> tuple[str, ...]:
    """Return the entities of a field, which may hold none, one, or a list."""
    if not value:
        return ()
    return (value,) if isinstance(value, str) else tuple(value)


def windows(data: Mapping[str, Any], *ends: tuple[str, str]) -> tuple[DailyWindow, ...]:
    """Return the windows whose start and end are both set."""
    return tuple(
        DailyWindow(start_min=minute(data[start]), end_min=minute(data[end]))
        for start, end in ends
        if data.get(start) and data.get(end)
    )


def minute(text: str) -> int:
    """Return a stored time of the day ("06:30:00") in minutes after midnight."""
    clock = time.fromisoformat(text)
    return clock.hour * 60 + clock.minute
