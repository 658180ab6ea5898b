"""What an expectation is made of: what others say, what was learned, and for which steps.

Standard library only; nothing here computes (`expect` does).
"""

from dataclasses import dataclass
from datetime import datetime, tzinfo
from enum import StrEnum
from typing import Final

from .memory import MeanDay
from .plan import Grid
from .series import NOTHING, Series


class Source(StrEnum):
    """What an expectation rests on."""

    FORECAST = "forecast"
    """Somebody's forecast, or a published price."""
    LEARNED = "learned"
    """What this home showed in the last days."""
    FIXED = "fixed"
    """A setting, or what holds right now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecasts:
    """What others say of the hours to come; an empty series: nobody says anything.

    `pv_low_w` is the PV power that is undercut in one case of ten. Prices per kWh.
    """

    pv_w: Series = NOTHING
    pv_low_w: Series = NOTHING
    import_per_kwh: Series = NOTHING
    export_per_kwh: Series = NOTHING
    outdoor_c: Series = NOTHING


@dataclass(frozen=True, slots=True, kw_only=True)
class Habits:
    """What was learned of this home beside what decisions remember.

    `rest` is what it has left beyond the PV forecast, by the hour. `load_w` is what it
    needs itself in each of the 24 local hours, workers paused, and `sun` by which factor
    forecasts were off then, and how much what came spread, as share of the forecast.
    Where both are known `rest` is not asked: it has both in one, and goes before a load
    alone. `weekend_w` is the load of Saturdays and Sundays, where they differ. `now_w` is
    the mean balance of the last minutes.
    """

    rest: MeanDay = MeanDay()
    load_w: tuple[float, ...] | None = None
    weekend_w: tuple[float, ...] | None = None
    sun: tuple[tuple[float, float], ...] | None = None
    now_w: float | None = None


NO_HABITS: Final = Habits()


@dataclass(frozen=True, slots=True)
class Step:
    """One step: from when to when, and the local hour and day that its middle lies in."""

    start_s: float
    end_s: float
    hour: int
    weekend: bool

    @property
    def middle_s(self) -> float:
        """When half of it is over."""
        return (self.start_s + self.end_s) / 2


def steps_of(grid: Grid, zone: tzinfo | None) -> list[Step]:
    """Return the steps of a grid, by the local time of a zone."""
    return [
        _step(start, start + length, zone)
        for start, length in zip(grid.starts_s, grid.lengths_s, strict=True)
    ]


def _step(start_s: float, end_s: float, zone: tzinfo | None) -> Step:
    middle = datetime.fromtimestamp((start_s + end_s) / 2, zone)
    return Step(start_s, end_s, middle.hour, middle.weekday() >= 5)
