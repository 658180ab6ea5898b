"""The home as a plan finds it: from what a decision was made of.

A plan counts in Unix time, a decision on a clock of its own; here they meet. Pure
functions; standard library only.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from math import inf
from typing import Final

from .advice import PROVEN
from .job import JobUnit
from .knowledge import Rule
from .managed import Managed, managed_workers
from .memory import Memory
from .model import (
    Decision,
    ReasonCode,
    RoomInput,
    Snapshot,
    TankInput,
    WorkerDecision,
    WorkerState,
)
from .observe import observe
from .plan import Held, PlanStart, WorkerStart
from .purse import is_spent
from .sinks import room_target_c
from .spec import SiteSpec, WorkerSpec
from .times import day_ends_s
from .wishes import wish

GUARDED_S: Final = 3600.0
"""How long a guard probably holds on, of which nobody knows when it lets go: the plan is
made anew long before."""

UNABLE: Final = frozenset(
    {
        ReasonCode.GUARD_LATCHED,
        ReasonCode.HELD_BY_OTHER,
        ReasonCode.NO_WORK,
        ReasonCode.WORKER_LOST,
    }
)
"""Reasons that end when somebody does something, whatever else is asked of a worker."""

ASKED: Final = frozenset(
    {ReasonCode.AUTOMATION_OFF, ReasonCode.MODE_OFF, ReasonCode.OVERRIDE_PAUSE}
)
"""Reasons that are a person's wish to pause."""

FORESEEN: Final = frozenset(
    {
        ReasonCode.CIRCUIT_LIMIT,
        ReasonCode.DAILY_ENERGY,
        ReasonCode.DAILY_RUN_TIME,
        ReasonCode.IMPORT_LIMIT,
        ReasonCode.MAXIMUM_STARTS,
        ReasonCode.MINIMUM_PAUSE,
        ReasonCode.QUIET_HOURS,
        ReasonCode.SINK_FULL,
        ReasonCode.STARTING_UP,
    }
)
"""Reasons of which the plan itself knows when they end, or that end in a moment."""


def plan_start(
    spec: SiteSpec, snapshot: Snapshot, decision: Decision, memory: Memory
) -> PlanStart:
    """Return the home as it is now."""
    view = observe(spec, snapshot, memory)
    now_s = snapshot.local.timestamp()
    # To be added to a time on the snapshot's clock.
    offset_s = now_s - snapshot.clock_s
    inputs: tuple[TankInput | RoomInput, ...] = (*snapshot.tanks, *snapshot.rooms)
    return PlanStart(
        made_s=now_s,
        local=snapshot.local,
        stored_wh=view.stored_wh,
        temperatures_c={
            key: value_c
            for key, value_c in view.temperatures_c.items()
            if key not in _unheated(snapshot)
        },
        targets_c=_targets_c(spec, snapshot),
        backup_in_s={
            item.key: item.backup_in_s
            for item in inputs
            if item.backup_in_s is not None
        },
        workers={
            worker.spec.key: _worker(spec, worker, snapshot, decision, offset_s)
            for worker in managed_workers(spec, snapshot, memory.workers)
        },
        jobs=tuple(
            replace(
                job,
                submitted_s=job.submitted_s + offset_s,
                ready_by_s=job.ready_by_s + offset_s,
            )
            for job in snapshot.jobs
        ),
    )


def wishes(snapshot: Snapshot) -> object:
    """Return what people want of the hours to come, and what workers can do.

    To be compared: what is another wish is reason for another plan. A value that drifts
    by less than a cent is none.
    """
    workers = [
        (
            item.mode,
            item.override,
            item.has_work,
            item.state is WorkerState.LOST,
            None if item.value_per_kwh is None else round(item.value_per_kwh, 2),
        )
        for item in snapshot.workers
    ]
    jobs = [(job.key, job.amount, job.ready_by_s) for job in snapshot.jobs]
    return snapshot.automation, workers, jobs


def _unheated(snapshot: Snapshot) -> set[str]:
    """Return the rooms that nobody wants to be heated now."""
    return {room.key for room in snapshot.rooms if not room.heating or room.window_open}


