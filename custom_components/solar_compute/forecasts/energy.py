"""The solar forecast that the Energy dashboard shows, whoever makes it.

Its platform and its preferences are Home Assistant's own and undocumented; both are
read here and nowhere else. Must never raise: what cannot be read is no forecast.
"""

from collections.abc import Mapping
import logging
from typing import Any

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.helpers.importlib import async_import_module

from ..core.series import total
from ..payloads import finite, moment_s
from .base import SunForecast, is_believable, powers, with_nights
from .solcast import solcast_of_entry

_LOGGER = logging.getLogger(__name__)

ENERGY = "energy"


class EnergyForecast:
    """What the providers say that the Energy dashboard's solar panels name."""

    def __init__(self, hass: HomeAssistant, maximum_w: float) -> None:
        """Believe no power above `maximum_w`."""
        self._hass = hass
        self._maximum_w = maximum_w

    async def async_read(self) -> SunForecast | None:
        """Return the sum of all roofs; None where one of their providers says nothing."""
        if ENERGY not in self._hass.config.components:
            return None
        try:
            parts = [
                await self._async_read_entry(entry_id)
                for entry_id in await _async_chosen(self._hass)
            ]
        except Exception:
            _LOGGER.debug(
                "The Energy dashboard's solar forecast cannot be read", exc_info=True
            )
            return None
        known = [part for part in parts if part is not None]
        if not known or len(known) < len(parts):
            return None
        mean_w = total(part.mean_w for part in known)
        if not any(part.low_w.spans for part in known):
            return SunForecast(mean_w=mean_w)
        lows_w = (part.low_w if part.low_w.spans else part.mean_w for part in known)
        return SunForecast(mean_w=mean_w, low_w=total(lows_w))

    async def _async_read_entry(self, entry_id: str) -> SunForecast | None:
        entry = self._hass.config_entries.async_get_entry(entry_id)
        if entry is None:
            return None
        quantiles = solcast_of_entry(self._hass, entry_id, self._maximum_w)
        if quantiles is not None:
            return quantiles
        rows_wh = await _async_rows_wh(self._hass, entry)
        mean_w = None if rows_wh is None else powers(rows_wh)
        if mean_w is None or not is_believable(mean_w, self._maximum_w):
            return None
        return SunForecast(mean_w=with_nights(mean_w))


async def _async_chosen(hass: HomeAssistant) -> list[str]:
    """Return the config entries that forecast for the panels of the dashboard."""
    data = await async_import_module(hass, "homeassistant.components.energy.data")
    manager = await data.async_get_manager(hass)
    sources = (manager.data or {}).get("energy_sources") or []
    chosen = [
        entry_id
        for source in sources
        if source.get("type") == "solar"
        for entry_id in source.get("config_entry_solar_forecast") or []
    ]
    return list(dict.fromkeys(chosen))


async def _async_rows_wh(
    hass: HomeAssistant, entry: ConfigEntry[Any]
) -> dict[float, float] | None:
    """Return a provider's energy in Wh by start; None where any of it is nonsense."""
    api = await async_import_module(
        hass, "homeassistant.components.energy.websocket_api"
    )
    platforms = await api.async_get_energy_platforms(hass)
    if (provider := platforms.get(entry.domain)) is None:
        return None
    answer = await provider(hass, entry.entry_id)
    rows = answer.get("wh_hours") if isinstance(answer, Mapping) else None
    if not isinstance(rows, Mapping):
        return None
    energy_wh: dict[float, float] = {}
    for start, energy in rows.items():
        start_s, value_wh = moment_s(start), finite(energy)
        if start_s is None or value_wh is None:
            return None
        energy_wh[start_s] = value_wh
    return energy_wh
