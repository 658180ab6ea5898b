"""Which inputs can be believed now.

A reading is used while it is younger than its hold time and within its physical
range; then it is unknown, which is neither zero nor the last value for ever. What
stands still while energy flows in is unknown too (`flat`).

Pure functions; standard library only.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import isfinite

from .flat import battery_is_dead, room_is_dead, tank_is_dead
from .memory import Memory
from .model import Reading, Snapshot
from .spec import SiteSpec, WorkerSpec

WATER_C = (-20.0, 120.0)
"""What the water of a tank or loop can be, in °C: beyond, the sensor is broken."""

AIR_C = (-50.0, 60.0)
"""What the air in and around a home can be, in °C."""

COPS = (1.0, 10.0)
"""What a heat pump may say of itself and be believed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """The snapshot's inputs, believed or None, and the names of what is missing.

    Names: `grid`, `battery`, `soc`, `tank:<key>`, `room:<key>`. `pv_silent`: there
    is a PV sensor, and it says nothing usable.

    By the key of a tank or room: `temperatures_c` is the mean of its sensors,
    `layers_c` all of them from the top down; a sink of which one sensor is unknown
    is in neither. `sources_c` is what its heat pump takes heat from (outdoors, for
    a room), `outdoors_c` the air outside a room, `cops` a heat pump's measured
    COP, `heat_w` the workers' heat where it is measured.
    """

    grid_w: float | None
    battery_w: float
    stored_wh: float | None
    pv_w: float | None
    pv_silent: bool
    temperatures_c: Mapping[str, float]
    sources_c: Mapping[str, float]
    yielding: tuple[tuple[float, float], ...]
    import_per_kwh: float
    export_per_kwh: float
    missing: tuple[str, ...]
    starting_up: bool
    layers_c: Mapping[str, tuple[float, ...]] = field(default_factory=dict)
    outdoors_c: Mapping[str, float] = field(default_factory=dict)
    cops: Mapping[str, float] = field(default_factory=dict)
    heat_w: Mapping[str, float] = field(default_factory=dict)

    @property
    def site_known(self) -> bool:
        """Tell whether the balance can be computed."""
        return not any(name in ("grid", "battery", "soc") for name in self.missing)

    def needs(self, worker: WorkerSpec, name: str) -> bool:
        """Tell whether a worker's worth depends on the input of that name."""
        kind, _, key = name.partition(":")
        return key == worker.sink if kind in ("tank", "room") else True


