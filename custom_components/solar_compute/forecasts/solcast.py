"""Solcast's forecast with its quantiles, from the attributes of its sensors.

The HACS integration has one sensor per day. Each shows that day in detail: mean power
in kW per half hour, or per hour, with what is undercut in one case of ten and exceeded
in one of ten. May read states and the entity registry; must never call an API.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from homeassistant.core import HomeAssistant, State, callback
from homeassistant.helpers import entity_registry as er

from ..core.series import NOTHING, Series, series_of_starts
from ..payloads import finite, first_of, moment_s, rows_of
from .base import SunForecast, is_believable, with_nights

DETAILS = ("detailedForecast", "detailedHourly", "forecast")
"""Attributes that hold a day in detail; the finest comes first."""

STARTS = ("period_start", "start", "datetime")
MEANS = ("pv_estimate", "estimate")
LOWS = ("pv_estimate10", "estimate10")

W_PER_KW = 1000.0


class SolcastForecast:
    """What the sensors of one Solcast account say, found by any one of them."""

    def __init__(self, hass: HomeAssistant, entity_id: str, maximum_w: float) -> None:
        """Read the sensor `entity_id` and its siblings; believe none above `maximum_w`."""
        self._hass = hass
        self._entity_id = entity_id
        self._maximum_w = maximum_w

    async def async_read(self) -> SunForecast | None:
        """Return what all of its sensors say together."""
        entry = er.async_get(self._hass).async_get(self._entity_id)
        if entry is not None and entry.config_entry_id is not None:
            found = solcast_of_entry(self._hass, entry.config_entry_id, self._maximum_w)
            if found is not None:
                return found
        state = self._hass.states.get(self._entity_id)
        return _forecast([state] if state else [], self._maximum_w)


def is_detailed(state: State | None) -> bool:
    """Tell whether a sensor shows a forecast in detail."""
    return state is not None and any(True for _ in _rows(state))


@callback
def solcast_of_entry(
    hass: HomeAssistant, entry_id: str, maximum_w: float
) -> SunForecast | None:
    """Return the detailed forecast of a config entry's sensors, None where it has none."""
    entries = er.async_entries_for_config_entry(er.async_get(hass), entry_id)
    states = (hass.states.get(entry.entity_id) for entry in entries)
    return _forecast(filter(None, states), maximum_w)


def _forecast(states: Iterable[State], maximum_w: float) -> SunForecast | None:
    means: dict[float, float] = {}
    lows: dict[float, float] = {}
    for state in states:
        for start_s, mean_kw, low_kw in _rows(state):
            if start_s is None or mean_kw is None:
                return None
            means[start_s] = mean_kw * W_PER_KW
            if low_kw is not None:
                lows[start_s] = low_kw * W_PER_KW
    mean_w, low_w = _powers(means), _powers(lows)
    if not is_believable(mean_w, maximum_w):
        return None
    if not is_believable(low_w, maximum_w):
        low_w = NOTHING
    return SunForecast(mean_w=with_nights(mean_w), low_w=with_nights(low_w))


def _rows(
    state: State,
) -> Iterator[tuple[float | None, float | None, float | None]]:
    details: Any = first_of(state.attributes, DETAILS)
    for row in rows_of(details):
        if first_of(row, MEANS) is not None:
            yield (
                moment_s(first_of(row, STARTS)),
                finite(first_of(row, MEANS)),
                finite(first_of(row, LOWS)),
            )


def _powers(rows_w: dict[float, float]) -> Series:
    return series_of_starts(rows_w.items())
