"""What the user configured, parsed once into frozen values.

A spec never changes while the integration runs: a changed setting makes a new
spec. It may import the standard library only, and must never hold anything that
was measured (that is `model`).

Units: W, Wh, °C, s and the home's currency; prices are in currency per kWh.
"""

from dataclasses import dataclass, field, replace

from .guard_spec import GuardSpecs
from .heat import (
    POSITIVE,
    BackupKind,
    BackupSchedule,
    BackupSpec,
    HeatSinkSpec,
    HeatSupply,
    ReadyBy,
    RoomPreset,
    RoomSpec,
    SpaceSpec,
    TankSpec,
    TankUse,
)
from .times import DailyWindow, MonthSpan

__all__ = [
    "POSITIVE",
    "BackupKind",
    "BackupSchedule",
    "BackupSpec",
    "BatterySpec",
    "DailyWindow",
    "GuardSpecs",
    "HeatSinkSpec",
    "HeatSupply",
    "MonthSpan",
    "PolicySpec",
    "ReadyBy",
    "RoomPreset",
    "RoomSpec",
    "SiteSpec",
    "SpaceSpec",
    "TankSpec",
    "TankUse",
    "WorkerSpec",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class BatterySpec:
    """A self-consuming home battery, which we watch and never control.

    Powers are AC limits. `round_trip` is AC to AC (0.90: HTW inverter test
    2025); each direction loses its square root. `wear_per_kwh` is currency per
    AC kWh discharged (0.05: Predbat discussion 5379; 0 if you call it sunk).
    `horizon_s` is how long a limit must last to count as available.
    """

    capacity_wh: float
    charge_w: float
    discharge_w: float
    round_trip: float = 0.9
    reserve_soc: float = 10.0
    wear_per_kwh: float = 0.05
    horizon_s: float = 900.0

    @property
    def one_way(self) -> float:
        """Efficiency of charging, and of discharging."""
        return float(max(self.round_trip, POSITIVE) ** 0.5)

    @property
    def horizon_h(self) -> float:
        """How long a limit must last, in hours."""
        return max(self.horizon_s, POSITIVE) / 3600

    @property
    def reserve_wh(self) -> float:
        """Energy that stays in the battery, in Wh."""
        return self.capacity_wh * self.reserve_soc / 100


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerSpec:
    """One compute load that can be paused.

    `levels_w` are the nominal powers of its running levels, ascending; level 0
    is paused and not listed, level 1 is `levels_w[0]`. `value_per_kwh` and
    `value_per_hour` add up to what its results are worth. `start_cost` is what
    one start costs (lost work, wear). `priority`: the lower number comes first.
    `sink` is the key of the tank or room that its heat goes to. `recovery` is
    the share of its power that arrives there; the rest, and all of it without a
    sink, lands in the `space` of that key, which decides whether it is unwanted.
    Without a space, `cooled_share` of it lands in space that is always cooled and
    costs electricity ÷ `cooling_cop`. `settle_s` is how long a new level takes
    to show on the meter. `quiet_level` caps the level in `quiet_hours`.
    `noise_db` is how loud each level is, in dB(A); empty: not stated. A start of a
    machine that sleeps costs `wake_cost` more, and takes `wake_s` more.
    """

    key: str
    name: str
    levels_w: tuple[float, ...]
    value_per_kwh: float = 0.0
    value_per_hour: float = 0.0
    start_cost: float = 0.005
    min_run_s: float = 900.0
    min_pause_s: float = 300.0
    max_starts_per_day: int | None = None
    priority: int = 10
    sink: str | None = None
    space: str | None = None
    recovery: float = 0.9
    cooled_share: float = 0.0
    cooling_cop: float = 3.0
    settle_s: float = 60.0
    quiet_hours: tuple[DailyWindow, ...] = ()
    quiet_level: int = 0
    noise_db: tuple[float, ...] = ()
    wake_cost: float = 0.0
    wake_s: float = 120.0
    nominal_w: tuple[float, ...] = ()
    """Where `levels_w` are learned powers: the levels as they were set."""
    units_per_kwh: tuple[float, ...] = ()
    """The work that a kWh was seen to yield at each level; empty: not known."""

    def found(self, *, asleep: bool) -> WorkerSpec:
        """Return it as it has to be judged now: a wake-up is part of a start."""
        if not asleep:
            return self
        return replace(
            self,
            start_cost=self.start_cost + self.wake_cost,
            settle_s=self.settle_s + self.wake_s,
        )

    def power_w(self, level: int) -> float:
        """Nominal power of a level in W, or the learned one; 0 for level 0."""
        return self.levels_w[level - 1] if level > 0 else 0.0

    def most_w(self, level: int) -> float:
        """Return the most that a level may draw, in W: limits of power go by it."""
        nominal_w = self.nominal_w[level - 1] if self.nominal_w and level > 0 else 0.0
        return max(self.power_w(level), nominal_w)


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicySpec:
    """The time constants of the switching rule and of trust in inputs.

    The rule's three figures were measured on six houses (design: policy). The
    holds say how long a value may be used after it was measured. A worker that
    guards stop again and again waits at most `cut_short_s` for its next start.
    """

    averaging_s: float = 600.0
    start_horizon_s: float = 2700.0
    stop_horizon_s: float = 3600.0
    probe_backoff_s: float = 900.0
    cut_short_s: float = 3600.0
    power_hold_s: float = 300.0
    soc_hold_s: float = 7200.0
    temperature_hold_s: float = 7200.0
    grace_s: float = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteSpec:
    """The home: battery, limits, fall-back prices, and all that it contains.

    `import_per_kwh` and `export_per_kwh` serve when a price entity gives
    nothing. `export_limit_w` is what the grid operator lets out (0 for a
    zero-export inverter). `import_limit_w` is the circuit's or the main fuse's
    limit for what the home may draw. `maximum_w` is the largest believable
    power of the site: a reading beyond it is a fault, not a value. The CO₂ of
    grid electricity, in g per kWh, serves when no entity gives it (242 and 400:
    EU average 2023, EEA; a gas plant at the margin).
    """

    import_per_kwh: float
    export_per_kwh: float
    battery: BatterySpec | None = None
    export_limit_w: float | None = None
    import_limit_w: float | None = None
    maximum_w: float = 100_000.0
    co2_average_g_per_kwh: float = 242.0
    co2_marginal_g_per_kwh: float = 400.0
    policy: PolicySpec = field(default_factory=PolicySpec)
    tanks: tuple[TankSpec, ...] = ()
    rooms: tuple[RoomSpec, ...] = ()
    spaces: tuple[SpaceSpec, ...] = ()
    guards: GuardSpecs = field(default_factory=GuardSpecs)
    workers: tuple[WorkerSpec, ...] = ()
    always_on: tuple[WorkerSpec, ...] = ()
    """What draws and is counted, and is never switched: it has one level."""

    def tank(self, key: str | None) -> TankSpec | None:
        """Return the tank of that key, None where there is none."""
        return next((tank for tank in self.tanks if tank.key == key), None)

    def room(self, key: str | None) -> RoomSpec | None:
        """Return the room of that key, None where there is none."""
        return next((room for room in self.rooms if room.key == key), None)

    def sink(self, key: str | None) -> HeatSinkSpec | None:
        """Return the tank or room of that key, None where there is none."""
        return self.tank(key) or self.room(key)

    def space(self, key: str | None) -> SpaceSpec | None:
        """Return the cooled space of that key, None where there is none."""
        return next((space for space in self.spaces if space.key == key), None)

    def worker(self, key: str) -> WorkerSpec | None:
        """Return the worker of that key, None where there is none."""
        return next((worker for worker in self.workers if worker.key == key), None)

    def load(self, key: str) -> WorkerSpec | None:
        """Return the worker of that key, or what is always on; None for neither."""
        always = (load for load in self.always_on if load.key == key)
        return self.worker(key) or next(always, None)
