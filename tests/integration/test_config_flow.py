"""Setting up the site: the pages, what they find wrong, and what comes of them."""

from typing import Any
from unittest.mock import patch

from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import entity_registry as er
import pytest

from . import houses
from .dialogs import SITE_PAGES, open_site, open_site_again, submit, suggested
from .houses import SITE

pytestmark = pytest.mark.usefixtures("sunny_house")


BATTERY_PAGE = SITE_PAGES[1][1]
PREFILL = "custom_components.solar_compute.config_flow.async_prefill"


async def up_to(hass: HomeAssistant, step_id: str, **grid: Any) -> Any:
    """Fill in all pages before `step_id`, the first of them changed by `grid`."""
    result = await open_site(hass)
    for step, page in SITE_PAGES:
        if step == step_id:
            break
        if step == "battery" and grid.get("has_battery") is False:
            continue
        extra = grid if step == "grid" else {}
        result = await submit(hass, result, step, {**page, **extra})
    return result


def checklist(result: Any) -> list[str]:
    """Return the lines of the list at the end."""
    lines: list[str] = result["description_placeholders"]["checklist"].split("\n\n")
    return lines


async def test_four_pages_set_up_a_house_with_panels_and_a_battery(
    hass: HomeAssistant,
) -> None:
    result = await up_to(hass, "end")
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert result["title"] == "Solar Compute"
    assert result["result"].unique_id == "solar_compute"
    assert result["data"] == {**SITE, "only_watch": False}


async def test_a_careful_person_can_choose_to_only_watch_at_first(
    hass: HomeAssistant,
) -> None:
    result = await up_to(hass, "confirm")
    assert suggested(result)["only_watch"] is False
    page = {"grid_inverted": True, "battery_inverted": False, "only_watch": True}
    result = await submit(hass, result, "confirm", page)
    assert suggested(result)["only_watch"] is True
    result = await submit(hass, result, "confirm", page)
    assert result["data"]["only_watch"] is True


async def test_who_changes_the_meters_later_is_not_asked_to_only_watch(
    hass: HomeAssistant,
) -> None:
    entry = houses.entry()
    entry.add_to_hass(hass)
    result = await open_site_again(entry, hass)
    for step, page in SITE_PAGES[:-1]:
        result = await submit(hass, result, step, page)
    assert "only_watch" not in suggested(result)


async def test_a_house_without_a_battery_is_not_asked_about_one(
    hass: HomeAssistant,
) -> None:
    result = await up_to(hass, "confirm", has_battery=False)
    result = await submit(hass, result, "confirm", {})
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert not [key for key in result["data"] if key.startswith("battery_")]


async def test_a_meter_with_two_sensors_and_a_second_connection_are_accepted(
    hass: HomeAssistant,
) -> None:
    grid = {
        "grid_power": ["sensor.grid_import", "sensor.garage_grid"],
        "grid_export_power": ["sensor.grid_export"],
    }
    result = await up_to(hass, "confirm", **grid)
    assert "exporting 900 W" in result["description_placeholders"]["checklist"]
    result = await submit(hass, result, "confirm", {})
    assert grid.items() <= result["data"].items()


async def test_the_site_can_be_set_up_only_once(hass: HomeAssistant) -> None:
    houses.entry().add_to_hass(hass)
    result = await open_site(hass)
    assert result["type"] is FlowResultType.ABORT
    assert result["reason"] == "already_configured"


async def test_the_last_page_says_what_flows_right_now(hass: HomeAssistant) -> None:
    result = await up_to(hass, "confirm")
    meters, prices, worker = checklist(result)
    assert meters == (
        "✓ **Meters:** You are exporting 1.2 kW to the grid."
        " Your panels produce 3.1 kW. Your battery is charging with 500 W."
    )
    assert prices == (
        "✓ **Prices:** One kilowatt-hour from the grid costs 0.287 EUR,"
        " and an exported one brings 0.078 EUR. Both are fixed."
    )
    assert worker.startswith("○ **First worker:** There is none yet.")


async def test_turning_a_direction_over_shows_the_new_reading_before_finishing(
    hass: HomeAssistant,
) -> None:
    result = await up_to(hass, "confirm")
    page = {"grid_inverted": True, "battery_inverted": False}
    result = await submit(hass, result, "confirm", page)
    text = result["description_placeholders"]["checklist"]
    assert "You are drawing 1.2 kW from the grid." in text
    result = await submit(hass, result, "confirm", {})
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert result["data"]["grid_inverted"] is True


