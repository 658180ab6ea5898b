"""What one decision saw of the home, as the columns of its past name it.

Values only; too old ones are left out. Pure; no clock.
"""

from .history import (
    BALANCE_W,
    BATTERY_W,
    EXPORT_PER_KWH,
    GRID_W,
    IMPORT_PER_KWH,
    OUTDOOR_C,
    PV_W,
    SOC,
    room_column,
    tank_column,
    worker_column,
    worth_column,
)
from .model import Decision, Reading, Snapshot
from .spec import PolicySpec


def observed_values(
    snapshot: Snapshot, decision: Decision, policy: PolicySpec
) -> dict[str, float]:
    """Return what is known now, by column; what is unknown or too old is missing.

    Of a tank or room with several sensors the mean counts.
    """
    power_s, soc_s = policy.power_hold_s, policy.soc_hold_s
    warm_s = policy.temperature_hold_s
    readings: list[tuple[str, tuple[Reading | None, ...], float]] = [
        (GRID_W, (snapshot.grid_w,), power_s),
        (BATTERY_W, (snapshot.battery_w,), power_s),
        (PV_W, (snapshot.pv_w,), power_s),
        (SOC, (snapshot.soc,), soc_s),
        *(
            (tank_column(tank.key), (tank.temperature_c, *tank.lower_c), warm_s)
            for tank in snapshot.tanks
        ),
        *(
            (room_column(room.key), (room.temperature_c,), warm_s)
            for room in snapshot.rooms
        ),
    ]
    outdoors = (room.outdoor_c for room in snapshot.rooms if room.outdoor_c is not None)
    readings.append((OUTDOOR_C, (next(outdoors, None),), warm_s))
    values = {
        name: _mean(parts, snapshot.clock_s, hold_s) for name, parts, hold_s in readings
    }
    if snapshot.shadow:
        # What grid and battery would show, and what nobody drew, is no past.
        values |= {GRID_W: None, BATTERY_W: None}
    values |= {
        BALANCE_W: decision.balance_w,
        IMPORT_PER_KWH: snapshot.import_per_kwh,
        EXPORT_PER_KWH: snapshot.export_per_kwh,
        **{
            worker_column(worker.key): 0.0 if snapshot.shadow else worker.drawn_w
            for worker in decision.workers
        },
        **{
            # What a deadline adds passes with its job.
            worth_column(worker.key): max(
                worth.total - worth.job for worth in worker.worths
            )
            for worker in decision.workers
            if worker.worths
        },
    }
    return {name: value for name, value in values.items() if value is not None}


def _mean(
    readings: tuple[Reading | None, ...], clock_s: float, hold_s: float
) -> float | None:
    values = [
        reading.value
        for reading in readings
        if reading is not None
        and reading.value is not None
        and clock_s - reading.measured_s <= hold_s
    ]
    if not values or len(values) < len(readings):
        return None
    return sum(values) / len(values)
