"""The worked examples of what running is worth, in ct per kWh.

Import 28.7, export 7.8, gas 11.4 ÷ 0.8; recovery 0.9, battery round trip 0.9, wear 5;
nothing is lost while heat waits, and results are worth nothing.
"""

from dataclasses import replace
from typing import Any

from hypothesis import given, strategies as st
import pytest

from custom_components.solar_compute.core.model import HeatPrice, Tranche, TrancheKind
from custom_components.solar_compute.core.outlook import Outlook
from custom_components.solar_compute.core.spec import (
    BackupKind,
    BackupSchedule,
    BackupSpec,
    HeatSupply,
    TankSpec,
    WorkerSpec,
)
from custom_components.solar_compute.core.storage import stored_value
from custom_components.solar_compute.core.supply import (
    NO_BATTERY,
    BatteryLimits,
    Prices,
    supply_curve,
)
from custom_components.solar_compute.core.thermal import heat_price
from custom_components.solar_compute.core.worth import level_worth, results_per_kwh

from .houses import NOON, boiler_rig, cruncher, home_battery
from .sinks import steady_tank

IMPORT, EXPORT = 0.287, 0.078
KILOWATT = 1000.0

COLD_C, WARM_C, FULL_C = 40.0, 54.0, 60.0
LITTLE_SUN_W, MUCH_SUN_W = 1500.0, 5000.0
"""Surplus that a 2 kW backup heater would not, and would, have lived on."""


def backup(
    kind: BackupKind, schedule: BackupSchedule = BackupSchedule.ON_DEMAND
) -> BackupSpec:
    return BackupSpec(kind=kind, schedule=schedule, source_c=12.0)


GAS = backup(BackupKind.GAS)
HEAT_PUMP = backup(BackupKind.HEAT_PUMP)
ROD = backup(BackupKind.RESISTIVE)
DIVERTER = backup(BackupKind.RESISTIVE, BackupSchedule.DIVERTER)

RIG = boiler_rig(recovery=0.9)
NO_SINK_COOLED = cruncher(
    levels_w=(KILOWATT,), value_per_kwh=0.0, cooled_share=1.0, cooling_cop=3.0
)


def battery_prices(replaced: float) -> Prices:
    stored = stored_value(
        home_battery(round_trip=0.9, wear_per_kwh=0.05),
        replaced,
        import_per_kwh=IMPORT,
        surplus_per_kwh=EXPORT,
    )
    return Prices(
        import_=IMPORT, export=EXPORT, charge=stored.charge, discharge=stored.discharge
    )


def worth_ct(
    worker: WorkerSpec,
    *,
    balance: float,
    heater: BackupSpec | None = None,
    tank_c: float = COLD_C,
    prices: Prices | None = None,
    limits: BatteryLimits = NO_BATTERY,
    export_limit_w: float | None = None,
    supply: HeatSupply = HeatSupply.GRID,
) -> float:
    """Worth of a kilowatt, through the real curve, heat price and sum."""
    heat: HeatPrice | None = None
    if heater is not None:
        tank = TankSpec(
            key="tank",
            name="Tank",
            volume_l=200,
            loss_w_per_k=0,
            supply=supply,
            backup=heater,
        )
        outlook = Outlook(
            balance_now_w=balance,
            hours_w=None,
            surplus_per_kwh=EXPORT,
            deficit_per_kwh=IMPORT,
        )
        heat = heat_price(steady_tank(tank, tank_c), local=NOON, outlook=outlook)
    worth = level_worth(
        worker,
        1,
        KILOWATT,
        value_per_kwh=worker.value_per_kwh,
        tranches=supply_curve(
            balance,
            limits=limits,
            prices=prices or Prices(import_=IMPORT, export=EXPORT),
            export_limit_w=export_limit_w,
        ),
        base_w=0.0,
        heat=heat,
    )
    return worth.total * 100


WORKED: dict[str, tuple[float, dict[str, Any]]] = {
    "surplus displacing gas": (5.025, {"balance": MUCH_SUN_W, "heater": GAS}),
    "surplus displacing a heat pump on import": (
        1.52,
        {"balance": LITTLE_SUN_W, "heater": HEAT_PUMP, "tank_c": WARM_C},
    ),
    "surplus that the heat pump would have used": (
        -5.27,
        {"balance": MUCH_SUN_W, "heater": HEAT_PUMP},
    ),
    "surplus displacing a rod on import": (
        18.03,
        {"balance": LITTLE_SUN_W, "heater": ROD, "tank_c": WARM_C},
    ),
    "surplus that the diverter would have used": (
        -0.78,
        {"balance": LITTLE_SUN_W, "heater": DIVERTER},
    ),
    "curtailed sun displacing gas": (
        12.825,
        {"balance": MUCH_SUN_W, "heater": GAS, "export_limit_w": 0.0},
    ),
    "surplus into a full tank": (
        -7.80,
        {"balance": MUCH_SUN_W, "heater": GAS, "tank_c": FULL_C},
    ),
    "surplus into air-conditioned rooms": (
        -10.40,
        {"balance": MUCH_SUN_W, "worker": NO_SINK_COOLED},
    ),
    "surplus into rooms air-conditioned on import": (
        -17.37,
        {"balance": KILOWATT, "worker": NO_SINK_COOLED},
    ),
    "charge forgone that would be used later, gas": (
        -8.505,
        {
            "balance": 1000.0,
            "heater": GAS,
            "limits": BatteryLimits(charge_w=4000, discharge_w=4000),
            "prices": battery_prices(0.0),
        },
    ),
    "discharge that surplus will refill, gas": (
        -0.84,
        {
            "balance": 0.0,
            "heater": GAS,
            "limits": BatteryLimits(charge_w=4000, discharge_w=4000),
            "prices": battery_prices(1.0),
        },
    ),
    "import displacing gas": (-15.875, {"balance": 0.0, "heater": GAS}),
}


