"""What the levels of a worker really draw, and how long a change takes to show.

Nominal powers are often guessed. Where a worker's power is measured, it is averaged for
each level while nothing changes, forgetting over a day at that level:

    mean += (reading − mean) · dt / (seconds seen + dt)

Decisions use it once a level was seen for long enough and the readings agree; until
then, and beyond what is plausible, the nominal power holds. A settling time that is
measured only ever lengthens the one that was set: what the worker's own sensor shows,
the home's meter may show later. Pure functions; standard library only; no clock.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from itertools import pairwise
from math import isfinite, sqrt
from typing import Final

from .managed import Managed
from .memory import LevelPower, Memory, PowerMean
from .model import Reading, Snapshot, WorkerState
from .observe import usable
from .spec import POSITIVE, SiteSpec, WorkerSpec
from .work import remember_work, units_per_kwh_by_level

MINIMUM_S: Final = 900.0
"""A level must be seen for so long: the default minimum run."""

FORGET_S: Final = 86400.0
"""What was seen before counts as at most so much time at that level."""

LARGEST_SPREAD: Final = 0.25
"""Readings that spread by more of their mean say nothing of the level."""

PLAUSIBLE: Final = 4.0
"""A level draws between a quarter of its nominal power and four times as much. All else
is a fault of the sensor, or somebody else's power."""

NEAR: Final = 0.25
"""A change has shown when so much of its step is left at most, and begun when so much
of it is done."""

LARGEST_SETTLE_S: Final = 600.0
"""A change that has not shown by then teaches nothing."""

MINIMUM_CHANGES: Final = 5
FORGET_CHANGES: Final = 30
LONGER_AT_MOST: Final = 4.0
"""A settling time grows to so many times what was set."""


def as_learned(spec: SiteSpec, learned: Mapping[str, PowerMean]) -> SiteSpec:
    """Return the home with the powers, settling times and work that its workers showed."""
    workers = tuple(_worker(item, learned.get(item.key)) for item in spec.workers)
    same = all(now is before for now, before in zip(workers, spec.workers, strict=True))
    return spec if same else replace(spec, workers=workers)


def learned_w(
    worker: WorkerSpec, learned: PowerMean | None, level: int
) -> float | None:
    """Return what a level really draws in W, None while that is not known well enough.

    `worker` is as configured.
    """
    if learned is None or learned.nominal_w != worker.levels_w:
        return None
    if not 0 < level <= len(learned.levels):
        return None
    seen = learned.levels[level - 1]
    enough = seen.seconds >= MINIMUM_S and seen.mean_w > 0
    agree = enough and sqrt(max(0.0, seen.variance)) <= LARGEST_SPREAD * seen.mean_w
    return seen.mean_w if agree and _is_plausible(worker, level, seen.mean_w) else None


def learned_settle_s(worker: WorkerSpec, learned: PowerMean | None) -> float | None:
    """Return within what time nearly all changes have shown, None while not known."""
    if learned is None or learned.changes < MINIMUM_CHANGES:
        return None
    settle_s = learned.settle_s + 2 * sqrt(max(0.0, learned.settle_variance))
    longest_s = min(LONGER_AT_MOST * worker.settle_s, LARGEST_SETTLE_S)
    return min(settle_s, longest_s)


def remember_powers(
    spec: SiteSpec, snapshot: Snapshot, memory: Memory, workers: Iterable[Managed]
) -> dict[str, PowerMean]:
    """Return what is learned of every worker after one more look.

    `spec` is as configured, `workers` as they were found at this instant.
    """
    hold_s = spec.policy.power_hold_s
    passed_s = 0.0
    if memory.clock_s is not None:
        passed_s = max(0.0, snapshot.clock_s - memory.clock_s)
    elapsed_s, gap = min(passed_s, hold_s), passed_s > hold_s
    found = {worker.spec.key: worker for worker in workers}
    powers = {}
    for worker in spec.workers:
        if (now := found.get(worker.key)) is None:
            continue
        learned = _looked(
            _fitted(worker, memory.powers.get(worker.key)),
            worker,
            now,
            spec=spec,
            snapshot=snapshot,
            elapsed_s=elapsed_s,
        )
        work = remember_work(learned.work, now, elapsed_s=elapsed_s, gap=gap)
        same = work is learned.work
        powers[worker.key] = learned if same else replace(learned, work=work)
    return powers


def _worker(worker: WorkerSpec, learned: PowerMean | None) -> WorkerSpec:
    levels_w = _levels_w(worker, learned)
    settle_s = max(worker.settle_s, learned_settle_s(worker, learned) or 0.0)
    units_per_kwh = units_per_kwh_by_level(worker, learned)
    same = levels_w == worker.levels_w and settle_s == worker.settle_s
    if same and units_per_kwh == worker.units_per_kwh:
        return worker
    return replace(
        worker,
        levels_w=levels_w,
        nominal_w=worker.levels_w,
        settle_s=settle_s,
        units_per_kwh=units_per_kwh,
    )


