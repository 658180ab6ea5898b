"""How much of the backup's work heat really saves, in tanks that are simulated.

Sixteen days of March in three homes of the imagination, each lived through twice:
with a worker that puts 500 W into a class C tank of 200 L from nine to three o'clock,
but for the last two days, and without. What the backup made less is what the heat
displaced. A thermostat shifts whole cycles, so only averages mean anything.
"""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

import pytest

from custom_components.solar_compute.core.draws import prior_use_w
from custom_components.solar_compute.core.heat_now import tank_now
from custom_components.solar_compute.core.house import HouseModel, house_power
from custom_components.solar_compute.core.outlook import Outlook
from custom_components.solar_compute.core.simulate import Conditions, new_house, step
from custom_components.solar_compute.core.spec import (
    BackupKind,
    BackupSchedule,
    BackupSpec,
    DailyWindow,
    TankSpec,
)
from custom_components.solar_compute.core.thermal import heat_price

from .houses import boiler_rig, gas_tank, sunny_house
from .sinks import view_of

STEP_S = 900.0
DAYS, HOMES, WITHOUT = 16, 3, 2
DAILY_W = 500.0
FIRST_DAY = datetime(2026, 3, 1, tzinfo=UTC)
FAMILY = HouseModel()
NIGHT = (DailyWindow(start_min=22 * 60, end_min=6 * 60),)
COLD_C = 40.0


def rod(schedule: BackupSchedule, **changes: Any) -> TankSpec:
    return gas_tank(
        loss_w_per_k=2.0,
        backup=BackupSpec(kind=BackupKind.RESISTIVE, schedule=schedule, **changes),
    )


ON_DEMAND = rod(BackupSchedule.ON_DEMAND)
DIVERTER = rod(BackupSchedule.DIVERTER)
TIMED = rod(BackupSchedule.TIMED, windows=NIGHT)
UNDERSIZED = rod(BackupSchedule.TIMED, windows=NIGHT, power_w=640.0)


@dataclass(slots=True)
class Weeks:
    """What three homes saw: energy in Wh, cold hours, the shares that were foretold."""

    heat_wh: float = 0.0
    backup_wh: float = 0.0
    served_wh: float = 0.0
    cold_h: float = 0.0
    foretold_wh: float = 0.0


@cache
def live(tank: TankSpec, heat_w: float) -> Weeks:
    """Live sixteen days in three homes, with so much heat every day."""
    weeks = Weeks()
    for seed in range(HOMES):
        _live_in(weeks, tank, heat_w, seed)
    return weeks


def _live_in(weeks: Weeks, tank: TankSpec, heat_w: float, seed: int) -> None:
    home = sunny_house(boiler_rig(recovery=1.0), tanks=(tank,))
    house = new_house(home, tank_c=50.0)
    mean_day = _mean_day(seed)
    for index in range(int(DAYS * 86400 / STEP_S)):
        local = FIRST_DAY + timedelta(seconds=index * STEP_S)
        power = house_power(FAMILY, seed, local)
        balance_w = power.pv_w - power.load_w
        heats = 9 <= local.hour < 15 and index < (DAYS - WITHOUT) * 86400 / STEP_S
        now_w = heat_w if heats else 0.0
        if now_w:
            ahead = mean_day[local.hour :] + mean_day[: local.hour]
            kept = _foretold(tank, house.tanks["tank"].temperature_c, local, ahead)
            weeks.foretold_wh += now_w * kept * STEP_S / 3600
        conditions = Conditions(
            balance_w=balance_w, local=local, draw_w={"tank": power.draw_w}
        )
        house, flows = step(home, house, conditions, {"rig": now_w}, STEP_S)
        flow = flows.tanks["tank"]
        weeks.heat_wh += flow.worker_wh - flow.dumped_wh
        weeks.backup_wh += flow.backup_wh
        weeks.served_wh += flow.served_wh
        if house.tanks["tank"].temperature_c < COLD_C:
            weeks.cold_h += STEP_S / 3600


def _mean_day(seed: int) -> tuple[float, ...]:
    """Return the mean balance by hour of the first week, as a home would learn it."""
    hours = []
    for hour in range(24):
        moments = [
            house_power(FAMILY, seed, FIRST_DAY + timedelta(days=day, hours=hour + 0.5))
            for day in range(7)
        ]
        hours.append(sum(moment.pv_w - moment.load_w for moment in moments) / 7)
    return tuple(hours)


def _foretold(
    tank: TankSpec, temperature_c: float, local: datetime, hours_w: tuple[float, ...]
) -> float:
    """Return the share of a kWh that the price of heat says will be displaced."""
    sink = tank_now(
        tank,
        view_of("tank", temperature_c),
        observed=None,
        local=local,
        use_w=prior_use_w(tank),
    )
    outlook = Outlook(
        balance_now_w=hours_w[0],
        hours_w=hours_w,
        surplus_per_kwh=0.08,
        deficit_per_kwh=0.30,
    )
    price = heat_price(sink, local=local, outlook=outlook)
    return price.kept * price.absorbed


CASES = {
    "on demand": (ON_DEMAND, 0.98),
    "diverter": (DIVERTER, 0.83),
    "timed": (TIMED, 0.92),
    "undersized": (UNDERSIZED, 0.30),
}


@pytest.mark.parametrize(("tank", "share"), CASES.values(), ids=CASES.keys())
def test_a_kilowatt_hour_of_heat_displaces(tank: TankSpec, share: float) -> None:
    without, heated = live(tank, 0.0), live(tank, DAILY_W)
    displaced = (without.backup_wh - heated.backup_wh) / heated.heat_wh
    assert displaced == pytest.approx(share, abs=0.05)


@pytest.mark.parametrize(
    ("tank", "within"),
    [(ON_DEMAND, 0.05), (TIMED, 0.05), (DIVERTER, 0.15), (UNDERSIZED, 0.12)],
    ids=["on demand", "timed", "diverter", "undersized"],
)
def test_the_price_of_heat_foretells_the_share_that_is_displaced(
    tank: TankSpec, within: float
) -> None:
    without, heated = live(tank, 0.0), live(tank, DAILY_W)
    displaced = (without.backup_wh - heated.backup_wh) / heated.heat_wh
    foretold = heated.foretold_wh / heated.heat_wh
    assert foretold == pytest.approx(displaced, abs=within)


def test_what_an_undersized_backup_is_not_spared_ends_a_shortage() -> None:
    without, heated = live(UNDERSIZED, 0.0), live(UNDERSIZED, DAILY_W)
    warmer_wh = heated.served_wh - without.served_wh
    assert warmer_wh / heated.heat_wh == pytest.approx(0.19, abs=0.05)
    assert heated.cold_h < 0.7 * without.cold_h


def test_a_rod_with_power_to_spare_is_displaced_in_every_run() -> None:
    """The same tank and timer: only the power of the rod makes the difference."""
    strong = replace(UNDERSIZED, backup=replace(UNDERSIZED.backup, power_w=2000.0))
    foretold = [live(tank, DAILY_W) for tank in (UNDERSIZED, strong)]
    weak_share, strong_share = (weeks.foretold_wh / weeks.heat_wh for weeks in foretold)
    assert weak_share < 0.4
    assert strong_share > 0.9
