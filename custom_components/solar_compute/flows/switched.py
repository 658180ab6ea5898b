"""The page for a worker that Home Assistant switches by an entity.

May build schemas and checks and read states; must never write one.
"""

from collections.abc import Mapping
from typing import Any

from homeassistant.config_entries import SubentryFlowResult
from homeassistant.const import ATTR_FRIENDLY_NAME
from homeassistant.core import HomeAssistant
from homeassistant.helpers.selector import BooleanSelector, TextSelector
import probatio

from .. import const as c
from ..workers import entity
from . import checks
from .numbers import levels_error, read, shown
from .schema import domain_entity, filled, flat, optional, power_entity, required
from .worker_dialog import WorkerDialog


class SwitchedPages(WorkerDialog):
    """Tells which entities of Home Assistant the worker is behind."""

    async def async_step_entity(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask which switch it is, and whether its power can be set and measured."""
        errors: checks.Errors = {}
        values = flat(user_input or {})
        if user_input is not None:
            load, errors = parsed(self.hass, self._get_entry().data, values)
            if not errors:
                switch = load[c.CONF_SWITCH]
                state = self.hass.states.get(switch)
                name = state.attributes.get(ATTR_FRIENDLY_NAME) if state else None
                self._title = load.pop(c.CONF_NAME, None) or name or switch
                return await self._async_identified(entity.KIND.key, load)
        return self.async_show_form(
            step_id="entity",
            data_schema=filled(
                self,
                schema(named=not self._is_change),
                values or shown(self._known),
            ),
            errors=errors,
            last_step=self._is_change,
        )


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
