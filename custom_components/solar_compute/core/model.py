"""What was measured, and what was decided.

A `Snapshot` is all inputs at one instant; `decide` turns it, together with the
`Memory` of the tick before, into a `Decision`. All of them are frozen and can be
written as JSON (`codec`), so that any decision can be replayed elsewhere.
Standard library only; nothing here computes.

Signs are those of Home Assistant's energy dashboard: grid + is import, − is
export; battery + is discharge, − is charge.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class WorkerState(StrEnum):
    """What a worker's back-end says that the worker does."""

    UNKNOWN = "unknown"
    PAUSED = "paused"
    STARTING = "starting"
    RUNNING = "running"
    DRAINING = "draining"
    LOST = "lost"


class Mode(StrEnum):
    """A person's standing wish for one worker."""

    AUTO = "auto"
    ON = "on"
    """Run whatever it is worth; guards still win."""
    OFF = "off"


class TrancheKind(StrEnum):
    """Where the next watt comes from."""

    CURTAILED = "curtailed"
    EXPORT = "export"
    YIELDING = "yielding"
    BATTERY_CHARGE = "battery_charge"
    BATTERY_DISCHARGE = "battery_discharge"
    IMPORT = "import"


class SiteState(StrEnum):
    """The home in one word."""

    RUNNING = "running"
    WAITING = "waiting"
    """Nothing runs, because nothing is worth it now."""
    STARTING_UP = "starting_up"
    INPUT_MISSING = "input_missing"
    AUTOMATION_OFF = "automation_off"
    NO_WORKERS = "no_workers"


class ReasonCode(StrEnum):
    """Why a worker is at its level. `Reason.data` carries the numbers."""

    WORTH_IT = "worth_it"
    RIDING_OUT = "riding_out"
    """Worth is negative, but stopping would cost more than the dip so far."""
    MINIMUM_RUN = "minimum_run"
    SETTLING = "settling"
    """Its level was changed a moment ago and has not shown on the meter yet."""
    PROBING = "probing"
    """It tests whether the inverter holds back sun that no meter can see."""
    MODE_ON = "mode_on"
    OVERRIDE_RUN = "override_run"
    NOT_WORTH_IT = "not_worth_it"
    WAITING_TO_START = "waiting_to_start"
    """Worth is positive, but not for long enough yet to repay a start."""
    WAITING_FOR_OTHER = "waiting_for_other"
    """Another worker's start has to show on the meter first."""
    MINIMUM_PAUSE = "minimum_pause"
    MAXIMUM_STARTS = "maximum_starts"
    NO_WORK = "no_work"
    MODE_OFF = "mode_off"
    OVERRIDE_PAUSE = "override_pause"
    AUTOMATION_OFF = "automation_off"
    STARTING_UP = "starting_up"
    WORKER_LOST = "worker_lost"
    HELD_BY_OTHER = "held_by_other"
    """Another controller has it run: it is not ours to command or to count."""
    INPUT_MISSING = "input_missing"
    """Guard: an input is unknown, too old or impossible (`data["input"]`)."""
    IMPORT_LIMIT = "import_limit"
    """Guard: more would exceed what the home may draw."""
    QUIET_HOURS = "quiet_hours"
    SINK_FULL = "sink_full"
    """Guard: the tank is at its maximum."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A value and when it was measured, on the snapshot's `clock_s`.

    `value` None means: there is a sensor, and it says nothing usable.
    """

    value: float | None
    measured_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Override:
    """A person's wish for a while: run (at `level`, None: the highest) or pause."""

    run: bool
    until_s: float
    level: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class YieldingLoad:
    """A load inside the meter that gives way, such as a solar diverter.

    `value_per_kwh` is what its heat is worth.
    """

    power_w: Reading
    value_per_kwh: float


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerInput:
    """One worker as observed. `level` is None while the back-end gives none."""

    key: str
    state: WorkerState = WorkerState.UNKNOWN
    level: int | None = None
    power_w: Reading | None = None
    has_work: bool = True
    mode: Mode = Mode.AUTO
    override: Override | None = None
    value_per_kwh: float | None = None
    """Replaces the spec's value where the user or an entity sets it live."""
    held_by_other: bool = False
    """Another controller has it run; what it draws is then the home's own load."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TankInput:
    """One tank as observed; `source_c` is the heat pump's source, if measured."""

    key: str
    temperature_c: Reading
    source_c: Reading | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """All inputs at one instant.

    `clock_s` is a monotonic clock that goes on over restarts, for all timers;
    `local` is the aware local time, for everything that follows the day.
    `battery_w` and `soc` are None where the home has no such sensor. A price of
    None falls back to the configured one. `started_s` is the `clock_s` at which
    the integration started, for the grace period.
    """

    clock_s: float
    local: datetime
    grid_w: Reading
    battery_w: Reading | None = None
    soc: Reading | None = None
    pv_w: Reading | None = None
    import_per_kwh: float | None = None
    export_per_kwh: float | None = None
    yielding: tuple[YieldingLoad, ...] = ()
    workers: tuple[WorkerInput, ...] = ()
    tanks: tuple[TankInput, ...] = ()
    automation: bool = True
    started_s: float | None = None


