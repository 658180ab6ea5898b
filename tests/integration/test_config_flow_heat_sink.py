"""Adding and changing a tank, with each of the heaters that it may have."""

from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import entity_registry as er
from homeassistant.util.unit_system import US_CUSTOMARY_SYSTEM
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.solar_compute import configuration
from custom_components.solar_compute.configured_heat import (
    BoostRequest,
    HeatMeter,
    WaitRequest,
)
from custom_components.solar_compute.const import DOMAIN
from custom_components.solar_compute.core.spec import (
    BackupSchedule,
    DailyWindow,
    HeatSupply,
    ReadyBy,
)
from custom_components.solar_compute.flows.tank import loss_w_per_k

from . import houses
from .dialogs import (
    GAS_PAGE,
    TANK_PAGE,
    choose,
    open_subentry,
    open_subentry_again,
    submit,
    suggested,
)
from .houses import TANK

pytestmark = pytest.mark.usefixtures("sunny_house")


FLOW_METER = {
    "flow": "sensor.flow",
    "flow_temperature": "sensor.hot_pipe",
    "return_temperature": "sensor.cold_pipe",
}


@pytest.fixture
def site(hass: HomeAssistant) -> MockConfigEntry:
    """Return the sunny house's entry, added to Home Assistant."""
    entry = houses.entry()
    entry.add_to_hass(hass)
    return entry


async def open_tank(hass: HomeAssistant, site: MockConfigEntry) -> Any:
    """Open the dialog for a hot-water tank."""
    return await choose(hass, await open_subentry(hass, site, "heat_sink"), "tank")


async def test_a_tank_with_a_boiler_is_added_on_two_pages(
    hass: HomeAssistant, site: MockConfigEntry
) -> None:
    result = await submit(hass, await open_tank(hass, site), "tank", TANK_PAGE)
    result = await submit(hass, result, "backup_gas", GAS_PAGE)
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert result["title"] == "Hot water"
    assert result["data"] == TANK


@pytest.mark.parametrize(
    ("kind", "page"),
    [
        ("resistive", {"backup_power_w": 3000, "timing": {}, "wait": {}}),
        (
            "heat_pump",
            {
                "source": "sensor.outdoor",
                "source_c": 5,
                "timing": {},
                "details": {},
                "wait": {},
            },
        ),
        ("district", GAS_PAGE),
        ("none", {"comfort_per_kwh": 0.1}),
    ],
)
async def test_every_kind_of_heater_has_its_own_page(
    hass: HomeAssistant, site: MockConfigEntry, kind: str, page: dict[str, Any]
) -> None:
    result = await open_tank(hass, site)
    result = await submit(hass, result, "tank", {**TANK_PAGE, "backup": kind})
    result = await submit(hass, result, f"backup_{kind}", page)
    assert result["type"] is FlowResultType.CREATE_ENTRY
    (tank,) = configuration.parse(site).tanks
    assert tank.spec.backup.kind == kind
    assert tank.backup.source == page.get("source")


async def test_a_timed_heater_keeps_its_windows(
    hass: HomeAssistant, site: MockConfigEntry
) -> None:
    result = await open_tank(hass, site)
    result = await submit(hass, result, "tank", {**TANK_PAGE, "backup": "resistive"})
    page = {
        "backup_schedule": "timed",
        "timing": {"window_start": "22:00:00", "window_end": "06:00:00"},
        "wait": {},
    }
    await submit(hass, result, "backup_resistive", page)
    (tank,) = configuration.parse(site).tanks
    assert tank.spec.backup.schedule is BackupSchedule.TIMED
    assert tank.spec.backup.windows == (DailyWindow(start_min=1320, end_min=360),)


async def test_a_heater_is_followed_from_an_entity(
    hass: HomeAssistant, site: MockConfigEntry
) -> None:
    result = await submit(hass, await open_tank(hass, site), "tank", TANK_PAGE)
    followed = {
        "backup_schedule": "followed",
        "timing": {"follow": "sensor.next_run"},
    }
    await submit(hass, result, "backup_gas", {**GAS_PAGE, **followed})
    (tank,) = configuration.parse(site).tanks
    assert tank.spec.backup.schedule is BackupSchedule.FOLLOWED
    assert tank.backup.follow == "sensor.next_run"


