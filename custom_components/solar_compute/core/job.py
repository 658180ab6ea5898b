"""Work with a deadline: what a person has asked for, and how far it is.

Standard library only; nothing here decides.
"""

from collections.abc import Container, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum


class JobUnit(StrEnum):
    """What a job is measured in."""

    HOURS = "hours"
    """Hours of running, at any level."""
    KWH = "kwh"
    UNITS = "units"
    """Units of useful work, as the worker counts them."""


class JobState(StrEnum):
    """What has become of a job."""

    OPEN = "open"
    DONE = "done"
    MISSED = "missed"
    """It was not done when it had to be, and drives nothing any more."""


class JobVerdict(StrEnum):
    """Whether an open job will be ready in time."""

    IN_TIME = "in_time"
    """It has time to spare, and takes the cheapest hours."""
    URGENT = "urgent"
    """Only just enough time is left, whatever the hours cost."""
    TOO_LATE = "too_late"
    """There are not enough hours left in which its worker may run."""
    TOO_DEAR = "too_dear"
    """For its value, or below its maximum price, it cannot be done in time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One job of one worker.

    It needs `amount` of `unit` by `ready_by_s`, of which `done` is done. Times are on
    the snapshot's `clock_s`. `value` is what it is worth in currency to have all of it
    by then; None: have it done whatever it costs, but never above `maximum_per_kwh`
    (None: no limit). Guards win over any job. `run_s`, `energy_wh` and `cost` are what
    it has taken so far; `ended_s` is when it was done or missed.
    """

    key: str
    worker: str
    name: str
    amount: float
    unit: JobUnit
    submitted_s: float
    ready_by_s: float
    done: float = 0.0
    value: float | None = None
    maximum_per_kwh: float | None = None
    state: JobState = JobState.OPEN
    run_s: float = 0.0
    energy_wh: float = 0.0
    cost: float = 0.0
    ended_s: float | None = None

    @property
    def left(self) -> float:
        """What is still to do, in its unit."""
        return max(0.0, self.amount - self.done)

    @property
    def is_open(self) -> bool:
        """Whether it is still to be done."""
        return self.state is JobState.OPEN


@dataclass(frozen=True, slots=True, kw_only=True)
class JobBook:
    """All jobs of a home, also those that ended not long ago.

    `counted` is how many units every worker that counts had finished when it was last
    looked at.
    """

    jobs: tuple[Job, ...] = ()
    counted: Mapping[str, float] = field(default_factory=dict)

    def open_jobs(self, worker: str | None = None) -> tuple[Job, ...]:
        """Return the open jobs, of one worker or of all, by their deadline."""
        found = (
            job for job in self.jobs if job.is_open and worker in (None, job.worker)
        )
        return tuple(sorted(found, key=by_deadline))

    def of(self, workers: Container[str]) -> JobBook:
        """Return the book of these workers alone."""
        return replace(
            self, jobs=tuple(job for job in self.jobs if job.worker in workers)
        )


def by_deadline(job: Job) -> tuple[float, float, str]:
    """Return the place of a job in the order in which jobs are worked on."""
    return (job.ready_by_s, job.submitted_s, job.key)


@dataclass(frozen=True, slots=True, kw_only=True)
class JobOutlook:
    """How one open job stands, by what is known of the hours to come.

    `left_s` is how long its worker has to run for it at full power, `left_wh` what
    that takes; None: it is not known yet how long a unit takes. At or below
    `price_per_kwh` it is right to run for it now; None: whatever it costs. `cost` is
    what the rest will probably cost, whether or not it may cost as much; None: it is
    not known, or no hours are left. `short` is what will probably be missing, in its
    unit. `planned`: the price is the plan's, to which the worth of heat now is added.
    """

    key: str
    worker: str
    verdict: JobVerdict
    left_s: float | None
    left_wh: float | None
    price_per_kwh: float | None
    cost: float | None = None
    short: float = 0.0
    planned: bool = False