@dataclass(frozen=True, slots=True)
class Tranche:
    """A slice of supply at one price: width in W (None: without end)."""

    kind: TrancheKind
    width_w: float | None
    price_per_kwh: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Worth:
    """Net benefit of a level over being paused, and its parts, per hour.

    `total` = compute + heat − cooling − supply. All in currency per hour.
    """

    level: int
    power_w: float
    compute: float
    heat: float
    cooling: float
    supply: float

    @property
    def total(self) -> float:
        """Net benefit in currency per hour."""
        return self.compute + self.heat - self.cooling - self.supply


@dataclass(frozen=True, slots=True)
class Reason:
    """A code and the numbers that belong to it; text is made at the edge."""

    code: ReasonCode
    data: Mapping[str, float | str | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class StartHint:
    """What would start a paused worker.

    `surplus_w` is how much more surplus the best level needs to break even (0:
    it already does; None: no surplus would do). `after_s` is how long today's
    worth must last until it starts (None: it would not start at this worth).
    """

    surplus_w: float | None
    after_s: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class HeatPrice:
    """What a kWh of heat into one sink is worth now, and why.

    `displaced_per_kwh` is the price of the backup's heat at the time `in_s`
    seconds from now when it would have run; `kept` is the share of the heat
    that is still there by then; `absorbed` is 0 for a full tank, else 1.
    """

    key: str
    per_kwh: float
    displaced_per_kwh: float
    in_s: float
    kept: float
    absorbed: float


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerDecision:
    """What one worker shall do, and why.

    `worths` has one entry for every running level, cheapest level first.
    `judged` is the entry that decided: the chosen level's, or for a paused
    worker the best permitted level's; None where no level could be judged.
    `mean_worth` is the averaged worth that the switching rule used. `slices`
    are the tranches that the judged level takes, in order.
    """

    key: str
    level: int
    power_w: float
    reason: Reason
    worths: tuple[Worth, ...] = ()
    judged: Worth | None = None
    mean_worth: float | None = None
    slices: tuple[Tranche, ...] = ()
    hint: StartHint | None = None
    current: int = 0
    """The level that it is at now."""
    settling: bool = False
    """Its last change has not shown on the meters yet; until then it is kept."""
    drawn_w: float = 0.0
    """What it draws now: measured, else the nominal power of that level."""
    base_w: float = 0.0
    """Power of the workers that come before it on the supply curve."""
    cap: int = 0
    """The highest level that guards, mode and back-end allow."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What every worker shall do at one instant, and why.

    `balance_w` is what the home has left before any managed worker draws;
    `surplus_w` is what would be exported or curtailed if every worker were
    paused; None: unknown.
    `next_per_kwh` is the price of the next kWh that a worker would draw.
    """

    clock_s: float
    state: SiteState
    balance_w: float | None
    surplus_w: float | None
    hidden_w: float
    next_per_kwh: float | None
    tranches: tuple[Tranche, ...]
    heat: tuple[HeatPrice, ...]
    workers: tuple[WorkerDecision, ...]
    missing: tuple[str, ...] = ()
    """Names of the inputs that are unknown, too old or impossible."""

    def worker(self, key: str) -> WorkerDecision | None:
        """Return the decision for one worker, None where it has none."""
        return next((worker for worker in self.workers if worker.key == key), None)
