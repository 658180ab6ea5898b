"""Home Assistant goes down, well or badly, and comes back: no flap, nothing lost.

Each test runs one Home Assistant after another on the same storage.
"""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from copy import deepcopy
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant import loader
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_test_home_assistant,
)

from custom_components.solar_compute.const import DOMAIN
from custom_components.solar_compute.core.ledger import WorkerAccount
from custom_components.solar_compute.core.model import Mode, ReasonCode, WorkerState

from .common import (
    ENTRY,
    GRID,
    Boxes,
    home,
    issues,
    meter,
    move_in,
    pass_time,
    served,
    settle,
    switched,
)

STORE = f"{DOMAIN}.{ENTRY}"
MINER = "input_boolean.miner"

type Boot = Callable[[], Awaitable[HomeAssistant]]


@pytest.fixture(autouse=True)
def auto_enable_custom_integrations() -> None:
    """Leave that to each Home Assistant of a test."""


@asynccontextmanager
async def home_assistant() -> AsyncIterator[HomeAssistant]:
    """Run a Home Assistant from its start to its orderly end."""
    async with async_test_home_assistant() as hass:
        hass.data.pop(loader.DATA_CUSTOM_COMPONENTS)
        try:
            yield hass
        finally:
            await hass.async_stop(force=True)


@asynccontextmanager
async def crashing(storage: dict[str, Any]) -> AsyncIterator[HomeAssistant]:
    """Run a Home Assistant that is killed: nothing is said or written at its end."""
    async with async_test_home_assistant() as hass:
        hass.data.pop(loader.DATA_CUSTOM_COMPONENTS)
        written: dict[str, Any] = {}
        try:
            yield hass
            written = deepcopy(storage)
        finally:
            hass._shutdown_jobs.clear()
            await hass.async_stop(force=True)
            storage.clear()
            storage.update(written)


def box_at_home(**options: Any) -> MockConfigEntry:
    """Return a home with one worker of a companion service, which has a lease."""
    return home(served("miner", "http://box", min_run_s=600.0, **options))


def account(entry: MockConfigEntry) -> WorkerAccount:
    """Return the worker's counters."""
    worker: WorkerAccount = entry.runtime_data.data.ledger.workers["miner"]
    return worker


async def run_for(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    seconds: float,
    grid_w: float | str = -3000,
) -> None:
    """Let time pass with a meter that reports every ten seconds."""
    while seconds > 0:
        meter(hass, grid_w)
        await pass_time(hass, freezer, 10, step=5)
        seconds -= 10


@pytest.mark.parametrize("end", ["stopped", "killed"])
async def test_a_leased_worker_runs_through_a_restart(
    hass_storage: dict[str, Any],
    freezer: FrozenDateTimeFactory,
    boxes: Boxes,
    end: str,
) -> None:
    first = home_assistant() if end == "stopped" else crashing(hass_storage)
    async with first as hass:
        entry = box_at_home()
        await move_in(hass, entry, grid_w=-3000)
        await run_for(hass, freezer, 200)
        before = account(entry)
        box = boxes["box"]
        assert box.level == 2
    freezer.tick(40)
    told = len(box.told)

    async with home_assistant() as hass:
        entry = box_at_home()
        await move_in(hass, entry, grid_w=-2880)
        await run_for(hass, freezer, 60, -2880)

        assert box.level == 2
        assert set(box.told[told:]) == {"level 2"}
        after = account(entry)
        assert after.starts == before.starts == 1
        lost = 0 if end == "stopped" else 65
        assert after.run_s >= before.run_s - lost + 50
        assert after.solar_wh > before.solar_wh * 0.6


async def test_a_minimum_run_goes_on_over_a_restart(
    hass_storage: dict[str, Any], freezer: FrozenDateTimeFactory, boxes: Boxes
) -> None:
    async with home_assistant() as hass:
        await move_in(hass, box_at_home(), grid_w=-3000)
        await run_for(hass, freezer, 300)
    freezer.tick(30)

    async with home_assistant() as hass:
        entry = box_at_home()
        await move_in(hass, entry, grid_w=2000)
        await run_for(hass, freezer, 100, 2000)
        decision = entry.runtime_data.data.decision.worker("miner")
        assert decision.reason.code is ReasonCode.MINIMUM_RUN
        assert boxes["box"].level > 0

        await run_for(hass, freezer, 250, 2000)
        assert boxes["box"].level == 0


async def test_a_worker_whose_lease_ended_meanwhile_is_taken_as_it_is(
    hass_storage: dict[str, Any], freezer: FrozenDateTimeFactory, boxes: Boxes
) -> None:
    async with home_assistant() as hass:
        await move_in(hass, box_at_home(min_pause_s=120.0), grid_w=-3000)
        await run_for(hass, freezer, 100)
        assert boxes["box"].level == 2
    freezer.tick(900)
    told = len(boxes["box"].told)

    async with home_assistant() as hass:
        entry = box_at_home(min_pause_s=120.0)
        await move_in(hass, entry, grid_w=-3000)
        await run_for(hass, freezer, 60)
        assert boxes["box"].told[told:] == []
        decision = entry.runtime_data.data.decision.worker("miner")
        assert decision.reason.code is ReasonCode.MINIMUM_PAUSE

        await run_for(hass, freezer, 100)
        assert boxes["box"].level == 2


