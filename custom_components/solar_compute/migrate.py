"""Brings the stored data of an older release up to date.

A newer minor version only adds what an older release can ignore, so it loads; a
newer major version is refused. May write to the entry; must never lose a setting.
"""

from collections.abc import Callable
import logging
from typing import Any, Final

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant

from . import const as c

_LOGGER = logging.getLogger(__name__)

VERSION: Final = 1
MINOR_VERSION: Final = 1


def _to_1_1(data: dict[str, Any]) -> dict[str, Any]:
    """State what was implied: a battery is there if it has a sensor."""
    return {
        c.CONF_GRID_INVERTED: False,
        c.CONF_HAS_BATTERY: bool(data.get(c.CONF_BATTERY_POWER)),
        **data,
    }


_STEPS: Final[dict[int, Callable[[dict[str, Any]], dict[str, Any]]]] = {1: _to_1_1}
"""What brings entry data to each minor version from the one before."""


async def async_migrate_entry(hass: HomeAssistant, entry: ConfigEntry) -> bool:
    """Bring an entry up to date; False where it comes from a newer major version."""
    if entry.version != VERSION:
        _LOGGER.error(
            "The configuration was written by a newer release of Solar Compute"
            " (version %s.%s, this one reads %s.x); please update",
            entry.version,
            entry.minor_version,
            VERSION,
        )
        return False
    data = dict(entry.data)
    for minor_version in range(entry.minor_version + 1, MINOR_VERSION + 1):
        data = _STEPS[minor_version](data)
    if entry.minor_version < MINOR_VERSION:
        hass.config_entries.async_update_entry(
            entry, data=data, minor_version=MINOR_VERSION
        )
    return True
