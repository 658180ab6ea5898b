"""Adding and changing a guard of every kind."""

from collections.abc import Generator
from typing import Any
from unittest.mock import patch

from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.util.unit_system import US_CUSTOMARY_SYSTEM
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.solar_compute import configuration
from custom_components.solar_compute.configured import GuardConfig
from custom_components.solar_compute.core.guard_spec import (
    CapOf,
    CircuitGuard,
    ClimateGuard,
    PowerCapGuard,
)

from . import houses
from .dialogs import choose, open_subentry, open_subentry_again, submit, suggested
from .guard_pages import PAGES, STORED, furnish, guard
from .houses import CRUNCHER, MINER


@pytest.fixture(autouse=True)
def sunny_house(hass: HomeAssistant) -> Generator[None]:
    """Live in the sunny house, where nothing is set up for real."""
    houses.move_in(hass)
    furnish(hass)
    with patch("custom_components.solar_compute.async_setup_entry", return_value=True):
        yield


@pytest.fixture
def site(hass: HomeAssistant) -> MockConfigEntry:
    """Return the sunny house's entry with two workers."""
    entry = houses.entry(
        houses.worker(CRUNCHER, "Cruncher", "cruncher"),
        houses.worker(MINER, "Miner", "miner"),
    )
    entry.add_to_hass(hass)
    return entry


async def open_guard(hass: HomeAssistant, site: MockConfigEntry, kind: str) -> Any:
    """Open the dialog and choose a kind."""
    return await choose(hass, await open_subentry(hass, site, "guard"), kind)


async def add(
    hass: HomeAssistant, site: MockConfigEntry, kind: str, **changes: Any
) -> Any:
    """Fill in the page of a kind, and take over what the next page proposes."""
    result = await open_guard(hass, site, kind)
    page = {"name": "My guard", **PAGES[kind], **changes}
    result = await submit(hass, result, kind, page)
    if result.get("step_id") == "condition_rule":
        result = await submit(hass, result, "condition_rule", {})
    return result


def only_guard(site: MockConfigEntry) -> GuardConfig:
    """Return the only guard that the entry configures."""
    (config,) = configuration.parse(site).guards
    return config


@pytest.mark.parametrize("kind", PAGES)
async def test_a_guard_of_every_kind_is_added(
    hass: HomeAssistant, site: MockConfigEntry, kind: str
) -> None:
    result = await add(hass, site, kind)

    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert result["title"] == "My guard"
    assert result["data"] == STORED[kind]


async def test_a_guard_may_hold_for_some_workers_only(
    hass: HomeAssistant, site: MockConfigEntry
) -> None:
    await add(hass, site, "maximum", workers=["miner"])

    assert only_guard(site).spec.workers == ("miner",)


async def test_a_guard_can_be_set_up_before_any_worker(hass: HomeAssistant) -> None:
    site = houses.entry()
    site.add_to_hass(hass)

    result = await add(hass, site, "maximum")

    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert only_guard(site).spec.workers == ()


async def test_a_home_without_a_battery_is_offered_no_guard_for_it(
    hass: HomeAssistant,
) -> None:
    site = houses.entry(data={**houses.GRID, **houses.PRICES, "has_battery": False})
    site.add_to_hass(hass)

    result = await open_subentry(hass, site, "guard")

    assert "battery_guard" not in result["menu_options"]
    assert "circuit" in result["menu_options"]


@pytest.mark.parametrize(
    ("use", "rule"),
    [
        ("tamper", ("off", True, True)),
        ("alarm", ("off", True, True)),
        ("isolation", ("on", False, True)),
        ("internet", ("on", False, False)),
        ("transfer", ("on", False, False)),
        ("away", ("off", False, False)),
        ("other", ("on", False, False)),
    ],
)
async def test_every_use_of_a_condition_proposes_what_is_usual(
    hass: HomeAssistant,
    site: MockConfigEntry,
    use: str,
    rule: tuple[str, bool, bool],
) -> None:
    """A rule: what it must be, whether it latches, whether it is for safety."""
    result = await add(hass, site, "condition", use=use)

    data = result["data"]
    assert (data["must_be"], data["latching"], data["safety"]) == rule


