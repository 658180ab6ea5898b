"""A home at the mercy of the tests: meters, a worker in memory, time that passes.

With the `freezer` fixture even the event loop's clock stands still, so that minutes
pass in no time and always in the same way.
"""

import asyncio
from collections.abc import Callable, Mapping
from typing import Any, override

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.solar_compute.clock import Clock
from custom_components.solar_compute.const import DOMAIN
from custom_components.solar_compute.core.model import WorkerState
from custom_components.solar_compute.workers.base import (
    Backend,
    Capabilities,
    WorkerAuthFailed,
    WorkerBehind,
    WorkerError,
    WorkerHeldByOther,
    WorkerMismatch,
    WorkerNotTrusted,
    WorkerStatus,
    WorkerUnreachable,
)

ENTRY = "the_home"
GRID = "sensor.grid"

AT_ONCE = {
    "start_cost": 0.0,
    "min_run_s": 0.0,
    "min_pause_s": 0.0,
    "settle_s": 0.0,
}
"""A worker whose switching costs nothing: it runs if and only if it is worth it now."""


class BoxInMemory(Backend):
    """A worker that obeys like the companion service, unless it is told to misbehave.

    `silent` answers nothing, `deaf` confirms nothing, `hangs` never comes back,
    `saves` goes on until it has saved its work unless a pause is urgent, and `refusal` is what it says to every command (to everything, where that would be so).
    `told` is all that it was told.
    """

    def __init__(self, *, lease_s: float | None = 120.0) -> None:
        self.lease_s = lease_s
        self.level = 0
        self.generation = 0
        self.holder: str | None = None
        self.cause = "commanded"
        self.detail = ""
        self.levels_w: tuple[float, ...] | None = None
        self.silent = False
        self.deaf = False
        self.hangs = False
        self.saves = False
        self.draining = False
        self.refusal: WorkerError | None = None
        self.told: list[str] = []
        self.asked = 0
        self.at_once = 0
        self.most_at_once = 0
        self._until_s = float("inf")
        self._clock = Clock()
        self._on_change: Callable[[], None] = lambda: None

    @property
    @override
    def capabilities(self) -> Capabilities:
        return Capabilities(lease_s=self.lease_s)

    @override
    async def async_status(self) -> WorkerStatus:
        self.asked += 1
        await self._answer()
        return self._status()

    @override
    async def async_set_level(
        self, level: int, generation: int, *, take_over: bool = False
    ) -> WorkerStatus:
        self.told.append(f"level {level}" + (" by force" if take_over else ""))
        await self._answer()
        self._lapse()
        if self.refusal is not None:
            raise self.refusal
        if self.holder is not None and not take_over:
            raise WorkerHeldByOther("The lease is held by another home.")
        if generation < self.generation:
            raise WorkerBehind("too old", self.generation)
        self.holder = None
        if not self.deaf:
            self.generation, self.level = generation, level
            self._until_s = self._clock.now_s() + (self.lease_s or 0.0)
        return self._status()

    @override
    async def async_pause(
        self, generation: int, *, urgent: bool = False
    ) -> WorkerStatus:
        self.told.append("pause at once" if urgent else "pause")
        await self._answer()
        if self.refusal is not None:
            raise self.refusal
        if not self.deaf:
            self.draining = self.saves and not urgent
            self.generation, self.level = max(generation, self.generation), 0
            self.holder = None
        return self._status()

    @override
    def watch(self, changed: Callable[[], None]) -> Callable[[], None]:
        self._on_change = changed
        return lambda: None

    @override
    async def async_close(self) -> None:
        self.told.append("goodbye")

    def set_by_hand(self, level: int) -> None:
        """Let somebody else change it, which the back-end notices."""
        self.level = level
        self._on_change()

    async def _answer(self) -> None:
        self.at_once += 1
        self.most_at_once = max(self.at_once, self.most_at_once)
        try:
            await asyncio.sleep(0)
            if self.hangs:
                await asyncio.Event().wait()
        finally:
            self.at_once -= 1
        if self.silent:
            raise WorkerUnreachable("connection refused")
        if isinstance(
            self.refusal, WorkerAuthFailed | WorkerNotTrusted | WorkerMismatch
        ):
            raise self.refusal

    def _lapse(self) -> None:
        if self.lease_s and self.level and self._clock.now_s() >= self._until_s:
            self.level, self.cause = 0, "lease_expired"

    def _status(self) -> WorkerStatus:
        self._lapse()
        return WorkerStatus(
            state=WorkerState.RUNNING
            if self.level
            else WorkerState.DRAINING
            if self.draining
            else WorkerState.PAUSED,
            level=self.level,
            power_w=60.0 * self.level,
            power_source="declared",
            lease_remaining_s=max(0.0, self._until_s - self._clock.now_s())
            if self.lease_s and self.level
            else None,
            generation=self.generation,
            held_by_other=self.holder is not None,
            cause=self.cause,
            detail=self.detail,
            levels_w=self.levels_w,
        )


