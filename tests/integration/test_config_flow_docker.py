"""Adding and changing workers that are containers of Docker or Podman."""

from typing import Any
from unittest.mock import patch

from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.requirements import RequirementsNotFound
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.solar_compute import configuration
from custom_components.solar_compute.workers import libraries
from custom_components.solar_compute.workers.docker import DockerBackend, OnPause

from . import houses
from .dialogs import (
    CONTAINER_PAGE,
    ENGINE_PAGE,
    WORTH_PAGE,
    choose,
    open_subentry,
    open_subentry_again,
    submit,
    suggested,
)
from .engine_in_memory import EngineInMemory
from .houses import CONTAINER

pytestmark = pytest.mark.usefixtures("sunny_house")


def at(engine: EngineInMemory, **values: Any) -> dict[str, Any]:
    """Return the page of an engine, with some values changed."""
    return {**ENGINE_PAGE, "address": engine.address, **values}


async def page_of_docker(hass: HomeAssistant, site: MockConfigEntry) -> Any:
    """Open the page of a new container's engine."""
    return await choose(hass, await open_subentry(hass, site, "worker"), "docker")


async def test_a_container_becomes_a_worker_and_is_left_as_it_is(
    hass: HomeAssistant, engine: EngineInMemory
) -> None:
    site = houses.added(hass)
    result = await page_of_docker(hass, site)
    assert suggested(result)["address"] == "/var/run/docker.sock"
    path = engine.address.removeprefix("unix://")
    result = await submit(hass, result, "docker", at(engine, address=f" {path}"))
    assert result["description_placeholders"] == {
        "engine": "Docker",
        "machine": "crunchbox",
        "cpus": "8",
    }
    assert suggested(result)["container"] == "crunch"
    result = await submit(hass, result, "docker_container", CONTAINER_PAGE)
    assert result["description_placeholders"] == {
        "levels": "30, 60",
        "export_price": "0.078 EUR",
    }
    assert "lease_s" not in suggested(result)
    result = await submit(hass, result, "worth", WORTH_PAGE)

    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert result["title"] == "crunch"
    assert result["unique_id"] == f"docker#{engine.address}#crunch"
    assert result["data"] == {**CONTAINER, "address": engine.address}
    assert engine.commands == []
    (worker,) = configuration.parse(site).workers
    assert worker.backend == DockerBackend(
        address=engine.address, container="crunch", cpus=(1.0, 4.0)
    )


async def test_podman_is_offered_one_level_and_no_limits(
    hass: HomeAssistant, engine: EngineInMemory
) -> None:
    engine.podman = True
    site = houses.added(hass)
    result = await page_of_docker(hass, site)
    result = await submit(hass, result, "docker", at(engine))
    assert result["description_placeholders"]["engine"] == "Podman"
    assert "cpus" not in {str(key) for key in result["data_schema"].schema}
    page = {**CONTAINER_PAGE, "cpus": None, "on_pause": "stop", "name": "Crunch"}
    result = await submit(hass, result, "docker_container", page)
    assert result["errors"] == {"levels_w": "one_level_on_podman"}
    page = {**page, "levels_w": "60"}
    result = await submit(hass, result, "docker_container", page)
    result = await submit(hass, result, "worth", WORTH_PAGE)

    assert result["title"] == "Crunch"
    (worker,) = configuration.parse(site).workers
    assert worker.backend == DockerBackend(
        address=engine.address, container="crunch", on_pause=OnPause.STOP
    )


@pytest.mark.parametrize(
    ("page", "errors"),
    [
        ({"acknowledge_root": False}, {"acknowledge_root": "acknowledge_root"}),
        ({"address": "http://127.0.0.1"}, {"address": "invalid_engine_address"}),
        ({"address": " "}, {"address": "invalid_engine_address"}),
        ({"address": "127.0.0.1:2376"}, {"certificates": "certificates_needed"}),
        (
            {"address": "127.0.0.1:1", "certificates": "/nowhere"},
            {"certificates": "certificates_refused"},
        ),
        ({"address": "/nowhere.sock"}, {"address": "engine_cannot_connect"}),
    ],
)
async def test_an_engine_that_cannot_be_used_is_told_apart_and_can_be_mended(
    hass: HomeAssistant,
    engine: EngineInMemory,
    page: dict[str, Any],
    errors: dict[str, str],
) -> None:
    result = await page_of_docker(hass, houses.added(hass))
    result = await submit(hass, result, "docker", at(engine, **page))
    assert result["errors"] == errors
    result = await submit(hass, result, "docker", at(engine))
    assert result["step_id"] == "docker_container"


