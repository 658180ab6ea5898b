"""Adding and changing rooms, loops and cooled spaces."""

from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType, InvalidData
from homeassistant.helpers import entity_registry as er
from homeassistant.util.unit_system import US_CUSTOMARY_SYSTEM
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.solar_compute import configuration
from custom_components.solar_compute.const import DOMAIN
from custom_components.solar_compute.core.spec import (
    BackupKind,
    HeatSupply,
    MonthSpan,
    RoomSpec,
    SpaceSpec,
    TankUse,
)
from custom_components.solar_compute.flows import room

from . import houses
from .dialogs import (
    GAS_PAGE,
    LOOP_PAGE,
    ROOM_GAS_PAGE,
    ROOM_PAGE,
    SPACE_PAGE,
    TANK_PAGE,
    Result,
    choose,
    open_subentry,
    open_subentry_again,
    submit,
    suggested,
)
from .houses import STUDY, TANK

pytestmark = pytest.mark.usefixtures("sunny_house")


@pytest.fixture
def site(hass: HomeAssistant) -> MockConfigEntry:
    """Return the sunny house's entry, added to Home Assistant."""
    entry = houses.entry()
    entry.add_to_hass(hass)
    return entry


async def open_sink(hass: HomeAssistant, site: MockConfigEntry, kind: str) -> Result:
    """Open the dialog for a heat sink of a kind."""
    return await choose(hass, await open_subentry(hass, site, "heat_sink"), kind)


async def add_study(hass: HomeAssistant, site: MockConfigEntry, **page: Any) -> Any:
    """Add a room with a boiler and return its parsed configuration."""
    result = await open_sink(hass, site, "room")
    result = await submit(hass, result, "room", {**ROOM_PAGE, **page})
    result = await submit(hass, result, "backup_gas", ROOM_GAS_PAGE)
    assert result["type"] is FlowResultType.CREATE_ENTRY
    return configuration.parse(site).rooms[-1]


async def test_a_room_as_proposed_has_the_usual_figures_of_the_core(
    hass: HomeAssistant, site: MockConfigEntry
) -> None:
    study = await add_study(hass, site)
    usual = RoomSpec(key=study.key, name="Study")
    assert study.name == "Study"
    assert study.temperatures == ("sensor.study",)
    for field in ("target_c", "eco_k", "maximum_c", "outdoor_c", "heating_limit_c"):
        assert getattr(study.spec, field) == getattr(usual, field)
    assert study.spec.season == usual.season
    assert study.spec.loss_w_per_k == usual.loss_w_per_k
    assert study.spec.capacity_wh_per_k == pytest.approx(usual.capacity_wh_per_k, 0.03)
    assert study.spec.backup.hysteresis_k == usual.backup.hysteresis_k


async def test_a_room_tells_its_thermostat_its_windows_and_its_weather(
    hass: HomeAssistant, site: MockConfigEntry
) -> None:
    study = await add_study(
        hass,
        site,
        temperature=["sensor.study", "sensor.desk"],
        thermostat="climate.study",
        outside={
            "outdoor": "sensor.outdoor",
            "windows": ["binary_sensor.window"],
            "season_first": "september",
            "season_last": "may",
        },
        demand={"supply": "battery", "minimum_c": 16, "shortage_per_kwh": 0.4},
    )
    assert study.temperatures == ("sensor.study", "sensor.desk")
    assert (study.thermostat, study.outdoor) == ("climate.study", "sensor.outdoor")
    assert study.windows == ("binary_sensor.window",)
    assert study.spec.season == MonthSpan(first=9, last=5)
    assert study.spec.supply is HeatSupply.BATTERY
    assert (study.spec.minimum_c, study.spec.shortage_per_kwh) == (16, 0.4)


@pytest.mark.parametrize(
    ("building", "loss"), [("old", 60), ("average", 40), ("new", 20)]
)
def test_the_building_says_what_a_room_of_20_square_metres_loses(
    building: str, loss: float
) -> None:
    assert room.loss_w_per_k(building, 20) == loss


async def test_own_figures_of_a_room_are_kept(
    hass: HomeAssistant, site: MockConfigEntry
) -> None:
    own = {"building": "own", "loss_w_per_k": 33, "capacity_wh_per_k": 700}
    study = await add_study(hass, site, loss=own)
    assert (study.spec.loss_w_per_k, study.spec.capacity_wh_per_k) == (33, 700)


