"""What heat is worth: the price of the backup's heat when the backup would have run."""

from datetime import datetime
from typing import Any

from hypothesis import given, strategies as st
import pytest

from custom_components.solar_compute.core.backup import heat_pump_cop
from custom_components.solar_compute.core.model import HeatCause, HeatPrice
from custom_components.solar_compute.core.outlook import Outlook
from custom_components.solar_compute.core.spec import (
    BackupKind,
    BackupSchedule,
    BackupSpec,
    DailyWindow,
    TankSpec,
)
from custom_components.solar_compute.core.thermal import heat_price

from .houses import NOON, gas_tank
from .sinks import steady_tank

EXPORT, IMPORT = 0.08, 0.30
NIGHT_TARIFF = DailyWindow(start_min=22 * 60, end_min=6 * 60)


def price(
    tank: TankSpec,
    temperature_c: float,
    *,
    balance_now_w: float = -500.0,
    hours_w: tuple[float, ...] | None = None,
    local: datetime = NOON,
    **changes: Any,
) -> HeatPrice:
    outlook = Outlook(
        balance_now_w=balance_now_w,
        hours_w=hours_w,
        surplus_per_kwh=EXPORT,
        deficit_per_kwh=IMPORT,
    )
    sink = steady_tank(tank, temperature_c, **changes)
    return heat_price(sink, local=local, outlook=outlook)


def tank_with(kind: BackupKind, **changes: Any) -> TankSpec:
    return gas_tank(backup=BackupSpec(kind=kind, **changes))


def test_two_hundred_litres_take_a_kilowatt_for_an_hour_per_four_kelvin() -> None:
    assert gas_tank().capacity_wh_per_k == pytest.approx(1000 / 4.3, rel=0.01)


def test_gas_is_displaced_at_its_price_by_the_boilers_real_efficiency() -> None:
    tank = tank_with(BackupKind.GAS, price_per_kwh=0.114, efficiency=0.8)
    assert price(tank, 40).per_kwh == pytest.approx(0.1425)


def test_heat_on_demand_displaces_the_run_when_the_tank_would_be_cold() -> None:
    """Warm now, cold in some hours: then there will be sun, or there will not."""
    tank = tank_with(BackupKind.RESISTIVE, hysteresis_k=5.0, power_w=2000)
    sun_later = (-500.0,) * 2 + (4000.0,) * 22
    heat = price(tank, 54, hours_w=sun_later)
    assert 3 * 3600 < heat.in_s < 6 * 3600
    assert heat.displaced_per_kwh == EXPORT
    assert price(tank, 54, hours_w=(-500.0,) * 24).displaced_per_kwh == IMPORT
    assert price(tank, 54, balance_now_w=5000).displaced_per_kwh == IMPORT


def test_a_cold_tank_on_demand_displaces_what_the_rod_would_draw_now() -> None:
    tank = tank_with(BackupKind.RESISTIVE, power_w=2000)
    assert price(tank, 40, balance_now_w=5000).displaced_per_kwh == EXPORT
    assert price(tank, 40, balance_now_w=0).displaced_per_kwh == IMPORT
    half = price(tank, 40, balance_now_w=1000).displaced_per_kwh
    assert half == pytest.approx((EXPORT + IMPORT) / 2)
    assert price(tank, 40, balance_now_w=5000).in_s == 0


def test_a_timed_backup_is_displaced_in_its_next_window() -> None:
    tank = tank_with(
        BackupKind.RESISTIVE, schedule=BackupSchedule.TIMED, windows=(NIGHT_TARIFF,)
    )
    heat = price(tank, 40, balance_now_w=5000, hours_w=(5000.0,) * 8 + (-500.0,) * 16)
    assert heat.in_s == 10 * 3600
    assert heat.displaced_per_kwh == IMPORT


def test_a_timed_backup_in_its_window_is_displaced_now() -> None:
    tank = tank_with(
        BackupKind.RESISTIVE, schedule=BackupSchedule.TIMED, windows=(NIGHT_TARIFF,)
    )
    for hour in (22, 23, 0, 1):
        assert price(tank, 40, local=NOON.replace(hour=hour)).in_s == 0
    assert price(tank, 40, local=NOON.replace(hour=6)).in_s == 16 * 3600


