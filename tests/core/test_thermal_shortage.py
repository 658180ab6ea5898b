"""What heat is worth against the cold that is there, or would be there too soon."""

from datetime import datetime
from typing import Any

from hypothesis import given, strategies as st
import pytest

from custom_components.solar_compute.core.heat_now import Feeder
from custom_components.solar_compute.core.model import HeatCause, HeatPrice
from custom_components.solar_compute.core.outlook import Outlook
from custom_components.solar_compute.core.spec import (
    BackupKind,
    BackupSchedule,
    BackupSpec,
    DailyWindow,
    HeatSupply,
    ReadyBy,
    TankSpec,
)
from custom_components.solar_compute.core.thermal import heat_price

from .houses import NOON, gas_tank
from .sinks import steady_tank

EXPORT, IMPORT = 0.08, 0.30
NIGHT_TARIFF = DailyWindow(start_min=22 * 60, end_min=6 * 60)
NO_SUN = Outlook(
    balance_now_w=-500.0, hours_w=None, surplus_per_kwh=EXPORT, deficit_per_kwh=IMPORT
)


def price(
    tank: TankSpec, temperature_c: float, *, local: datetime = NOON, **changes: Any
) -> HeatPrice:
    sink = steady_tank(tank, temperature_c, **changes)
    return heat_price(sink, local=local, outlook=NO_SUN)


def feeder(heat_w: float = 900.0, results_per_kwh: float = 0.0) -> Feeder:
    return Feeder(heat_w=heat_w, recovery=0.9, results_per_kwh=results_per_kwh)


def test_a_tank_whose_backup_is_too_small_is_worth_its_shortage_when_cold() -> None:
    half_an_hour = DailyWindow(start_min=13 * 60, end_min=13 * 60 + 30)
    tank = gas_tank(
        minimum_c=42.0,
        shortage_per_kwh=0.4,
        backup=BackupSpec(
            kind=BackupKind.RESISTIVE,
            schedule=BackupSchedule.TIMED,
            windows=(half_an_hour,),
        ),
    )
    heat = price(tank, 40)
    assert (heat.per_kwh, heat.cause) == (0.4, HeatCause.MINIMUM)
    assert price(tank, 43).cause is HeatCause.DISPLACED


def test_below_its_minimum_heat_is_worth_at_least_the_shortage() -> None:
    cold = gas_tank(minimum_c=45.0, shortage_per_kwh=0.5)
    assert price(cold, 44.9).per_kwh == 0.5
    assert price(cold, 45.0).per_kwh == pytest.approx(0.1425)
    cheap = gas_tank(minimum_c=45.0, shortage_per_kwh=0.1)
    assert price(cheap, 40).per_kwh == pytest.approx(0.1425)
    assert price(cheap, 40).cause is HeatCause.DISPLACED


def test_a_tank_that_is_hot_at_the_top_is_not_short_of_hot_water() -> None:
    tank = gas_tank(minimum_c=45.0, shortage_per_kwh=0.5)
    layers = steady_tank(tank, 50.0, 30.0, 15.0)
    assert heat_price(layers, local=NOON, outlook=NO_SUN).cause is HeatCause.DISPLACED


EVENING_BATH = ReadyBy(minute=18 * 60, temperature_c=52.0)


def bath_tank(**changes: Any) -> TankSpec:
    settings: dict[str, Any] = {
        "ready_by": (EVENING_BATH,),
        "shortage_per_kwh": 0.6,
        "supply": HeatSupply.GRID,
        "backup": BackupSpec(kind=BackupKind.NONE),
        "draw_wh_per_day": 0.0,
    }
    return gas_tank(**(settings | changes))


def test_a_tank_that_will_be_too_cold_for_the_bath_is_heated_just_in_time() -> None:
    """5.6 kWh are missing; 900 W of heat take well over six hours."""
    noon = price(bath_tank(), 30, feeders=(feeder(),))
    kept = steady_tank(bath_tank(), 30).body.kept(6 * 3600)
    assert noon.cause is HeatCause.READY_BY
    assert noon.per_kwh == pytest.approx(0.6 * kept)


