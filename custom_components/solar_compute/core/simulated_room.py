"""Rooms of a simulated home, and the air conditioning of its cooled spaces.

A room is one node of heat, as a well-mixed tank is: it loses heat outdoors, nobody
draws from it, and it refuses none. So the tank's exact solution serves it as well.
Standard library only; no clock, no I/O.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from math import inf

from .simulated import Conditions
from .simulated_tank import TankState
from .spec import (
    POSITIVE,
    BackupKind,
    RoomSpec,
    SiteSpec,
    SpaceSpec,
    TankSpec,
    WorkerSpec,
)


def outdoor_c(room: RoomSpec, conditions: Conditions) -> float:
    """Return the temperature outside of a room."""
    return room.outdoor_c if conditions.outdoor_c is None else conditions.outdoor_c


def room_as_tank(room: RoomSpec, conditions: Conditions) -> TankSpec:
    """Return the tank that warms and cools as the room does under these conditions.

    Its surroundings are as warm as outdoors, and warmer by what sun and people give:
    gain ÷ loss. Its usual heater rests while it is too warm outdoors to heat.
    """
    outside_c = outdoor_c(room, conditions)
    loss_w_per_k = max(POSITIVE, room.loss_w_per_k)
    around_c = outside_c + conditions.gain_w.get(room.key, 0.0) / loss_w_per_k
    resting = outside_c >= room.heating_limit_c
    backup = replace(
        room.backup,
        kind=BackupKind.NONE if resting else room.backup.kind,
        source_c=outside_c,
    )
    water = TankSpec(key=room.key, name=room.name, volume_l=1.0)
    return replace(
        water,
        volume_l=room.capacity_wh_per_k / water.capacity_wh_per_k,
        target_c=room.target_c,
        maximum_c=inf,
        ambient_c=around_c,
        # Nothing is drawn from a room, so that nothing limits how cold it may be.
        cold_c=-inf,
        loss_w_per_k=loss_w_per_k,
        draw_wh_per_day=0.0,
        backup=backup,
    )


def cooled_spaces(spec: SiteSpec, conditions: Conditions) -> frozenset[str]:
    """Return the keys of the spaces that are being cooled."""
    month = conditions.local.month
    return frozenset(
        space.key
        for space in spec.spaces
        if conditions.cooling.get(space.key, space.season.contains(month))
    )


def cooling_w(
    spec: SiteSpec,
    bodies: Iterable[TankSpec],
    states: Mapping[str, TankState],
    workers_w: Mapping[str, float],
    cooled: frozenset[str],
) -> float:
    """Return what air conditioning takes to remove the workers' unwanted heat, in W.

    Unwanted is what does not reach the worker's sink, and all of it while that sink
    is at its maximum.
    """
    full = {
        body.key
        for body in bodies
        if states[body.key].temperature_c >= body.maximum_c - POSITIVE
    }
    taken = {body.key for body in bodies} - full
    return sum(
        workers_w.get(worker.key, 0.0)
        * (1 - (worker.recovery if worker.sink in taken else 0.0))
        * _electricity_per_heat(worker, spec.space(worker.space), cooled)
        for worker in spec.workers
    )


def _electricity_per_heat(
    worker: WorkerSpec, space: SpaceSpec | None, cooled: frozenset[str]
) -> float:
    if space is None:
        return worker.cooled_share / max(worker.cooling_cop, POSITIVE)
    if space.key not in cooled:
        return 0.0
    return space.cooled_share / max(space.cooling_cop, POSITIVE)
