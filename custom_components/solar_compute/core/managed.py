"""What the managed workers do and draw right now.

A worker counts with what was measured, else with its level's nominal power, and
with a range while a change has not shown on the meters yet. What is lost or
paused counts as nothing: its power is then part of the home's own load.

Pure functions; standard library only.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from .memory import WorkerMemory
from .model import Snapshot, WorkerInput, WorkerState
from .observe import usable
from .spec import SiteSpec, WorkerSpec

CONFIRM_S = 5.0
"""A worker has at least this long to do as it is told, however soon a new level
would show on the meters, before what it says counts as somebody else's doing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Managed:
    """One worker now: its level, and what the meters show of it, in W.

    `settling`: its last change may not have shown yet. `low_w` and `high_w` are
    the least and most of its power that the grid meter's reading may contain;
    they differ while settling only. `drawn_w` is the best guess of what it draws.
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
            else self.drawn_w
        )

    @property
    def full_w(self) -> float | None:
        """What it is seen to draw at its highest level; None while it is not there."""
        at_top = self.current == len(self.spec.levels_w) and not self.settling
        return self.drawn_w if at_top and self.drawn_w > 0 else None

    @property
    def is_silent(self) -> bool:
        """Whether it does not answer or is not ours: what it draws is not known."""
        return _is_silent(self.observed)

    @property
    def obeyed(self) -> bool:
        """Whether it says to be at its level: what shows from now on is that."""
        return _level_in_force(self.spec, self.observed) == self.current


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
    worker = worker.found(asleep=observed.asleep)
    if memory is None:
        memory = _adopted(worker, snapshot, WorkerMemory(), observed.level or 0)
    else:
        memory = _fitted(worker, snapshot, memory)
    measured_w = usable(
        observed.power_w,
        snapshot.clock_s,
        spec.policy.power_hold_s,
        0.0,
        spec.maximum_w,
    )
    if observed.held_by_other:
        # Another's run starts and ends none of our timers.
        memory = replace(memory, level=0, previous_level=0)
    if _is_silent(observed):
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
    level = _level_in_force(worker, observed)
    if level is not None and level != memory.level:
        if _is_new(snapshot, memory, CONFIRM_S):
            settling = True
        elif not settling:
            memory = _adopted(worker, snapshot, memory, level)
    drawn_w = worker.power_w(memory.level)
    if measured_w is not None and (memory.level or settling):
        drawn_w = measured_w
    before_w, after_w = worker.power_w(memory.previous_level), drawn_w
    if settling:
        after_w = worker.power_w(memory.level)
    elif _is_unseen(spec, snapshot, memory):
        after_w = before_w
    else:
        before_w = after_w
    return Managed(
        spec=worker,
        observed=observed,
        memory=memory,
        current=memory.level,
        settling=settling,
        low_w=min(before_w, after_w),
        high_w=max(before_w, after_w),
        drawn_w=drawn_w,
    )


def _is_silent(observed: WorkerInput) -> bool:
    silent = observed.state in (WorkerState.LOST, WorkerState.UNKNOWN)
    return silent or observed.held_by_other


def _is_unseen(spec: SiteSpec, snapshot: Snapshot, memory: WorkerMemory) -> bool:
    """Tell whether the grid meter has not reported since the last change.

    Some report every few minutes only. Until then, its reading contains what
    was drawn before; older than its hold time, it counts for nothing anyway.
    """
    return (
        memory.changed_s is not None
        and snapshot.grid_w.measured_s <= memory.changed_s
        and _is_new(snapshot, memory, spec.policy.power_hold_s)
    )


def _fitted(
    worker: WorkerSpec, snapshot: Snapshot, memory: WorkerMemory
) -> WorkerMemory:
    """Forget a level that the worker does not have, and times that are to come."""
    levels = range(len(worker.levels_w) + 1)
    if memory.level not in levels or memory.previous_level not in levels:
        return _anew(memory, level=0, since_s=None)
    times = (memory.since_s, memory.changed_s, memory.judged_s)
    if all(time_s is None or time_s <= snapshot.clock_s for time_s in times):
        return memory
    return replace(memory, since_s=None, changed_s=None, judged_s=None)


def _level_in_force(worker: WorkerSpec, observed: WorkerInput) -> int | None:
    """Return the level that the worker says to be at; None while it changes."""
    if observed.state is WorkerState.PAUSED:
        return 0
    if observed.level is None or observed.state is not WorkerState.RUNNING:
        return None
    return max(0, min(observed.level, len(worker.levels_w)))


def _adopted(
    worker: WorkerSpec, snapshot: Snapshot, memory: WorkerMemory, level: int
) -> WorkerMemory:
    """Take over what somebody else did.

    What was paused by others starts its minimum pause; what was started by
    others is bound by no minimum run; what goes on at another level goes on.
    """
    level = max(0, min(level, len(worker.levels_w)))
    if memory.level and level:
        return replace(
            memory, level=level, previous_level=level, changed_s=None, probing=False
        )
    since_s = snapshot.clock_s if memory.level else None
    return _anew(memory, level=level, since_s=since_s)


def _anew(memory: WorkerMemory, *, level: int, since_s: float | None) -> WorkerMemory:
    """Begin anew at a level, with all that must not be forgotten."""
    return WorkerMemory(
        level=level,
        previous_level=level,
        since_s=since_s,
        starts=memory.starts,
        starts_day=memory.starts_day,
        probe_not_before_s=memory.probe_not_before_s,
        cut_short=memory.cut_short,
        trail=memory.trail,
        purse=memory.purse,
    )


def _is_new(snapshot: Snapshot, memory: WorkerMemory, seconds: float) -> bool:
    """Tell whether its level was changed less than so long ago."""
    return (
        memory.changed_s is not None and snapshot.clock_s - memory.changed_s < seconds
    )


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
    if memory.changed_s is None or not _is_new(snapshot, memory, worker.settle_s):
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
