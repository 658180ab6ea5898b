"""Adding and changing workers that Home Assistant switches."""

from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.solar_compute import configuration
from custom_components.solar_compute.const import DOMAIN

from . import houses
from .dialogs import (
    MINER_PAGE,
    WORTH_PAGE,
    choose,
    open_subentry,
    open_subentry_again,
    submit,
    suggested,
)
from .houses import MINER

pytestmark = pytest.mark.usefixtures("sunny_house")


@pytest.fixture
def site(hass: HomeAssistant) -> MockConfigEntry:
    """Return the sunny house's entry, without any worker yet."""
    return houses.added(hass)


async def test_a_switch_becomes_a_worker_once_its_warning_is_acknowledged(
    hass: HomeAssistant, site: MockConfigEntry
) -> None:
    result = await choose(hass, await open_subentry(hass, site, "worker"), "entity")
    page = {**MINER_PAGE, "acknowledge_no_lease": False}
    result = await submit(hass, result, "entity", page)
    assert result["errors"] == {"acknowledge_no_lease": "acknowledge_no_lease"}
    result = await submit(hass, result, "entity", MINER_PAGE)
    assert "lease_s" not in suggested(result)
    result = await submit(hass, result, "worth", WORTH_PAGE)
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert result["title"] == "Miner"
    assert result["data"] == MINER


@pytest.mark.parametrize(
    ("values", "stored"), [("300; 600", [300.0, 600.0]), ("", [400.0, 900.0])]
)
async def test_power_levels_are_read_from_a_list(
    hass: HomeAssistant, site: MockConfigEntry, values: str, stored: list[float]
) -> None:
    result = await choose(hass, await open_subentry(hass, site, "worker"), "entity")
    page = {
        **MINER_PAGE,
        "levels_w": "400, 900",
        "levels": {"number": "number.miner_power", "number_values": values},
        "power": "sensor.miner_power",
        "name": "Rig",
    }
    result = await submit(hass, result, "entity", page)
    result = await submit(hass, result, "worth", WORTH_PAGE)
    assert result["title"] == "Rig"
    assert result["data"] == {
        **MINER,
        "levels_w": [400.0, 900.0],
        "number": "number.miner_power",
        "number_values": stored,
        "power": "sensor.miner_power",
    }


@pytest.mark.parametrize(
    ("page", "errors"),
    [
        ({"switch": "switch.nowhere"}, {"switch": "entity_not_found"}),
        ({"levels_w": "much"}, {"levels_w": "levels_not_numbers"}),
        ({"levels_w": " "}, {"levels_w": "levels_not_numbers"}),
        ({"levels_w": "nan"}, {"levels_w": "levels_not_numbers"}),
        ({"levels_w": "600, 300"}, {"levels_w": "levels_not_ascending"}),
        ({"levels_w": "0, 300"}, {"levels_w": "levels_not_ascending"}),
        ({"power": "sensor.water"}, {"power": "not_power"}),
        ({"power": "sensor.grid"}, {"power": "used_by_site"}),
        ({"levels_w": "300, 600"}, {"levels_w": "levels_need_number"}),
        ({"levels": {"number_values": "1"}}, {"levels": "number_needed"}),
        (
            {"levels": {"number": "number.miner_power", "number_values": "200, 300"}},
            {"levels": "one_number_per_level"},
        ),
        (
            {"levels": {"number": "number.miner_power", "number_values": "half"}},
            {"levels": "one_number_per_level"},
        ),
        (
            {"levels": {"number": "number.miner_power", "number_values": "2000"}},
            {"levels": "number_out_of_range"},
        ),
        (
            {"levels": {"number": "number.miner_power", "number_values": "nan"}},
            {"levels": "one_number_per_level"},
        ),
    ],
)
async def test_the_switch_page_says_what_is_wrong_and_can_be_mended(
    hass: HomeAssistant,
    site: MockConfigEntry,
    page: dict[str, Any],
    errors: dict[str, str],
) -> None:
    result = await choose(hass, await open_subentry(hass, site, "worker"), "entity")
    result = await submit(hass, result, "entity", {**MINER_PAGE, **page})
    assert result["errors"] == errors
    result = await submit(hass, result, "entity", MINER_PAGE)
    assert result["step_id"] == "worth"


async def test_no_worker_is_switched_by_an_entity_of_solar_compute_itself(
    hass: HomeAssistant, site: MockConfigEntry
) -> None:
    """Its master switch, or a thermostat of its own, would go in circles."""
    entities = er.async_get(hass)
    master = entities.async_get_or_create("switch", DOMAIN, "automation").entity_id
    value = entities.async_get_or_create("number", DOMAIN, "compute_value").entity_id
    result = await choose(hass, await open_subentry(hass, site, "worker"), "entity")

    page = {**MINER_PAGE, "switch": master}
    result = await submit(hass, result, "entity", page)
    assert result["errors"] == {"switch": "own_entity"}
    page = {**MINER_PAGE, "levels": {"number": value, "number_values": ""}}
    result = await submit(hass, result, "entity", page)
    assert result["errors"] == {"levels": "own_entity"}


async def test_a_switched_worker_gets_other_levels_and_keeps_its_worth(
    hass: HomeAssistant,
) -> None:
    data = {**MINER, "number": "number.miner_power", "number_values": [500.0]}
    site = houses.added(hass, houses.worker(data, "Miner", "miner"))
    result = await choose(
        hass, await open_subentry_again(hass, site, "miner"), "entity"
    )
    known = {"levels_w": "500", "number_values": "500", "acknowledge_no_lease": True}
    assert suggested(result).items() >= known.items()
    page = {**MINER_PAGE, "levels_w": "450"}
    result = await submit(hass, result, "entity", page)
    assert result["reason"] == "reconfigure_successful"
    assert site.subentries["miner"].data == {**MINER, "levels_w": [450.0]}


async def test_a_switch_cannot_belong_to_two_workers(hass: HomeAssistant) -> None:
    site = houses.added(hass, houses.worker(MINER, "Miner", "miner"))
    result = await choose(hass, await open_subentry(hass, site, "worker"), "entity")
    result = await submit(hass, result, "entity", MINER_PAGE)
    assert result["reason"] == "already_configured"


async def test_a_switch_that_was_renamed_still_cannot_belong_to_two_workers(
    hass: HomeAssistant,
) -> None:
    hass.states.async_set("switch.rig", "off")
    renamed = configuration.renamed(MINER, "switch.miner", "switch.rig")
    site = houses.added(hass, houses.worker(renamed, "Miner", "miner"))
    for switch, outcome in (("switch.rig", "abort"), ("switch.miner", "form")):
        result = await choose(hass, await open_subentry(hass, site, "worker"), "entity")
        result = await submit(hass, result, "entity", {**MINER_PAGE, "switch": switch})
        assert result["type"] == outcome