async def test_the_second_page_of_a_condition_tells_what_the_entity_says_now(
    hass: HomeAssistant, site: MockConfigEntry
) -> None:
    page = {"name": "Door", **PAGES["condition"]}
    result = await submit(
        hass, await open_guard(hass, site, "condition"), "condition", page
    )

    assert result["description_placeholders"] == {
        "entity": "Cellar door",
        "state": "off",
    }


async def test_a_condition_that_is_changed_keeps_its_rule_until_its_use_is_another(
    hass: HomeAssistant,
) -> None:
    data = {**STORED["condition"], "latching": False}
    site = houses.entry(guard(data, "Door", "guard"))
    site.add_to_hass(hass)

    result = await open_subentry_again(hass, site, "guard")
    same = await submit(hass, result, "condition", PAGES["condition"])
    assert suggested(same)["latching"] is False
    result = await open_subentry_again(hass, site, "guard")
    other = {**PAGES["condition"], "use": "alarm"}
    other = await submit(hass, result, "condition", other)
    assert suggested(other)["latching"] is True

    result = await submit(hass, same, "condition_rule", {"must_be": "on"})
    assert result["reason"] == "reconfigure_successful"
    assert site.subentries["guard"].title == "Door"
    assert site.subentries["guard"].data["must_be"] == "on"


@pytest.mark.parametrize("kind", PAGES)
async def test_a_guard_that_is_changed_begins_with_what_was_entered(
    hass: HomeAssistant, kind: str
) -> None:
    site = houses.entry(guard(STORED[kind], "My guard", "guard"))
    site.add_to_hass(hass)
    derived = {"kind", "meter_in_ampere", "must_be", "latching", "safety"}

    result = await open_subentry_again(hass, site, "guard")

    assert result["step_id"] == kind
    known = {k: v for k, v in STORED[kind].items() if k not in derived}
    assert suggested(result).items() >= known.items()


async def test_a_limit_that_was_emptied_stays_empty(hass: HomeAssistant) -> None:
    site = houses.entry(guard(STORED["climate"], "Cellar", "guard"))
    site.add_to_hass(hass)
    result = await open_subentry_again(hass, site, "guard")
    page = {**PAGES["climate"], "warmest_c": None}
    await submit(hass, result, "climate", page)

    result = await open_subentry_again(hass, site, "guard")

    assert "warmest_c" not in suggested(result)
    spec = only_guard(site).spec
    assert isinstance(spec, ClimateGuard)
    assert spec.maximum_c is None


async def test_workers_that_were_deleted_are_not_proposed_again(
    hass: HomeAssistant,
) -> None:
    data = {**STORED["maximum"], "workers": ["miner", "deleted"]}
    site = houses.entry(
        houses.worker(MINER, "Miner", "miner"), guard(data, "Day", "guard")
    )
    site.add_to_hass(hass)

    result = await open_subentry_again(hass, site, "guard")

    assert suggested(result)["workers"] == ["miner"]


async def test_temperatures_are_asked_in_fahrenheit_where_the_home_uses_it(
    hass: HomeAssistant, site: MockConfigEntry
) -> None:
    hass.config.units = US_CUSTOMARY_SYSTEM
    result = await open_guard(hass, site, "climate")
    assert suggested(result)["warmest_c"] == 95

    await add(hass, site, "climate", warmest_c=86)

    config = only_guard(site)
    assert isinstance(config.spec, ClimateGuard)
    assert config.spec.maximum_c == 30
    result = await open_subentry_again(hass, site, config.key)
    assert suggested(result)["warmest_c"] == 86


async def test_margins_are_asked_in_fahrenheit_where_the_home_uses_it(
    hass: HomeAssistant, site: MockConfigEntry
) -> None:
    hass.config.units = US_CUSTOMARY_SYSTEM

    await add(hass, site, "climate", dew_margin_k=5.4, after={"back_by_k": 3.6})

    config = only_guard(site)
    assert isinstance(config.spec, ClimateGuard)
    assert (config.spec.dew_margin_k, config.spec.hysteresis_k) == (3, 2)
    result = await open_subentry_again(hass, site, config.key)
    assert suggested(result)["dew_margin_k"] == 5.4
    assert suggested(result)["back_by_k"] == 3.6


async def test_a_meter_in_watt_is_not_multiplied_by_the_voltage(
    hass: HomeAssistant, site: MockConfigEntry
) -> None:
    await add(hass, site, "circuit", meter="sensor.cellar_power")
    assert only_guard(site).voltage_v is None


