"""What the next hour will be worth, from how the sun's day usually goes on."""

from dataclasses import replace
from math import isfinite, nan

from hypothesis import given, strategies as st
import numpy as np
import pytest

from custom_components.solar_compute.core.advice import rule_of_thumb
from custom_components.solar_compute.core.codec import from_json, to_json
from custom_components.solar_compute.core.history import BALANCE_W
from custom_components.solar_compute.core.knowledge import Knowledge, Rule
from custom_components.solar_compute.core.learn import learn_workers
from custom_components.solar_compute.core.nowcast import (
    HALF_HOURS,
    Nowcast,
    expected_changes,
    usual_at,
    usual_change,
)
from custom_components.solar_compute.core.spec import PolicySpec

from .pasts import home, past
from .test_learn import DARK, DEAR

POLICY = PolicySpec()
hours = st.floats(min_value=0, max_value=24, exclude_max=True)
usuals = st.lists(
    st.floats(min_value=-1, max_value=1), min_size=HALF_HOURS, max_size=HALF_HOURS
)


def hill(day: int, hour: float) -> float:
    """Sun that comes and goes as on a clear day, on every third day behind clouds."""
    height = 3000 * max(0.0, 1 - ((hour - 12) / 5) ** 2)
    return DARK + height * (0.4 if day % 3 == 2 else 1.0)


def learned() -> Knowledge:
    return learn_workers(home(DEAR), past(hill, 12))


def test_in_the_morning_more_is_expected_and_in_the_evening_less() -> None:
    nowcast = learned().workers["cruncher"].nowcast
    assert expected_changes(nowcast, 8.5, POLICY)[0] > 0.005
    assert expected_changes(nowcast, 15.5, POLICY)[0] < -0.005
    assert expected_changes(nowcast, 2.0, POLICY)[0] == pytest.approx(0, abs=1e-3)


def test_it_is_not_believed_where_days_have_no_course() -> None:
    generator = np.random.default_rng(1)
    history = past(hill, 12)
    mixed = generator.permutation(history.columns[BALANCE_W])
    nowcast = (
        learn_workers(home(DEAR), replace(history, columns={BALANCE_W: mixed}))
        .workers["cruncher"]
        .nowcast
    )
    assert nowcast.start_share < 0.3


def test_an_evening_sun_is_not_started_for_that_the_rule_of_thumb_starts_for() -> None:
    nowcast = learned().workers["cruncher"].nowcast
    mean = 1.2 * DEAR.start_cost * 3600 / POLICY.start_horizon_s
    bare, _ = rule_of_thumb(mean, DEAR.start_cost, POLICY)
    evening, _ = rule_of_thumb(
        mean, DEAR.start_cost, POLICY, expected_changes(nowcast, 15.5, POLICY)
    )
    assert evening < 0 < bare


def test_a_home_with_clear_mornings_and_evenings_plays_by_it() -> None:
    known = learned().workers["cruncher"]
    assert known.rule in (Rule.NOWCAST, Rule.LEARNED)
    assert known.gain >= known.bare_gain


def test_days_with_a_gap_at_the_same_hour_have_no_usual_course() -> None:
    def silent_at_night(day: int, hour: float) -> float:
        return nan if hour < 3 else hill(day, hour)

    known = learn_workers(home(DEAR), past(silent_at_night, 8)).workers["cruncher"]
    assert known.nowcast == Nowcast()
    assert known.rule is not Rule.NOWCAST


def test_without_knowledge_nothing_changes() -> None:
    assert expected_changes(Nowcast(), 9.0, POLICY) == (0.0, 0.0)


def test_half_a_day_is_refused() -> None:
    with pytest.raises(ValueError, match="48"):
        Nowcast(usual=(0.1,) * 24)


def test_it_is_kept_as_it_was_learned() -> None:
    knowledge = learned()
    assert from_json(Knowledge, to_json(knowledge)) == knowledge


@given(usuals, hours)
def test_what_is_usual_lies_between_what_its_neighbours_have(
    usual: list[float], hour: float
) -> None:
    found = usual_at(Nowcast(usual=tuple(usual)), hour)
    assert min(usual) - 1e-9 <= found <= max(usual) + 1e-9


@given(usuals, hours, st.floats(min_value=0, max_value=7200))
def test_it_goes_round_the_clock_without_a_step(
    usual: list[float], hour: float, horizon_s: float
) -> None:
    nowcast = Nowcast(usual=tuple(usual))
    change = usual_change(nowcast, hour, horizon_s)
    assert isfinite(change)
    assert change == pytest.approx(
        usual_change(nowcast, hour + 24, horizon_s), abs=1e-9
    )
