"""What was measured, and what was decided.

A `Snapshot` is all inputs at one instant; `decide` turns it, together with the
`Memory` of the tick before, into a `Decision`. All of them are frozen and can be
written as JSON (`codec`), so that any decision can be replayed elsewhere.
Standard library only; nothing here computes.

Signs are those of Home Assistant's energy dashboard: grid + is import, − is
export; battery + is discharge, − is charge.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from .heat_state import HeatCause, HeatPrice, SinkState, SpaceState
from .job import Job, JobOutlook
from .reading import GuardInput, Reading, RoomInput, SpaceInput, TankInput
from .reason import Reason, ReasonCode

__all__ = [
    "Decision",
    "GuardInput",
    "GuardState",
    "HeatCause",
    "HeatPrice",
    "Mode",
    "Override",
    "Reading",
    "Reason",
    "ReasonCode",
    "RoomInput",
    "SinkState",
    "SiteState",
    "Snapshot",
    "SpaceInput",
    "SpaceState",
    "StartHint",
    "TankInput",
    "Tranche",
    "TrancheKind",
    "WorkerDecision",
    "WorkerInput",
    "WorkerState",
    "Worth",
    "YieldingLoad",
]


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
    SHADOW = "shadow"
    """Decisions are made and accounted, and nobody is told of them."""


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
    protected: bool = False
    """A limit of its own holds it, whatever it is told."""
    energy_today_wh: float = 0.0
    cost_today: float = 0.0
    run_today_s: float = 0.0
    """What it has used since local midnight, as accounted so far."""
    checkpoint_age_s: float | None = None
    """How long ago it last saved its work; None where it does not say."""
    asleep: bool = False
    """Its machine sleeps, or is only just being woken."""
    finished: float | None = None
    """How many units of work it has finished so far; None where it does not count."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """All inputs at one instant.

    `clock_s` is a monotonic clock that goes on over restarts, for all timers;
    `local` is the aware local time, for everything that follows the day.
    `battery_w` and `soc` are None where the home has no such sensor. A price of
    None falls back to the configured one. `started_s` is the `clock_s` at which
    the integration started, for the grace period. `shadow`: its workers are imagined
    ones (`shadow`), and nobody is told what is decided.
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
    co2_average_g_per_kwh: float | None = None
    co2_marginal_g_per_kwh: float | None = None
    workers: tuple[WorkerInput, ...] = ()
    always_on: tuple[WorkerInput, ...] = ()
    tanks: tuple[TankInput, ...] = ()
    rooms: tuple[RoomInput, ...] = ()
    spaces: tuple[SpaceInput, ...] = ()
    guards: tuple[GuardInput, ...] = ()
    jobs: tuple[Job, ...] = ()
    """Those that are open."""
    automation: bool = True
    started_s: float | None = None
    shadow: bool = False


@dataclass(frozen=True, slots=True)
class Tranche:
    """A slice of supply at one price: width in W (None: without end)."""

    kind: TrancheKind
    width_w: float | None
    price_per_kwh: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Worth:
    """Net benefit of a level over being paused, and its parts, per hour.

    `total` = compute + heat + job − cooling − supply. All in currency per hour.
    `job` is what a deadline adds.
    """

    level: int
    power_w: float
    compute: float
    heat: float
    cooling: float
    supply: float
    job: float = 0.0

    @property
    def total(self) -> float:
        """Net benefit in currency per hour."""
        return self.compute + self.heat + self.job - self.cooling - self.supply


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
class GuardState:
    """One configured guard now.

    `tripped`: what it watches is wrong or unknown, quiet hours are on, a worker has
    used up its day; of a guard that shares power out: it is why a worker is not at a
    higher level, or cannot know how much there is. `latched`: all is well again, and
    it waits to be re-armed. `reason` is what it found; None while all is well. While
    its entity may be late after a start it has one, and is not tripped. `since_s` is
    when it tripped.
    """

    key: str
    tripped: bool = False
    latched: bool = False
    reason: Reason | None = None
    since_s: float | None = None


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
    urgent: bool = False
    """A safety guard pauses it: do not wait for a checkpoint."""
    job: str | None = None
    """The key of the open job that it works on while it runs."""


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
    always_on: tuple[WorkerDecision, ...] = ()
    """What is never switched: nothing is decided, but what it takes is known."""
    sinks: tuple[SinkState, ...] = ()
    spaces: tuple[SpaceState, ...] = ()
    guards: tuple[GuardState, ...] = ()
    jobs: tuple[JobOutlook, ...] = ()
    """How every open job stands; none while the balance is unknown."""
    missing: tuple[str, ...] = ()
    """Names of the inputs that are unknown, too old or impossible."""

    def worker(self, key: str) -> WorkerDecision | None:
        """Return the decision for one worker, None where it has none."""
        return next((worker for worker in self.workers if worker.key == key), None)

    def load(self, key: str) -> WorkerDecision | None:
        """Return the same for a worker or for what is always on."""
        always = (load for load in self.always_on if load.key == key)
        return self.worker(key) or next(always, None)

    def heat_of(self, key: str | None) -> HeatPrice | None:
        """Return what heat into a sink is worth, None where that is unknown."""
        return next((heat for heat in self.heat if heat.key == key), None)

    def sink(self, key: str | None) -> SinkState | None:
        """Return the state of a tank or room, None where it has none."""
        return next((sink for sink in self.sinks if sink.key == key), None)

    def job(self, key: str) -> JobOutlook | None:
        """Return how an open job stands, None where that is not known."""
        return next((job for job in self.jobs if job.key == key), None)

    def guard(self, key: str) -> GuardState | None:
        """Return the state of a guard, None where it has none."""
        return next((guard for guard in self.guards if guard.key == key), None)
