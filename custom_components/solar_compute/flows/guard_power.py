"""The forms for guards that limit power or energy: circuits, caps, battery, a day.

May build schemas and checks; must never hold the state of a dialog.
"""

from collections.abc import Mapping
from typing import Any, Final

from homeassistant.const import UnitOfPower
from homeassistant.core import HomeAssistant

from .. import const_guards as g, units
from ..core.guard_spec import CapOf
from . import checks
from .schema import (
    Fields,
    cap_entity,
    choice,
    folded,
    needed,
    number,
    on_off_entity,
    optional,
    percent,
    power_or_current_entity,
    required,
)

ELECTRICS = "electrics"

_LARGEST_W: Final = 100_000_000
_USUAL_CAP_W: Final = 4200.0
"""What § 14a EnWG leaves a home at least."""


def circuit_fields(hass: HomeAssistant) -> Fields:
    """Return what is asked about a circuit."""
    return {
        needed(g.CONF_LIMIT): number(0.01, _LARGEST_W),
        required(g.CONF_LIMIT_UNIT, g.UNIT_AMPERE): choice(
            [g.UNIT_AMPERE, g.UNIT_WATT], "limit_unit", as_list=True
        ),
        optional(g.CONF_METER): power_or_current_entity(),
        required(g.CONF_OTHER_W, 0.0): number(0, _LARGEST_W, UnitOfPower.WATT),
        required(ELECTRICS): folded(
            {
                required(g.CONF_SHARE_PERCENT, 80.0): percent(1),
                required(g.CONF_VOLTAGE_V, g.USUAL_VOLTAGE_V): number(1, 1000, "V"),
                required(g.CONF_PHASES, "1"): choice(["1", "3"], "phases"),
            }
        ),
    }


def circuit_errors(hass: HomeAssistant, values: Mapping[str, Any]) -> checks.Errors:
    """Judge what was entered for a circuit."""
    errors = {
        **checks.left_out(values, g.CONF_LIMIT),
        **checks.each(hass, values, checks.power_or_current, (g.CONF_METER,)),
    }
    if not errors and not values.get(g.CONF_METER) and _left_w(values) <= 0:
        errors[g.CONF_OTHER_W] = "nothing_left"
    return errors


def circuit_stored(hass: HomeAssistant, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is stored of a circuit: also whether its meter is in A."""
    meter = values.get(g.CONF_METER)
    in_ampere = bool(meter) and units.is_current(checks.unit_of(hass, str(meter)))
    return {**values, g.CONF_METER_IN_AMPERE: in_ampere}


def _left_w(values: Mapping[str, Any]) -> float:
    """Return what workers may draw in W once other loads have their share."""
    limit = values[g.CONF_LIMIT] * values[g.CONF_SHARE_PERCENT] / 100
    if values[g.CONF_LIMIT_UNIT] == g.UNIT_AMPERE:
        limit *= values[g.CONF_VOLTAGE_V] * int(values[g.CONF_PHASES])
    return float(limit - values[g.CONF_OTHER_W])


def power_cap_fields(hass: HomeAssistant) -> Fields:
    """Return what is asked about a cap that somebody else sets."""
    return {
        required(g.CONF_OF, CapOf.GRID.value): choice(
            [CapOf.GRID.value, CapOf.WORKERS.value], "cap_of", as_list=True
        ),
        optional(g.CONF_CAP): cap_entity(),
        optional(g.CONF_SIGNAL): on_off_entity(),
        required(g.CONF_CAP_W, _USUAL_CAP_W): number(0, _LARGEST_W, UnitOfPower.WATT),
    }


def power_cap_errors(hass: HomeAssistant, values: Mapping[str, Any]) -> checks.Errors:
    """Judge what was entered for a cap."""
    errors = {
        **checks.each(hass, values, checks.power, (g.CONF_CAP,)),
        **checks.each(hass, values, checks.on_off, (g.CONF_SIGNAL,)),
    }
    if bool(values.get(g.CONF_CAP)) == bool(values.get(g.CONF_SIGNAL)):
        errors[g.CONF_CAP] = "cap_or_signal"
    return errors


def battery_fields(hass: HomeAssistant) -> Fields:
    """Return what is asked about the use of the home battery."""
    return {
        required(g.CONF_MINIMUM_SOC, 20.0): percent(),
        optional(g.CONF_DISCHARGE_W): number(0, _LARGEST_W, UnitOfPower.WATT),
    }


def battery_errors(hass: HomeAssistant, values: Mapping[str, Any]) -> checks.Errors:
    """Judge what was entered for the battery: any numbers will do."""
    return {}


def maximum_fields(hass: HomeAssistant) -> Fields:
    """Return what is asked about a day's maximum of each worker."""
    return {
        optional(g.CONF_ENERGY_KWH): number(0, 1_000_000, "kWh"),
        optional(g.CONF_COST): number(0, 1_000_000, hass.config.currency),
        optional(g.CONF_RUN_H): number(0, 24, "h"),
    }


def maximum_errors(hass: HomeAssistant, values: Mapping[str, Any]) -> checks.Errors:
    """Judge what was entered for a day: it needs a limit of some kind."""
    limits = (g.CONF_ENERGY_KWH, g.CONF_COST, g.CONF_RUN_H)
    if any(values.get(key) is not None for key in limits):
        return {}
    return {g.CONF_ENERGY_KWH: "limit_needed"}