@pytest.mark.parametrize(
    ("entity_id", "state", "unit", "sentence"),
    [
        ("sensor.grid", "0.003", "kW", "Almost nothing flows"),
        ("sensor.grid", "unavailable", "kW", "The grid meter says nothing"),
        ("sensor.grid", "-9", "kW", "the wrong way round"),
        ("sensor.panels", "unknown", "W", "The panels' sensor says nothing"),
        ("sensor.battery", "2000", "W", "Your battery is discharging with 2.0 kW."),
        ("sensor.battery", "0", "W", "Your battery rests."),
        ("sensor.battery", "unavailable", "W", "The battery's sensor says nothing"),
    ],
)
async def test_the_last_page_is_honest_about_what_meters_do_not_say(
    hass: HomeAssistant, entity_id: str, state: str, unit: str, sentence: str
) -> None:
    hass.states.async_set(entity_id, state, {"unit_of_measurement": unit})
    result = await up_to(hass, "confirm")
    assert sentence in result["description_placeholders"]["checklist"]


async def test_prices_of_entities_are_shown_converted(hass: HomeAssistant) -> None:
    result = await up_to(hass, "prices")
    page = {
        **houses.PRICES,
        "import_price": 0.3,
        "import_price_entity": "sensor.price",
        "export_price_entity": "sensor.feed_in",
    }
    result = await submit(hass, result, "prices", page)
    text = result["description_placeholders"]["checklist"]
    assert "costs 0.287 EUR" in text
    assert "brings 0.078 EUR" in text


async def test_a_price_entity_without_a_price_is_named_on_the_last_page(
    hass: HomeAssistant,
) -> None:
    hass.states.async_set(
        "sensor.price",
        "unavailable",
        {"friendly_name": "My tariff", "unit_of_measurement": "EUR/kWh"},
    )
    result = await up_to(hass, "prices")
    page = {**houses.PRICES, "import_price_entity": "sensor.price"}
    result = await submit(hass, result, "prices", page)
    prices = checklist(result)[1]
    assert prices.startswith("⚠ **Prices:**")
    assert "No price comes from My tariff at the moment" in prices


async def test_prices_of_the_energy_dashboard_are_said_to_be_its_own(
    hass: HomeAssistant,
) -> None:
    known = {"import_price": 0.287, "export_price": 0.078}
    with patch(PREFILL, return_value=known):
        result = await up_to(hass, "confirm")
    assert checklist(result)[1].endswith("Your Energy dashboard says so.")


async def test_prices_are_written_as_money_is(hass: HomeAssistant) -> None:
    result = await up_to(hass, "prices")
    page = {"import_price": 0.3, "export_price": 0}
    result = await submit(hass, result, "prices", page)
    assert "costs 0.30 EUR" in checklist(result)[1]
    assert "brings 0.00 EUR" in checklist(result)[1]


@pytest.mark.parametrize(("brings", "mark"), [(0.3, "✓"), (0.31, "⚠")])
async def test_an_export_that_brings_more_than_an_import_costs_is_doubted(
    hass: HomeAssistant, brings: float, mark: str
) -> None:
    result = await up_to(hass, "prices")
    page = {"import_price": 0.3, "export_price": brings}
    result = await submit(hass, result, "prices", page)
    prices = checklist(result)[1]
    assert prices.startswith(mark)
    assert prices.endswith("are the two prices swapped?") is (mark == "⚠")


@pytest.mark.parametrize(
    ("page", "errors"),
    [
        ({"grid_power": []}, {"grid_power": "grid_needed"}),
        ({"grid_power": ["sensor.nowhere"]}, {"grid_power": "entity_not_found"}),
        ({"grid_power": ["sensor.humidity"]}, {"grid_power": "not_power"}),
        ({"pv_power": ["sensor.water"]}, {"pv_power": "not_power"}),
        ({"pv_power": ["sensor.grid"]}, {"pv_power": "used_twice"}),
        (
            {"grid_power": ["sensor.grid", "sensor.grid"]},
            {"grid_power": "used_twice"},
        ),
        (
            {"grid_export_power": ["sensor.grid"]},
            {"grid_export_power": "used_twice"},
        ),
    ],
)
async def test_the_grid_page_says_what_is_wrong_and_can_be_mended(
    hass: HomeAssistant, page: dict[str, Any], errors: dict[str, str]
) -> None:
    result = await open_site(hass)
    result = await submit(hass, result, "grid", {**houses.GRID, **page})
    assert result["errors"] == errors
    result = await submit(hass, result, "grid", houses.GRID)
    assert result["step_id"] == "battery"


