"""What a worker lives through, tick by tick: its trail and its purse.

Both are told before it is decided on; what they say then (`advice`) is what the
switching rule hears. Pure functions; standard library only.
"""

from dataclasses import replace
from math import isfinite

from .advice import Advice, advise, rule_of_thumb
from .managed import Managed
from .memory import WorkerMemory
from .model import Worth
from .purse import earn, is_spent, on_day, pay, settle, think
from .scene import Scene
from .trail import TEN_MINUTES, Trail, follow
from .worth import as_valued


def lived_through(
    scene: Scene,
    worker: Managed,
    memory: WorkerMemory,
    worths: tuple[Worth, ...],
    base_w: float,
    *,
    by_worth: bool,
) -> tuple[WorkerMemory, Advice | None]:
    """Return the memory after this tick's worths, and what the past says of them.

    Only for ticks at which the meters show what is. `by_worth`: nobody asked for its
    level, so what it brings is its rule's doing. What a deadline adds is no part of it:
    while a job pays for power, the past says nothing.
    """
    if not worths or scene.site is None:
        return memory, None
    clock_s, hold_s = scene.snapshot.clock_s, scene.spec.policy.power_hold_s
    seen_s = memory.trail.seen_s
    elapsed_s = 0.0 if seen_s is None else max(0.0, min(clock_s - seen_s, hold_s))
    best = max(worth.total - worth.job for worth in worths)
    trail = follow(
        memory.trail,
        clock_s,
        best,
        scene.site.balance - base_w - worker.spec.power_w(1),
        hold_s,
    )
    advice = _advised(scene, worker, trail)
    purse = on_day(memory.purse, scene.day)
    if worker.current and by_worth:
        now = worths[worker.current - 1]
        if isfinite(now.total) and not now.job:
            purse = earn(purse, now.total, elapsed_s, worker.spec.start_cost)
    if not worker.current:
        purse = settle(purse, worker.spec.start_cost)
    if purse.closed and trail.worth and isfinite(best):
        start, stop = rule_of_thumb(
            trail.worth[TEN_MINUTES], worker.spec.start_cost, scene.spec.policy
        )
        if advice is not None and advice.is_proven:
            start, stop = advice.start, advice.stop
        purse = think(
            purse,
            worth=best,
            seconds=elapsed_s,
            clock_s=clock_s,
            start_cost=worker.spec.start_cost,
            wants=best > 0 and start > 0,
            gives_up=best < 0 and stop > 0,
            min_run_s=worker.spec.min_run_s,
            min_pause_s=worker.spec.min_pause_s,
        )
    memory = replace(memory, trail=trail, purse=purse)
    return memory, None if are_paid_by_job(worths) else advice


def heard_before(
    scene: Scene, worker: Managed, memory: WorkerMemory, worths: tuple[Worth, ...]
) -> Advice | None:
    """Return what the past says of what was lived through last.

    While the meters are catching up with a change nothing new is, and the rule that
    decides stays the same.
    """
    if not worths or are_paid_by_job(worths):
        return None
    return _advised(scene, worker, memory.trail)


def _advised(scene: Scene, worker: Managed, trail: Trail) -> Advice | None:
    return advise(
        scene.knowledge,
        scene.spec,
        as_valued(worker.spec, worker.observed.value_per_kwh),
        trail,
        scene.snapshot.local,
    )


def are_paid_by_job(worths: tuple[Worth, ...]) -> bool:
    """Tell whether a deadline adds to what a worker is worth now."""
    return any(worth.job for worth in worths)


def must_stay_off(
    memory: WorkerMemory,
    start_cost: float,
    worths: tuple[Worth, ...],
    advice: Advice | None,
    *,
    unseen: bool,
) -> bool:
    """Tell whether its switching lost so much that it has to stay off for now.

    `unseen`: an export limit may hold back sun that no meter shows.
    """
    proven = advice is not None and advice.is_proven
    spent = is_spent(memory.purse, start_cost, proven=proven, unseen=unseen)
    return spent and not are_paid_by_job(worths)


def has_started(memory: WorkerMemory, start_cost: float) -> WorkerMemory:
    """Return the memory after a start that worth decided."""
    return replace(memory, purse=pay(memory.purse, start_cost))
