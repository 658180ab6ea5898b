"""A plug that cuts the power of a computer: never in the middle of its work."""

from dataclasses import replace
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
import pytest

from custom_components.solar_compute.clock import Clock
from custom_components.solar_compute.core.model import WorkerState
from custom_components.solar_compute.flow_view import FlowTiming
from custom_components.solar_compute.worker_flow import WorkerFlow
from custom_components.solar_compute.workers import create_backend, parse_backend
from custom_components.solar_compute.workers.base import (
    Backend,
    BackendConfig,
    WorkerRefused,
)

from .common import ENTRY, pass_time, settle
from .meeting import CRUNCHER

PLUG = "input_boolean.plug"
RENAMED = "input_boolean.renamed"
COMPUTES = "input_boolean.computes"


@pytest.fixture(autouse=True)
async def computer(hass: HomeAssistant) -> None:
    """Have a computer behind a plug, and a script that pauses its software."""
    assert await async_setup_component(
        hass,
        "input_boolean",
        {"input_boolean": {"plug": {}, "renamed": {}, "computes": {}}},
    )
    stop = {"action": "input_boolean.turn_off", "target": {"entity_id": COMPUTES}}
    assert await async_setup_component(
        hass, "script", {"script": {"stop": {"sequence": [stop]}}}
    )


def plugged(entity_id: str) -> BackendConfig:
    """Return how a computer behind a plug is controlled."""
    return parse_backend(
        {
            "kind": "entity",
            "switch": entity_id,
            "levels_w": [300.0],
            "pause_first": "script.stop",
            "cut_delay_s": 60.0,
        }
    )


@pytest.fixture
async def worker(hass: HomeAssistant) -> Backend:
    """Return the computer, which is asked a minute before its power is cut."""
    backend = create_backend(hass, plugged(PLUG), controller="home")
    hass.states.async_set(COMPUTES, "on")
    await backend.async_set_level(1, 1)
    return backend


async def test_power_is_cut_some_time_after_the_software_was_asked_to_pause(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, worker: Backend
) -> None:
    status = await worker.async_pause(2)
    await hass.async_block_till_done()
    assert (status.state, status.level) == (WorkerState.DRAINING, 0)
    assert "cut in 60 s" in status.detail
    assert hass.states.is_state(COMPUTES, "off")
    await pass_time(hass, freezer, 50)
    assert hass.states.is_state(PLUG, "on")

    await pass_time(hass, freezer, 12)

    assert hass.states.is_state(PLUG, "off")
    assert (await worker.async_status()).state is WorkerState.PAUSED


async def test_a_computer_that_shuts_down_is_not_started_before_its_power_was_cut(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, worker: Backend
) -> None:
    await worker.async_pause(2)
    with pytest.raises(WorkerRefused, match="its power is cut in"):
        await worker.async_set_level(1, 3)

    await pass_time(hass, freezer, 62)

    assert (await worker.async_set_level(1, 4)).state is WorkerState.RUNNING


async def test_a_repeated_pause_does_not_put_the_cut_off(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, worker: Backend
) -> None:
    await worker.async_pause(2)
    await pass_time(hass, freezer, 40)
    await worker.async_pause(3)
    await pass_time(hass, freezer, 22)

    assert hass.states.is_state(PLUG, "off")


async def test_a_safety_guard_cuts_at_once(
    hass: HomeAssistant, worker: Backend
) -> None:
    await worker.async_pause(2)

    status = await worker.async_pause(3, urgent=True)

    assert status.state is WorkerState.PAUSED
    assert hass.states.is_state(PLUG, "off")


async def test_nothing_is_cut_once_the_worker_was_let_go_of(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, worker: Backend
) -> None:
    await worker.async_pause(2)
    await worker.async_close()
    await pass_time(hass, freezer, 62)

    assert hass.states.is_state(PLUG, "on")


async def test_a_renamed_plug_is_cut_and_not_another_that_has_its_old_name(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, worker: Backend
) -> None:
    flow = WorkerFlow(
        hass,
        replace(CRUNCHER, backend=plugged(PLUG)),
        worker,
        entry_id=ENTRY,
        clock=Clock(),
        timing=FlowTiming(),
    )
    flow.start()
    flow.want(0)
    await settle(hass)
    assert flow.view.state is WorkerState.DRAINING

    hass.states.async_set(RENAMED, "on")
    renamed = plugged(RENAMED)
    flow.exchange(renamed, create_backend(hass, renamed, controller="home"))
    for _ in range(4):
        flow.want(0)
        await pass_time(hass, freezer, 25)

    assert hass.states.is_state(PLUG, "on")
    assert hass.states.is_state(RENAMED, "off")
    await flow.end(pause=False)


async def test_a_plug_that_could_not_be_cut_counts_as_running(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, worker: Backend
) -> None:
    async def ignore(call: Any) -> None:
        """Do nothing."""

    await worker.async_pause(2)
    hass.services.async_register("input_boolean", "turn_off", ignore)
    await pass_time(hass, freezer, 62)

    assert (await worker.async_status()).state is WorkerState.RUNNING
