"""Adding and changing workers that scripts, choices, numbers and heaters switch."""

from collections.abc import Generator
from typing import Any
from unittest.mock import patch

from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.util.unit_system import US_CUSTOMARY_SYSTEM
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from . import houses
from .dialogs import (
    MINER_PAGE,
    WORTH_PAGE,
    Result,
    choose,
    open_subentry,
    open_subentry_again,
    submit,
    suggested,
)
from .houses import MINER, TANK, WORTH

RIG: dict[str, tuple[str, dict[str, Any]]] = {
    "script.start_rig": ("off", {"friendly_name": "Start rig"}),
    "script.stop_rig": ("off", {}),
    "button.start_rig": ("unknown", {}),
    "binary_sensor.rig_computes": ("off", {}),
    "sensor.rig_power": ("12", {"unit_of_measurement": "W"}),
    "sensor.rig_says": ("disconnected", {}),
    "select.rig": ("Sleep", {"options": ["Sleep", "Low", "Normal"]}),
    "number.rig": ("0", {"min": 0, "max": 100}),
    "climate.workshop": (
        "off",
        {"hvac_modes": ["off", "heat"], "min_temp": 5, "max_temp": 30},
    ),
    "water_heater.old": ("on", {"min_temp": 30, "max_temp": 65}),
    "switch.plug": ("off", {"device_class": "outlet"}),
}


@pytest.fixture(autouse=True)
def sunny_house(hass: HomeAssistant) -> Generator[None]:
    """Live in the sunny house with a rig, where nothing is set up for real."""
    houses.move_in(hass)
    for entity_id, (state, attributes) in RIG.items():
        hass.states.async_set(entity_id, state, attributes)
    with patch("custom_components.solar_compute.async_setup_entry", return_value=True):
        yield


def lived_in(hass: HomeAssistant, *subentries: Any) -> MockConfigEntry:
    """Return the sunny house's entry, added to Home Assistant."""
    entry = houses.entry(*subentries)
    entry.add_to_hass(hass)
    return entry


async def begin(hass: HomeAssistant, switch: str, **page: Any) -> Result:
    """Fill in the first page, and return what comes of it."""
    site = lived_in(hass)
    result = await choose(hass, await open_subentry(hass, site, "worker"), "entity")
    first = {**MINER_PAGE, "switch": switch, **page}
    return await submit(hass, result, "entity", first)


async def stored(hass: HomeAssistant, result: Result) -> dict[str, Any]:
    """Fill in the page about its worth, and return what is stored but for that."""
    result = await submit(hass, result, "worth", WORTH_PAGE)
    assert result["type"] is FlowResultType.CREATE_ENTRY
    data: dict[str, Any] = result["data"]
    assert data["kind"] == "entity"
    assert data["acknowledge_no_lease"] is True
    known = {*WORTH, "kind", "acknowledge_no_lease"}
    return {key: value for key, value in data.items() if key not in known}


PAIR_PAGE = {"pause_by": "script.stop_rig", "confirm": "binary_sensor.rig_computes"}


async def test_two_scripts_need_something_that_tells_what_became_of_them(
    hass: HomeAssistant,
) -> None:
    result = await begin(hass, "script.start_rig")
    result = await submit(hass, result, "entity_pair", PAIR_PAGE)
    assert await stored(hass, result) == {
        "switch": "script.start_rig",
        "levels_w": [500.0],
        **PAIR_PAGE,
        "confirm_within_s": 120.0,
    }


async def test_power_confirms_above_half_of_the_lowest_level(
    hass: HomeAssistant,
) -> None:
    result = await begin(
        hass, "button.start_rig", confirmation={"confirm": "sensor.rig_power"}
    )
    assert suggested(result)["confirm"] == "sensor.rig_power"
    page = {"pause_by": "script.stop_rig", "confirm": "sensor.rig_power"}
    result = await submit(hass, result, "entity_pair", page)
    assert (await stored(hass, result))["confirm_above_w"] == 250.0