async def test_a_capacity_that_is_not_known_follows_from_the_area(
    hass: HomeAssistant, site: MockConfigEntry
) -> None:
    own = {"building": "own", "loss_w_per_k": 33, "area_m2": 30}
    study = await add_study(hass, site, loss=own)
    assert (study.spec.loss_w_per_k, study.spec.capacity_wh_per_k) == (33, 1380)


async def test_a_room_that_grew_loses_more(hass: HomeAssistant) -> None:
    site = houses.entry(houses.sink(STUDY, "Study", "study"))
    site.add_to_hass(hass)
    result = await open_subentry_again(hass, site, "study")
    page = {k: v for k, v in ROOM_PAGE.items() if k != "name"}
    page["loss"] = {**STUDY, "area_m2": 30, "building": "average"}
    page["loss"] = {
        key: page["loss"][key]
        for key in ("area_m2", "building", "loss_w_per_k", "capacity_wh_per_k")
    }
    result = await submit(hass, result, "room", page)
    await submit(hass, result, "backup_gas", ROOM_GAS_PAGE)
    (study,) = configuration.parse(site).rooms
    assert (study.spec.loss_w_per_k, study.spec.capacity_wh_per_k) == (60, 1380)


async def test_a_room_is_asked_in_fahrenheit_where_the_home_uses_it(
    hass: HomeAssistant, site: MockConfigEntry
) -> None:
    hass.config.units = US_CUSTOMARY_SYSTEM
    result = await open_sink(hass, site, "room")
    proposed = suggested(result)
    assert (proposed["target_c"], proposed["eco_k"]) == (68, 5.4)
    assert (proposed["outdoor_c"], proposed["heating_limit_c"]) == (41, 59)
    page = {**ROOM_PAGE, "target_c": 71.6, "demand": {"eco_k": 9}}
    result = await submit(hass, result, "room", page)
    assert suggested(result)["hysteresis_k"] == 0.9
    await submit(hass, result, "backup_gas", ROOM_GAS_PAGE)
    (study,) = configuration.parse(site).rooms
    assert (study.spec.target_c, study.spec.eco_k) == (22, 5)
    assert study.spec.backup.hysteresis_k == 0.5


@pytest.mark.parametrize(
    ("page", "errors"),
    [
        ({"name": " "}, {"name": "value_needed"}),
        ({"temperature": []}, {"temperature": "value_needed"}),
        ({"temperature": ["sensor.grid"]}, {"temperature": "not_temperature"}),
        ({"thermostat": "climate.gone"}, {"thermostat": "entity_not_found"}),
        ({"maximum_c": 20}, {"maximum_c": "maximum_not_above_target"}),
        ({"loss": {"building": "own"}}, {"loss": "loss_needed"}),
        ({"loss": {"area_m2": "nan"}}, {"loss": "not_a_number"}),
        ({"outside": {"outdoor": "sensor.grid"}}, {"outside": "not_temperature"}),
        ({"outside": {"outdoor": "sensor.study"}}, {"outside": "used_twice"}),
        (
            {"outside": {"windows": ["binary_sensor.gone"]}},
            {"outside": "entity_not_found"},
        ),
        ({"demand": {"minimum_c": 21}}, {"demand": "minimum_not_below_target"}),
        ({"demand": {"minimum_c": 16}}, {"demand": "shortage_needed"}),
        ({"meter": {"flow": "sensor.flow"}}, {"meter": "meter_incomplete"}),
    ],
)
async def test_the_room_page_says_what_is_wrong_and_can_be_mended(
    hass: HomeAssistant,
    site: MockConfigEntry,
    page: dict[str, Any],
    errors: dict[str, str],
) -> None:
    result = await open_sink(hass, site, "room")
    result = await submit(hass, result, "room", {**ROOM_PAGE, **page})
    assert result["errors"] == errors
    result = await submit(hass, result, "room", ROOM_PAGE)
    assert result["step_id"] == "backup_gas"


