"""A home, the loop and a BOINC client: time passes as it does."""

from collections.abc import AsyncIterator
import json
from typing import Any, override

from homeassistant.components.repairs import repairs_flow_manager
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import device_registry as dr, entity_registry as er
from homeassistant.setup import async_setup_component
import pytest

from custom_components.solar_compute.const import DOMAIN
from custom_components.solar_compute.core.model import WorkerState
from custom_components.solar_compute.diagnostics import (
    async_get_config_entry_diagnostics,
)

from .boinc_client import BoincInMemory, boinc_client, task
from .common import issues, move_in, volunteering
from .dialogs import BOINC_PAGE, submit
from .live_home import LiveHome

pytestmark = pytest.mark.usefixtures("socket_enabled")


class House(LiveHome):
    """A home with a BOINC client of 500 W."""

    def __init__(self, hass: HomeAssistant, client: BoincInMemory) -> None:
        worker = volunteering("cruncher", client.port, lease_s=5.0, settle_s=0.5)
        super().__init__(hass, worker)
        self.client = client

    @property
    @override
    def draw_w(self) -> float:
        return 500.0 * (self.client.mode != 3)


@pytest.fixture
async def house(hass: HomeAssistant) -> AsyncIterator[House]:
    """Set the home up at night; its client computes as it likes so far."""
    async with boinc_client() as client:
        house = House(hass, client)
        await move_in(hass, house.entry, grid_w=0)
        yield house
        await hass.config_entries.async_unload(house.entry.entry_id)


async def test_the_sun_starts_boinc_and_a_cloud_pauses_it(
    hass: HomeAssistant, house: House
) -> None:
    await house.until(0, lambda: house.client.permanent == 3)
    await house.until(0, lambda: house.view.state is WorkerState.PAUSED)

    await house.until(800, lambda: house.view.state is WorkerState.RUNNING)
    assert house.client.permanent == 3
    assert house.view.project == "Pulsars"
    assert house.view.has_lease
    await house.until(800, lambda: house.client.asked.count("set_run_mode") > 4)

    await house.until(0, lambda: house.view.state is WorkerState.PAUSED)
    assert house.client.mode == 3
    assert issues(hass) == set()


async def test_a_worker_of_boinc_has_its_model_and_its_sensors(
    hass: HomeAssistant, house: House
) -> None:
    device = dr.async_get(hass).async_get_device_by_identifier(
        (DOMAIN, "cruncher"), config_entry_id=house.entry.entry_id
    )
    assert device is not None
    assert device.model == "BOINC client"
    keys = {
        entity.unique_id
        for entity in er.async_entries_for_device(
            er.async_get(hass), device.id, include_disabled_entities=True
        )
    }
    assert {"cruncher_lease_remaining", "cruncher_unsaved_work"} <= keys


async def test_neither_password_nor_host_is_in_a_report(
    hass: HomeAssistant, house: House
) -> None:
    report = json.dumps(await async_get_config_entry_diagnostics(hass, house.entry))
    assert "a-password" not in report
    assert "127.0.0.1" not in report


async def test_a_new_password_is_a_repair_that_ends_in_the_workers_settings(
    hass: HomeAssistant, house: House
) -> None:
    assert await async_setup_component(hass, "repairs", {})
    await house.until(0, lambda: house.view.state is WorkerState.PAUSED)
    house.client.password = "another"
    await house.until(0, lambda: issues(hass) == {"worker_auth_failed"})

    manager = repairs_flow_manager(hass)
    assert manager is not None
    dialog: Any = await manager.async_init(
        DOMAIN, context={"issue_id": "worker_auth_failed_cruncher"}
    )
    dialog = await manager.async_configure(dialog["flow_id"], {})
    _, flow_id = dialog["next_flow"]
    page = hass.config_entries.subentries.async_get(flow_id)
    answers = {
        **BOINC_PAGE,
        "port": house.client.port,
        "password": "another",
        "levels_w": "500",
        "cpu_limits": None,
    }
    form = {**page, "type": FlowResultType.FORM}
    result = await submit(hass, form, "boinc", answers)
    assert result["reason"] == "reconfigure_successful"

    await house.until(800, lambda: house.view.state is WorkerState.RUNNING)
    assert issues(hass) == set()


async def test_a_task_that_goes_on_although_it_was_paused_is_reported(
    hass: HomeAssistant, house: House
) -> None:
    house.client.lies["get_results"] = task(executing=True)

    await house.until(0, lambda: issues(hass) == {"worker_not_obeying"})
    assert house.view.state is WorkerState.DRAINING

    del house.client.lies["get_results"]
    await house.until(0, lambda: issues(hass) == set())
