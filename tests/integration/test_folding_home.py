"""A home, the loop and a Folding@home client: time passes as it does.

The client is a fake that was made from the protocol; no real one could be had.
"""

from collections.abc import AsyncIterator
import json
from typing import Any, override

from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr
import pytest

from custom_components.solar_compute.const import DOMAIN
from custom_components.solar_compute.core.model import WorkerState
from custom_components.solar_compute.diagnostics import (
    async_get_config_entry_diagnostics,
)
from custom_components.solar_compute.workers import folding

from .common import issues, move_in, worker_subentry
from .fah_client import FoldingInMemory, folding_client
from .live_home import LiveHome
from .test_docs import ROOT
from .translations import english

pytestmark = pytest.mark.usefixtures("socket_enabled")


class House(LiveHome):
    """A home with a Folding@home client of 500 W."""

    def __init__(self, hass: HomeAssistant, client: FoldingInMemory) -> None:
        where = {"host": "127.0.0.1", "port": client.port, "group": ""}
        worker = worker_subentry(
            "proteins",
            kind="folding",
            acknowledge_no_lease=True,
            settle_s=0.5,
            **where,
        )
        super().__init__(hass, worker)
        self.client = client

    @property
    @override
    def draw_w(self) -> float:
        return 0.0 if self.client.config()["paused"] else 500.0


@pytest.fixture
async def house(hass: HomeAssistant) -> AsyncIterator[House]:
    """Set the home up at night; its client folds as it likes so far."""
    async with folding_client() as client:
        client.config()["paused"] = False
        running = {"start_time": "2026-01-01T00:00:00Z", "pause_reason": None}
        client.tree["units"][0].update(running)
        house = House(hass, client)
        await move_in(hass, house.entry, grid_w=0)
        yield house
        await hass.config_entries.async_unload(house.entry.entry_id)


async def test_the_sun_starts_folding_and_a_cloud_pauses_it(
    hass: HomeAssistant, house: House
) -> None:
    await house.until(0, lambda: house.view.state is WorkerState.PAUSED)

    await house.until(800, lambda: house.view.state is WorkerState.RUNNING)
    assert house.view.project == "19227 (ds01.example.edu)"

    await house.until(0, lambda: house.view.state is WorkerState.PAUSED)
    assert house.client.config()["paused"]


async def test_a_person_is_told_that_it_runs_on_and_that_it_is_experimental(
    hass: HomeAssistant, house: House
) -> None:
    await house.until(0, lambda: house.view.state is WorkerState.PAUSED)
    assert issues(hass) == {"no_lease"}
    assert not house.view.has_lease
    device = dr.async_get(hass).async_get_device_by_identifier(
        (DOMAIN, "proteins"), config_entry_id=house.entry.entry_id
    )
    assert device is not None
    assert device.model == "Folding@home client (experimental)"
    report = json.dumps(await async_get_config_entry_diagnostics(hass, house.entry))
    assert "127.0.0.1" not in report


async def test_folding_ends_with_home_assistant(
    hass: HomeAssistant, house: House
) -> None:
    await house.until(800, lambda: house.view.state is WorkerState.RUNNING)

    await hass.async_stop()

    assert house.client.config()["paused"]


async def test_somebody_who_pauses_it_elsewhere_is_seen_and_overruled(
    hass: HomeAssistant, house: House
) -> None:
    await house.until(800, lambda: house.view.state is WorkerState.RUNNING)
    told = len(house.client.told)

    house.client.config()["paused"] = True

    await house.until(800, lambda: house.client.told[told:] == ["fold"])


async def test_a_client_that_lets_us_in_no_more_is_a_repair_until_it_does(
    hass: HomeAssistant, house: House
) -> None:
    await house.until(0, lambda: house.view.state is WorkerState.PAUSED)
    house.client.denied = 401
    repair = {"no_lease", "worker_auth_failed"}
    await house.until(0, lambda: issues(hass) == repair)

    house.client.denied = None

    await house.until(0, lambda: issues(hass) == {"no_lease"})


async def test_a_client_that_goes_on_although_it_was_paused_is_reported(
    hass: HomeAssistant, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(folding, "CONFIRM_S", 0.2)
    await house.until(800, lambda: house.view.state is WorkerState.RUNNING)
    house.client.deaf = True
    await house.until(0, lambda: issues(hass) == {"no_lease", "worker_not_obeying"})

    house.client.deaf = False
    await house.until(0, lambda: issues(hass) == {"no_lease"})


def test_it_is_called_experimental_wherever_a_person_meets_it() -> None:
    texts: dict[str, Any] = english()["config_subentries"]["worker"]["step"]
    for text in (
        texts["user"]["menu_options"]["folding"],
        texts["reconfigure"]["menu_options"]["folding"],
        texts["folding"]["title"],
        texts["folding_group"]["title"],
        (ROOT / "docs/folding-at-home.md").read_text().splitlines()[0],
    ):
        assert "(experimental)" in text
