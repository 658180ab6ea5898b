"""What happens to a worker, as news: what changed from one look at it to the next.

Pure functions of frozen values; must never decide anything, nor wait.
"""

from dataclasses import dataclass, replace
from enum import StrEnum

from .core.model import WorkerState
from .core.times import DAY_S
from .facts import WorkerFacts

MOVED_S = 900.0
"""A planned start that moves by less is the same plan: it is made this often anew."""

COMPUTING = (WorkerState.RUNNING, WorkerState.DRAINING)
SILENT = (WorkerState.UNKNOWN, WorkerState.LOST)


class Activity(StrEnum):
    """What may happen to a worker."""

    STARTED = "started"
    PAUSED = "paused"
    LOST = "lost"
    """It does not answer any more."""
    FOUND = "found"
    """It answers again."""
    WORK_DONE = "work_done"
    """It has finished all that it had to do."""
    PLAN_CHANGED = "plan_changed"
    """Its next start by the plan came, went or moved."""
    JOB_DONE = "job_done"
    JOB_MISSED = "job_missed"
    JOB_AT_RISK = "job_at_risk"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """What news of a worker is made from: its state, its work and its next start.

    `planned` tells whether there is a plan at all; `next_start_s` is in Unix seconds.
    """

    state: WorkerState
    has_work: bool
    planned: bool
    next_start_s: float | None


def runs(worker: WorkerFacts) -> bool | None:
    """Tell whether a worker computes, None if it does not say.

    Only what the worker itself says counts as running.
    """
    if worker.view is None or worker.view.state in SILENT:
        return None
    return worker.view.state in COMPUTING


def sight(worker: WorkerFacts) -> Sight:
    """Return what there is to see of a worker now."""
    view, plan, now_s = worker.view, worker.site.plan, worker.site.now_s
    return Sight(
        state=WorkerState.UNKNOWN if view is None else view.state,
        has_work=view is None or view.has_work,
        planned=plan.plan is not None,
        next_start_s=plan.next_start_s(worker.config.key, now_s),
    )


def news(before: Sight, now: Sight, now_s: float) -> tuple[Activity, ...]:
    """Return what happened between two looks at a worker.

    What was silent so far only begins to be seen: that is no news, unless it was lost.
    """
    found: list[Activity] = []
    if now.state is WorkerState.LOST and before.state is not WorkerState.LOST:
        found.append(Activity.LOST)
    elif now.state not in SILENT:
        if before.state is WorkerState.LOST:
            found.append(Activity.FOUND)
        elif before.state not in SILENT:
            found += _switched(before.state, now.state)
            if before.has_work and not now.has_work:
                found.append(Activity.WORK_DONE)
    if _replanned(before, now, now_s):
        found.append(Activity.PLAN_CHANGED)
    return tuple(found)


def compared_next(
    before: Sight | None, now: Sight, told: tuple[Activity, ...], now_s: float
) -> Sight:
    """Return what the next look is compared with: this one, and the start told of last.

    A start that moved by too little to be told stays where it was: else it would creep
    away in many small steps, and nobody would hear of it.
    """
    if before is None or Activity.PLAN_CHANGED in told:
        return now
    was_s = before.next_start_s
    if was_s is None or now.next_start_s is None or was_s <= now_s:
        return now
    return replace(now, next_start_s=was_s)


def _switched(before: WorkerState, now: WorkerState) -> list[Activity]:
    """Return a start or a pause; one that only began to start has not run."""
    ran, runs = before in COMPUTING, now in COMPUTING
    if runs and not ran:
        return [Activity.STARTED]
    if ran and now is WorkerState.PAUSED:
        return [Activity.PAUSED]
    return []


def _replanned(before: Sight, now: Sight, now_s: float) -> bool:
    """Tell whether its next start within a day is another than was planned.

    A start whose time has come is no change, and neither is a plan's first hour.
    """
    if not (before.planned and now.planned):
        return False
    was_s, is_s = before.next_start_s, now.next_start_s
    if was_s is not None and was_s <= now_s:
        return False
    starts_s = [start_s for start_s in (was_s, is_s) if start_s is not None]
    if not starts_s or min(starts_s) - now_s > DAY_S:
        return False
    return len(starts_s) == 1 or abs(starts_s[1] - starts_s[0]) >= MOVED_S