def _levels_w(worker: WorkerSpec, learned: PowerMean | None) -> tuple[float, ...]:
    """Return what the levels draw; one never seen is off as much as the nearest seen."""
    known = {
        level: power_w / worker.power_w(level)
        for level in range(1, len(worker.levels_w) + 1)
        if (power_w := learned_w(worker, learned, level)) is not None
    }
    if not known:
        return worker.levels_w
    levels_w = tuple(
        nominal_w * known[min(known, key=lambda other: abs(other - level))]
        for level, nominal_w in enumerate(worker.levels_w, start=1)
    )
    # Levels that do not ascend are no levels: then the readings mean something else.
    ascending = all(low < high for low, high in pairwise(levels_w))
    return levels_w if ascending else worker.levels_w


def _fitted(worker: WorkerSpec, learned: PowerMean | None) -> PowerMean:
    """Begin anew where the levels were set otherwise, or what was stored is none."""
    count = len(worker.levels_w)
    if (
        learned is not None
        and learned.nominal_w == worker.levels_w
        and len(learned.levels) == count
        and all(_is_whole(seen) for seen in learned.levels)
        and isfinite(learned.settle_s + learned.settle_variance)
    ):
        return learned
    return PowerMean(nominal_w=worker.levels_w, levels=(LevelPower(),) * count)


def _is_whole(seen: LevelPower) -> bool:
    return isfinite(seen.mean_w + seen.variance + seen.seconds) and seen.seconds >= 0


def _looked(
    learned: PowerMean,
    worker: WorkerSpec,
    now: Managed,
    *,
    spec: SiteSpec,
    snapshot: Snapshot,
    elapsed_s: float,
) -> PowerMean:
    observed, clock_s = now.observed, snapshot.clock_s
    reading, hold_s = observed.power_w, spec.policy.power_hold_s
    power_w = usable(reading, clock_s, hold_s, 0.0, spec.maximum_w)
    if power_w is None or reading is None or now.is_silent:
        return learned
    learned = _watched(
        learned, worker, now, replace(reading, value=power_w), clock_s=clock_s
    )
    changed_s = now.memory.changed_s
    quiet = changed_s is None or (
        reading.measured_s >= changed_s + now.spec.settle_s and not now.settling
    )
    busy = observed.state is WorkerState.RUNNING and observed.has_work
    if not (quiet and busy and now.obeyed and now.current) or observed.protected:
        return learned
    if not _is_plausible(worker, now.current, power_w):
        return learned
    levels = list(learned.levels)
    levels[now.current - 1] = _averaged(levels[now.current - 1], power_w, elapsed_s)
    return replace(learned, levels=tuple(levels))


def _is_plausible(worker: WorkerSpec, level: int, power_w: float) -> bool:
    nominal_w = worker.power_w(level)
    return nominal_w > POSITIVE and 1 / PLAUSIBLE <= power_w / nominal_w <= PLAUSIBLE


def _averaged(seen: LevelPower, power_w: float, elapsed_s: float) -> LevelPower:
    """Return mean and variance after one more reading (West, 1979: weighted updates)."""
    if elapsed_s <= 0:
        return seen
    seconds = min(seen.seconds, FORGET_S)
    share = elapsed_s / (seconds + elapsed_s)
    apart_w = power_w - seen.mean_w
    return LevelPower(
        mean_w=seen.mean_w + share * apart_w,
        variance=(1 - share) * (seen.variance + share * apart_w**2),
        seconds=min(seconds + elapsed_s, FORGET_S),
    )


def _watched(
    learned: PowerMean,
    worker: WorkerSpec,
    now: Managed,
    reading: Reading,
    *,
    clock_s: float,
) -> PowerMean:
    """Follow a change until it shows, and learn how long that took."""
    changed_s, observed = now.memory.changed_s, now.observed
    if changed_s is None or learned.watched_s == changed_s:
        return learned
    done = replace(learned, watched_s=changed_s, reacted_s=None)
    before_w = _known_w(worker, learned, now.memory.previous_level)
    after_w = _known_w(worker, learned, now.memory.level)
    late = clock_s - changed_s > LARGEST_SETTLE_S
    if before_w is None or after_w is None or before_w == after_w or late:
        return done
    if observed.asleep or observed.protected or not observed.has_work:
        return done
    if reading.value is None or reading.measured_s <= changed_s:
        return learned
    shown = (reading.value - before_w) / (after_w - before_w)
    took_s = reading.measured_s - changed_s
    if learned.reacted_s is None and shown >= NEAR:
        learned = replace(learned, reacted_s=took_s)
    if abs(1 - shown) > NEAR:
        return learned
    reacted_s = took_s if learned.reacted_s is None else learned.reacted_s
    count = min(learned.changes, FORGET_CHANGES)
    share, apart_s = 1 / (count + 1), took_s - learned.settle_s
    return replace(
        done,
        react_s=learned.react_s + share * (reacted_s - learned.react_s),
        settle_s=learned.settle_s + share * apart_s,
        settle_variance=(1 - share) * (learned.settle_variance + share * apart_s**2),
        changes=count + 1,
    )


def _known_w(worker: WorkerSpec, learned: PowerMean, level: int) -> float | None:
    return learned_w(worker, learned, level) if level else 0.0
