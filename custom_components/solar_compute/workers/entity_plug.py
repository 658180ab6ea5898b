"""A switch as what turns a worker on and off, which may be its power supply.

A computer that loses its power in the middle of its work may lose that work, or more.
So its software can be asked to pause first, and the power is cut some time after. May
call Home Assistant's actions; must never cut earlier, unless a safety guard says so.
"""

from dataclasses import dataclass
from datetime import datetime
import logging
from math import ceil
from typing import override

from homeassistant.core import CALLBACK_TYPE, HassJob, HomeAssistant
from homeassistant.helpers.event import async_call_later

from ..core.model import WorkerState
from .base import WorkerError, WorkerRefused
from .entity_control import PAUSED, Control, Shown, async_switch, async_trigger, is_on

_LOGGER = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plug:
    """A switch; `pause_first` is asked to pause `cut_delay_s` before it is turned off."""

    entity: str
    pause_first: str | None = None
    cut_delay_s: float = 0.0

    @property
    def entities(self) -> tuple[str, ...]:
        """Return the entities that it is made of."""
        first = () if self.pause_first is None else (self.pause_first,)
        return self.entity, *first


class PlugControl(Control):
    """Turns a switch on and off."""

    def __init__(self, hass: HomeAssistant, config: Plug) -> None:
        """Use the entities that were configured."""
        self._hass = hass
        self._config = config
        self._cut_at_s = 0.0
        self._cancel_cut: CALLBACK_TYPE | None = None

    @override
    async def async_shown(self) -> Shown:
        """Read the switch: on means running, or about to be cut off."""
        if not is_on(self._hass, self._config.entity):
            return PAUSED
        if self._cancel_cut is not None:
            return Shown(
                state=WorkerState.DRAINING, level=0, detail=self._about_to_be_cut()
            )
        return Shown(state=WorkerState.RUNNING, level=1)

    @override
    async def async_start(self, level: int) -> None:
        """Turn the switch on; not while what is behind it shuts down."""
        if self._cancel_cut is not None:
            raise WorkerRefused(self._about_to_be_cut())
        await async_switch(self._hass, self._config.entity, on=True)

    @override
    async def async_pause(self, *, urgent: bool) -> None:
        """Turn the switch off: at once, or some time after its software was asked."""
        config = self._config
        if urgent or config.pause_first is None:
            self.close()
            await async_switch(self._hass, config.entity, on=False)
            return
        if self._cancel_cut is not None or not is_on(self._hass, config.entity):
            return
        await async_trigger(self._hass, config.pause_first)
        self._cut_at_s = self._hass.loop.time() + config.cut_delay_s
        self._cancel_cut = async_call_later(
            self._hass,
            config.cut_delay_s,
            HassJob(self._async_cut, cancel_on_shutdown=True),
        )

    @override
    def close(self) -> None:
        """Cut no more: its software was asked, and whoever comes next begins anew."""
        if self._cancel_cut is not None:
            self._cancel_cut()
            self._cancel_cut = None

    async def _async_cut(self, _now: datetime) -> None:
        # What it failed to turn off shows as running again, and is asked once more.
        self._cancel_cut = None
        try:
            await async_switch(self._hass, self._config.entity, on=False)
        except WorkerError as err:
            _LOGGER.warning("%s was not turned off: %s", self._config.entity, err)

    def _about_to_be_cut(self) -> str:
        left_s = max(0.0, self._cut_at_s - self._hass.loop.time())
        return f"asked to pause; its power is cut in {ceil(left_s)} s"
