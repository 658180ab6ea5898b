"""What the switching rule remembers of a worker between two decisions.

Its averages, when it was switched last and how often today, and for how long a minimum
time still lasts. It must never decide (`policy`). Pure functions; standard library only.
"""

from dataclasses import replace
from math import exp, isfinite

from .memory import WorkerMemory
from .model import ReasonCode, Worth
from .spec import PolicySpec, WorkerSpec


def remember_worth(
    memory: WorkerMemory,
    policy: PolicySpec,
    worths: tuple[Worth, ...],
    cap: int,
    clock_s: float,
) -> WorkerMemory:
    """Return the memory with this tick's worths averaged in.

    The time since the last tick counts for the worth now, and at most for as
    long as an input may be held: most meters report the mean of the time that
    has just passed, and where ticks are seconds apart it makes no difference.
    The first tick after a reset is its own mean.
    """
    totals = tuple(worth.total for worth in worths)
    now = (max(totals[:cap], default=0.0), *totals)
    if memory.judged_s is None or len(memory.means) != len(now):
        return replace(memory, judged_s=clock_s, means=now)
    elapsed_s = max(0.0, min(clock_s - memory.judged_s, policy.power_hold_s))
    weight = 1.0
    if policy.averaging_s > 0:
        weight = 1 - exp(-elapsed_s / policy.averaging_s)
    means = tuple(
        mean + weight * (worth - mean)
        for mean, worth in zip(memory.means, now, strict=True)
    )
    # A mean that is no number would stay none for ever.
    if not all(map(isfinite, means)):
        means = memory.means if all(map(isfinite, memory.means)) else now
    return replace(memory, judged_s=clock_s, means=means)


def remember_level(
    memory: WorkerMemory, level: int, clock_s: float, day: str, code: ReasonCode
) -> WorkerMemory:
    """Return the memory after `level` was chosen because of `code`.

    A start or a pause resets the averages, so that the new state is judged by
    what happens in it.
    """
    if level == memory.level:
        if level or not memory.probing:
            return memory
        return replace(memory, probing=False)
    changed = replace(
        memory,
        level=level,
        previous_level=memory.level,
        changed_s=clock_s,
        probing=code is ReasonCode.PROBING and level > memory.level,
        reason=code,
    )
    if (level > 0) == (memory.level > 0):
        return changed
    starts = starts_today(memory, day) + (1 if level > 0 else 0)
    return replace(
        changed,
        since_s=clock_s,
        judged_s=None,
        means=(),
        starts=starts,
        starts_day=day,
    )


def minimum_pause_s(
    worker: WorkerSpec, memory: WorkerMemory, policy: PolicySpec
) -> float:
    """Return how long a worker that was paused must stay so, for its worth's sake.

    A run that a guard cut short has not paid for its start, and the next may end as
    soon: then it is as long as a minimum run, twice as long after two, and so on up
    to the policy's limit.
    """
    if memory.cut_short <= 0:
        return worker.min_pause_s
    longer_s = worker.min_run_s * 2.0 ** min(memory.cut_short - 1, 10)
    return max(worker.min_pause_s, min(longer_s, policy.cut_short_s))


def remaining_s(since_s: float | None, minimum_s: float, clock_s: float) -> float:
    """Return how long a minimum time still lasts; 0 where none was begun."""
    if since_s is None:
        return 0.0
    return max(0.0, since_s + minimum_s - clock_s)


def starts_today(memory: WorkerMemory, day: str) -> int:
    """Return how often the worker was started on the local day `day`."""
    return memory.starts if memory.starts_day == day else 0
