"""The tables of the guides to heat are what the core computes."""

from dataclasses import replace
from datetime import datetime
from pathlib import Path
import re

import pytest

from custom_components.solar_compute.core.draws import prior_use_w
from custom_components.solar_compute.core.heat import WATER_WH_PER_L_K
from custom_components.solar_compute.core.heat_flow import litres_at_40_c
from custom_components.solar_compute.core.heat_now import tank_now
from custom_components.solar_compute.core.outlook import Outlook
from custom_components.solar_compute.core.simulate import Conditions, new_house, step
from custom_components.solar_compute.core.spec import (
    BackupKind,
    BackupSchedule,
    BackupSpec,
    DailyWindow,
    RoomSpec,
    SiteSpec,
    TankSpec,
    WorkerSpec,
)
from custom_components.solar_compute.core.thermal import heat_price

from .sinks import view_of

DOCS = Path(__file__).parents[2] / "docs"
GUIDE = (DOCS / "heat.md").read_text()
POOL = (DOCS / "pool-and-buffer.md").read_text()
SUN_H = 5
AFTERNOON = datetime(2026, 6, 1, 15)
tank_of_200_l = TankSpec(key="tank", name="Tank", volume_l=200)


def rows(first_heading: str) -> dict[str, list[str]]:
    """Return a table of the guide by the first cell of its rows."""
    table = GUIDE.split(f"| {first_heading} |")[1].split("\n\n")[0]
    lines = [line.strip("| ").split(" | ") for line in table.splitlines()[2:]]
    assert lines
    return {first: rest for first, *rest in lines}


def figure(cell: str) -> float:
    """Return the number that a cell begins with."""
    found = re.match(r"[-−]?[\d.]+", cell)
    assert found is not None, cell
    return float(found[0].replace("−", "-"))


def hours_from_40_to_55_c(power_w: float) -> float:
    """Return how long a worker takes to heat the tank, from which nobody draws."""
    worker = WorkerSpec(key="rig", name="Rig", levels_w=(power_w,), sink="tank")
    spec = SiteSpec(
        import_per_kwh=0.3,
        export_per_kwh=0.08,
        tanks=(tank_of_200_l,),
        workers=(worker,),
    )
    house = new_house(spec, tank_c=40)
    sun = Conditions(balance_w=0, local=AFTERNOON)
    while house.tanks["tank"].temperature_c < 55:
        house, _ = step(spec, house, sun, {"rig": power_w}, 60)
    return house.clock_s / 3600


@pytest.mark.parametrize("power_w", [100, 300, 500, 1000, 2000])
def test_the_sizes_for_hot_water_are_right(power_w: float) -> None:
    heat, litres, share, all_day, hours = map(
        figure, rows("worker")[f"{power_w:.0f} W"]
    )
    cold_c, day_wh = tank_of_200_l.cold_c, tank_of_200_l.draw_wh_per_day
    heat_wh = power_w * 0.9 * SUN_H
    assert heat == pytest.approx(heat_wh / 1000, abs=0.051)
    assert litres == pytest.approx(litres_at_40_c(heat_wh, cold_c), abs=0.5)
    assert share == pytest.approx(100 * heat_wh / day_wh, abs=0.5)
    assert all_day == pytest.approx(
        litres_at_40_c(heat_wh / SUN_H * 24, cold_c), abs=0.5
    )
    assert hours == pytest.approx(hours_from_40_to_55_c(power_w), rel=0.03)


@pytest.mark.parametrize("building", ["old", "average", "new"])
def test_the_sizes_for_rooms_keep_them_warm(building: str) -> None:
    loss_w_per_k, *powers_w = map(figure, rows("building")[building])
    room = RoomSpec(key="room", name="Room", loss_w_per_k=loss_w_per_k)
    if building == "average":
        assert loss_w_per_k == RoomSpec(key="", name="").loss_w_per_k
    for outdoor_c, power_w in zip((-5, 0, 5, 10), powers_w, strict=True):
        worker = WorkerSpec(
            key="rig", name="Rig", levels_w=(power_w,), sink="room", recovery=1.0
        )
        spec = SiteSpec(
            import_per_kwh=0.3, export_per_kwh=0.08, rooms=(room,), workers=(worker,)
        )
        world = Conditions(balance_w=0, local=AFTERNOON, outdoor_c=outdoor_c)
        house, _ = step(
            spec, new_house(spec, room_c=15), world, {"rig": power_w}, 86400 * 60
        )
        assert house.rooms["room"].temperature_c == pytest.approx(20, abs=0.01)


