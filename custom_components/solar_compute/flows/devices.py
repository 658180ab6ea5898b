"""Proposes which entities of a device switch, limit and measure it.

Knows how hass-miner names its entities; of any other device it goes by domains, units
and device classes. May read states and registries; must never decide: what it proposes
is shown in a form before it is stored.
"""

from collections.abc import Iterable
from typing import Any

from homeassistant.const import CONF_NAME
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr, entity_registry as er

from .. import const as c, units
from . import checks
from .numbers import listed

HASS_MINER = "miner"
_OF_HASS_MINER = {
    "switch": "-active",
    "number": "-power_limit",
    "sensor": "-miner_consumption",
}
"""How the unique ids of hass-miner's entities end: to mine, its limit, what it draws."""

_PAUSED_OPTIONS = frozenset({"sleep", "off", "stop", "stopped", "paused", "idle"})
_OUTLET = "outlet"
_POWER = "power"
_LIMIT = "limit"


def proposed(hass: HomeAssistant, device_id: str) -> dict[str, Any]:
    """Return what the form is filled in with; empty where nothing can be switched."""
    entities = [
        entity
        for entity in er.async_entries_for_device(er.async_get(hass), device_id)
        if entity.disabled_by is None
    ]
    control = _switch(entities) or _choice(hass, entities)
    if control is None:
        return {}
    number, power = _limit(hass, entities), _power(hass, entities)
    is_switch = control.domain == "switch"
    device = dr.async_get(hass).async_get(device_id)
    found: dict[str, Any] = {
        c.CONF_SWITCH: control.entity_id,
        c.CONF_POWER: None if power is None else power.entity_id,
        CONF_NAME: None if device is None else device.name_by_user or device.name,
    }
    if is_switch and number is not None:
        limit_w = units.number(hass.states.get(number.entity_id))
        found[c.CONF_NUMBER] = number.entity_id
        found[c.CONF_LEVELS_W] = None if limit_w is None else listed([limit_w])
    plug = is_switch and power is not None and number is None
    by_software = control.platform == HASS_MINER
    found[c.CONF_CUTS_POWER] = not by_software and (plug or is_outlet(hass, control))
    return found


def is_outlet(hass: HomeAssistant, entity: er.RegistryEntry) -> bool:
    """Tell whether a switch says that it is a power outlet."""
    return _class_of(entity) == _OUTLET


def cuts_power(hass: HomeAssistant, entity_id: str) -> bool:
    """Tell whether an entity says that it is a power outlet, registered or not."""
    registered = er.async_get(hass).async_get(entity_id)
    state = hass.states.get(entity_id)
    shown = None if state is None else state.attributes.get("device_class")
    return shown == _OUTLET or (registered is not None and is_outlet(hass, registered))


def _switch(entities: Iterable[er.RegistryEntry]) -> er.RegistryEntry | None:
    """Return what lets it run; not what sets up the device itself."""
    switches = _of(entities, "switch")
    main = [entity for entity in switches if entity.entity_category is None]
    return _first(
        _named_by_hass_miner(main) or main,
        key=lambda entity: (_class_of(entity) != _OUTLET, entity.entity_id),
    )


def _choice(
    hass: HomeAssistant, entities: Iterable[er.RegistryEntry]
) -> er.RegistryEntry | None:
    """Return a choice with an option for paused, where there is no switch."""

    def pauses(entity: er.RegistryEntry) -> bool:
        state = hass.states.get(entity.entity_id)
        options = () if state is None else state.attributes.get("options") or ()
        return any(str(option).casefold() in _PAUSED_OPTIONS for option in options)

    choices = [entity for entity in _of(entities, "select") if pauses(entity)]
    return _first(choices, key=lambda entity: (entity.entity_id,))


def _limit(
    hass: HomeAssistant, entities: Iterable[er.RegistryEntry]
) -> er.RegistryEntry | None:
    numbers = [
        entity
        for entity in _of(entities, "number")
        if checks.unit_of(hass, entity.entity_id) == "W"
    ]
    return _first(
        _named_by_hass_miner(numbers) or numbers,
        key=lambda entity: (_LIMIT not in entity.entity_id, entity.entity_id),
    )


def _power(
    hass: HomeAssistant, entities: Iterable[er.RegistryEntry]
) -> er.RegistryEntry | None:
    """Return what it draws; a limit is in W as well, and measures nothing."""
    sensors = [
        entity
        for entity in _of(entities, "sensor")
        if units.is_power(checks.unit_of(hass, entity.entity_id))
        and _LIMIT not in entity.unique_id.casefold()
        and _LIMIT not in entity.entity_id
    ]
    return _first(
        _named_by_hass_miner(sensors) or sensors,
        key=lambda entity: (_class_of(entity) != _POWER, entity.entity_id),
    )


def _of(entities: Iterable[er.RegistryEntry], domain: str) -> list[er.RegistryEntry]:
    return [entity for entity in entities if entity.domain == domain]


def _named_by_hass_miner(
    entities: Iterable[er.RegistryEntry],
) -> list[er.RegistryEntry]:
    return [
        entity
        for entity in entities
        if entity.platform == HASS_MINER
        and entity.unique_id.endswith(_OF_HASS_MINER[entity.domain])
    ]


def _first(
    entities: Iterable[er.RegistryEntry], *, key: Any
) -> er.RegistryEntry | None:
    return min(entities, key=key, default=None)


def _class_of(entity: er.RegistryEntry) -> str | None:
    return entity.device_class or entity.original_device_class
