"""A tank is due when it was not hot for too long, as far as anybody knows."""

from dataclasses import replace

from custom_components.solar_compute.core.hygiene import HygieneWatch, hygiene_state
from custom_components.solar_compute.core.times import DAY_S

WEEK_H = 168.0
watch = HygieneWatch(since_s=0.0)


def test_a_tank_that_was_hot_yesterday_is_not_due() -> None:
    state = hygiene_state(watch, hot_ago_s=DAY_S, after_h=WEEK_H, clock_s=30 * DAY_S)
    assert not state.due
    assert not state.ask


def test_a_tank_that_was_last_hot_a_week_ago_is_due() -> None:
    state = hygiene_state(
        watch, hot_ago_s=7 * DAY_S, after_h=WEEK_H, clock_s=30 * DAY_S
    )
    assert state.due
    assert state.ask


def test_a_tank_never_seen_hot_is_due_only_once_it_was_watched_for_long_enough() -> (
    None
):
    day_6 = hygiene_state(watch, hot_ago_s=None, after_h=WEEK_H, clock_s=6 * DAY_S)
    day_8 = hygiene_state(watch, hot_ago_s=None, after_h=WEEK_H, clock_s=8 * DAY_S)
    assert not day_6.due
    assert day_8.due
    assert day_8.cold_s == 8 * DAY_S


def test_a_boost_is_asked_for_once_a_day_at_most() -> None:
    asked = replace(watch, asked_s=20 * DAY_S)
    soon = hygiene_state(asked, hot_ago_s=None, after_h=WEEK_H, clock_s=20.9 * DAY_S)
    next_day = hygiene_state(asked, hot_ago_s=None, after_h=WEEK_H, clock_s=21 * DAY_S)
    assert soon.due
    assert not soon.ask
    assert next_day.ask
