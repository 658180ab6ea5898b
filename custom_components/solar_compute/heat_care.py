"""What is done about heat besides running workers, after every decision.

Backup heaters are asked to wait (`backup_wait`), and people are reminded of heating a
tank through (`hygiene`). Nothing that goes wrong here may stop the loop.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
import logging
from typing import Any

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HassJob, HomeAssistant, callback

from .backup_wait import BackupWait, async_give_all_back
from .clock import Clock
from .configured_heat import TankConfig
from .core.hygiene import HygieneWatch
from .core.model import Decision
from .core.wait import Asked
from .heat_issues import HeatIssue, clear_heat_issues
from .hygiene import Hygiene

_LOGGER = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredCare:
    """What survives a restart: backups that were asked to wait, and watched tanks."""

    asked: Mapping[str, Asked] = field(default_factory=dict)
    watched: Mapping[str, HygieneWatch] = field(default_factory=dict)


class HeatCare:
    """The backups and the hygiene of one site's tanks."""

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry[Any],
        tanks: tuple[TankConfig, ...],
        *,
        stored: StoredCare,
        clock: Clock,
        save: Callable[[], Awaitable[None]],
    ) -> None:
        """Go on from what was stored; `save` writes what `to_store` returns."""
        self._wait = BackupWait(
            hass, entry, tanks, asked=stored.asked, clock=clock, save=save
        )
        self._hygiene = Hygiene(
            hass, entry, tanks, watched=stored.watched, clock=clock, save=save
        )
        entry.async_on_unload(
            # While integrations can still be told anything.
            hass.async_add_shutdown_job(HassJob(self.async_close))
        )

    @callback
    def follow(self, decision: Decision | None) -> None:
        """Do what a decision makes right; None: no decision could be made."""
        try:
            if decision is not None:
                self._hygiene.follow(decision)
            due = [key for key, is_due in self._hygiene.due.items() if is_due]
            self._wait.follow(decision, due)
        except Exception:
            _LOGGER.exception("Backup heaters and reminders are not looked after")

    async def async_close(self) -> None:
        """Give every backup its set-point back."""
        await self._wait.async_restore()

    def to_store(self) -> StoredCare:
        """Return what survives a restart, as it is now."""
        return StoredCare(
            asked=dict(self._wait.asked), watched=dict(self._hygiene.watched)
        )

    def is_due(self, tank: str) -> bool | None:
        """Tell whether a tank should be heated through; None: nobody knows or cares."""
        return self._hygiene.due.get(tank)


async def async_end_care(
    hass: HomeAssistant, entry_id: str, stored: StoredCare
) -> None:
    """Give back what is left, and take all reminders back: the entry goes for good."""
    clear_heat_issues(hass, HeatIssue.TANK_NOT_HOT, entry_id, keep=())
    await async_give_all_back(hass, entry_id, stored.asked)
