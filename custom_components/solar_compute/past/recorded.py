"""Reads the home's past from Home Assistant's recorder.

5-minute statistics where an entity has them, changes of state where it has none, and
hourly statistics, which are kept for ever but hide every cloud, only for what is older.
It runs in the recorder's own executor, a few hours at a time, so that neither memory
nor the recorder's other readers have to wait for it. It must never write anything.

To be imported only where the recorder is set up.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal

from homeassistant.components.recorder import history
from homeassistant.components.recorder.statistics import (
    get_metadata,
    statistics_during_period,
)
from homeassistant.const import (
    ATTR_UNIT_OF_MEASUREMENT,
    COMPRESSED_STATE_ATTRIBUTES,
    COMPRESSED_STATE_LAST_UPDATED,
    COMPRESSED_STATE_STATE,
    UnitOfPower,
    UnitOfTemperature,
)
from homeassistant.core import HomeAssistant, State
from homeassistant.helpers.recorder import get_instance
import numpy as np

from ..core import history as columns
from ..core.history import Column, History
from ..core.resample import (
    balance,
    filled,
    interval_means,
    joined,
    placed,
    summed,
    unknown,
    without_standstill,
)
from .wanted import Quantity, Wanted, converter

FINE_S = 300
COARSE_S = 3600
CHUNK_S = 6 * 3600
"""How much is read at a time."""

HOLD_S = 86400.0
"""A state stands until it changes, but for no longer than this."""

EARLIER_S = 0.001

STANDSTILL_S = 3600
"""A grid meter that shows the same for so long is dead, or nobody heard it."""

UNITS = {"power": UnitOfPower.WATT, "temperature": UnitOfTemperature.CELSIUS}


@dataclass(slots=True)
class _Reader:
    """What goes on from one chunk to the next: the last state of every entity."""

    hass: HomeAssistant
    wanted: tuple[Wanted, ...]
    step_s: int
    last: dict[str, tuple[float, float]] = field(default_factory=dict)
    converters: dict[tuple[Quantity, str | None], Callable[[float], float] | None] = (
        field(default_factory=dict)
    )

    @property
    def quantities(self) -> dict[str, Quantity]:
        return {name: want.quantity for want in self.wanted for name, _ in want.parts}

    def chunk(self, start_s: float, end_s: float) -> dict[str, Column]:
        """Return the wanted columns of one chunk; runs in the recorder's executor."""
        count = round((end_s - start_s) / self.step_s)
        means = self._statistics(start_s, end_s, count)
        if self.step_s < COARSE_S:
            lacking = [
                name
                for name in self.quantities
                if name not in means or not np.isfinite(means[name]).all()
            ]
            for name, column in self._states(lacking, start_s, end_s, count).items():
                means[name] = filled(means.get(name, unknown(count)), column)
        return {
            want.column: summed(
                [
                    (factor, means.get(name, unknown(count)))
                    for name, factor in want.parts
                ],
                count,
            )
            for want in self.wanted
        }

    def _statistics(
        self, start_s: float, end_s: float, count: int
    ) -> dict[str, Column]:
        quantities = self.quantities
        known = get_metadata(self.hass, statistic_ids=set(quantities))
        period: Literal["5minute", "hour"] = (
            "5minute" if self.step_s < COARSE_S else "hour"
        )
        rows = statistics_during_period(
            self.hass,
            _moment(start_s),
            _moment(end_s),
            set(known),
            period,
            dict(UNITS),
            {"mean"},
        )
        result = {}
        for name, entries in rows.items():
            metadata = known[name][1]
            # What has a unit class is converted already.
            unit = UNITS.get(
                metadata["unit_class"] or "", metadata["unit_of_measurement"]
            )
            convert = self._converter(quantities[name], unit)
            pairs = [
                (row["start"], convert(mean))
                for row in entries
                if convert is not None and (mean := row.get("mean")) is not None
            ]
            if pairs:
                starts_s, means = np.array(pairs, dtype=np.float64).T
                result[name] = placed(
                    starts_s, means, start_s=start_s, step_s=self.step_s, count=count
                )
        return result

    def _states(
        self, names: list[str], start_s: float, end_s: float, count: int
    ) -> dict[str, Column]:
        if not names:
            return {}
        found = history.get_significant_states(
            self.hass,
            # What was said at that very moment would be left out.
            _moment(start_s - EARLIER_S),
            _moment(end_s),
            names,
            include_start_time_state=True,
            significant_changes_only=False,
            compressed_state_format=True,
        )
        known = {}
        for name in names:
            pairs = self._readings(name, found.get(name, []), start_s)
            if not pairs:
                continue
            times_s, values = np.array(pairs, dtype=np.float64).T
            known[name] = interval_means(
                times_s,
                values,
                start_s=start_s,
                step_s=self.step_s,
                count=count,
                until_s=end_s,
                hold_s=HOLD_S,
            )
        return known

    def _readings(
        self, name: str, states: Sequence[State | dict[str, Any]], start_s: float
    ) -> list[tuple[float, float]]:
        """Return when the entity said what, from the state that stood at the start."""
        quantity = self.quantities[name]
        readings = [
            (state[COMPRESSED_STATE_LAST_UPDATED], self._value(quantity, state))
            for state in states
            if isinstance(state, dict)
        ]
        if (before := self.last.get(name)) is not None:
            # The recorder says what stood at the start, but not since when.
            heard_s = max(before[0], start_s - EARLIER_S)
            readings = [before, *(one for one in readings if one[0] > heard_s)]
        if readings:
            self.last[name] = readings[-1]
        return readings

    def _value(self, quantity: Quantity, state: dict[str, Any]) -> float:
        """Return a state in the core's unit, NaN where it says nothing usable."""
        unit = state[COMPRESSED_STATE_ATTRIBUTES].get(ATTR_UNIT_OF_MEASUREMENT)
        convert = self._converter(quantity, unit)
        try:
            value = float(state[COMPRESSED_STATE_STATE])
        except ValueError:
            return np.nan
        return np.nan if convert is None else convert(value)

    def _converter(
        self, quantity: Quantity, unit: str | None
    ) -> Callable[[float], float] | None:
        if (quantity, unit) not in self.converters:
            self.converters[quantity, unit] = converter(
                quantity, unit, self.hass.config.currency
            )
        return self.converters[quantity, unit]


