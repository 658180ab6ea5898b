"""The temperature outside in the hours to come, as a weather entity forecasts it.

Asks by the documented action; must never raise: what cannot be read is not known.
"""

import logging

from homeassistant.components.weather.const import DOMAIN as WEATHER
from homeassistant.const import ATTR_ENTITY_ID
from homeassistant.core import HomeAssistant

from .. import units
from ..core.series import NOTHING, Series, series_of_starts
from ..payloads import finite, moment_s, rows_of

_LOGGER = logging.getLogger(__name__)

COLDEST_C = -90.0
HOTTEST_C = 60.0
"""No air on this planet was colder or hotter (WMO's archive of extremes, rounded)."""


async def async_outdoor_c(hass: HomeAssistant, entity_id: str | None) -> Series:
    """Return the temperature outside in °C; nothing where no forecast is to be had."""
    state = hass.states.get(entity_id) if entity_id else None
    if state is None or not hass.services.has_service(WEATHER, "get_forecasts"):
        return NOTHING
    try:
        answer = await hass.services.async_call(
            WEATHER,
            "get_forecasts",
            {ATTR_ENTITY_ID: state.entity_id, "type": "hourly"},
            blocking=True,
            return_response=True,
        )
    except Exception:
        _LOGGER.debug("No hourly forecast from %s", entity_id, exc_info=True)
        return NOTHING
    own = (answer or {}).get(state.entity_id)
    unit = (
        state.attributes.get("temperature_unit") or hass.config.units.temperature_unit
    )
    values: dict[float, float] = {}
    for row in rows_of(own.get("forecast") if isinstance(own, dict) else None):
        start_s = moment_s(row.get("datetime"))
        value_c = units.in_c(finite(row.get("temperature")), unit)
        if start_s is not None and value_c is not None:
            values[start_s] = value_c
    if not all(COLDEST_C <= value <= HOTTEST_C for value in values.values()):
        return NOTHING
    return series_of_starts(values.items())
