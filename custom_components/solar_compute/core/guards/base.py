"""What every guard is made of: what it looks at, what it finds, what it caps.

Standard library and the core only; never computes worth, never raises a level.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from math import inf

from ..guard_spec import GuardSpec
from ..model import GuardInput, GuardState, Reason, ReasonCode, Snapshot, WorkerInput
from ..observe import View, usable
from ..spec import SiteSpec, WorkerSpec


@dataclass(frozen=True, slots=True, kw_only=True)
class GuardContext:
    """What a guard may look at to cap one worker.

    `by_worth`: worth decides, not a person. `states` are those of the guards
    that watch something, by their key.
    """

    site: SiteSpec
    worker: WorkerSpec
    observed: WorkerInput
    snapshot: Snapshot
    view: View
    current: int
    by_worth: bool
    states: Mapping[str, GuardState] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Cap:
    """The highest level that is permitted, and why not more.

    `safety`: it pauses, and that must not wait for a checkpoint.
    """

    level: int
    reason: Reason
    safety: bool = False


type Guard = Callable[[GuardContext], Cap | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What one guard's entities say, and what it may compare them with.

    `tripped_for` is what it has tripped for and not got over yet. `hold_s` is how
    long a reading counts where the guard has no figure of its own.
    """

    given: GuardInput
    clock_s: float
    local: datetime
    hold_s: float
    tripped_for: ReasonCode | None = None

    def value(
        self,
        name: str,
        low: float = -inf,
        high: float = inf,
        hold_s: float | None = None,
    ) -> float | None:
        """Return a reading by its name; None while it cannot be believed."""
        return usable(
            self.given.readings.get(name),
            self.clock_s,
            self.hold_s if hold_s is None else hold_s,
            low,
            high,
        )

    def reason(self, code: ReasonCode, **data: float | str | None) -> Reason:
        """Return a reason that names the guard."""
        return Reason(code, {"guard": self.given.key, **data})

    def missing(self, name: str) -> Reason:
        """Return that the reading of that name is unknown."""
        return self.reason(ReasonCode.INPUT_MISSING, input=name)


def holds_for(guard: GuardSpec, worker: WorkerSpec) -> bool:
    """Tell whether a guard limits a worker; one that names none limits all."""
    return not guard.workers or worker.key in guard.workers


def strictest(caps: Iterable[Cap]) -> Cap | None:
    """Return the lowest cap; of several a safety guard's, else the first."""
    lowest: Cap | None = None
    for cap in caps:
        if lowest is None or (cap.level, not cap.safety) < (
            lowest.level,
            not lowest.safety,
        ):
            lowest = cap
    return lowest


def cap_by_state(
    context: GuardContext, guard: GuardSpec, *, level: int = 0, safety: bool = False
) -> Cap | None:
    """Cap a worker to `level` while a guard that holds for it is tripped.

    One whose entity is late after a start raises nothing and stops nothing.
    """
    state = context.states.get(guard.key)
    if state is None or state.reason is None or not holds_for(guard, context.worker):
        return None
    if state.tripped:
        return Cap(level, state.reason, safety)
    return Cap(context.current, state.reason)
