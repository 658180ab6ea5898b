"""Adding and changing workers that are BOINC clients."""

from collections.abc import AsyncIterator
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.solar_compute import configuration
from custom_components.solar_compute.workers.boinc import BoincBackend, BoincDevices

from . import houses
from .boinc_client import BoincInMemory, boinc_client
from .dialogs import (
    BOINC_PAGE,
    WORTH_PAGE,
    choose,
    open_subentry,
    open_subentry_again,
    submit,
    suggested,
)
from .houses import BOINC

pytestmark = pytest.mark.usefixtures("sunny_house")


@pytest.fixture
async def client(socket_enabled: None) -> AsyncIterator[BoincInMemory]:
    """Run a client that really listens."""
    async with boinc_client() as running:
        yield running


async def page_of_boinc(hass: HomeAssistant, site: MockConfigEntry) -> Any:
    """Open the page of a new BOINC client."""
    return await choose(hass, await open_subentry(hass, site, "worker"), "boinc")


async def test_a_client_becomes_a_worker_once_it_lets_us_in(
    hass: HomeAssistant, client: BoincInMemory
) -> None:
    site = houses.added(hass)
    page = {**BOINC_PAGE, "port": client.port, "host": " 127.0.0.1 "}
    result = await page_of_boinc(hass, site)
    assert suggested(result) == {
        "port": 31416,
        "devices": "both",
        "checkpoint_wait_s": 0.0,
    }
    result = await submit(hass, result, "boinc", page)
    assert result["description_placeholders"] == {
        "levels": "60, 120",
        "export_price": "0.078 EUR",
    }
    assert suggested(result)["lease_s"] == 120
    result = await submit(hass, result, "worth", WORTH_PAGE)

    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert result["title"] == "BOINC crunchbox"
    assert result["unique_id"] == f"boinc#127.0.0.1#{client.port}#both"
    assert result["data"] == {**BOINC, "port": client.port}
    assert not any(name.startswith("set_") for name in client.asked)
    (worker,) = configuration.parse(site).workers
    assert worker.backend == BoincBackend(
        host="127.0.0.1",
        port=client.port,
        password="a-password",
        cpu_limits=(50.0, 100.0),
    )


async def test_one_level_needs_no_limit_and_an_empty_password_will_do(
    hass: HomeAssistant, client: BoincInMemory
) -> None:
    client.password = ""
    site = houses.added(hass)
    page = {
        "host": "127.0.0.1",
        "port": client.port,
        "levels_w": "90",
        "devices": "cpu",
        "checkpoint_wait_s": 300,
        "name": "Volunteer",
    }
    result = await submit(hass, await page_of_boinc(hass, site), "boinc", page)
    result = await submit(hass, result, "worth", WORTH_PAGE)

    assert result["title"] == "Volunteer"
    (worker,) = configuration.parse(site).workers
    assert worker.backend == BoincBackend(
        host="127.0.0.1",
        port=client.port,
        devices=BoincDevices.CPU,
        checkpoint_wait_s=300,
    )


@pytest.mark.parametrize(
    ("page", "errors"),
    [
        ({"password": "guessed"}, {"password": "boinc_invalid_auth"}),
        ({"password": None}, {"password": "boinc_invalid_auth"}),
        ({"port": 1}, {"host": "boinc_cannot_connect"}),
        ({"devices": "gpu"}, {"devices": "no_gpu"}),
        ({"host": "http://127.0.0.1"}, {"host": "invalid_host"}),
        ({"host": "127.0.0.1:31416"}, {"host": "invalid_host"}),
        ({"host": " "}, {"host": "invalid_host"}),
        ({"levels_w": "120, 60"}, {"levels_w": "levels_not_ascending"}),
        ({"cpu_limits": "100"}, {"cpu_limits": "one_number_per_level"}),
        ({"cpu_limits": None}, {"cpu_limits": "one_number_per_level"}),
        ({"cpu_limits": "half"}, {"cpu_limits": "one_number_per_level"}),
        ({"cpu_limits": "100, 50"}, {"cpu_limits": "limits_not_percent"}),
        ({"cpu_limits": "0, 100"}, {"cpu_limits": "limits_not_percent"}),
        ({"cpu_limits": "50, 101"}, {"cpu_limits": "limits_not_percent"}),
        ({"checkpoint_wait_s": "nan"}, {"checkpoint_wait_s": "not_a_number"}),
    ],
)
async def test_a_client_that_cannot_be_used_is_told_apart_and_can_be_mended(
    hass: HomeAssistant,
    client: BoincInMemory,
    page: dict[str, Any],
    errors: dict[str, str],
) -> None:
    good = {**BOINC_PAGE, "port": client.port}
    result = await page_of_boinc(hass, houses.added(hass))
    result = await submit(hass, result, "boinc", {**good, **page})
    assert result["errors"] == errors
    result = await submit(hass, result, "boinc", good)
    assert result["step_id"] == "worth"


async def test_two_workers_do_not_fight_over_one_client(
    hass: HomeAssistant, client: BoincInMemory
) -> None:
    cpu = {**BOINC, "port": client.port, "devices": "cpu"}
    site = houses.added(hass, houses.worker(cpu, "Cruncher", "cruncher"))
    client.lies["get_host_info"] = "<host_info/>"
    for devices, step in (("both", None), ("cpu", None), ("gpu", "worth")):
        page = {**BOINC_PAGE, "port": client.port, "devices": devices}
        result = await submit(hass, await page_of_boinc(hass, site), "boinc", page)
        if step is None:
            assert result["reason"] == "already_configured"
        else:
            assert result["step_id"] == step


async def test_a_client_gets_another_password_and_keeps_its_worth(
    hass: HomeAssistant, client: BoincInMemory
) -> None:
    stored = {**BOINC, "port": client.port, "sink": "tank"}
    site = houses.added(
        hass,
        houses.sink(houses.TANK, "Hot water", "tank"),
        houses.worker(stored, "Cruncher", "cruncher"),
    )
    client.password = "another"
    result = await choose(
        hass, await open_subentry_again(hass, site, "cruncher"), "boinc"
    )
    known = {"host": "127.0.0.1", "levels_w": "60, 120", "cpu_limits": "50, 100"}
    assert suggested(result).items() >= known.items()
    page = {
        **BOINC_PAGE,
        "port": client.port,
        "password": "another",
        "levels_w": "75",
        "cpu_limits": None,
    }
    result = await submit(hass, result, "boinc", page)
    assert result["reason"] == "reconfigure_successful"

    expected = {**stored, "password": "another", "levels_w": [75.0]}
    del expected["cpu_limits"]
    assert site.subentries["cruncher"].data == expected
    assert site.subentries["cruncher"].title == "Cruncher"


async def test_the_worth_of_a_client_changes_while_its_machine_is_off(
    hass: HomeAssistant,
) -> None:
    site = houses.added(hass, houses.worker(BOINC, "Cruncher", "cruncher"))
    result = await choose(
        hass, await open_subentry_again(hass, site, "cruncher"), "worth"
    )
    page = {**WORTH_PAGE, "value_per_kwh": 0.02, "switching": {"lease_s": 60}}
    result = await submit(hass, result, "worth", page)

    assert result["reason"] == "reconfigure_successful"
    expected = {**BOINC, "value_per_kwh": 0.02, "lease_s": 60.0}
    assert site.subentries["cruncher"].data == expected