def test_before_it_is_urgent_heat_for_the_bath_saves_only_its_own_making_later() -> (
    None
):
    """Two quick kilowatts can wait: now is worth what import costs them later."""
    quick = (feeder(3600.0),)
    early = price(bath_tank(), 45, feeders=quick)
    kept = steady_tank(bath_tank(), 45).body.kept(6 * 3600)
    assert early.per_kwh == pytest.approx(IMPORT / 0.9 * kept)
    assert early.per_kwh * 0.9 < IMPORT
    late = price(bath_tank(), 45, feeders=quick, local=NOON.replace(hour=17, minute=20))
    assert late.per_kwh == pytest.approx(0.6, abs=0.01)


def test_results_that_come_with_the_heat_are_no_reason_to_begin_early() -> None:
    cruncher = (feeder(3600.0, results_per_kwh=0.2),)
    early = price(bath_tank(), 45, feeders=cruncher)
    assert 0.2 + early.per_kwh * 0.9 < IMPORT


def test_where_only_sun_may_heat_none_of_it_is_left_before_the_bath() -> None:
    sunny = bath_tank(supply=HeatSupply.SURPLUS)
    early = price(sunny, 45, feeders=(feeder(3600.0),))
    assert early.per_kwh == pytest.approx(0.6, rel=0.05)
    assert early.supply is HeatSupply.SURPLUS


def test_a_bath_that_will_be_warm_anyway_is_no_reason() -> None:
    assert price(bath_tank(), 54, feeders=(feeder(),)).per_kwh == 0
    boiler = bath_tank(backup=BackupSpec(kind=BackupKind.GAS))
    assert price(boiler, 30, feeders=(feeder(),)).cause is HeatCause.DISPLACED
    before_six = BackupSpec(
        kind=BackupKind.GAS,
        schedule=BackupSchedule.TIMED,
        windows=(DailyWindow(start_min=16 * 60, end_min=17 * 60),),
    )
    timed = bath_tank(backup=before_six)
    assert price(timed, 30, feeders=(feeder(),)).cause is HeatCause.DISPLACED


def test_a_timer_that_runs_only_after_the_bath_does_not_warm_it() -> None:
    at_night = BackupSpec(
        kind=BackupKind.GAS, schedule=BackupSchedule.TIMED, windows=(NIGHT_TARIFF,)
    )
    heat = price(bath_tank(backup=at_night), 30, feeders=(feeder(),))
    assert heat.cause is HeatCause.READY_BY
    assert heat.displaced_per_kwh == pytest.approx(0.1425)


@given(
    kind=st.sampled_from(BackupKind),
    schedule=st.sampled_from(BackupSchedule),
    temperature_c=st.floats(5, 80),
    hour=st.integers(0, 23),
    supply=st.sampled_from(HeatSupply),
)
def test_not_even_a_shortage_makes_heat_dearer_than_what_was_set_for_it(
    kind: BackupKind,
    schedule: BackupSchedule,
    temperature_c: float,
    hour: int,
    supply: HeatSupply,
) -> None:
    tank = gas_tank(
        minimum_c=40.0,
        shortage_per_kwh=0.5,
        supply=supply,
        ready_by=(EVENING_BATH, ReadyBy(minute=6 * 60, temperature_c=58.0)),
        backup=BackupSpec(
            kind=kind, schedule=schedule, comfort_per_kwh=0.2, windows=(NIGHT_TARIFF,)
        ),
    )
    heat = price(
        tank, temperature_c, local=NOON.replace(hour=hour), feeders=(feeder(),)
    )
    assert 0 <= heat.per_kwh <= max(heat.displaced_per_kwh, 0.5)
    assert heat.supply is supply
    assert temperature_c < tank.maximum_c or heat.per_kwh == heat.absorbed == 0
