"""What the user configured, parsed once into frozen values.

A spec never changes while the integration runs: a changed setting makes a new
spec. It may import the standard library only, and must never hold anything that
was measured (that is `model`).

Units: W, Wh, °C, s and the home's currency; prices are in currency per kWh.
"""

from dataclasses import dataclass, field
from enum import StrEnum

POSITIVE = 1e-6
"""Stands in for a divisor that is not positive: a wrong setting must not stop the
decisions."""


class BackupKind(StrEnum):
    """What heats a tank when no worker does."""

    GAS = "gas"
    """Gas, oil or any other fuel burnt in a boiler: fuel price ÷ efficiency."""
    RESISTIVE = "resistive"
    """An immersion rod: one kWh of electricity for one kWh of heat."""
    HEAT_PUMP = "heat_pump"
    """Electricity ÷ COP at the temperature lifted."""
    NONE = "none"
    """Nothing: heat is worth the comfort price until the target is reached."""


class BackupSchedule(StrEnum):
    """When the backup heater would run: this decides which price it displaces."""

    ON_DEMAND = "on_demand"
    """A thermostat: it runs as soon as the tank is colder than its set-point."""
    TIMED = "timed"
    """It runs in daily windows only, a night tariff say."""
    DIVERTER = "diverter"
    """It burns solar surplus, so it is displaced at the export price only."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DailyWindow:
    """A daily window of local time, in minutes after midnight.

    `end_min` may be smaller than `start_min`: the window then spans midnight.
    Equal ends mean the whole day.
    """

    start_min: int
    end_min: int

    def contains(self, minute: int) -> bool:
        """Tell whether a local minute of the day lies in the window."""
        if self.start_min < self.end_min:
            return self.start_min <= minute < self.end_min
        return minute >= self.start_min or minute < self.end_min


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
class BackupSpec:
    """The heater whose work compute heat displaces.

    `price_per_kwh` is the fuel price for gas (0.114: EU, Eurostat) and unused
    for electric backups, which pay the electricity price of the moment when
    they would have run. `efficiency` is a boiler's real one (0.80: labelled
    0.92, measured 0.75 to 0.85). `source_c` is a heat pump's source temperature
    when no sensor gives it. `comfort_per_kwh` is what warm water is worth where
    no backup exists. `power_w` tells whether today's surplus could feed it.
    """

    kind: BackupKind = BackupKind.NONE
    schedule: BackupSchedule = BackupSchedule.ON_DEMAND
    price_per_kwh: float = 0.114
    efficiency: float = 0.8
    source_c: float = 7.0
    comfort_per_kwh: float = 0.0
    power_w: float = 2000.0
    hysteresis_k: float = 5.0
    windows: tuple[DailyWindow, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TankSpec:
    """A hot-water tank as one well-mixed node.

    `target_c` is what the household wants (the backup's set-point);
    `maximum_c` is where compute heat must stop. `loss_w_per_k` is standing loss
    ÷ (water − ambient); 1.4 W/K fits a 200 L class B tank (EU 812/2013).
    `draw_wh_per_day` is hot water used (5845 Wh: EU tapping profile M).
    """

    key: str
    name: str
    volume_l: float
    target_c: float = 55.0
    maximum_c: float = 60.0
    ambient_c: float = 18.0
    loss_w_per_k: float = 1.4
    draw_wh_per_day: float = 5845.0
    backup: BackupSpec = field(default_factory=BackupSpec)

    @property
    def capacity_wh_per_k(self) -> float:
        """Heat capacity: 1.163 Wh per litre and kelvin of water."""
        return 1.163 * max(self.volume_l, POSITIVE)


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerSpec:
    """One compute load that can be paused.

    `levels_w` are the nominal powers of its running levels, ascending; level 0
    is paused and not listed, level 1 is `levels_w[0]`. `value_per_kwh` and
    `value_per_hour` add up to what its results are worth. `start_cost` is what
    one start costs (lost work, wear). `priority`: the lower number comes first.
    `sink` is the key of the tank that its heat goes to. `recovery` is the share
    of its power that arrives there; the rest, and all of it without a sink,
    stays in the house, where `cooled_share` of it lands in cooled space and
    costs electricity ÷ `cooling_cop`. `settle_s` is how long a new level takes
    to show on the meter. `quiet_level` caps the level in `quiet_hours`.
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
    recovery: float = 0.9
    cooled_share: float = 0.0
    cooling_cop: float = 3.0
    settle_s: float = 60.0
    quiet_hours: tuple[DailyWindow, ...] = ()
    quiet_level: int = 0

    def power_w(self, level: int) -> float:
        """Nominal power of a level in W; 0 for level 0."""
        return self.levels_w[level - 1] if level > 0 else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicySpec:
    """The time constants of the switching rule and of trust in inputs.

    The rule's three figures were measured on six houses (design: policy). The
    holds say how long a value may be used after it was measured.
    """

    averaging_s: float = 600.0
    start_horizon_s: float = 2700.0
    stop_horizon_s: float = 3600.0
    probe_backoff_s: float = 900.0
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
    power of the site: a reading beyond it is a fault, not a value.
    """

    import_per_kwh: float
    export_per_kwh: float
    battery: BatterySpec | None = None
    export_limit_w: float | None = None
    import_limit_w: float | None = None
    maximum_w: float = 100_000.0
    policy: PolicySpec = field(default_factory=PolicySpec)
    tanks: tuple[TankSpec, ...] = ()
    workers: tuple[WorkerSpec, ...] = ()

    def tank(self, key: str | None) -> TankSpec | None:
        """Return the tank of that key, None where there is none."""
        return next((tank for tank in self.tanks if tank.key == key), None)

    def worker(self, key: str) -> WorkerSpec | None:
        """Return the worker of that key, None where there is none."""
        return next((worker for worker in self.workers if worker.key == key), None)