async def settle(hass: HomeAssistant) -> None:
    """Let everything happen that can happen without time passing."""
    for _ in range(10):
        await hass.async_block_till_done()
        await asyncio.sleep(0)


async def pass_time(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, seconds: float, step: float = 1
) -> None:
    """Let time pass in steps, with everything that happens in it."""
    # Frozen time passes within a turn of the loop, which would be called slow.
    hass.loop.slow_callback_duration = float("inf")
    await settle(hass)
    while seconds > 0:
        freezer.tick(min(step, seconds))
        seconds -= step
        await settle(hass)


def issues(hass: HomeAssistant) -> set[str]:
    """Return the translation keys of the repairs that are shown."""
    shown = ir.async_get(hass).issues.values()
    return {
        issue.translation_key or issue.issue_id
        for issue in shown
        if issue.domain == DOMAIN and issue.active
    }


def meter(hass: HomeAssistant, watts: float | str, entity_id: str = GRID) -> None:
    """Let a power meter report: + is import."""
    hass.states.async_set(entity_id, str(watts), {"unit_of_measurement": "W"})


def worker_subentry(key: str, **data: Any) -> dict[str, Any]:
    """Return a 500 W worker that switches at once; `data` says how it is controlled."""
    return {
        "subentry_id": key,
        "subentry_type": "worker",
        "title": key.replace("_", " ").capitalize(),
        "unique_id": None,
        "data": {
            "levels_w": [500.0],
            "value_per_kwh": 0.15,
            "priority": 10,
            **AT_ONCE,
            **data,
        },
    }


def switched(key: str, entity_id: str, **data: Any) -> dict[str, Any]:
    """Return a worker behind a switch of Home Assistant."""
    return worker_subentry(
        key, kind="entity", switch=entity_id, acknowledge_no_lease=True, **data
    )


def served(key: str, url: str, **data: Any) -> dict[str, Any]:
    """Return a worker of a companion service."""
    defaults = {"worker": "cruncher", "lease_s": 120.0, "levels_w": [60.0, 120.0]}
    return worker_subentry(key, kind="agent", url=url, **{**defaults, **data})


def volunteering(key: str, port: int, **data: Any) -> dict[str, Any]:
    """Return a worker of a BOINC client on this machine."""
    where = {"host": "127.0.0.1", "port": port, "password": "a-password"}
    return worker_subentry(key, kind="boinc", **{**where, "devices": "both", **data})


def home(
    *subentries: Mapping[str, Any],
    data: Mapping[str, Any] | None = None,
    **options: Any,
) -> MockConfigEntry:
    """Return a home with a grid meter and fixed prices, without a grace period."""
    return MockConfigEntry(
        domain=DOMAIN,
        entry_id=ENTRY,
        unique_id=DOMAIN,
        title="Home",
        data={
            "grid_power": [GRID],
            "import_price": 0.30,
            "export_price": 0.08,
            **(data or {}),
        },
        options={"grace_s": 0.0, **options},
        subentries_data=subentries,
    )


type Boxes = dict[str, BoxInMemory]


async def move_in(
    hass: HomeAssistant, entry: MockConfigEntry, *, grid_w: float = 0
) -> None:
    """Set a home up with two plugs (`miner` and `heater`) and a grid meter."""
    plugs: dict[str, Any] = {"miner": {}, "heater": {}}
    assert await async_setup_component(hass, "input_boolean", {"input_boolean": plugs})
    meter(hass, grid_w)
    entry.add_to_hass(hass)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await settle(hass)
