"""What is stored about tanks, loops, rooms and cooled spaces becomes frozen specs."""

from typing import Any

import pytest

from custom_components.solar_compute import configuration
from custom_components.solar_compute.configured import Configuration
from custom_components.solar_compute.configured_heat import (
    BackupEntities,
    BoostRequest,
    HeatMeter,
    WaitRequest,
)
from custom_components.solar_compute.core.spec import (
    BackupKind,
    BackupSchedule,
    DailyWindow,
    HeatSupply,
    MonthSpan,
    ReadyBy,
    TankUse,
)

from . import houses
from .houses import COOL_CELLAR, CRUNCHER, STUDY, TANK


def parsed(*subentries: Any) -> Configuration:
    """Return the configuration of the sunny house with these subentries."""
    return configuration.parse(houses.entry(*subentries))


def tank_with(**data: Any) -> Any:
    """Return the parsed configuration of a tank with more than the usual."""
    (tank,) = parsed(houses.sink({**TANK, **data}, "Hot water", "tank")).tanks
    return tank


def study_with(**data: Any) -> Any:
    """Return the parsed configuration of a room with more than the usual."""
    (room,) = parsed(houses.sink({**STUDY, **data}, "Study", "study")).rooms
    return room


def test_a_tank_with_a_timed_heat_pump_knows_its_windows_and_its_source() -> None:
    data = {
        **{k: v for k, v in TANK.items() if not k.startswith("backup")},
        "backup": "heat_pump",
        "backup_schedule": "timed",
        "backup_power_w": 1500.0,
        "source": "sensor.outdoor",
        "source_c": 5.0,
        "cop": "sensor.cop",
        "rated_cop": 4.5,
        "flow_offset_k": 5.0,
        "window_start": "13:00:00",
        "window_end": "15:00:00",
        "second_window_start": "02:00:00",
        "second_window_end": "04:00:00",
    }
    (tank,) = parsed(houses.sink(data, "Hot water", "tank")).tanks
    assert tank.temperatures == ("sensor.water",)
    assert tank.backup == BackupEntities(source="sensor.outdoor", cop="sensor.cop")
    assert tank.spec.draw_wh_per_day == 5845
    assert tank.spec.loss_w_per_k == 1.364
    backup = tank.spec.backup
    assert backup.kind is BackupKind.HEAT_PUMP
    assert backup.schedule is BackupSchedule.TIMED
    assert (backup.power_w, backup.source_c, backup.hysteresis_k) == (1500, 5, 5)
    assert (backup.rated_cop, backup.flow_offset_k) == (4.5, 5)
    assert backup.windows == (
        DailyWindow(start_min=780, end_min=900),
        DailyWindow(start_min=120, end_min=240),
    )


def test_a_tank_with_a_boiler_knows_the_price_of_its_fuel() -> None:
    backup = tank_with(backup_co2_g_per_kwh=266.0).spec.backup
    assert backup.price_per_kwh == 0.114
    assert backup.efficiency == 0.8
    assert backup.co2_g_per_kwh == 266


def test_what_a_tank_does_not_say_is_the_default() -> None:
    said = ("kind", "temperature", "volume_l", "draw_kwh_per_day", "backup")
    data = {key: TANK[key] for key in said}
    (tank,) = parsed(houses.sink(data, "Hot water", "tank")).tanks
    assert tank.spec.use is TankUse.HOT_WATER
    assert tank.spec.supply is HeatSupply.SURPLUS
    assert (tank.spec.minimum_c, tank.spec.ready_by, tank.spec.sensors) == (None, (), 1)
    assert (tank.wait, tank.boost) == (None, None)
    assert tank.heat_meter.entities == ()


def test_a_tank_has_its_sensors_from_the_top_down() -> None:
    tank = tank_with(temperature=["sensor.top", "sensor.middle", "sensor.bottom"])
    assert tank.temperatures == ("sensor.top", "sensor.middle", "sensor.bottom")
    assert tank.spec.sensors == 3


def test_times_by_which_water_must_be_warm_are_minutes_of_the_day() -> None:
    tank = tank_with(
        minimum_c=40.0,
        shortage_per_kwh=0.6,
        supply="grid",
        ready_time="06:30:00",
        ready_c=50.0,
        second_ready_time="18:00:00",
        second_ready_c=48.0,
    )
    assert (tank.spec.minimum_c, tank.spec.shortage_per_kwh) == (40, 0.6)
    assert tank.spec.supply is HeatSupply.GRID
    assert tank.spec.ready_by == (
        ReadyBy(minute=390, temperature_c=50),
        ReadyBy(minute=1080, temperature_c=48),
    )


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (
            {"wait_entity": "water_heater.boiler", "wait_floor_c": 45.0},
            WaitRequest(entity="water_heater.boiler", floor_c=45.0),
        ),
        (
            {"wait_entity": "switch.rod", "wait_own_timeout": True},
            WaitRequest(entity="switch.rod"),
        ),
        ({"wait_entity": "switch.rod", "wait_own_timeout": False}, None),
        ({"wait_entity": "water_heater.boiler"}, None),
        ({"wait_floor_c": 45.0}, None),
    ],
)
def test_a_heater_is_asked_to_wait_only_with_a_floor_or_a_time_out_of_its_own(
    data: dict[str, Any], expected: WaitRequest | None
) -> None:
    assert tank_with(**data).wait == expected


