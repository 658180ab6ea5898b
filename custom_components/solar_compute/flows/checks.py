"""Judges what was entered: does the entity exist, does its unit convert, and so on.

Every check returns an error key (translated under `error`) or None. May read states
and the entity registry; must never change what was entered.
"""

from collections.abc import Callable, Iterable, Mapping
from math import isfinite
from typing import Any

from homeassistant.const import STATE_UNAVAILABLE, STATE_UNKNOWN
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er

from .. import const as c, units
from ..parsing import listed

type Errors = dict[str, str]

_SILENT = frozenset({STATE_UNAVAILABLE, STATE_UNKNOWN})

SITE_POWERS = (
    c.CONF_GRID_POWER,
    c.CONF_GRID_EXPORT_POWER,
    c.CONF_PV_POWER,
    c.CONF_BATTERY_POWER,
    c.CONF_BATTERY_CHARGE_POWER,
)
"""Fields that hold power sensors of the site, in the order in which they are asked."""


def entity(hass: HomeAssistant, entity_id: str) -> str | None:
    """Check that an entity exists: it has a state, or is registered."""
    registered = er.async_get(hass).async_get(entity_id)
    if hass.states.get(entity_id) is None and registered is None:
        return "entity_not_found"
    return None


def controllable(hass: HomeAssistant, entity_id: str) -> str | None:
    """Check that an entity exists and is none of our own, which would go in circles."""
    registered = er.async_get(hass).async_get(entity_id)
    if registered is not None and registered.platform == c.DOMAIN:
        return "own_entity"
    return entity(hass, entity_id)


def power(hass: HomeAssistant, entity_id: str) -> str | None:
    """Check that an entity exists and measures power."""
    return measured(hass, entity_id, units.is_power, "not_power")


def temperature(hass: HomeAssistant, entity_id: str) -> str | None:
    """Check that an entity exists and measures temperature."""
    return measured(hass, entity_id, units.is_temperature, "not_temperature")


def power_or_current(hass: HomeAssistant, entity_id: str) -> str | None:
    """Check that an entity exists and measures power or electric current."""

    def accepts(unit: str | None) -> bool:
        return units.is_power(unit) or units.is_current(unit)

    return measured(hass, entity_id, accepts, "not_power_or_current")


def on_off(hass: HomeAssistant, entity_id: str) -> str | None:
    """Check that an entity exists and, unless it is silent now, is on or off."""
    if missing := entity(hass, entity_id):
        return missing
    state = hass.states.get(entity_id)
    says_something = state is not None and state.state not in _SILENT
    return "not_on_off" if says_something and units.is_on(state) is None else None


def percent(hass: HomeAssistant, entity_id: str) -> str | None:
    """Check that an entity exists and is in per cent."""
    return measured(hass, entity_id, units.is_percent, "not_percent")


def price(hass: HomeAssistant, entity_id: str) -> str | None:
    """Check that an entity exists and is a price in the home's currency."""

    def accepts(unit: str | None) -> bool:
        return units.price_factor(unit, hass.config.currency) is not None

    return measured(hass, entity_id, accepts, "not_price")


def co2(hass: HomeAssistant, entity_id: str) -> str | None:
    """Check that an entity exists and is the CO₂ of electricity."""

    def accepts(unit: str | None) -> bool:
        return units.co2_factor(unit) is not None

    return measured(hass, entity_id, accepts, "not_co2")


def measured(
    hass: HomeAssistant,
    entity_id: str,
    accepts: Callable[[str | None], bool],
    error: str,
) -> str | None:
    """Check that an entity exists and that its unit is accepted."""
    if missing := entity(hass, entity_id):
        return missing
    return None if accepts(unit_of(hass, entity_id)) else error


def unit_of(hass: HomeAssistant, entity_id: str) -> str | None:
    """Return an entity's unit, from the registry while its state has none."""
    unit = units.unit_of(hass.states.get(entity_id))
    registered = er.async_get(hass).async_get(entity_id)
    if unit is None and registered is not None:
        return registered.unit_of_measurement
    return unit


def each(
    hass: HomeAssistant,
    values: Mapping[str, Any],
    check: Callable[[HomeAssistant, str], str | None],
    keys: Iterable[str],
) -> Errors:
    """Check the entities of several fields; a field may hold one or a list."""
    return {
        key: error
        for key in keys
        for entity_id in listed(values.get(key))
        if (error := check(hass, entity_id)) is not None
    }


def used_twice(values: Mapping[str, Any], keys: Iterable[str] = SITE_POWERS) -> Errors:
    """Check that no sensor serves in two of these fields, or twice in one."""
    seen: set[str] = set()
    errors: Errors = {}
    for key in keys:
        for entity_id in listed(values.get(key)):
            if entity_id in seen:
                errors[key] = "used_twice"
            seen.add(entity_id)
    return errors


def used_by_site(
    site: Mapping[str, Any], values: Mapping[str, Any], key: str
) -> Errors:
    """Check that no sensor in field `key` is one of the site's own meters."""
    own = {entity_id for field in SITE_POWERS for entity_id in listed(site.get(field))}
    return {key: "used_by_site"} if own & set(listed(values.get(key))) else {}


def not_finite(values: Mapping[str, Any]) -> Errors:
    """Check that every number is one: "nan" and "inf" pass a number selector."""
    return {
        key: "not_a_number"
        for key, value in values.items()
        if isinstance(value, float) and not isfinite(value)
    }


def left_out(values: Mapping[str, Any], *keys: str) -> Errors:
    """Check that these fields are filled in, with more than blanks."""
    return {
        key: "value_needed"
        for key in keys
        if (value := values.get(key)) is None or not str(value).strip()
    }


def both_or_none(values: Mapping[str, Any], first: str, second: str) -> Errors:
    """Check that a window of the day has both its ends, or none."""
    if bool(values.get(first)) == bool(values.get(second)):
        return {}
    return {second if values.get(first) else first: "window_needs_both"}
