"""Files in which something is kept beside the settings, and how older ones are read.

Their readers know how older versions looked. A file that cannot be read starts anew with
a warning: it must never keep the integration from starting.
"""

from asyncio import Lock
from collections.abc import Callable
from dataclasses import dataclass
import logging
from typing import Any, override

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.storage import Store

from .const import DOMAIN

_LOGGER = logging.getLogger(__name__)

STORAGE_VERSION = 1


class VersionedStore(Store[dict[str, Any]]):
    """A store that leaves it to its reader whether another version can be understood."""

    @override
    async def _async_migrate_func(
        self,
        old_major_version: int,
        old_minor_version: int,
        old_data: dict[str, Any],
    ) -> dict[str, Any]:
        """Take data of another version as it is."""
        return old_data


@dataclass(frozen=True, slots=True, kw_only=True)
class Form[KeptT]:
    """What is kept in a file of every entry, and how it is written.

    `name` is the last part of the file's name. `read` may raise ValueError, KeyError,
    TypeError or AttributeError on what it cannot understand; then `nothing` was kept,
    and the log begins with `anew`. Both `read` and `written` run in the executor.
    """

    name: str
    nothing: Callable[[], KeptT]
    read: Callable[[dict[str, Any]], KeptT]
    written: Callable[[KeptT], dict[str, Any]]
    anew: str


class KeptFile[KeptT]:
    """What is kept of one config entry, on disk."""

    def __init__(self, hass: HomeAssistant, entry_id: str, form: Form[KeptT]) -> None:
        """Name the file; nothing is read yet."""
        self._hass = hass
        self._form = form
        self._saving = Lock()
        self._store = VersionedStore(
            hass,
            STORAGE_VERSION,
            f"{DOMAIN}.{entry_id}.{form.name}",
            atomic_writes=True,
        )

    async def async_load(self) -> KeptT:
        """Return what was kept, nothing where it cannot be read."""
        try:
            data = await self._store.async_load()
            if data is None:
                return self._form.nothing()
            return await self._hass.async_add_executor_job(self._form.read, data)
        except (
            HomeAssistantError,
            OSError,
            ValueError,
            KeyError,
            TypeError,
            AttributeError,
        ) as err:
            _LOGGER.warning("%s: %s", self._form.anew, err)
            return self._form.nothing()

    async def async_save(self, kept: KeptT) -> None:
        """Write it now, after what was to be written before.

        Else what takes long would come back after it was forgotten.
        """
        async with self._saving:
            data = await self._hass.async_add_executor_job(self._form.written, kept)
            await self._store.async_save(data)

    async def async_remove(self) -> None:
        """Delete the file."""
        await self._store.async_remove()
