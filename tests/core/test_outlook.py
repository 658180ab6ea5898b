"""The learned mean day and what it says of the hours to come."""

from dataclasses import replace
from datetime import timedelta

from hypothesis import given, strategies as st
import pytest

from custom_components.solar_compute.core.memory import HourMean, MeanDay
from custom_components.solar_compute.core.outlook import (
    Outlook,
    hourly_balance,
    learn,
    recent_days,
)

from .houses import CLOCK_S, NOON, learned


def watch(
    day: MeanDay, balance_w: float | None, hours: float, *, from_h: float = 0.0
) -> MeanDay:
    """Look at the same balance every five minutes for some hours after noon."""
    for index in range(int(hours * 12)):
        at_s = from_h * 3600 + index * 300
        day = learn(day, NOON + timedelta(seconds=at_s), CLOCK_S + at_s, balance_w)
    return day


def test_an_hour_is_learned_when_it_is_over() -> None:
    assert watch(MeanDay(), 700.0, 1.0).hours[12] == HourMean()
    assert watch(MeanDay(), 700.0, 1.5).hours[12] == HourMean(700.0, 1, (700.0,))


def test_the_mean_of_an_hour_is_by_time_and_not_by_the_number_of_looks() -> None:
    day = learn(MeanDay(), NOON, CLOCK_S, 1000.0)
    for at_s in range(2700, 3600, 10):
        moment = NOON + timedelta(seconds=at_s)
        day = learn(day, moment, CLOCK_S + at_s, 200.0)
    day = learn(day, NOON + timedelta(hours=1), CLOCK_S + 3600, 200.0)
    assert day.hours[12].mean_w == pytest.approx(0.75 * 1000 + 0.25 * 200)


def test_an_hour_that_was_hardly_seen_teaches_nothing() -> None:
    day = watch(MeanDay(), 700.0, 0.1, from_h=0.9)
    day = learn(day, NOON + timedelta(hours=1), CLOCK_S + 3600, None)
    assert day.hours[12] == HourMean()


def test_silent_meters_are_not_taken_for_a_balance_of_nought() -> None:
    day = watch(MeanDay(), 700.0, 0.5)
    day = watch(day, None, 0.6, from_h=0.5)
    assert day.hours[12].mean_w == pytest.approx(700.0)


def test_what_was_before_a_week_is_forgotten() -> None:
    day = MeanDay()
    for number in range(28):
        balance = 1000.0 if number < 14 else 0.0
        day = watch(day, balance, 1.5, from_h=number * 24)
    assert day.hours[12].days == 7
    assert day.hours[12].mean_w < 150


@given(
    balances=st.lists(st.floats(-20_000, 20_000), min_size=1, max_size=60),
    step_s=st.floats(1, 9000),
)
def test_a_learned_mean_lies_between_what_was_seen(
    balances: list[float], step_s: float
) -> None:
    day = MeanDay()
    for index, balance in enumerate(balances):
        at_s = index * step_s
        day = learn(day, NOON + timedelta(seconds=at_s), CLOCK_S + at_s, balance)
    for hour in day.hours:
        if hour.days:
            assert min(balances) - 1e-6 <= hour.mean_w <= max(balances) + 1e-6


def test_the_expected_day_starts_with_the_hour_that_it_is() -> None:
    day = learned({12: 5.0, 13: 6.0, 11: 4.0}).mean_day
    hours_w = hourly_balance(day, NOON + timedelta(minutes=59))
    assert hours_w is not None
    assert (hours_w[0], hours_w[1], hours_w[23]) == (5.0, 6.0, 4.0)


def test_a_day_of_which_much_is_unseen_is_not_expected() -> None:
    hours = [HourMean(100.0, 1)] * 24
    for hour in range(5):
        hours[hour] = HourMean()
    assert hourly_balance(MeanDay(hours=tuple(hours)), NOON) is None
    assert hourly_balance(MeanDay(), NOON) is None


def test_an_unseen_hour_is_between_its_neighbours() -> None:
    hours = [HourMean(100.0, 1)] * 24
    hours[13] = HourMean()
    hours[14] = HourMean(300.0, 1)
    expected = hourly_balance(MeanDay(hours=tuple(hours)), NOON)
    assert expected is not None and expected[1] == pytest.approx(200.0)


