"""How much hot water a home uses, hour by hour: assumed first, then learned."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from math import nan
from typing import Any

import pytest

from custom_components.solar_compute.core.draws import (
    DRAW_SHARES,
    hourly_use_w,
    learn_draws,
    learned_days,
)
from custom_components.solar_compute.core.memory import DrawMean
from custom_components.solar_compute.core.spec import (
    BackupKind,
    BackupSpec,
    TankSpec,
    TankUse,
)

from .fine_step import Store
from .houses import gas_tank

MIDNIGHT = datetime(2026, 3, 2)
NO_BACKUP = BackupSpec(kind=BackupKind.NONE)


def hour_of(time_s: float) -> int:
    return int(time_s // 3600) % 24


def bathers(time_s: float) -> float:
    """Return the draw of a household that baths at nine in the evening, with 3 kWh."""
    return 3000.0 if hour_of(time_s) == 21 else 40.0


def watched(
    tank: TankSpec,
    days: float,
    *,
    draw_w: Callable[[float], float] = bathers,
    grain_k: float = 0.1,
    store: dict[str, Any] | None = None,
    learned: DrawMean | None = None,
) -> tuple[DrawMean, Store]:
    """Watch a true tank every minute, through a sensor of that grain."""
    settings: dict[str, Any] = {
        "heat_w": lambda time_s: 600.0 if 9 <= hour_of(time_s) < 16 else 0.0
    }
    fine = Store(
        capacity_wh_per_k=1.163 * tank.volume_l,
        loss_w_per_k=tank.loss_w_per_k,
        temperature_c=58.0,
        draw_w=draw_w,
        around_c=lambda _: tank.ambient_c,
        cold_c=tank.cold_c,
        **(settings | (store or {})),
    )
    for minute in range(round(days * 1440)):
        heat_w = fine.heat_w(fine.time_s)
        fine.run(60)
        learned = learn_draws(
            tank,
            learned,
            local=MIDNIGHT + timedelta(minutes=minute + 1),
            elapsed_s=60.0,
            temperature_c=round(fine.temperature_c / grain_k) * grain_k,
            heat_w=heat_w,
        )
    assert learned is not None
    return learned, fine


def test_the_hours_of_a_day_share_out_all_of_its_hot_water() -> None:
    assert sum(DRAW_SHARES) == pytest.approx(1)
    assert sum(hourly_use_w(gas_tank(), None)) == pytest.approx(5845)


@pytest.mark.parametrize("use", [TankUse.BUFFER, TankUse.EXPORTED])
def test_a_buffer_gives_evenly_until_more_is_known(use: TankUse) -> None:
    loop = gas_tank(use=use, draw_wh_per_day=2400.0)
    assert hourly_use_w(loop, None) == (100.0,) * 24


@pytest.mark.parametrize("grain_k", [0.01, 0.1, 0.5])
def test_a_home_that_baths_in_the_evening_is_known_after_two_weeks(
    grain_k: float,
) -> None:
    tank = gas_tank(volume_l=400.0, backup=NO_BACKUP)
    learned, _ = watched(tank, 15, grain_k=grain_k)
    use_w = hourly_use_w(tank, learned)
    assert use_w[21] == pytest.approx(3000, rel=0.17)
    assert sum(use_w) == pytest.approx(3920, rel=0.1)
    assert use_w[7] < 250
    assert learned_days(learned) >= 13


def test_a_few_days_move_the_assumption_and_do_not_replace_it() -> None:
    tank = gas_tank(volume_l=400.0, backup=NO_BACKUP)
    learned, _ = watched(tank, 3)
    assumed_w, use_w = hourly_use_w(tank, None)[21], hourly_use_w(tank, learned)[21]
    assert assumed_w + 500 < use_w < 2500


def test_a_backup_heater_that_nobody_measures_is_not_taken_for_a_day_without_draws() -> (
    None
):
    """Gas on demand heats several times a day, and mostly just when people bath."""
    tank = gas_tank()
    learned, fine = watched(
        tank,
        15,
        draw_w=lambda time_s: 5845 * DRAW_SHARES[hour_of(time_s)],
        store={"backup_w": 12_000.0, "on_c": 50.0, "off_c": 55.0},
    )
    assert fine.backup_wh > 0
    assert sum(hourly_use_w(tank, learned)) == pytest.approx(5845, rel=0.2)


def test_a_large_draw_that_the_backup_answers_is_still_seen() -> None:
    tank = gas_tank()
    learned, _ = watched(
        tank,
        15,
        store={"backup_w": 12_000.0, "on_c": 50.0, "off_c": 55.0},
    )
    assumed_w = hourly_use_w(tank, None)[21]
    assert hourly_use_w(tank, learned)[21] > 5 * assumed_w


def test_what_people_do_now_counts_more_than_what_they_did_a_month_ago() -> None:
    tank = gas_tank(volume_l=400.0, backup=NO_BACKUP)
    learned, _ = watched(tank, 15)
    learned, _ = watched(tank, 21, draw_w=lambda _: 40.0, learned=learned)
    assert hourly_use_w(tank, learned)[21] < 900


def test_a_buffer_learns_one_figure_for_all_hours() -> None:
    buffer = gas_tank(volume_l=1000.0, use=TankUse.BUFFER, backup=NO_BACKUP)
    learned, _ = watched(buffer, 15, draw_w=lambda _: 150.0)
    use_w = hourly_use_w(buffer, learned)
    assert len(set(use_w)) == 1
    assert use_w[0] == pytest.approx(150, rel=0.12)


def test_an_hour_with_a_gap_teaches_nothing() -> None:
    """After a restart nobody knows what happened meanwhile."""
    tank = gas_tank(backup=NO_BACKUP)
    learned: DrawMean | None = None
    for hour in range(48):
        learned = learn_draws(
            tank,
            learned,
            local=MIDNIGHT + timedelta(hours=hour),
            elapsed_s=3600.0,
            temperature_c=60.0 - hour,
            heat_w=0.0,
        )
    assert learned_days(learned) == 0


def test_an_hour_in_which_the_sensor_was_silent_teaches_nothing() -> None:
    tank = gas_tank(backup=NO_BACKUP)
    learned: DrawMean | None = None
    for minute in range(2 * 1440):
        learned = learn_draws(
            tank,
            learned,
            local=MIDNIGHT + timedelta(minutes=minute),
            elapsed_s=60.0,
            temperature_c=None if minute % 60 == 30 else 50.0,
            heat_w=0.0,
        )
    assert learned_days(learned) == 0


def test_what_was_stored_and_is_no_day_is_forgotten() -> None:
    tank = gas_tank()
    broken = DrawMean(hours_wh=(1.0,), days=(3,))
    assert hourly_use_w(tank, broken) == hourly_use_w(tank, None)
    again, _ = watched(tank, 0.1, learned=broken)
    assert len(again.hours_wh) == 24


def test_a_figure_that_is_no_number_is_learned_anew() -> None:
    tank = gas_tank(volume_l=400.0, backup=NO_BACKUP)
    broken = DrawMean(hours_wh=(nan,) * 24, days=(9,) * 24)
    learned, _ = watched(tank, 3, learned=broken)
    assert sum(hourly_use_w(tank, learned)) > 1000


def test_no_hour_gives_heat_back() -> None:
    whole = DrawMean(hours_wh=(-50.0,) * 24, days=(3,) * 24)
    for use in TankUse:
        assert hourly_use_w(gas_tank(use=use), whole) == (0.0,) * 24


def test_a_new_assumption_holds_in_the_hours_that_nobody_has_seen() -> None:
    seen = DrawMean(hours_wh=(100.0,) * 24, days=(0, *(5,) * 23))
    bigger = replace(gas_tank(), draw_wh_per_day=20_000.0)
    assert hourly_use_w(bigger, seen)[:2] == (200.0, 100.0)
