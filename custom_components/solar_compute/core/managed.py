"""What the managed workers do and draw right now.

A worker counts with what was measured, else with its level's nominal power, and
with a range while a change has not shown on the meters yet. What is lost or
paused counts as nothing: its power is then part of the home's own load.

Pure functions; standard library only.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from .memory import WorkerMemory
from .model import Snapshot, WorkerInput, WorkerState
from .observe import usable
from .spec import SiteSpec, WorkerSpec


@dataclass(frozen=True, slots=True, kw_only=True)
class Managed:
    """One worker now: its level, and the least and most that it may draw, in W.

    `settling`: its last change has not shown on the meters yet; the two powers
    differ only then. `drawn_w` is the best guess of what it draws.
    """

    spec: WorkerSpec
    observed: WorkerInput
    memory: WorkerMemory
    current: int
    settling: bool
    low_w: float
    high_w: float
    drawn_w: float

    @property
    def held_w(self) -> float:
        """What it draws at its current level: measured, else nominal."""
        return (
            self.spec.power_w(self.current)
            if self.settling or not self.current
            else self.low_w
        )


def managed_workers(
    spec: SiteSpec, snapshot: Snapshot, memories: Mapping[str, WorkerMemory]
) -> tuple[Managed, ...]:
    """Return all configured workers as they are now, in the spec's order."""
    observed = {worker.key: worker for worker in snapshot.workers}
    return tuple(
        _managed(
            spec,
            snapshot,
            worker,
            observed.get(worker.key, WorkerInput(key=worker.key)),
            memories.get(worker.key),
        )
        for worker in spec.workers
    )


def _managed(
    spec: SiteSpec,
    snapshot: Snapshot,
    worker: WorkerSpec,
    observed: WorkerInput,
    memory: WorkerMemory | None,
) -> Managed:
    memory = _fitted(worker, memory or _adopted(worker, observed, None))
    measured_w = usable(
        observed.power_w,
        snapshot.clock_s,
        spec.policy.power_hold_s,
        0.0,
        spec.maximum_w,
    )
    if observed.state in (WorkerState.LOST, WorkerState.UNKNOWN):
        return Managed(
            spec=worker,
            observed=observed,
            memory=memory,
            current=memory.level,
            settling=False,
            low_w=0.0,
            high_w=0.0,
            drawn_w=0.0,
        )
    settling = _settling(worker, snapshot, memory, measured_w)
    if not settling and observed.level is not None and observed.level != memory.level:
        memory = _adopted(worker, observed, snapshot.clock_s if memory.level else None)
    drawn_w = worker.power_w(memory.level)
    if measured_w is not None and (memory.level or settling):
        drawn_w = measured_w
    if settling:
        powers = (
            worker.power_w(min(memory.previous_level, len(worker.levels_w))),
            worker.power_w(memory.level),
        )
        low_w, high_w = min(powers), max(powers)
    elif memory.level == 0:
        low_w = high_w = 0.0
    else:
        low_w = high_w = drawn_w
    return Managed(
        spec=worker,
        observed=observed,
        memory=memory,
        current=memory.level,
        settling=settling,
        low_w=low_w,
        high_w=high_w,
        drawn_w=drawn_w,
    )


def _fitted(worker: WorkerSpec, memory: WorkerMemory) -> WorkerMemory:
    """Forget a level that the worker's configuration no longer has."""
    if max(memory.level, memory.previous_level) <= len(worker.levels_w):
        return memory
    return WorkerMemory(starts=memory.starts, starts_day=memory.starts_day)


def _adopted(
    worker: WorkerSpec, observed: WorkerInput, since_s: float | None
) -> WorkerMemory:
    """Take over what somebody else did.

    What was paused by others starts its minimum pause (`since_s`); what was
    started by others is bound by no minimum run.
    """
    level = min(observed.level or 0, len(worker.levels_w))
    return WorkerMemory(level=level, previous_level=level, since_s=since_s)


def _settling(
    worker: WorkerSpec,
    snapshot: Snapshot,
    memory: WorkerMemory,
    measured_w: float | None,
) -> bool:
    """Tell whether the last change has yet to show on the meters.

    Over when the settling time is; or, with a power sensor, when that shows the
    new level and the grid meter has reported well after the change.
    """
    if memory.changed_s is None:
        return False
    if snapshot.clock_s - memory.changed_s >= worker.settle_s:
        return False
    before_w, after_w = (
        worker.power_w(memory.previous_level),
        worker.power_w(memory.level),
    )
    shown = (
        measured_w is not None
        and abs(measured_w - after_w) < abs(after_w - before_w) / 2
        and snapshot.grid_w.measured_s >= memory.changed_s + worker.settle_s / 4
    )
    return not shown