@pytest.mark.parametrize(
    "junk",
    [
        MeanDay(hours=()),
        MeanDay(hours=(HourMean(1.0, 1),) * 23),
        MeanDay(hour=24),
        MeanDay(hour=-1),
    ],
)
def test_a_stored_day_that_is_none_is_begun_anew(junk: MeanDay) -> None:
    assert hourly_balance(junk, NOON) is None
    assert watch(junk, 700.0, 1.5).hours[12] == HourMean(700.0, 1, (700.0,))


def test_what_followed_on_each_of_the_last_days_is_one_stretch_of_time() -> None:
    """The n-th hour ever had n W; it is noon, and 60 hours have been seen."""
    day, midnight = MeanDay(), NOON.replace(hour=0)
    for number in range(61):
        at_s = number * 3600.0
        moment = midnight + timedelta(seconds=at_s)
        day = learn(day, moment, CLOCK_S + at_s, float(number))
    days = recent_days(day, midnight + timedelta(hours=60))
    assert days[0] == tuple(map(float, range(36, 60)))
    assert days[1] == tuple(map(float, range(12, 36)))
    assert days[2][12:] == tuple(map(float, range(12)))


def test_of_the_last_days_no_more_are_kept_than_make_the_mean() -> None:
    day = MeanDay()
    for number in range(240):
        at_s = number * 3600.0
        day = learn(day, NOON + timedelta(seconds=at_s), CLOCK_S + at_s, 1.0)
    assert {len(hour.lately_w) for hour in day.hours} == {7}


def test_a_mean_that_an_older_version_kept_is_the_only_day_known() -> None:
    day = learned({12: 5.0, 13: 6.0}).mean_day
    assert recent_days(day, NOON) == (hourly_balance(day, NOON),)
    assert recent_days(MeanDay(), NOON) == ()


def outlook(balance_now_w: float, hours_w: tuple[float, ...] | None = None) -> Outlook:
    return Outlook(
        balance_now_w=balance_now_w,
        hours_w=hours_w,
        surplus_per_kwh=0.08,
        deficit_per_kwh=0.3,
    )


def test_for_a_quarter_of_an_hour_the_meter_knows_better_than_the_mean_day() -> None:
    sunny_now = outlook(3000.0, (-500.0,) * 24)
    assert sunny_now.price_per_kwh(600, 2000) == 0.08
    assert sunny_now.price_per_kwh(1200, 2000) == 0.3


def test_a_surplus_that_covers_a_part_of_the_load_makes_that_part_cheap() -> None:
    assert outlook(1500.0).price_per_kwh(0, 2000) == pytest.approx(0.135)
    assert outlook(-1500.0).price_per_kwh(0, 2000) == 0.3
    assert outlook(1500.0).price_per_kwh(0, 0) == 0.08
    later = outlook(0.0, (0.0,) * 3 + (1500.0,) * 21)
    assert later.price_per_kwh(4 * 3600, 1000) == 0.08
    assert later.price_per_kwh(4 * 3600, 2000) == pytest.approx(0.135)


@given(
    balance_w=st.floats(-5000, 5000),
    more_w=st.floats(0, 10),
    power_w=st.floats(500, 5000),
)
def test_a_little_more_sun_never_makes_the_price_jump(
    balance_w: float, more_w: float, power_w: float
) -> None:
    before = outlook(balance_w).price_per_kwh(0, power_w)
    after = outlook(balance_w + more_w).price_per_kwh(0, power_w)
    assert before - 0.22 * more_w / power_w - 1e-9 <= after <= before + 1e-9


def test_a_load_at_night_costs_what_the_night_has_cost_so_far() -> None:
    """At noon, 35 ct: by night it has been 12 ct, and that is what a timer pays."""
    two_tariffs = replace(
        outlook(-500.0), hours_per_kwh=(0.35,) * 10 + (0.12,) * 8 + (0.35,) * 6
    )
    assert two_tariffs.price_per_kwh(12 * 3600, 2000) == 0.12
    assert two_tariffs.price_per_kwh(20 * 3600, 2000) == 0.35
    assert two_tariffs.price_per_kwh(0, 2000) == 0.3


def test_the_next_hour_begins_when_the_clock_says_so() -> None:
    half_past = replace(
        outlook(-500.0, (-500.0, 4000.0, *(-500.0,) * 22)), past_hour_s=1800.0
    )
    assert half_past.price_per_kwh(1700, 2000) == 0.3
    assert half_past.price_per_kwh(1900, 2000) == 0.08
    assert half_past.price_per_kwh(5500, 2000) == 0.3


def test_where_nothing_is_learned_there_is_no_sun_later() -> None:
    assert outlook(5000.0).price_per_kwh(3600, 100) == 0.3
