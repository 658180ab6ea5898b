"""What is asked about the way in which entities switch a worker: the second page.

Which page that is follows from what was chosen on the first. May build schemas and
checks and read states; must never hold the state of a dialog.
"""

from collections.abc import Mapping
from typing import Any

from homeassistant.components.number.const import ATTR_MAX, ATTR_MIN
from homeassistant.core import HomeAssistant, split_entity_id
from homeassistant.helpers.selector import (
    BooleanSelector,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
    TextSelector,
)
import probatio

from .. import const as c
from ..workers.entity_control import BUTTONS, NUMBERS, SCRIPTS, SELECTS, SWITCHES
from ..workers.entity_heater import HEATERS
from . import checks, numbers
from .degrees import degrees, in_celsius, in_user_unit
from .devices import cuts_power
from .schema import choice, domain_entity, needed, number, optional, required, seconds

CONTROLS = (*SWITCHES, *SCRIPTS, *BUTTONS, *SELECTS, *NUMBERS, *HEATERS)
"""Domains of what may turn a worker on and off."""

PAIR = "entity_pair"
SELECT = "entity_select"
NUMBER = "entity_number"
HEATER = "entity_heater"
CUT = "entity_cut"

KEYS: Mapping[str, tuple[str, ...]] = {
    PAIR: (c.CONF_PAUSE_BY, c.CONF_CONFIRM, c.CONF_CONFIRM_ABOVE_W),
    SELECT: (c.CONF_PAUSED_OPTION, c.CONF_LEVEL_OPTIONS),
    NUMBER: (c.CONF_PAUSED_VALUE, c.CONF_NUMBER_VALUES),
    HEATER: (c.CONF_WANTED_MODE, c.CONF_WANTED_C),
    CUT: (c.CONF_PAUSE_FIRST, c.CONF_CUT_DELAY_S, c.CONF_ACKNOWLEDGE_CUT),
}
"""What each second page asks."""

COLDEST_C = 5.0
HOTTEST_C = 95.0
"""What a heater may be set to: beyond, it is a slip of the pen."""


def page_of(hass: HomeAssistant, load: Mapping[str, Any]) -> str | None:
    """Return the second page that a worker needs, None where one page was enough."""
    entity_id = load[c.CONF_SWITCH]
    domain = split_entity_id(entity_id)[0]
    pages = {
        **dict.fromkeys((*SCRIPTS, *BUTTONS), PAIR),
        **dict.fromkeys(SELECTS, SELECT),
        **dict.fromkeys(NUMBERS, NUMBER),
        **dict.fromkeys(HEATERS, HEATER),
    }
    if domain in pages:
        return pages[domain]
    return CUT if load.get(c.CONF_CUTS_POWER) or cuts_power(hass, entity_id) else None


def sets_level(entity_id: str) -> bool:
    """Tell whether what switches a worker sets its level as well."""
    return split_entity_id(entity_id)[0] in (*SELECTS, *NUMBERS)


def is_stateless(entity_id: str) -> bool:
    """Tell whether an entity is a script or button, which has no state."""
    return split_entity_id(entity_id)[0] in (*SCRIPTS, *BUTTONS)


def is_heater(entity_id: str) -> bool:
    """Tell whether an entity is a thermostat or a water heater."""
    return split_entity_id(entity_id)[0] in HEATERS


def is_switch(entity_id: str) -> bool:
    """Tell whether an entity is a switch."""
    return split_entity_id(entity_id)[0] in SWITCHES


