"""Reading a nested mapping key by key, with errors that say where and what.

Every key that is not asked for is an error, so that a slip of the pen cannot go
unseen.
"""

from collections.abc import Sequence
from datetime import time
from itertools import pairwise
from math import isfinite
from typing import Any

DAY_MIN = 1440
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_MISSING = object()


class ScenarioError(ValueError):
    """A scenario is wrong; the message names the key and what is allowed."""


class Section:
    """One mapping of a scenario, and where it stands."""

    def __init__(self, path: str, data: Any) -> None:
        """Wrap `data`, which must be a mapping with text keys."""
        self._path = path
        if not isinstance(data, dict):
            where = path or "scenario"
            raise ScenarioError(f"{where}: must be a mapping, not {_shown(data)}")
        self._data: dict[Any, Any] = data
        self._asked: set[str] = set()

    def _where(self, key: str) -> str:
        return f"{self._path}.{key}" if self._path else key

    def _get(self, key: str, default: Any = _MISSING) -> Any:
        self._asked.add(key)
        value = self._data.get(key, default)
        if value is _MISSING:
            raise ScenarioError(f"{self._where(key)}: is missing")
        return value

    def has(self, key: str) -> bool:
        """Tell whether a key is given and not null."""
        self._asked.add(key)
        return self._data.get(key) is not None

    def is_mapping(self, key: str) -> bool:
        """Tell whether a key holds a mapping."""
        return isinstance(self._data.get(key), dict)

    def section(self, key: str) -> Section:
        """Return the mapping under a key."""
        return Section(self._where(key), self._get(key))

    def optional_section(self, key: str) -> Section | None:
        """Return the mapping under a key, None where there is none."""
        return self.section(key) if self.has(key) else None

    def sections(self, key: str, default: Any = _MISSING) -> list[Section]:
        """Return the mappings of a list with one entry at least.

        Where the list is absent or null, return those of `default` if there is one.
        """
        items = self._get(key, default)
        if default is not _MISSING and items is None:
            items = default
        if not isinstance(items, list) or not (items or items is default):
            raise ScenarioError(f"{self._where(key)}: must be a list of mappings")
        return [
            Section(f"{self._where(key)}[{index}]", item)
            for index, item in enumerate(items)
        ]

    def number(
        self,
        key: str,
        default: Any = _MISSING,
        *,
        low: float | None = None,
        above: float | None = None,
        high: float | None = None,
    ) -> float:
        """Return a number within its limits (`low` and `high` included)."""
        return self._checked(
            self._where(key), self._get(key, default), low, above, high
        )

    def optional_number(self, key: str, *, low: float | None = None) -> float | None:
        """Return a number, None where it is null or absent."""
        return self.number(key, low=low) if self.has(key) else None

    def rising(self, key: str) -> tuple[float, ...]:
        """Return a list of positive, ascending numbers."""
        items = self._get(key)
        where = self._where(key)
        if not isinstance(items, list) or not items:
            raise ScenarioError(f"{where}: must be a list of numbers")
        numbers = tuple(
            self._checked(f"{where}[{index}]", item, None, 0, None)
            for index, item in enumerate(items)
        )
        if any(b <= a for a, b in pairwise(numbers)):
            raise ScenarioError(f"{where}: must ascend")
        return numbers

    def text(self, key: str) -> str:
        """Return a text that is not empty."""
        value = self._get(key)
        if not isinstance(value, str) or not value:
            raise ScenarioError(f"{self._where(key)}: must be a text")
        return value

    def choice(self, key: str, allowed: Sequence[str], default: Any = _MISSING) -> str:
        """Return one of the allowed words."""
        value = self._get(key, default)
        if value is None:
            value = "none"
        if value not in allowed:
            raise ScenarioError(
                f"{self._where(key)}: must be one of {', '.join(allowed)},"
                f" not {_shown(value)}"
            )
        return str(value)

    def flag(self, key: str, default: bool) -> bool:
        """Return true or false."""
        value = self._get(key, default)
        if not isinstance(value, bool):
            raise ScenarioError(
                f"{self._where(key)}: must be true or false, not {_shown(value)}"
            )
        return value

    def weekdays(self, key: str) -> frozenset[int]:
        """Return days of the week (0: Monday), all of them where none are given."""
        items = self._get(key, list(WEEKDAYS))
        if not isinstance(items, list) or not items or not set(items) <= set(WEEKDAYS):
            raise ScenarioError(
                f"{self._where(key)}: must be a list of {', '.join(WEEKDAYS)},"
                f" not {_shown(items)}"
            )
        return frozenset(WEEKDAYS.index(item) for item in items)

    def minute(self, key: str) -> int:
        """Return a time of the day, written like "07:00", in minutes."""
        value = self._get(key)
        try:
            at = time.fromisoformat(value)
        except TypeError, ValueError:
            raise ScenarioError(
                f'{self._where(key)}: must be a text like "07:00", not {_shown(value)}'
            ) from None
        return at.hour * 60 + at.minute

    def windows(self, key: str) -> list[tuple[int, int]]:
        """Return daily windows, written like "22:00-06:00", in minutes."""
        items = self._get(key, [])
        if not isinstance(items, list):
            raise ScenarioError(
                f'{self._where(key)}: must be a list like ["22:00-06:00"]'
            )
        return [self._window(key, item) for item in items]

    def _window(self, key: str, item: Any) -> tuple[int, int]:
        try:
            start, end = (
                int(hour) * 60 + int(minute)
                for hour, minute in (part.split(":") for part in item.split("-"))
            )
        except AttributeError, ValueError:
            start = end = -1
        if not (0 <= start < DAY_MIN and 0 <= end < DAY_MIN):
            raise ScenarioError(
                f'{self._where(key)}: must be like "22:00-06:00", not {_shown(item)}'
            )
        return start, end

    def done(self) -> None:
        """Refuse keys that nobody asked for."""
        unknown = sorted(str(key) for key in self._data if key not in self._asked)
        if unknown:
            raise ScenarioError(
                f"{self._where(unknown[0])}: is not known; allowed here:"
                f" {', '.join(sorted(self._asked))}"
            )

    @staticmethod
    def _checked(
        where: str,
        value: Any,
        low: float | None,
        above: float | None,
        high: float | None,
    ) -> float:
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise ScenarioError(f"{where}: must be a number, not {_shown(value)}")
        rules = [
            (low is not None and value < low, f"at least {low}"),
            (above is not None and value <= above, f"above {above}"),
            (high is not None and value > high, f"at most {high}"),
        ]
        allowed = [rule for broken, rule in rules if broken]
        if not isfinite(value):
            allowed = ["finite"]
        if allowed:
            raise ScenarioError(f"{where}: must be {allowed[0]}, not {value}")
        return float(value)


def _shown(value: Any) -> str:
    return "nothing" if value is None else repr(value)
