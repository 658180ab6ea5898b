"""Lists of numbers that are entered as text, such as "300, 600, 900".

Standard library only.
"""

from collections.abc import Sequence
from math import isfinite


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
