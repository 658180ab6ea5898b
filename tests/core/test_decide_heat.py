"""Heat that starts a worker, and heat that does not: whole decisions."""

from dataclasses import replace
from typing import Any

import pytest

from custom_components.solar_compute.core.decide import decide
from custom_components.solar_compute.core.memory import Memory
from custom_components.solar_compute.core.model import (
    Decision,
    HeatCause,
    Mode,
    ReasonCode,
    SpaceState,
    YieldingLoad,
)
from custom_components.solar_compute.core.reading import Reading, RoomInput
from custom_components.solar_compute.core.spec import (
    BackupKind,
    BackupSchedule,
    BackupSpec,
    HeatSupply,
    ReadyBy,
    RoomPreset,
    SiteSpec,
    SpaceSpec,
)

from .houses import (
    CLOCK_S,
    NOON,
    boiler_rig,
    cruncher,
    gas_tank,
    home_battery,
    look,
    paused,
    sunny_house,
)
from .loop import Loop, one, steady
from .sinks import study

NO_HEATER = BackupSpec(kind=BackupKind.NONE)
RIG = boiler_rig(start_cost=0.0)


def cold_house(supply: HeatSupply, **changes: Any) -> SiteSpec:
    """Return a house whose tank has no heater, and whose owner hates cold showers."""
    settings: dict[str, Any] = {
        "minimum_c": 40.0,
        "shortage_per_kwh": 0.6,
        "supply": supply,
        "backup": NO_HEATER,
    }
    return sunny_house(RIG, tanks=(gas_tank(**(settings | changes)),))


def decision_at(house: SiteSpec, tank_c: float, **changes: Any) -> Decision:
    seen = look(500.0, paused("rig"), tank_c=tank_c, **changes)
    return decide(house, seen, Memory())[0]


def test_a_cold_tank_starts_a_worker_on_grid_power_where_its_owner_allows_it() -> None:
    worker = one(decision_at(cold_house(HeatSupply.GRID), 35.0))
    assert worker.level == 1
    assert worker.reason.code is ReasonCode.HEAT_DEMAND
    assert worker.reason.data["source"] == "grid"
    assert worker.reason.data["cause"] == HeatCause.MINIMUM


@pytest.mark.parametrize("supply", [HeatSupply.SURPLUS, HeatSupply.BATTERY])
def test_a_cold_tank_starts_no_worker_on_grid_power_where_that_is_not_allowed(
    supply: HeatSupply,
) -> None:
    worker = one(decision_at(cold_house(supply), 35.0))
    assert worker.level == 0
    assert worker.reason.code is ReasonCode.NOT_WORTH_IT


def test_a_tank_that_is_warm_enough_starts_no_worker_on_grid_power() -> None:
    assert one(decision_at(cold_house(HeatSupply.GRID), 45.0)).level == 0


def test_a_cold_tank_may_be_heated_from_the_battery_and_says_so() -> None:
    house = replace(cold_house(HeatSupply.BATTERY), battery=home_battery())
    seen = look(0.0, paused("rig"), tank_c=35.0, battery_w=500.0, soc=80.0)
    worker = one(decide(house, seen, Memory())[0])
    assert worker.reason.code is ReasonCode.HEAT_DEMAND
    assert worker.reason.data["source"] == "battery"


def test_a_bath_at_six_starts_the_worker_when_there_is_only_just_time() -> None:
    """3.2 kWh are missing at 900 W: not at ten, but well before six."""
    house = cold_house(
        HeatSupply.GRID,
        minimum_c=None,
        draw_wh_per_day=0.0,
        ready_by=(ReadyBy(minute=18 * 60, temperature_c=50.0),),
    )
    early = one(decision_at(house, 37.0, local=NOON.replace(hour=10)))
    late = one(decision_at(house, 37.0, local=NOON.replace(hour=14)))
    assert (early.level, late.level) == (0, 1)
    assert late.reason.data["cause"] == HeatCause.READY_BY


def test_a_worker_whose_results_pay_for_import_is_not_said_to_run_for_its_heat() -> (
    None
):
    house = cold_house(HeatSupply.GRID)
    rich = replace(house, workers=(replace(RIG, value_per_kwh=0.5),))
    assert one(decision_at(rich, 35.0)).reason.code is ReasonCode.WORTH_IT