@pytest.mark.parametrize(
    ("page", "errors"),
    [
        ({"battery_power": []}, {"battery_power": "battery_needed"}),
        ({"battery_power": ["sensor.grid"]}, {"battery_power": "used_twice"}),
        ({"battery_soc": "sensor.grid"}, {"battery_soc": "not_percent"}),
        (
            {"battery_charge_power": ["sensor.x"]},
            {"battery_charge_power": "entity_not_found"},
        ),
        ({"battery_charge_w": None}, {"battery_charge_w": "value_needed"}),
        ({"battery_capacity_kwh": "nan"}, {"battery_capacity_kwh": "not_a_number"}),
        (
            {"advanced": {"battery_wear_per_kwh": "nan"}},
            {"advanced": "not_a_number"},
        ),
    ],
)
async def test_the_battery_page_says_what_is_wrong_and_can_be_mended(
    hass: HomeAssistant, page: dict[str, Any], errors: dict[str, str]
) -> None:
    result = await up_to(hass, "battery")
    result = await submit(hass, result, "battery", {**BATTERY_PAGE, **page})
    assert result["errors"] == errors
    result = await submit(hass, result, "battery", BATTERY_PAGE)
    assert result["step_id"] == "prices"


@pytest.mark.parametrize(
    ("page", "errors"),
    [
        ({"import_price": None}, {"import_price": "value_needed"}),
        ({"import_price": "nan"}, {"import_price": "not_a_number"}),
        (
            {"import_price_entity": "sensor.water"},
            {"import_price_entity": "not_price"},
        ),
        (
            {"export_price_entity": "sensor.nowhere"},
            {"export_price_entity": "entity_not_found"},
        ),
    ],
)
async def test_the_price_page_says_what_is_wrong_and_can_be_mended(
    hass: HomeAssistant, page: dict[str, Any], errors: dict[str, str]
) -> None:
    result = await up_to(hass, "prices")
    assert result["description_placeholders"] == {"currency": "EUR"}
    result = await submit(hass, result, "prices", {**houses.PRICES, **page})
    assert result["errors"] == errors
    result = await submit(hass, result, "prices", houses.PRICES)
    assert result["step_id"] == "confirm"


async def test_a_price_in_another_currency_than_the_home_is_refused(
    hass: HomeAssistant,
) -> None:
    hass.config.currency = "SEK"
    result = await up_to(hass, "prices")
    page = {**houses.PRICES, "export_price_entity": "sensor.feed_in"}
    result = await submit(hass, result, "prices", page)
    assert result["errors"] == {"export_price_entity": "not_price"}
    assert result["description_placeholders"] == {"currency": "SEK"}


async def test_a_registered_sensor_that_has_no_state_yet_is_accepted(
    hass: HomeAssistant, entity_registry: er.EntityRegistry
) -> None:
    meter = entity_registry.async_get_or_create(
        "sensor", "meter", "1", unit_of_measurement="kW"
    )
    result = await open_site(hass)
    page = {**houses.GRID, "grid_power": [meter.entity_id]}
    result = await submit(hass, result, "grid", page)
    assert result["step_id"] == "battery"


async def test_reconfiguring_shows_what_was_entered_and_forgets_what_is_cleared(
    hass: HomeAssistant,
) -> None:
    entry = houses.entry(data={**SITE, "export_limit_w": 5000.0})
    entry.add_to_hass(hass)
    result = await open_site_again(entry, hass)
    assert suggested(result).items() >= houses.GRID.items()
    result = await submit(hass, result, "grid", houses.GRID)
    known = {**houses.BATTERY, **houses.BATTERY_ADVANCED}
    assert suggested(result).items() >= known.items()
    result = await submit(hass, result, "battery", BATTERY_PAGE)
    assert suggested(result)["export_limit_w"] == 5000
    result = await submit(
        hass, result, "prices", {"import_price": 0.3, "export_price": 0}
    )
    result = await submit(hass, result, "confirm", {})
    assert result["type"] is FlowResultType.ABORT
    assert result["reason"] == "reconfigure_successful"
    assert entry.data == {**SITE, "import_price": 0.3, "export_price": 0.0}


async def test_a_battery_that_was_sold_leaves_nothing_behind(
    hass: HomeAssistant,
) -> None:
    entry = houses.entry()
    entry.add_to_hass(hass)
    result = await open_site_again(entry, hass)
    result = await submit(hass, result, "grid", {**houses.GRID, "has_battery": False})
    result = await submit(hass, result, "prices", houses.PRICES)
    await submit(hass, result, "confirm", {})
    assert entry.data == {**houses.GRID, **houses.PRICES, "has_battery": False}
