"""Lists of numbers that are entered as text, such as "300, 600, 900".

Standard library only.
"""

from collections.abc import Mapping, Sequence
from math import isfinite
from typing import Any, TypeIs

_MOST_LEVELS = 50


def read(text: str) -> list[float] | None:
    """Return the numbers in a text, None where something else is in it."""
    parts = text.replace(";", " ").replace(",", " ").split()
    try:
        found = [float(part) for part in parts]
    except ValueError:
        return None
    return found if all(map(isfinite, found)) else None


def listed(found: Sequence[float]) -> str:
    """Return numbers as text that can be read back."""
    return ", ".join(f"{number:.10g}" for number in found)


def shown(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return stored values as a form shows them: lists of numbers as text."""
    return {
        key: listed(value) if _is_numbers(value) else value
        for key, value in values.items()
    }


def _is_numbers(value: object) -> TypeIs[Sequence[float]]:
    return isinstance(value, (list, tuple)) and not any(
        isinstance(item, str) for item in value
    )


def levels_error(levels: Sequence[float] | None) -> str | None:
    """Check that these are levels: numbers above 0, ascending, not too many."""
    if not levels or len(levels) > _MOST_LEVELS:
        return "levels_not_numbers"
    pairs = zip([0.0, *levels], levels, strict=False)
    if not all(lower < higher for lower, higher in pairs):
        return "levels_not_ascending"
    return None
