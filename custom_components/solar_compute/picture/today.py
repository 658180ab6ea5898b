"""From what is kept and planned of a home to the day that is drawn.

Pure: frozen values in, frozen values out. What nobody measured stays unknown; what is
expected comes from the forecast and the plan that decisions go by.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from typing import Final

import numpy as np

from ..core.accounts import WorkerAccount
from ..core.history import (
    BALANCE_W,
    IMPORT_PER_KWH,
    PV_W,
    History,
    tank_column,
    worker_column,
)
from ..core.series import Series
from ..core.times import day_ends_s
from ..plan_view import PlanView
from .day import Column, Day

STEP_S: Final = 300
MARK_EVERY_H: Final = 3
WH_PER_KWH: Final = 1000.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What is known of a home at `local`, which has a zone.

    `workers` are keys, in the order in which they are shown; `accounts` what each did
    today. `tank` is the key of the tank that is drawn, None for none: in °C, or °F if
    `fahrenheit`.
    """

    local: datetime
    history: History | None
    view: PlanView
    sun_w: Series
    workers: Sequence[str]
    accounts: Sequence[WorkerAccount]
    tank: str | None
    currency: str
    fahrenheit: bool


def day_of(known: Known) -> Day:
    """Return the local day of `known.local`, as far as it has been and is expected."""
    axis = _Axis.of(known.local)
    past = known.history
    sun_w = axis.past(past, PV_W)
    expected_w = known.sun_w
    if not _measured(past, PV_W):
        # Without a meter for the sun, what the home leaves of it has to do.
        sun_w, expected_w = np.clip(axis.past(past, BALANCE_W), 0, None), Series()
    tank = None if known.tank is None else axis.past(past, tank_column(known.tank))
    if tank is not None and known.fahrenheit:
        tank = tank * 1.8 + 32
    energy_wh = sum(account.energy_wh for account in known.accounts)
    solar_wh = sum(account.solar_wh for account in known.accounts)
    return Day(
        known=axis.known,
        sun_w=axis.with_series(sun_w, expected_w),
        runs_w=[
            axis.with_runs(axis.past(past, worker_column(key)), known.view, key)
            for key in known.workers
        ],
        tank=tank,
        tank_unit="°F" if known.fahrenheit else "°C",
        price=axis.with_prices(axis.past(past, IMPORT_PER_KWH), known.view)
        if _measured(past, IMPORT_PER_KWH)
        else None,
        hours=list(axis.marks()),
        energy_kwh=energy_wh / WH_PER_KWH,
        sun_share=solar_wh / energy_wh if energy_wh > 0 else None,
        gained=sum(account.value - account.cost for account in known.accounts),
        currency=known.currency,
    )


def _measured(history: History | None, name: str) -> bool:
    """Tell whether anything was measured of a column, today or before."""
    column = None if history is None else history.columns.get(name)
    return column is not None and bool(np.isfinite(column).any())


@dataclass(frozen=True, slots=True)
class _Axis:
    """The intervals of a local day, which has 23 to 25 hours; `known` have been."""

    midnight: datetime
    start_s: float
    count: int
    known: int

    @classmethod
    def of(cls, local: datetime) -> _Axis:
        midnight = datetime.combine(local.date(), time(), tzinfo=local.tzinfo)
        start_s = midnight.timestamp()
        count = round((day_ends_s(local) - start_s) / STEP_S)
        known = int((local.timestamp() - start_s) // STEP_S)
        return cls(midnight, start_s, count, min(known, count))

    def marks(self) -> Iterator[tuple[int, int]]:
        """Yield where the hours of the clock are."""
        for hour in range(0, 24, MARK_EVERY_H):
            moment = self.midnight.replace(hour=hour)
            yield self._index(moment.timestamp()), hour
        yield self.count, 24

    def past(self, history: History | None, name: str) -> Column:
        """Return what was measured of a column, NaN where nothing was."""
        values = np.full(self.count, np.nan)
        column = None if history is None else history.columns.get(name)
        if history is None or column is None or history.step_s != STEP_S:
            return values
        first = round((self.start_s - history.start_s) / STEP_S)
        begin, end = max(0, first), min(len(column), first + self.known)
        if begin < end:
            values[begin - first : end - first] = column[begin:end]
        return values

    def with_series(self, values: Column, expected: Series) -> Column:
        """Return a column with what is expected of the rest of the day."""
        for index in range(self.known, self.count):
            start_s = self.start_s + index * STEP_S
            mean = expected.mean(start_s, start_s + STEP_S)
            values[index] = np.nan if mean is None else mean
        return values

    def with_runs(self, values: Column, view: PlanView, worker: str) -> Column:
        """Return a column with the runs that are planned for the rest of the day."""
        for window in view.windows(worker):
            first = max(self.known, self._index(window.start_s))
            hours = (window.end_s - window.start_s) / 3600
            if hours > 0:
                mean_w = window.energy_wh / hours
                values[first : max(first, self._index(window.end_s))] = mean_w
        return values

    def with_prices(self, values: Column, view: PlanView) -> Column:
        """Return prices with what the plan expects of the rest of the day."""
        if view.plan is not None:
            expected = view.plan.expected
            steps = zip(expected.grid.starts_s, expected.import_per_kwh, strict=True)
            for start_s, per_kwh in steps:
                values[max(self.known, self._index(start_s)) :] = per_kwh
            values[max(self.known, self._index(expected.grid.end_s)) :] = np.nan
        return values

    def _index(self, time_s: float) -> int:
        """Return the interval that begins nearest to a time, within the day."""
        return min(self.count, max(0, round((time_s - self.start_s) / STEP_S)))