async def test_a_tank_tells_its_layers_its_times_its_meter_and_whom_to_ask(
    hass: HomeAssistant, site: MockConfigEntry
) -> None:
    page = {
        **TANK_PAGE,
        "temperature": ["sensor.hot_pipe", "sensor.water"],
        "demand": {
            "supply": "grid",
            "minimum_c": 40,
            "shortage_per_kwh": 0.6,
            "ready_time": "06:30:00",
            "ready_c": 50,
        },
        "hygiene": {"boost_after_h": 72, "boost_entity": "button.boost"},
        "meter": {"heat_power": "sensor.heat"},
    }
    result = await submit(hass, await open_tank(hass, site), "tank", page)
    wait = {"wait_entity": "water_heater.boiler", "wait_floor_c": 45}
    await submit(hass, result, "backup_gas", {**GAS_PAGE, "wait": wait})
    (tank,) = configuration.parse(site).tanks
    assert tank.temperatures == ("sensor.hot_pipe", "sensor.water")
    assert tank.spec.supply is HeatSupply.GRID
    assert (tank.spec.minimum_c, tank.spec.shortage_per_kwh) == (40, 0.6)
    assert tank.spec.ready_by == (ReadyBy(minute=390, temperature_c=50),)
    assert tank.boost == BoostRequest(after_h=72, entity="button.boost")
    assert tank.heat_meter == HeatMeter(power="sensor.heat")
    assert tank.wait == WaitRequest(entity="water_heater.boiler", floor_c=45)


async def test_a_switch_is_asked_to_wait_once_its_own_time_out_is_confirmed(
    hass: HomeAssistant, site: MockConfigEntry
) -> None:
    result = await submit(hass, await open_tank(hass, site), "tank", TANK_PAGE)
    wait = {"wait_entity": "switch.rod", "wait_own_timeout": True}
    await submit(hass, result, "backup_gas", {**GAS_PAGE, "wait": wait})
    (tank,) = configuration.parse(site).tanks
    assert tank.wait == WaitRequest(entity="switch.rod")


@pytest.mark.parametrize("section", ["hygiene", "wait"])
async def test_what_solar_compute_itself_shows_cannot_be_asked_for_anything(
    hass: HomeAssistant,
    site: MockConfigEntry,
    entity_registry: er.EntityRegistry,
    section: str,
) -> None:
    own = entity_registry.async_get_or_create("switch", DOMAIN, "cruncher_enabled")
    if section == "hygiene":
        page = {**TANK_PAGE, "hygiene": {"boost_entity": own.entity_id}}
        result = await submit(hass, await open_tank(hass, site), "tank", page)
    else:
        result = await submit(hass, await open_tank(hass, site), "tank", TANK_PAGE)
        asked = {"wait_entity": own.entity_id, "wait_own_timeout": True}
        result = await submit(hass, result, "backup_gas", {**GAS_PAGE, "wait": asked})
    assert result["errors"] == {section: "own_entity"}


@pytest.mark.parametrize(
    ("energy_class", "loss"), [("a", 0.975), ("b", 1.364), ("c", 1.912)]
)
def test_the_label_of_a_200_litre_tank_gives_its_standing_loss(
    energy_class: str, loss: float
) -> None:
    """Standing losses of EU 812/2013 at 200 L: 43.9, 61.4 and 86.0 W, over 45 K."""
    assert loss_w_per_k(energy_class, 200) == pytest.approx(loss, abs=0.001)


async def test_an_own_figure_for_the_loss_is_kept(
    hass: HomeAssistant, site: MockConfigEntry
) -> None:
    loss = {"energy_class": "own", "loss_w_per_k": 2.1}
    result = await open_tank(hass, site)
    result = await submit(hass, result, "tank", {**TANK_PAGE, "loss": loss})
    await submit(hass, result, "backup_gas", GAS_PAGE)
    assert configuration.parse(site).tanks[0].spec.loss_w_per_k == 2.1


