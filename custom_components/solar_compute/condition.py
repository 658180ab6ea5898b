"""Conditions: whether workers run, are worth it or live on sun, without templates.

Thin over our own binary sensors. Must never compute anything.
"""

from typing import override

from homeassistant.components.binary_sensor.const import DOMAIN as BINARY_SENSOR
from homeassistant.const import STATE_OFF, STATE_ON
from homeassistant.core import HomeAssistant
from homeassistant.helpers.automation import DomainSpec
from homeassistant.helpers.condition import Condition, EntityStateConditionBase

from .const import HEAT_NEEDED, PURE_SURPLUS, RUNNING, TRIPPED, WORTH_RUNNING
from .own_entities import own_entities

BINARY_SENSORS = {BINARY_SENSOR: DomainSpec()}


class _StateCondition(EntityStateConditionBase):
    """A binary sensor of ours is in one state."""

    _domain_specs = BINARY_SENSORS
    _key: str

    @override
    def entity_filter(self, entities: set[str]) -> set[str]:
        """Leave the sensors that this is about."""
        return own_entities(self._hass, super().entity_filter(entities), self._key)


def _is(key: str, state: str = STATE_ON) -> type[Condition]:
    return type("StateCondition", (_StateCondition,), {"_key": key, "_states": {state}})


CONDITIONS: dict[str, type[Condition]] = {
    "is_running": _is(RUNNING),
    "is_paused": _is(RUNNING, STATE_OFF),
    "is_worth_running": _is(WORTH_RUNNING),
    "is_on_pure_surplus": _is(PURE_SURPLUS),
    "heat_is_needed": _is(HEAT_NEEDED),
    "guard_is_tripped": _is(TRIPPED),
}


async def async_get_conditions(hass: HomeAssistant) -> dict[str, type[Condition]]:
    """Return our conditions, by name."""
    return CONDITIONS
