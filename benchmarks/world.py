"""What happens to a home with one battery and one tank or room, in arrays.

One entry for every interval: made once from a stage, for all the ways to run that a
bound looks at.
"""

from dataclasses import dataclass
from datetime import datetime
from math import inf

import numpy as np
from numpy.typing import NDArray

from custom_components.solar_compute.core.backup import backup_cop
from custom_components.solar_compute.core.simulated import Conditions
from custom_components.solar_compute.core.simulated_room import room_as_tank
from custom_components.solar_compute.core.simulated_tank import MINIMUM_HYSTERESIS_K
from custom_components.solar_compute.core.spec import (
    BackupKind,
    BackupSchedule,
    BackupSpec,
    SiteSpec,
    TankSpec,
    WorkerSpec,
)

from .stage import Stage

type Floats = NDArray[np.float64]
type Flags = NDArray[np.bool_]
type Rows = NDArray[np.intp]

NO_BODY = TankSpec(key="", name="", volume_l=1.0, cold_c=-inf, maximum_c=inf)
"""Stands in for a tank where there is none: nothing ever happens to it."""


@dataclass(frozen=True, slots=True)
class World:
    """What happens to a home, interval by interval; nothing where it is unknown.

    `cop` and `resting` belong to the backup, `began_in_window` tells whether it was
    allowed just before, `in_window` at the start, and `window_s` when that changes.
    """

    spec: SiteSpec
    worker: WorkerSpec
    body: TankSpec
    heated: bool
    step_s: int
    known: Flags
    balance_w: Floats
    draw_w: Floats
    import_per_kwh: Floats
    export_per_kwh: Floats
    ambient_c: Floats
    cop: Floats
    resting: Flags
    began_in_window: Flags
    in_window: Flags
    window_s: Floats


def world_of(stage: Stage) -> World:
    """Return the world of a stage with one worker and at most one tank or room."""
    spec = stage.scenario.spec
    worker = spec.workers[0]
    bodies = [_body(spec, item) for item in stage.conditions]
    body = next((item for item in bodies if item is not None), None)
    in_window, window_s = _windows(body, stage)
    return World(
        spec=spec,
        worker=worker,
        body=body or NO_BODY,
        heated=body is not None and worker.sink == body.key,
        step_s=stage.step_s,
        known=np.array([item is not None for item in stage.conditions]),
        balance_w=np.array(
            [item.balance_w if item else 0 for item in stage.conditions]
        ),
        draw_w=np.array(
            [
                item.draw_w.get(body.key, 0.0) if item and body else 0.0
                for item in stage.conditions
            ]
        ),
        import_per_kwh=np.array(stage.imports),
        export_per_kwh=np.array(stage.exports),
        ambient_c=np.array([item.ambient_c if item else 0.0 for item in bodies]),
        cop=np.array(
            [backup_cop(item.backup, item.target_c) if item else 1.0 for item in bodies]
        ),
        resting=np.array(
            [item is None or item.backup.kind is BackupKind.NONE for item in bodies]
        ),
        began_in_window=_began_in_window(body, in_window, window_s),
        in_window=in_window,
        window_s=window_s,
    )


def _body(spec: SiteSpec, conditions: Conditions | None) -> TankSpec | None:
    if conditions is None:
        return None
    rooms = (room_as_tank(room, conditions) for room in spec.rooms)
    return next(iter((*spec.tanks, *rooms)), None)


def _windows(body: TankSpec | None, stage: Stage) -> tuple[Flags, Floats]:
    """Tell whether the backup may heat at each start, and when in it that changes."""
    size = len(stage.locals)
    if body is None or body.backup.schedule is not BackupSchedule.TIMED:
        return np.ones(size, np.bool_), np.full(size, inf)
    allowed = [_may_heat(body.backup, minute) for minute in range(1440)]
    inside, changes_s = np.ones(size, np.bool_), np.full(size, inf)
    for index, local in enumerate(stage.locals):
        inside[index] = allowed[_minute(local)]
        first_s = 60 - local.second
        for wait_s in range(first_s, stage.step_s, 60):
            minute = (_minute(local) + 1 + (wait_s - first_s) // 60) % 1440
            if allowed[minute] != inside[index]:
                changes_s[index] = wait_s
                break
    return inside, changes_s


def _minute(local: datetime) -> int:
    return local.hour * 60 + local.minute


def _may_heat(backup: BackupSpec, minute: int) -> bool:
    return not backup.windows or any(
        window.contains(minute) for window in backup.windows
    )


def _began_in_window(
    body: TankSpec | None, in_window: Flags, window_s: Floats
) -> Flags:
    if body is None or body.backup.schedule is not BackupSchedule.TIMED:
        return np.zeros(len(in_window), np.bool_)
    at_end = in_window ^ np.isfinite(window_s)
    return np.concatenate(([False], at_end[:-1]))


def switch_on_c(body: TankSpec) -> float:
    """Return the temperature at which the backup's thermostat switches it on."""
    return body.target_c - max(MINIMUM_HYSTERESIS_K, body.backup.hysteresis_k)


def fuel_per_kwh(backup: BackupSpec) -> float:
    """Return what a kWh of the backup's heat costs, apart from electricity."""
    match backup.kind:
        case BackupKind.GAS:
            return backup.price_per_kwh / backup.efficiency
        case BackupKind.DISTRICT:
            return backup.price_per_kwh
    return 0.0