async def test_a_room_is_not_its_own_thermostat(
    hass: HomeAssistant, site: MockConfigEntry, entity_registry: er.EntityRegistry
) -> None:
    own = entity_registry.async_get_or_create("climate", DOMAIN, "study")
    result = await open_sink(hass, site, "room")
    page = {**ROOM_PAGE, "thermostat": own.entity_id}
    result = await submit(hass, result, "room", page)
    assert result["errors"] == {"thermostat": "own_entity"}


async def test_a_room_and_a_tank_cannot_share_a_sensor(hass: HomeAssistant) -> None:
    site = houses.entry(houses.sink(TANK, "Hot water", "tank"))
    site.add_to_hass(hass)
    result = await open_sink(hass, site, "room")
    page = {**ROOM_PAGE, "temperature": ["sensor.study", "sensor.water"]}
    result = await submit(hass, result, "room", page)
    assert result["errors"] == {"temperature": "used_by_other_sink"}


async def test_a_month_that_does_not_exist_is_refused(
    hass: HomeAssistant, site: MockConfigEntry
) -> None:
    result = await open_sink(hass, site, "space")
    with pytest.raises(InvalidData):
        await submit(hass, result, "space", {**SPACE_PAGE, "season_first": "13"})


async def test_a_pool_is_added_with_its_own_loss(
    hass: HomeAssistant, site: MockConfigEntry
) -> None:
    result = await open_sink(hass, site, "loop")
    result = await submit(hass, result, "loop", LOOP_PAGE)
    result = await submit(hass, result, "backup_none", {"comfort_per_kwh": 0.05})
    assert result["type"] is FlowResultType.CREATE_ENTRY
    (pool,) = configuration.parse(site).tanks
    assert pool.name == "Pool"
    assert pool.spec.use is TankUse.BUFFER
    assert pool.spec.loss_w_per_k == 500
    assert pool.spec.backup.comfort_per_kwh == 0.05
    assert pool.boost is None


async def test_a_network_measures_the_heat_that_it_takes_away(
    hass: HomeAssistant, site: MockConfigEntry
) -> None:
    page = {
        **LOOP_PAGE,
        "use": "exported",
        "backup": "district",
        "loss": {"cold_c": 30, "draw_kwh_per_day": 60},
        "meter": {
            "flow": "sensor.flow",
            "flow_temperature": "sensor.hot_pipe",
            "return_temperature": "sensor.cold_pipe",
        },
    }
    result = await open_sink(hass, site, "loop")
    result = await submit(hass, result, "loop", page)
    await submit(hass, result, "backup_district", {**GAS_PAGE, "backup_price": 0.09})
    (network,) = configuration.parse(site).tanks
    assert network.spec.use is TankUse.EXPORTED
    assert (network.spec.cold_c, network.spec.draw_wh_per_day) == (30, 60_000)
    assert network.spec.backup.kind is BackupKind.DISTRICT
    assert network.spec.backup.price_per_kwh == 0.09
    assert network.heat_meter.flow == "sensor.flow"


async def test_the_loop_page_says_what_is_wrong(
    hass: HomeAssistant, site: MockConfigEntry
) -> None:
    result = await open_sink(hass, site, "loop")
    page = {**LOOP_PAGE, "volume_l": None, "loss": {"cold_c": 40}}
    result = await submit(hass, result, "loop", page)
    assert result["errors"] == {
        "volume_l": "value_needed",
        "loss": "cold_not_below_target",
    }


async def test_a_cooled_space_is_one_page(
    hass: HomeAssistant, site: MockConfigEntry
) -> None:
    result = await open_sink(hass, site, "space")
    result = await submit(hass, result, "space", SPACE_PAGE)
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert result["title"] == "Cellar"
    (cellar,) = configuration.parse(site).spaces
    assert cellar.spec == SpaceSpec(key=cellar.key, name="Cellar")


async def test_a_cooled_space_follows_its_air_conditioning(
    hass: HomeAssistant, site: MockConfigEntry
) -> None:
    result = await open_sink(hass, site, "space")
    page = {**SPACE_PAGE, "climate": "climate.study", "cooled_percent": 40}
    await submit(hass, result, "space", page)
    (cellar,) = configuration.parse(site).spaces
    assert cellar.climate == "climate.study"
    assert cellar.spec.followed
    assert cellar.spec.cooled_share == 0.4


