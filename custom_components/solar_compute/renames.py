"""Follows entities that are renamed: the configuration goes on pointing at them.

May write to the config entry, exactly the ids that changed. A change of the entry
reloads it, which is why whoever holds on to an id is told first.
"""

from collections.abc import Callable, Iterable

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import Event, HomeAssistant, callback
from homeassistant.helpers.entity_registry import EventEntityRegistryUpdatedData
from homeassistant.helpers.event import async_track_entity_registry_updated_event

from .configuration import renamed


@callback
def follow_renames(
    hass: HomeAssistant,
    entry: ConfigEntry,
    entity_ids: Iterable[str],
    on_rename: Callable[[str, str], None],
) -> Callable[[], None]:
    """Call `on_rename(old, new)`, then correct the entry; returns the end."""

    @callback
    def on_event(event: Event[EventEntityRegistryUpdatedData]) -> None:
        if event.data["action"] == "update" and "old_entity_id" in event.data:
            old, new = event.data["old_entity_id"], event.data["entity_id"]
            on_rename(old, new)
            _correct(hass, entry, old, new)

    return async_track_entity_registry_updated_event(hass, entity_ids, on_event)


def _correct(hass: HomeAssistant, entry: ConfigEntry, old: str, new: str) -> None:
    for subentry in tuple(entry.subentries.values()):
        hass.config_entries.async_update_subentry(
            entry, subentry, data=renamed(subentry.data, old, new)
        )
    hass.config_entries.async_update_entry(
        entry,
        data=renamed(entry.data, old, new),
        options=renamed(entry.options, old, new),
    )