def test_a_worker_that_a_person_turned_on_is_not_said_to_run_for_its_heat() -> None:
    seen = look(500.0, paused("rig", mode=Mode.ON), tank_c=35.0)
    worker = one(decide(cold_house(HeatSupply.GRID), seen, Memory())[0])
    assert worker.reason.code is ReasonCode.MODE_ON


def test_a_tank_is_heated_to_its_minimum_on_import_and_no_further() -> None:
    """A closed loop of a night: the sensor follows the heat, and then it is enough.

    It goes on for two kelvin, or it would have to start again at once.
    """
    house = cold_house(HeatSupply.GRID)
    tank_c = 38.0
    loop = Loop(house, balance_w=steady(-300.0), dt_s=60.0)
    for _ in range(300):
        loop.tank_c = tank_c
        running = one(loop.tick()).level
        tank_c += running * 900 / 60 / house.tanks[0].capacity_wh_per_k
    assert 42.0 <= tank_c < 42.0 + 1.2
    assert loop.levels_of()[-1] == 0


STUDY_RIG = cruncher(
    sink="study", value_per_kwh=0.0, levels_w=(1000.0,), start_cost=0.0
)


@pytest.mark.parametrize(
    ("preset", "level"),
    [(RoomPreset.SURPLUS, 0), (RoomPreset.ECO, 0), (RoomPreset.COMFORT, 1)],
)
def test_comfort_heats_a_cool_room_from_the_grid_and_the_other_presets_do_not(
    preset: RoomPreset, level: int
) -> None:
    warm_room = study(backup=BackupSpec(kind=BackupKind.NONE, comfort_per_kwh=0.4))
    house = sunny_house(STUDY_RIG, rooms=(warm_room,))
    room = RoomInput(
        key="study",
        temperature_c=Reading(18.0, CLOCK_S),
        outdoor_c=Reading(2.0, CLOCK_S),
        preset=preset,
    )
    worker = one(decide(house, look(500.0, paused(), rooms=(room,)), Memory())[0])
    assert worker.level == level


def test_a_room_with_an_open_window_is_no_reason_to_run_on_cheap_sun() -> None:
    warm_room = study(backup=BackupSpec(kind=BackupKind.NONE, comfort_per_kwh=0.4))
    house = sunny_house(STUDY_RIG, rooms=(warm_room,))
    levels = []
    for window_open in (False, True, None):
        room = RoomInput(
            key="study",
            temperature_c=Reading(18.0, CLOCK_S),
            outdoor_c=Reading(2.0, CLOCK_S),
            window_open=window_open,
        )
        seen = look(-3000.0, paused(), rooms=(room,))
        levels.append(one(decide(house, seen, Memory())[0]).level)
    assert levels == [1, 0, 1]


def test_the_same_sun_starts_a_worker_in_winter_and_not_in_the_cooled_summer() -> None:
    """Results for 9 ct, export for 8: in summer, cooling costs another 2.7 ct."""
    modest = cruncher(value_per_kwh=0.09, space="office", start_cost=0.0)
    office = SpaceSpec(key="office", name="Office")
    house = sunny_house(modest, spaces=(office,))
    found = {}
    for month in (1, 7):
        seen = look(-3000.0, paused(), local=NOON.replace(month=month))
        found[month] = decide(house, seen, Memory())[0]
    assert [one(found[month]).level for month in (1, 7)] == [1, 0]
    assert found[1].spaces == (SpaceState(key="office", cooling=False),)
    assert found[7].spaces == (SpaceState(key="office", cooling=True),)


def test_sun_that_a_diverter_burns_is_sun_that_its_tank_could_have() -> None:
    """The meters show nothing left: the diverter takes it, so it runs right now."""
    diverter = BackupSpec(
        kind=BackupKind.RESISTIVE, schedule=BackupSchedule.DIVERTER, power_w=3000.0
    )
    house = sunny_house(RIG, tanks=(gas_tank(backup=diverter),))
    load = YieldingLoad(power_w=Reading(1500.0, CLOCK_S), value_per_kwh=0.08)
    seen = look(0.0, paused("rig"), tank_c=45.0, yielding=(load,))
    heat = decide(house, seen, Memory())[0].heat_of("tank")
    assert heat is not None
    assert (heat.in_s, heat.per_kwh) == (0, 0.08)