async def test_temperatures_are_asked_in_fahrenheit_where_the_home_uses_it(
    hass: HomeAssistant, site: MockConfigEntry
) -> None:
    hass.config.units = US_CUSTOMARY_SYSTEM
    result = await open_tank(hass, site)
    assert suggested(result)["target_c"] == 131
    assert suggested(result)["cold_c"] == 50
    page = {**TANK_PAGE, "target_c": 122, "maximum_c": 149}
    result = await submit(hass, result, "tank", page)
    assert suggested(result)["hysteresis_k"] == 9
    wait = {"wait_entity": "water_heater.boiler", "wait_floor_c": 104}
    page = {**GAS_PAGE, "timing": {"hysteresis_k": 18}, "wait": wait}
    await submit(hass, result, "backup_gas", page)
    (tank,) = configuration.parse(site).tanks
    assert (tank.spec.target_c, tank.spec.maximum_c) == (50, 65)
    assert tank.spec.cold_c == 10
    assert tank.spec.backup.hysteresis_k == 10
    assert tank.wait == WaitRequest(entity="water_heater.boiler", floor_c=40)
    result = await open_subentry_again(hass, site, tank.key)
    assert suggested(result)["target_c"] == 122


@pytest.mark.parametrize(
    ("page", "errors"),
    [
        ({"temperature": []}, {"temperature": "value_needed"}),
        ({"temperature": ["sensor.nowhere"]}, {"temperature": "entity_not_found"}),
        ({"temperature": ["sensor.grid"]}, {"temperature": "not_temperature"}),
        ({"temperature": ["sensor.water"] * 2}, {"temperature": "used_twice"}),
        (
            {"temperature": [f"sensor.layer_{i}" for i in range(5)]},
            {"temperature": "too_many_sensors"},
        ),
        ({"maximum_c": 55}, {"maximum_c": "maximum_not_above_target"}),
        ({"volume_l": None}, {"volume_l": "value_needed"}),
        ({"name": " "}, {"name": "value_needed"}),
        ({"volume_l": "nan"}, {"volume_l": "not_a_number"}),
        ({"loss": {"energy_class": "own"}}, {"loss": "loss_needed"}),
        ({"loss": {"cold_c": 55}}, {"loss": "cold_not_below_target"}),
        ({"demand": {"minimum_c": 55}}, {"demand": "minimum_not_below_target"}),
        ({"demand": {"minimum_c": 40}}, {"demand": "shortage_needed"}),
        (
            {"demand": {"ready_time": "06:30:00", "shortage_per_kwh": 1}},
            {"demand": "ready_needs_both"},
        ),
        ({"demand": {"second_ready_c": 50}}, {"demand": "ready_needs_both"}),
        (
            {"demand": {"second_ready_time": "18:00:00", "second_ready_c": 50}},
            {"demand": "shortage_needed"},
        ),
        (
            {
                "demand": {
                    "shortage_per_kwh": 1,
                    "ready_time": "06:30:00",
                    "ready_c": 61,
                }
            },
            {"demand": "ready_above_maximum"},
        ),
        ({"hygiene": {"boost_entity": "button.gone"}}, {"hygiene": "entity_not_found"}),
        ({"meter": {"flow": "sensor.flow"}}, {"meter": "meter_incomplete"}),
        ({"meter": {"heat_power": "sensor.water"}}, {"meter": "not_power"}),
        ({"meter": {"heat_power": "sensor.grid"}}, {"meter": "used_by_site"}),
        (
            {"meter": {**FLOW_METER, "flow": "sensor.water"}},
            {"meter": "not_flow"},
        ),
        (
            {"meter": {**FLOW_METER, "return_temperature": "sensor.hot_pipe"}},
            {"meter": "used_twice"},
        ),
    ],
)
async def test_the_tank_page_says_what_is_wrong_and_can_be_mended(
    hass: HomeAssistant,
    site: MockConfigEntry,
    page: dict[str, Any],
    errors: dict[str, str],
) -> None:
    result = await open_tank(hass, site)
    result = await submit(hass, result, "tank", {**TANK_PAGE, **page})
    assert result["errors"] == errors
    result = await submit(hass, result, "tank", TANK_PAGE)
    assert result["step_id"] == "backup_gas"


