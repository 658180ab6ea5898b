"""What was done for jobs since the last decision, and which of them have ended.

Energy, time and cost come from the ledger, units from the workers that count them.
Pure functions; standard library only.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from .accounts import Ledger, WorkerAccount, less
from .job import Job, JobBook, JobState, JobUnit, by_deadline
from .model import Decision, Snapshot
from .times import DAY_S

KEPT_S = 7 * DAY_S
"""How long what has ended can still be seen."""

KEPT_ENDED = 100
"""How many of these at most, the latest first."""

ENOUGH = 1e-9
"""A share of a job that nobody misses: sums of many small steps are not exact."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """What one worker did in a while; `units` are None where it does not count."""

    run_s: float
    energy_wh: float
    cost: float
    units: float | None = None


def progressed(
    book: JobBook,
    snapshot: Snapshot,
    decision: Decision,
    before: Ledger,
    after: Ledger,
) -> tuple[JobBook, tuple[Job, ...]]:
    """Return the book after one more decision, and the jobs that ended with it.

    `before` and `after` are the ledger around the time that has passed.
    """
    counted = {
        item.key: item.finished
        for item in snapshot.workers
        if item.finished is not None
    }
    credited: dict[str, Job] = {}
    for decided in decision.workers:
        jobs = book.open_jobs(decided.key)
        if jobs:
            work = _work(
                less(after.worker(decided.key), before.worker(decided.key)),
                book.counted.get(decided.key),
                counted.get(decided.key),
            )
            first = (decided.job,) if decided.job is not None else ()
            credited |= _credited(jobs, work, first)
    jobs_now, ended = [], []
    for job in book.jobs:
        now = _judged(credited.get(job.key, job), snapshot.clock_s)
        jobs_now.append(now)
        if job.is_open and not now.is_open:
            ended.append(now)
    return (
        JobBook(
            jobs=_kept(jobs_now, snapshot.clock_s),
            counted={**book.counted, **counted},
        ),
        tuple(ended),
    )


def _work(account: WorkerAccount, before: float | None, now: float | None) -> Work:
    units = None
    if now is not None:
        # Who empties a folder of finished work takes nothing back.
        units = 0.0 if before is None else max(0.0, now - before)
    return Work(
        run_s=account.run_s,
        energy_wh=account.energy_wh,
        cost=account.cost,
        units=units,
    )


def _credited(
    jobs: tuple[Job, ...], work: Work, first: tuple[str, ...]
) -> Mapping[str, Job]:
    """Give the work to the job that it was done for, and what is over to the next."""
    ordered = sorted(jobs, key=lambda job: (job.key not in first, by_deadline(job)))
    changed: dict[str, Job] = {}
    share = 1.0
    for job in ordered:
        done = _done(job, work) * share
        if done > job.left > 0:
            used = share * job.left / done
        else:
            used = share
        changed[job.key] = replace(
            job,
            done=min(job.amount, job.done + done),
            run_s=job.run_s + work.run_s * used,
            energy_wh=job.energy_wh + work.energy_wh * used,
            cost=job.cost + work.cost * used,
        )
        share -= used
        if share <= 0:
            break
    return changed


def _done(job: Job, work: Work) -> float:
    if job.unit is JobUnit.HOURS:
        return work.run_s / 3600
    if job.unit is JobUnit.KWH:
        return work.energy_wh / 1000
    return work.units or 0.0


def _judged(job: Job, clock_s: float) -> Job:
    """Return a job that has ended if it has."""
    if not job.is_open:
        return job
    if job.left <= ENOUGH * job.amount:
        return replace(job, state=JobState.DONE, done=job.amount, ended_s=clock_s)
    if clock_s >= job.ready_by_s:
        return replace(job, state=JobState.MISSED, ended_s=clock_s)
    return job


def _kept(jobs: Iterable[Job], clock_s: float) -> tuple[Job, ...]:
    """Forget what ended long ago, and the oldest of too many."""
    jobs = tuple(jobs)
    recent = sorted(
        (
            job
            for job in jobs
            if not job.is_open and clock_s - (job.ended_s or 0.0) < KEPT_S
        ),
        key=lambda job: -(job.ended_s or 0.0),
    )
    keys = {job.key for job in recent[:KEPT_ENDED]}
    return tuple(job for job in jobs if job.is_open or job.key in keys)