@pytest.mark.parametrize(("expected", "case"), WORKED.values(), ids=WORKED.keys())
def test_a_kilowatt_hour_is_worth(expected: float, case: dict[str, Any]) -> None:
    worker = case.get("worker", RIG)
    rest = {name: value for name, value in case.items() if name != "worker"}
    assert worth_ct(worker, **rest) == pytest.approx(expected, abs=0.01)


SUNSHINE = (Tranche(TrancheKind.IMPORT, None, 0.1),)


def test_a_value_per_hour_counts_by_the_share_of_full_power() -> None:
    worker = cruncher(levels_w=(500.0, 1000.0), value_per_kwh=0.0, value_per_hour=0.2)
    worths = [
        level_worth(
            worker,
            level,
            worker.power_w(level),
            value_per_kwh=0.0,
            tranches=SUNSHINE,
            base_w=0.0,
            heat=None,
        ).compute
        for level in (1, 2)
    ]
    assert worths == pytest.approx([0.1, 0.2])


def test_heat_that_no_sink_takes_is_worth_nothing() -> None:
    heat = HeatPrice(
        key="tank", per_kwh=0.1, displaced_per_kwh=0.1, in_s=0, kept=1, absorbed=1
    )
    rig, without = boiler_rig(), boiler_rig(sink=None)
    settings: dict[str, Any] = {
        "level": 1,
        "power_w": 1000,
        "value_per_kwh": 0.0,
        "tranches": SUNSHINE,
        "base_w": 0.0,
    }
    assert level_worth(rig, heat=heat, **settings).heat == pytest.approx(0.09)
    assert level_worth(without, heat=None, **settings).heat == 0


def test_a_full_tank_sends_all_heat_to_the_cooled_rooms() -> None:
    rig = boiler_rig(cooled_share=1.0, cooling_cop=2.0)
    heat = HeatPrice(
        key="tank", per_kwh=0.1, displaced_per_kwh=0.1, in_s=0, kept=1, absorbed=1
    )
    settings: dict[str, Any] = {
        "level": 1,
        "power_w": 1000,
        "value_per_kwh": 0.0,
        "tranches": SUNSHINE,
        "base_w": 0.0,
    }
    taking = level_worth(rig, heat=heat, **settings)
    full = level_worth(rig, heat=replace(heat, per_kwh=0.0, absorbed=0.0), **settings)
    assert taking.cooling == pytest.approx(0.1 * 0.1 / 2)
    assert full.cooling == pytest.approx(0.1 / 2)


def test_cooling_is_never_an_income() -> None:
    paid_to_draw = (Tranche(TrancheKind.IMPORT, None, -0.1),)
    worth = level_worth(
        NO_SINK_COOLED,
        1,
        1000,
        value_per_kwh=0.0,
        tranches=paid_to_draw,
        base_w=0.0,
        heat=None,
    )
    assert worth.cooling == 0 and worth.total == pytest.approx(0.1)


@given(
    power_w=st.floats(0, 5000),
    base_w=st.floats(0, 5000),
    value=st.floats(-1, 1),
    price=st.floats(-1, 1),
)
def test_the_parts_of_a_worth_add_up_to_its_total(
    power_w: float, base_w: float, value: float, price: float
) -> None:
    worth = level_worth(
        NO_SINK_COOLED,
        1,
        power_w,
        value_per_kwh=value,
        tranches=(Tranche(TrancheKind.IMPORT, None, price),),
        base_w=base_w,
        heat=None,
    )
    assert worth.total == worth.compute + worth.heat - worth.cooling - worth.supply
    assert worth.compute == pytest.approx(power_w / 1000 * value)
    assert worth.supply == pytest.approx(power_w / 1000 * price)


@pytest.mark.parametrize(
    ("live", "expected"),
    [(None, 0.15), (float("nan"), 0.15), (float("inf"), 0.15), (0.0, 0.0), (0.4, 0.4)],
)
def test_a_live_value_replaces_the_configured_one_where_it_is_a_number(
    live: float | None, expected: float
) -> None:
    assert results_per_kwh(cruncher(), live) == expected


def test_import_turned_into_heat_is_worth_nothing_unless_permitted() -> None:
    case: dict[str, Any] = {"balance": 0.0, "heater": ROD}
    permitted = worth_ct(RIG, **case)
    assert permitted == pytest.approx(-28.7 + 0.9 * 28.7)
    assert worth_ct(RIG, **case, supply=HeatSupply.SURPLUS) == pytest.approx(-28.7)