@pytest.mark.parametrize(
    ("page", "errors"),
    [
        ({"name": " "}, {"name": "value_needed"}),
        ({"climate": "climate.gone"}, {"climate": "entity_not_found"}),
        ({"cooling_cop": "nan"}, {"cooling_cop": "not_a_number"}),
    ],
)
async def test_the_space_page_says_what_is_wrong_and_can_be_mended(
    hass: HomeAssistant,
    site: MockConfigEntry,
    page: dict[str, Any],
    errors: dict[str, str],
) -> None:
    result = await open_sink(hass, site, "space")
    result = await submit(hass, result, "space", {**SPACE_PAGE, **page})
    assert result["errors"] == errors
    result = await submit(hass, result, "space", SPACE_PAGE)
    assert result["type"] is FlowResultType.CREATE_ENTRY


FULL: dict[str, list[tuple[str, dict[str, Any]]]] = {
    "tank": [
        (
            "tank",
            {
                **TANK_PAGE,
                "backup": "heat_pump",
                "temperature": ["sensor.hot_pipe", "sensor.water"],
                "demand": {
                    "supply": "grid",
                    "minimum_c": 40,
                    "shortage_per_kwh": 0.6,
                    "ready_time": "06:30:00",
                    "ready_c": 50,
                    "second_ready_time": "18:00:00",
                    "second_ready_c": 48,
                },
                "hygiene": {"boost_after_h": 0, "boost_entity": "button.boost"},
                "meter": {"heat_power": "sensor.heat"},
            },
        ),
        (
            "backup_heat_pump",
            {
                "rated_cop": 4.4,
                "source": "sensor.outdoor",
                "backup_schedule": "followed",
                "timing": {"follow": "sensor.next_run", "hysteresis_k": 7},
                "details": {"cop": "sensor.heat", "flow_offset_k": 4},
                "wait": {"wait_entity": "water_heater.boiler", "wait_floor_c": 42},
            },
        ),
    ],
    "room": [
        (
            "room",
            {
                **ROOM_PAGE,
                "thermostat": "climate.study",
                "loss": {"building": "own", "loss_w_per_k": 33},
                "outside": {
                    "outdoor": "sensor.outdoor",
                    "windows": ["binary_sensor.window"],
                    "season_first": "september",
                },
                "demand": {"supply": "battery", "eco_k": 2},
            },
        ),
        ("backup_gas", {**ROOM_GAS_PAGE, "timing": {"hysteresis_k": 1}}),
    ],
    "loop": [
        ("loop", {**LOOP_PAGE, "use": "exported", "target_c": 28, "maximum_c": 31}),
        ("backup_none", {"comfort_per_kwh": 0.04}),
    ],
    "space": [
        ("space", {**SPACE_PAGE, "climate": "climate.study", "season_last": "may"})
    ],
}


def resubmitted(result: Result) -> dict[str, Any]:
    """Return the answer of a person who changes nothing on the page that is shown."""
    known = suggested(result)
    answer: dict[str, Any] = {}
    for key, part in result["data_schema"].schema.items():
        if hasattr(part, "schema"):
            fields = map(str, part.schema.schema)
            answer[str(key)] = {f: known[f] for f in fields if f in known}
        elif str(key) in known:
            answer[str(key)] = known[str(key)]
    return answer


@pytest.mark.parametrize("kind", FULL)
@pytest.mark.parametrize("fahrenheit", [False, True])
async def test_a_heat_sink_that_is_opened_again_and_left_as_it_is_stays_the_same(
    hass: HomeAssistant, site: MockConfigEntry, kind: str, *, fahrenheit: bool
) -> None:
    result = await open_sink(hass, site, kind)
    for step_id, page in FULL[kind]:
        result = await submit(hass, result, step_id, page)
    assert result["type"] is FlowResultType.CREATE_ENTRY
    (before,) = site.subentries.values()
    if fahrenheit:
        hass.config.units = US_CUSTOMARY_SYSTEM
    result = await open_subentry_again(hass, site, before.subentry_id)
    for step_id, _ in FULL[kind]:
        result = await submit(hass, result, step_id, resubmitted(result))
    assert result["reason"] == "reconfigure_successful"
    (after,) = site.subentries.values()
    assert after.data == before.data
    assert after.title == before.title
