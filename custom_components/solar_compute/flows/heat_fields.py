"""What forms for tanks, loops and rooms have in common: fields, sections, units.

Temperatures are stored in °C and shown in the unit of the user. May build schemas;
must never judge what was entered and never hold the state of a dialog.
"""

from collections.abc import Mapping
from typing import Any, Final

from homeassistant.core import HomeAssistant
from homeassistant.helpers.selector import TextSelector, TimeSelector

from .. import const as c, const_heat as h
from ..core.spec import BackupKind, HeatSupply
from . import degrees
from .schema import (
    Fields,
    choice,
    flow_entity,
    number,
    optional,
    power_entity,
    price,
    required,
    temperature_entity,
)

LOSS: Final = "loss"
DEMAND: Final = "demand"
METER: Final = "meter"
OWN: Final = "own"
"""The choice that says: I know the figure myself."""

BACKUPS: Final = (
    BackupKind.GAS,
    BackupKind.RESISTIVE,
    BackupKind.HEAT_PUMP,
    BackupKind.DISTRICT,
    BackupKind.NONE,
)
"""What may heat a sink otherwise, in the order in which it is offered."""

_TEMPERATURES: Final = frozenset(
    {
        h.CONF_TARGET_C,
        h.CONF_MAXIMUM_C,
        h.CONF_MINIMUM_C,
        h.CONF_AMBIENT_C,
        h.CONF_COLD_C,
        h.CONF_READY_C,
        h.CONF_SECOND_READY_C,
        h.CONF_OUTDOOR_C,
        h.CONF_HEATING_LIMIT_C,
        h.CONF_SOURCE_C,
        h.CONF_WAIT_FLOOR_C,
    }
)
_DIFFERENCES: Final = frozenset(
    {h.CONF_ECO_K, h.CONF_HYSTERESIS_K, h.CONF_FLOW_OFFSET_K}
)


def entered(hass: HomeAssistant, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return what was entered with its temperatures in °C and differences in K."""
    in_celsius = degrees.in_celsius(hass, values, _TEMPERATURES)
    return degrees.in_kelvin(hass, in_celsius, _DIFFERENCES)


def suggested(hass: HomeAssistant, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return stored values in the units of the user."""
    shown = degrees.in_user_unit(hass, values, _TEMPERATURES)
    return degrees.in_user_difference(hass, shown, _DIFFERENCES)


def name(*, named: bool) -> Fields:
    """Return the field for a name, if one is asked for."""
    return {required(c.CONF_NAME): TextSelector()} if named else {}


def thermometers() -> Fields:
    """Return the field for a sink's own temperature sensors."""
    return {required(h.CONF_TEMPERATURE): temperature_entity(multiple=True)}


def limits(
    hass: HomeAssistant, *, target_c: float, maximum_c: float, highest_c: float
) -> Fields:
    """Return the fields for target and maximum, with what is usual for them."""
    box = degrees.degrees(hass, 0, highest_c)
    return {
        required(h.CONF_TARGET_C, degrees.shown(hass, target_c)): box,
        required(h.CONF_MAXIMUM_C, degrees.shown(hass, maximum_c)): box,
    }


def backup() -> Fields:
    """Return the choice of what heats the sink otherwise."""
    return {
        required(h.CONF_BACKUP): choice(
            [kind.value for kind in BACKUPS], "backup", as_list=True
        )
    }


def demand(hass: HomeAssistant, highest_c: float) -> Fields:
    """Return what is asked about heat that must be there, and its electricity."""
    return {
        required(h.CONF_SUPPLY, HeatSupply.SURPLUS.value): choice(
            [supply.value for supply in HeatSupply], "supply", as_list=True
        ),
        optional(h.CONF_MINIMUM_C): degrees.degrees(hass, 0, highest_c),
        required(h.CONF_SHORTAGE_PER_KWH, 0.0): price(hass.config.currency),
    }


def ready_times(hass: HomeAssistant) -> Fields:
    """Return what is asked about times by which water must be warm."""
    box = degrees.degrees(hass, 0, 100)
    return {
        optional(h.CONF_READY_TIME): TimeSelector(),
        optional(h.CONF_READY_C): box,
        optional(h.CONF_SECOND_READY_TIME): TimeSelector(),
        optional(h.CONF_SECOND_READY_C): box,
    }


def meter() -> Fields:
    """Return the fields for a heat meter."""
    return {
        optional(h.CONF_HEAT_POWER): power_entity(),
        optional(h.CONF_FLOW): flow_entity(),
        optional(h.CONF_FLOW_TEMPERATURE): temperature_entity(),
        optional(h.CONF_RETURN_TEMPERATURE): temperature_entity(),
    }


def season(first: str, last: str) -> Fields:
    """Return the fields for the months from `first` to `last`."""
    months = choice(list(h.MONTHS), "month")
    return {
        required(h.CONF_SEASON_FIRST, first): months,
        required(h.CONF_SEASON_LAST, last): months,
    }


def own_loss() -> Fields:
    """Return the field for a loss that the user knows."""
    return {optional(h.CONF_LOSS_W_PER_K): number(0, 10_000, "W/K")}
