"""Circuits that workers share with other loads, each perhaps inside another.

A worker obeys every circuit that lists it. Fails safe: without a reading of its
meter a circuit's budget is nought, and no reading makes room for more than the
circuit carries. Software never replaces the breaker. Standard library and the core
only; never raises a level.
"""

from collections.abc import Iterator

from ..guard_spec import CircuitGuard
from ..model import ReasonCode
from .budget import Budget, BudgetContext, budget, unknown, unmetered_w, with_meter


def circuits(context: BudgetContext) -> Iterator[Budget]:
    """Share out what each circuit leaves to the workers on it."""
    for guard in context.spec.guards.circuits:
        yield _circuit(context, guard)


def _circuit(context: BudgetContext, guard: CircuitGuard) -> Budget:
    members = context.members(guard)
    limit_w = guard.limit_w * guard.share
    if guard.metered:
        given = context.given(guard)
        hold_s = context.spec.policy.power_hold_s
        power_w = context.value(given, "power_w", hold_s=hold_s)
        if power_w is None:
            return unknown(context, guard.key, members, "power_w")
        measured_s = given.readings["power_w"].measured_s
        raise_w, keep_w = with_meter(context, members, limit_w, power_w, measured_s)
    else:
        rising_w, staying_w = unmetered_w(context, members)
        raise_w = limit_w - guard.other_w - rising_w
        keep_w = limit_w - guard.other_w - staying_w
    return budget(
        ReasonCode.CIRCUIT_LIMIT,
        guard.key,
        members,
        members,
        raise_w=min(raise_w, limit_w),
        keep_w=min(keep_w, limit_w),
        limit_w=limit_w,
    )
