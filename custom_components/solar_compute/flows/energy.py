"""Reads the energy dashboard's preferences, so that nobody types them twice.

The preferences' shape is Home Assistant's own and undocumented, so it is read in
this one place. May import the energy component; must never raise: what cannot be
read is simply not prefilled.
"""

from collections.abc import Mapping
import logging
from typing import Any

from homeassistant.core import HomeAssistant, valid_entity_id
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.importlib import async_import_module

from .. import const as c, units
from . import checks

_LOGGER = logging.getLogger(__name__)

_W_PER_KWH = 500
"""A first guess of a battery's power: half its capacity in an hour."""


async def async_prefill(hass: HomeAssistant) -> dict[str, Any]:
    """Return what the energy dashboard knows of the site, in entry-data keys."""
    try:
        data = await async_import_module(hass, "homeassistant.components.energy.data")
        manager = await data.async_get_manager(hass)
        sources = (manager.data or {}).get("energy_sources") or []
        return _prefill(hass, sources)
    except (
        ArithmeticError,
        AttributeError,
        HomeAssistantError,
        ImportError,
        LookupError,
        OSError,
        TypeError,
        ValueError,
    ) as err:
        _LOGGER.debug("Cannot read the energy dashboard's preferences: %s", err)
        return {}


def _prefill(hass: HomeAssistant, sources: list[Mapping[str, Any]]) -> dict[str, Any]:
    grids = [source for source in sources if source.get("type") == "grid"]
    values: dict[str, Any] = {
        c.CONF_GRID_POWER: _powers(hass, grids),
        c.CONF_PV_POWER: _powers(
            hass, [source for source in sources if source.get("type") == "solar"]
        ),
        **_battery(
            hass, [source for source in sources if source.get("type") == "battery"]
        ),
        **_price(
            hass,
            grids,
            c.CONF_IMPORT_PRICE,
            "number_energy_price",
            "entity_energy_price",
        ),
        **_price(
            hass,
            grids,
            c.CONF_EXPORT_PRICE,
            "number_energy_price_export",
            "entity_energy_price_export",
        ),
    }
    return {key: value for key, value in values.items() if value not in (None, [])}


def _battery(hass: HomeAssistant, batteries: list[Mapping[str, Any]]) -> dict[str, Any]:
    if not batteries:
        return {}
    soc = (_entity(hass, source.get("stat_soc")) for source in batteries)
    capacity = sum(source.get("capacity") or 0.0 for source in batteries) or None
    limit_w = None if capacity is None else capacity * _W_PER_KWH
    return {
        c.CONF_HAS_BATTERY: True,
        c.CONF_BATTERY_POWER: _powers(hass, batteries),
        c.CONF_BATTERY_SOC: next(filter(None, soc), None),
        c.CONF_BATTERY_CAPACITY_KWH: capacity,
        c.CONF_BATTERY_CHARGE_W: limit_w,
        c.CONF_BATTERY_DISCHARGE_W: limit_w,
    }


def _powers(hass: HomeAssistant, sources: list[Mapping[str, Any]]) -> list[str]:
    """Return the sources' power sensors.

    `stat_rate` has Home Assistant's sign whatever the user's own sensors do: it
    folds inverted and two-sensor set-ups into one.
    """
    rates = (source.get("stat_rate") for source in sources)
    return [
        rate
        for rate in dict.fromkeys(rates)
        if rate and valid_entity_id(rate) and checks.power(hass, rate) is None
    ]


def _price(
    hass: HomeAssistant,
    grids: list[Mapping[str, Any]],
    key: str,
    number_key: str,
    entity_key: str,
) -> dict[str, Any]:
    """Return the first grid connection's price, fixed or as an entity."""
    for grid in grids:
        entity_id = _entity(hass, grid.get(entity_key))
        if entity_id is not None and checks.price(hass, entity_id) is None:
            state = hass.states.get(entity_id)
            price = units.price_per_kwh(state, hass.config.currency)
            return {
                f"{key}_entity": entity_id,
                key: None if price is None else round(price, 4),
            }
        if (number := grid.get(number_key)) is not None:
            return {key: float(number)}
    return {}


def _entity(hass: HomeAssistant, value: Any) -> str | None:
    """Return the value if it is an entity that exists; statistics may be none."""
    if isinstance(value, str) and valid_entity_id(value):
        return None if checks.entity(hass, value) else value
    return None
