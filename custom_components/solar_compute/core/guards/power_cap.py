"""A cap in W that somebody else sets, such as a grid operator (§ 14a EnWG).

A cap holds as long as its entity says it: it does not age. Fails safe: an unknown
cap is nought, and an unknown signal holds. Standard library and the core only.
"""

from collections.abc import Iterator
from math import inf

from ..guard_spec import CapOf, PowerCapGuard
from ..model import Reason, ReasonCode
from .budget import Budget, BudgetContext, budget, unknown, unmetered_w, with_meter


def power_caps(context: BudgetContext) -> Iterator[Budget]:
    """Share out what each cap leaves to the workers under it."""
    for guard in context.spec.guards.caps:
        found = _cap(context, guard)
        if found is not None:
            yield found


def _cap(context: BudgetContext, guard: PowerCapGuard) -> Budget | None:
    given, members = context.given(guard), context.members(guard)
    name = "state" if guard.cap_w is not None else "cap_w"
    said = context.value(given, name, hold_s=inf)
    if said is None and (guard.cap_w is None or context.view.starting_up):
        return unknown(context, guard.key, members, name)
    if guard.cap_w is not None and said is not None and said <= 0.5:
        return None
    limit_w = guard.cap_w if guard.cap_w is not None else said or 0.0
    if guard.of is CapOf.GRID:
        if context.view.grid_w is None:
            return unknown(context, guard.key, members, "grid")
        raise_w, keep_w = with_meter(
            context,
            members,
            limit_w,
            context.view.grid_w,
            context.snapshot.grid_w.measured_s,
        )
    else:
        rising_w, staying_w = unmetered_w(context, members)
        raise_w, keep_w = limit_w - rising_w, limit_w - staying_w
    found = budget(
        ReasonCode.POWER_CAP,
        guard.key,
        members,
        members,
        raise_w=raise_w,
        keep_w=keep_w,
        cap_w=limit_w,
    )
    if said is not None:
        return found
    return found.because(
        Reason(ReasonCode.INPUT_MISSING, {"guard": guard.key, "input": name})
    )
