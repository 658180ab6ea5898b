"""What the price of heat needs to know of a tank or room, gathered in one place.

Puts settings, sensors and what was learned together, so that `thermal` need not
know which of the two it prices. Pure functions; standard library only; it must
never price anything.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from .backup import Thermostat
from .body import HeatBody, hour_of
from .draws import hourly_use_w
from .heat import (
    POSITIVE,
    BackupKind,
    BackupSchedule,
    BackupSpec,
    HeatSupply,
    ReadyBy,
    RoomPreset,
    RoomSpec,
    TankSpec,
    TankUse,
)
from .heat_state import HeatCause
from .memory import Memory
from .model import Snapshot, WorkerInput
from .observe import View
from .reading import Reading, RoomInput, TankInput
from .room_model import figures
from .sinks import room_target_c
from .spec import SiteSpec, WorkerSpec
from .strata import layers_of, seconds_until_c
from .times import DAY_S
from .worth import results_per_kwh

TANK_STEP_K = 2.0
"""Workers that rest begin to heat for comfort when a tank is so much below its target,
and those that heat for its minimum go on until it is so much above: one threshold for
both would start them several times an hour."""

ROOM_STEP_K = 0.5
"""The same for a room, which people feel."""

SEASON_STEP_K = 1.0
"""A room that workers heat needs it until it is so much warmer outdoors."""

LAYERS_HORIZON_S = 2 * DAY_S
"""How far ahead three layers are followed; after that they say no more than one."""


@dataclass(frozen=True, slots=True)
class Feeder:
    """A worker that heats the sink: its heat at full power, and what it brings.

    `results_per_kwh` is what its results are worth per kWh of electricity.
    """

    heat_w: float
    recovery: float
    results_per_kwh: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class SinkNow:
    """A tank or room as it is now.

    `temperature_c` is the mean of its sensors, `warmest_c` the highest and
    `served_c` what people feel: a tank's top, a room's air. `target_c`, `supply`
    and `idle` (why heat is of no use, None: it is) already follow what a person
    set. `cop` is what the backup heat pump says of itself. `backup_in_s`: see
    `TankInput`; `backup_on`: it runs now. `cold_in_s` is when its thermostat will
    find it cold, where several sensors tell that better than the mean. `heated`: a
    worker heats it now, and goes on for another `step_k`.
    """

    key: str
    body: HeatBody
    temperature_c: float
    warmest_c: float
    served_c: float
    target_c: float
    maximum_c: float
    supply: HeatSupply
    backup: BackupSpec
    minimum_c: float | None = None
    shortage_per_kwh: float = 0.0
    ready_by: tuple[ReadyBy, ...] = ()
    source_c: float | None = None
    cop: float | None = None
    backup_in_s: float | None = None
    backup_on: bool = False
    cold_in_s: float | None = None
    idle: HeatCause | None = None
    feeders: tuple[Feeder, ...] = ()
    heated: bool = False
    step_k: float = 0.0


def sinks_now(
    spec: SiteSpec, snapshot: Snapshot, view: View, memory: Memory
) -> Iterator[SinkNow]:
    """Yield every tank and room whose temperature is known."""
    for tank in spec.tanks:
        if tank.key in view.temperatures_c:
            observed = next((i for i in snapshot.tanks if i.key == tank.key), None)
            yield tank_now(
                tank,
                view,
                observed=observed,
                local=snapshot.local,
                use_w=hourly_use_w(tank, memory.draws.get(tank.key)),
                feeders=_feeders(spec, snapshot, tank.key),
                heated=_is_heated(spec, memory, tank.key),
            )
    for room in spec.rooms:
        if room.key in view.temperatures_c:
            setting = next((i for i in snapshot.rooms if i.key == room.key), None)
            yield room_now(
                room,
                view,
                memory,
                observed=setting,
                local=snapshot.local,
                feeders=_feeders(spec, snapshot, room.key),
                heated=_is_heated(spec, memory, room.key),
            )


def tank_now(
    tank: TankSpec,
    view: View,
    *,
    observed: TankInput | None,
    local: datetime,
    use_w: tuple[float, ...],
    feeders: tuple[Feeder, ...] = (),
    heated: bool = False,
) -> SinkNow:
    """Return a tank whose temperature is known."""
    temperature_c = view.temperatures_c[tank.key]
    layers_c = view.layers_c.get(tank.key, ())
    hot_water = tank.use is TankUse.HOT_WATER
    return SinkNow(
        key=tank.key,
        body=HeatBody(
            capacity_wh_per_k=tank.capacity_wh_per_k,
            loss_w_per_k=tank.loss_w_per_k,
            ambient_c=tank.ambient_c,
            use_w=use_w,
            cold_c=tank.cold_c,
        ),
        temperature_c=temperature_c,
        warmest_c=max(layers_c, default=temperature_c),
        served_c=layers_c[0] if hot_water and layers_c else temperature_c,
        target_c=tank.target_c,
        maximum_c=tank.maximum_c,
        minimum_c=tank.minimum_c,
        shortage_per_kwh=tank.shortage_per_kwh,
        ready_by=tank.ready_by,
        supply=tank.supply,
        backup=tank.backup,
        source_c=view.sources_c.get(tank.key),
        cop=view.cops.get(tank.key),
        backup_in_s=observed.backup_in_s if observed else None,
        cold_in_s=_cold_in_s(tank, layers_c, use_w, local),
        feeders=feeders,
        heated=heated,
        step_k=TANK_STEP_K,
    )


def _cold_in_s(
    tank: TankSpec,
    layers_c: tuple[float, ...],
    use_w: tuple[float, ...],
    local: datetime,
) -> float | None:
    """Return when the middle of the tank is cold enough for a thermostat."""
    backup = tank.backup
    on_demand = backup.schedule is BackupSchedule.ON_DEMAND
    if len(layers_c) < 2 or backup.kind is BackupKind.NONE or not on_demand:
        return None
    return seconds_until_c(
        tank,
        layers_of(layers_c),
        use_w,
        hour_of(local),
        Thermostat(tank.target_c, backup.hysteresis_k).start_c,
        limit_s=LAYERS_HORIZON_S,
    )


def room_now(
    room: RoomSpec,
    view: View,
    memory: Memory,
    *,
    observed: RoomInput | None,
    local: datetime,
    feeders: tuple[Feeder, ...] = (),
    heated: bool = False,
) -> SinkNow:
    """Return a room whose temperature is known, as a person wants it."""
    setting = observed or RoomInput(key=room.key, temperature_c=Reading(None, 0.0))
    temperature_c = view.temperatures_c[room.key]
    outdoor_c = view.outdoors_c.get(room.key)
    supply = room.supply
    match setting.preset:
        case RoomPreset.SURPLUS:
            supply = HeatSupply.SURPLUS
        case RoomPreset.COMFORT:
            supply = HeatSupply.GRID
    known = figures(room, memory.rooms.get(room.key))
    ambient_c = room.outdoor_c if outdoor_c is None else outdoor_c
    return SinkNow(
        key=room.key,
        body=HeatBody(
            capacity_wh_per_k=known.capacity_wh_per_k,
            loss_w_per_k=known.loss_w_per_k,
            ambient_c=ambient_c,
            cold_c=ambient_c,
        ),
        temperature_c=temperature_c,
        warmest_c=max(view.layers_c.get(room.key, ()), default=temperature_c),
        served_c=temperature_c,
        target_c=room_target_c(room, observed),
        maximum_c=room.maximum_c,
        minimum_c=room.minimum_c,
        shortage_per_kwh=room.shortage_per_kwh,
        supply=supply,
        backup=room.backup,
        source_c=view.sources_c.get(room.key),
        cop=view.cops.get(room.key),
        backup_in_s=setting.backup_in_s,
        backup_on=setting.backup_on is True,
        idle=_idle(room, setting, outdoor_c, local, heated=heated),
        feeders=feeders,
        heated=heated,
        step_k=ROOM_STEP_K,
    )


def _idle(
    room: RoomSpec,
    setting: RoomInput,
    outdoor_c: float | None,
    local: datetime,
    *,
    heated: bool,
) -> HeatCause | None:
    """Tell why the room is not to be heated, None where it is."""
    if not setting.heating:
        return HeatCause.OFF
    if setting.window_open:
        return HeatCause.WINDOW
    if outdoor_c is None:
        in_season = room.season.contains(local.month)
    else:
        step_k = SEASON_STEP_K if heated else 0.0
        in_season = outdoor_c < room.heating_limit_c + step_k
    return None if in_season else HeatCause.SEASON


def _is_heated(spec: SiteSpec, memory: Memory, key: str) -> bool:
    """Tell whether one of its workers was last told to run."""
    return any(
        memory.workers[worker.key].level > 0
        for worker in spec.workers
        if worker.sink == key and worker.key in memory.workers
    )


def _feeders(spec: SiteSpec, snapshot: Snapshot, key: str) -> tuple[Feeder, ...]:
    return tuple(
        _feeder(
            worker, next((i for i in snapshot.workers if i.key == worker.key), None)
        )
        for worker in spec.workers
        if worker.sink == key and worker.levels_w and worker.levels_w[-1] > 0
    )


def _feeder(worker: WorkerSpec, observed: WorkerInput | None) -> Feeder:
    full_w = worker.levels_w[-1]
    per_kwh = results_per_kwh(worker, observed.value_per_kwh if observed else None)
    return Feeder(
        heat_w=full_w * max(0.0, worker.recovery),
        recovery=max(worker.recovery, POSITIVE),
        results_per_kwh=per_kwh + worker.value_per_hour * 1000 / max(full_w, POSITIVE),
    )
