"""What a person sets of a site, and that it is acted on at once.

The half of the coordinator that entities and actions call. It keeps values only; what
they lead to is decided in the next decision, which is made at once.
"""

from abc import abstractmethod
from dataclasses import replace
from typing import Any

from .configured import Configuration
from .controls import RoomControls, WorkerControls
from .core.learned import forgotten
from .core.memory import Memory
from .core.model import Mode, Override
from .core.shadow import paused_anew
from .core.spec import RoomPreset
from .foresight import Foresight
from .runtime import Runtime
from .store import Stored


class SiteWishes:
    """A person's settings of one site: automation, workers, rooms, guards."""

    automation: bool
    shadow: bool
    controls: dict[str, WorkerControls]
    rooms: dict[str, RoomControls]
    _rearmed_s: dict[str, float]
    configuration: Configuration
    _memory: Memory
    _runtime: Runtime
    foresight: Foresight

    def _recall(self, stored: Stored) -> None:
        """Go on from what a person had set, as far as it is of this configuration."""
        configuration = self.configuration
        self.automation = stored.automation
        self.shadow = stored.shadow
        self.controls = {
            worker.key: stored.controls.get(worker.key, WorkerControls())
            for worker in configuration.workers
        }
        self.rooms = {
            room.key: stored.rooms.get(room.key, RoomControls())
            for room in configuration.rooms
        }
        self._rearmed_s = {
            guard.key: stored.rearmed_s[guard.key]
            for guard in configuration.guards
            if guard.key in stored.rearmed_s
        }

    async def async_set_automation(self, on: bool) -> None:
        """Let Solar Compute decide, or pause all but a person's overrides."""
        self.automation = on
        self._apply_wish()

    async def async_set_shadow(self, on: bool) -> None:
        """Command nothing any more, or begin to, with every worker paused."""
        if on != self.shadow:
            self.shadow = on
            self._memory = paused_anew(
                self.configuration.spec, self._memory, self._runtime.clock.now_s()
            )
            self._apply_wish()

    async def async_forget(self) -> None:
        """Forget what was learned of this home; settings and counters stay."""
        self._memory = forgotten(self._memory)
        await self.foresight.async_forget()
        self._apply_wish()

    async def async_set_mode(self, key: str, mode: Mode) -> None:
        """Set a person's standing wish for a worker; it ends their override."""
        self._control(key, mode=mode, override=None)

    async def async_override(
        self,
        key: str,
        *,
        run: bool,
        duration_s: float | None = None,
        level: int | None = None,
    ) -> None:
        """Have a worker run or pause for a while (None: as long as its setting says)."""
        if duration_s is None:
            duration_s = self.controls[key].override_duration_s
        until_s = self._runtime.clock.now_s() + duration_s
        self._control(key, override=Override(run=run, until_s=until_s, level=level))

    async def async_clear_override(self, key: str) -> None:
        """Give a worker back to its mode."""
        self._control(key, override=None)

    async def async_set_compute_value(self, key: str, value_per_kwh: float) -> None:
        """Set what a worker's results are worth per kWh."""
        self._control(key, value_per_kwh=value_per_kwh)

    async def async_set_override_duration(self, key: str, duration_s: float) -> None:
        """Set how long the run and pause buttons of a worker act."""
        self._control(key, override_duration_s=duration_s)

    async def async_set_room(
        self,
        key: str,
        *,
        target_c: float | None = None,
        heating: bool | None = None,
        preset: RoomPreset | None = None,
    ) -> None:
        """Set what a person wants of a room without a thermostat; None: as it was."""
        given = {"target_c": target_c, "heating": heating, "preset": preset}
        changes: Any = {name: new for name, new in given.items() if new is not None}
        self.rooms[key] = replace(self.rooms[key], **changes)
        self._apply_wish()

    async def async_rearm_guard(self, key: str) -> None:
        """Let a guard that tripped go, once what it guards against is over."""
        self._rearmed_s[key] = self._runtime.clock.now_s()
        self._apply_wish()

    @abstractmethod
    def _apply_wish(self) -> None:
        """Keep what a person has set, and act on it at once."""

    def _end_overrides(self, clock_s: float) -> None:
        """Give workers back to their mode whose time has run out."""
        for key, controls in self.controls.items():
            if controls.override is not None and controls.override.until_s <= clock_s:
                self.controls[key] = replace(controls, override=None)

    def _control(self, key: str, **changes: Any) -> None:
        self.controls[key] = replace(self.controls[key], **changes)
        self._apply_wish()