async def test_a_worker_that_answers_late_is_not_paused_before_it_has(
    hass_storage: dict[str, Any], freezer: FrozenDateTimeFactory, boxes: Boxes
) -> None:
    async with home_assistant() as hass:
        await move_in(hass, home(served("miner", "http://box")), grid_w=-3000)
        await run_for(hass, freezer, 100)
    told = len(boxes["box"].told)
    boxes["box"].silent = True

    async with home_assistant() as hass:
        entry = home(served("miner", "http://box"), grace_s=60.0)
        await move_in(hass, entry, grid_w=-2880)
        await run_for(hass, freezer, 10, -2880)
        assert entry.runtime_data.data.flows["miner"].state is WorkerState.UNKNOWN
        boxes["box"].silent = False
        await run_for(hass, freezer, 90, -2880)

    assert boxes["box"].level == 2
    assert "pause" not in boxes["box"].told[told:]


async def test_meters_that_come_late_pause_nothing_within_the_grace_period(
    hass_storage: dict[str, Any], freezer: FrozenDateTimeFactory, boxes: Boxes
) -> None:
    async with home_assistant() as hass:
        await move_in(hass, home(served("miner", "http://box")), grid_w=-3000)
        await run_for(hass, freezer, 100)
    told = len(boxes["box"].told)

    async with home_assistant() as hass:
        await move_in(hass, home(served("miner", "http://box"), grace_s=60.0))
        hass.states.async_remove(GRID)
        await pass_time(hass, freezer, 50, step=5)
        await run_for(hass, freezer, 60, -2880)

    assert boxes["box"].level == 2
    assert "pause" not in boxes["box"].told[told:]


async def test_meters_that_never_come_pause_after_the_grace_period(
    hass_storage: dict[str, Any], freezer: FrozenDateTimeFactory, boxes: Boxes
) -> None:
    async with home_assistant() as hass:
        await move_in(hass, home(served("miner", "http://box")), grid_w=-3000)
        await run_for(hass, freezer, 100)

    async with home_assistant() as hass:
        entry = home(served("miner", "http://box"), grace_s=60.0)
        await move_in(hass, entry)
        hass.states.async_remove(GRID)
        await pass_time(hass, freezer, 50, step=5)
        assert boxes["box"].level == 2
        await pass_time(hass, freezer, 50, step=5)
        assert boxes["box"].level == 0


async def test_a_plug_that_was_switched_off_at_the_end_does_not_flap(
    hass_storage: dict[str, Any], freezer: FrozenDateTimeFactory
) -> None:
    async with home_assistant() as hass:
        entry = home(switched("miner", MINER, min_pause_s=120.0))
        await move_in(hass, entry, grid_w=-3000)
        await run_for(hass, freezer, 100)
        assert hass.states.is_state(MINER, "on")
        before = account(entry)
    freezer.tick(30)

    async with home_assistant() as hass:
        entry = home(switched("miner", MINER, min_pause_s=120.0))
        await move_in(hass, entry, grid_w=-3000)
        await run_for(hass, freezer, 60)
        assert hass.states.is_state(MINER, "off")
        await run_for(hass, freezer, 120)
        assert hass.states.is_state(MINER, "on")
        assert account(entry).starts == before.starts + 1
        assert account(entry).run_s > before.run_s


async def test_what_a_person_set_is_still_set(
    hass_storage: dict[str, Any], freezer: FrozenDateTimeFactory, boxes: Boxes
) -> None:
    async with home_assistant() as hass:
        entry = box_at_home()
        await move_in(hass, entry)
        coordinator = entry.runtime_data
        await coordinator.async_set_automation(False)
        await coordinator.async_set_mode("miner", Mode.OFF)
        await coordinator.async_set_compute_value("miner", 0.33)
        await coordinator.async_override("miner", run=True, duration_s=600, level=1)
        await settle(hass)
        assert boxes["box"].level == 1
    freezer.tick(60)

    async with home_assistant() as hass:
        entry = box_at_home()
        await move_in(hass, entry)
        coordinator = entry.runtime_data
        controls = coordinator.controls["miner"]
        assert coordinator.automation is False
        assert (controls.mode, controls.value_per_kwh) == (Mode.OFF, 0.33)
        await run_for(hass, freezer, 500, 0)
        assert boxes["box"].level == 1

        # Down or up, ten minutes are ten minutes.
        await run_for(hass, freezer, 60, 0)
        assert boxes["box"].level == 0


async def test_command_numbers_go_on_after_a_crash(
    hass_storage: dict[str, Any], freezer: FrozenDateTimeFactory, boxes: Boxes
) -> None:
    async with crashing(hass_storage) as hass:
        await move_in(hass, home(served("miner", "http://box")), grid_w=-3000)
        for watts in (-3000, 2000) * 4:
            await run_for(hass, freezer, 20, watts)
    number = boxes["box"].generation
    assert number >= 7

    async with home_assistant() as hass:
        await move_in(hass, home(served("miner", "http://box")), grid_w=-3000)
        await run_for(hass, freezer, 30)

    assert boxes["box"].level == 2
    assert boxes["box"].generation > number


async def test_a_damaged_store_starts_anew_and_controls_what_runs(
    hass_storage: dict[str, Any], freezer: FrozenDateTimeFactory, boxes: Boxes
) -> None:
    async with home_assistant() as hass:
        await move_in(hass, box_at_home(), grid_w=-3000)
        await run_for(hass, freezer, 100)
    hass_storage[STORE]["data"] = "garbage"

    async with home_assistant() as hass:
        entry = box_at_home()
        await move_in(hass, entry, grid_w=2000)
        await run_for(hass, freezer, 30, 2000)
        # Nobody knows when it was started, so no minimum run keeps it up.
        assert boxes["box"].level == 0
        assert account(entry).run_s < 60

        # A person's «off» may have been in it: nothing starts until somebody says so.
        await run_for(hass, freezer, 600)
        assert boxes["box"].level == 0
        assert "settings_lost" in issues(hass)
        await entry.runtime_data.async_set_automation(True)
        await run_for(hass, freezer, 120)
        assert boxes["box"].level == 2
        assert "settings_lost" not in issues(hass)