@pytest.mark.parametrize(
    ("water", "litres"), [("buffer of 500 L", 500), ("buffer of 1000 L", 1000)]
)
def test_a_buffer_becomes_as_warm_as_its_guide_says(water: str, litres: float) -> None:
    warmer_k = figure(re.split(rf"\| a {water} \| ", POOL)[1])
    assert warmer_k == pytest.approx(9000 / (litres * WATER_WH_PER_L_K), abs=0.05)


@pytest.mark.parametrize("cubic_metres", [10, 50])
def test_a_pool_becomes_as_warm_as_its_guide_says(cubic_metres: int) -> None:
    warmer_k = figure(POOL.split(f"| a pool of {cubic_metres} m³ | ")[1])
    litres = 1000 * cubic_metres
    assert warmer_k == pytest.approx(9000 / (litres * WATER_WH_PER_L_K), abs=0.005)


HEATERS = {
    "gas, 10 ct, 80 %": BackupSpec(kind=BackupKind.GAS, price_per_kwh=0.10),
    "rod with a thermostat": BackupSpec(kind=BackupKind.RESISTIVE),
    "rod on a timer, 2 to 5 h": BackupSpec(
        kind=BackupKind.RESISTIVE,
        schedule=BackupSchedule.TIMED,
        windows=(DailyWindow(start_min=120, end_min=300),),
    ),
    "rod behind a solar diverter": BackupSpec(
        kind=BackupKind.RESISTIVE, schedule=BackupSchedule.DIVERTER
    ),
    "heat pump with a thermostat": BackupSpec(kind=BackupKind.HEAT_PUMP, power_w=1500),
    "heat pump on a timer, 13 to 15 h": BackupSpec(
        kind=BackupKind.HEAT_PUMP,
        power_w=1500,
        schedule=BackupSchedule.TIMED,
        windows=(DailyWindow(start_min=780, end_min=900),),
    ),
    "district heat, 11 ct": BackupSpec(kind=BackupKind.DISTRICT, price_per_kwh=0.11),
    "nothing, comfort worth 15 ct": BackupSpec(
        kind=BackupKind.NONE, comfort_per_kwh=0.15
    ),
}
FROM_THREE_ON_W = (
    *(1200, 600, -200, -500, -800, -600, -400, -300, -200),
    *(-200, -200, -200, -200, -200, -100),
    *(200, 600, 1000, 1500, 1900, 2000, 2000, 2000, 1800),
)
"""A sunny day's balance by the hour, from three in the afternoon on."""


@pytest.mark.parametrize("heater", HEATERS)
def test_the_example_of_eight_heaters_is_worked_out_by_the_core(heater: str) -> None:
    tank = replace(tank_of_200_l, backup=HEATERS[heater])
    outlook = Outlook(
        balance_now_w=1200,
        hours_w=FROM_THREE_ON_W,
        surplus_per_kwh=0.08,
        deficit_per_kwh=0.30,
    )
    now = tank_now(
        tank,
        view_of("tank", 54.0),
        observed=None,
        use_w=prior_use_w(tank),
        local=AFTERNOON,
        heated=True,
    )
    price = heat_price(now, local=AFTERNOON, outlook=outlook)
    when, worth = rows("heater")[heater]
    assert figure(worth) == pytest.approx(price.per_kwh * 100, abs=0.051)
    if "evening" in when:
        assert 17 <= 15 + price.in_s / 3600 <= 22
    elif "tonight" in when:
        assert 24 <= 15 + price.in_s / 3600 <= 29
    elif "tomorrow" in when:
        assert 29 < 15 + price.in_s / 3600 <= 40


def test_the_table_of_heaters_has_no_others() -> None:
    assert set(rows("heater")) == set(HEATERS)
