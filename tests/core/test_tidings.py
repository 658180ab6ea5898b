"""What counts as news of the hours to come, and how old a forecast is."""

from dataclasses import replace

from hypothesis import given, strategies as st
import pytest

from custom_components.solar_compute.core.codec import from_json, to_json
from custom_components.solar_compute.core.foreseen import Forecasts
from custom_components.solar_compute.core.series import NOTHING, Series, Span
from custom_components.solar_compute.core.tidings import Heard, hear, is_news
from custom_components.solar_compute.core.times import DAY_S, HOUR_S

NOW_S = 1_781_500_000.0
START_S = NOW_S // HOUR_S * HOUR_S


def hours(*values: float, step_s: float = HOUR_S, start_s: float = START_S) -> Series:
    return Series(
        tuple(
            Span(start_s + index * step_s, start_s + (index + 1) * step_s, value)
            for index, value in enumerate(values)
        )
    )


PRICES = hours(0.30, 0.20, 0.25, 0.40)
SAID = Forecasts(
    pv_w=hours(0, 500, 2000, 1000), import_per_kwh=PRICES, outdoor_c=hours(9, 10, 11)
)


def test_the_same_again_is_no_news() -> None:
    assert not is_news(SAID, replace(SAID), NOW_S)


@pytest.mark.parametrize(
    "after",
    [
        replace(SAID, import_per_kwh=hours(0.30, 0.20, 0.45, 0.40)),
        replace(SAID, import_per_kwh=NOTHING),
        replace(SAID, import_per_kwh=hours(0.30, 0.20, 0.25, 0.40, 0.35)),
        replace(SAID, import_per_kwh=hours(0.30, -0.20, 0.25, 0.40)),
        replace(SAID, export_per_kwh=hours(0.08)),
        replace(SAID, pv_w=hours(0, 700, 2000, 1000)),
        replace(SAID, pv_low_w=hours(0, 200, 900, 400)),
        replace(SAID, outdoor_c=hours(9, 12, 11)),
    ],
    ids=[
        "another price",
        "no prices",
        "a further price",
        "a price below nought",
        "export",
        "more sun",
        "a low case",
        "warmer",
    ],
)
def test_what_would_move_a_plan_is_news(after: Forecasts) -> None:
    assert is_news(SAID, after, NOW_S)


@pytest.mark.parametrize(
    "after",
    [
        replace(SAID, import_per_kwh=hours(0.301, 0.201, 0.251, 0.401)),
        replace(SAID, pv_w=hours(0, 510, 2020, 1000)),
        replace(SAID, outdoor_c=hours(9.4, 10.4, 11.4)),
    ],
    ids=["a rounded price", "a little more sun", "a little warmer"],
)
def test_a_little_is_no_news(after: Forecasts) -> None:
    assert not is_news(SAID, after, NOW_S)


def test_what_creeps_is_news_in_the_end() -> None:
    """It is held against what the plan was made with, and not against the last look."""
    crept = replace(SAID, pv_w=hours(0, 500, 2000 + 4 * 20, 1000))
    assert is_news(SAID, crept, NOW_S)


def test_what_has_passed_is_no_news() -> None:
    after = replace(
        SAID, import_per_kwh=hours(0.2, 0.25, 0.4, start_s=START_S + HOUR_S)
    )
    assert not is_news(SAID, after, START_S + HOUR_S)


def test_one_dear_quarter_of_an_hour_is_news() -> None:
    even = replace(SAID, import_per_kwh=hours(*[0.2] * 8, step_s=900))
    after = replace(SAID, import_per_kwh=hours(*[0.2] * 5, 0.3, 0.1, 0.2, step_s=900))
    assert is_news(even, after, NOW_S)


def test_a_forecast_is_as_old_as_what_it_says() -> None:
    sun = hours(0, 500, 2000, 1000)
    first = hear(None, sun, NOW_S, 1000.0)
    assert first.changed_s == 1000.0
    later = hear(first, sun, NOW_S + HOUR_S, 4600.0)
    assert later.changed_s == 1000.0
    other = hear(later, hours(0, 500, 2200, 1000), NOW_S + HOUR_S, 4600.0)
    assert other.changed_s == 4600.0


def test_a_forecast_of_another_day_is_new_and_one_that_has_ended_is_not() -> None:
    today = hours(*[500] * 4)
    first = hear(None, today, NOW_S, 0.0)
    ended = hear(first, today, NOW_S + 5 * HOUR_S, 5 * HOUR_S)
    assert ended.changed_s == 0.0
    tomorrow = hours(*[500] * 4, start_s=START_S + DAY_S)
    assert hear(ended, tomorrow, NOW_S + DAY_S, DAY_S).changed_s == DAY_S


@given(
    st.lists(st.integers(0, 9000), min_size=1, max_size=72),
    st.integers(0, 60),
)
def test_how_old_a_forecast_is_survives_a_restart(
    powers_w: list[int], passed_h: int
) -> None:
    sun, later_s = hours(*powers_w), passed_h * HOUR_S
    heard = from_json(Heard, to_json(hear(None, sun, NOW_S, 0.0)))
    again = hear(heard, sun, NOW_S + later_s, later_s)
    assert again.changed_s in (0.0, later_s)
    # An hour that both have heard of says that it is the same forecast.
    if passed_h < min(len(powers_w) - 1, 48):
        assert again.changed_s == 0.0
