"""A scenario of winter is replayed on winter days, and on no others."""

from datetime import UTC, datetime, timedelta

import pytest

from benchmarks.seasons import Season, in_season
from benchmarks.section import ScenarioError
from benchmarks.traces import Interval, Trace

from .traces import stage_of, trace_of


def year() -> Trace:
    start = datetime(2025, 1, 15, tzinfo=UTC)
    return Trace(
        "year.csv",
        86400,
        ("grid_w",),
        tuple(
            Interval(start + timedelta(days=day), {"grid_w": 0.0}) for day in range(365)
        ),
    )


@pytest.mark.parametrize(
    ("zone", "first", "last"),
    [
        ("Europe/Berlin", (1, 15), (3, 31)),
        ("Australia/Brisbane", (5, 1), (9, 30)),
    ],
)
def test_the_longest_stretch_of_winter_counts(
    zone: str, first: tuple[int, int], last: tuple[int, int]
) -> None:
    winter = in_season(year(), Season.WINTER, zone)
    assert winter is not None
    days = [(item.start.month, item.start.day) for item in winter.intervals]
    assert (days[0], days[-1]) == (first, last)


def test_without_a_season_every_day_counts() -> None:
    assert in_season(year(), Season.ANY, "UTC") == year()


def test_a_trace_without_winter_has_none() -> None:
    assert in_season(year().cut(100, 200), Season.WINTER, "UTC") is None


def test_another_season_is_refused() -> None:
    with pytest.raises(ScenarioError, match=r"season: must be one of any, winter"):
        stage_of(trace_of([0.0]), season="spring")