@pytest.mark.parametrize(
    ("page", "errors"),
    [
        ({"pause_by": "script.start_rig"}, {"pause_by": "same_entity"}),
        ({"pause_by": "script.nowhere"}, {"pause_by": "entity_not_found"}),
        ({"confirm": "binary_sensor.nowhere"}, {"confirm": "entity_not_found"}),
        ({"confirm": "sensor.rig_says"}, {"confirm": "not_on_off"}),
        ({"confirm_above_w": 20}, {"confirm_above_w": "not_power"}),
        ({"confirm": "sensor.grid"}, {"confirm": "used_by_site"}),
    ],
)
async def test_the_page_for_scripts_says_what_is_wrong_and_can_be_mended(
    hass: HomeAssistant, page: dict[str, Any], errors: dict[str, str]
) -> None:
    result = await begin(hass, "script.start_rig")
    result = await submit(hass, result, "entity_pair", {**PAIR_PAGE, **page})
    assert result["errors"] == errors
    result = await submit(hass, result, "entity_pair", PAIR_PAGE)
    assert result["step_id"] == "worth"


SELECT_PAGE = {"paused_option": "Sleep", "level_options": ["Low", "Normal"]}


async def test_a_choice_has_an_option_for_every_level(hass: HomeAssistant) -> None:
    result = await begin(hass, "select.rig", levels_w="300, 600")
    assert result["description_placeholders"] == {"levels": "300, 600"}
    for wrong, error in (
        (["Low"], "one_option_per_level"),
        (["Sleep", "Low"], "option_is_paused"),
    ):
        page = {**SELECT_PAGE, "level_options": wrong}
        result = await submit(hass, result, "entity_select", page)
        assert result["errors"] == {"level_options": error}
    result = await submit(hass, result, "entity_select", SELECT_PAGE)
    assert await stored(hass, result) == {
        "switch": "select.rig",
        "levels_w": [300.0, 600.0],
        **SELECT_PAGE,
    }


async def test_a_number_has_a_value_for_paused_and_for_every_level(
    hass: HomeAssistant,
) -> None:
    result = await begin(hass, "number.rig", levels_w="300, 600")
    for wrong, errors in (
        ({}, {"number_values": "number_out_of_range"}),
        ({"number_values": "50"}, {"number_values": "one_number_per_level"}),
        (
            {"number_values": "50, 100", "paused_value": -1},
            {"paused_value": "number_out_of_range"},
        ),
        (
            {"number_values": "50, 100", "paused_value": 50},
            {"paused_value": "value_is_level"},
        ),
    ):
        result = await submit(hass, result, "entity_number", wrong)
        assert result["errors"] == errors
    page = {"number_values": "50, 100", "paused_value": 0}
    result = await submit(hass, result, "entity_number", page)
    assert await stored(hass, result) == {
        "switch": "number.rig",
        "levels_w": [300.0, 600.0],
        "number_values": [50.0, 100.0],
        "paused_value": 0.0,
    }


async def test_a_thermostat_is_told_how_far_surplus_may_heat(
    hass: HomeAssistant,
) -> None:
    result = await begin(hass, "climate.workshop")
    for wrong, error in (({}, "value_needed"), ({"wanted_c": 40}, None)):
        result = await submit(hass, result, "entity_heater", wrong)
        assert result["errors"] == {"wanted_c": error or "heater_out_of_range"}
    page = {"wanted_c": 22, "wanted_mode": "heat"}
    result = await submit(hass, result, "entity_heater", page)
    assert await stored(hass, result) == {
        "switch": "climate.workshop",
        "levels_w": [500.0],
        "wanted_c": 22.0,
        "wanted_mode": "heat",
    }


