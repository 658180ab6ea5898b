"""What is expected of the hours to come, and what it rests on."""

from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from custom_components.solar_compute.core.expect import expect
from custom_components.solar_compute.core.expect_balance import learn_rest
from custom_components.solar_compute.core.foreseen import Forecasts, Habits
from custom_components.solar_compute.core.memory import (
    DrawMean,
    HourMean,
    MeanDay,
    Memory,
)
from custom_components.solar_compute.core.plan import Expected, Grid
from custom_components.solar_compute.core.planner_grid import plan_grid
from custom_components.solar_compute.core.series import Series, Span, series

from .houses import (
    CLOCK_S,
    EXPORT,
    IMPORT,
    NOON,
    house_with_tank,
    learned,
    look,
    sunny_house,
)

NOON_S = NOON.timestamp()
HOUR = 3600.0


def hours(count: int, start_s: float = NOON_S, length_s: float = HOUR) -> Grid:
    return Grid(
        starts_s=tuple(start_s + index * length_s for index in range(count)),
        lengths_s=(length_s,) * count,
    )


def constant(value: float, count: int = 48, start_s: float = NOON_S) -> Series:
    return series([Span(start_s, start_s + count * HOUR, value)])


def day(watts: float) -> MeanDay:
    return MeanDay(hours=(HourMean(watts, 7),) * 24)


def ahead(
    forecasts: Forecasts | None = None,
    memory: Memory | None = None,
    habits: Habits | None = None,
    *,
    grid: Grid | None = None,
) -> Expected:
    found = expect(
        sunny_house(),
        look(0),
        learned(200.0) if memory is None else memory,
        grid=grid or hours(24),
        forecasts=forecasts or Forecasts(),
        habits=habits or Habits(),
    )
    assert found is not None
    return found


def test_without_a_forecast_the_learned_mean_day_is_expected() -> None:
    found = ahead(memory=learned({13: 900.0}))
    assert found.balance_w[:3] == (0.0, 900.0, 0.0)
    assert found.sources["balance"] == "learned"


def test_nothing_is_expected_of_a_home_that_nobody_knows() -> None:
    assert (
        expect(
            sunny_house(),
            look(0),
            Memory(),
            grid=hours(24),
            forecasts=Forecasts(pv_w=constant(3000)),
        )
        is None
    )


def test_with_a_forecast_the_home_has_what_it_needs_less() -> None:
    found = ahead(Forecasts(pv_w=constant(3000)), habits=Habits(load_w=(400.0,) * 24))
    assert found.balance_w == (2600.0,) * 24
    assert found.sources["balance"] == "forecast"


def test_a_load_alone_waits_for_nothing_but_what_is_left_goes_before_it() -> None:
    """A new home knows its load from its recorder, and its forecasts not yet."""
    load = Habits(load_w=(400.0,) * 24)
    assert ahead(Forecasts(pv_w=constant(3000)), habits=load).balance_w[0] == 2600.0

    learned = replace(load, rest=day(-900))
    assert ahead(Forecasts(pv_w=constant(3000)), habits=learned).balance_w[0] == 2100.0

    apart = replace(learned, sun=((0.5, 0.1),) * 24)
    assert ahead(Forecasts(pv_w=constant(3000)), habits=apart).balance_w[0] == 1100.0


def test_a_new_home_expects_what_no_forecast_reaches_as_the_day_before() -> None:
    """Most forecasts end tomorrow at midnight, and nobody knows a mean day yet."""

    def two_days(count: int) -> Expected | None:
        return expect(
            sunny_house(),
            look(0),
            Memory(),
            grid=hours(48),
            forecasts=Forecasts(pv_w=constant(3000, count=count)),
            habits=Habits(load_w=(400.0,) * 12 + (900.0,) * 12),
        )

    found = two_days(24)
    assert found is not None
    assert found.balance_w[24:] == found.balance_w[:24]
    assert found.sources["balance"] == "forecast"
    assert two_days(23) is None


def test_what_is_left_beyond_the_forecast_is_learned_without_a_pv_meter() -> None:
    """Half a kilowatt less than forecast, whatever the weather: so it will be tomorrow."""
    rest = MeanDay()
    for index in range(26 * 12):
        at_s = index * 300.0
        sun_w = 1000.0 + 10 * index
        rest = learn_rest(rest, look(0, at_s=at_s), sun_w - 500, constant(sun_w))
    found = ahead(Forecasts(pv_w=constant(4000)), habits=Habits(rest=rest))
    assert found.balance_w[:3] == pytest.approx((3500.0,) * 3)


def test_hours_of_which_the_forecast_says_nothing_are_those_of_the_mean_day() -> None:
    found = ahead(
        Forecasts(pv_w=constant(3000, count=6)), habits=Habits(rest=day(-500))
    )
    assert found.balance_w[5:7] == (2500.0, 200.0)


def test_a_balance_is_named_after_what_most_of_the_next_hours_rest_on() -> None:
    """By time: of the first hours the steps are short, and many."""
    for count, source in ((5, "learned"), (7, "forecast")):
        found = ahead(
            Forecasts(pv_w=constant(3000, count=count)),
            habits=Habits(rest=day(-500)),
            grid=plan_grid(NOON_S),
        )
        assert found.sources["balance"] == source


