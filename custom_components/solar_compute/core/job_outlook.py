"""How jobs with a deadline stand: will they be ready, and at what price?

A job takes the cheapest hours that are left until its deadline, as many as it needs.
The dearest of these is its price: whenever power costs no more, this is one of its
hours. While there is time to spare the price is low; as slack shrinks, dearer hours
are needed and it rises; when only just enough time is left it is whatever it costs,
within the job's own limits. Where there is a plan, its marginal price takes the place
of this estimate. Of several jobs of a worker the one with the earliest deadline comes
first, and each deadline has to hold what those before it need, too.

Pure functions; standard library only. Guards are not here, and always win.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from .job import Job, JobOutlook, JobUnit, JobVerdict, by_deadline
from .job_hours import Chosen, Slot, cheapest, slots_until
from .outlook import Outlook
from .plan import PlannedJob
from .spec import POSITIVE, SiteSpec, WorkerSpec

SPARE_S = 900.0
SPARE_SHARE = 0.1
"""A job is urgent while so much of its need, and `SPARE_S`, is still left over: a
worker draws less than its levels say, a start takes time, a fuse may be full."""

EARLIER = 0.01
"""Of hours at about the same price the first is taken: the mean of other days is not
exact, and waiting gains nothing."""

TIE = 1e-6
"""A price that is just met is met."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerJobs:
    """The open jobs of one worker by deadline, how each stands, and what they offer.

    At or below `price_per_kwh` it is right to run now, for `decisive`; None: whatever
    it costs. `planned`: that is the plan's, to which the worth of heat now is added.
    """

    jobs: tuple[Job, ...]
    outlooks: tuple[JobOutlook, ...]
    decisive: Job
    verdict: JobVerdict
    price_per_kwh: float | None
    planned: bool = False

    @property
    def by_hour(self) -> bool:
        """Whether an hour counts the same at any level."""
        return self.decisive.unit is JobUnit.HOURS

    def covers(self, per_kwh: float) -> bool:
        """Tell whether power at that price may be used for the decisive job."""
        return self.price_per_kwh is None or per_kwh <= self.price_per_kwh + TIE


def left_s(job: Job, worker: WorkerSpec, drawn_w: float | None = None) -> float | None:
    """Return for how long the worker has to run for what is left of a job, in s.

    At full power, or at `drawn_w` where it is seen to draw less; below half of what it
    should, something else is wrong. Units take as long as those did that are done; before
    the first, as long as the worker was seen to need for one; None where that is not
    known either. One that was finished while nobody watched tells nothing.
    """
    if job.unit is JobUnit.HOURS:
        return job.left * 3600
    if job.unit is JobUnit.UNITS and job.done > 0 and job.run_s > 0:
        return job.left * job.run_s / job.done
    energy_wh = left_wh(job, worker)[-1]
    if energy_wh is None:
        return None
    full_w = worker.levels_w[-1]
    if drawn_w is not None:
        full_w = max(full_w / 2, min(full_w, drawn_w))
    return energy_wh * 3600 / max(full_w, POSITIVE)


def left_wh(job: Job, worker: WorkerSpec) -> tuple[float | None, ...]:
    """Return what is left of a job in Wh, for each of the worker's levels.

    Hours take what their level draws, energy the same at any level. Units take what
    those did that are done, before the first what the worker was seen to need; None
    while it is not known how much a unit takes.
    """
    if job.unit is JobUnit.HOURS:
        return tuple(job.left * power_w for power_w in worker.levels_w)
    energy = job.left * 1000 if job.unit is JobUnit.KWH else None
    if job.unit is JobUnit.UNITS and job.done > 0 and job.energy_wh > 0:
        energy = job.left * job.energy_wh / job.done
    elif job.unit is JobUnit.UNITS and worker.units_per_kwh:
        return tuple(job.left * 1000 / per_kwh for per_kwh in worker.units_per_kwh)
    return (energy,) * len(worker.levels_w)


def worker_jobs(
    spec: SiteSpec,
    worker: WorkerSpec,
    jobs: Iterable[Job],
    outlook: Outlook,
    *,
    clock_s: float,
    local: datetime,
    drawn_w: float | None = None,
    planned: Mapping[str, PlannedJob] | None = None,
) -> WorkerJobs | None:
    """Return how the open jobs of a worker stand; None where it has none.

    `drawn_w` is what it really draws at full power, where that is known.
    """
    ordered = tuple(sorted(jobs, key=by_deadline))
    if not ordered:
        return None
    outlooks: list[JobOutlook] = []
    hours: dict[float, tuple[Slot, ...]] = {}
    before_s = 0.0
    for job in ordered:
        priced_w = worker.levels_w[0 if job.unit is JobUnit.HOURS else -1]
        if priced_w not in hours:
            hours[priced_w] = slots_until(
                spec,
                worker,
                outlook,
                local=local,
                end_s=ordered[-1].ready_by_s - clock_s,
                power_w=priced_w,
            )
        need_s = left_s(job, worker, drawn_w)
        found = _outlook(
            job, worker, hours[priced_w], clock_s, before_s=before_s, need_s=need_s
        )
        outlooks.append(_as_planned(job, found, (planned or {}).get(job.key)))
        before_s += (need_s or 0.0) * _share_run(job, outlooks[-1])
    by_price = list(zip(ordered, outlooks, strict=True))
    decisive, chosen = max(by_price, key=lambda pair: _rank(pair[1].price_per_kwh))
    return WorkerJobs(
        jobs=ordered,
        outlooks=tuple(outlooks),
        decisive=decisive,
        verdict=chosen.verdict,
        price_per_kwh=chosen.price_per_kwh,
        planned=chosen.planned,
    )


