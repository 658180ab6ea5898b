"""What counts as news of a worker, and what does not."""

from dataclasses import replace

import pytest

from custom_components.solar_compute.activity import (
    Activity,
    Sight,
    compared_next,
    news,
)
from custom_components.solar_compute.core.model import WorkerState

NOW_S = 1_000_000.0
HOUR = 3600.0
PAUSED = Sight(
    state=WorkerState.PAUSED,
    has_work=True,
    planned=True,
    next_start_s=NOW_S + 2 * HOUR,
)


@pytest.mark.parametrize(
    ("before", "now", "told"),
    [
        ("paused", "paused", []),
        ("paused", "starting", []),
        ("paused", "running", ["started"]),
        ("starting", "running", ["started"]),
        ("running", "draining", []),
        ("draining", "running", []),
        ("draining", "paused", ["paused"]),
        ("running", "paused", ["paused"]),
        ("starting", "paused", []),
        ("running", "lost", ["lost"]),
        ("unknown", "lost", ["lost"]),
        ("lost", "lost", []),
        ("lost", "unknown", []),
        ("lost", "running", ["found"]),
        ("unknown", "running", []),
        ("unknown", "paused", []),
    ],
)
def test_a_worker_that_was_seen_before_is_told_of(
    before: str, now: str, told: list[str]
) -> None:
    was = replace(PAUSED, state=WorkerState(before))
    is_ = replace(PAUSED, state=WorkerState(now))

    assert list(news(was, is_, NOW_S)) == told


def test_work_that_is_done_is_told_of_once_and_not_for_a_worker_that_was_silent() -> (
    None
):
    working = replace(PAUSED, state=WorkerState.RUNNING)
    idle = replace(working, has_work=False)

    assert news(working, idle, NOW_S) == (Activity.WORK_DONE,)
    assert news(idle, idle, NOW_S) == ()
    assert news(idle, working, NOW_S) == ()
    silent = replace(working, state=WorkerState.UNKNOWN)
    assert news(silent, idle, NOW_S) == ()


@pytest.mark.parametrize(
    ("was_h", "is_h", "changed"),
    [
        (2.0, 2.0, False),
        (2.0, 2.2, False),
        (2.0, 2.25, True),
        (2.0, 1.0, True),
        (2.0, None, True),
        (None, 2.0, True),
        (None, None, False),
        # Its time has come: it starts, and the next one is another.
        (0.0, 20.0, False),
        (-0.1, None, False),
        # What is more than a day away is still open.
        (30.0, 40.0, False),
        (None, 25.0, False),
        (30.0, 20.0, True),
    ],
)
def test_a_plan_has_changed_where_the_next_start_within_a_day_has(
    was_h: float | None, is_h: float | None, changed: bool
) -> None:
    def at(hours: float | None) -> Sight:
        start_s = None if hours is None else NOW_S + hours * HOUR
        return replace(PAUSED, next_start_s=start_s)

    told = news(at(was_h), at(is_h), NOW_S)

    assert told == ((Activity.PLAN_CHANGED,) if changed else ())


def test_a_first_plan_is_no_change() -> None:
    unplanned = replace(PAUSED, planned=False, next_start_s=None)

    assert news(unplanned, PAUSED, NOW_S) == ()
    assert news(PAUSED, unplanned, NOW_S) == ()


def test_a_start_that_creeps_away_in_small_steps_is_told_of_once_they_add_up() -> None:
    """Five minutes at every new plan; a quarter of an hour is worth a word."""
    before: Sight | None = None
    told = []
    for step in range(10):
        now = replace(PAUSED, next_start_s=NOW_S + 2 * HOUR + 300 * step)
        found = () if before is None else news(before, now, NOW_S)
        before = compared_next(before, now, found, NOW_S)
        told.append(len(found))

    assert told == [0, 0, 0, 1, 0, 0, 1, 0, 0, 1]


def test_a_start_that_came_or_went_is_what_the_next_is_compared_with() -> None:
    nothing = replace(PAUSED, next_start_s=None)
    passed = replace(PAUSED, next_start_s=NOW_S - HOUR)

    assert compared_next(None, PAUSED, (), NOW_S) == PAUSED
    assert compared_next(nothing, PAUSED, (), NOW_S) == PAUSED
    assert compared_next(PAUSED, nothing, (), NOW_S) == nothing
    assert compared_next(passed, PAUSED, (), NOW_S) == PAUSED
