"""Which rule may play: only what is ahead by more than chance explains."""

from hypothesis import given, strategies as st
import numpy as np
import pytest

from custom_components.solar_compute.core.knowledge import Rule
from custom_components.solar_compute.core.learn_gate import proven
from custom_components.solar_compute.core.learn_past import Numbers

EVEN = [0.1, 0.2, 0.1, 0.3, 0.1, 0.2, 0.1, 0.2]


def earned(**rules: list[float]) -> dict[Rule, Numbers]:
    """Return what rules earned day by day; off earns nothing."""
    length = len(next(iter(rules.values())))
    found = {Rule(name): np.array(days) for name, days in rules.items()}
    return {Rule.OFF: np.zeros(length), **found}


def more(by: list[float]) -> list[float]:
    return [day + extra for day, extra in zip(EVEN, by, strict=True)]


def test_a_single_good_day_does_not_let_trees_play() -> None:
    lucky = more([0.5, 0, 0, 0, 0, 0, 0, 0])
    assert proven(earned(bare=EVEN, learned=lucky), Rule.BARE) is Rule.BARE


def test_a_little_more_on_every_day_does() -> None:
    steady = more([0.02] * 8)
    assert proven(earned(bare=EVEN, learned=steady), Rule.BARE) is Rule.LEARNED


def test_trees_go_as_soon_as_something_simpler_earned_more() -> None:
    unlucky = more([0.02] * 7 + [-0.2])
    assert proven(earned(bare=EVEN, learned=unlucky), Rule.LEARNED) is Rule.BARE


def test_what_is_ahead_without_doubt_no_more_keeps_its_place() -> None:
    doubtful = more([0.1, -0.08, 0.1, -0.08, 0.05, 0, 0, 0])
    rules = earned(bare=EVEN, learned=doubtful)
    assert proven(rules, Rule.LEARNED) is Rule.LEARNED
    assert proven(rules, Rule.BARE) is Rule.BARE


def test_a_nowcast_that_earned_more_plays() -> None:
    assert (
        proven(earned(bare=EVEN, nowcast=more([0.01] * 8)), Rule.BARE) is Rule.NOWCAST
    )


def test_nothing_plays_where_day_after_day_was_lost() -> None:
    assert proven(earned(bare=[-0.1] * 8), Rule.BARE) is Rule.OFF


def test_one_bad_day_is_bad_luck() -> None:
    assert proven(earned(bare=[0.0] * 7 + [-0.3]), Rule.BARE) is Rule.BARE


def test_what_was_off_plays_again_once_it_would_have_earned() -> None:
    assert proven(earned(bare=EVEN), Rule.OFF) is Rule.BARE


@pytest.mark.parametrize("champion", list(Rule))
def test_one_that_cannot_be_compared_any_more_makes_way(champion: Rule) -> None:
    assert proven(earned(bare=EVEN), champion) is Rule.BARE


days = st.lists(st.floats(min_value=-1, max_value=1), min_size=6, max_size=6)


@given(days, days, days, st.sampled_from(Rule))
def test_never_one_that_earned_less_than_the_one_before(
    bare: list[float], nowcast: list[float], learned: list[float], champion: Rule
) -> None:
    rules = earned(bare=bare, nowcast=nowcast, learned=learned)
    found = proven(rules, champion)
    assert rules[found].sum() >= rules[champion].sum()
    assert proven(rules, found) is found
