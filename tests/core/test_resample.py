"""Readings of any moments become interval means, and pieces of a past become one."""

from hypothesis import given, strategies as st
import numpy as np
import pytest

from custom_components.solar_compute.core.history import (
    BALANCE_W,
    PV_W,
    Column,
    History,
)
from custom_components.solar_compute.core.resample import (
    balance,
    filled,
    finer,
    from_rows,
    interval_means,
    joined,
    placed,
    summed,
    without_standstill,
)

NAN = float("nan")


def column(*values: float) -> Column:
    return np.array(values, dtype=np.float32)


def means(
    readings: list[tuple[float, float]], *, count: int = 3, hold_s: float = 1e9
) -> list[float]:
    times_s, values = np.array(readings, dtype=np.float64).reshape(-1, 2).T
    found = interval_means(
        times_s,
        values,
        start_s=0.0,
        step_s=100,
        count=count,
        until_s=100.0 * count,
        hold_s=hold_s,
    )
    return [float(value) for value in found]


def test_a_mean_weighs_every_reading_by_how_long_it_stood() -> None:
    assert means([(0, 100), (25, 500), (150, 0)]) == [400, 250, 0]


def test_a_reading_from_before_the_first_interval_stands_until_the_next() -> None:
    assert means([(-5000, 70), (250, 170)]) == [70, 70, 120]


def test_a_reading_stands_no_longer_than_its_hold() -> None:
    known, half, unknown = means([(0, 80)], hold_s=160)
    assert (known, half) == (80, 80)
    assert np.isnan(unknown)


def test_an_interval_that_was_seen_for_less_than_half_is_unknown() -> None:
    first, second, third = means([(0, 60), (140, NAN), (240, 90)])
    assert first == 60
    assert np.isnan(second)
    assert third == 90


def test_nothing_is_known_where_there_are_no_readings() -> None:
    assert np.isnan(means([])).all()


@given(
    st.lists(
        st.tuples(
            st.integers(-200, 500),
            st.one_of(st.just(NAN), st.floats(-20_000, 20_000, width=32)),
        ),
        min_size=1,
        max_size=30,
        unique_by=lambda reading: reading[0],
    ),
    st.integers(1, 400),
)
def test_means_are_those_of_a_count_second_by_second(
    readings: list[tuple[int, float]], hold_s: int
) -> None:
    readings.sort()
    seconds = np.full(300, np.nan)
    for (time_s, value), (next_s, _) in zip(
        readings, [*readings[1:], (300, 0.0)], strict=True
    ):
        first, end = max(0, time_s), max(0, min(next_s, time_s + hold_s, 300))
        seconds[first:end] = value
    found = means([(float(t), v) for t, v in readings], hold_s=hold_s)
    for mean, part in zip(found, seconds.reshape(3, 100), strict=True):
        seen = part[np.isfinite(part)]
        if len(seen) < 50:
            assert np.isnan(mean)
        else:
            assert mean == pytest.approx(float(seen.mean()), rel=1e-5, abs=0.05)


def test_statistics_find_their_places_and_leave_gaps_where_there_are_none() -> None:
    found = placed(
        np.array([600.0, 0.0, 9000.0]),
        np.array([3.0, 1.0, 7.0]),
        start_s=0.0,
        step_s=300,
        count=3,
    )
    assert found[0] == 1
    assert np.isnan(found[1])
    assert found[2] == 3


def test_what_is_unknown_is_filled_from_elsewhere_and_nothing_else_is() -> None:
    assert list(filled(column(1, NAN), column(8, 9))) == [1, 9]


def test_a_sum_is_unknown_where_any_part_is() -> None:
    total = summed([(1.0, column(500, 500)), (-1.0, column(200, NAN))], 2)
    assert total[0] == 300
    assert np.isnan(total[1])


def test_the_balance_counts_workers_that_nobody_had_run_as_paused() -> None:
    found = balance(
        column(-1000, 200, NAN), column(-300, 100, 0), [column(500, NAN, 500)]
    )
    assert list(found[:2]) == [1800, -300]
    assert np.isnan(found[2])


def test_a_meter_that_stands_still_is_not_believed_but_may_rest_at_nothing() -> None:
    found = without_standstill(column(7, 7, 7, 5, 0, 0, 0, 0, 5, 5), 3)
    assert np.isnan(found[:3]).all()
    assert list(found[3:]) == [5, 0, 0, 0, 0, 5, 5]


def past(start_s: float, *values: float, name: str = BALANCE_W) -> History:
    columns = {BALANCE_W: column(*[NAN] * len(values)), name: column(*values)}
    return History(start_s=start_s, step_s=300, columns=columns)


def test_two_pasts_become_one_with_a_gap_where_nobody_knows() -> None:
    both = joined(past(1500, 1, 2), past(0, 8, 9, 9))
    assert both.start_s == 0
    assert len(both) == 7
    values = both.columns[BALANCE_W]
    assert list(values[:3]) == [8, 9, 9]
    assert np.isnan(values[3:5]).all()
    assert list(values[5:]) == [1, 2]


def test_what_is_known_already_stays_and_new_columns_are_taken_in() -> None:
    both = joined(past(0, 1, NAN), past(0, 5, 6))
    assert list(both.columns[BALANCE_W]) == [1, 6]
    both = joined(both, past(300, 70, name=PV_W))
    assert list(both.columns[BALANCE_W]) == [1, 6]
    assert np.isnan(both.columns[PV_W][0])
    assert both.columns[PV_W][1] == 70


def test_a_past_that_grows_too_long_forgets_its_beginning() -> None:
    both = joined(past(0, 1, 2, 3), past(900, 4, 5), longest=3)
    assert both.start_s == 600
    assert list(both.columns[BALANCE_W]) == [3, 4, 5]


@pytest.mark.parametrize("other", [past(150, 1), finer(past(0, 1), 100)])
def test_pasts_of_different_grids_are_not_joined(other: History) -> None:
    with pytest.raises(ValueError, match="not on one grid"):
        joined(past(0, 1), other)


def test_hours_can_be_laid_under_minutes() -> None:
    hours = History(
        start_s=0.0, step_s=3600, columns={BALANCE_W: column(1, 2)}, coarse=True
    )
    found = finer(hours, 1200)
    assert (found.step_s, len(found), found.coarse) == (1200, 6, True)
    assert list(found.columns[BALANCE_W]) == [1, 1, 1, 2, 2, 2]
    with pytest.raises(ValueError, match="must fit"):
        finer(hours, 7200)


def test_rows_become_a_past_with_gaps_for_those_that_are_missing() -> None:
    found = from_rows([(300.0, {BALANCE_W: 5.0}), (900.0, {PV_W: 2.0})], step_s=300)
    assert found is not None
    assert (found.start_s, len(found)) == (300, 3)
    assert found.columns[BALANCE_W][0] == 5
    assert np.isnan(found.columns[BALANCE_W][1:]).all()
    assert found.columns[PV_W][2] == 2
    assert from_rows([], step_s=300) is None


def test_a_past_within_another_is_filled_and_surrounded_by_it() -> None:
    both = joined(past(300, 1, NAN, 3), past(0, 9, 9, 8, 9, 7))
    assert both.columns[BALANCE_W].tolist() == [9, 1, 8, 3, 7]
    assert both.start_s == 0
