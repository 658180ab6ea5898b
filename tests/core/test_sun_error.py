"""Forecasts of the sun are held against what came, and corrected where they are off."""

from hypothesis import given, strategies as st
import pytest

from custom_components.solar_compute.core.codec import from_json, to_json
from custom_components.solar_compute.core.expect import expect
from custom_components.solar_compute.core.foreseen import Forecasts, Habits
from custom_components.solar_compute.core.learned import SunErrors
from custom_components.solar_compute.core.memory import Memory
from custom_components.solar_compute.core.plan import Grid
from custom_components.solar_compute.core.series import NOTHING, Series, Span, series
from custom_components.solar_compute.core.sun_error import learn_sun, sun_factors

from .houses import NOON, look, sunny_house

HOUR_S = 3600.0
DAYS = 10


def sky(watts: float, days: int = DAYS + 2) -> Series:
    """Return a forecast of so many watts from 8 to 16 h of every day."""
    return series(
        Span(day * 86400 + 8 * HOUR_S, day * 86400 + 16 * HOUR_S, watts)
        for day in range(days)
    )


def watched(
    came_w: float | None,
    forecast: Series | None = None,
    *,
    days: int = DAYS,
    later: Series = NOTHING,
) -> SunErrors:
    """Watch so many days; `later` is what is forecast once the sun is up."""
    errors = SunErrors()
    for step in range(days * 144):
        now_s = step * 600.0
        hour = int(now_s % 86400 // HOUR_S)
        shines = 8 <= hour < 16
        errors = learn_sun(
            errors,
            now_s=now_s,
            local_hour=hour,
            pv_w=came_w if shines or came_w is None else 0.0,
            forecast_w=later if shines and later.spans else forecast or sky(1000.0),
        )
    return errors


def test_a_forecast_that_promises_too_much_is_found_out() -> None:
    factors = sun_factors(watched(800.0))
    assert factors is not None
    assert factors[12] == pytest.approx((0.8, 0.07), abs=0.03)
    assert factors[3] == pytest.approx((0.8, 0.07), abs=0.03)


def test_what_counts_is_the_forecast_of_the_evening_before() -> None:
    """A forecast that is corrected while the sun shines had not helped the plan."""
    factors = sun_factors(watched(500.0, later=sky(500.0)))
    assert factors is not None
    assert factors[12][0] == pytest.approx(0.5, abs=0.03)


def test_few_days_are_not_enough() -> None:
    assert sun_factors(watched(800.0, days=4)) is None


@pytest.mark.parametrize(
    ("came_w", "forecast"), [(None, None), (800.0, NOTHING), (0.0, sky(1.0))]
)
def test_without_a_meter_or_a_forecast_nothing_is_learned(
    came_w: float | None, forecast: Series | None
) -> None:
    assert sun_factors(watched(came_w, forecast)) is None


def test_panels_that_cannot_be_those_of_the_forecast_correct_it_within_limits() -> None:
    factors = sun_factors(watched(9000.0))
    assert factors is not None
    assert factors[12][0] == 2.0


def test_it_is_stored_and_read_back() -> None:
    errors = watched(800.0)
    assert from_json(SunErrors, to_json(errors)) == errors


@given(
    st.lists(
        st.tuples(
            st.floats(-1e7, 1e7),
            st.floats(allow_nan=True, allow_infinity=True) | st.none(),
            st.floats(-1e6, 1e6),
        ),
        max_size=80,
    )
)
def test_it_stays_small_whatever_it_sees(
    looks: list[tuple[float, float | None, float]],
) -> None:
    errors = SunErrors()
    for now_s, pv_w, forecast in looks:
        errors = learn_sun(
            errors,
            now_s=now_s,
            local_hour=int(now_s // HOUR_S) % 24,
            pv_w=pv_w,
            forecast_w=series([Span(-1e8, 1e8, forecast)]),
        )
    assert len(errors.hours) == 24
    assert len(errors.noted) <= 13
    for ratio, spread in sun_factors(errors) or ():
        assert 0.5 <= ratio <= 2.0
        assert spread >= 0


class TestWhatIsExpectedWithIt:
    def balances(self, habits: Habits) -> tuple[float, float]:
        """Return mean and low balance of noon, a Monday's, with a kilowatt of sun."""
        start_s = NOON.timestamp()
        found = expect(
            sunny_house(),
            look(0),
            Memory(),
            grid=Grid(starts_s=(start_s,), lengths_s=(HOUR_S,)),
            forecasts=Forecasts(
                pv_w=series([Span(start_s - 9e5, start_s + 9e5, 1000.0)])
            ),
            habits=habits,
        )
        assert found is not None
        low = found.balance_low_w
        return found.balance_w[0], found.balance_w[0] if low is None else low[0]

    def test_the_forecast_counts_as_it_usually_comes(self) -> None:
        habits = Habits(load_w=(300.0,) * 24, sun=((0.8, 0.25),) * 24)
        assert self.balances(habits) == pytest.approx((500.0, 180.0))

    def test_a_weekend_has_its_own_load(self) -> None:
        habits = Habits(load_w=(300.0,) * 24, weekend_w=(900.0,) * 24)
        assert self.balances(habits) == pytest.approx((700.0, 700.0))
