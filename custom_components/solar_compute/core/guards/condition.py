"""An entity that must be on, or must be off: doors, smoke, a tunnel, a holiday.

Fails safe: an entity that says nothing trips it; it does not latch it, or a
battery change would ask for a person. It knows what the entity says, and no
more. Standard library and the core only; never raises a level.
"""

from ..guard_spec import ConditionGuard, ConditionUse
from ..model import Reason, ReasonCode
from .base import Cap, GuardContext, Look, cap_by_state, strictest

REASONS = {
    ConditionUse.TAMPER: ReasonCode.TAMPER,
    ConditionUse.ALARM: ReasonCode.ALARM,
    ConditionUse.ISOLATION: ReasonCode.NOT_ISOLATED,
    ConditionUse.INTERNET: ReasonCode.NO_INTERNET,
    ConditionUse.TRANSFER: ReasonCode.METERED_TRANSFER,
    ConditionUse.AWAY: ReasonCode.AWAY,
    ConditionUse.OTHER: ReasonCode.CONDITION,
}


def assess(guard: ConditionGuard, look: Look) -> Reason | None:
    """Return what is wrong; None while the entity is as it must be."""
    state = look.value("state")
    if state is None:
        return look.missing("state")
    if (state > 0.5) == guard.must_be_on:
        return None
    return look.reason(REASONS[guard.use])


def conditions_met(context: GuardContext) -> Cap | None:
    """Pause what a condition holds for while that is not met."""
    if not context.site.guards.conditions:
        return None
    caps = (
        cap_by_state(context, guard, safety=guard.safety)
        for guard in context.site.guards.conditions
    )
    return strictest(cap for cap in caps if cap is not None)
