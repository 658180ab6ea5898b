"""Finds our own entities among those that an automation aims at.

For triggers and conditions: entity ids are the user's to change, so ours are known by
what the registry keeps of them.
"""

from collections.abc import Set as AbstractSet

from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er

from .const import DOMAIN


def own_entities(
    hass: HomeAssistant, entity_ids: AbstractSet[str], key: str
) -> set[str]:
    """Return which of the entities are ours and have that translation key."""
    registry = er.async_get(hass)
    return {
        entity_id
        for entity_id in entity_ids
        if (entry := registry.async_get(entity_id)) is not None
        and entry.platform == DOMAIN
        and entry.translation_key == key
    }
