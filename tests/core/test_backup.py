"""The backup heater: its price per kWh of heat, and when it would have run."""

from datetime import datetime
from itertools import islice
from math import inf
from typing import Any

from hypothesis import given, strategies as st
import pytest

from custom_components.solar_compute.core.backup import (
    HORIZON_S,
    Run,
    Thermostat,
    backup_cop,
    backup_runs,
    displaced_in_s,
    expected_c,
    heat_per_kwh,
    heat_pump_cop,
    input_per_kwh,
)
from custom_components.solar_compute.core.body import HeatBody, after_c
from custom_components.solar_compute.core.outlook import Outlook
from custom_components.solar_compute.core.spec import (
    BackupKind,
    BackupSchedule,
    BackupSpec,
    DailyWindow,
)

from .houses import NOON

HOUR = 3600.0
DAY = 24 * HOUR
EXPORT, IMPORT = 0.08, 0.30

TANK = HeatBody(
    capacity_wh_per_k=232.6, loss_w_per_k=1.4, ambient_c=18.0, use_w=(243.5,) * 24
)
SET_TO_55 = Thermostat(target_c=55.0, hysteresis_k=5.0)


def outlook(balance_now_w: float = -500.0, *hours_w: float) -> Outlook:
    return Outlook(
        balance_now_w=balance_now_w,
        hours_w=hours_w or None,
        surplus_per_kwh=EXPORT,
        deficit_per_kwh=IMPORT,
    )


def runs(
    backup: BackupSpec,
    *,
    local: datetime = NOON,
    in_s: float | None = None,
    ahead: Outlook | None = None,
) -> list[Run]:
    return list(
        backup_runs(backup, local=local, outlook=ahead or outlook(), cop=3.0, in_s=in_s)
    )


def rod(schedule: BackupSchedule, **changes: Any) -> BackupSpec:
    settings = {"kind": BackupKind.RESISTIVE, "schedule": schedule} | changes
    return BackupSpec(**settings)


def at_night(start_h: int, end_h: int, **changes: Any) -> BackupSpec:
    window = DailyWindow(start_min=start_h * 60, end_min=end_h * 60)
    return rod(BackupSchedule.TIMED, windows=(window,), **changes)


@pytest.mark.parametrize(
    ("lift_k", "cop"), [(28, 3.9), (48, 2.45), (60, 1.82), (43, 2.772)]
)
def test_the_cop_is_that_of_the_measured_fit(lift_k: float, cop: float) -> None:
    assert heat_pump_cop(lift_k) == pytest.approx(cop, abs=0.02)


@given(st.floats(-1000, 1000), st.floats(0, 100))
def test_the_cop_falls_with_the_lift_and_is_never_below_one(
    lift_k: float, more_k: float
) -> None:
    assert 1 <= heat_pump_cop(lift_k + more_k) <= heat_pump_cop(lift_k)


def test_a_better_heat_pump_is_better_at_every_lift() -> None:
    plain = BackupSpec(kind=BackupKind.HEAT_PUMP, source_c=7.0)
    good = BackupSpec(kind=BackupKind.HEAT_PUMP, source_c=7.0, rated_cop=4.68)
    assert backup_cop(good, 55.0) == pytest.approx(1.2 * backup_cop(plain, 55.0))


def test_a_warmer_flow_and_a_colder_source_cost_cop() -> None:
    pump = BackupSpec(kind=BackupKind.HEAT_PUMP, source_c=7.0)
    radiators = BackupSpec(kind=BackupKind.HEAT_PUMP, source_c=7.0, flow_offset_k=5.0)
    assert backup_cop(radiators, 50.0) == backup_cop(pump, 55.0) < backup_cop(pump, 50)
    assert backup_cop(pump, 55.0, -10.0) < backup_cop(pump, 55.0)


def test_what_the_heat_pump_says_of_itself_is_believed() -> None:
    pump = BackupSpec(kind=BackupKind.HEAT_PUMP)
    assert backup_cop(pump, 55.0, 7.0, 3.3) == 3.3


@pytest.mark.parametrize(
    ("backup", "price", "taken"),
    [
        (BackupSpec(kind=BackupKind.GAS), 0.1425, 1.25),
        (BackupSpec(kind=BackupKind.DISTRICT, price_per_kwh=0.12), 0.12, 1.0),
        (BackupSpec(kind=BackupKind.RESISTIVE), IMPORT, 1.0),
        (BackupSpec(kind=BackupKind.HEAT_PUMP), 0.1, 1 / 3),
        (BackupSpec(kind=BackupKind.NONE, comfort_per_kwh=0.2), 0.2, None),
        (rod(BackupSchedule.DIVERTER), EXPORT, 1.0),
    ],
    ids=["gas", "district", "rod", "heat pump", "none", "diverter"],
)
def test_a_kilowatt_hour_of_the_backups_heat_costs(
    backup: BackupSpec, price: float, taken: float | None
) -> None:
    assert heat_per_kwh(backup, 0.0, outlook(), 3.0) == pytest.approx(price)
    assert input_per_kwh(backup, 3.0) == taken


