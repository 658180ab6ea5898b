"""What the last hours looked like to a worker, in a few numbers."""

from dataclasses import replace
from math import isfinite
from typing import Any

from hypothesis import given, strategies as st
import pytest

from custom_components.solar_compute.core.trail import (
    SURPLUS_S,
    WORTH_S,
    Trail,
    features,
    follow,
)


def lived(worths: list[float], step_s: float = 60) -> Trail:
    trail = Trail()
    for index, worth in enumerate(worths):
        trail = follow(trail, index * step_s, worth, 1000 * worth, 300)
    return trail


def test_short_means_follow_at_once_and_long_ones_remember() -> None:
    trail = lived([-1.0] * 300 + [1.0] * 10)
    assert trail.worth[0] > 0.99
    assert trail.worth[-1] < -0.8
    assert list(trail.worth) == sorted(trail.worth, reverse=True)


def test_a_gap_counts_for_no_longer_than_a_reading_may_be_held() -> None:
    before = lived([0.0] * 60)
    after = follow(before, 1e6, 1.0, 0.0, 300)
    assert after.worth[2] == pytest.approx(1 - 2.718281828 ** -(300 / 600))


def test_it_is_no_measure_before_it_has_seen_an_hour() -> None:
    assert not lived([1.0] * 30).is_known
    assert lived([1.0] * 70).is_known


@given(st.lists(st.floats(allow_nan=True, allow_infinity=True), max_size=30))
def test_nothing_that_is_no_number_ever_stays(worths: list[float]) -> None:
    trail = lived([1.0, *worths, 1.0])
    if trail.worth:
        assert all(map(isfinite, features(trail, 12.0)))


def test_a_moment_has_as_many_numbers_as_were_learned_from() -> None:
    assert len(features(lived([1.0] * 3), 12.0)) == len(WORTH_S) + len(SURPLUS_S) + 2


@pytest.mark.parametrize(
    "damaged", [{"surplus": (0.1,) * 3}, {"spread": ()}, {"worth": (0.1,)}]
)
def test_one_that_was_stored_in_another_form_begins_anew(
    damaged: dict[str, Any],
) -> None:
    trail = replace(lived([1.0] * 70), **damaged)
    assert not trail.is_known
    assert follow(trail, 1e6, 1.0, 0.0, 300) == follow(Trail(), 1e6, 1.0, 0.0, 300)