async def test_a_circuit_without_a_meter_sets_something_aside_for_other_loads(
    hass: HomeAssistant, site: MockConfigEntry
) -> None:
    await add(hass, site, "circuit", meter=None, other_w=1000)

    config = only_guard(site)
    assert isinstance(config.spec, CircuitGuard)
    assert (config.spec.metered, config.spec.other_w) == (False, 1000)
    assert config.entities == {}


async def test_a_signal_turns_a_fixed_cap_on(
    hass: HomeAssistant, site: MockConfigEntry
) -> None:
    signal = {"cap": None, "signal": "binary_sensor.grid_signal", "cap_w": 4200}
    await add(hass, site, "power_cap", **signal, of="workers")

    config = only_guard(site)
    assert config.spec == PowerCapGuard(
        key=config.key, name="My guard", of=CapOf.WORKERS, cap_w=4200
    )
    assert config.entities == {"state": "binary_sensor.grid_signal"}


@pytest.mark.parametrize(
    ("kind", "changes", "errors"),
    [
        ("circuit", {"limit": None}, {"limit": "value_needed"}),
        ("circuit", {"limit": "nan"}, {"limit": "not_a_number"}),
        ("circuit", {"meter": "sensor.water"}, {"meter": "not_power_or_current"}),
        ("circuit", {"meter": "sensor.nowhere"}, {"meter": "entity_not_found"}),
        ("circuit", {"meter": None, "other_w": 3000}, {"other_w": "nothing_left"}),
        (
            "circuit",
            {"limit": 900, "limit_unit": "watt", "meter": None, "other_w": 720},
            {"other_w": "nothing_left"},
        ),
        ("circuit", {"name": " "}, {"name": "value_needed"}),
        ("power_cap", {"cap": None}, {"cap": "cap_or_signal"}),
        (
            "power_cap",
            {"signal": "binary_sensor.grid_signal"},
            {"cap": "cap_or_signal"},
        ),
        ("power_cap", {"cap": "sensor.water"}, {"cap": "not_power"}),
        (
            "power_cap",
            {"cap": None, "signal": "binary_sensor.nowhere"},
            {"signal": "entity_not_found"},
        ),
        ("climate", {"air": None}, {"air": "sensor_needed"}),
        ("climate", {"humidity": None}, {"humidity": "value_needed"}),
        ("climate", {"humidity": "sensor.water"}, {"humidity": "not_percent"}),
        ("climate", {"air": "sensor.humidity"}, {"air": "not_temperature"}),
        ("climate", {"surface": "sensor.grid"}, {"surface": "not_temperature"}),
        ("climate", {"coldest_c": 40}, {"coldest_c": "coldest_not_below_warmest"}),
        (
            "climate",
            {"warmest_c": None, "maximum_humidity": None, "dew_margin_k": None},
            {"warmest_c": "limit_needed"},
        ),
        ("condition", {"watched": "lock.wrong"}, {"watched": "not_on_off"}),
        ("quiet", {"start": None, "end": None}, {"start": "hours_needed"}),
        ("quiet", {"end": None}, {"end": "window_needs_both"}),
        (
            "quiet",
            {"second": {"second_end": "22:00:00"}},
            {"second": "window_needs_both"},
        ),
        ("quiet", {"schedule": "schedule.gone"}, {"schedule": "entity_not_found"}),
        (
            "maximum",
            {"energy_kwh": None, "cost": None, "run_h": None},
            {"energy_kwh": "limit_needed"},
        ),
        ("maximum", {"cost": "nan"}, {"cost": "not_a_number"}),
    ],
)
async def test_every_page_says_what_is_wrong_and_can_be_mended(
    hass: HomeAssistant,
    site: MockConfigEntry,
    kind: str,
    changes: dict[str, Any],
    errors: dict[str, str],
) -> None:
    hass.states.async_set("lock.wrong", "jammed")

    result = await add(hass, site, kind, **changes)
    assert result["errors"] == errors

    page = {"name": "My guard", **PAGES[kind]}
    result = await submit(hass, result, kind, page)
    if result.get("step_id") == "condition_rule":
        result = await submit(hass, result, "condition_rule", {})
    assert result["type"] is FlowResultType.CREATE_ENTRY
