"""How much useful work comes of a kWh, for workers that count what they finish.

    units per kWh = units finished ÷ energy drawn from one finish to the next

Nobody sees half a unit: energy is collected until the count rises, and only then both
count, for all levels together, and for one level where the unit was made at it alone.
What was collected is dropped where the count fell (somebody emptied the folder), where
it rose out of all proportion (somebody filled it), and where nobody looked for a while:
of the unit that comes next, some was made unseen. What is older than a week of running
fades. Pure functions; standard library only; no clock.
"""

from collections.abc import Mapping
from dataclasses import replace
from math import isfinite
from typing import Final

from .managed import Managed
from .memory import PowerMean, WorkDone, WorkMean
from .spec import POSITIVE, WorkerSpec

MINIMUM_UNITS: Final = 3.0
"""Fewer may all have been small ones, or all large ones."""

FORGET_S: Final = 7 * 86400.0
"""What was done before counts as at most so much running."""

AT_ONE_LEVEL: Final = 0.9
"""A unit that took this share of its energy at one level was made there."""

PLAUSIBLE: Final = 10.0
"""So many times the work that is usual for the energy was not done by the worker."""


def learned_units_per_kwh(
    worker: WorkerSpec, learned: PowerMean | None, level: int | None = None
) -> float | None:
    """Return what a kWh yields at a level, or at any (None); None while not known.

    `worker` is as configured.
    """
    if learned is None or learned.nominal_w != worker.levels_w:
        return None
    if level is None:
        return _per_kwh(learned.work.every)
    if not 0 < level <= len(learned.work.levels):
        return None
    return _per_kwh(learned.work.levels[level - 1])


def units_per_kwh_by_level(
    worker: WorkerSpec, learned: PowerMean | None
) -> tuple[float, ...]:
    """Return what a kWh yields at each level, that of all levels where one is not known.

    Empty while nothing is known. `worker` is as configured.
    """
    every = learned_units_per_kwh(worker, learned)
    if every is None:
        return ()
    return tuple(
        learned_units_per_kwh(worker, learned, level) or every
        for level in range(1, len(worker.levels_w) + 1)
    )


def remember_work(
    work: WorkMean, now: Managed, *, elapsed_s: float, gap: bool
) -> WorkMean:
    """Return what is learned of a worker after one more look.

    `elapsed_s` is the time since the last look, `gap`: that was too long ago to know
    what it did meanwhile.
    """
    finished, count = now.observed.finished, len(now.spec.levels_w)
    if finished is None or not isfinite(finished) or now.is_silent:
        return work if work.counted is None else replace(work, counted=None)
    if not _is_whole(work, count):
        work = WorkMean(levels=(WorkDone(),) * count)
    counted = work.counted
    if counted is None or gap or finished < counted:
        return replace(work, counted=finished, open_wh=(), open_s=0.0)
    if work.open_wh and now.current and elapsed_s > 0:
        open_wh = list(work.open_wh)
        open_wh[now.current - 1] += now.drawn_w * elapsed_s / 3600
        work = replace(work, open_wh=tuple(open_wh), open_s=work.open_s + elapsed_s)
    return _finished(work, finished, counted) if finished > counted else work


def unseen(powers: Mapping[str, PowerMean]) -> dict[str, PowerMean]:
    """Return what is learned of all workers after a time in which nobody watches them."""
    return {
        key: replace(learned, work=replace(learned.work, counted=None))
        for key, learned in powers.items()
    }


def _finished(work: WorkMean, finished: float, counted: float) -> WorkMean:
    """Count what was finished just now, and begin with the next."""
    units = finished - counted
    begun = replace(
        work, counted=finished, open_wh=(0.0,) * len(work.levels), open_s=0.0
    )
    energy_wh, usual = sum(work.open_wh), _per_kwh(work.every)
    if energy_wh <= POSITIVE:
        return begun
    if usual is not None and units > PLAUSIBLE * max(1.0, usual * energy_wh / 1000):
        return begun
    done = WorkDone(units=units, energy_wh=energy_wh, seconds=work.open_s)
    levels = tuple(
        _added(known, done) if open_wh >= AT_ONE_LEVEL * energy_wh else known
        for known, open_wh in zip(work.levels, work.open_wh, strict=True)
    )
    return replace(begun, every=_added(work.every, done), levels=levels)


def _added(known: WorkDone, done: WorkDone) -> WorkDone:
    share = 1.0
    if known.seconds + done.seconds > FORGET_S:
        share = max(0.0, FORGET_S - done.seconds) / max(known.seconds, POSITIVE)
    return WorkDone(
        units=known.units * share + done.units,
        energy_wh=known.energy_wh * share + done.energy_wh,
        seconds=known.seconds * share + done.seconds,
    )


def _per_kwh(done: WorkDone) -> float | None:
    if done.units < MINIMUM_UNITS or done.energy_wh <= POSITIVE:
        return None
    return done.units / done.energy_wh * 1000


def _is_whole(work: WorkMean, count: int) -> bool:
    """Tell whether what was stored is of this form: else it would fail at every look."""
    parts = (work.every, *work.levels)
    numbers = [work.open_s, *work.open_wh]
    for part in parts:
        numbers += (part.units, part.energy_wh, part.seconds)
    return (
        len(work.levels) == count
        and len(work.open_wh) in (0, count)
        and all(isfinite(number) and number >= 0 for number in numbers)
    )
