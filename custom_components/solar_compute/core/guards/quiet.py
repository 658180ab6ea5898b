"""Quiet hours: workers keep to a level that is quiet enough.

By the clock or by an entity; one that says nothing counts as quiet. The sound is
what the user stated of each level, never measured. Standard library and the core
only; never raises a level.
"""

from collections.abc import Iterator
from itertools import takewhile

from ..guard_spec import QuietGuard
from ..model import Reason, ReasonCode
from ..spec import WorkerSpec
from .base import Cap, GuardContext, Look, cap_by_state, strictest


def assess(guard: QuietGuard, look: Look) -> Reason | None:
    """Return why it is quiet time now; None while it is not."""
    minute = look.local.hour * 60 + look.local.minute
    if any(window.contains(minute) for window in guard.windows):
        return look.reason(ReasonCode.QUIET_HOURS)
    if not guard.followed:
        return None
    state = look.value("state")
    if state is None:
        return look.missing("state")
    return look.reason(ReasonCode.QUIET_HOURS) if state > 0.5 else None


def quiet_hours(context: GuardContext) -> Cap | None:
    """Cap a worker in its own quiet hours, and while a guard says so."""
    if not (context.worker.quiet_hours or context.site.guards.quiet):
        return None
    return strictest(_caps(context))


def _caps(context: GuardContext) -> Iterator[Cap]:
    local, worker = context.snapshot.local, context.worker
    minute = local.hour * 60 + local.minute
    if any(window.contains(minute) for window in worker.quiet_hours):
        level = _clamped(worker, worker.quiet_level)
        yield Cap(level, Reason(ReasonCode.QUIET_HOURS))
    for guard in context.site.guards.quiet:
        cap = cap_by_state(context, guard, level=quiet_level(guard, worker))
        if cap is not None:
            yield cap


def quiet_level(guard: QuietGuard, worker: WorkerSpec) -> int:
    """Return the highest level up to which a worker is quiet enough."""
    if guard.maximum_db is None or not worker.noise_db:
        return _clamped(worker, guard.level)
    maximum_db = guard.maximum_db
    quiet = list(takewhile(lambda noise_db: noise_db <= maximum_db, worker.noise_db))
    return _clamped(worker, len(quiet))


def _clamped(worker: WorkerSpec, level: int) -> int:
    return max(0, min(level, len(worker.levels_w)))
