"""Adding and changing workers that are groups of a Folding@home client."""

from collections.abc import AsyncIterator
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.solar_compute import configuration
from custom_components.solar_compute.workers.folding import FoldingBackend

from . import houses
from .dialogs import (
    FOLDING_GROUP_PAGE,
    FOLDING_PAGE,
    WORTH_PAGE,
    choose,
    open_subentry,
    open_subentry_again,
    submit,
    suggested,
)
from .fah_client import FoldingInMemory, folding_client, folding_group
from .houses import FOLDING

pytestmark = pytest.mark.usefixtures("sunny_house")


@pytest.fixture
async def client(socket_enabled: None) -> AsyncIterator[FoldingInMemory]:
    """Run a client that really listens."""
    async with folding_client() as running:
        yield running


async def page_of_groups(
    hass: HomeAssistant, site: MockConfigEntry, client: FoldingInMemory
) -> Any:
    """Open the second page for a new worker: the client's groups."""
    result = await choose(hass, await open_subentry(hass, site, "worker"), "folding")
    return await submit(hass, result, "folding", {**FOLDING_PAGE, "port": client.port})


async def test_a_group_becomes_a_worker_once_its_warning_is_acknowledged(
    hass: HomeAssistant, client: FoldingInMemory
) -> None:
    client.tree["groups"]["gpu"] = folding_group()
    site = houses.added(hass)
    result = await page_of_groups(hass, site, client)
    assert suggested(result) == {"finish_wait_s": 0.0, "acknowledge_no_lease": False}
    page = {**FOLDING_GROUP_PAGE, "group": "/gpu", "finish_wait_s": 600}
    hasty = {**page, "acknowledge_no_lease": False}
    result = await submit(hass, result, "folding_group", hasty)
    assert result["errors"] == {"acknowledge_no_lease": "acknowledge_no_lease"}
    result = await submit(hass, result, "folding_group", page)
    assert "lease_s" not in suggested(result)
    result = await submit(hass, result, "worth", WORTH_PAGE)

    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert result["title"] == "Folding@home 127.0.0.1 gpu"
    assert result["unique_id"] == f"folding#127.0.0.1#{client.port}#gpu"
    (worker,) = configuration.parse(site).workers
    assert worker.backend == FoldingBackend(
        host="127.0.0.1", port=client.port, group="gpu", finish_wait_s=600
    )
    assert client.told == []
    assert client.lines == 0


async def test_the_only_group_is_chosen_already(
    hass: HomeAssistant, client: FoldingInMemory
) -> None:
    site = houses.added(hass)
    result = await page_of_groups(hass, site, client)
    assert suggested(result)["group"] == "/"
    result = await submit(
        hass, result, "folding_group", {**FOLDING_GROUP_PAGE, "name": "Proteins"}
    )
    result = await submit(hass, result, "worth", WORTH_PAGE)
    assert result["title"] == "Proteins"
    assert result["data"] == {**FOLDING, "port": client.port}


@pytest.mark.parametrize(
    ("page", "errors"),
    [
        ({"port": 1}, {"host": "folding_cannot_connect"}),
        ({"host": "http://127.0.0.1"}, {"host": "invalid_host"}),
        ({"host": " "}, {"host": "invalid_host"}),
    ],
)
async def test_a_client_that_cannot_be_reached_can_be_mended(
    hass: HomeAssistant,
    client: FoldingInMemory,
    page: dict[str, Any],
    errors: dict[str, str],
) -> None:
    good = {**FOLDING_PAGE, "port": client.port}
    result = await open_subentry(hass, houses.added(hass), "worker")
    result = await choose(hass, result, "folding")
    result = await submit(hass, result, "folding", {**good, **page})
    assert result["errors"] == errors
    result = await submit(hass, result, "folding", {**good, "host": " 127.0.0.1 "})
    assert result["step_id"] == "folding_group"


async def test_a_client_that_cannot_be_used_says_why(
    hass: HomeAssistant, client: FoldingInMemory
) -> None:
    site = houses.added(hass)
    client.denied = 401
    result = await page_of_groups(hass, site, client)
    assert result["errors"] == {"host": "folding_not_allowed"}
    client.denied = None
    client.tree["info"]["version"] = "8.3.18"
    result = await page_of_groups(hass, site, client)
    assert result["errors"] == {"host": "folding_too_old"}
    client.greeting = "<html>"
    result = await page_of_groups(hass, site, client)
    assert result["errors"] == {"host": "folding_cannot_connect"}


@pytest.mark.parametrize(
    ("page", "errors"),
    [
        ({"levels_w": "60, 120"}, {"levels_w": "one_level"}),
        ({"levels_w": "much"}, {"levels_w": "levels_not_numbers"}),
        ({"levels_w": "0"}, {"levels_w": "levels_not_ascending"}),
        ({"finish_wait_s": "nan"}, {"finish_wait_s": "not_a_number"}),
    ],
)
async def test_a_group_that_cannot_be_so_can_be_mended(
    hass: HomeAssistant,
    client: FoldingInMemory,
    page: dict[str, Any],
    errors: dict[str, str],
) -> None:
    result = await page_of_groups(hass, houses.added(hass), client)
    wrong = {**FOLDING_GROUP_PAGE, **page}
    result = await submit(hass, result, "folding_group", wrong)
    assert result["errors"] == errors
    result = await submit(hass, result, "folding_group", FOLDING_GROUP_PAGE)
    assert result["step_id"] == "worth"


async def test_two_workers_do_not_fight_over_one_group(
    hass: HomeAssistant, client: FoldingInMemory
) -> None:
    client.tree["groups"]["gpu"] = folding_group()
    stored = {**FOLDING, "port": client.port}
    site = houses.added(hass, houses.worker(stored, "Proteins", "proteins"))
    for group, step in (("/", None), ("/gpu", "worth")):
        result = await page_of_groups(hass, site, client)
        page = {**FOLDING_GROUP_PAGE, "group": group}
        result = await submit(hass, result, "folding_group", page)
        if step is None:
            assert result["reason"] == "already_configured"
        else:
            assert result["step_id"] == step


async def test_a_client_that_has_moved_keeps_its_worth(
    hass: HomeAssistant, client: FoldingInMemory
) -> None:
    site = houses.added(hass, houses.worker(FOLDING, "Proteins", "proteins"))
    result = await choose(
        hass, await open_subentry_again(hass, site, "proteins"), "folding"
    )
    assert suggested(result) == {"host": "127.0.0.1", "port": 7396}
    moved = {**FOLDING_PAGE, "port": client.port}
    result = await submit(hass, result, "folding", moved)
    known = {"group": "/", "levels_w": "90", "acknowledge_no_lease": True}
    assert suggested(result).items() >= known.items()
    page = {**FOLDING_GROUP_PAGE, "levels_w": "75"}
    result = await submit(hass, result, "folding_group", page)

    assert result["reason"] == "reconfigure_successful"
    expected = {**FOLDING, "port": client.port, "levels_w": [75.0]}
    assert site.subentries["proteins"].data == expected
    assert site.subentries["proteins"].title == "Proteins"