def test_a_window_that_ends_before_the_tank_is_warm_is_not_what_is_displaced() -> None:
    """The rod runs until six in any case: only the next night is shortened."""
    tank = tank_with(
        BackupKind.RESISTIVE, schedule=BackupSchedule.TIMED, windows=(NIGHT_TARIFF,)
    )
    assert price(tank, 40, local=NOON.replace(hour=5)).in_s == 17 * 3600


def test_a_timed_run_that_would_find_the_tank_hot_is_not_what_is_displaced() -> None:
    tank = gas_tank(
        volume_l=1000.0,
        maximum_c=90.0,
        backup=BackupSpec(
            kind=BackupKind.GAS,
            schedule=BackupSchedule.TIMED,
            windows=(DailyWindow(start_min=13 * 60, end_min=14 * 60),),
        ),
    )
    assert price(tank, 50).in_s == 3600
    assert price(tank, 59).in_s == 3600 + 86400


def test_a_diverter_is_displaced_at_the_export_price_whatever_the_hour() -> None:
    tank = tank_with(BackupKind.RESISTIVE, schedule=BackupSchedule.DIVERTER)
    for balance_now_w in (-500, 5000):
        heat = price(tank, 40, balance_now_w=balance_now_w, hours_w=(-500.0,) * 24)
        assert heat.displaced_per_kwh == EXPORT


def test_a_diverter_that_has_no_sun_before_tomorrow_lets_the_heat_decay() -> None:
    tank = tank_with(BackupKind.RESISTIVE, schedule=BackupSchedule.DIVERTER)
    now = price(tank, 40, balance_now_w=100)
    tomorrow = price(tank, 40, balance_now_w=-100)
    assert now.kept == 1
    assert tomorrow.kept == pytest.approx(2.718281828 ** (-1.4 * 24 / (1.163 * 200)))


def test_a_heat_pump_lifts_from_its_measured_source_else_the_configured_one() -> None:
    tank = tank_with(BackupKind.HEAT_PUMP, source_c=12.0)
    assert price(tank, 40).per_kwh == pytest.approx(IMPORT / heat_pump_cop(43))
    colder = price(tank, 40, source_c=-5.0)
    assert colder.per_kwh == pytest.approx(IMPORT / heat_pump_cop(60))


def test_without_a_backup_heat_is_worth_its_comfort_until_the_target() -> None:
    tank = tank_with(BackupKind.NONE, comfort_per_kwh=0.2)
    assert price(tank, 54.9, heated=True).per_kwh == pytest.approx(0.2)
    assert price(tank, 55.0, heated=True).per_kwh == 0
    assert price(tank, 55.0, heated=True).absorbed == 0


def test_a_worker_that_rests_waits_until_comfort_is_two_kelvin_away() -> None:
    tank = tank_with(BackupKind.NONE, comfort_per_kwh=0.2)
    assert price(tank, 53.1).per_kwh == 0
    assert price(tank, 52.9).per_kwh == pytest.approx(0.2)


@pytest.mark.parametrize("kind", BackupKind)
def test_a_full_tank_displaces_nothing(kind: BackupKind) -> None:
    tank = tank_with(kind, comfort_per_kwh=0.2)
    heat = price(tank, tank.maximum_c)
    assert (heat.per_kwh, heat.absorbed) == (0, 0)


def test_district_heat_is_displaced_at_its_price() -> None:
    tank = tank_with(BackupKind.DISTRICT, price_per_kwh=0.12)
    assert price(tank, 40).per_kwh == pytest.approx(0.12)


def test_a_heat_pump_that_gives_its_cop_is_believed() -> None:
    tank = tank_with(BackupKind.HEAT_PUMP)
    heat = price(tank, 40, cop=3.0)
    assert heat.per_kwh == pytest.approx(0.1)
    assert heat.input_per_kwh == pytest.approx(1 / 3)


def test_the_price_tells_what_the_heat_pump_would_take_for_this_heat_right_now() -> (
    None
):
    """Warm until the evening: what counts is the evening, what shows is now."""
    tank = tank_with(BackupKind.HEAT_PUMP)
    heat = price(tank, 54, balance_now_w=5000, hours_w=(-500.0,) * 24, cop=3.0)
    assert heat.backup_per_kwh == pytest.approx(EXPORT / 3)
    assert heat.displaced_per_kwh == pytest.approx(IMPORT / 3)
    assert price(tank_with(BackupKind.NONE), 40).backup_per_kwh is None
    assert price(tank_with(BackupKind.NONE), 40).input_per_kwh is None


