"""The page for what is always on: what it draws, and where its heat goes.

It offers nothing that switches, and says why. May build a schema and checks; must never
hold more than its dialog does.
"""

from collections.abc import Mapping
from typing import Any

from homeassistant.config_entries import ConfigEntry, SubentryFlowResult
from homeassistant.const import ATTR_FRIENDLY_NAME
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.selector import TextSelector
import probatio

from .. import const as c
from ..workers import always_on
from . import checks, economics
from .schema import filled, flat, needed, number, optional, power_entity
from .worker_dialog import WorkerDialog


class AlwaysOnPages(WorkerDialog):
    """Tells what draws without ever being switched."""

    async def async_step_always_on(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask what it draws, and where its heat goes."""
        errors: checks.Errors = {}
        entry = self._get_entry()
        values = flat(user_input or {})
        if user_input is not None:
            errors = _errors(self.hass, entry.data, values)
            if not errors:
                self._title = values.pop(c.CONF_NAME, None) or self._name_of(values)
                watts = values.pop(c.CONF_WATTS)
                self._data = {}
                return await self._async_identified(
                    always_on.KIND.key, {**values, c.CONF_LEVELS_W: [watts]}
                )
        form = schema(entry, named=not self._is_change)
        return self.async_show_form(
            step_id="always_on",
            data_schema=filled(self, form, values or self._stored_always_on()),
            errors=errors,
            last_step=True,
        )

    def _stored_always_on(self) -> dict[str, Any]:
        stored = economics.known(self._get_entry(), self._known)
        if levels_w := stored.get(c.CONF_LEVELS_W):
            stored[c.CONF_WATTS] = levels_w[0]
        return stored

    def _name_of(self, values: Mapping[str, Any]) -> str:
        state = self.hass.states.get(values.get(c.CONF_POWER, ""))
        name = state.attributes.get(ATTR_FRIENDLY_NAME) if state else None
        return name or always_on.KIND.model


def schema(entry: ConfigEntry, *, named: bool) -> probatio.Schema:
    """Return the form; `named`: ask for a name too."""
    name_field = {optional(c.CONF_NAME): TextSelector()} if named else {}
    return probatio.Schema(
        {
            **name_field,
            needed(c.CONF_WATTS): number(0.1, 1_000_000, "W"),
            optional(c.CONF_POWER): power_entity(),
            **economics.places(entry),
            **economics.heat(),
        }
    )


def shares_device(hass: HomeAssistant, entry: ConfigEntry, entity_id: str) -> bool:
    """Tell whether a switch is the only one of a device that something always on has.

    A relay with several channels may have anything behind its others.
    """
    registry = er.async_get(hass)
    switch = registry.async_get(entity_id)
    if switch is None or switch.device_id is None:
        return False
    switches = [
        entity
        for entity in er.async_entries_for_device(registry, switch.device_id)
        if entity.domain == switch.domain and entity.entity_category is None
    ]
    powers = [
        registry.async_get(worker.data.get(c.CONF_POWER, ""))
        for worker in entry.get_subentries_of_type(c.SUBENTRY_WORKER)
        if worker.data[c.CONF_KIND] == always_on.KIND.key
    ]
    owned = any(power and power.device_id == switch.device_id for power in powers)
    return owned and len(switches) == 1


def _errors(
    hass: HomeAssistant, site: Mapping[str, Any], values: Mapping[str, Any]
) -> checks.Errors:
    return {
        **checks.not_finite(values),
        **checks.left_out(values, c.CONF_WATTS),
        **checks.each(hass, values, checks.power, (c.CONF_POWER,)),
        **checks.used_by_site(site, values, c.CONF_POWER),
    }
