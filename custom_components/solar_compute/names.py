"""What people call an entity. May read states; must never be used to find one."""

from collections.abc import Iterable

from homeassistant.core import HomeAssistant


def names_of(hass: HomeAssistant, entity_ids: Iterable[str]) -> str:
    """Return the entities' names in one line; the id of one that has no state."""
    states = ((entity_id, hass.states.get(entity_id)) for entity_id in entity_ids)
    return ", ".join(
        entity_id if state is None else state.name for entity_id, state in states
    )
