"""Home Assistant's store, for files whose readers know how older versions looked."""

from typing import Any, override

from homeassistant.helpers.storage import Store


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