def test_a_reminder_of_no_hours_is_none() -> None:
    reminded = tank_with(boost_after_h=168.0, boost_entity="button.boost")
    assert reminded.boost == BoostRequest(after_h=168.0, entity="button.boost")
    assert tank_with(boost_after_h=0.0, boost_entity="button.boost").boost is None


def test_a_loop_is_a_tank_whose_heat_leaves_the_home() -> None:
    data = {
        **{k: v for k, v in TANK.items() if not k.startswith("backup")},
        "kind": "loop",
        "use": "exported",
        "cold_c": 35.0,
        "backup": "district",
        "backup_price": 0.09,
        "backup_schedule": "followed",
        "follow": "schedule.network",
        "flow": "sensor.flow",
        "flow_temperature": "sensor.flow_temperature",
        "return_temperature": "sensor.return_temperature",
    }
    (loop,) = parsed(houses.sink(data, "Network", "loop")).tanks
    assert loop.spec.use is TankUse.EXPORTED
    assert loop.spec.cold_c == 35
    assert loop.spec.backup.kind is BackupKind.DISTRICT
    assert loop.spec.backup.schedule is BackupSchedule.FOLLOWED
    assert loop.backup.follow == "schedule.network"
    assert loop.heat_meter == HeatMeter(
        flow="sensor.flow",
        flow_temperature="sensor.flow_temperature",
        return_temperature="sensor.return_temperature",
    )


def test_a_room_carries_its_entities_and_its_season() -> None:
    room = study_with(
        temperature=["sensor.study", "sensor.desk"],
        outdoor="sensor.outdoor",
        windows=["binary_sensor.window"],
        thermostat="climate.study",
        heat_power="sensor.heat",
        season_first="september",
        season_last="may",
    )
    assert room.temperatures == ("sensor.study", "sensor.desk")
    assert room.thermostat == "climate.study"
    assert room.spec.season == MonthSpan(first=9, last=5)
    assert (room.spec.loss_w_per_k, room.spec.capacity_wh_per_k) == (40, 920)
    assert set(room.entities) == {
        "sensor.study",
        "sensor.desk",
        "sensor.outdoor",
        "binary_sensor.window",
        "climate.study",
        "sensor.heat",
    }


def test_the_heater_of_a_room_holds_closer_to_its_target_than_that_of_a_tank() -> None:
    assert study_with().spec.backup.hysteresis_k == 0.5
    assert study_with(hysteresis_k=1.0).spec.backup.hysteresis_k == 1
    assert study_with().spec.backup.kind is BackupKind.GAS


def test_a_cooled_space_counts_by_its_months_or_by_what_it_follows() -> None:
    (space,) = parsed(houses.sink(COOL_CELLAR, "Cellar", "cellar")).spaces
    assert (space.spec.cooled_share, space.spec.cooling_cop) == (0.5, 4)
    assert space.spec.season == MonthSpan(first=6, last=8)
    assert not space.spec.followed
    followed = {**COOL_CELLAR, "climate": "climate.cellar"}
    (space,) = parsed(houses.sink(followed, "Cellar", "cellar")).spaces
    assert space.spec.followed
    assert space.climate == "climate.cellar"


def test_a_worker_heats_a_room_and_leaves_the_rest_in_a_cooled_space() -> None:
    data = {
        **CRUNCHER,
        "sink": "study",
        "space": "cellar",
        "noise_db": [30.0, 42.0],
    }
    result = parsed(
        houses.worker(data, "Cruncher", "cruncher"),
        houses.sink(STUDY, "Study", "study"),
        houses.sink(COOL_CELLAR, "Cellar", "cellar"),
    )
    spec = result.workers[0].spec
    assert (spec.sink, spec.space, spec.noise_db) == ("study", "cellar", (30, 42))
    assert [room.key for room in result.spec.rooms] == ["study"]
    assert [space.key for space in result.spec.spaces] == ["cellar"]
    assert result.problems == ()


@pytest.mark.parametrize("key", ["sink", "space"])
@pytest.mark.parametrize("gone", ["gone", "other kind"])
def test_a_worker_whose_sink_or_space_is_gone_works_without_it_and_says_so(
    key: str, gone: str
) -> None:
    others = {"sink": "cellar", "space": "study"}
    data = {**CRUNCHER, key: others[key] if gone == "other kind" else gone}
    result = parsed(
        houses.worker(data, "Cruncher", "cruncher"),
        houses.sink(STUDY, "Study", "study"),
        houses.sink(COOL_CELLAR, "Cellar", "cellar"),
    )
    assert getattr(result.workers[0].spec, key) is None
    (problem,) = result.problems
    assert problem.placeholders == {"worker": "Cruncher"}


def test_a_renamed_entity_is_followed_in_every_kind_of_heat_sink() -> None:
    data = {
        **STUDY,
        "temperature": ["sensor.study", "sensor.desk"],
        "windows": ["binary_sensor.window"],
    }
    renamed = configuration.renamed(data, "sensor.desk", "sensor.shelf")
    assert renamed == {**data, "temperature": ["sensor.study", "sensor.shelf"]}
    renamed = configuration.renamed(data, "binary_sensor.window", "binary_sensor.pane")
    assert renamed["windows"] == ["binary_sensor.pane"]
