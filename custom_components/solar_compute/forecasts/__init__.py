"""Who forecasts the sun and the weather: one small module per source.

`SunWatch` asks the right one and says when its forecast has not changed for too long.
"""

from homeassistant.core import HomeAssistant

from ..core.tidings import Heard, hear
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

    def __init__(self, source: SunSource, heard: Heard | None = None) -> None:
        """Go on from what was heard before a restart, or begin anew."""
        self.heard = heard
        self._source = source
        self._is_there = False

    async def async_read(self, now_s: float, clock_s: float) -> SunForecast | None:
        """Return the forecast, None where there is none or it is out of date.

        `now_s` is Unix time, `clock_s` the time on the clock that ages are measured by.
        """
        found = await self._source.async_read()
        self._is_there = found is not None
        if found is None:
            return None
        self.heard = hear(self.heard, found.mean_w, now_s, clock_s)
        return None if self.is_outdated(clock_s) else found

    def age_s(self, clock_s: float) -> float | None:
        """Return for how long the forecast says the same; None where there is none."""
        if self.heard is None or not self._is_there:
            return None
        return clock_s - self.heard.changed_s

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
