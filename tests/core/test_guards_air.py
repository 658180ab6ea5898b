"""The air around a worker: warm, cold, humid, or close to its dew point."""

from hypothesis import given, strategies as st
import pytest

from custom_components.solar_compute.core.decide import decide
from custom_components.solar_compute.core.guards.climate import dew_point_c
from custom_components.solar_compute.core.memory import Memory
from custom_components.solar_compute.core.model import ReasonCode

from .guarded import House, cellar, guards, saying, state_of
from .houses import CLOCK_S, look, paused, sunny_house
from .loop import one, why


class TestTheAir:
    def test_stops_what_stands_in_it_above_its_limit_and_lets_go_clearly_below(
        self,
    ) -> None:
        house = House(cellar())
        levels = [
            one(house.ask(saying("cellar", temperature_c=temperature_c))).level
            for temperature_c in (26.9, 27.0, 27.1, 26.9, 25.1, 25.0, 26.9)
        ]
        assert levels == [1, 1, 0, 0, 0, 1, 1]

    def test_says_how_warm_it_is(self) -> None:
        decision = House(cellar()).ask(saying("cellar", temperature_c=31.5))
        assert why(decision) is ReasonCode.TOO_WARM
        assert one(decision).reason.data == {
            "guard": "cellar",
            "temperature_c": 31.5,
            "maximum_c": 27.0,
        }
        assert one(decision).urgent

    def test_can_be_too_cold(self) -> None:
        house = House(cellar(maximum_c=None, minimum_c=5.0, hysteresis_k=1.0))
        codes = [
            why(house.ask(saying("cellar", temperature_c=temperature_c)))
            for temperature_c in (5.0, 4.9, 5.9, 6.0)
        ]
        assert codes[1:3] == [ReasonCode.TOO_COLD] * 2
        assert ReasonCode.TOO_COLD not in (codes[0], codes[3])

    def test_of_a_range_narrower_than_its_hysteresis_is_right_in_its_middle(
        self,
    ) -> None:
        house = House(cellar(maximum_c=23.0, minimum_c=21.0, hysteresis_k=5.0))
        for wrong_c in (30.0, 10.0):
            assert one(house.ask(saying("cellar", temperature_c=wrong_c))).level == 0
            assert one(house.ask(saying("cellar", temperature_c=22.0))).level == 1

    def test_can_be_too_humid(self) -> None:
        house = House(cellar(maximum_c=None, maximum_humidity=70.0))
        levels = [
            one(house.ask(saying("cellar", humidity=humidity))).level
            for humidity in (70.0, 70.1, 65.1, 65.0, 69.9)
        ]
        assert levels == [1, 0, 0, 1, 1]

    def test_must_stay_clear_of_the_dew_point(self) -> None:
        """20 °C at 80 %: dew at 16.4 °C, so the air is 3.6 K clear of it."""
        near = House(cellar(dew_margin_k=4.0, hysteresis_k=1.0))
        decision = near.ask(saying("cellar", temperature_c=20.0, humidity=80.0))
        assert (one(decision).level, why(decision)) == (0, ReasonCode.TOO_HUMID)
        data = one(decision).reason.data
        assert data["dew_point_c"] == pytest.approx(16.44, abs=0.01)
        for humidity, level in ((76.0, 0), (70.0, 1)):
            air = saying("cellar", temperature_c=20.0, humidity=humidity)
            assert one(near.ask(air)).level == level

        clear = House(cellar(dew_margin_k=3.0))
        air = saying("cellar", temperature_c=20.0, humidity=80.0)
        assert one(clear.ask(air)).level == 1

    @pytest.mark.parametrize(
        ("surface_c", "code"),
        [
            (18.5, None),
            (18.4, ReasonCode.TOO_HUMID),
            (None, ReasonCode.INPUT_MISSING),
        ],
    )
    def test_must_not_condense_on_a_cold_surface_where_one_is_measured(
        self, surface_c: float | None, code: ReasonCode | None
    ) -> None:
        house = House(cellar(dew_margin_k=2.0))
        decision = house.ask(
            saying("cellar", temperature_c=20.0, humidity=80.0, surface_c=surface_c)
        )
        assert one(decision).level == (1 if code is None else 0)
        assert code is None or why(decision) is code

    def test_counts_for_as_long_as_its_guard_believes_the_sensor(self) -> None:
        spec = sunny_house(guards=guards(cellar(hold_s=1800)))
        for age_s, level in ((1800, 1), (1801, 0)):
            air = saying("cellar", age_s=age_s, temperature_c=20.0)
            decision, _ = decide(spec, look(-3000, paused(), guards=(air,)), Memory())
            assert one(decision).level == level

    def test_latches_where_it_shall(self) -> None:
        house = House(cellar(latching=True))
        house.ask(saying("cellar", temperature_c=40.0))
        decision = house.ask(saying("cellar", temperature_c=20.0))
        assert one(decision).reason.data["cause"] == "too_warm"

    def test_stays_too_warm_through_a_silence(self) -> None:
        """The sensor comes back while it is not clearly cooler yet."""
        house = House(cellar())
        house.ask(saying("cellar", temperature_c=28.0))
        began_s = house.at_s
        silent = house.ask(saying("cellar", temperature_c=None))
        assert why(silent) is ReasonCode.INPUT_MISSING
        decision = house.ask(saying("cellar", temperature_c=26.5))
        assert why(decision) is ReasonCode.TOO_WARM
        assert state_of(decision, "cellar").since_s == CLOCK_S + began_s

    def test_whose_guard_asks_for_nothing_is_always_right(self) -> None:
        house = House(cellar(maximum_c=None))
        assert one(house.ask()).level == 1


@pytest.mark.parametrize(
    ("temperature_c", "humidity", "dew_c"),
    [(20.0, 100.0, 20.0), (20.0, 50.0, 9.27), (25.0, 60.0, 16.69), (0.0, 80.0, -3.04)],
)
def test_the_dew_point_is_that_of_the_tables(
    temperature_c: float, humidity: float, dew_c: float
) -> None:
    assert dew_point_c(temperature_c, humidity) == pytest.approx(dew_c, abs=0.06)


@given(st.floats(-50, 100), st.floats(0, 100), st.floats(0, 100))
def test_dew_never_falls_on_what_is_as_warm_as_the_air_and_comes_with_humidity(
    temperature_c: float, one_: float, other: float
) -> None:
    low, high = sorted((one_, other))
    assert dew_point_c(temperature_c, low) <= dew_point_c(temperature_c, high) + 1e-9
    assert dew_point_c(temperature_c, high) <= temperature_c + 1e-9
