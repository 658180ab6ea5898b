"""Sensors that stand still while energy flows in: they have died.

A temperature or a state of charge must show what its store is given. What came in
since it last moved is counted at every tick; once that is more than can be
believed, the value is unknown until it moves again. Pure functions; standard
library only; no clock.
"""

from collections.abc import Iterator, Mapping

from .memory import FlatWatch, Memory
from .model import Snapshot
from .spec import BatterySpec, RoomSpec, SiteSpec, TankSpec

FLAT_TANK_K = 5.0
"""A tank sensor that shows nothing of this much heating is dead: draws and
losses move it long before that."""

FLAT_ROOM_K = 3.0
"""The same for a room, of the heat beyond what it surely loses."""

SURE_LOSS = 0.25
"""A room loses at least this share of its configured heat loss (`room_model`)."""

MAXIMUM_SENSORS = 4
"""So many temperature sensors a tank may have."""

FLAT_SOC_SHARE = 0.1
"""A state of charge that shows nothing of this share of the capacity is dead."""


def battery_is_dead(memory: Memory, battery: BatterySpec) -> bool:
    """Tell whether the state of charge ought to have moved."""
    watch = memory.flat.get("soc")
    limit_wh = FLAT_SOC_SHARE * battery.capacity_wh
    return watch is not None and watch.received_wh > limit_wh


def tank_is_dead(memory: Memory, tank: TankSpec) -> bool:
    """Tell whether one of the tank's sensors ought to have moved.

    Heat may reach the layers one after the other: a sensor in a layer that is
    colder or warmer than the mean may rest for as long as it takes the others to
    make up for that.
    """
    return any(
        watch.received_wh > (FLAT_TANK_K + watch.apart_k) * tank.capacity_wh_per_k
        for index in range(MAXIMUM_SENSORS)
        if (watch := memory.flat.get(_tank_name(tank.key, index))) is not None
    )


def room_is_dead(memory: Memory, room: RoomSpec) -> bool:
    """Tell whether the room's temperature ought to have moved."""
    watch = memory.flat.get(f"room:{room.key}")
    limit_wh = FLAT_ROOM_K * max(0.0, room.capacity_wh_per_k)
    return watch is not None and watch.received_wh > limit_wh


def watch_flat(
    spec: SiteSpec,
    snapshot: Snapshot,
    memory: Memory,
    *,
    battery_w: float,
    heat_w: Mapping[str, float],
    outdoors_c: Mapping[str, float],
    dt_s: float,
) -> Mapping[str, FlatWatch]:
    """Return how much energy each slow sensor has been given without moving.

    `battery_w` is the power into or out of the battery, `heat_w` the most heat
    that workers may put into each tank and room, `outdoors_c` how cold it is
    outside of each room. A sensor that says nothing is watched on when it does.
    """
    watches: dict[str, FlatWatch] = {}
    for name, value, apart_k, received_w in _stores(
        spec, snapshot, battery_w=battery_w, heat_w=heat_w, outdoors_c=outdoors_c
    ):
        last = memory.flat.get(name)
        if value is None:
            if last is not None:
                watches[name] = last
        elif last is None or last.value != value or _saturated(name, value):
            watches[name] = FlatWatch(value, apart_k=apart_k)
        else:
            received_wh = last.received_wh + received_w * dt_s / 3600
            watches[name] = FlatWatch(value, received_wh, last.apart_k)
    return watches


type Store = tuple[str, float | None, float, float]
"""Name, value, distance from the mean of its tank, power received."""


def _stores(
    spec: SiteSpec,
    snapshot: Snapshot,
    *,
    battery_w: float,
    heat_w: Mapping[str, float],
    outdoors_c: Mapping[str, float],
) -> Iterator[Store]:
    if snapshot.soc is not None:
        yield "soc", snapshot.soc.value, 0.0, battery_w
    for tank in snapshot.tanks:
        readings = (tank.temperature_c, *tank.lower_c)
        known = [value for item in readings if (value := item.value) is not None]
        mean_c = sum(known) / len(known) if known else 0.0
        for index, reading in enumerate(readings):
            apart_k = 0.0 if reading.value is None else abs(reading.value - mean_c)
            name = _tank_name(tank.key, index)
            yield name, reading.value, apart_k, heat_w.get(tank.key, 0.0)
    for observed in snapshot.rooms:
        room = spec.room(observed.key)
        value = observed.temperature_c.value
        if room is None:
            continue
        outdoor_c = outdoors_c.get(room.key, room.outdoor_c)
        lift_k = max(0.0, (value or 0.0) - outdoor_c)
        net_w = heat_w.get(room.key, 0.0) - SURE_LOSS * room.loss_w_per_k * lift_k
        yield f"room:{room.key}", value, 0.0, max(0.0, net_w)


def _tank_name(key: str, index: int) -> str:
    return f"tank:{key}/{index}" if index else f"tank:{key}"


def _saturated(name: str, value: float) -> bool:
    """Tell whether it stands still rightly: a full or an empty battery."""
    return name == "soc" and not 1 < value < 99
