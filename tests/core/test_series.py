"""Values over time: what is known of a moment, of a while, and of nothing."""

from itertools import pairwise
from math import inf, nan

from hypothesis import given, strategies as st
import pytest

from custom_components.solar_compute.core.series import (
    NOTHING,
    Span,
    filled,
    series,
    series_of_starts,
    total,
)

SPANS = st.lists(
    st.builds(
        lambda start, length, value: Span(start, start + length, value),
        st.integers(0, 100).map(float),
        st.integers(0, 30).map(float),
        st.floats(-1000, 1000),
    ),
    max_size=20,
)


def test_a_value_holds_up_to_its_end_and_no_longer() -> None:
    known = series([Span(0, 10, 1.0), Span(10, 20, 2.0)])
    assert [known.at(time) for time in (-1, 0, 9.9, 10, 20)] == [None, 1, 1, 2, None]


def test_nothing_is_known_in_a_gap() -> None:
    known = series([Span(0, 10, 1.0), Span(20, 30, 2.0)])
    assert known.at(15) is None
    assert known.mean(10, 20) is None


def test_a_mean_is_by_time() -> None:
    known = series([Span(0, 10, 1.0), Span(10, 40, 2.0)])
    assert known.mean(0, 40) == pytest.approx(1.75)
    assert known.mean(5, 15) == pytest.approx(1.5)


def test_a_while_that_is_mostly_unknown_has_no_mean() -> None:
    known = series([Span(0, 10, 1.0)])
    assert known.mean(0, 20) == 1.0
    assert known.mean(0, 21) is None


def test_what_begins_later_ends_what_began_before() -> None:
    known = series([Span(0, 100, 1.0), Span(50, 60, 2.0)])
    assert known.at(49) == 1.0
    assert known.at(55) == 2.0
    assert known.at(70) is None


def test_numbers_that_are_none_are_left_out() -> None:
    known = series(
        [Span(0, 10, nan), Span(10, 20, inf), Span(20, 20, 1), Span(30, 40, 2)]
    )
    assert known.spans == (Span(30, 40, 2),)


def test_starts_alone_last_until_the_next_but_not_over_a_gap() -> None:
    known = series_of_starts([(0, 1.0), (900, 2.0), (1800, 3.0), (10_000, 4.0)])
    assert known.at(2000) == 3.0
    assert known.at(6000) is None
    assert known.end_s == 10_900


def test_a_single_start_lasts_an_hour() -> None:
    assert series_of_starts([(0, 1.0)]).spans == (Span(0, 3600, 1.0),)


def test_the_rest_of_a_day_can_be_filled() -> None:
    known = filled(series([Span(5, 8, 3.0), Span(10, 12, 4.0)]), 0, 20, 0.0)
    assert [known.at(time) for time in (0, 5, 8, 10, 12, 20)] == [0, 3, 0, 4, 0, None]
    assert filled(NOTHING, 0, 20, 1.0).spans == (Span(0, 20, 1.0),)


def test_what_reaches_into_a_day_is_not_filled_over() -> None:
    known = filled(series([Span(-5, 5, 3.0), Span(15, 25, 4.0)]), 0, 20, 0.0)
    assert [known.at(time) for time in (0, 5, 16, 24)] == [3, 0, 4, 4]


def test_two_roofs_add_up_where_both_are_known() -> None:
    east = series([Span(0, 10, 100.0), Span(10, 20, 300.0)])
    west = series([Span(5, 30, 50.0)])
    both = total([east, west])
    assert [both.at(time) for time in (0, 5, 10, 20)] == [None, 150, 350, None]
    assert total([east, NOTHING]) == east
    assert total([]) == NOTHING


def test_a_series_can_be_brought_into_another_unit() -> None:
    known = series([Span(0, 10, 80.0)]).mapped(0.001, 0.2)
    assert known.at(0) == pytest.approx(0.28)


@given(SPANS)
def test_spans_never_overlap_and_are_in_order(spans: list[Span]) -> None:
    known = series(spans).spans
    assert all(one.end_s <= after.start_s for one, after in pairwise(known))
    assert all(one.end_s > one.start_s for one in known)


@given(SPANS, st.floats(0, 120), st.floats(0.1, 50))
def test_a_mean_lies_between_the_least_and_the_most(
    spans: list[Span], start: float, length: float
) -> None:
    known = series(spans)
    mean = known.mean(start, start + length)
    if mean is not None:
        values = [span.value for span in known.spans]
        assert min(values) - 1e-9 <= mean <= max(values) + 1e-9