async def async_read(
    hass: HomeAssistant,
    wanted: tuple[Wanted, ...],
    *,
    start_s: float,
    end_s: float,
    step_s: int = FINE_S,
) -> History | None:
    """Return what the recorder knows of that time; None where it knows nothing.

    Both times are Unix times and are rounded down to whole steps. With steps of an
    hour it is made of hourly statistics, and coarse.
    """
    first_s, last_s = (time_s // step_s * step_s for time_s in (start_s, end_s))
    reader = _Reader(hass=hass, wanted=wanted, step_s=step_s)
    whole: History | None = None
    # Far fewer rows come of an hour, and each query has its price.
    chunk_s = CHUNK_S * step_s // FINE_S
    while first_s < last_s:
        until_s = min(last_s, first_s + chunk_s)
        part = await get_instance(hass).async_add_executor_job(
            reader.chunk, first_s, until_s
        )
        past = _as_history(part, first_s, step_s)
        whole = past if whole is None else joined(whole, past)
        first_s = until_s
    return None if whole is None else _cleaned(whole, wanted)


def _as_history(part: dict[str, Column], start_s: float, step_s: int) -> History:
    return History(
        start_s=start_s,
        step_s=step_s,
        columns={columns.BALANCE_W: part[columns.GRID_W], **part},
        coarse=step_s >= COARSE_S,
    )


def _cleaned(past: History, wanted: tuple[Wanted, ...]) -> History | None:
    """Return it with the balance of what meters and workers showed."""
    known = dict(past.columns)
    known[columns.GRID_W] = without_standstill(
        known[columns.GRID_W], -(-STANDSTILL_S // past.step_s) + 1
    )
    known[columns.BALANCE_W] = balance(
        known[columns.GRID_W],
        known.get(columns.BATTERY_W),
        [
            known[want.column]
            for want in wanted
            if want.column.startswith(columns.worker_column(""))
        ],
    )
    result = History(
        start_s=past.start_s, step_s=past.step_s, columns=known, coarse=past.coarse
    )
    return _trimmed(result)


def _trimmed(past: History) -> History | None:
    """Return it from the first moment of which anything is known."""
    known = np.zeros(len(past), dtype=bool)
    for column in past.columns.values():
        known |= np.isfinite(column)
    if not known.any():
        return None
    return past.cut(int(np.argmax(known)), len(past))


def _moment(time_s: float) -> datetime:
    return datetime.fromtimestamp(time_s, UTC)
