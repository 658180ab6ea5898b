"""Who forecasts the sun and the weather: one small module per source.

`SunWatch` asks the right one and says when its forecast has not changed for too long.
"""

from homeassistant.core import HomeAssistant

from .base import SunForecast, SunSource
from .energy import EnergyForecast
from .solcast import SolcastForecast
from .weather import async_outdoor_c

__all__ = [
    "STALE_S",
    "SunForecast",
    "SunSource",
    "SunWatch",
    "async_outdoor_c",
    "sun_source",
]

STALE_S = 18 * 3600.0
"""A forecast that says the same for so long is not made any more. Solcast's free access
is asked by day only, and a winter's night lasts sixteen hours."""


class SunWatch:
    """The forecast of the sun, as long as somebody keeps it up to date."""

    def __init__(self, source: SunSource) -> None:
        """Begin without having heard anything."""
        self._source = source
        self._last: SunForecast | None = None
        self._changed_s: float | None = None

    async def async_read(self, now_s: float, clock_s: float) -> SunForecast | None:
        """Return the forecast, None where there is none or it is out of date.

        `now_s` is Unix time, `clock_s` the time on the clock that ages are measured by.
        """
        found = await self._source.async_read()
        if found is None:
            return None
        if self._last is None or _says_else(self._last, found, now_s):
            self._changed_s = clock_s
        self._last = found
        return None if self.is_outdated(clock_s) else found

    def age_s(self, clock_s: float) -> float | None:
        """Return for how long the forecast says the same; None before the first."""
        return None if self._changed_s is None else clock_s - self._changed_s

    def is_outdated(self, clock_s: float) -> bool:
        """Tell whether the forecast has not changed for too long."""
        age_s = self.age_s(clock_s)
        return age_s is not None and age_s > STALE_S


def sun_source(
    hass: HomeAssistant, entity_id: str | None, maximum_w: float
) -> SunSource:
    """Return the source that a person has chosen, else the Energy dashboard's."""
    if entity_id is not None:
        return SolcastForecast(hass, entity_id, maximum_w)
    return EnergyForecast(hass, maximum_w)


def _says_else(before: SunForecast, after: SunForecast, now_s: float) -> bool:
    """Tell whether anything of what is still to come has changed.

    A day that is dropped or added is no news: it may come from the same forecast.
    """
    coming = [
        (known, span.value)
        for span in after.mean_w.spans
        if span.start_s >= now_s
        and (known := before.mean_w.at(span.start_s)) is not None
    ]
    return not coming or any(known != value for known, value in coming)
