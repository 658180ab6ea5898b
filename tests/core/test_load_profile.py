"""What a home needs itself, by the hour, is learned from its kept past."""

from datetime import UTC, tzinfo
from zoneinfo import ZoneInfo

from hypothesis import given, settings, strategies as st
import numpy as np
import pytest

from custom_components.solar_compute.core.history import BALANCE_W, PV_W, History
from custom_components.solar_compute.core.learned import LoadProfile
from custom_components.solar_compute.core.load_profile import load_profile

DAY_S = 86400
MONDAY_S = 1_781_481_600.0
"""Midnight (UTC) of a Monday in June."""


def past(
    days: int,
    *,
    weekend_w: float = 0.0,
    summer_w: float = 0.0,
    step_s: int = 900,
    pv: bool = True,
    seed: int = 1,
) -> History:
    """Return the past of a home with sun: 300 W, from 18 to 20 h UTC a kilowatt more.

    `weekend_w` more at weekends, `summer_w` more in the first half of the time.
    """
    count = days * DAY_S // step_s
    time_s = np.arange(count) * step_s
    hour, day = time_s % DAY_S / 3600, time_s // DAY_S
    load = 300.0 + 1000.0 * ((hour >= 18) & (hour < 20))
    load += weekend_w * (day % 7 >= 5) + summer_w * (day < days / 2)
    load += np.random.default_rng(seed).normal(0, 40, count)
    sun = 4000.0 * np.maximum(0, np.sin(np.pi * (hour - 5) / 14)) * (hour > 5)
    columns = {BALANCE_W: (sun - load).astype(np.float32)}
    if pv:
        columns[PV_W] = sun.astype(np.float32)
    return History(start_s=MONDAY_S, step_s=step_s, columns=columns)


def profile(history: History, zone: tzinfo = UTC) -> LoadProfile:
    found = load_profile(history, zone)
    assert found is not None
    return found


def at(found: LoadProfile, hour: int) -> float:
    value = found.hours_w[hour]
    assert value is not None
    return value


def test_the_evening_of_a_home_is_found_at_its_local_hour() -> None:
    found = profile(past(10), ZoneInfo("Europe/Berlin"))
    assert at(found, 12) == pytest.approx(300, abs=25)
    assert [hour for hour in range(24) if at(found, hour) > 1000] == [20, 21]
    assert found.days in {10, 11}
    assert found.weekend_w == ()


def test_hourly_means_serve_as_well() -> None:
    fine, coarse = profile(past(10)), profile(past(10, step_s=3600))
    for hour in range(24):
        assert at(coarse, hour) == pytest.approx(at(fine, hour), abs=40)


def test_weekends_have_a_profile_of_their_own_where_they_differ() -> None:
    found = profile(past(28, weekend_w=500.0))
    assert at(found, 12) == pytest.approx(300, abs=25)
    assert found.weekend_w[12] == pytest.approx(800, abs=40)


def test_one_other_weekend_is_no_habit() -> None:
    assert profile(past(9, weekend_w=500.0)).weekend_w == ()


def test_the_season_that_is_over_fades() -> None:
    found = profile(past(240, summer_w=400.0, step_s=3600))
    assert 300 < at(found, 3) < 400


def test_without_a_pv_meter_only_the_night_is_known() -> None:
    found = profile(past(10, pv=False))
    assert at(found, 0) == pytest.approx(300, abs=25)
    assert found.hours_w[12] is None


def test_a_day_alone_teaches_nothing() -> None:
    assert load_profile(past(1), UTC) is None


def test_what_nobody_measured_teaches_nothing() -> None:
    history = past(10)
    for column in history.columns.values():
        column[:] = np.nan
    assert load_profile(history, UTC) is None


@settings(max_examples=30, deadline=None)
@given(
    st.lists(
        st.floats(-1e9, 1e9, width=32) | st.just(np.nan), min_size=1, max_size=150
    ),
    st.booleans(),
)
def test_whatever_was_stored_a_load_is_a_number_or_unknown(
    values: list[float], pv: bool
) -> None:
    columns = {BALANCE_W: np.array(values, dtype=np.float32)}
    if pv:
        columns[PV_W] = -columns[BALANCE_W]
    found = load_profile(History(start_s=0.0, step_s=3600, columns=columns), UTC)
    if found is not None:
        assert len(found.hours_w) == 24
        assert all(value is None or 0 <= value <= 2e9 for value in found.hours_w)


def cut(history: History, first_day: int, end_day: int) -> History:
    per_day = DAY_S // history.step_s
    return history.cut(first_day * per_day, end_day * per_day)


def test_hourly_means_stand_for_the_weeks_before_the_finer_ones() -> None:
    whole = profile(past(40, step_s=3600, weekend_w=800.0))
    fine = cut(past(40, step_s=900, weekend_w=800.0), 36, 40)
    older = cut(past(40, step_s=3600, weekend_w=800.0), 0, 36)

    both = load_profile(fine, UTC, older=older)

    assert both is not None
    assert both.days == 40
    assert both.weekend_w
    for hour in range(24):
        assert at(both, hour) == pytest.approx(at(whole, hour), abs=30)
    assert not profile(fine).weekend_w


def test_hourly_means_alone_are_enough_and_of_the_same_hour_the_finer_count() -> None:
    hourly = past(20, step_s=3600)
    assert load_profile(None, UTC, older=hourly) == profile(hourly)
    fine = cut(past(20, step_s=900, summer_w=5000.0), 0, 20)
    assert load_profile(fine, UTC, older=hourly) == profile(fine)
