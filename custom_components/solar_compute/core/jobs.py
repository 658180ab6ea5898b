"""A deadline as a rising value: what jobs make it worth to run their worker now.

    run for a job when power costs at most what its dearest hour will cost

How high that is, `job_outlook` says. Running has a price already where results or heat
are worth something: a job only adds what is missing to its own price, so nothing is
counted twice.

Pure functions; standard library only. Guards are not here, and always win.
"""

from collections.abc import Iterable
from dataclasses import replace

from .advice import repaying
from .job import JobVerdict
from .job_outlook import TIE, WorkerJobs
from .model import Reason, ReasonCode, Tranche, Worth
from .spec import PolicySpec, WorkerSpec


def with_jobs(
    worths: tuple[Worth, ...],
    jobs: WorkerJobs | None,
    tranches: tuple[Tranche, ...],
    *,
    head_start: float = 0.0,
) -> tuple[Worth, ...]:
    """Return the worths of all levels with what jobs add to each, per hour.

    An hour of running counts the same at any level, so it is worth what the lowest
    needs. `head_start` is added where power costs no more than the job may pay.
    """
    if jobs is None or not worths:
        return worths
    rush = max(abs(part.price_per_kwh) for part in tranches) + TIE
    added = []
    for worth in worths:
        judged = worths[0] if jobs.by_hour else worth
        kw = judged.power_w / 1000
        own = judged.compute + judged.heat
        costs = judged.supply + judged.cooling
        if jobs.price_per_kwh is None:
            job = max(0.0, costs - own) + kw * rush + head_start
        else:
            target = max(own, _paid(jobs, judged, jobs.price_per_kwh))
            job = target - own + (head_start if costs <= target else 0.0)
        added.append(replace(worth, job=job))
    return tuple(added)


def _paid(jobs: WorkerJobs, worth: Worth, price_per_kwh: float) -> float:
    """Return what the decisive job pays for power per hour.

    A plan's price is for the results alone: heat that is worth something now comes on
    top, but never beyond the job's maximum.
    """
    kw, maximum = worth.power_w / 1000, jobs.decisive.maximum_per_kwh
    paid = kw * (price_per_kwh + TIE)
    if not jobs.planned:
        return paid
    paid += worth.heat
    return paid if maximum is None else min(paid, kw * (maximum + TIE))


def head_start(worker: WorkerSpec, policy: PolicySpec) -> float:
    """Return what a start for a job is worth beside its power, per hour.

    The job needs that start at one time or another, so it has not to be repaid: twice
    what the switching rule asks for lets a start follow within minutes of the mean.
    """
    return 2 * repaying(worker.start_cost, policy)


def is_sure(jobs: WorkerJobs | None, tranches: Iterable[Tranche]) -> bool:
    """Tell whether running now is right for a job, whatever sun and loads do next.

    Then a start need not wait for the mean of the last minutes.
    """
    return jobs is not None and all(
        jobs.covers(part.price_per_kwh) for part in tranches
    )


def worked_on(jobs: WorkerJobs | None, worth: Worth | None) -> str | None:
    """Return the key of the job that a running worker works on; None: it has none.

    That is the first by deadline of those that may pay for its power; where it runs for
    other reasons, the first of all.
    """
    if jobs is None:
        return None
    per_kwh = warms_per_kwh = 0.0
    if worth is not None and worth.power_w > 0:
        per_kwh = (worth.supply + worth.cooling) * 1000 / worth.power_w
        warms_per_kwh = worth.heat * 1000 / worth.power_w
    paying = (
        found.key
        for found in jobs.outlooks
        if found.price_per_kwh is None
        or per_kwh - warms_per_kwh * found.planned <= found.price_per_kwh + TIE
    )
    return next(paying, jobs.jobs[0].key)


def job_reason(
    reason: Reason, worth: Worth | None, jobs: WorkerJobs | None, clock_s: float
) -> Reason:
    """Return the reason where a job is what decided, or what the worker waits for."""
    if jobs is None or worth is None:
        return reason
    if reason.code is ReasonCode.WORTH_IT and worth.total - worth.job <= 0:
        code = ReasonCode.JOB_DEADLINE
    elif reason.code is not ReasonCode.NOT_WORTH_IT:
        return reason
    elif jobs.verdict in (JobVerdict.TOO_DEAR, JobVerdict.TOO_LATE):
        code = ReasonCode.JOB_NOT_WORTH_IT
    else:
        code = ReasonCode.JOB_WAITING
    job = jobs.decisive
    data: dict[str, float | str | None] = {
        "job": job.name,
        "left": job.left,
        "unit": job.unit.value,
        "ready_in_s": job.ready_by_s - clock_s,
        "price_per_kwh": jobs.price_per_kwh,
    }
    return Reason(code, {**reason.data, **data})