def _rank(price_per_kwh: float | None) -> float:
    return float("inf") if price_per_kwh is None else price_per_kwh


def _share_run(job: Job, outlook: JobOutlook) -> float:
    """Return which part of what is left of a job will be run.

    None of it where its value would not be earned.
    """
    failing = outlook.verdict in (JobVerdict.TOO_LATE, JobVerdict.TOO_DEAR)
    if failing and job.value is not None:
        return 0.0
    return 1.0 - outlook.short / job.left if job.left > 0 else 0.0


def _outlook(
    job: Job,
    worker: WorkerSpec,
    slots: tuple[Slot, ...],
    clock_s: float,
    *,
    before_s: float,
    need_s: float | None,
) -> JobOutlook:
    """Return how one job stands, when those before it need `before_s` as well."""
    by_hour = job.unit is JobUnit.HOURS
    within = [
        replace(slot, pace=1.0) if by_hour and 0 < slot.pace < 1 else slot
        for slot in (
            slot.until(job.ready_by_s - clock_s)
            for slot in slots
            if slot.start_s < job.ready_by_s - clock_s
        )
    ]
    limit = job.maximum_per_kwh
    usable = [
        slot for slot in within if limit is None or slot.price_per_kwh <= limit + TIE
    ]
    total_s = before_s + (need_s or 0.0)
    chosen = cheapest(usable, total_s)
    energy_wh = left_wh(job, worker)[0 if by_hour else -1]
    # What is too dear costs what it would take without the limit.
    per_kwh = (
        cheapest(within, total_s) if chosen.short_s > TIE else chosen
    ).mean_per_kwh
    cost = None
    if energy_wh is not None and per_kwh is not None:
        cost = per_kwh * energy_wh / 1000
    spare_s = sum(slot.full_s for slot in within) - total_s
    verdict = _verdict(
        job,
        chosen,
        cost=cost,
        need_s=need_s,
        spare_s=spare_s,
        min_pause_s=worker.min_pause_s,
    )
    short_s = max(chosen.short_s, -spare_s, 0.0)
    return JobOutlook(
        key=job.key,
        worker=job.worker,
        verdict=verdict,
        left_s=need_s,
        left_wh=energy_wh,
        price_per_kwh=_price(job, verdict, chosen, energy_wh),
        cost=cost,
        short=job.left * min(1.0, short_s / need_s) if need_s else 0.0,
    )


def _verdict(
    job: Job,
    chosen: Chosen,
    *,
    cost: float | None,
    need_s: float | None,
    spare_s: float,
    min_pause_s: float,
) -> JobVerdict:
    if spare_s < -TIE:
        return JobVerdict.TOO_LATE
    if chosen.short_s > TIE:
        return JobVerdict.TOO_DEAR
    if job.value is not None and cost is not None and cost > job.value:
        return JobVerdict.TOO_DEAR
    if need_s is None:
        # Until one unit is done nobody knows how many fit in.
        return JobVerdict.URGENT
    if spare_s <= SPARE_S + min_pause_s + SPARE_SHARE * need_s:
        return JobVerdict.URGENT
    return JobVerdict.IN_TIME


def _price(
    job: Job, verdict: JobVerdict, chosen: Chosen, energy_wh: float | None
) -> float | None:
    """Return up to what price it is right to run for a job now; None: any."""
    if verdict is JobVerdict.IN_TIME:
        dearest = chosen.dearest_per_kwh
        sooner = dearest + EARLIER * abs(dearest)
        return (
            sooner if job.maximum_per_kwh is None else min(sooner, job.maximum_per_kwh)
        )
    if job.value is None:
        return job.maximum_per_kwh
    if verdict is not JobVerdict.URGENT:
        # What cannot be had in whole is worth nothing; what costs nothing may be tried.
        return 0.0
    if not energy_wh:
        return job.maximum_per_kwh
    repaid = max(job.value / energy_wh * 1000, chosen.dearest_per_kwh)
    return repaid if job.maximum_per_kwh is None else min(repaid, job.maximum_per_kwh)


def _as_planned(job: Job, found: JobOutlook, planned: PlannedJob | None) -> JobOutlook:
    """Return what the plan says, but where time presses more than it knew."""
    if planned is None or found.verdict in (JobVerdict.URGENT, JobVerdict.TOO_LATE):
        return found
    price = planned.price_per_kwh
    if job.maximum_per_kwh is not None:
        price = min(price, job.maximum_per_kwh)
    if planned.feasible:
        return replace(
            found,
            verdict=JobVerdict.IN_TIME,
            price_per_kwh=price,
            short=0.0,
            planned=True,
        )
    bounded = job.value is not None or job.maximum_per_kwh is not None
    return replace(
        found,
        verdict=JobVerdict.TOO_DEAR if bounded else JobVerdict.TOO_LATE,
        price_per_kwh=0.0 if job.value is not None else job.maximum_per_kwh,
        short=planned.short,
        planned=True,
    )
