"""Hard limits that always win, over minimum run times too.

A guard looks at one worker and returns a `Cap`: the highest level that it
permits and why, or None where it has nothing to say. Guards never raise a level
and never compute worth. A new guard is a function in `GUARDS`; the site's import
limit is shared by all workers and is therefore a budget.

Pure functions; standard library only.
"""

from collections.abc import Callable
from dataclasses import dataclass

from .model import Reason, ReasonCode, Snapshot, WorkerInput, WorkerState
from .observe import View
from .spec import SiteSpec, WorkerSpec


@dataclass(frozen=True, slots=True, kw_only=True)
class GuardContext:
    """What a guard may look at. `by_worth`: worth decides, not a person."""

    site: SiteSpec
    worker: WorkerSpec
    observed: WorkerInput
    snapshot: Snapshot
    view: View
    current: int
    by_worth: bool


@dataclass(frozen=True, slots=True)
class Cap:
    """The highest level that is permitted, and why not more."""

    level: int
    reason: Reason


FULL_HYSTERESIS_K = 2.0
"""A full tank takes heat again only when it is this much colder, or a worker would
start for a tenth of a degree."""

type Guard = Callable[[GuardContext], Cap | None]


def worker_reachable(context: GuardContext) -> Cap | None:
    """Tell no worker to run that does not answer."""
    if context.observed.held_by_other:
        return Cap(0, Reason(ReasonCode.HELD_BY_OTHER))
    state = context.observed.state
    if state is WorkerState.UNKNOWN and context.view.starting_up:
        return Cap(context.current, Reason(ReasonCode.STARTING_UP))
    if state in (WorkerState.LOST, WorkerState.UNKNOWN):
        return Cap(0, Reason(ReasonCode.WORKER_LOST))
    return None


def inputs_known(context: GuardContext) -> Cap | None:
    """Pause what needs an input while that is unknown.

    Worth needs the meters; the import limit needs the grid meter, whoever
    decides; heat into a tank needs its temperature. While the integration is
    starting up, sensors may be late: nothing is raised, and what runs goes on.
    """
    missing = [
        name
        for name in context.view.missing
        if context.view.needs(context.worker, name)
    ]
    if not context.by_worth:
        needed = {f"tank:{context.worker.sink}"}
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


def sink_not_full(context: GuardContext) -> Cap | None:
    """Send no more heat into a tank at its maximum."""
    tank = context.site.tank(context.worker.sink)
    if tank is None:
        return None
    temperature_c = context.view.temperatures_c.get(tank.key)
    full_c = tank.maximum_c - (0.0 if context.current else FULL_HYSTERESIS_K)
    if temperature_c is None or temperature_c < full_c:
        return None
    return Cap(
        0,
        Reason(
            ReasonCode.SINK_FULL,
            {"temperature_c": temperature_c, "maximum_c": tank.maximum_c},
        ),
    )


def quiet_hours(context: GuardContext) -> Cap | None:
    """Cap a worker to its quiet level in its quiet hours."""
    local = context.snapshot.local
    minute = local.hour * 60 + local.minute
    worker = context.worker
    if not any(window.contains(minute) for window in worker.quiet_hours):
        return None
    level = max(0, min(worker.quiet_level, len(worker.levels_w)))
    return Cap(level, Reason(ReasonCode.QUIET_HOURS))


GUARDS: tuple[Guard, ...] = (
    worker_reachable,
    inputs_known,
    sink_not_full,
    quiet_hours,
    starting_up,
)


def strictest(context: GuardContext) -> Cap | None:
    """Return the lowest cap of all guards; the first in the registry on a tie."""
    caps = [cap for guard in GUARDS if (cap := guard(context)) is not None]
    return min(caps, key=lambda cap: cap.level, default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportBudget:
    """How much all workers together may draw under the site's import limit.

    The battery is not counted on beyond what it gives now. `raise_w` is for
    more than now, with promised power taken as not drawn yet; `keep_w` for what
    runs, with it taken as drawn. None: no limit.
    """

    raise_w: float | None = None
    keep_w: float | None = None

    @classmethod
    def of(
        cls, limit_w: float | None, grid_w: float | None, low_w: float, high_w: float
    ) -> ImportBudget:
        """Make the budget; with a limit and no grid reading, it is nought."""
        if limit_w is None:
            return cls()
        if grid_w is None:
            return cls(raise_w=0.0, keep_w=0.0)
        return cls(raise_w=low_w + limit_w - grid_w, keep_w=high_w + limit_w - grid_w)

    def cap(
        self, worker: WorkerSpec, current: int, *, held_w: float, base_w: float
    ) -> Cap | None:
        """Return the highest level of a worker that starts at `base_w`.

        `held_w` is what it draws at its current level.
        """
        if self.raise_w is None or self.keep_w is None:
            return None
        top = len(worker.levels_w)
        for level in range(top, 0, -1):
            budget_w = self.keep_w if level <= current else self.raise_w
            power_w = held_w if level == current else worker.power_w(level)
            if base_w + power_w <= budget_w:
                return None if level == top else self._cap(level)
        return self._cap(0)

    def _cap(self, level: int) -> Cap:
        return Cap(level, Reason(ReasonCode.IMPORT_LIMIT, {"budget_w": self.keep_w}))
