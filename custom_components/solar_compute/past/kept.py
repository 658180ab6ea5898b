"""The file in which a home's past is kept: versioned, bounded, one for every site.

A file that cannot be read starts anew with a warning. It must never keep the
integration from starting.
"""

from dataclasses import dataclass
import logging
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError

from ..const import DOMAIN
from ..core.codec import from_json, to_json
from ..core.gather import Gathering
from ..core.history import History
from ..core.history_codec import decode, encode
from ..versioned import VersionedStore

_LOGGER = logging.getLogger(__name__)

STORAGE_VERSION = 1

STEP_S = 300
"""How long each interval lasts. They begin at whole multiples of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A past, and the interval that was open when it was written.

    `forgotten_s` is when a person had it forgotten (Unix time): nothing from before is
    asked of the recorder again.
    """

    history: History | None = None
    gathering: Gathering | None = None
    forgotten_s: float = 0.0


class PastStore:
    """The past of one config entry on disk."""

    def __init__(self, hass: HomeAssistant, entry_id: str) -> None:
        """Name the file; nothing is read yet."""
        self._hass = hass
        self._store = VersionedStore(
            hass, STORAGE_VERSION, f"{DOMAIN}.{entry_id}.past", atomic_writes=True
        )

    async def async_load(self) -> Kept:
        """Return what was kept, nothing where it cannot be read."""
        try:
            data = await self._store.async_load()
            if data is None:
                return Kept()
            return await self._hass.async_add_executor_job(_read, data)
        except (
            HomeAssistantError,
            OSError,
            ValueError,
            KeyError,
            TypeError,
            AttributeError,
        ) as err:
            _LOGGER.warning("The past of the home is gathered anew: %s", err)
            return Kept()

    async def async_save(self, kept: Kept) -> None:
        """Write it now."""
        data = await self._hass.async_add_executor_job(_written, kept)
        await self._store.async_save(data)

    async def async_remove(self) -> None:
        """Delete the file."""
        await self._store.async_remove()


def _read(data: dict[str, Any]) -> Kept:
    history, gathering = data["history"], data["gathering"]
    kept = Kept(
        history=None if history is None else decode(history),
        gathering=None if gathering is None else from_json(Gathering, gathering),
        forgotten_s=float(data.get("forgotten_s", 0.0)),
    )
    _check(kept)
    return kept


def _check(kept: Kept) -> None:
    """Refuse what would not fit what comes: it would fail at every decision."""
    history, gathering = kept.history, kept.gathering
    if history is not None and (history.step_s, history.start_s % STEP_S) != (
        STEP_S,
        0,
    ):
        raise ValueError("a past on another grid")
    if gathering is not None:
        same = gathering.sums.keys() == gathering.seconds.keys()
        if not same or gathering.start_s % STEP_S != 0:
            raise ValueError("an interval that does not fit")


def _written(kept: Kept) -> dict[str, Any]:
    return {
        "history": None if kept.history is None else encode(kept.history),
        "gathering": to_json(kept.gathering),
        "forgotten_s": kept.forgotten_s,
    }
