"""When to switch: a start and a stop must each be worth what they cost.

    x = mean of worth over the last 10 minutes (exponential)
    paused:   start when worth > 0 and x · 45 min ≥ start cost
    running:  stop  when worth < 0 and −x · 60 min ≥ start cost

A kettle passes; a cloud that lasts does not; a large deficit stops sooner than a
small one. Measured on six houses this beats a CUSUM at the switching cost, which
beats fixed delays (design: policy). Between running levels the level of greatest
worth is taken: at once downwards, and upwards only if the mean agrees.

Pure functions; standard library only. Guards are not here: they come as a cap.
"""

from dataclasses import dataclass, replace
from math import log
from typing import Final

from .advice import Advice, repaying, start_brings, stop_brings
from .knowledge import Rule
from .memory import WorkerMemory
from .model import Reason, ReasonCode, Worth
from .policy_memory import minimum_pause_s, remaining_s, starts_today
from .spec import PolicySpec, WorkerSpec

BY_WORTH: Final = frozenset(
    {
        ReasonCode.WORTH_IT,
        ReasonCode.HEAT_DEMAND,
        ReasonCode.JOB_DEADLINE,
        ReasonCode.PROBING,
        ReasonCode.NOT_WORTH_IT,
        ReasonCode.JOB_WAITING,
        ReasonCode.JOB_NOT_WORTH_IT,
    }
)
"""Reasons of a change that worth decided. Where worth decides again, a wish or a guard
that made the last change holds no more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """All that the switching rule may look at for one worker.

    `current` is its level now, `cap` the highest permitted level (≥ 1),
    `worths` one entry per running level. `day` is the local date as text.
    `settling`: its last change has not shown yet; `blocked`: another worker's
    has not, so the balance looks too low and no level may follow it, up or
    down. `probe_failed`: it runs on sun that was
    suspected behind an export limit and is not there. `hidden`: the worths
    count on such sun now, so raise by one level only. `sure`: a job needs this
    hour whatever sun and loads do, so a start has not to wait for the mean. `advice` is
    what the house's own past says of this moment; `spent`: so much was lost by
    switching that it has to stay off for now (`purse`).
    """

    worker: WorkerSpec
    policy: PolicySpec
    memory: WorkerMemory
    current: int
    cap: int
    worths: tuple[Worth, ...]
    clock_s: float
    day: str
    settling: bool = False
    blocked: bool = False
    probe_failed: bool = False
    hidden: bool = False
    sure: bool = False
    advice: Advice | None = None
    spent: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """A level and why."""

    level: int
    reason: Reason


def best_level(worths: tuple[Worth, ...], cap: int) -> int:
    """Return the running level of greatest worth up to `cap`; the lowest on a tie."""
    return max(range(1, cap + 1), key=lambda level: (worths[level - 1].total, -level))


def choose(situation: Situation) -> Choice:
    """Return the level that the switching rule wants, and why."""
    if situation.current > situation.cap:
        situation = replace(situation, current=situation.cap)
    if situation.current == 0:
        return _choose_paused(situation)
    return _choose_running(situation)


def _choose_paused(situation: Situation) -> Choice:
    worker, memory, clock_s = situation.worker, situation.memory, situation.clock_s
    # Hidden sun is tried in the smallest step, which must pay by itself.
    level = best_level(situation.worths, 1 if situation.hidden else situation.cap)
    worth, mean = situation.worths[level - 1].total, memory.means[0]
    numbers = _numbers(situation, worth, mean)

    def stay(code: ReasonCode, **data: float | str | None) -> Choice:
        return Choice(level=0, reason=Reason(code, numbers | data))

    if situation.settling:
        return stay(_why_changed(memory))
    if not worth > 0:
        return stay(ReasonCode.NOT_WORTH_IT)
    wait_s = remaining_s(
        memory.since_s, minimum_pause_s(worker, memory, situation.policy), clock_s
    )
    if wait_s > 0:
        return stay(ReasonCode.MINIMUM_PAUSE, remaining_s=wait_s)
    limit = worker.max_starts_per_day
    if limit is not None and starts_today(memory, situation.day) >= limit:
        return stay(ReasonCode.MAXIMUM_STARTS, starts=limit)
    off = situation.advice is not None and situation.advice.rule is Rule.OFF
    if not situation.sure and (off or situation.spent):
        return stay(ReasonCode.LOST_LATELY)
    if not situation.sure and not _is_time_to_start(situation, mean):
        after_s = start_after_s(worth, mean, worker.start_cost, situation.policy)
        return stay(
            ReasonCode.WAITING_TO_START,
            after_s=None if _learned(situation) else after_s,
        )
    if situation.blocked:
        return stay(ReasonCode.WAITING_FOR_OTHER)
    level = _start_level(situation, level)
    code = ReasonCode.PROBING if situation.hidden else ReasonCode.WORTH_IT
    return Choice(level=level, reason=Reason(code, numbers))


def _choose_running(situation: Situation) -> Choice:
    worker, memory, current = situation.worker, situation.memory, situation.current
    best = best_level(situation.worths, situation.cap)
    worth, mean = situation.worths[best - 1].total, memory.means[0]
    numbers = _numbers(situation, worth, mean)

    def run(level: int, code: ReasonCode, **data: float | str | None) -> Choice:
        return Choice(level=level, reason=Reason(code, numbers | data))

    if situation.probe_failed and worth < 0:
        return run(min(memory.previous_level, current), ReasonCode.NOT_WORTH_IT)
    if situation.settling:
        return run(current, _why_changed(memory))
    if worth >= 0:
        level = _modulate(situation, best)
        probing = situation.hidden and level > current
        return run(level, ReasonCode.PROBING if probing else ReasonCode.WORTH_IT)
    # Waiting out a dip costs least at the least bad level.
    level = current if situation.blocked else min(current, best)
    wait_s = remaining_s(memory.since_s, worker.min_run_s, situation.clock_s)
    if wait_s > 0:
        return run(level, ReasonCode.MINIMUM_RUN, remaining_s=wait_s)
    if not _is_time_to_stop(situation, mean):
        return run(level, ReasonCode.RIDING_OUT)
    if situation.blocked:
        return run(level, ReasonCode.WAITING_FOR_OTHER)
    return run(0, ReasonCode.NOT_WORTH_IT)


def _why_changed(memory: WorkerMemory) -> ReasonCode:
    """Return why its last change was made, if that still is why it is at its level."""
    if memory.reason is None or memory.reason not in BY_WORTH:
        return ReasonCode.SETTLING
    return memory.reason


def _numbers(
    situation: Situation, worth: float, mean: float
) -> dict[str, float | str | None]:
    """Return what was weighed, and which rule weighed it."""
    numbers: dict[str, float | str | None] = {
        "worth": worth,
        "mean": mean,
        "start_cost": situation.worker.start_cost,
    }
    if (advice := situation.advice) is None:
        return numbers
    numbers["rule"] = advice.rule.value
    numbers["gain"] = advice.stop if situation.current else advice.start
    if advice.lasting is not None and worth > 0:
        numbers["sun_lasts_min"] = advice.lasting.minutes
        numbers["moments"] = advice.lasting.moments
    return numbers


def _learned(situation: Situation) -> Advice | None:
    """Return what a rule other than the bare one says, if one plays."""
    advice = situation.advice
    return None if advice is None or advice.rule is Rule.BARE else advice


def _is_time_to_start(situation: Situation, mean: float) -> bool:
    """Tell whether a start repays its cost: by what was learned, else by the mean."""
    start_cost = situation.worker.start_cost
    if start_cost <= 0:
        return True
    if advice := _learned(situation):
        return advice.start > 0
    return start_brings(mean, start_cost, situation.policy) >= 0


def _is_time_to_stop(situation: Situation, mean: float) -> bool:
    """Tell whether to go on would cost more than to start again later.

    What is no number stops.
    """
    start_cost = situation.worker.start_cost
    if start_cost <= 0 or situation.spent:
        return True
    if advice := _learned(situation):
        return not advice.stop <= 0
    return not stop_brings(mean, start_cost, situation.policy) < 0


def _start_level(situation: Situation, best: int) -> int:
    """Start no higher than both the present and the mean agree to."""
    means = situation.memory.means[1:]
    return max(
        (
            level
            for level in range(1, best + 1)
            if situation.worths[level - 1].total > 0
        ),
        key=lambda level: (
            min(situation.worths[level - 1].total, means[level - 1]),
            -level,
        ),
    )


def _modulate(situation: Situation, best: int) -> int:
    current = situation.current
    if situation.blocked:
        return current
    if best <= current:
        return best
    if situation.hidden:
        best = current + 1
    means = situation.memory.means[1:]
    agreed = [
        level
        for level in range(current + 1, best + 1)
        if situation.worths[level - 1].total > situation.worths[current - 1].total
        and means[level - 1] > means[current - 1]
    ]
    return max(
        agreed,
        key=lambda level: min(situation.worths[level - 1].total, means[level - 1]),
        default=current,
    )


def start_after_s(
    worth: float, mean: float, start_cost: float, policy: PolicySpec
) -> float | None:
    """Return how long `worth` must last until the rule starts (None: never).

    The mean approaches the worth exponentially; solved for the moment when it
    repays the start.
    """
    needed = repaying(start_cost, policy)
    if mean >= needed:
        return 0.0
    if worth <= needed:
        return None
    return policy.averaging_s * log((worth - mean) / (worth - needed))
