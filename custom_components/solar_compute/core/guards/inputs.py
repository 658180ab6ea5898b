"""Whether the inputs that a decision needs can be believed.

Standard library and the core only; never computes worth, never raises a level.
"""

from ..model import Reason, ReasonCode
from .base import Cap, GuardContext


def inputs_known(context: GuardContext) -> Cap | None:
    """Pause what needs an input while that is unknown.

    Worth needs the meters; the import limit needs the grid meter, whoever
    decides; heat into a tank or a room needs its temperature. While the
    integration is starting up, sensors may be late: nothing is raised, and what
    runs goes on.
    """
    missing = [
        name
        for name in context.view.missing
        if context.view.needs(context.worker, name)
    ]
    if not context.by_worth:
        needed = {f"{kind}:{context.worker.sink}" for kind in ("tank", "room")}
        if context.site.import_limit_w is not None:
            needed.add("grid")
        missing = [name for name in missing if name in needed]
    if not missing:
        return None
    if context.view.starting_up:
        return Cap(context.current, Reason(ReasonCode.STARTING_UP))
    return Cap(0, Reason(ReasonCode.INPUT_MISSING, {"input": missing[0]}))


def starting_up(context: GuardContext) -> Cap | None:
    """Raise nothing just after a start: reconcile first, then decide."""
    if context.view.starting_up and context.by_worth:
        return Cap(context.current, Reason(ReasonCode.STARTING_UP))
    return None
