"""Jobs with a deadline: when they come, how far they are, which were met."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import pairwise

from custom_components.solar_compute.core.crew import Hand
from custom_components.solar_compute.core.job import Job, JobUnit
from custom_components.solar_compute.core.spec import SiteSpec
from custom_components.solar_compute.core.times import DAY_S

from .section import DAY_MIN, Section

TOUCH = 1e-9
"""Work that is closer than this to its end is done, whatever was rounded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JobSpec:
    """Work that comes again and again: so much of it, ready by a time of the day.

    One job is there from that time on, to be ready `within_days` later; the next
    comes then, if it `repeats`.
    """

    worker: str
    amount: float
    unit: JobUnit
    ready_by_min: int
    within_days: int = 1
    repeats: bool = True
    value: float | None = None


@dataclass(frozen=True, slots=True)
class Due:
    """One job, and the intervals in which it is open: from `first` to before `end`."""

    job: Job
    first: int
    end: int


def parse_job(section: Section, workers: Sequence[str]) -> JobSpec:
    """Return work with a deadline.

    Raises:
        ScenarioError: if a key is wrong.
    """
    unit = JobUnit.KWH if section.has("kwh") else JobUnit.HOURS
    job = JobSpec(
        worker=section.choice("worker", workers),
        amount=section.number(unit.value, above=0),
        unit=unit,
        ready_by_min=section.minute("ready_by"),
        within_days=round(section.number("within_days", 1, low=1, high=31)),
        repeats=section.flag("repeats", True),
        value=section.optional_number("value", low=0),
    )
    section.done()
    return job


def jobs_due(
    specs: Sequence[JobSpec], locals_: Sequence[datetime], step_s: int, scored_from: int
) -> tuple[Due, ...]:
    """Return all jobs that come and are due within a trace.

    Where the days to learn from end, jobs begin anew, as the home does.
    """
    due: list[Due] = []
    for number, spec in enumerate(specs):
        for first, end in ((0, scored_from), (scored_from, len(locals_))):
            times = _crossings(spec.ready_by_min, locals_, first, end, step_s)
            chosen = times[:: spec.within_days]
            pairs = list(pairwise(chosen))
            for begin, ready in pairs if spec.repeats else pairs[:1]:
                due.append(
                    Due(
                        Job(
                            key=f"{number + 1}:{ready}",
                            worker=spec.worker,
                            name=f"{spec.worker} by {locals_[ready]:%H:%M}",
                            amount=spec.amount,
                            unit=spec.unit,
                            submitted_s=float(begin * step_s),
                            ready_by_s=float(ready * step_s),
                            value=spec.value,
                        ),
                        begin,
                        ready,
                    )
                )
    return tuple(sorted(due, key=lambda item: (item.end, item.first, item.job.key)))


def _crossings(
    minute: int, locals_: Sequence[datetime], first: int, end: int, step_s: int
) -> list[int]:
    """Return the intervals that begin at, or first after, that minute of the day."""
    found: list[int] = []
    for index in range(max(1, first), end):
        before, now = (
            (local.hour * 60 + local.minute - minute) % DAY_MIN
            for local in locals_[index - 1 : index + 1]
        )
        # An hour that comes twice, as summer time ends, is no second day.
        if now < before and (not found or (index - found[-1]) * step_s > DAY_S / 2):
            found.append(index)
    return found


class JobBook:
    """The jobs of one replay: open ones, and what came of those that are over."""

    def __init__(self, due: Sequence[Due]) -> None:
        """Open nothing yet."""
        self._open: dict[str, Due] = {}
        self._next = sorted(due, key=lambda item: item.first)
        self.met: list[Job] = []
        self.missed: list[Job] = []

    def turn_to(self, index: int) -> tuple[Job, ...]:
        """Close what is due at the start of an interval, and return what is open."""
        for key in [key for key, item in self._open.items() if item.end <= index]:
            job = self._open.pop(key).job
            (self.met if _is_done(job) else self.missed).append(job)
        while self._next and self._next[0].first <= index:
            item = self._next.pop(0)
            self._open[item.job.key] = item
        return tuple(item.job for item in self._open.values() if not _is_done(item.job))

    def work(self, spec: SiteSpec, hands: Mapping[str, Hand], seconds: float) -> None:
        """Count one interval: each worker works on the job that is due first."""
        for worker in spec.workers:
            level = hands[worker.key].level
            left_s = seconds if level else 0.0
            for key, item in sorted(self._open.items(), key=lambda pair: pair[1].end):
                job = item.job
                if job.worker != worker.key or left_s <= 0 or _is_done(job):
                    continue
                per_s = 1 / 3600
                if job.unit is JobUnit.KWH:
                    per_s *= worker.power_w(level) / 1000
                worked_s = min(left_s, (job.amount - job.done) / per_s)
                left_s -= worked_s
                job = replace(job, done=job.done + worked_s * per_s)
                self._open[key] = replace(item, job=job)

    @property
    def value(self) -> float:
        """What the met jobs are worth."""
        return sum(job.value or 0.0 for job in self.met)


def _is_done(job: Job) -> bool:
    return job.done >= job.amount - TOUCH
