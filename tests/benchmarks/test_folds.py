"""A part of a home is judged by what all its other days taught."""

from itertools import pairwise

import pytest

from benchmarks.folds import Fold, folded

from .traces import trace_of

DAYS = [float(day) for day in range(5) for _ in range(24)]


@pytest.mark.parametrize(
    ("index", "others", "scored"),
    [(0, [2.0, 3.0, 4.0], [0.0, 1.0]), (1, [0.0, 1.0], [2.0, 3.0, 4.0])],
)
def test_all_other_days_come_before_it(
    index: int, others: list[float], scored: list[float]
) -> None:
    whole = trace_of([*DAYS, 9.0], 3600)
    trace, learn_days = folded(whole, Fold(index, 2))
    days = [item.values["grid_w"] for item in trace.intervals[::24]]
    assert days == [*others, *scored]
    assert learn_days == len(others)


def test_the_days_that_count_keep_their_time_and_the_grid_has_no_gap() -> None:
    whole = trace_of(DAYS, 3600)
    trace, learn_days = folded(whole, Fold(0, 2))
    first = trace.intervals[round(learn_days * 24)]
    assert first.start == whole.intervals[0].start
    steps = {(b.start - a.start).total_seconds() for a, b in pairwise(trace.intervals)}
    assert steps == {3600.0}
