"""Houses, workers and tanks with names, for the tests of the core.

Each is a function that returns a valid spec or snapshot and takes what shall be
different in one test. Times are seconds on the snapshot's clock; `NOON` is noon of a
day in June, which is `CLOCK_S`.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from typing import Any

from custom_components.solar_compute.core.memory import HourMean, MeanDay, Memory
from custom_components.solar_compute.core.model import (
    Reading,
    Snapshot,
    TankInput,
    WorkerInput,
    WorkerState,
)
from custom_components.solar_compute.core.spec import (
    BackupKind,
    BackupSpec,
    BatterySpec,
    SiteSpec,
    TankSpec,
    WorkerSpec,
)

CLOCK_S = 1_000_000.0
NOON = datetime(2026, 6, 15, 12, 0, tzinfo=timezone(timedelta(hours=2)))

IMPORT = 0.30
EXPORT = 0.08


def cruncher(**changes: Any) -> WorkerSpec:
    """Half a kilowatt of batch jobs that are worth 15 ct per kWh."""
    settings: dict[str, Any] = {
        "key": "cruncher",
        "name": "Cruncher",
        "levels_w": (500.0,),
        "value_per_kwh": 0.15,
    }
    return WorkerSpec(**(settings | changes))


def stepper(**changes: Any) -> WorkerSpec:
    """Return a machine with three power levels."""
    settings: dict[str, Any] = {
        "key": "stepper",
        "name": "Stepper",
        "levels_w": (300.0, 600.0, 1000.0),
        "value_per_kwh": 0.15,
    }
    return WorkerSpec(**(settings | changes))


def boiler_rig(**changes: Any) -> WorkerSpec:
    """Return a kilowatt whose heat warms the tank, and whose results are worth nothing."""
    settings: dict[str, Any] = {
        "key": "rig",
        "name": "Boiler rig",
        "levels_w": (1000.0,),
        "sink": "tank",
    }
    return WorkerSpec(**(settings | changes))


def gas_tank(**changes: Any) -> TankSpec:
    """200 litres behind a gas boiler."""
    settings: dict[str, Any] = {
        "key": "tank",
        "name": "Tank",
        "volume_l": 200.0,
        "backup": BackupSpec(kind=BackupKind.GAS),
    }
    return TankSpec(**(settings | changes))


def home_battery(**changes: Any) -> BatterySpec:
    """8 kWh that charge and discharge with up to 4 kW."""
    settings: dict[str, Any] = {
        "capacity_wh": 8000.0,
        "charge_w": 4000.0,
        "discharge_w": 4000.0,
    }
    return BatterySpec(**(settings | changes))


def sunny_house(*workers: WorkerSpec, **changes: Any) -> SiteSpec:
    """PV that exports for 8 ct, an import for 30 ct, no battery, no tank."""
    settings: dict[str, Any] = {
        "import_per_kwh": IMPORT,
        "export_per_kwh": EXPORT,
        "workers": workers or (cruncher(),),
    }
    return SiteSpec(**(settings | changes))


def house_with_battery(*workers: WorkerSpec, **changes: Any) -> SiteSpec:
    """Return the sunny house with a self-consuming battery."""
    return sunny_house(*workers, **({"battery": home_battery()} | changes))


def zero_export_house(*workers: WorkerSpec, **changes: Any) -> SiteSpec:
    """Return the sunny house whose inverter lets nothing out to the grid."""
    return sunny_house(*workers, **({"export_limit_w": 0.0} | changes))


def house_with_tank(*workers: WorkerSpec, **changes: Any) -> SiteSpec:
    """Return the sunny house with a gas-heated tank that a rig can warm instead."""
    return sunny_house(
        *(workers or (boiler_rig(),)), **({"tanks": (gas_tank(),)} | changes)
    )


def paused(key: str = "cruncher", **changes: Any) -> WorkerInput:
    """Return a worker that is known to do nothing."""
    settings: dict[str, Any] = {"state": WorkerState.PAUSED, "level": 0}
    return WorkerInput(key=key, **(settings | changes))


def running(key: str = "cruncher", level: int = 1, **changes: Any) -> WorkerInput:
    """Return a worker that is known to run."""
    settings: dict[str, Any] = {"state": WorkerState.RUNNING, "level": level}
    return WorkerInput(key=key, **(settings | changes))


def look(
    grid_w: float | None,
    *workers: WorkerInput,
    at_s: float = 0.0,
    battery_w: float | None = None,
    soc: float | None = None,
    tank_c: float | None = None,
    **changes: Any,
) -> Snapshot:
    """All meters read afresh, `at_s` seconds after noon; grid + is import."""
    clock_s = CLOCK_S + at_s
    settings: dict[str, Any] = {
        "clock_s": clock_s,
        "local": NOON + timedelta(seconds=at_s),
        "grid_w": Reading(grid_w, clock_s),
        "workers": workers or (paused(),),
    }
    if battery_w is not None:
        settings["battery_w"] = Reading(battery_w, clock_s)
    if soc is not None:
        settings["soc"] = Reading(soc, clock_s)
    if tank_c is not None:
        settings["tanks"] = (
            TankInput(key="tank", temperature_c=Reading(tank_c, clock_s)),
        )
    return Snapshot(**(settings | changes))


def learned(hours_w: Mapping[int, float] | float) -> Memory:
    """Return a memory whose mean day is known: a balance per hour, or the same for all."""
    balance = (
        [hours_w.get(hour, 0.0) for hour in range(24)]
        if isinstance(hours_w, Mapping)
        else [hours_w] * 24
    )
    return Memory(mean_day=MeanDay(hours=tuple(HourMean(w, 7) for w in balance)))


def with_battery_full_soon(memory: Memory | None = None) -> Memory:
    """Return a memory whose mean day fills every battery before it empties one."""
    return replace(memory or Memory(), mean_day=learned(3000.0).mean_day)