def schema(hass: Any, page: str, entity_id: str) -> probatio.Schema:
    """Return the form of a second page for what was chosen on the first."""
    state = hass.states.get(entity_id)
    attributes: Mapping[str, Any] = {} if state is None else state.attributes
    if page == PAIR:
        return probatio.Schema(
            {
                required(c.CONF_PAUSE_BY): domain_entity(*SCRIPTS, *BUTTONS),
                required(c.CONF_CONFIRM): confirming_entity(),
                optional(c.CONF_CONFIRM_ABOVE_W): number(0, 1_000_000, "W"),
            }
        )
    if page == SELECT:
        options = [str(option) for option in attributes.get("options") or ()]
        return probatio.Schema(
            {
                required(c.CONF_PAUSED_OPTION): choice(options),
                required(c.CONF_LEVEL_OPTIONS): SelectSelector(
                    SelectSelectorConfig(
                        options=options,
                        multiple=True,
                        mode=SelectSelectorMode.DROPDOWN,
                    )
                ),
            }
        )
    if page == NUMBER:
        return probatio.Schema(
            {
                required(c.CONF_PAUSED_VALUE, 0.0): number(-1_000_000, 1_000_000),
                optional(c.CONF_NUMBER_VALUES): TextSelector(),
            }
        )
    if page == HEATER:
        modes = [mode for mode in _modes(attributes) if mode != "off"]
        mode_field = {optional(c.CONF_WANTED_MODE): choice(modes)} if modes else {}
        return probatio.Schema(
            {
                **mode_field,
                needed(c.CONF_WANTED_C): degrees(hass, COLDEST_C, HOTTEST_C),
            }
        )
    return probatio.Schema(
        {
            optional(c.CONF_PAUSE_FIRST): domain_entity(*SCRIPTS, *BUTTONS),
            required(c.CONF_CUT_DELAY_S, 60.0): seconds(0, 3600),
            required(c.CONF_ACKNOWLEDGE_CUT, False): BooleanSelector(),
        }
    )


def confirming_entity() -> Any:
    """Return a choice of what may tell that a worker runs."""
    return domain_entity("binary_sensor", "sensor", "switch", "input_boolean")


def parsed(
    hass: HomeAssistant, page: str, load: Mapping[str, Any], values: Mapping[str, Any]
) -> tuple[dict[str, Any], checks.Errors]:
    """Return what was entered on a second page, and what is wrong with it.

    `load` is what was entered on the first.
    """
    errors = checks.not_finite(values)
    if errors:
        return dict(values), errors
    if page == PAIR:
        return _parsed_pair(hass, load, values)
    if page == SELECT:
        return dict(values), _select_errors(load, values)
    if page == NUMBER:
        return _parsed_number(hass, load, values)
    if page == HEATER:
        return _parsed_heater(hass, load, values)
    acknowledged = values[c.CONF_ACKNOWLEDGE_CUT]
    found = checks.each(hass, values, checks.controllable, (c.CONF_PAUSE_FIRST,))
    if not acknowledged:
        found[c.CONF_ACKNOWLEDGE_CUT] = "acknowledge_cut"
    return {**values, c.CONF_CUTS_POWER: True}, found


def confirmation(
    hass: HomeAssistant, values: Mapping[str, Any], levels_w: list[float] | None
) -> tuple[dict[str, Any], checks.Errors]:
    """Return what was entered about a confirmation, and what is wrong with it.

    A power sensor without a threshold gets half of the lowest level.
    """
    result = dict(values)
    entity_id = values.get(c.CONF_CONFIRM)
    above_w = values.get(c.CONF_CONFIRM_ABOVE_W)
    if entity_id is None:
        wrong = {} if above_w is None else {c.CONF_CONFIRM: "confirmation_needed"}
        return result, wrong
    if error := checks.entity(hass, entity_id):
        return result, {c.CONF_CONFIRM: error}
    if checks.power(hass, entity_id) is None:
        if above_w is None and levels_w:
            result[c.CONF_CONFIRM_ABOVE_W] = levels_w[0] / 2
        return result, {}
    if above_w is not None:
        return result, {c.CONF_CONFIRM_ABOVE_W: "not_power"}
    error = checks.on_off(hass, entity_id)
    return result, {} if error is None else {c.CONF_CONFIRM: error}


