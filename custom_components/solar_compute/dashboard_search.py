"""Looks whether any dashboard shows this integration: its card, or one of its entities.

What dashboards hold has no public interface, and may be anything. May read; must never
raise.
"""

import logging

from homeassistant.components.lovelace.const import LOVELACE_DATA, ConfigNotFound
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.json import json_bytes

_LOGGER = logging.getLogger(__name__)

OURS = b'"custom:solar-compute'
"""How the types of the card and of the dashboard begin."""


async def async_is_shown(
    hass: HomeAssistant, entry_id: str | None = None
) -> bool | None:
    """Tell whether a dashboard has our card, or an entity of the entry.

    None where nobody can tell: without dashboards, or if they are kept in another way.
    """
    try:
        wanted = [OURS, *_entities(hass, entry_id)]
        for dashboard in tuple(hass.data[LOVELACE_DATA].dashboards.values()):
            try:
                config = await dashboard.async_load(False)
            except ConfigNotFound:
                continue
            text = await hass.async_add_executor_job(json_bytes, config)
            if any(one in text for one in wanted):
                return True
    except Exception:
        _LOGGER.debug("Cannot tell what the dashboards show", exc_info=True)
        return None
    return False


def _entities(hass: HomeAssistant, entry_id: str | None) -> list[bytes]:
    if entry_id is None:
        return []
    entries = er.async_entries_for_config_entry(er.async_get(hass), entry_id)
    return [f'"{entry.entity_id}"'.encode() for entry in entries]
