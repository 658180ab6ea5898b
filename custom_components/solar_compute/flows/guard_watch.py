"""The forms for guards that watch something: the air, an entity, the hour.

Temperatures are stored in °C and shown in the unit of the user. May build schemas and
checks; must never hold the state of a dialog.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from homeassistant.const import PERCENTAGE
from homeassistant.core import HomeAssistant
from homeassistant.helpers.selector import BooleanSelector, TimeSelector

from .. import const_guards as g
from ..core.guard_spec import ClimateGuard, ConditionUse
from . import checks
from .degrees import degrees, difference, shown_difference
from .schema import (
    Fields,
    choice,
    folded,
    humidity_entity,
    number,
    on_off_entity,
    optional,
    required,
    seconds,
    temperature_entity,
    whole,
)

AFTER = "after"
SECOND = "second"

TEMPERATURES: Final = (g.CONF_WARMEST_C, g.CONF_COLDEST_C)
DIFFERENCES: Final = (g.CONF_DEW_MARGIN_K, g.CONF_BACK_BY_K)
CLIMATE_PROPOSED: Final = {g.CONF_WARMEST_C: 35.0}
"""What the form proposes, in °C, and what may be emptied."""

_USUAL: Final = ClimateGuard(key="", name="")


@dataclass(frozen=True, slots=True)
class Rule:
    """What is usual for a condition of some use."""

    must_be: str
    latching: bool
    safety: bool


RULES: Final[Mapping[ConditionUse, Rule]] = {
    ConditionUse.TAMPER: Rule("off", latching=True, safety=True),
    ConditionUse.ALARM: Rule("off", latching=True, safety=True),
    ConditionUse.ISOLATION: Rule("on", latching=False, safety=True),
    ConditionUse.INTERNET: Rule("on", latching=False, safety=False),
    ConditionUse.TRANSFER: Rule("on", latching=False, safety=False),
    ConditionUse.AWAY: Rule("off", latching=False, safety=False),
    ConditionUse.OTHER: Rule("on", latching=False, safety=False),
}


def climate_fields(hass: HomeAssistant) -> Fields:
    """Return what is asked about the air around workers."""
    return {
        optional(g.CONF_AIR): temperature_entity(),
        optional(g.CONF_WARMEST_C): degrees(hass, -40, 100),
        optional(g.CONF_COLDEST_C): degrees(hass, -40, 100),
        optional(g.CONF_HUMIDITY): humidity_entity(),
        optional(g.CONF_MAXIMUM_HUMIDITY): number(0, 100, PERCENTAGE),
        optional(g.CONF_DEW_MARGIN_K): difference(hass, 50),
        optional(g.CONF_SURFACE): temperature_entity(),
        required(AFTER): folded(
            {
                required(
                    g.CONF_BACK_BY_K, shown_difference(hass, _USUAL.hysteresis_k)
                ): difference(hass, 50),
                required(g.CONF_HOLD_S, _USUAL.hold_s): seconds(1),
                required(g.CONF_LATCHING, _USUAL.latching): BooleanSelector(),
                required(g.CONF_SAFETY, _USUAL.safety): BooleanSelector(),
            }
        ),
    }


def climate_errors(hass: HomeAssistant, values: Mapping[str, Any]) -> checks.Errors:
    """Judge what was entered about the air, temperatures in °C."""
    coldest_c, warmest_c = values.get(g.CONF_COLDEST_C), values.get(g.CONF_WARMEST_C)
    limits = (
        g.CONF_WARMEST_C,
        g.CONF_COLDEST_C,
        g.CONF_MAXIMUM_HUMIDITY,
        g.CONF_DEW_MARGIN_K,
    )
    given = {key for key in limits if values.get(key) is not None}
    errors: checks.Errors = {}
    if not given:
        errors[g.CONF_WARMEST_C] = "limit_needed"
    if given - {g.CONF_MAXIMUM_HUMIDITY} and not values.get(g.CONF_AIR):
        errors[g.CONF_AIR] = "sensor_needed"
    if given & {g.CONF_MAXIMUM_HUMIDITY, g.CONF_DEW_MARGIN_K}:
        errors |= checks.left_out(values, g.CONF_HUMIDITY)
    if coldest_c is not None and warmest_c is not None and coldest_c >= warmest_c:
        errors[g.CONF_COLDEST_C] = "coldest_not_below_warmest"
    sensors = (g.CONF_AIR, g.CONF_SURFACE)
    return {
        **errors,
        **checks.each(hass, values, checks.temperature, sensors),
        **checks.each(hass, values, checks.percent, (g.CONF_HUMIDITY,)),
    }


def condition_fields(hass: HomeAssistant) -> Fields:
    """Return what is asked about an entity that must be on or off."""
    return {
        required(g.CONF_USE): choice(
            [use.value for use in RULES], "condition_use", as_list=True
        ),
        required(g.CONF_WATCHED): on_off_entity(),
    }


def condition_errors(hass: HomeAssistant, values: Mapping[str, Any]) -> checks.Errors:
    """Judge which entity was chosen."""
    return checks.each(hass, values, checks.on_off, (g.CONF_WATCHED,))


def rule_fields(use: ConditionUse) -> Fields:
    """Return what is asked about when such a condition trips, and how."""
    rule = RULES[use]
    return {
        required(g.CONF_MUST_BE, rule.must_be): choice(
            ["on", "off"], "must_be", as_list=True
        ),
        required(g.CONF_LATCHING, rule.latching): BooleanSelector(),
        required(g.CONF_SAFETY, rule.safety): BooleanSelector(),
    }


def quiet_fields(hass: HomeAssistant) -> Fields:
    """Return what is asked about quiet hours."""
    return {
        optional(g.CONF_START): TimeSelector(),
        optional(g.CONF_END): TimeSelector(),
        optional(g.CONF_SCHEDULE): on_off_entity(),
        optional(g.CONF_MAXIMUM_DB): number(0, 200, "dB"),
        required(g.CONF_LEVEL, 0): whole(0, 100),
        required(SECOND): folded(
            {
                optional(g.CONF_SECOND_START): TimeSelector(),
                optional(g.CONF_SECOND_END): TimeSelector(),
            }
        ),
    }


def quiet_errors(hass: HomeAssistant, values: Mapping[str, Any]) -> checks.Errors:
    """Judge what was entered about quiet hours."""
    errors = {
        **checks.each(hass, values, checks.on_off, (g.CONF_SCHEDULE,)),
        **checks.both_or_none(values, g.CONF_START, g.CONF_END),
        **checks.both_or_none(values, g.CONF_SECOND_START, g.CONF_SECOND_END),
    }
    times = (g.CONF_START, g.CONF_SECOND_START, g.CONF_SCHEDULE)
    if not errors and not any(values.get(key) for key in times):
        errors[g.CONF_START] = "hours_needed"
    return errors