def _targets_c(spec: SiteSpec, snapshot: Snapshot) -> Mapping[str, float]:
    rooms = {room.key: room for room in snapshot.rooms}
    return {
        room.key: room_target_c(room, rooms[room.key])
        for room in spec.rooms
        if room.key in rooms
    }


def _worker(
    spec: SiteSpec,
    worker: Managed,
    snapshot: Snapshot,
    decision: Decision,
    offset_s: float,
) -> WorkerStart:
    observed, remembered = worker.observed, worker.memory
    since_s = remembered.since_s
    today = snapshot.local.date().isoformat()
    return WorkerStart(
        level=worker.current,
        since_s=None if since_s is None else since_s + offset_s,
        value_per_kwh=observed.value_per_kwh,
        held=tuple(_held(spec, worker, snapshot, decision, offset_s)),
        asleep=observed.asleep,
        units_per_kwh=_units_per_kwh(worker.spec, snapshot),
        starts_today=remembered.starts if remembered.starts_day == today else 0,
        run_today_s=observed.run_today_s,
        energy_today_wh=observed.energy_today_wh,
    )


def _units_per_kwh(worker: WorkerSpec, snapshot: Snapshot) -> float | None:
    """Return what its jobs have shown that a kWh yields, else what the worker has.

    None before the first unit.
    """
    done = energy_wh = 0.0
    for job in snapshot.jobs:
        if job.worker == worker.key and job.unit is JobUnit.UNITS and job.done > 0:
            done += job.done
            energy_wh += job.energy_wh
    if energy_wh > 0:
        return done * 1000 / energy_wh
    return worker.units_per_kwh[-1] if worker.units_per_kwh else None


def _held(
    spec: SiteSpec,
    worker: Managed,
    snapshot: Snapshot,
    decision: Decision,
    offset_s: float,
) -> Iterator[Held]:
    """Yield what holds it at a level, one after the other, on the plan's clock."""
    decided = decision.worker(worker.spec.key)
    code = ReasonCode.WORKER_LOST if decided is None else decided.reason.code
    if decided is None or code in UNABLE:
        yield Held(level=0, until_s=inf, reason=code)
        return
    if decided.cap <= 0 and code not in FORESEEN | ASKED:
        guarded_s = snapshot.clock_s + GUARDED_S + offset_s
        if code is ReasonCode.DAILY_COST:
            guarded_s = day_ends_s(snapshot.local)
        yield Held(level=0, until_s=guarded_s, reason=code)
    if _rests(spec, worker, decided) and not _has_job(worker.spec, snapshot):
        yield Held(
            level=0,
            until_s=day_ends_s(snapshot.local),
            reason=ReasonCode.LOST_LATELY,
        )
    override = worker.observed.override
    if override is not None and snapshot.clock_s < override.until_s:
        asked = wish(worker, snapshot)
        if asked is not None:
            yield Held(
                level=asked.level,
                until_s=override.until_s + offset_s,
                reason=asked.reason.code,
            )
        worker = replace(worker, observed=replace(worker.observed, override=None))
    if (asked := wish(worker, snapshot)) is not None:
        yield Held(level=asked.level, until_s=inf, reason=asked.reason.code)


def _rests(spec: SiteSpec, worker: Managed, decided: WorkerDecision) -> bool:
    """Tell whether it lost so much, or will by any rule, that worth starts it no more.

    For today: what tomorrow brings, nobody knows.
    """
    if decided.reason.code is not ReasonCode.NOT_WORTH_IT or decided.level:
        return decided.reason.code is ReasonCode.LOST_LATELY
    rule = decided.reason.data.get("rule")
    return rule == Rule.OFF or is_spent(
        worker.memory.purse,
        worker.spec.start_cost,
        proven=rule in PROVEN,
        unseen=spec.export_limit_w is not None,
    )


def _has_job(worker: WorkerSpec, snapshot: Snapshot) -> bool:
    """Tell whether it has a deadline to meet, which a purse has no say in."""
    return any(job.worker == worker.key for job in snapshot.jobs)