def test_a_forecast_is_not_learned_from_while_the_balance_is_unknown() -> None:
    rest = learn_rest(MeanDay(), look(0), None, constant(3000))
    assert rest.last_w is None


def test_the_next_quarter_of_an_hour_is_as_the_meters_say() -> None:
    found = ahead(habits=Habits(now_w=1700.0), grid=hours(8, length_s=900.0))
    assert found.balance_w[0] == 1700.0
    assert 200.0 < found.balance_w[2] < 1700.0
    assert found.balance_w[5] == 200.0


def test_a_cloudy_case_comes_with_the_quantiles() -> None:
    found = ahead(
        Forecasts(pv_w=constant(3000), pv_low_w=constant(1000, count=2)),
        habits=Habits(rest=day(-500)),
    )
    assert found.balance_low_w is not None
    assert found.balance_low_w[:3] == (500.0, 500.0, 2500.0)


def test_a_quantile_above_the_mean_does_not_raise_the_cloudy_case() -> None:
    found = ahead(
        Forecasts(pv_w=constant(1000), pv_low_w=constant(3000)),
        habits=Habits(rest=day(-500)),
    )
    assert found.balance_low_w == found.balance_w


def test_known_prices_come_first_then_what_was_learned_of_the_hour() -> None:
    memory = replace(learned(0.0), import_day=day(0.33))
    found = expect(
        sunny_house(),
        look(0, import_per_kwh=0.25),
        memory,
        grid=hours(24),
        forecasts=Forecasts(import_per_kwh=constant(0.20, count=14)),
    )
    assert found is not None
    assert found.import_per_kwh[13:15] == (0.20, 0.33)
    assert found.sources["import"] == "forecast"


def test_a_price_that_is_not_published_yet_is_that_of_the_day_before() -> None:
    prices = series(
        [
            Span(NOON_S, NOON_S + HOUR, 0.10),
            Span(NOON_S + HOUR, NOON_S + 24 * HOUR, 0.4),
        ]
    )
    found = ahead(
        Forecasts(import_per_kwh=prices, export_per_kwh=prices.mapped(0.5)),
        grid=hours(48),
    )
    assert found.import_per_kwh[24:26] == (0.10, 0.4)
    assert found.export_per_kwh[24:26] == (0.05, 0.2)


def test_a_price_that_never_changes_is_the_setting() -> None:
    found = ahead()
    assert found.import_per_kwh == (IMPORT,) * 24
    assert found.export_per_kwh == (EXPORT,) * 24
    assert found.sources["import"] == found.sources["export"] == "fixed"


def test_a_price_of_which_only_the_present_is_known_stays() -> None:
    found = expect(
        sunny_house(),
        look(0, export_per_kwh=-0.02),
        learned(0.0),
        grid=hours(3),
        forecasts=Forecasts(),
    )
    assert found is not None
    assert found.export_per_kwh == (-0.02,) * 3


def test_every_tank_is_drawn_from_by_the_local_hour() -> None:
    use_wh = tuple(float(hour) for hour in range(24))
    memory = replace(
        learned(0.0), draws={"tank": DrawMean(hours_wh=use_wh, days=(14,) * 24)}
    )
    found = expect(
        house_with_tank(), look(0), memory, grid=hours(3), forecasts=Forecasts()
    )
    assert found is not None
    assert found.draws_w["tank"] == (12.0, 13.0, 14.0)
    assert found.sources["draws:tank"] == "learned"


def test_assumed_draws_are_called_fixed() -> None:
    found = expect(
        house_with_tank(), look(0), learned(0.0), grid=hours(3), forecasts=Forecasts()
    )
    assert found is not None
    assert found.sources["draws:tank"] == "fixed"


def test_gaps_in_the_outdoor_temperature_are_bridged() -> None:
    air = series([Span(NOON_S + HOUR, NOON_S + 2 * HOUR, 7.0)])
    assert ahead(Forecasts(outdoor_c=air)).outdoor_c == (7.0,) * 24
    assert ahead().outdoor_c is None


@pytest.mark.parametrize(
    ("midnight", "count"),
    [(datetime(2026, 3, 29), 23), (datetime(2026, 10, 25), 25)],
    ids=["an hour is left out", "an hour comes twice"],
)
def test_the_local_hour_counts_on_days_that_have_not_24(
    midnight: datetime, count: int
) -> None:
    start = midnight.replace(tzinfo=ZoneInfo("Europe/Berlin"))
    snapshot = replace(look(0), local=start, clock_s=CLOCK_S)
    found = expect(
        sunny_house(),
        snapshot,
        learned({hour: float(hour) for hour in range(24)}),
        grid=hours(count + 1, start.timestamp()),
        forecasts=Forecasts(),
    )
    assert found is not None
    assert found.balance_w[count - 1 :] == (23.0, 0.0)
    assert len(set(found.balance_w[:4])) == (4 if count == 23 else 3)


def test_snapshots_of_any_minute_expect_the_same_of_an_hour() -> None:
    late = look(0, at_s=3000.0)
    assert late.local - NOON == timedelta(minutes=50)
    found = expect(
        sunny_house(),
        late,
        learned({14: 700.0}),
        grid=hours(3),
        forecasts=Forecasts(),
    )
    assert found is not None
    assert found.balance_w == (0.0, 0.0, 700.0)
