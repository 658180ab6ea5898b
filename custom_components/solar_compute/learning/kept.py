"""The file in which is kept what was learned: versioned, small, one for every site.

One that cannot be read starts anew with a warning. It must never keep the integration
from starting.
"""

import logging

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError

from ..const import DOMAIN
from ..core.codec import from_json, to_json
from ..core.learned import VERSION, Learned
from ..versioned import VersionedStore

_LOGGER = logging.getLogger(__name__)

STORAGE_VERSION = 1


class LearnedStore:
    """What was learned of one config entry, on disk."""

    def __init__(self, hass: HomeAssistant, entry_id: str) -> None:
        """Name the file; nothing is read yet."""
        self._hass = hass
        self._store = VersionedStore(
            hass, STORAGE_VERSION, f"{DOMAIN}.{entry_id}.learned", atomic_writes=True
        )

    async def async_load(self) -> Learned:
        """Return what was kept, nothing where it cannot be read."""
        try:
            data = await self._store.async_load()
            if data is None:
                return Learned()
            learned = await self._hass.async_add_executor_job(from_json, Learned, data)
            if learned.version != VERSION:
                raise ValueError(f"version {learned.version}")
        except (
            HomeAssistantError,
            OSError,
            ValueError,
            KeyError,
            TypeError,
            AttributeError,
        ) as err:
            _LOGGER.warning("The home is learned anew: %s", err)
            return Learned()
        return learned

    async def async_save(self, learned: Learned) -> None:
        """Write it now."""
        data = await self._hass.async_add_executor_job(to_json, learned)
        await self._store.async_save(data)

    async def async_remove(self) -> None:
        """Delete the file."""
        await self._store.async_remove()
