"""The bench: every model of a heat store against an independent fine-step integration.

Over a week of draws, with workers and backup heaters that come and go. The errors
that are allowed here are the errors that the models state.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from math import cos, pi, sqrt
from typing import Any

import pytest

from custom_components.solar_compute.core.body import HeatBody, after_c
from custom_components.solar_compute.core.draws import DRAW_SHARES
from custom_components.solar_compute.core.simulate import (
    Conditions,
    Flows,
    House,
    new_house,
    step,
)
from custom_components.solar_compute.core.spec import (
    BackupKind,
    BackupSpec,
    RoomSpec,
    SiteSpec,
    TankSpec,
    TankUse,
)
from custom_components.solar_compute.core.strata import (
    MIDDLE,
    TOP,
    advance,
    layers_of,
    seconds_until_c,
)

from .fine_step import Column, Store
from .houses import boiler_rig, gas_tank, sunny_house

MIDNIGHT = datetime(2026, 1, 12)
WEEK_S = 7 * 86400
STEP_S = 900
NO_ROD = BackupSpec(kind=BackupKind.NONE)


def family(time_s: float) -> float:
    """5.8 kWh of hot water a day, in W."""
    return 5845 * DRAW_SHARES[int(time_s // 3600) % 24]


def at_noon(power_w: float, first: int = 9, last: int = 16) -> Callable[[float], float]:
    """Return the heat of a worker that runs in the sunny hours."""
    return lambda time_s: power_w if first <= time_s // 3600 % 24 < last else 0.0


def frosty(time_s: float) -> float:
    """Nights of −4 °C and days of 6 °C, in °C, changing by the hour."""
    return 1 - 5 * cos(2 * pi * (time_s // 3600 - 3) / 24)


def simulated(
    spec: SiteSpec,
    house: House,
    *,
    heat_w: Callable[[float], float],
    draw_w: Callable[[float], float],
    look: Callable[[House, Flows], None],
) -> None:
    """Let the house model of the core run for a week, and look at it every step."""
    worker = spec.workers[0]
    for time_s in range(0, WEEK_S, STEP_S):
        house, flows = step(
            spec,
            house,
            Conditions(
                balance_w=-300.0,
                local=MIDNIGHT + timedelta(seconds=time_s),
                draw_w={"tank": draw_w(time_s)},
                outdoor_c=frosty(time_s),
            ),
            {worker.key: heat_w(time_s) / worker.recovery},
            STEP_S,
        )
        look(house, flows)


def fine_tank(tank: TankSpec, temperature_c: float, **changes: Any) -> Store:
    return Store(
        capacity_wh_per_k=1.163 * tank.volume_l,
        loss_w_per_k=tank.loss_w_per_k,
        temperature_c=temperature_c,
        around_c=lambda _: tank.ambient_c,
        cold_c=tank.cold_c,
        **changes,
    )


def test_a_tank_with_its_rod_stays_within_a_tenth_of_a_kelvin_for_a_week() -> None:
    rod = BackupSpec(kind=BackupKind.RESISTIVE, power_w=2000.0)
    tank = gas_tank(backup=rod, maximum_c=90.0)
    spec = sunny_house(boiler_rig(), tanks=(tank,))
    fine = fine_tank(
        tank,
        52.0,
        heat_w=at_noon(800.0),
        draw_w=family,
        backup_w=2000.0,
        on_c=50.0,
        off_c=55.0,
    )
    errors_k: list[float] = []

    def look(house: House, _: Flows) -> None:
        errors_k.append(abs(house.tanks["tank"].temperature_c - fine.run(STEP_S)))

    simulated(
        spec,
        new_house(spec, tank_c=52.0),
        heat_w=at_noon(800.0),
        draw_w=family,
        look=look,
    )
    assert max(errors_k) < 0.1
    assert fine.backup_wh > 10_000


def test_a_tank_that_runs_cold_gives_as_much_as_the_fine_steps_say() -> None:
    """Without a backup and with a small worker, showers are cold every evening."""
    tank = gas_tank(volume_l=80.0, backup=NO_ROD, maximum_c=90.0)
    spec = sunny_house(boiler_rig(), tanks=(tank,))
    fine = fine_tank(tank, 50.0, heat_w=at_noon(500.0), draw_w=family)
    errors_k: list[float] = []

    def look(house: House, _: Flows) -> None:
        errors_k.append(abs(house.tanks["tank"].temperature_c - fine.run(STEP_S)))

    simulated(
        spec,
        new_house(spec, tank_c=50.0),
        heat_w=at_noon(500.0),
        draw_w=family,
        look=look,
    )
    assert max(errors_k) < 0.05
    assert fine.drawn_wh < 0.8 * 7 * 5845


def test_a_loop_that_gives_heat_away_stays_within_a_twentieth_of_a_kelvin() -> None:
    """A district network takes from 500 litres what a rack of 8 kW puts in."""
    loop = gas_tank(
        volume_l=500.0,
        use=TankUse.EXPORTED,
        backup=NO_ROD,
        maximum_c=80.0,
        cold_c=25.0,
        loss_w_per_k=4.0,
    )
    spec = sunny_house(boiler_rig(), tanks=(loop,))

    def taken(time_s: float) -> float:
        return 4000.0 if 6 <= time_s // 3600 % 24 < 22 else 500.0

    fine = fine_tank(loop, 40.0, heat_w=at_noon(8000.0, 8, 16), draw_w=taken)
    errors_k: list[float] = []

    def look(house: House, _: Flows) -> None:
        errors_k.append(abs(house.tanks["tank"].temperature_c - fine.run(STEP_S)))

    simulated(
        spec,
        new_house(spec, tank_c=40.0),
        heat_w=at_noon(8000.0, 8, 16),
        draw_w=taken,
        look=look,
    )
    assert max(errors_k) < 0.05


def fine_room(room: RoomSpec, **changes: Any) -> Store:
    return Store(
        capacity_wh_per_k=room.capacity_wh_per_k,
        loss_w_per_k=room.loss_w_per_k,
        temperature_c=20.0,
        heat_w=at_noon(450.0),
        draw_w=lambda _: 0.0,
        around_c=frosty,
        **changes,
    )


def test_a_room_stays_within_a_hundredth_of_a_kelvin_for_a_week() -> None:
    study = RoomSpec(key="study", name="Study", backup=NO_ROD)
    spec = sunny_house(boiler_rig(sink="study"), rooms=(study,))
    fine = fine_room(study)
    errors_k: list[float] = []

    def look(house: House, _: Flows) -> None:
        errors_k.append(abs(house.rooms["study"].temperature_c - fine.run(STEP_S)))

    simulated(
        spec,
        new_house(spec, room_c=20.0),
        heat_w=at_noon(450.0),
        draw_w=lambda _: 0.0,
        look=look,
    )
    assert max(errors_k) < 0.01


def test_a_room_with_its_radiator_is_as_warm_and_burns_as_much_as_fine_steps_say() -> (
    None
):
    """Its thermostat switches a hundred times a day, so that single times may differ."""
    radiator = BackupSpec(kind=BackupKind.GAS, power_w=1500.0, hysteresis_k=0.5)
    study = RoomSpec(key="study", name="Study", backup=radiator)
    spec = sunny_house(boiler_rig(sink="study"), rooms=(study,))
    fine = fine_room(study, backup_w=1500.0, on_c=19.5, off_c=20.0)
    errors_k: list[float] = []
    burnt_wh: list[float] = []

    def look(house: House, flows: Flows) -> None:
        errors_k.append(house.rooms["study"].temperature_c - fine.run(STEP_S))
        burnt_wh.append(flows.rooms["study"].backup_wh)

    simulated(
        spec,
        new_house(spec, room_c=20.0),
        heat_w=at_noon(450.0),
        draw_w=lambda _: 0.0,
        look=look,
    )
    assert max(map(abs, errors_k)) < 0.55
    assert abs(sum(errors_k) / len(errors_k)) < 0.02
    assert sum(burnt_wh) == pytest.approx(fine.backup_wh, rel=0.005)


@pytest.mark.parametrize("volume_l", [120.0, 200.0, 1000.0])
def test_what_prices_heat_foresees_a_day_as_the_fine_steps_do(volume_l: float) -> None:
    """From every hour of the day on, as it is used: nothing heats meanwhile."""
    tank = gas_tank(volume_l=volume_l)
    body = HeatBody(
        capacity_wh_per_k=tank.capacity_wh_per_k,
        loss_w_per_k=tank.loss_w_per_k,
        ambient_c=tank.ambient_c,
        use_w=tuple(5845 * share for share in DRAW_SHARES),
        cold_c=tank.cold_c,
    )
    for hour in range(0, 24, 3):
        fine = fine_tank(
            tank, 58.0, heat_w=lambda _: 0.0, draw_w=family, time_s=hour * 3600.0
        )
        for later in range(1, 25):
            foreseen = after_c(body, 58.0, later * 3600.0, float(hour))
            assert foreseen == pytest.approx(fine.run(3600), abs=0.05)


def column(tank: TankSpec, start_c: list[float], heat_w: float) -> Column:
    return Column(
        layers_c=start_c,
        capacity_wh_per_k=1.163 * tank.volume_l,
        loss_w_per_k=tank.loss_w_per_k,
        around_c=tank.ambient_c,
        cold_c=tank.cold_c,
        tap_c=40.0,
        heat_w=at_noon(heat_w),
        draw_w=family,
    )


@pytest.mark.parametrize(("volume_l", "heat_w"), [(200, 1000), (300, 1000), (300, 900)])
def test_three_layers_follow_a_column_of_thirty_for_a_week(
    volume_l: float, heat_w: float
) -> None:
    tank = gas_tank(volume_l=volume_l)
    fine = column(tank, [50.0] * 30, heat_w)
    layers = (50.0, 50.0, 50.0)
    errors_k: list[tuple[float, ...]] = []
    for time_s in range(0, WEEK_S, 900):
        layers = advance(
            tank,
            layers,
            heat_w=at_noon(heat_w)(time_s),
            draw_w=family(time_s),
            seconds=900,
        )
        true_c = fine.run(STEP_S)
        thirds_c = [sum(true_c[index : index + 10]) / 10 for index in (0, 10, 20)]
        errors_k.append(
            (
                *(ours - theirs for ours, theirs in zip(layers, thirds_c, strict=True)),
                (sum(layers) - sum(thirds_c)) / 3,
            )
        )
    top, middle, bottom, mean = zip(*errors_k, strict=True)
    assert max(map(abs, top)) < 3 and _rms(top) < 1.4
    assert max(map(abs, middle)) < 6 and _rms(middle) < 2.3
    assert max(map(abs, bottom)) < 8 and _rms(bottom) < 3.6
    assert max(map(abs, mean)) < 0.4


def _rms(values: tuple[float, ...]) -> float:
    return sqrt(sum(value**2 for value in values) / len(values))


HOT = ([60.0] * 30, (60.0, 60.0), MIDDLE, 50.0)
HALF_HOT = ([60.0] * 15 + [10.0] * 15, (60.0, 35.0, 10.0), TOP, 45.0)


@pytest.mark.parametrize("hour", [0, 6, 12, 18])
@pytest.mark.parametrize("volume_l", [200, 300])
@pytest.mark.parametrize("case", [HOT, HALF_HOT], ids=["hot", "half hot"])
def test_three_layers_know_within_an_hour_when_the_hot_water_ends(
    case: tuple[list[float], tuple[float, ...], int, float],
    volume_l: float,
    hour: int,
) -> None:
    """The mean of a tank that is half hot is 35 °C, and there is a bath in it yet."""
    start_c, sensors_c, layer, floor_c = case
    tank = gas_tank(volume_l=volume_l)
    fine = column(tank, list(start_c), 0.0)
    fine.time_s = hour * 3600.0
    third = slice(10 * layer, 10 * layer + 10)
    while sum(fine.run(60)[third]) / 10 > floor_c:
        pass
    foreseen_s = seconds_until_c(
        tank,
        layers_of(sensors_c),
        tuple(5845 * share for share in DRAW_SHARES),
        float(hour),
        floor_c,
        limit_s=3 * 86400,
        layer=layer,
    )
    assert foreseen_s == pytest.approx(fine.time_s - hour * 3600, abs=3600)
