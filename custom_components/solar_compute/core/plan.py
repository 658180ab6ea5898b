"""A plan for the hours to come: what it is made of, and what it says.

Times are Unix seconds (UTC), so that neither a summer time nor a restart moves a
plan. Standard library only; nothing here computes (`planner` does).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from .job import Job
from .reason import ReasonCode
from .storage import StoredValue


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """The steps of a plan: where each begins and how long it lasts."""

    starts_s: tuple[float, ...]
    lengths_s: tuple[float, ...]

    @property
    def end_s(self) -> float:
        """When the last step ends; the start where there are no steps."""
        return self.starts_s[-1] + self.lengths_s[-1] if self.starts_s else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """What is expected for every step of a grid.

    `balance_w` is the mean balance with every worker paused, `balance_low_w` the one
    that is undercut in one case of ten (None: the spread is not known). Prices are
    per kWh. `draws_w` is the heat drawn from every tank, `outdoor_c` the air outside.
    `sources` names what each quantity rests on: `forecast`, `learned`, `fixed`.
    """

    grid: Grid
    balance_w: tuple[float, ...]
    import_per_kwh: tuple[float, ...]
    export_per_kwh: tuple[float, ...]
    balance_low_w: tuple[float, ...] | None = None
    draws_w: Mapping[str, tuple[float, ...]] = field(default_factory=dict)
    outdoor_c: tuple[float, ...] | None = None
    sources: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """Until `until_s` a worker is at `level` (0: paused), whatever would be best.

    Unix time; infinite: until somebody does something. `reason` is what holds it there:
    a person, a guard, or that it has no work or does not answer.
    """

    level: int
    until_s: float
    reason: ReasonCode


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerStart:
    """A worker as a plan finds it.

    It has been at `level` since `since_s` (None: for long enough). `levels_w` are the
    powers that it really draws (empty: the nominal ones), the values the live ones
    (None: the configured ones). `held` is what is not the plan's to say, one after the
    other from now on; after the last one it is. `units_per_kwh` is the useful work that
    a kWh yields (None: not known). What it has used since local midnight counts towards
    its daily limits.
    """

    level: int = 0
    since_s: float | None = None
    levels_w: tuple[float, ...] = ()
    value_per_kwh: float | None = None
    value_per_hour: float | None = None
    held: tuple[Held, ...] = ()
    asleep: bool = False
    units_per_kwh: float | None = None
    starts_today: int = 0
    run_today_s: float = 0.0
    energy_today_wh: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanStart:
    """The home as a plan finds it, and what was asked of its workers.

    `local` is the local time at `made_s`; its zone tells the local time of every step.
    `stored_wh` is what the battery holds (None: not known, then it is planned without
    one), `temperatures_c` those of tanks and rooms (one that is missing is planned
    without). `targets_c` replaces configured targets, as a thermostat does, and
    `backup_in_s` is when a backup that is followed runs next. The deadlines of `jobs`
    are Unix times. A worker that is missing may not run.
    """

    made_s: float
    local: datetime
    stored_wh: float | None = None
    temperatures_c: Mapping[str, float] = field(default_factory=dict)
    targets_c: Mapping[str, float] = field(default_factory=dict)
    backup_in_s: Mapping[str, float] = field(default_factory=dict)
    workers: Mapping[str, WorkerStart] = field(default_factory=dict)
    jobs: tuple[Job, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedWindow:
    """A worker runs from `start_s` to `end_s`, with that energy and expected worth.

    `level` is the one that it is at for longest.
    """

    worker: str
    start_s: float
    end_s: float
    level: int
    energy_wh: float
    value: float
    jobs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedJob:
    """Whether a job will be ready in time, and at what marginal price.

    `price_per_kwh` is what the dearest kWh that it needs costs by the plan, less what the
    worker's heat is worth then: where power costs no more than that and its heat now,
    running for the job is right. `short` is what would be missing, in its unit.
    """

    key: str
    price_per_kwh: float
    feasible: bool
    short: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Prices, permissions and windows; never set-points.

    `levels` of every worker for every step. `soc_wh` and `temperatures_c` are the
    expected paths at the start of every step. `value` is what the plan is worth against
    leaving every worker paused that may be, in currency; `stored` what a stored kWh is
    worth now, `heat_per_kwh` what a kWh of heat in each tank is. `jobs` are those that
    it can judge. `held` are the workers that are not the plan's to place, for a time or
    at all.
    """

    made_s: float
    valid_until_s: float
    expected: Expected
    levels: Mapping[str, tuple[int, ...]]
    windows: tuple[PlannedWindow, ...]
    value: float
    soc_wh: tuple[float, ...] = ()
    temperatures_c: Mapping[str, tuple[float, ...]] = field(default_factory=dict)
    stored: StoredValue | None = None
    heat_per_kwh: Mapping[str, float] = field(default_factory=dict)
    jobs: tuple[PlannedJob, ...] = ()
    held: Mapping[str, tuple[Held, ...]] = field(default_factory=dict)
    complete: bool = True
    """It was improved until nothing more was found, before time was up."""
