"""Which inputs can be believed now.

A reading is used while it is younger than its hold time and within its physical
range; then it is unknown, which is neither zero nor the last value for ever. A
temperature or a state of charge that stands still while energy flows in is
unknown too: its sensor has died.

Pure functions; standard library only.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from math import isfinite

from .memory import FlatWatch, Memory
from .model import Reading, Snapshot
from .spec import SiteSpec, WorkerSpec

FLAT_TANK_K = 5.0
"""A tank sensor that shows nothing of this much heating is dead: draws and
losses move it long before that."""

FLAT_SOC_SHARE = 0.1
"""A state of charge that shows nothing of this share of the capacity is dead."""


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """The snapshot's inputs, believed or None, and the names of what is missing.

    Names: `grid`, `battery`, `soc`, `tank:<key>`. `pv_silent`: there is a PV
    sensor, and it says nothing usable.
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

    @property
    def site_known(self) -> bool:
        """Tell whether the balance can be computed."""
        return not any(name in ("grid", "battery", "soc") for name in self.missing)

    def needs(self, worker: WorkerSpec, name: str) -> bool:
        """Tell whether a worker's worth depends on the input of that name."""
        if name.startswith("tank:"):
            return name == f"tank:{worker.sink}"
        return True


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
        watch = memory.flat.get("soc")
        if watch and watch.received_wh > FLAT_SOC_SHARE * spec.battery.capacity_wh:
            soc = None
        if note("soc", soc) is not None and soc is not None:
            stored_wh = spec.battery.capacity_wh * soc / 100
    temperatures_c: dict[str, float] = {}
    sources_c: dict[str, float] = {}
    for tank in spec.tanks:
        observed = next((item for item in snapshot.tanks if item.key == tank.key), None)
        name = f"tank:{tank.key}"
        temperature_c = usable(
            observed.temperature_c if observed else None,
            clock_s,
            policy.temperature_hold_s,
            -20.0,
            120.0,
        )
        watch = memory.flat.get(name)
        if watch and watch.received_wh > FLAT_TANK_K * tank.capacity_wh_per_k:
            temperature_c = None
        if note(name, temperature_c) is not None and temperature_c is not None:
            temperatures_c[tank.key] = temperature_c
        source = observed.source_c if observed else None
        source_c = usable(source, clock_s, policy.temperature_hold_s, -50.0, 60.0)
        if source_c is not None:
            sources_c[tank.key] = source_c
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
        temperatures_c=temperatures_c,
        sources_c=sources_c,
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


def watch_flat(
    memory: Memory, snapshot: Snapshot, received_w: Mapping[str, float], dt_s: float
) -> Mapping[str, FlatWatch]:
    """Return how much energy each slow sensor has been given without moving.

    `received_w` is the power into each watched store since the last tick, by
    the same names as `View.missing`: charging or discharging for `soc`,
    expected heat for a tank.
    """
    values: dict[str, float | None] = {
        f"tank:{tank.key}": tank.temperature_c.value for tank in snapshot.tanks
    }
    values["soc"] = snapshot.soc.value if snapshot.soc else None
    watches: dict[str, FlatWatch] = {}
    for name, value in values.items():
        if value is None:
            continue
        last = memory.flat.get(name)
        if last is None or last.value != value or _saturated(name, value):
            watches[name] = FlatWatch(value)
        else:
            received_wh = received_w.get(name, 0.0) * dt_s / 3600
            watches[name] = FlatWatch(value, last.received_wh + received_wh)
    return watches


def _saturated(name: str, value: float) -> bool:
    """Tell whether it stands still rightly: a full or an empty battery."""
    return name == "soc" and not 1 < value < 99
