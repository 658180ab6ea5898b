"""A home, the loop and a partition of Slurm: time passes as it does."""

import asyncio
from collections.abc import AsyncIterator
import json
from typing import Any, override

from homeassistant.components.repairs import repairs_flow_manager
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.setup import async_setup_component
import pytest

from custom_components.solar_compute.const import DOMAIN
from custom_components.solar_compute.core.model import WorkerState
from custom_components.solar_compute.diagnostics import (
    async_get_config_entry_diagnostics,
)

from . import slurm_daemon as cluster
from .common import issues, move_in, worker_subentry
from .dialogs import SLURM_PAGES, submit
from .live_home import LiveHome
from .slurm_daemon import SlurmInMemory, held, slurm_daemon

pytestmark = pytest.mark.usefixtures("socket_enabled")


class House(LiveHome):
    """A home with a cluster of 500 W."""

    def __init__(self, hass: HomeAssistant, daemon: SlurmInMemory) -> None:
        settings: dict[str, Any] = {
            "kind": "slurm",
            "url": daemon.url,
            "user": "solar",
            "token": cluster.TOKEN,
            "partition": "solar",
            "level_cores": [4],
            "settle_s": 0.5,
        }
        super().__init__(hass, worker_subentry("cluster", **settings))
        self.daemon = daemon

    @property
    @override
    def draw_w(self) -> float:
        """What runs draws; what is released starts."""
        for told in self.daemon.jobs:
            if told["job_state"] == "PENDING" and told["priority"]:
                told["job_state"] = "RUNNING"
        return 500.0 * any(told["job_state"] == "RUNNING" for told in self.daemon.jobs)


@pytest.fixture
async def house(hass: HomeAssistant) -> AsyncIterator[House]:
    """Set the home up at night, with a job that was submitted held."""
    async with slurm_daemon() as daemon:
        daemon.jobs = [held(1)]
        house = House(hass, daemon)
        await move_in(hass, house.entry, grid_w=0)
        yield house
        await hass.config_entries.async_unload(house.entry.entry_id)


async def test_the_sun_releases_jobs_and_a_cloud_lets_them_end_without_a_complaint(
    hass: HomeAssistant, house: House
) -> None:
    await house.until(0, lambda: house.view.state is WorkerState.PAUSED)
    assert not house.view.has_lease

    await house.until(800, lambda: house.view.state is WorkerState.RUNNING)
    house.daemon.jobs.append(held(2))
    await house.until(800, lambda: house.daemon.jobs[1]["job_state"] == "RUNNING")

    await house.until(0, lambda: house.view.state is WorkerState.DRAINING)
    house.daemon.jobs.append(cluster.job(3, state_reason="Resources", priority=0))
    await asyncio.sleep(2)
    assert house.view.state is WorkerState.DRAINING
    assert issues(hass) == {"no_lease"}
    for told in house.daemon.jobs[:2]:
        told["job_state"] = "COMPLETED"
    await house.until(0, lambda: house.view.state is WorkerState.PAUSED)


async def test_a_token_that_expired_is_a_repair_that_ends_in_the_workers_settings(
    hass: HomeAssistant, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert await async_setup_component(hass, "repairs", {})
    await house.until(0, lambda: house.view.state is WorkerState.PAUSED)
    monkeypatch.setattr(cluster, "TOKEN", "a.new.token")
    await house.until(0, lambda: "worker_auth_failed" in issues(hass))

    manager = repairs_flow_manager(hass)
    assert manager is not None
    dialog: Any = await manager.async_init(
        DOMAIN, context={"issue_id": "worker_auth_failed_cluster"}
    )
    dialog = await manager.async_configure(dialog["flow_id"], {})
    _, flow_id = dialog["next_flow"]
    page = {
        **hass.config_entries.subentries.async_get(flow_id),
        "type": FlowResultType.FORM,
    }
    answers = {"url": house.daemon.url, "user": "solar", "token": "a.new.token"}
    page = await submit(hass, page, "slurm", answers)
    levels = {"levels_w": "500", "level_cores": "4"}
    result = await submit(hass, page, "slurm_partition", {**SLURM_PAGES[1], **levels})
    assert result["reason"] == "reconfigure_successful"

    await house.until(800, lambda: house.view.state is WorkerState.RUNNING)
    assert issues(hass) == {"no_lease"}


async def test_neither_token_nor_user_nor_host_is_in_a_report(
    hass: HomeAssistant, house: House
) -> None:
    report = json.dumps(await async_get_config_entry_diagnostics(hass, house.entry))
    assert cluster.TOKEN not in report
    assert "127.0.0.1" not in report