def numbers_error(
    hass: HomeAssistant,
    entity_id: str,
    values: list[float] | None,
    levels: list[float] | None,
) -> str | None:
    """Check that a number accepts a value for each level."""
    if values is None or len(values) != len(levels or ()):
        return "one_number_per_level"
    return None if _accepts(hass, entity_id, values) else "number_out_of_range"


def _parsed_pair(
    hass: HomeAssistant, load: Mapping[str, Any], values: Mapping[str, Any]
) -> tuple[dict[str, Any], checks.Errors]:
    errors = checks.each(hass, values, checks.controllable, (c.CONF_PAUSE_BY,))
    if values[c.CONF_PAUSE_BY] == load[c.CONF_SWITCH]:
        errors[c.CONF_PAUSE_BY] = "same_entity"
    result, wrong = confirmation(hass, values, load[c.CONF_LEVELS_W])
    return result, {**errors, **wrong}


def _select_errors(load: Mapping[str, Any], values: Mapping[str, Any]) -> checks.Errors:
    options = values[c.CONF_LEVEL_OPTIONS]
    if values[c.CONF_PAUSED_OPTION] in options:
        return {c.CONF_LEVEL_OPTIONS: "option_is_paused"}
    if len(options) != len(load[c.CONF_LEVELS_W]):
        return {c.CONF_LEVEL_OPTIONS: "one_option_per_level"}
    return {}


def _parsed_number(
    hass: HomeAssistant, load: Mapping[str, Any], values: Mapping[str, Any]
) -> tuple[dict[str, Any], checks.Errors]:
    entity_id, levels = load[c.CONF_SWITCH], load[c.CONF_LEVELS_W]
    paused = values[c.CONF_PAUSED_VALUE]
    text = values.get(c.CONF_NUMBER_VALUES) or ""
    found = numbers.read(text) if text.strip() else list(levels)
    result = {**values, c.CONF_NUMBER_VALUES: found}
    errors: checks.Errors = {}
    if error := numbers_error(hass, entity_id, found, levels):
        errors[c.CONF_NUMBER_VALUES] = error
    elif paused in (found or ()):
        errors[c.CONF_PAUSED_VALUE] = "value_is_level"
    if not _accepts(hass, entity_id, [paused]):
        errors[c.CONF_PAUSED_VALUE] = "number_out_of_range"
    return result, errors


def _parsed_heater(
    hass: HomeAssistant, load: Mapping[str, Any], values: Mapping[str, Any]
) -> tuple[dict[str, Any], checks.Errors]:
    errors = checks.left_out(values, c.CONF_WANTED_C)
    if errors:
        return dict(values), errors
    state = hass.states.get(load[c.CONF_SWITCH])
    if state is not None:
        lowest, highest = (
            state.attributes.get(f"{end}_temp") for end in ("min", "max")
        )
        if not _within(values[c.CONF_WANTED_C], lowest, highest):
            errors[c.CONF_WANTED_C] = "heater_out_of_range"
    return in_celsius(hass, values, (c.CONF_WANTED_C,)), errors


def suggested(hass: HomeAssistant, stored: Mapping[str, Any]) -> dict[str, Any]:
    """Return stored values of second pages as their forms show them."""
    return in_user_unit(hass, numbers.shown(stored), (c.CONF_WANTED_C,))


def _modes(attributes: Mapping[str, Any]) -> list[str]:
    found = attributes.get("hvac_modes") or attributes.get("operation_list") or ()
    return [str(mode) for mode in found]


def _accepts(hass: HomeAssistant, entity_id: str, values: list[float]) -> bool:
    state = hass.states.get(entity_id)
    if state is None:
        return True
    lowest, highest = state.attributes.get(ATTR_MIN), state.attributes.get(ATTR_MAX)
    return all(_within(value, lowest, highest) for value in values)


def _within(value: float, lowest: float | None, highest: float | None) -> bool:
    above = lowest is None or value >= lowest
    return above and (highest is None or value <= highest)
