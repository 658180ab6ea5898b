"""Every tank and room now, and what is remembered of them.

Puts together what `observe`, `draws` and `room_model` know, for the eyes of people
and for what acts on a sink. Pure functions; standard library only; no clock, and it
must never price anything.
"""

from collections.abc import Mapping
from dataclasses import replace
from math import isfinite

from .draws import hourly_use_w, learn_draws, learned_days
from .flat import watch_flat
from .managed import Managed
from .memory import Memory, RoomMean
from .model import RoomInput, SinkState, Snapshot, WorkerDecision
from .observe import View
from .room_model import can_teach, figures, learn_room
from .spec import RoomPreset, RoomSpec, SiteSpec, TankSpec
from .supply import DEADBAND_W

HOT_C = 60.0
"""From here on, stored hot water is kept free of legionella (HSE L8)."""

NEEDED_K = 1.0
"""So much below its target a sink begins to want heat: a sensor's noise is less."""


def needs_heat(state: SinkState, needed: bool) -> bool | None:
    """Tell whether a sink wants heat, None where it has no target or none is known.

    `needed` is whether it did before: then it wants all that is missing.
    """
    if state.missing_wh is None:
        return None
    enough_wh = 0.0 if needed else NEEDED_K * state.capacity_wh_per_k
    return state.missing_wh > enough_wh


def sink_states(
    spec: SiteSpec,
    snapshot: Snapshot,
    view: View,
    memory: Memory,
    workers: tuple[Managed, ...],
    *,
    levels: Mapping[str, int],
    unswitched: tuple[WorkerDecision, ...] = (),
) -> tuple[SinkState, ...]:
    """Return every tank, then every room, in the spec's order.

    `levels` is what was just decided for each worker, `memory` what is known with
    this snapshot (`remember_sinks`). The heat of what is always on is shown, and
    nothing else follows from it.
    """
    estimated_w = worker_heat_w(workers)
    for load in spec.always_on:
        if load.sink is not None:
            drawn_w = sum(item.drawn_w for item in unswitched if item.key == load.key)
            into_w = estimated_w.get(load.sink, 0.0) + drawn_w * load.recovery
            estimated_w[load.sink] = into_w
    fed = {worker.spec.sink for worker in workers if levels.get(worker.spec.key, 0) > 0}
    rooms = {room.key: room for room in snapshot.rooms}

    def state(sink: TankSpec | RoomSpec) -> SinkState:
        layers_c = view.layers_c.get(sink.key)
        measured_w = view.heat_w.get(sink.key)
        bare = SinkState(
            key=sink.key,
            temperature_c=view.temperatures_c.get(sink.key),
            coldest_c=min(layers_c) if layers_c else None,
            warmest_c=max(layers_c) if layers_c else None,
            missing_wh=None,
            heat_w=estimated_w.get(sink.key, 0.0) if measured_w is None else measured_w,
            heat_measured=measured_w is not None,
            expects_heat=sink.key in fed,
            loss_w_per_k=sink.loss_w_per_k,
            capacity_wh_per_k=sink.capacity_wh_per_k,
        )
        if isinstance(sink, TankSpec):
            return _tank_state(sink, snapshot, memory, bare, layers_c)
        return _room_state(sink, rooms.get(sink.key), memory, bare)

    return (*map(state, spec.tanks), *map(state, spec.rooms))


def _tank_state(
    tank: TankSpec,
    snapshot: Snapshot,
    memory: Memory,
    bare: SinkState,
    layers_c: tuple[float, ...] | None,
) -> SinkState:
    hot_s = memory.hot_s.get(tank.key)
    missing_k = None
    if layers_c:
        missing_k = sum(max(0.0, tank.target_c - c) for c in layers_c) / len(layers_c)
    learned = memory.draws.get(tank.key)
    return replace(
        bare,
        missing_wh=None if missing_k is None else missing_k * tank.capacity_wh_per_k,
        hot_ago_s=None if hot_s is None else max(0.0, snapshot.clock_s - hot_s),
        use_wh_per_day=sum(hourly_use_w(tank, learned)),
        learned_days=learned_days(learned),
    )


def _room_state(
    room: RoomSpec, observed: RoomInput | None, memory: Memory, bare: SinkState
) -> SinkState:
    known = figures(room, memory.rooms.get(room.key))
    missing_wh = None
    if bare.temperature_c is not None:
        missing_k = max(0.0, room_target_c(room, observed) - bare.temperature_c)
        missing_wh = missing_k * known.capacity_wh_per_k
    return replace(
        bare,
        missing_wh=missing_wh,
        loss_w_per_k=known.loss_w_per_k,
        capacity_wh_per_k=known.capacity_wh_per_k,
        learned_days=known.learned_days,
    )


