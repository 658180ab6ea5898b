"""The forms of the site: grid, battery, prices, and the last look at them.

May build schemas and checks; must never hold the state of a dialog.
"""

from collections.abc import Mapping
from typing import Any

from homeassistant.const import UnitOfEnergy, UnitOfPower
from homeassistant.core import HomeAssistant
from homeassistant.helpers.selector import BooleanSelector
import probatio

from .. import const as c
from . import checks
from .schema import (
    folded,
    needed,
    number,
    optional,
    percent,
    percent_entity,
    power_entity,
    price,
    price_entity,
    required,
)

_MAXIMUM_W = 10_000_000
BATTERY_ADVANCED = "advanced"


def grid_schema() -> probatio.Schema:
    """Return the form for the grid meter, the solar panels, and whether a battery."""
    return probatio.Schema(
        {
            required(c.CONF_GRID_POWER): power_entity(multiple=True),
            optional(c.CONF_GRID_EXPORT_POWER): power_entity(multiple=True),
            required(c.CONF_GRID_INVERTED, False): BooleanSelector(),
            optional(c.CONF_PV_POWER): power_entity(multiple=True),
            required(c.CONF_HAS_BATTERY, False): BooleanSelector(),
        }
    )


def grid_errors(hass: HomeAssistant, values: Mapping[str, Any]) -> checks.Errors:
    """Judge what was entered for grid and solar panels."""
    keys = (c.CONF_GRID_POWER, c.CONF_GRID_EXPORT_POWER, c.CONF_PV_POWER)
    missing = not values.get(c.CONF_GRID_POWER)
    return {
        **({c.CONF_GRID_POWER: "grid_needed"} if missing else {}),
        **checks.used_twice(values),
        **checks.each(hass, values, checks.power, keys),
    }


def battery_schema(currency: str) -> probatio.Schema:
    """Return the form for a home battery."""
    return probatio.Schema(
        {
            required(c.CONF_BATTERY_POWER): power_entity(multiple=True),
            optional(c.CONF_BATTERY_CHARGE_POWER): power_entity(multiple=True),
            required(c.CONF_BATTERY_INVERTED, False): BooleanSelector(),
            required(c.CONF_BATTERY_SOC): percent_entity(),
            needed(c.CONF_BATTERY_CAPACITY_KWH): number(
                0.001, 100_000, UnitOfEnergy.KILO_WATT_HOUR
            ),
            needed(c.CONF_BATTERY_CHARGE_W): number(0, _MAXIMUM_W, UnitOfPower.WATT),
            needed(c.CONF_BATTERY_DISCHARGE_W): number(0, _MAXIMUM_W, UnitOfPower.WATT),
            required(BATTERY_ADVANCED): folded(
                {
                    required(c.CONF_BATTERY_ROUND_TRIP_PERCENT, 90.0): percent(1),
                    required(c.CONF_BATTERY_RESERVE_SOC, 10.0): percent(),
                    required(c.CONF_BATTERY_WEAR_PER_KWH, 0.05): price(currency),
                }
            ),
        }
    )


def battery_errors(
    hass: HomeAssistant, site: Mapping[str, Any], values: Mapping[str, Any]
) -> checks.Errors:
    """Judge what was entered for the battery, beside the rest of the site."""
    keys = (c.CONF_BATTERY_POWER, c.CONF_BATTERY_CHARGE_POWER)
    missing = not values.get(c.CONF_BATTERY_POWER)
    return {
        **checks.left_out(
            values,
            c.CONF_BATTERY_CAPACITY_KWH,
            c.CONF_BATTERY_CHARGE_W,
            c.CONF_BATTERY_DISCHARGE_W,
        ),
        **checks.not_finite(values),
        **({c.CONF_BATTERY_POWER: "battery_needed"} if missing else {}),
        **checks.used_twice({**site, **values}),
        **checks.each(hass, values, checks.power, keys),
        **checks.each(hass, values, checks.percent, (c.CONF_BATTERY_SOC,)),
    }


def prices_schema(currency: str) -> probatio.Schema:
    """Return the form for prices, and what the connection lets in and out."""
    return probatio.Schema(
        {
            needed(c.CONF_IMPORT_PRICE): price(currency),
            optional(c.CONF_IMPORT_PRICE_ENTITY): price_entity(currency),
            needed(c.CONF_EXPORT_PRICE): price(currency),
            optional(c.CONF_EXPORT_PRICE_ENTITY): price_entity(currency),
            optional(c.CONF_EXPORT_LIMIT_W): number(0, _MAXIMUM_W, UnitOfPower.WATT),
            optional(c.CONF_IMPORT_LIMIT_W): number(1, _MAXIMUM_W, UnitOfPower.WATT),
        }
    )


def prices_errors(hass: HomeAssistant, values: Mapping[str, Any]) -> checks.Errors:
    """Judge what was entered for prices and limits."""
    keys = (c.CONF_IMPORT_PRICE_ENTITY, c.CONF_EXPORT_PRICE_ENTITY)
    return {
        **checks.left_out(values, c.CONF_IMPORT_PRICE, c.CONF_EXPORT_PRICE),
        **checks.not_finite(values),
        **checks.each(hass, values, checks.price, keys),
    }


def confirm_schema(site: Mapping[str, Any], *, new: bool) -> probatio.Schema:
    """Return the last form: is the sign of what the meters say right?

    Of a `new` site also whether it shall only be watched at first.
    """
    keys = [c.CONF_GRID_INVERTED]
    if site[c.CONF_HAS_BATTERY]:
        keys.append(c.CONF_BATTERY_INVERTED)
    fields = {key: site[key] for key in keys}
    if new:
        fields[c.CONF_ONLY_WATCH] = site.get(c.CONF_ONLY_WATCH, False)
    return probatio.Schema(
        {required(key, default): BooleanSelector() for key, default in fields.items()}
    )
