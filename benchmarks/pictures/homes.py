"""The imagined homes of the pictures, and what their meters say.

Prices are those of the examples in the docs: import 30 ct, export 8 ct.
"""

from datetime import datetime, timedelta

from custom_components.solar_compute.core.house import HouseModel, mean_power
from custom_components.solar_compute.core.memory import HourMean, MeanDay, Memory
from custom_components.solar_compute.core.model import (
    Reading,
    Snapshot,
    TankInput,
    WorkerInput,
    WorkerState,
)
from custom_components.solar_compute.core.spec import BatterySpec, SiteSpec

IMPORT, EXPORT = 0.30, 0.08
JUNE = datetime(2026, 6, 15)
CLOCK_S = 86_400.0
BATTERY = BatterySpec(capacity_wh=8000, charge_w=2000, discharge_w=2000)


def look(
    spec: SiteSpec,
    local: datetime,
    *,
    grid_w: float,
    battery_w: float | None = None,
    soc: float | None = None,
    tanks_c: float | None = None,
) -> Snapshot:
    """Return what the meters say; all workers are paused."""
    return Snapshot(
        clock_s=CLOCK_S,
        local=local,
        grid_w=Reading(grid_w, CLOCK_S),
        battery_w=None if battery_w is None else Reading(battery_w, CLOCK_S),
        soc=None if soc is None else Reading(soc, CLOCK_S),
        workers=tuple(
            WorkerInput(key=worker.key, state=WorkerState.PAUSED, level=0)
            for worker in spec.workers
        ),
        tanks=tuple(
            TankInput(key=tank.key, temperature_c=Reading(tanks_c, CLOCK_S))
            for tank in spec.tanks
        ),
    )


def lived_through(*days_w: tuple[float, ...]) -> Memory:
    """Return the memory of a home that saw these days, 24 hours each; the newest last."""
    hours = tuple(
        HourMean(sum(seen) / len(seen), len(seen), seen)
        for seen in zip(*days_w, strict=True)
    )
    return Memory(mean_day=MeanDay(hours=hours))


def june_w(share: float) -> tuple[float, ...]:
    """Return the balance of a day in June by the hour, with this share of a clear sky."""
    clear = HouseModel(cloudiness=0.0, base_w=550.0)
    found = []
    for hour in range(24):
        power = mean_power(clear, 1, JUNE + timedelta(hours=hour), 3600, every_s=900)
        found.append(share * power.pv_w - clear.base_w)
    return tuple(found)


def week_w(*shares: float) -> tuple[tuple[float, ...], ...]:
    """Return such days, one after the other."""
    return tuple(june_w(share) for share in shares)


DULL = week_w(0.05, 0.25, 0.12, 0.1, 0.15, 0.08, 0.3)
MIXED = week_w(0.6, 0.2, 0.5, 0.9, 0.15, 0.4, 0.7)
BRIGHT = week_w(0.9, 1.0, 0.85, 1.0, 0.8, 0.9, 1.0)
