"""Whether a worker can be told anything, and has anything to do.

Standard library and the core only; never computes worth, never raises a level.
"""

from ..model import Reason, ReasonCode, WorkerState
from .base import Cap, GuardContext


def worker_reachable(context: GuardContext) -> Cap | None:
    """Tell no worker to run that does not answer, or that would not do it."""
    if context.observed.held_by_other:
        return Cap(0, Reason(ReasonCode.HELD_BY_OTHER))
    state = context.observed.state
    if state is WorkerState.UNKNOWN and context.view.starting_up:
        return Cap(context.current, Reason(ReasonCode.STARTING_UP))
    if state in (WorkerState.LOST, WorkerState.UNKNOWN):
        return Cap(0, Reason(ReasonCode.WORKER_LOST))
    if context.observed.protected:
        return Cap(0, Reason(ReasonCode.OWN_LIMIT))
    return None


def has_work(context: GuardContext) -> Cap | None:
    """Start nothing for its worth that has nothing to do."""
    if context.by_worth and not context.observed.has_work:
        return Cap(0, Reason(ReasonCode.NO_WORK))
    return None
