"""A home, the loop and a container: time passes as it does."""

import asyncio
from collections.abc import AsyncIterator
import json
from typing import Any, override

from homeassistant.components.repairs import repairs_flow_manager
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import device_registry as dr
from homeassistant.setup import async_setup_component
import pytest

from custom_components.solar_compute.const import DOMAIN
from custom_components.solar_compute.core.model import WorkerState
from custom_components.solar_compute.diagnostics import (
    async_get_config_entry_diagnostics,
)

from .common import issues, meter, move_in, worker_subentry
from .dialogs import CONTAINER_PAGE, ENGINE_PAGE, submit
from .engine_in_memory import EngineInMemory
from .live_home import LiveHome


class House(LiveHome):
    """A home with a container of 500 W."""

    def __init__(self, hass: HomeAssistant, engine: EngineInMemory) -> None:
        worker = worker_subentry(
            "cruncher",
            kind="docker",
            address=engine.address,
            container="crunch",
            settle_s=0.5,
        )
        super().__init__(hass, worker)
        self.engine = engine

    @property
    @override
    def draw_w(self) -> float:
        return 500.0 if self.engine.state["Status"] == "running" else 0.0


@pytest.fixture
async def house(hass: HomeAssistant, engine: EngineInMemory) -> AsyncIterator[House]:
    """Set the home up at night; its container runs so far."""
    house = House(hass, engine)
    await move_in(hass, house.entry, grid_w=0)
    yield house
    await hass.config_entries.async_unload(house.entry.entry_id)


async def test_the_sun_continues_a_container_and_a_cloud_pauses_it(
    hass: HomeAssistant, house: House
) -> None:
    await house.until(0, lambda: house.view.state is WorkerState.PAUSED)
    assert house.engine.state["Status"] == "paused"

    await house.until(800, lambda: house.view.state is WorkerState.RUNNING)
    assert house.engine.state["Status"] == "running"

    await house.until(0, lambda: house.view.state is WorkerState.PAUSED)
    assert house.engine.commands == ["pause", "unpause", "pause"]
    assert not house.view.has_lease
    assert issues(hass) == {"no_lease"}


async def test_a_container_that_has_ended_is_not_started_by_the_sun(
    hass: HomeAssistant, house: House
) -> None:
    await house.until(0, lambda: house.view.state is WorkerState.PAUSED)
    house.engine.become("exited")
    await house.until(800, lambda: not house.view.has_work)
    before = list(house.engine.commands)
    for _ in range(20):
        meter(hass, -800)
        await asyncio.sleep(0.05)

    assert house.view.cause == "finished"
    assert house.engine.commands == before


async def test_a_container_has_its_model_and_its_host_is_in_no_report(
    hass: HomeAssistant, house: House
) -> None:
    device = dr.async_get(hass).async_get_device_by_identifier(
        (DOMAIN, "cruncher"), config_entry_id=house.entry.entry_id
    )
    assert device is not None
    assert device.model == "Container"
    report = json.dumps(await async_get_config_entry_diagnostics(hass, house.entry))
    assert house.engine.address not in report


async def test_an_engine_that_forbids_it_is_a_repair_that_ends_in_the_settings(
    hass: HomeAssistant, house: House
) -> None:
    assert await async_setup_component(hass, "repairs", {})
    await house.until(0, lambda: house.view.state is WorkerState.PAUSED)
    house.engine.lies["json"] = (403, {"message": "not for you"})
    await house.until(0, lambda: "worker_auth_failed" in issues(hass))

    manager = repairs_flow_manager(hass)
    assert manager is not None
    dialog: Any = await manager.async_init(
        DOMAIN, context={"issue_id": "worker_auth_failed_cruncher"}
    )
    dialog = await manager.async_configure(dialog["flow_id"], {})
    _, flow_id = dialog["next_flow"]
    page = hass.config_entries.subentries.async_get(flow_id)
    page = {**page, "type": FlowResultType.FORM}
    del house.engine.lies["json"]
    answers = {**ENGINE_PAGE, "address": house.engine.address}
    page = await submit(hass, page, "docker", answers)
    answers = {**CONTAINER_PAGE, "levels_w": "500", "cpus": None}
    result = await submit(hass, page, "docker_container", answers)
    assert result["reason"] == "reconfigure_successful"

    await house.until(800, lambda: house.view.state is WorkerState.RUNNING)
    assert issues(hass) == {"no_lease"}


async def test_a_container_without_its_label_is_lost_and_the_user_is_told(
    hass: HomeAssistant, house: House
) -> None:
    await house.until(0, lambda: house.view.state is WorkerState.PAUSED)
    house.engine.container["Config"]["Labels"] = {}

    await house.until(0, lambda: "worker_unreachable" in issues(hass))
    assert "solar-compute=true" in house.view.detail

    house.engine.container["Config"]["Labels"] = {"solar-compute": "true"}
    await house.until(0, lambda: issues(hass) == {"no_lease"})
