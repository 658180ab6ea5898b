"""Readings of any moments as means over regular intervals.

What a home was measured at, in changes of state or in rows of statistics, becomes the
columns of a `History` here, and pieces of a past become one. It may import numpy; it
never reads where readings come from.
"""

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from .history import BALANCE_W, Column, History

type Times = NDArray[np.float64]

LEAST_KNOWN = 0.5
"""A mean stands for its interval if this share of it was seen."""


def unknown(count: int) -> Column:
    """Return a column of which nothing is known."""
    return np.full(count, np.nan, dtype=np.float32)


def interval_means(
    times_s: Times,
    values: Times,
    *,
    start_s: float,
    step_s: int,
    count: int,
    until_s: float,
    hold_s: float,
) -> Column:
    """Return time-weighted means of a value that stands until its next reading.

    `times_s` ascend; a value of NaN says that nothing is known from then on. A reading
    stands for `hold_s` at most, the last one until `until_s`. An interval of which less
    than half is known is NaN.
    """
    if len(times_s) == 0 or count == 0:
        return unknown(count)
    ends_s = np.append(times_s[1:], max(until_s, times_s[-1]))
    ends_s = np.minimum(ends_s, np.minimum(times_s + hold_s, until_s))
    lengths_s = np.maximum(0.0, ends_s - times_s)
    lengths_s[~np.isfinite(values)] = 0.0
    weights = np.nan_to_num(values, posinf=0.0, neginf=0.0) * lengths_s
    # Between its two knots a reading adds up evenly, between readings nothing does.
    knots_s = np.column_stack((times_s, times_s + lengths_s)).ravel()
    edges_s = start_s + step_s * np.arange(count + 1)
    seen_s = np.diff(np.interp(edges_s, knots_s, _running(lengths_s)))
    sums = np.diff(np.interp(edges_s, knots_s, _running(weights)))
    means = unknown(count)
    known = seen_s >= LEAST_KNOWN * step_s
    means[known] = (sums[known] / seen_s[known]).astype(np.float32)
    return means


def _running(parts: Times) -> Times:
    """Return the sum before and after every part."""
    after = np.cumsum(parts)
    return np.column_stack((after - parts, after)).ravel()


def placed(
    starts_s: Times, means: Times, *, start_s: float, step_s: int, count: int
) -> Column:
    """Return means of such intervals, by their start, at their places on the grid."""
    column = unknown(count)
    places = np.floor((starts_s - start_s) / step_s + 0.5).astype(np.int64)
    inside = (places >= 0) & (places < count)
    column[places[inside]] = means[inside].astype(np.float32)
    return column


def filled(column: Column, other: Column) -> Column:
    """Return a column, with what it does not know taken from another."""
    return np.where(np.isfinite(column), column, other)


def summed(parts: Sequence[tuple[float, Column]], count: int) -> Column:
    """Return the sum of columns times their factors; NaN where any is unknown."""
    total = np.zeros(count, dtype=np.float32)
    for factor, column in parts:
        total = total + np.float32(factor) * column
    return total if parts else unknown(count)


def without_standstill(column: Column, intervals: int) -> Column:
    """Return a column without what stands still for so many intervals.

    A meter of a home moves: one that stands still has died and was not told from
    living, or nobody was there to hear it. Only at 0 may it rest.
    """
    moved = np.flatnonzero(np.diff(column, prepend=np.nan) != 0)
    lengths = np.diff(moved, append=len(column))
    still = (lengths >= intervals) & (column[moved] != 0)
    return np.where(np.repeat(still, lengths), np.float32(np.nan), column)


def balance(
    grid_w: Column, battery_w: Column | None, workers_w: Iterable[Column]
) -> Column:
    """Return what a home had left before any worker drew, in W.

    A worker of which nothing is known counts as paused: nobody had it run then.
    """
    total = -grid_w
    if battery_w is not None:
        total = total - battery_w
    for worker_w in workers_w:
        total = total + np.nan_to_num(worker_w, nan=0.0)
    return total


def finer(history: History, step_s: int) -> History:
    """Return a past in shorter steps, every mean repeated.

    Raises:
        ValueError: if its step is no multiple of `step_s`.
    """
    times, rest = divmod(history.step_s, step_s)
    if rest or not times:
        raise ValueError("a step must fit into a longer one")
    return History(
        start_s=history.start_s,
        step_s=step_s,
        columns={
            name: np.repeat(column, times) for name, column in history.columns.items()
        },
        coarse=history.coarse,
    )


def joined(first: History, second: History, *, longest: int | None = None) -> History:
    """Return two pasts of one grid as one; what both know is taken from the first.

    Where neither knows anything there is NaN. Of more than `longest` intervals the
    oldest are dropped. It is coarse if either is.

    Raises:
        ValueError: if their grids differ.
    """
    step_s = first.step_s
    shift = (second.start_s - first.start_s) / step_s
    if second.step_s != step_s or shift != round(shift):
        raise ValueError("the pasts are not on one grid")
    start_s = min(first.start_s, second.start_s)
    count = round((max(first.end_s, second.end_s) - start_s) / step_s)
    skip = 0 if longest is None else max(0, count - longest)
    first_at, second_at = (
        round((part.start_s - start_s) / step_s) for part in (first, second)
    )
    first_end, second_end = first_at + len(first), second_at + len(second)
    # Only where they meet are they compared: a long past meets little of the next.
    both = slice(max(first_at, second_at), min(first_end, second_end))
    columns = {}
    for name in (*first.columns, *(second.columns.keys() - first.columns.keys())):
        column = unknown(count)
        if (values := second.columns.get(name)) is not None:
            column[second_at:second_end] = values
        if (values := first.columns.get(name)) is not None:
            other = column[both].copy()
            column[first_at:first_end] = values
            column[both] = filled(column[both], other)
        columns[name] = column[skip:]
    return History(
        start_s=start_s + skip * step_s,
        step_s=step_s,
        columns=columns,
        coarse=first.coarse or second.coarse,
    )


def from_rows(
    rows: Sequence[tuple[float, dict[str, float]]], *, step_s: int
) -> History | None:
    """Return rows of values, by the start of their interval, as a past; None of none."""
    if not rows:
        return None
    start_s = min(row_s for row_s, _ in rows)
    count = round((max(row_s for row_s, _ in rows) - start_s) / step_s) + 1
    names = {BALANCE_W, *(name for _, values in rows for name in values)}
    columns = {name: unknown(count) for name in sorted(names)}
    for row_s, values in rows:
        for name, value in values.items():
            columns[name][round((row_s - start_s) / step_s)] = value
    return History(start_s=start_s, step_s=step_s, columns=columns)
