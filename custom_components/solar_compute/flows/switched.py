"""The pages for a worker that Home Assistant switches by its entities.

One page is enough for a switch and its watts. May read states; must never write one.
"""

from collections.abc import Mapping
from typing import Any

from homeassistant.config_entries import SubentryFlowResult
from homeassistant.const import ATTR_FRIENDLY_NAME
from homeassistant.core import HomeAssistant
from homeassistant.helpers.selector import (
    BooleanSelector,
    DeviceSelector,
    DeviceSelectorConfig,
    EntityFilterSelectorConfig,
    TextSelector,
)
import probatio

from .. import const as c, const_heat as h
from ..workers import entity
from . import checks, switched_ways as ways
from .always_on import shares_device
from .devices import proposed
from .numbers import levels_error, listed, read, shown
from .schema import (
    domain_entity,
    filled,
    flat,
    folded,
    number,
    optional,
    placed,
    power_entity,
    required,
    seconds,
)
from .worker_dialog import WorkerDialog

LEVELS = "levels"
CONFIRMATION = "confirmation"
DEVICE = "device"


class SwitchedPages(WorkerDialog):
    """Tells which entities of Home Assistant the worker is behind."""

    def __init__(self) -> None:
        """Start with nothing proposed."""
        super().__init__()
        self._proposed: dict[str, Any] = {}
        self._load: dict[str, Any] = {}

    async def async_step_entity_device(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask for a device, of which the entities are then proposed."""
        errors: checks.Errors = {}
        if user_input is not None:
            self._proposed = proposed(self.hass, user_input[DEVICE])
            if self._proposed:
                return await self.async_step_entity()
            errors[DEVICE] = "nothing_to_switch"
        return self.async_show_form(
            step_id="entity_device",
            data_schema=filled(self, device_schema(), user_input or {}),
            errors=errors,
            last_step=False,
        )

    async def async_step_entity(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask what switches it, what it draws, and what sets and measures that."""
        errors: checks.Errors = {}
        values = flat(user_input or {})
        if user_input is not None:
            self._load, errors = parsed(self.hass, self._get_entry().data, values)
            errors = {**errors, **self._used_elsewhere(values)}
            if not errors:
                page = ways.page_of(self.hass, self._load)
                return await (self._end() if page is None else self._ask(page))
        form = schema(named=not self._is_change)
        known = values or self._stored() or self._proposed
        return self.async_show_form(
            step_id="entity",
            data_schema=filled(self, form, known),
            errors=placed(errors, form),
            last_step=False,
        )

    async def async_step_entity_pair(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask which script or button pauses it, and what tells that it runs."""
        return await self._ask(ways.PAIR, user_input)

    async def async_step_entity_select(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask which option means what."""
        return await self._ask(ways.SELECT, user_input)

    async def async_step_entity_number(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask which value means what."""
        return await self._ask(ways.NUMBER, user_input)

    async def async_step_entity_heater(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask what a heater is set to while it runs."""
        return await self._ask(ways.HEATER, user_input)

    async def async_step_entity_cut(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Warn of cutting the power, and ask what should pause first."""
        return await self._ask(ways.CUT, user_input)

    async def _ask(
        self, page: str, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask what the way of switching needs, on a page of its own."""
        errors: checks.Errors = {}
        if user_input is not None:
            more, errors = ways.parsed(self.hass, page, self._load, user_input)
            site = self._get_entry().data
            errors = {**errors, **checks.used_by_site(site, more, c.CONF_CONFIRM)}
            if not errors:
                self._load.update(more)
                return await self._end()
        form = ways.schema(self.hass, page, self._load[c.CONF_SWITCH])
        return self.async_show_form(
            step_id=page,
            data_schema=filled(self, form, user_input or self._suggestions()),
            errors=errors,
            description_placeholders={"levels": listed(self._load[c.CONF_LEVELS_W])},
            last_step=self._is_change,
        )

    async def _end(self) -> SubentryFlowResult:
        switch = self._load[c.CONF_SWITCH]
        state = self.hass.states.get(switch)
        name = state.attributes.get(ATTR_FRIENDLY_NAME) if state else None
        self._title = self._load.pop(c.CONF_NAME, None) or name or switch
        return await self._async_identified(entity.KIND.key, self._load)

    def _stored(self) -> dict[str, Any]:
        """Return what was stored of the first page."""
        stored = shown(self._known)
        if c.CONF_NUMBER not in stored:
            stored.pop(c.CONF_NUMBER_VALUES, None)
        return stored

    def _suggestions(self) -> dict[str, Any]:
        """Return what a second page is filled in with.

        What was stored for another entity has nothing to do with this one.
        """
        known = self._known
        same = known.get(c.CONF_SWITCH) == self._load[c.CONF_SWITCH]
        stored = ways.suggested(self.hass, known) if same else {}
        return {**stored, **shown(self._load)}

    def _used_elsewhere(self, values: Mapping[str, Any]) -> checks.Errors:
        """Check that no heat sink asks the same entity, and nothing always on has it."""
        asked = {
            sink.data.get(key)
            for sink in self._get_entry().get_subentries_of_type(c.SUBENTRY_HEAT_SINK)
            for key in (h.CONF_WAIT_ENTITY, h.CONF_BOOST_ENTITY)
        }
        switch = values[c.CONF_SWITCH]
        if switch in asked:
            return {c.CONF_SWITCH: "used_by_heat_sink"}
        forbidden = shares_device(self.hass, self._get_entry(), switch)
        return {c.CONF_SWITCH: "never_switched"} if forbidden else {}


def device_schema() -> probatio.Schema:
    """Return the form that asks for a device with something to switch."""
    with_either = EntityFilterSelectorConfig(domain=["switch", "select"])
    return probatio.Schema(
        {required(DEVICE): DeviceSelector(DeviceSelectorConfig(entity=with_either))}
    )


def schema(*, named: bool) -> probatio.Schema:
    """Return the first page; `named`: ask for a name too."""
    name_field = {optional(c.CONF_NAME): TextSelector()} if named else {}
    return probatio.Schema(
        {
            required(c.CONF_SWITCH): domain_entity(*ways.CONTROLS),
            required(c.CONF_LEVELS_W): TextSelector(),
            optional(c.CONF_POWER): power_entity(),
            required(c.CONF_CUTS_POWER, False): BooleanSelector(),
            **name_field,
            required(LEVELS): folded(
                {
                    optional(c.CONF_NUMBER): domain_entity("number", "input_number"),
                    optional(c.CONF_NUMBER_VALUES): TextSelector(),
                }
            ),
            required(CONFIRMATION): folded(
                {
                    optional(c.CONF_CONFIRM): ways.confirming_entity(),
                    optional(c.CONF_CONFIRM_ABOVE_W): number(0, 1_000_000, "W"),
                    required(c.CONF_CONFIRM_WITHIN_S, 120.0): seconds(1, 3600),
                }
            ),
            required(c.CONF_ACKNOWLEDGE_NO_LEASE, False): BooleanSelector(),
        }
    )


def parsed(
    hass: HomeAssistant, site: Mapping[str, Any], values: Mapping[str, Any]
) -> tuple[dict[str, Any], checks.Errors]:
    """Return what was entered with its lists read, and what is wrong with it."""
    levels = read(values[c.CONF_LEVELS_W])
    confirmed, wrong = ways.confirmation(hass, values, levels)
    errors: checks.Errors = {
        **checks.not_finite(values),
        **checks.each(
            hass, values, checks.controllable, (c.CONF_SWITCH, c.CONF_NUMBER)
        ),
        **checks.each(hass, values, checks.power, (c.CONF_POWER,)),
        **checks.used_by_site(site, values, c.CONF_POWER),
        **checks.used_by_site(site, values, c.CONF_CONFIRM),
        **wrong,
        **_misfits(values, levels),
    }
    if not values[c.CONF_ACKNOWLEDGE_NO_LEASE]:
        errors[c.CONF_ACKNOWLEDGE_NO_LEASE] = "acknowledge_no_lease"
    if error := levels_error(levels):
        errors[c.CONF_LEVELS_W] = error
    result = {**confirmed, c.CONF_LEVELS_W: levels}
    result.pop(c.CONF_NUMBER_VALUES, None)
    if not values[c.CONF_CUTS_POWER]:
        del result[c.CONF_CUTS_POWER]
    if c.CONF_CONFIRM not in values and not ways.is_stateless(values[c.CONF_SWITCH]):
        del result[c.CONF_CONFIRM_WITHIN_S]
    if c.CONF_NUMBER in values:
        text = values.get(c.CONF_NUMBER_VALUES) or ""
        numbers = read(text) if text.strip() else levels
        if error := ways.numbers_error(hass, values[c.CONF_NUMBER], numbers, levels):
            errors.setdefault(c.CONF_NUMBER_VALUES, error)
        result[c.CONF_NUMBER_VALUES] = numbers
    elif values.get(c.CONF_NUMBER_VALUES):
        errors[c.CONF_NUMBER] = "number_needed"
    return result, errors


def _misfits(values: Mapping[str, Any], levels: list[float] | None) -> checks.Errors:
    """Check that nothing was entered that what switches it has no use for."""
    switch, errors = values[c.CONF_SWITCH], {}
    if values[c.CONF_CUTS_POWER] and not ways.is_switch(switch):
        errors[c.CONF_CUTS_POWER] = "only_switch_cuts"
    if ways.is_heater(switch) and c.CONF_CONFIRM in values:
        errors[c.CONF_CONFIRM] = "no_confirmation_of_heater"
    if ways.sets_level(switch):
        if c.CONF_NUMBER in values:
            errors[c.CONF_NUMBER] = "level_set_twice"
    elif c.CONF_NUMBER not in values and len(levels or ()) > 1:
        errors[c.CONF_LEVELS_W] = "levels_need_number"
    return errors
