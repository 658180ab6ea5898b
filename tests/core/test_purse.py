"""What switching may lose is bounded, whatever the sun does."""

from dataclasses import replace

from hypothesis import given, settings, strategies as st
import pytest

from custom_components.solar_compute.core.purse import (
    DAY_COSTS,
    PROVEN_DAY_COSTS,
    Purse,
    earn,
    is_spent,
    on_day,
    pay,
    think,
)

COST = 0.01


def lose(purse: Purse, times: int = 1) -> Purse:
    """Start, and run a quarter of an hour for nothing but a little loss."""
    for _ in range(times):
        purse = earn(pay(purse, COST), -0.004, 900, COST)
    return purse


def dream(purse: Purse, worth: float, hours: float, **signals: bool) -> Purse:
    """Let the rule go on in thought for some hours."""
    for step in range(round(hours * 12)):
        purse = think(
            purse,
            worth=worth,
            seconds=300,
            clock_s=step * 300,
            start_cost=COST,
            wants=signals.get("wants", worth > 0),
            gives_up=signals.get("gives_up", worth < 0),
            min_run_s=900,
            min_pause_s=300,
        )
    return purse


def test_one_bad_start_is_bad_luck_and_two_are_enough() -> None:
    assert not lose(Purse()).closed
    assert lose(Purse(), 2).closed


def test_a_start_is_not_held_against_a_worker_while_it_earns() -> None:
    purse = pay(pay(Purse(), COST), COST)
    assert not earn(purse, 0.02, 300, COST).closed


def test_it_plays_again_once_its_rule_would_have_earned_what_was_lost() -> None:
    closed = lose(Purse(), 2)
    assert dream(closed, 0.02, 1).closed
    assert not dream(closed, 0.02, 2).closed


def test_a_rule_that_goes_on_losing_stays_out() -> None:
    assert dream(lose(Purse(), 2), -0.02, 48).closed
    assert dream(lose(Purse(), 2), -0.02, 48, wants=True).closed


def test_the_next_time_it_must_earn_more_and_may_lose_less() -> None:
    again = dream(lose(Purse(), 2), 0.02, 2)
    twice = lose(again)
    assert twice.closed
    assert dream(twice, 0.02, 2).closed
    assert not dream(twice, 0.02, 4).closed


def test_what_was_earned_may_be_lost_again_but_not_a_whole_summer() -> None:
    rich = earn(Purse(), 0.02, 3 * 3600, COST)
    assert not lose(rich, 3).closed
    richest = earn(earn(Purse(), 5.0, 1000 * 3600, COST), -0.001, 300, COST)
    assert lose(richest, 30).closed


def test_where_a_start_costs_nothing_there_is_nothing_to_hold_back() -> None:
    assert not earn(Purse(), -1.0, 3600, 0.0).closed


@given(st.lists(st.floats(-0.03, 0.02), min_size=50, max_size=400))
@settings(deadline=None)
def test_all_losses_together_are_bounded_in_any_weather(worths: list[float]) -> None:
    purse, total, running, since = Purse(), 0.0, False, 0
    for step, worth in enumerate(worths):
        if running:
            total += worth * 300 / 3600
            purse = earn(purse, worth, 300, COST)
            if worth < 0 and step - since >= 3:
                running, since = False, step
        elif not purse.closed and worth > 0:
            running, since = True, step
            total -= COST
            purse = pay(purse, COST)
        purse = think(
            purse,
            worth=worth,
            seconds=300,
            clock_s=step * 300,
            start_cost=COST,
            wants=worth > 0,
            gives_up=worth < 0,
            min_run_s=900,
            min_pause_s=300,
        )
    # Two, one and a half start costs and so on, and what the last run lost beyond it.
    assert total > -(4 * COST + COST + 0.03 * 0.5)


def seasons(purse: Purse, worth: float, days: int) -> Purse:
    """Let the rule go on in thought for days, in steps of an hour."""
    for step in range(days * 24):
        purse = think(
            purse,
            worth=worth,
            seconds=3600,
            clock_s=step * 3600,
            start_cost=COST,
            wants=True,
            gives_up=False,
            min_run_s=900,
            min_pause_s=300,
        )
    return purse


def test_however_often_it_lost_a_good_week_lets_it_play_again() -> None:
    often = Purse()
    for _ in range(40):
        often = replace(lose(replace(often, closed=False), 4), thought=0.0)
    assert often.closed
    assert not seasons(often, 0.005, 7).closed


def test_a_bad_winter_in_thought_does_not_cost_the_summer_after_it() -> None:
    winter = seasons(lose(Purse(), 2), -0.05, 120)
    assert winter.closed
    assert not seasons(winter, 0.005, 2).closed


def test_what_was_lost_long_ago_is_forgotten() -> None:
    thrice = lose(dream(lose(dream(lose(Purse(), 2), 0.02, 2)), 0.02, 4))
    assert thrice.closed
    assert dream(thrice, 0.02, 3).closed
    assert not dream(seasons(thrice, 0.0, 61), 0.02, 3).closed


def test_a_rich_purse_may_not_be_emptied_in_a_day() -> None:
    rich = on_day(earn(Purse(), 0.02, 10 * 3600, COST), "2026-06-15")
    rich = lose(rich, 10)
    assert not rich.closed
    assert is_spent(rich, COST, proven=False)
    assert not is_spent(on_day(rich, "2026-06-16"), COST, proven=False)
    assert not is_spent(rich, COST, proven=False, unseen=True), "it looks for sun"


def test_a_proven_rule_need_not_wait_for_its_purse_but_may_not_lose_all_in_a_day() -> (
    None
):
    closed = lose(on_day(Purse(), "2026-06-15"), 2)
    assert is_spent(closed, COST, proven=False)
    assert not is_spent(closed, COST, proven=True)
    assert is_spent(lose(closed, 17), COST, proven=True)
    assert not is_spent(on_day(lose(closed, 17), "2026-06-16"), COST, proven=True)


@given(st.lists(st.floats(-0.03, 0.02), min_size=20, max_size=288), st.booleans())
@settings(deadline=None)
def test_no_day_loses_more_than_its_bound_and_one_last_run(
    worths: list[float], proven: bool
) -> None:
    """A worker that starts and stops as badly as it may, with a purse that is full."""
    purse = on_day(replace(Purse(), lived=20 * COST), "2026-06-15")
    total, running, since = 0.0, False, 0
    for step, worth in enumerate(worths):
        if running:
            total += worth * 300 / 3600
            purse = earn(purse, worth, 300, COST)
            if is_spent(purse, COST, proven=proven) and step - since >= 3:
                running = False
        elif not is_spent(purse, COST, proven=proven):
            running, since = True, step
            total -= COST
            purse = pay(purse, COST)
    bound = (PROVEN_DAY_COSTS if proven else DAY_COSTS) * COST
    last_run = COST + 0.03 * (900 + 300) / 3600
    assert total > -(bound + last_run)


def test_nothing_is_thought_while_it_plays() -> None:
    assert dream(Purse(), 0.02, 5) == Purse()
    assert Purse().lived == pytest.approx(0)
