"""Judges what was entered: does the entity exist, does its unit convert, and so on.

Every check returns an error key (translated under `error`) or None. May read states
and the entity registry; must never change what was entered.
"""

from collections.abc import Callable, Iterable, Mapping
from math import isfinite
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er

from .. import const as c, units

type Errors = dict[str, str]

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


def power(hass: HomeAssistant, entity_id: str) -> str | None:
    """Check that an entity exists and measures power."""
    return _measured(hass, entity_id, units.is_power, "not_power")


def temperature(hass: HomeAssistant, entity_id: str) -> str | None:
    """Check that an entity exists and measures temperature."""
    return _measured(hass, entity_id, units.is_temperature, "not_temperature")


def percent(hass: HomeAssistant, entity_id: str) -> str | None:
    """Check that an entity exists and is in per cent."""
    return _measured(hass, entity_id, units.is_percent, "not_percent")


def price(hass: HomeAssistant, entity_id: str) -> str | None:
    """Check that an entity exists and is a price in the home's currency."""

    def accepts(unit: str | None) -> bool:
        return units.price_factor(unit, hass.config.currency) is not None

    return _measured(hass, entity_id, accepts, "not_price")


def _measured(
    hass: HomeAssistant,
    entity_id: str,
    accepts: Callable[[str | None], bool],
    error: str,
) -> str | None:
    if missing := entity(hass, entity_id):
        return missing
    registered = er.async_get(hass).async_get(entity_id)
    unit = units.unit_of(hass.states.get(entity_id))
    if unit is None and registered is not None:
        unit = registered.unit_of_measurement
    return None if accepts(unit) else error


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
        for entity_id in _listed(values.get(key))
        if (error := check(hass, entity_id)) is not None
    }


def used_twice(values: Mapping[str, Any], keys: Iterable[str] = SITE_POWERS) -> Errors:
    """Check that no sensor serves in two of these fields, or twice in one."""
    seen: set[str] = set()
    errors: Errors = {}
    for key in keys:
        for entity_id in _listed(values.get(key)):
            if entity_id in seen:
                errors[key] = "used_twice"
            seen.add(entity_id)
    return errors


def used_by_site(
    site: Mapping[str, Any], values: Mapping[str, Any], key: str
) -> Errors:
    """Check that no sensor in field `key` is one of the site's own meters."""
    own = {entity_id for field in SITE_POWERS for entity_id in _listed(site.get(field))}
    return {key: "used_by_site"} if own & set(_listed(values.get(key))) else {}


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


def _listed(value: Any) -> list[str]:
    if not value:
        return []
    return [value] if isinstance(value, str) else list(value)
