"""What each worker may use in one local day.

Counts what was accounted so far, so a day is overshot by no more than one tick.
Standard library and the core only; never raises a level.
"""

from ..guard_spec import MaximumGuard
from ..model import Reason, ReasonCode, WorkerInput
from .base import Cap, GuardContext, holds_for, strictest


def reached(guard: MaximumGuard, observed: WorkerInput) -> Reason | None:
    """Return which maximum of the day a worker has reached; None: none."""
    for code, limit, used in (
        (ReasonCode.DAILY_ENERGY, guard.energy_wh, observed.energy_today_wh),
        (ReasonCode.DAILY_COST, guard.cost, observed.cost_today),
        (ReasonCode.DAILY_RUN_TIME, guard.run_s, observed.run_today_s),
    ):
        # What is no number must not count as little.
        if limit is not None and not used < limit:
            return Reason(code, {"guard": guard.key, "used": used, "limit": limit})
    return None


def day_left(context: GuardContext) -> Cap | None:
    """Pause what has used up what it may use today."""
    if not context.site.guards.maxima:
        return None
    reasons = (
        reached(guard, context.observed)
        for guard in context.site.guards.maxima
        if holds_for(guard, context.worker)
    )
    return strictest(Cap(0, reason) for reason in reasons if reason is not None)
