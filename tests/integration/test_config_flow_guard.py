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
    BatteryGuard,
    CapOf,
    CircuitGuard,
    ClimateGuard,
    ConditionGuard,
    ConditionUse,
    GuardSpec,
    MaximumGuard,
    PowerCapGuard,
    QuietGuard,
)
from custom_components.solar_compute.core.times import DailyWindow

from . import houses
from .dialogs import choose, open_subentry, open_subentry_again, submit, suggested
from .guard_pages import PAGES, STORED, furnish, guard
from .houses import CRUNCHER, MINER

BY_KEY = {"key": "guard", "name": "My guard"}


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


def stored(data: dict[str, Any], **changes: Any) -> GuardConfig:
    """Return what a stored guard configures."""
    data = {k: v for k, v in {**data, **changes}.items() if v is not None}
    return only_guard(houses.entry(guard(data, "My guard", "guard")))


@pytest.mark.parametrize("kind", PAGES)
async def test_a_guard_of_every_kind_is_added(
    hass: HomeAssistant, site: MockConfigEntry, kind: str
) -> None:
    result = await add(hass, site, kind)

    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert result["title"] == "My guard"
    assert result["data"] == STORED[kind]


@pytest.mark.parametrize(
    ("kind", "spec", "entities"),
    [
        (
            "circuit",
            CircuitGuard(**BY_KEY, limit_w=16 * 230),
            {"power_w": "sensor.cellar_current"},
        ),
        (
            "power_cap",
            PowerCapGuard(**BY_KEY, of=CapOf.GRID),
            {"cap_w": "number.grid_cap"},
        ),
        ("battery_guard", BatteryGuard(**BY_KEY, minimum_soc=30, discharge_w=500), {}),
        (
            "climate",
            ClimateGuard(**BY_KEY, maximum_c=32, maximum_humidity=80, dew_margin_k=3.0),
            {
                "temperature_c": "sensor.cellar_air",
                "humidity": "sensor.cellar_humidity",
                "surface_c": "sensor.cold_pipe",
            },
        ),
        (
            "condition",
            ConditionGuard(
                **BY_KEY,
                use=ConditionUse.TAMPER,
                must_be_on=False,
                latching=True,
                safety=True,
            ),
            {"state": "binary_sensor.cellar_door"},
        ),
        (
            "quiet",
            QuietGuard(
                **BY_KEY,
                windows=(DailyWindow(start_min=1320, end_min=390),),
                maximum_db=35,
                level=1,
            ),
            {},
        ),
        (
            "maximum",
            MaximumGuard(**BY_KEY, energy_wh=6000, cost=1.5, run_s=28_800),
            {},
        ),
    ],
)
def test_what_is_stored_reaches_the_core(
    kind: str, spec: GuardSpec, entities: dict[str, str]
) -> None:
    config = stored(STORED[kind])

    assert config.spec == spec
    assert config.entities == entities


def test_every_guard_is_filed_under_its_kind() -> None:
    entry = houses.entry(*(guard(data, kind, kind) for kind, data in STORED.items()))

    parsed = configuration.parse(entry)

    assert {spec.key for spec in parsed.spec.guards} == STORED.keys()
    (circuit,) = parsed.spec.guards.circuits
    (quiet,) = parsed.spec.guards.quiet
    assert (circuit.key, quiet.key) == ("circuit", "quiet")


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


def test_a_guard_of_a_battery_that_was_taken_away_rests() -> None:
    subentry = guard(STORED["battery_guard"], "Reserve", "guard")
    no_battery = {**houses.GRID, **houses.PRICES, "has_battery": False}

    assert configuration.parse(houses.entry(subentry)).guards
    assert not configuration.parse(houses.entry(subentry, data=no_battery)).guards


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


@pytest.mark.parametrize(
    ("workers", "problems"),
    [((), []), (("miner", "deleted"), []), (("deleted",), ["idle_guard"])],
)
def test_a_guard_whose_workers_are_all_gone_holds_for_nobody_and_is_reported(
    workers: tuple[str, ...], problems: list[str]
) -> None:
    data = {**STORED["maximum"], "workers": list(workers)}
    entry = houses.entry(
        houses.worker(MINER, "Miner", "miner"), guard(data, "Day", "guard")
    )

    parsed = configuration.parse(entry)

    assert [problem.kind for problem in parsed.problems] == problems
    assert parsed.guards[0].spec.workers == workers


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


def test_a_limit_in_ampere_is_voltage_times_current_on_all_phases() -> None:
    spec = stored(STORED["circuit"], limit=32.0, phases="3", share_percent=90.0).spec

    assert isinstance(spec, CircuitGuard)
    assert spec.limit_w == 32 * 3 * 230
    assert spec.share == 0.9


def test_a_limit_in_watt_is_taken_as_it_is() -> None:
    spec = stored(STORED["circuit"], limit=4000.0, limit_unit="watt").spec

    assert isinstance(spec, CircuitGuard)
    assert spec.limit_w == 4000


async def test_a_meter_in_watt_is_not_multiplied_by_the_voltage(
    hass: HomeAssistant, site: MockConfigEntry
) -> None:
    await add(hass, site, "circuit", meter="sensor.cellar_power")
    assert only_guard(site).voltage_v is None
    assert stored(STORED["circuit"]).voltage_v == 230
    assert stored(STORED["circuit"], phases="3").voltage_v == 690


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


def test_quiet_hours_may_follow_an_entity_and_have_a_second_time() -> None:
    noon = {"second_start": "12:00:00", "second_end": "14:00:00"}
    config = stored(STORED["quiet"], schedule="schedule.nights", **noon)

    assert isinstance(config.spec, QuietGuard)
    assert config.spec.followed
    assert config.spec.windows[1] == DailyWindow(start_min=720, end_min=840)
    assert config.entities == {"state": "schedule.nights"}


@pytest.mark.parametrize(
    ("kind", "changes", "errors"),
    [
        ("circuit", {"limit": None}, {"limit": "value_needed"}),
        ("circuit", {"limit": "nan"}, {"limit": "not_a_number"}),
        ("circuit", {"meter": "sensor.water"}, {"meter": "not_power_or_current"}),
        ("circuit", {"meter": "sensor.nowhere"}, {"meter": "entity_not_found"}),
        ("circuit", {"meter": None, "other_w": 3000}, {"other_w": "nothing_left"}),
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


def test_a_renamed_entity_is_followed() -> None:
    for kind, data in STORED.items():
        entities = set(stored(data).entities.values())
        for entity_id in entities:
            renamed = configuration.renamed(data, entity_id, "sensor.renamed")
            assert "sensor.renamed" in renamed.values(), kind