def room_target_c(room: RoomSpec, observed: RoomInput | None) -> float:
    """Return how warm the room shall be: as set, less in the eco preset, in °C."""
    if observed is None:
        return room.target_c
    target_c = observed.target_c
    if target_c is None or not isfinite(target_c):
        target_c = room.target_c
    return target_c - (room.eco_k if observed.preset is RoomPreset.ECO else 0.0)


def worker_heat_w(workers: tuple[Managed, ...]) -> dict[str, float]:
    """Return the heat that workers put into each sink: recovery × electric power."""
    heat_w: dict[str, float] = {}
    for worker in workers:
        if worker.spec.sink is not None:
            into_w = worker.drawn_w * worker.spec.recovery
            heat_w[worker.spec.sink] = heat_w.get(worker.spec.sink, 0.0) + into_w
    return heat_w


def remember_sinks(
    spec: SiteSpec,
    snapshot: Snapshot,
    view: View,
    memory: Memory,
    workers: tuple[Managed, ...],
) -> Memory:
    """Return the memory with what this snapshot shows of batteries, tanks and rooms."""
    elapsed_s = 0.0
    if memory.clock_s is not None:
        elapsed_s = max(0.0, snapshot.clock_s - memory.clock_s)
    battery_w = abs(view.battery_w)
    heat_w = {**worker_heat_w(workers), **view.heat_w}
    return replace(
        memory,
        # No more of a gap, such as a restart, than a power may be held; and not the
        # trickle of a battery at rest, which moves nothing for days.
        flat=watch_flat(
            spec,
            snapshot,
            memory,
            battery_w=battery_w if battery_w > DEADBAND_W else 0.0,
            heat_w=_most_heat_w(view, workers),
            outdoors_c=view.outdoors_c,
            dt_s=min(elapsed_s, spec.policy.power_hold_s),
        ),
        hot_s=hot_since(spec, snapshot, view, memory),
        draws={
            tank.key: learn_draws(
                tank,
                memory.draws.get(tank.key),
                local=snapshot.local,
                elapsed_s=elapsed_s,
                temperature_c=view.temperatures_c.get(tank.key),
                heat_w=heat_w.get(tank.key, 0.0),
            )
            for tank in spec.tanks
        },
        rooms=_learned_rooms(
            spec, snapshot, view, memory, heat_w=heat_w, elapsed_s=elapsed_s
        ),
    )


def _learned_rooms(
    spec: SiteSpec,
    snapshot: Snapshot,
    view: View,
    memory: Memory,
    *,
    heat_w: Mapping[str, float],
    elapsed_s: float,
) -> Mapping[str, RoomMean]:
    inputs = {room.key: room for room in snapshot.rooms}
    learned: dict[str, RoomMean] = {}
    for room in spec.rooms:
        observed = inputs.get(room.key)
        teaches = can_teach(room, observed, room_target_c(room, observed))
        learned[room.key] = learn_room(
            room,
            memory.rooms.get(room.key),
            elapsed_s=elapsed_s,
            temperature_c=view.temperatures_c.get(room.key) if teaches else None,
            outdoor_c=view.outdoors_c.get(room.key),
            heat_w=heat_w.get(room.key, 0.0),
        )
    return learned


def hot_since(
    spec: SiteSpec, snapshot: Snapshot, view: View, memory: Memory
) -> Mapping[str, float]:
    """Return when the whole of each tank was last at 60 °C or more."""
    hot_s: dict[str, float] = {}
    for tank in spec.tanks:
        if min(view.layers_c.get(tank.key, (0.0,))) >= HOT_C:
            hot_s[tank.key] = snapshot.clock_s
        elif tank.key in memory.hot_s:
            hot_s[tank.key] = memory.hot_s[tank.key]
    return hot_s


def _most_heat_w(view: View, workers: tuple[Managed, ...]) -> dict[str, float]:
    """Return the most heat that may have gone into each sink.

    Neither a heat meter that stands still nor a worker that is only just starting
    must keep a dead temperature sensor from being found out.
    """
    heat_w: dict[str, float] = {}
    for worker in workers:
        if worker.spec.sink is not None:
            into_w = worker.high_w * worker.spec.recovery
            heat_w[worker.spec.sink] = heat_w.get(worker.spec.sink, 0.0) + into_w
    for key, measured_w in view.heat_w.items():
        heat_w[key] = max(heat_w.get(key, 0.0), measured_w)
    return heat_w