def observe(spec: SiteSpec, snapshot: Snapshot, memory: Memory) -> View:
    """Return what can be believed of a snapshot."""
    policy, clock_s = spec.policy, snapshot.clock_s
    missing: list[str] = []

    def power(reading: Reading | None) -> float | None:
        return usable(
            reading, clock_s, policy.power_hold_s, -spec.maximum_w, spec.maximum_w
        )

    def note(name: str, value: float | None) -> float | None:
        if value is None:
            missing.append(name)
        return value

    grid_w = note("grid", power(snapshot.grid_w))
    battery_w: float | None = 0.0
    if snapshot.battery_w is not None:
        battery_w = note("battery", power(snapshot.battery_w))
    stored_wh = None
    if spec.battery is not None:
        soc = usable(snapshot.soc, clock_s, policy.soc_hold_s, 0.0, 100.0)
        if battery_is_dead(memory, spec.battery):
            soc = None
        if note("soc", soc) is not None and soc is not None:
            stored_wh = spec.battery.capacity_wh * soc / 100
    sinks = _sinks(spec, snapshot, memory)
    missing.extend(sinks.missing)
    pv_w = power(snapshot.pv_w)
    grace_ends_s = (
        None if snapshot.started_s is None else snapshot.started_s + policy.grace_s
    )
    return View(
        grid_w=grid_w,
        battery_w=battery_w or 0.0,
        stored_wh=stored_wh,
        pv_w=pv_w,
        pv_silent=snapshot.pv_w is not None and pv_w is None,
        temperatures_c={
            key: sum(layers_c) / len(layers_c)
            for key, layers_c in sinks.layers_c.items()
        },
        layers_c=sinks.layers_c,
        sources_c=sinks.sources_c,
        outdoors_c=sinks.outdoors_c,
        cops=sinks.cops,
        heat_w=sinks.heat_w,
        yielding=tuple(
            (max(0.0, drawn), load.value_per_kwh)
            for load in snapshot.yielding
            if (drawn := power(load.power_w)) is not None
            and isfinite(load.value_per_kwh)
        ),
        import_per_kwh=_price(snapshot.import_per_kwh, spec.import_per_kwh),
        export_per_kwh=_price(snapshot.export_per_kwh, spec.export_per_kwh),
        missing=tuple(missing),
        starting_up=grace_ends_s is not None and clock_s < grace_ends_s,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sinks:
    """What is believed of tanks and rooms: see `View`."""

    layers_c: dict[str, tuple[float, ...]] = field(default_factory=dict)
    sources_c: dict[str, float] = field(default_factory=dict)
    outdoors_c: dict[str, float] = field(default_factory=dict)
    cops: dict[str, float] = field(default_factory=dict)
    heat_w: dict[str, float] = field(default_factory=dict)
    missing: list[str] = field(default_factory=list)


def _sinks(spec: SiteSpec, snapshot: Snapshot, memory: Memory) -> _Sinks:
    found = _Sinks()
    policy, clock_s = spec.policy, snapshot.clock_s

    def put(
        values: dict[str, float],
        key: str,
        reading: Reading | None,
        limits: tuple[float, float],
        hold_s: float = policy.temperature_hold_s,
    ) -> None:
        value = usable(reading, clock_s, hold_s, *limits)
        if value is not None:
            values[key] = value

    def layers(
        readings: tuple[Reading, ...], limits: tuple[float, float]
    ) -> tuple[float, ...] | None:
        values = [
            usable(reading, clock_s, policy.temperature_hold_s, *limits)
            for reading in readings
        ]
        known = tuple(value for value in values if value is not None)
        return known if len(known) == len(values) else None

    tanks = {item.key: item for item in snapshot.tanks}
    for tank in spec.tanks:
        layers_c = None
        if (seen := tanks.get(tank.key)) is not None:
            layers_c = layers((seen.temperature_c, *seen.lower_c), WATER_C)
            put(found.sources_c, tank.key, seen.source_c, AIR_C)
            put(found.cops, tank.key, seen.cop, COPS)
            heat = (0.0, spec.maximum_w)
            put(found.heat_w, tank.key, seen.heat_w, heat, policy.power_hold_s)
        if layers_c is None or tank_is_dead(memory, tank):
            found.missing.append(f"tank:{tank.key}")
        else:
            found.layers_c[tank.key] = layers_c
    rooms = {item.key: item for item in snapshot.rooms}
    for room in spec.rooms:
        layers_c = None
        if (known := rooms.get(room.key)) is not None:
            layers_c = layers((known.temperature_c,), AIR_C)
            put(found.sources_c, room.key, known.outdoor_c, AIR_C)
            put(found.outdoors_c, room.key, known.outdoor_c, AIR_C)
            put(found.cops, room.key, known.cop, COPS)
            heat = (0.0, spec.maximum_w)
            put(found.heat_w, room.key, known.heat_w, heat, policy.power_hold_s)
        if layers_c is None or room_is_dead(memory, room):
            found.missing.append(f"room:{room.key}")
        else:
            found.layers_c[room.key] = layers_c
    return found


def usable(
    reading: Reading | None, clock_s: float, hold_s: float, low: float, high: float
) -> float | None:
    """Return a reading's value while it is fresh, finite and within range."""
    if reading is None or reading.value is None or not isfinite(reading.value):
        return None
    fresh = clock_s - reading.measured_s <= hold_s
    return reading.value if fresh and low <= reading.value <= high else None


def _price(live: float | None, fixed: float) -> float:
    return live if live is not None and isfinite(live) else fixed
