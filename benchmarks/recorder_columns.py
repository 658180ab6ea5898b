"""Rows and changes of state as means, or growth, over the intervals of a trace."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from .recorder_rows import HOUR_S, SHORT_S, Kept, Row

LEAST_KNOWN = 0.5
"""A mean stands for its interval if this share of it was seen."""

type Column = list[float | None]


@dataclass(frozen=True, slots=True)
class Steps:
    """The intervals that are asked for, and from when until when Home Assistant ran."""

    start_s: float
    step_s: int
    count: int
    runs: Sequence[tuple[float, float]]


def means(kept: Kept, steps: Steps) -> Column:
    """Return the means of a value that stands until it changes."""
    column = _mean_states(kept, steps)
    for rows, length_s in ((kept.short, SHORT_S), (kept.hourly, HOUR_S)):
        if steps.step_s % length_s == 0:
            column = _filled(_mean_rows(rows, length_s, steps), column)
    return column


def _filled(column: Column, other: Column) -> Column:
    return [a if a is not None else b for a, b in zip(column, other, strict=True)]


def _mean_rows(rows: Iterable[Row], length_s: int, steps: Steps) -> Column:
    found: dict[int, list[float]] = {}
    for row in rows:
        if row.mean is not None:
            place = int((row.start_s - steps.start_s) // steps.step_s)
            found.setdefault(place, []).append(row.mean)
    least = LEAST_KNOWN * steps.step_s / length_s
    return [
        sum(values) / len(values)
        if (values := found.get(index)) and len(values) >= least
        else None
        for index in range(steps.count)
    ]


def _mean_states(kept: Kept, steps: Steps) -> Column:
    sums, seconds = [0.0] * steps.count, [0.0] * steps.count
    for first_s, end_s, value in _stood(kept, steps):
        place = max(0, int((first_s - steps.start_s) // steps.step_s))
        while place < steps.count:
            begin_s = steps.start_s + place * steps.step_s
            if begin_s >= end_s:
                break
            lasted_s = min(end_s, begin_s + steps.step_s) - max(first_s, begin_s)
            sums[place] += value * lasted_s
            seconds[place] += lasted_s
            place += 1
    return [
        total / lasted_s if lasted_s >= LEAST_KNOWN * steps.step_s else None
        for total, lasted_s in zip(sums, seconds, strict=True)
    ]


def _stood(kept: Kept, steps: Steps) -> Iterable[tuple[float, float, float]]:
    """Yield from when until when each state stood; never beyond the end of a run."""
    runs = iter(steps.runs)
    run = next(runs, None)
    for index, (time_s, value) in enumerate(kept.states):
        while run is not None and run[1] <= time_s:
            run = next(runs, None)
        if run is None or value is None:
            continue
        last = index + 1 == len(kept.states)
        end_s = run[1] if last else min(run[1], kept.states[index + 1][0])
        if end_s > time_s:
            yield time_s, end_s, value


def growths(kept: Kept, steps: Steps) -> Column:
    """Return by how much a counter grew; unknown where it was reset."""
    column = _growth_states(kept, steps)
    for rows, length_s in ((kept.short, SHORT_S), (kept.hourly, HOUR_S)):
        if steps.step_s % length_s == 0:
            totals = {row.start_s + length_s: row.total for row in rows}
            column = _filled(_between(steps, totals.get), column)
    return column


def _growth_states(kept: Kept, steps: Steps) -> Column:
    edges: dict[float, float | None] = {}
    for first_s, end_s, value in _stood(kept, steps):
        # The first edge that does not lie before it, by rounding up.
        place = max(0, -int((steps.start_s - first_s) // steps.step_s))
        while (edge_s := steps.start_s + place * steps.step_s) <= end_s:
            edges[edge_s] = value
            place += 1
    return _between(steps, edges.get)


def _between(steps: Steps, total_at: Callable[[float], float | None]) -> Column:
    totals = [
        total_at(steps.start_s + index * steps.step_s)
        for index in range(steps.count + 1)
    ]
    return [
        b - a if a is not None and b is not None and b >= a else None
        for a, b in pairwise(totals)
    ]
