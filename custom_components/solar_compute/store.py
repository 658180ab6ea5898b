"""What survives a restart: counters, timers, a person's settings, command numbers.

Written every minute while running, at once after a person's change, and on stop. Every
part is read on its own: one that cannot be read starts anew with a warning, the others
go on. It must never keep the integration from starting.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, replace
import logging
from typing import Any

from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError

from .clock import ClockMark
from .const import DOMAIN
from .controls import RoomControls, WorkerControls
from .core.codec import from_json, to_json
from .core.job import JobBook, JobState
from .core.ledger import Ledger
from .core.memory import MeanDay, Memory
from .core.tidings import Heard
from .heat_care import StoredCare
from .site_issues import SiteIssue, raise_issue
from .versioned import VersionedStore

_LOGGER = logging.getLogger(__name__)

STORAGE_VERSION = 1
STORAGE_MINOR_VERSION = 1
SAVE_EVERY_S = 60.0
SAVE_SOON_S = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """All that survives a restart.

    `generations`: each worker's last command number. `rearmed_s`: when a person re-armed
    which guard last. `shadow_ledger` is what shadow mode would have cost and brought,
    `rest` what the home has left beyond the forecast of the sun, `heard` what that said
    last and since when, `owed` the workers that
    shadow mode has still to pause.
    """

    clock: ClockMark | None = None
    memory: Memory = field(default_factory=Memory)
    ledger: Ledger = field(default_factory=Ledger)
    controls: Mapping[str, WorkerControls] = field(default_factory=dict)
    rooms: Mapping[str, RoomControls] = field(default_factory=dict)
    rearmed_s: Mapping[str, float] = field(default_factory=dict)
    generations: Mapping[str, int] = field(default_factory=dict)
    care: StoredCare = field(default_factory=StoredCare)
    rest: MeanDay = field(default_factory=MeanDay)
    heard: Heard | None = None
    jobs: JobBook = field(default_factory=JobBook)
    automation: bool = True
    shadow: bool = False
    owed: tuple[str, ...] = ()
    shadow_ledger: Ledger = field(default_factory=Ledger)


class SiteStore:
    """The file of one config entry."""

    def __init__(self, hass: HomeAssistant, entry_id: str) -> None:
        """Name the file; nothing is read yet."""
        self._store = VersionedStore(
            hass,
            STORAGE_VERSION,
            f"{DOMAIN}.{entry_id}",
            minor_version=STORAGE_MINOR_VERSION,
            atomic_writes=True,
        )

    async def async_load(self, first: Stored = Stored()) -> Stored:
        """Return what was stored, as far as it can be read; `first`, where nothing was."""
        try:
            data = await self._store.async_load()
        except (HomeAssistantError, OSError, ValueError, KeyError, TypeError) as err:
            _LOGGER.warning("Counters and timers start anew: %s", err)
            return self._without_settings(Stored())
        if data is None:
            return first
        stored, unread = _readable(data)
        if unread & {"automation", "controls", "rooms", "shadow"}:
            return self._without_settings(stored)
        return stored

    @callback
    def _without_settings(self, stored: Stored) -> Stored:
        """Start nothing: a person's «off» may be among what cannot be read."""
        raise_issue(self._store.hass, SiteIssue.SETTINGS_LOST)
        return replace(stored, automation=False)

    @callback
    def save_soon(self, current: Callable[[], Stored]) -> None:
        """Write in a moment, and once for several changes."""
        self._store.async_delay_save(lambda: _as_data(current()), SAVE_SOON_S)

    async def async_save(self, stored: Stored) -> None:
        """Write now."""
        await self._store.async_save(_as_data(stored))

    async def async_remove(self) -> None:
        """Delete the file."""
        await self._store.async_remove()


def _as_data(stored: Stored) -> dict[str, Any]:
    data: dict[str, Any] = to_json(stored)
    return data


def _readable(data: Any) -> tuple[Stored, set[str]]:
    """Return what can be read, and the names of the parts that cannot."""
    if not isinstance(data, dict):
        _LOGGER.warning("Counters and timers start anew: the store holds no object")
        return Stored(), {part.name for part in fields(Stored)}
    parts: dict[str, Any] = {}
    unread: set[str] = set()
    for part in fields(Stored):
        if part.name not in data:
            continue
        try:
            alone = from_json(Stored, {part.name: data[part.name]})
        except (TypeError, ValueError, KeyError, AttributeError) as err:
            _LOGGER.warning(
                "Stored %s cannot be read and starts anew: %s", part.name, err
            )
            unread.add(part.name)
        else:
            parts[part.name] = getattr(alone, part.name)
    stored = Stored(**parts)
    return (_without_times(stored) if stored.clock is None else stored), unread


def _without_times(stored: Stored) -> Stored:
    """Forget all that hangs on a clock which is lost, or an override would never end.

    Jobs whose deadline nobody knows any more are missed, and can be seen as that.
    """
    return replace(
        stored,
        memory=Memory(),
        rearmed_s={},
        heard=None,
        care=replace(stored.care, watched={}),
        jobs=JobBook(
            jobs=tuple(
                replace(job, state=JobState.MISSED, ended_s=0.0)
                if job.is_open
                else replace(job, ended_s=0.0)
                for job in stored.jobs.jobs
            )
        ),
        controls={
            key: replace(controls, override=None)
            for key, controls in stored.controls.items()
        },
    )