def test_electric_heat_is_cheap_when_there_will_be_sun() -> None:
    ahead = outlook(-500, -500, -500, 4000, *(-500,) * 21)
    heater = BackupSpec(kind=BackupKind.RESISTIVE, power_w=2000)
    assert heat_per_kwh(heater, 2.5 * HOUR, ahead, 1.0) == EXPORT
    assert heat_per_kwh(heater, 4.5 * HOUR, ahead, 1.0) == IMPORT


def test_a_thermostat_may_run_at_any_time() -> None:
    for backup in (
        rod(BackupSchedule.ON_DEMAND),
        BackupSpec(kind=BackupKind.GAS, schedule=BackupSchedule.DIVERTER),
        rod(BackupSchedule.TIMED),
        at_night(0, 0),
    ):
        assert runs(backup) == [Run(0.0, inf, eager=False)]
    assert runs(BackupSpec(kind=BackupKind.NONE)) == []


def test_a_timer_runs_in_its_windows_day_after_day() -> None:
    night = runs(at_night(22, 6, power_w=2000))
    assert night[:2] == [
        Run(10 * HOUR, 18 * HOUR, 2000.0),
        Run(34 * HOUR, 42 * HOUR, 2000.0),
    ]
    assert night[-1].start_s >= HORIZON_S - DAY
    two = (
        DailyWindow(start_min=18 * 60, end_min=19 * 60),
        DailyWindow(start_min=13 * 60, end_min=14 * 60),
    )
    twice = runs(rod(BackupSchedule.TIMED, windows=two))
    assert [run.start_s / HOUR for run in twice[:4]] == [1, 6, 25, 30]


def test_a_window_that_is_open_lasts_until_its_end() -> None:
    midnight = NOON.replace(hour=0, minute=30)
    assert runs(at_night(22, 6), local=midnight)[0] == Run(0.0, 5.5 * HOUR, 2000.0)


def test_a_boiler_in_a_window_counts_as_strong_enough() -> None:
    boiler = BackupSpec(
        kind=BackupKind.GAS,
        schedule=BackupSchedule.TIMED,
        windows=(DailyWindow(start_min=0, end_min=30),),
    )
    assert runs(boiler)[0].heat_w is None


def test_a_heat_pump_in_a_window_delivers_its_power_times_its_cop() -> None:
    pump = BackupSpec(
        kind=BackupKind.HEAT_PUMP,
        power_w=800,
        schedule=BackupSchedule.TIMED,
        windows=(DailyWindow(start_min=0, end_min=60),),
    )
    assert runs(pump)[0].heat_w == 2400


def test_a_diverter_runs_while_there_is_sun() -> None:
    diverter = rod(BackupSchedule.DIVERTER)
    ahead = outlook(-100, 0, 0, 500, 900, *(-100,) * 20)
    found = runs(diverter, ahead=ahead)
    assert found[0] == Run(2 * HOUR, 4 * HOUR, eager=False)
    assert found[1] == Run(26 * HOUR, 28 * HOUR, eager=False)
    sunny_now = runs(diverter, ahead=outlook(800, 0, -1, *(0,) * 22))
    assert sunny_now[0] == Run(0.0, HOUR, eager=False)


def test_a_diverter_of_which_nothing_is_known_waits_for_tomorrow() -> None:
    assert runs(rod(BackupSchedule.DIVERTER))[0].start_s == DAY


@pytest.mark.parametrize(("said", "starts_s"), [(1800.0, 1800.0), (None, DAY), (-5, 0)])
def test_a_followed_backup_runs_when_its_entity_says(
    said: float | None, starts_s: float
) -> None:
    found = runs(rod(BackupSchedule.FOLLOWED), in_s=said)
    assert [run.start_s for run in found[:2]] == [starts_s, starts_s + DAY]


def t_prime(
    backup: BackupSpec, temperature_c: float, in_s: float | None = None
) -> float | None:
    return displaced_in_s(TANK, temperature_c, 12.0, SET_TO_55, runs(backup, in_s=in_s))


def test_a_thermostat_would_have_run_when_the_tank_is_cold() -> None:
    in_s = t_prime(rod(BackupSchedule.ON_DEMAND), 54.0)
    assert in_s is not None
    assert after_c(TANK, 54.0, in_s, 12.0) == pytest.approx(50.0)
    assert t_prime(rod(BackupSchedule.ON_DEMAND), 50.0) == 0


