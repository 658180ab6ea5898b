"""The form for a worker that Home Assistant switches by an entity.

May build schemas and checks; must never hold the state of a dialog.
"""

from collections.abc import Mapping
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.helpers.selector import BooleanSelector, TextSelector
import probatio

from .. import const as c
from . import checks
from .numbers import listed, read
from .schema import domain_entity, optional, power_entity, required

KEYS = (
    c.CONF_SWITCH,
    c.CONF_LEVELS_W,
    c.CONF_NUMBER,
    c.CONF_NUMBER_VALUES,
    c.CONF_POWER,
    c.CONF_ACKNOWLEDGE_NO_LEASE,
)
_MOST_LEVELS = 50


def schema(*, named: bool) -> probatio.Schema:
    """Return the form; `named`: ask for a name too."""
    name_field = {optional(c.CONF_NAME): TextSelector()} if named else {}
    return probatio.Schema(
        {
            required(c.CONF_SWITCH): domain_entity("switch", "input_boolean"),
            required(c.CONF_LEVELS_W): TextSelector(),
            optional(c.CONF_NUMBER): domain_entity("number", "input_number"),
            optional(c.CONF_NUMBER_VALUES): TextSelector(),
            optional(c.CONF_POWER): power_entity(),
            **name_field,
            required(c.CONF_ACKNOWLEDGE_NO_LEASE, False): BooleanSelector(),
        }
    )


def parsed(
    hass: HomeAssistant, site: Mapping[str, Any], values: Mapping[str, Any]
) -> tuple[dict[str, Any], checks.Errors]:
    """Return what was entered with its lists read, and what is wrong with it."""
    errors: checks.Errors = {
        **checks.each(hass, values, checks.entity, (c.CONF_SWITCH, c.CONF_NUMBER)),
        **checks.each(hass, values, checks.power, (c.CONF_POWER,)),
        **checks.used_by_site(site, values, c.CONF_POWER),
    }
    if not values[c.CONF_ACKNOWLEDGE_NO_LEASE]:
        errors[c.CONF_ACKNOWLEDGE_NO_LEASE] = "acknowledge_no_lease"
    levels = read(values[c.CONF_LEVELS_W])
    if error := levels_error(levels):
        errors[c.CONF_LEVELS_W] = error
    result = {**values, c.CONF_LEVELS_W: levels}
    result.pop(c.CONF_NUMBER_VALUES, None)
    if c.CONF_NUMBER in values:
        text = values.get(c.CONF_NUMBER_VALUES) or ""
        numbers = read(text) if text.strip() else levels
        if error := _numbers_error(hass, values[c.CONF_NUMBER], numbers, levels):
            errors.setdefault(c.CONF_NUMBER_VALUES, error)
        result[c.CONF_NUMBER_VALUES] = numbers
    elif values.get(c.CONF_NUMBER_VALUES):
        errors[c.CONF_NUMBER] = "number_needed"
    return result, errors


def shown(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return stored values as the form shows them: lists as text."""
    return {
        key: listed(value) if isinstance(value, (list, tuple)) else value
        for key, value in values.items()
    }


def levels_error(levels: list[float] | None) -> str | None:
    """Check that these are levels: numbers above 0, ascending, not too many."""
    if not levels or len(levels) > _MOST_LEVELS:
        return "levels_not_numbers"
    pairs = zip([0.0, *levels], levels, strict=False)
    if not all(lower < higher for lower, higher in pairs):
        return "levels_not_ascending"
    return None


def _numbers_error(
    hass: HomeAssistant,
    entity_id: str,
    numbers: list[float] | None,
    levels: list[float] | None,
) -> str | None:
    if numbers is None or len(numbers) != len(levels or ()):
        return "one_number_per_level"
    state = hass.states.get(entity_id)
    lowest = state.attributes.get("min") if state else None
    highest = state.attributes.get("max") if state else None
    if any(
        (lowest is not None and value < lowest)
        or (highest is not None and value > highest)
        for value in numbers
    ):
        return "number_out_of_range"
    return None