async def test_temperatures_are_entered_in_the_unit_of_the_home(
    hass: HomeAssistant,
) -> None:
    hass.config.units = US_CUSTOMARY_SYSTEM
    hass.states.async_set("water_heater.old", "on", {"min_temp": 86, "max_temp": 149})
    result = await begin(hass, "water_heater.old")
    assert "wanted_mode" not in suggested(result)
    result = await submit(hass, result, "entity_heater", {"wanted_c": 140})
    assert (await stored(hass, result))["wanted_c"] == 60.0


async def test_a_heater_that_a_tank_asks_to_wait_is_refused(
    hass: HomeAssistant,
) -> None:
    tank = {**TANK, "wait_entity": "water_heater.old"}
    site = lived_in(hass, houses.sink(tank, "Tank", "tank"))
    result = await choose(hass, await open_subentry(hass, site, "worker"), "entity")
    page = {**MINER_PAGE, "switch": "water_heater.old"}
    result = await submit(hass, result, "entity", page)
    assert result["errors"] == {"switch": "used_by_heat_sink"}


CUT_PAGE = {"acknowledge_cut": True}


@pytest.mark.parametrize(
    ("switch", "ticked"), [("switch.miner", True), ("switch.plug", False)]
)
async def test_cutting_the_power_is_warned_of(
    hass: HomeAssistant, switch: str, ticked: bool
) -> None:
    result = await begin(hass, switch, cuts_power=ticked)
    result = await submit(hass, result, "entity_cut", {})
    assert result["errors"] == {"acknowledge_cut": "acknowledge_cut"}
    page = {**CUT_PAGE, "pause_first": "script.stop_rig", "cut_delay_s": 90}
    result = await submit(hass, result, "entity_cut", page)
    assert await stored(hass, result) == {
        "switch": switch,
        "levels_w": [500.0],
        "cuts_power": True,
        "pause_first": "script.stop_rig",
        "cut_delay_s": 90.0,
        "acknowledge_cut": True,
    }


@pytest.mark.parametrize(
    ("switch", "page", "errors"),
    [
        ("script.start_rig", {"cuts_power": True}, {"cuts_power": "only_switch_cuts"}),
        (
            "select.rig",
            {"levels": {"number": "number.rig", "number_values": "50"}},
            {"levels": "level_set_twice"},
        ),
        (
            "climate.workshop",
            {"confirmation": {"confirm": "binary_sensor.rig_computes"}},
            {"confirmation": "no_confirmation_of_heater"},
        ),
        (
            "switch.miner",
            {"confirmation": {"confirm_above_w": 50}},
            {"confirmation": "confirmation_needed"},
        ),
        (
            "switch.miner",
            {"confirmation": {"confirm": "sensor.grid"}},
            {"confirmation": "used_by_site"},
        ),
    ],
)
async def test_the_first_page_takes_nothing_that_has_no_use(
    hass: HomeAssistant, switch: str, page: dict[str, Any], errors: dict[str, str]
) -> None:
    result = await begin(hass, switch, **page)
    assert result["errors"] == errors
    result = await submit(hass, result, "entity", {**MINER_PAGE, "switch": switch})
    assert result["step_id"] != "entity"


async def test_another_way_of_switching_forgets_the_one_before(
    hass: HomeAssistant,
) -> None:
    data = {**MINER, "switch": "number.rig", "number_values": [50.0], "paused_value": 5}
    site = lived_in(hass, houses.worker(data, "Rig", "rig"))
    result = await choose(hass, await open_subentry_again(hass, site, "rig"), "entity")
    assert "number_values" not in suggested(result)
    result = await submit(
        hass, result, "entity", {**MINER_PAGE, "switch": "number.rig"}
    )
    assert suggested(result) == {"number_values": "50", "paused_value": 5}
    result = await submit(hass, result, "entity_number", {"number_values": "60"})
    assert site.subentries["rig"].data["number_values"] == [60.0]

    result = await choose(hass, await open_subentry_again(hass, site, "rig"), "entity")
    result = await submit(hass, result, "entity", MINER_PAGE)
    assert result["reason"] == "reconfigure_successful"
    assert site.subentries["rig"].data == MINER