def test_a_timer_begins_with_whatever_is_below_the_target() -> None:
    assert t_prime(at_night(22, 6), 54.0) == 10 * HOUR


def test_a_run_that_finds_the_tank_hot_waits_for_its_thermostat_or_the_next() -> None:
    """60 °C at noon: still above 55 °C at 13 h, cold enough in a window till late."""
    short = at_night(13, 14, kind=BackupKind.GAS)
    long = at_night(13, 23, kind=BackupKind.GAS)
    assert t_prime(short, 60.0) == 25 * HOUR
    in_s = t_prime(long, 58.0)
    assert in_s is not None and 1 * HOUR < in_s < 11 * HOUR
    assert after_c(TANK, 58.0, in_s, 12.0) == pytest.approx(50.0)


def test_a_run_that_is_too_short_anyway_is_not_what_is_displaced() -> None:
    """Half an hour of 2 kW a day never fills the tank, so nothing shortens it."""
    weak = rod(
        BackupSchedule.TIMED,
        power_w=2000,
        windows=(DailyWindow(start_min=13 * 60, end_min=13 * 60 + 30),),
    )
    assert t_prime(weak, 40.0) is None


def test_heat_is_carried_on_from_a_run_that_is_too_short_to_one_that_is_not() -> None:
    two = rod(
        BackupSchedule.TIMED,
        power_w=2000,
        windows=(
            DailyWindow(start_min=13 * 60, end_min=13 * 60 + 30),
            DailyWindow(start_min=22 * 60, end_min=6 * 60),
        ),
    )
    assert t_prime(two, 40.0) == 10 * HOUR


def test_a_tank_that_stays_hot_for_a_week_displaces_a_run_after_that() -> None:
    lake = HeatBody(capacity_wh_per_k=1e6, loss_w_per_k=1.0, ambient_c=18.0)
    every_night = runs(at_night(22, 6))
    assert displaced_in_s(lake, 58.0, 12.0, SET_TO_55, every_night) == HORIZON_S


@given(
    temperature_c=st.floats(20, 80),
    more_k=st.floats(0, 20),
    backup=st.sampled_from(
        [
            rod(BackupSchedule.ON_DEMAND),
            rod(BackupSchedule.DIVERTER),
            rod(BackupSchedule.FOLLOWED),
            BackupSpec(
                kind=BackupKind.GAS,
                schedule=BackupSchedule.TIMED,
                windows=(DailyWindow(start_min=13 * 60, end_min=23 * 60),),
            ),
        ]
    ),
)
def test_the_warmer_it_is_the_later_the_backup_would_have_run(
    temperature_c: float, more_k: float, backup: BackupSpec
) -> None:
    colder, warmer = (
        t_prime(backup, temperature_c),
        t_prime(backup, temperature_c + more_k),
    )
    assert colder is not None and warmer is not None
    assert warmer >= colder - 1e-3


def expected(backup: BackupSpec, temperature_c: float, in_s: float) -> float:
    return expected_c(TANK, temperature_c, 12.0, SET_TO_55, runs(backup), in_s=in_s)


def test_without_a_backup_a_tank_is_as_cold_later_as_it_cools() -> None:
    alone = BackupSpec(kind=BackupKind.NONE)
    assert expected(alone, 50.0, DAY) == after_c(TANK, 50.0, DAY, 12.0)


def test_a_thermostat_keeps_its_target() -> None:
    assert expected(rod(BackupSchedule.ON_DEMAND), 30.0, DAY) == 55
    assert expected(rod(BackupSchedule.ON_DEMAND), 70.0, HOUR) > 55


def test_a_timer_leaves_the_tank_to_cool_outside_of_its_window() -> None:
    night = at_night(22, 6)
    before = expected(night, 50.0, 9 * HOUR)
    assert before == pytest.approx(after_c(TANK, 50.0, 9 * HOUR, 12.0))
    at_six = expected(night, 50.0, 18 * HOUR)
    assert at_six == pytest.approx(55.0)
    assert expected(night, 50.0, 24 * HOUR) == pytest.approx(
        after_c(TANK, 55.0, 6 * HOUR, 6.0)
    )


def test_a_weak_timer_brings_no_more_than_its_power() -> None:
    weak = at_night(13, 14, power_w=1000)
    unheated_c = after_c(TANK, 30.0, 2 * HOUR, 12.0)
    assert expected(weak, 30.0, 2 * HOUR) - unheated_c == pytest.approx(
        1000 / 232.6, rel=0.02
    )


def test_there_are_only_as_many_runs_as_the_horizon_holds() -> None:
    for schedule in BackupSchedule:
        assert len(list(islice(runs(rod(schedule)), 100))) < 20