@pytest.mark.parametrize(
    ("page", "errors"),
    [
        ({"backup_price": None}, {"backup_price": "value_needed"}),
        ({"backup_price": "nan"}, {"backup_price": "not_a_number"}),
        ({"backup_schedule": "timed"}, {"timing": "window_needed"}),
        ({"backup_schedule": "followed"}, {"timing": "follow_needed"}),
        ({"timing": {"follow": "sensor.water"}}, {"timing": "not_timestamp"}),
        ({"timing": {"follow": "schedule.gone"}}, {"timing": "entity_not_found"}),
        ({"wait": {"wait_entity": "switch.gone"}}, {"wait": "entity_not_found"}),
        ({"wait": {"wait_entity": "switch.rod"}}, {"wait": "own_timeout_needed"}),
        ({"wait": {"wait_entity": "water_heater.boiler"}}, {"wait": "floor_needed"}),
        (
            {"wait": {"wait_entity": "water_heater.boiler", "wait_floor_c": 55}},
            {"wait": "floor_not_below_target"},
        ),
        (
            {"timing": {"window_start": "22:00:00"}},
            {"timing": "window_needs_both"},
        ),
        (
            {"timing": {"second_window_end": "22:00:00"}},
            {"timing": "window_needs_both"},
        ),
    ],
)
async def test_the_boiler_page_says_what_is_wrong_and_can_be_mended(
    hass: HomeAssistant,
    site: MockConfigEntry,
    page: dict[str, Any],
    errors: dict[str, str],
) -> None:
    result = await submit(hass, await open_tank(hass, site), "tank", TANK_PAGE)
    result = await submit(hass, result, "backup_gas", {**GAS_PAGE, **page})
    assert result["errors"] == errors
    result = await submit(hass, result, "backup_gas", GAS_PAGE)
    assert result["type"] is FlowResultType.CREATE_ENTRY


async def test_a_source_that_is_no_temperature_is_refused(
    hass: HomeAssistant, site: MockConfigEntry
) -> None:
    result = await open_tank(hass, site)
    result = await submit(hass, result, "tank", {**TANK_PAGE, "backup": "heat_pump"})
    page = {"source": "sensor.humidity", "timing": {}, "details": {}, "wait": {}}
    result = await submit(hass, result, "backup_heat_pump", page)
    assert result["errors"] == {"source": "not_temperature"}


async def test_two_tanks_cannot_share_a_sensor(hass: HomeAssistant) -> None:
    site = houses.entry(houses.sink(TANK, "Hot water", "tank"))
    site.add_to_hass(hass)
    result = await submit(hass, await open_tank(hass, site), "tank", TANK_PAGE)
    assert result["errors"] == {"temperature": "used_by_other_sink"}


async def test_two_tanks_cannot_ask_the_same_heater_to_wait(
    hass: HomeAssistant,
) -> None:
    wait = {"wait_entity": "water_heater.boiler", "wait_floor_c": 45}
    other = {**TANK, **wait, "temperature": ["sensor.pool"]}
    site = houses.entry(houses.sink(other, "Other water", "other"))
    site.add_to_hass(hass)
    result = await submit(hass, await open_tank(hass, site), "tank", TANK_PAGE)
    result = await submit(hass, result, "backup_gas", {**GAS_PAGE, "wait": wait})
    assert result["errors"] == {"wait": "used_by_other_sink"}
    result = await submit(hass, result, "backup_gas", GAS_PAGE)
    assert result["type"] is FlowResultType.CREATE_ENTRY


async def test_a_tank_that_is_changed_forgets_its_old_heater(
    hass: HomeAssistant,
) -> None:
    site = houses.entry(houses.sink(TANK, "Hot water", "tank"))
    site.add_to_hass(hass)
    result = await open_subentry_again(hass, site, "tank")
    known = {key: TANK[key] for key in ("temperature", "volume_l", "backup")}
    assert suggested(result).items() >= known.items()
    page = {key: value for key, value in TANK_PAGE.items() if key != "name"}
    result = await submit(hass, result, "tank", {**page, "backup": "none"})
    result = await submit(hass, result, "backup_none", {"comfort_per_kwh": 0.2})
    assert result["reason"] == "reconfigure_successful"
    subentry = site.subentries["tank"]
    assert subentry.title == "Hot water"
    forgotten = {"hysteresis_k", "wait_own_timeout"}
    kept = {k: v for k, v in TANK.items() if k not in forgotten and "backup_" not in k}
    assert subentry.data == {**kept, "backup": "none", "comfort_per_kwh": 0.2}