@pytest.mark.parametrize(
    ("what", "lie", "error"),
    [
        ("info", (403, {"message": "no"}), "socket_not_allowed"),
        ("info", (200, {}), "engine_cannot_connect"),
        ("info", None, "engine_cannot_connect"),
        ("json", (200, {}), "no_containers"),
        ("json", (200, []), "no_containers"),
        ("json", (200, [{"Id": "c1"}, {"Id": "c2", "Names": 7}]), "no_containers"),
        ("json", (200, [{"Id": "c1", "Names": ["/../x", 7]}]), "no_containers"),
        ("json", (200, [7]), "engine_cannot_connect"),
        ("_ping", (200, "OK"), "engine_cannot_connect"),
    ],
)
async def test_an_engine_that_offers_nothing_of_use_is_told_apart(
    hass: HomeAssistant, engine: EngineInMemory, what: str, lie: Any, error: str
) -> None:
    engine.lies[what] = lie
    result = await page_of_docker(hass, houses.added(hass))
    result = await submit(hass, result, "docker", at(engine))
    assert result["errors"] == {"address": error}


async def test_home_assistant_os_is_told_that_it_has_no_socket(
    hass: HomeAssistant, engine: EngineInMemory
) -> None:
    hass.config.components.add("hassio")
    result = await page_of_docker(hass, houses.added(hass))
    result = await submit(hass, result, "docker", at(engine, address="/nowhere.sock"))
    assert result["errors"] == {"address": "no_socket_here"}


async def test_a_library_that_cannot_be_installed_is_told(
    hass: HomeAssistant, engine: EngineInMemory
) -> None:
    result = await page_of_docker(hass, houses.added(hass))
    with patch.object(
        libraries,
        "async_process_requirements",
        side_effect=RequirementsNotFound("solar_compute", ["aiodocker"]),
    ):
        result = await submit(hass, result, "docker", at(engine))
    assert result["errors"] == {"base": "library_missing"}
    result = await submit(hass, result, "docker", at(engine))
    assert result["step_id"] == "docker_container"


@pytest.mark.parametrize(
    ("page", "errors"),
    [
        (
            {"acknowledge_no_lease": False},
            {"acknowledge_no_lease": "acknowledge_no_lease"},
        ),
        ({"levels_w": "60, 30"}, {"levels_w": "levels_not_ascending"}),
        ({"levels_w": "much"}, {"levels_w": "levels_not_numbers"}),
        ({"cpus": "1"}, {"cpus": "one_number_per_level"}),
        ({"cpus": None}, {"cpus": "one_number_per_level"}),
        ({"cpus": "all"}, {"cpus": "one_number_per_level"}),
        ({"cpus": "4, 1"}, {"cpus": "cpus_not_there"}),
        ({"cpus": "0, 1"}, {"cpus": "cpus_not_there"}),
        ({"cpus": "4, 9"}, {"cpus": "cpus_not_there"}),
    ],
)
async def test_what_is_wrong_about_a_container_can_be_mended(
    hass: HomeAssistant,
    engine: EngineInMemory,
    page: dict[str, Any],
    errors: dict[str, str],
) -> None:
    result = await page_of_docker(hass, houses.added(hass))
    result = await submit(hass, result, "docker", at(engine))
    result = await submit(hass, result, "docker_container", {**CONTAINER_PAGE, **page})
    assert result["errors"] == errors
    result = await submit(hass, result, "docker_container", CONTAINER_PAGE)
    assert result["step_id"] == "worth"


async def test_a_container_is_one_worker_only(
    hass: HomeAssistant, engine: EngineInMemory
) -> None:
    stored = {**CONTAINER, "address": engine.address}
    site = houses.added(hass, houses.worker(stored, "Cruncher", "cruncher"))
    result = await page_of_docker(hass, site)
    result = await submit(hass, result, "docker", at(engine))
    result = await submit(hass, result, "docker_container", CONTAINER_PAGE)
    assert result["reason"] == "already_configured"


async def test_a_container_gets_another_way_to_pause_and_keeps_its_worth(
    hass: HomeAssistant, engine: EngineInMemory
) -> None:
    stored = {**CONTAINER, "address": "tcp://crunchbox:2376", "certificates": "docker"}
    site = houses.added(hass, houses.worker(stored, "Cruncher", "cruncher"))
    result = await open_subentry_again(hass, site, "cruncher")
    result = await choose(hass, result, "docker")
    known = {"address": "tcp://crunchbox:2376", "certificates": "docker"}
    assert suggested(result).items() >= known.items()
    page = at(engine, certificates="docker")
    result = await submit(hass, result, "docker", page)
    known = {"levels_w": "30, 60", "cpus": "1, 4", "on_pause": "freeze"}
    assert suggested(result).items() >= known.items()
    page = {**CONTAINER_PAGE, "levels_w": "45", "cpus": None, "on_pause": "stop"}
    result = await submit(hass, result, "docker_container", page)

    assert result["reason"] == "reconfigure_successful"
    changed = {"address": engine.address, "levels_w": [45.0], "on_pause": "stop"}
    expected = {**CONTAINER, **changed}
    del expected["cpus"]
    assert site.subentries["cruncher"].data == expected
