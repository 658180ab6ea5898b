"""What every configured guard finds, once per decision, and what it remembers.

A guard that watches something trips at once, ends its trip with hysteresis, and, if
it latches, stays tripped until it is re-armed while all is well. One that shares
power out is tripped while it holds a worker back, or cannot know how much there is.
Standard library and the core only; never decides a level.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from ..guard_spec import (
    ClimateGuard,
    ConditionGuard,
    GuardSpec,
    MaximumGuard,
    QuietGuard,
)
from ..memory import GuardMemory
from ..model import GuardInput, GuardState, Reason, ReasonCode, Snapshot
from ..observe import View
from ..spec import SiteSpec
from . import climate, condition, maximum, quiet
from .base import Look, holds_for
from .budget import Budget


@dataclass(frozen=True, slots=True, kw_only=True)
class GuardStates:
    """The state of every guard, in the spec's order, and what to remember of it."""

    states: Mapping[str, GuardState]
    memories: Mapping[str, GuardMemory]


def assess(
    spec: SiteSpec,
    snapshot: Snapshot,
    view: View,
    memories: Mapping[str, GuardMemory],
) -> GuardStates:
    """Return what every guard finds; those that share power out find nothing yet."""
    states: dict[str, GuardState] = {}
    after: dict[str, GuardMemory] = {}
    for guard in spec.guards:
        given = _given(snapshot, guard)
        memory = _fitted(memories.get(guard.key, GuardMemory()), snapshot.clock_s)
        look = Look(
            given=given,
            clock_s=snapshot.clock_s,
            local=snapshot.local,
            hold_s=spec.policy.power_hold_s,
            tripped_for=memory.reason if memory.tripped else None,
        )
        states[guard.key], after[guard.key] = _next(
            guard,
            _found(spec, snapshot, guard, look),
            memory,
            rearmed_s=given.rearmed_s,
            clock_s=snapshot.clock_s,
            starting_up=view.starting_up,
        )
    return GuardStates(states=states, memories=after)


def with_budgets(
    found: GuardStates,
    budgets: Iterable[Budget],
    holding: frozenset[str],
    memories: Mapping[str, GuardMemory],
    clock_s: float,
) -> GuardStates:
    """Return the states with those of the guards that share power out.

    `holding` are the keys of the guards that keep a worker below what it would
    get.
    """
    states, after = dict(found.states), dict(found.memories)
    for budget in budgets:
        key = budget.guard
        if key is None or key not in states:
            continue
        waiting = budget.reason.code is ReasonCode.STARTING_UP
        unknown = budget.reason.code is ReasonCode.INPUT_MISSING
        if unknown or (key in holding and not waiting):
            memory = _fitted(memories.get(key, GuardMemory()), clock_s)
            states[key], after[key] = _tripped(key, budget.reason, memory, clock_s)
    return GuardStates(states=states, memories=after)


def _given(snapshot: Snapshot, guard: GuardSpec) -> GuardInput:
    return next(
        (item for item in snapshot.guards if item.key == guard.key),
        GuardInput(key=guard.key),
    )


def _fitted(memory: GuardMemory, clock_s: float) -> GuardMemory:
    """Take times that are to come, or are none, for now."""
    since_s, bad_s = memory.since_s, memory.bad_s
    if memory.tripped and not (since_s is not None and since_s <= clock_s):
        since_s = clock_s
    if memory.latched and not (bad_s is not None and bad_s <= clock_s):
        bad_s = clock_s
    return GuardMemory(
        tripped=memory.tripped,
        latched=memory.latched,
        since_s=since_s,
        bad_s=bad_s,
        reason=memory.reason,
    )


def _found(
    spec: SiteSpec, snapshot: Snapshot, guard: GuardSpec, look: Look
) -> Reason | None:
    match guard:
        case ConditionGuard():
            return condition.assess(guard, look)
        case ClimateGuard():
            return climate.assess(guard, look)
        case QuietGuard():
            return quiet.assess(guard, look)
        case MaximumGuard():
            members = {
                worker.key for worker in spec.workers if holds_for(guard, worker)
            }
            reasons = (
                maximum.reached(guard, observed)
                for observed in snapshot.workers
                if observed.key in members
            )
            return next((reason for reason in reasons if reason is not None), None)
        case _:
            return None


def _next(
    guard: GuardSpec,
    reason: Reason | None,
    memory: GuardMemory,
    *,
    rearmed_s: float | None,
    clock_s: float,
    starting_up: bool,
) -> tuple[GuardState, GuardMemory]:
    latching = isinstance(guard, ConditionGuard | ClimateGuard) and guard.latching
    if reason is not None:
        unknown = reason.code is ReasonCode.INPUT_MISSING
        if unknown and starting_up:
            return _late(guard.key, memory)
        if unknown and not memory.latched:
            latching = False
        return _tripped(guard.key, reason, memory, clock_s, latching=latching)
    if not (latching and memory.latched) or _is_rearmed(memory, rearmed_s, clock_s):
        return GuardState(key=guard.key), GuardMemory()
    cause = memory.reason and memory.reason.value
    waiting = Reason(ReasonCode.GUARD_LATCHED, {"guard": guard.key, "cause": cause})
    return (
        GuardState(
            key=guard.key,
            tripped=True,
            latched=True,
            reason=waiting,
            since_s=memory.since_s,
        ),
        memory,
    )


def _late(key: str, memory: GuardMemory) -> tuple[GuardState, GuardMemory]:
    """Leave a guard as it was while its entity may be late after a start."""
    if not memory.tripped:
        return GuardState(
            key=key, reason=Reason(ReasonCode.STARTING_UP, {"guard": key})
        ), memory
    code = memory.reason or ReasonCode.INPUT_MISSING
    return GuardState(
        key=key,
        tripped=True,
        reason=Reason(code, {"guard": key}),
        since_s=memory.since_s,
    ), memory


def _tripped(
    key: str,
    reason: Reason,
    memory: GuardMemory,
    clock_s: float,
    *,
    latching: bool = False,
) -> tuple[GuardState, GuardMemory]:
    """Trip, or stay tripped; what it tripped for outlasts a silent sensor."""
    code = reason.code
    if code is ReasonCode.INPUT_MISSING and memory.tripped:
        code = memory.reason or code
    since_s = memory.since_s if memory.tripped else clock_s
    return (
        GuardState(key=key, tripped=True, reason=reason, since_s=since_s),
        GuardMemory(
            tripped=True,
            latched=latching,
            since_s=since_s,
            bad_s=clock_s,
            reason=code,
        ),
    )


def _is_rearmed(memory: GuardMemory, rearmed_s: float | None, clock_s: float) -> bool:
    """Tell whether a person re-armed it since it was last seen tripped by its input."""
    return (
        rearmed_s is not None
        and memory.bad_s is not None
        and memory.bad_s < rearmed_s <= clock_s
    )