def test_a_backup_that_an_entity_announces_is_displaced_then() -> None:
    tank = tank_with(BackupKind.RESISTIVE, schedule=BackupSchedule.FOLLOWED)
    sun_now = (5000.0,) * 2 + (-500.0,) * 22
    in_an_hour = price(tank, 40, hours_w=sun_now, backup_in_s=3600.0)
    in_three = price(tank, 40, hours_w=sun_now, backup_in_s=3 * 3600.0)
    assert (in_an_hour.in_s, in_an_hour.displaced_per_kwh) == (3600, EXPORT)
    assert (in_three.in_s, in_three.displaced_per_kwh) == (3 * 3600, IMPORT)
    assert price(tank, 40).in_s == 86400


def test_heat_that_no_run_of_the_backup_is_shortened_by_displaces_nothing() -> None:
    half_an_hour = DailyWindow(start_min=13 * 60, end_min=13 * 60 + 30)
    tank = tank_with(
        BackupKind.RESISTIVE, schedule=BackupSchedule.TIMED, windows=(half_an_hour,)
    )
    heat = price(tank, 40)
    assert (heat.per_kwh, heat.kept, heat.absorbed) == (0, 0, 1)


def test_a_tank_that_is_cold_only_below_has_hours_until_its_thermostat_starts() -> None:
    """One mean of 38 °C would say that the heater runs already."""
    tank = tank_with(BackupKind.GAS, hysteresis_k=5.0)
    outlook = Outlook(
        balance_now_w=0, hours_w=None, surplus_per_kwh=EXPORT, deficit_per_kwh=IMPORT
    )
    layered = heat_price(steady_tank(tank, 55, 54, 15), local=NOON, outlook=outlook)
    cold = heat_price(steady_tank(tank, 55, 40, 15), local=NOON, outlook=outlook)
    assert 2 * 3600 < layered.in_s < 24 * 3600
    assert cold.in_s == 0
    assert layered.per_kwh < cold.per_kwh


def test_a_tank_is_full_as_soon_as_its_warmest_sensor_says_so() -> None:
    tank = gas_tank(maximum_c=60.0)
    outlook = Outlook(
        balance_now_w=0, hours_w=None, surplus_per_kwh=EXPORT, deficit_per_kwh=IMPORT
    )
    top = heat_price(steady_tank(tank, 60.5, 40.0), local=NOON, outlook=outlook)
    assert (top.per_kwh, top.absorbed, top.cause) == (0, 0, HeatCause.FULL)


@given(
    kind=st.sampled_from(BackupKind),
    schedule=st.sampled_from(BackupSchedule),
    temperature_c=st.floats(5, 80),
    balance=st.floats(-9000, 9000),
)
def test_heat_is_never_worth_more_than_the_dearest_heat_of_its_backup(
    kind: BackupKind, schedule: BackupSchedule, temperature_c: float, balance: float
) -> None:
    tank = tank_with(
        kind, schedule=schedule, comfort_per_kwh=0.2, windows=(NIGHT_TARIFF,)
    )
    heat = price(tank, temperature_c, balance_now_w=balance)
    assert 0 <= heat.kept <= 1
    assert 0 <= heat.per_kwh <= heat.displaced_per_kwh <= IMPORT


@given(
    kind=st.sampled_from([BackupKind.GAS, BackupKind.NONE, BackupKind.DISTRICT]),
    schedule=st.sampled_from(BackupSchedule),
    temperature_c=st.floats(5, 80),
    more_k=st.floats(0, 30),
)
def test_at_one_price_of_fuel_warmer_water_never_wants_more_heat(
    kind: BackupKind, schedule: BackupSchedule, temperature_c: float, more_k: float
) -> None:
    tank = gas_tank(
        minimum_c=40.0,
        shortage_per_kwh=0.5,
        backup=BackupSpec(
            kind=kind, schedule=schedule, comfort_per_kwh=0.2, windows=(NIGHT_TARIFF,)
        ),
    )
    warmer = price(tank, temperature_c + more_k).per_kwh
    assert warmer <= price(tank, temperature_c).per_kwh + 1e-9
