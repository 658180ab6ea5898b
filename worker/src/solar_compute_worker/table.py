"""One table of a TOML file being read: types and ranges are checked, problems told.

Standard library only. It must never raise: a wrong value becomes a sentence in the list
of problems, and None.
"""

from collections.abc import Mapping
import math
from typing import Any


class Table:
    """Hands out a table's values, and notes in words what is wrong with them."""

    def __init__(
        self, where: str, data: Mapping[str, Any], problems: list[str]
    ) -> None:
        """Take the table, its name for a person, and the list for problems."""
        self._where = where
        self._rest = dict(data)
        self._problems = problems

    def problem(self, key: str, sentence: str) -> None:
        """Note a problem with the value of a key."""
        self._problems.append(f"{self._where}: {key} {sentence}.")

    def close(self) -> None:
        """Note every key that nothing asked for."""
        for key in self._rest:
            self._problems.append(f"{self._where}: the key {key!r} is not known.")

    def has(self, key: str) -> bool:
        """Return whether the key is there and nothing has asked for it yet."""
        return key in self._rest

    def table(self, key: str) -> Mapping[str, Any] | None:
        """Return a table, or None if it is missing or something else."""
        value = self._rest.pop(key, None)
        if value is None or isinstance(value, dict):
            return value
        self.problem(key, "must be a table")
        return None

    def tables(self, key: str) -> list[Mapping[str, Any]]:
        """Return a list of tables that may not be empty."""
        value = self._rest.pop(key, None)
        if (
            not isinstance(value, list)
            or not value
            or not all(isinstance(row, dict) for row in value)
        ):
            self.problem(key, "must be a list of at least one table")
            return []
        return value

    def text(self, key: str) -> str | None:
        """Return a text that is not empty, or None."""
        value = self._rest.pop(key, None)
        if value is None:
            return None
        if not _is_text(value) or not value:
            self.problem(key, "must be a text that is not empty")
            return None
        return str(value)

    def texts(self, key: str) -> list[str]:
        """Return a list of texts whose first is not empty."""
        value = self._rest.pop(key, None)
        if (
            not isinstance(value, list)
            or not all(_is_text(part) for part in value)
            or not value
            or not value[0]
        ):
            self.problem(key, 'must be a list of texts, such as ["python3", "job.py"]')
            return []
        return value

    def flag(self, key: str) -> bool | None:
        """Return true or false, or None."""
        value = self._rest.pop(key, None)
        if value is None or isinstance(value, bool):
            return value
        self.problem(key, "must be true or false")
        return None

    def integer(self, key: str, low: int, high: int) -> int | None:
        """Return a whole number from `low` to `high`, or None."""
        value = self._rest.pop(key, None)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int):
            self.problem(key, "must be a whole number")
        elif not low <= value <= high:
            self.problem(key, f"must be from {low} to {high}")
        else:
            return value
        return None

    def number(
        self,
        key: str,
        low: float,
        high: float,
        *,
        above: bool = False,
        required: bool = False,
    ) -> float | None:
        """Return a number from `low` (or above it) to `high`, or None."""
        value = self._rest.pop(key, None)
        if value is None and not required:
            return None
        if (
            isinstance(value, bool)
            or not isinstance(value, int | float)
            or (isinstance(value, float) and not math.isfinite(value))
        ):
            self.problem(key, "must be a number")
        elif value < low or value > high or (above and value == low):
            start = f"above {low} and up to" if above else f"from {low} to"
            self.problem(key, f"must be {start} {high}")
        else:
            return float(value)
        return None


def _is_text(value: object) -> bool:
    # The kernel takes no text with a NUL in it.
    return isinstance(value, str) and "\0" not in value
