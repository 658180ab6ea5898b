"""Power that several workers share: under a fuse, a cap, or a battery's reserve.

A budget is made anew at every decision from what meters say at this moment, with no
averaging: it reacts to the first reading that shows more. Where a meter cannot have
seen a change yet, the worse case counts. Workers are placed in order, each with what
those before it have left. Standard library and the core only; never raises a level.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from math import inf, isfinite

from ..guard_spec import GuardSpec
from ..managed import CONFIRM_S, Managed
from ..model import GuardInput, Reason, ReasonCode, Snapshot, WorkerState
from ..observe import View, usable
from ..spec import SiteSpec, WorkerSpec
from .base import Cap, holds_for


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """How much power workers may draw together.

    It limits `members`; what `counted` draw counts against it. `raise_w` is for
    more than now, with promised power taken as not drawn yet; `keep_w` for what
    runs, with it taken as drawn. `guard` is None for the site's own limit.
    """

    guard: str | None
    members: frozenset[str]
    counted: frozenset[str]
    reason: Reason
    raise_w: float
    keep_w: float

    def cap(
        self,
        worker: WorkerSpec,
        current: int,
        *,
        held_w: float,
        before_w: Mapping[str, float],
    ) -> Cap | None:
        """Return the highest level of a worker that comes after others.

        `held_w` is what it draws at its current level, `before_w` what each of
        the workers before it takes.
        """
        if worker.key not in self.members:
            return None
        base_w = sum(
            power_w for key, power_w in before_w.items() if key in self.counted
        )
        top = len(worker.levels_w)
        for level in range(top, 0, -1):
            budget_w = self.keep_w if level <= current else self.raise_w
            power_w = held_w if level == current else worker.most_w(level)
            if base_w + power_w <= budget_w:
                return None if level == top else Cap(level, self.reason)
        return Cap(0, self.reason)

    def because(self, reason: Reason) -> Budget:
        """Return the same budget for another reason."""
        return replace(self, reason=reason)


@dataclass(frozen=True, slots=True, kw_only=True)
class BudgetContext:
    """What budgets are made from. `balance_w` and `hidden_w` are the home's."""

    spec: SiteSpec
    snapshot: Snapshot
    view: View
    workers: tuple[Managed, ...]
    balance_w: float | None = None
    hidden_w: float = 0.0

    @property
    def everybody(self) -> frozenset[str]:
        """Return the keys of all workers."""
        return frozenset(worker.spec.key for worker in self.workers)

    def members(self, guard: GuardSpec) -> frozenset[str]:
        """Return the keys of the workers that a guard holds for."""
        return frozenset(
            worker.spec.key for worker in self.workers if holds_for(guard, worker.spec)
        )

    def given(self, guard: GuardSpec) -> GuardInput:
        """Return what a guard's entities say."""
        return next(
            (item for item in self.snapshot.guards if item.key == guard.key),
            GuardInput(key=guard.key),
        )

    def value(self, given: GuardInput, name: str, *, hold_s: float) -> float | None:
        """Return a power by the name of its reading; None while unbelievable."""
        limit_w = self.spec.maximum_w
        clock_s = self.snapshot.clock_s
        return usable(given.readings.get(name), clock_s, hold_s, -limit_w, limit_w)


type Budgets = Callable[[BudgetContext], Iterable[Budget]]


def budget(
    code: ReasonCode,
    guard: str | None,
    members: frozenset[str],
    counted: frozenset[str],
    *,
    raise_w: float,
    keep_w: float,
    **data: float | str | None,
) -> Budget:
    """Return a budget whose reason names its guard and its size."""
    named: dict[str, float | str | None] = {} if guard is None else {"guard": guard}
    if isfinite(keep_w):
        named["budget_w"] = keep_w
    return Budget(
        guard=guard,
        members=members,
        counted=counted,
        reason=Reason(code, named | data),
        raise_w=raise_w,
        keep_w=keep_w,
    )


def unknown(
    context: BudgetContext, guard: str | None, members: frozenset[str], name: str
) -> Budget:
    """Return a budget of nought, for an input is unknown.

    Just after a start it may be late: nothing is raised, and what runs goes on.
    """
    late = context.view.starting_up
    named: dict[str, float | str | None] = {} if guard is None else {"guard": guard}
    return Budget(
        guard=guard,
        members=members,
        counted=members,
        reason=Reason(ReasonCode.STARTING_UP, named)
        if late
        else Reason(ReasonCode.INPUT_MISSING, named | {"input": name}),
        raise_w=-inf,
        keep_w=inf if late else 0.0,
    )


def with_meter(
    context: BudgetContext,
    members: frozenset[str],
    limit_w: float,
    reading_w: float,
    measured_s: float,
) -> tuple[float, float]:
    """Return how much may be raised to, and kept, where a meter shows the total.

    What the meter shows beyond the members is others' load, and comes first.
    """
    low_w = high_w = 0.0
    for worker in context.workers:
        if worker.spec.key in members:
            least_w, most_w = in_reading_w(worker, measured_s)
            low_w += least_w
            high_w += most_w
    return low_w + limit_w - reading_w, high_w + limit_w - reading_w


def in_reading_w(worker: Managed, measured_s: float) -> tuple[float, float]:
    """Return the least and the most of a worker's power that a reading contains.

    A reading from before its last change holds what it drew before that; of this,
    nothing counts as room for more, for it may have changed twice since. What was
    lowered, and says so, is not waited for.
    """
    changed_s = worker.memory.changed_s
    if worker.is_silent or changed_s is None:
        return worker.drawn_w, worker.drawn_w
    before_w = worker.spec.power_w(worker.memory.previous_level)
    after_w = worker.held_w
    if measured_s <= changed_s:
        return 0.0, before_w
    shown_s = changed_s + worker.spec.settle_s / 4
    if not worker.settling and measured_s >= shown_s:
        return worker.drawn_w, worker.drawn_w
    if after_w <= before_w and worker.obeyed and measured_s >= changed_s + CONFIRM_S:
        return after_w, after_w
    return min(before_w, after_w), max(before_w, after_w)


def unmetered_w(context: BudgetContext, members: frozenset[str]) -> tuple[float, float]:
    """Return what members may draw beyond their levels: for raising, for keeping.

    No meter shows what a lost worker draws, or one that is run by others or still
    drains: its own sensor tells, else its highest level counts. What was just
    lowered may draw as before until it has settled, but nobody need stop for that.
    """
    rising_w = staying_w = 0.0
    for worker in context.workers:
        if worker.spec.key in members:
            beyond_w = _uncommanded_w(context, worker)
            staying_w += beyond_w
            rising_w += max(beyond_w, worker.high_w - worker.held_w)
    return rising_w, staying_w


def _uncommanded_w(context: BudgetContext, worker: Managed) -> float:
    state = worker.observed.state
    drains = worker.current == 0 and state in (
        WorkerState.DRAINING,
        WorkerState.STARTING,
    )
    if worker.is_silent:
        level = len(worker.spec.levels_w)
        if state is WorkerState.UNKNOWN and context.view.starting_up:
            return worker.spec.power_w(worker.current)
    elif drains and not worker.settling:
        level = worker.memory.previous_level
    else:
        return 0.0
    measured_w = usable(
        worker.observed.power_w,
        context.snapshot.clock_s,
        context.spec.policy.power_hold_s,
        0.0,
        context.spec.maximum_w,
    )
    return worker.spec.most_w(level) if measured_w is None else measured_w
