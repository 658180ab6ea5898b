"""A home whose time passes as it does, with one worker behind a client or a service."""

import asyncio
from collections.abc import Callable, Mapping
from typing import Any

from homeassistant.core import HomeAssistant

from custom_components.solar_compute.flow_view import WorkerView

from .common import home, meter

HURRY: dict[str, Any] = {
    "tick_s": 0.2,
    "debounce_s": 0.05,
    "command_timeout_s": 2.0,
    "retry_first_s": 0.2,
    "retry_longest_s": 0.5,
    "publish_s": 0.0,
}
"""Options of a home that decides several times a second, and waits for nobody."""


class LiveHome:
    """The home, its worker as it is seen, and the sun that the meter shows."""

    def __init__(self, hass: HomeAssistant, worker: Mapping[str, Any]) -> None:
        self.hass = hass
        self.entry = home(worker, **HURRY)
        self._worker = worker["subentry_id"]

    @property
    def view(self) -> WorkerView:
        """What is known of the worker."""
        view: WorkerView = self.entry.runtime_data.data.flows[self._worker]
        return view

    @property
    def draw_w(self) -> float:
        """What the worker draws now."""
        raise NotImplementedError

    async def until(self, sun_w: float, what: Callable[[], bool]) -> None:
        """Let the sun shine until something is so."""
        async with asyncio.timeout(60):
            while not what():
                meter(self.hass, self.draw_w - sun_w)
                await asyncio.sleep(0.1)
