"""What a heater was set to before we changed it, on disk until it is given back.

One file for all heaters, gone when there is nothing in it. May use Home Assistant's
storage; must never talk to a heater.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from math import isfinite
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.storage import Store
from homeassistant.util.hass_dict import HassKey

from ..const import DOMAIN
from .base import WorkerRefused

STORAGE_VERSION = 1
STORAGE_KEY = f"{DOMAIN}.heaters"

_PHASE = "phase"


class Phase(StrEnum):
    """How far a heater has come that is not at its own settings."""

    ASKED = "asked"
    """It was asked to take ours and does not show them yet, or is being given its own."""
    TAKEN = "taken"
    """It has shown ours: whoever changes them now is somebody else."""
    GIVEN = "given"
    """It was given its own back, and does not show them yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What a heater is set to, temperatures in the unit of the user."""

    mode: str
    temperature: float | None = None
    low: float | None = None
    high: float | None = None
    preset: str | None = None


class _File:
    """The file, read once."""

    def __init__(self, hass: HomeAssistant) -> None:
        self._store: Store[dict[str, Any]] = Store(hass, STORAGE_VERSION, STORAGE_KEY)
        self._read: dict[str, Any] | None = None

    @property
    def entries(self) -> dict[str, Any]:
        """All that is kept; nothing until it was read."""
        return {} if self._read is None else self._read

    async def async_load(self) -> None:
        if self._read is not None:
            return
        found = await self._store.async_load()
        if self._read is None:
            self._read = found if isinstance(found, dict) else {}

    async def async_save(self) -> None:
        if self.entries:
            await self._store.async_save(dict(self.entries))
        else:
            await self._store.async_remove()


FILE: HassKey[_File] = HassKey(f"{DOMAIN}.heaters")


class Kept:
    """What is kept of one heater, whatever it is called by now."""

    def __init__(self, hass: HomeAssistant, entity_id: str) -> None:
        """Nothing is known before `async_load`."""
        self._file = hass.data.setdefault(FILE, _File(hass))
        registered = er.async_get(hass).async_get(entity_id)
        self._key = entity_id if registered is None else registered.id

    async def async_load(self) -> None:
        """Read what is on disk, once."""
        await self._file.async_load()

    @property
    def phase(self) -> Phase | None:
        """How far it has come; None while it is at its own settings."""
        try:
            return Phase(self._entry[_PHASE])
        except KeyError, ValueError:
            return None

    @property
    def settings(self) -> Settings | None:
        """What it was set to before; None where nothing is kept."""
        entry = self._entry
        if self.phase is None or not isinstance(mode := entry.get("mode"), str):
            return None
        preset = entry.get("preset")
        return Settings(
            mode=mode,
            temperature=_number(entry.get("temperature")),
            low=_number(entry.get("low")),
            high=_number(entry.get("high")),
            preset=preset if isinstance(preset, str) else None,
        )

    async def async_keep(self, settings: Settings) -> None:
        """Write down what it is set to, before anything is asked of it.

        Raises WorkerRefused where that fails: then it must not be changed.
        """
        self._file.entries[self._key] = {**asdict(settings), _PHASE: Phase.ASKED.value}
        try:
            await self._file.async_save()
        except (HomeAssistantError, OSError, ValueError, TypeError) as err:
            del self._file.entries[self._key]
            raise WorkerRefused(f"its own settings cannot be kept: {err}") from err

    async def async_note(self, phase: Phase) -> None:
        """Write down how far it has come."""
        await self._change({**self._entry, _PHASE: phase.value})

    async def async_forget(self) -> None:
        """Note that it is at its own settings, or at somebody else's."""
        await self._change(None)

    async def _change(self, entry: Mapping[str, Any] | None) -> None:
        """Change the entry; what is on disk already will do where that fails."""
        if entry is None:
            self._file.entries.pop(self._key, None)
        else:
            self._file.entries[self._key] = dict(entry)
        try:
            await self._file.async_save()
        except HomeAssistantError, OSError, ValueError, TypeError:
            return

    @property
    def _entry(self) -> Mapping[str, Any]:
        entry = self._file.entries.get(self._key)
        return entry if isinstance(entry, dict) else {}


def _number(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if isfinite(value) else None
