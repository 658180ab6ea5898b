"""Cooling of a store of heat, solved exactly, hour by hour."""

from math import exp

from hypothesis import given, strategies as st
import pytest

from custom_components.solar_compute.core.body import HeatBody, after_c, seconds_until

MORNING_SHOWERS = (0.0,) * 6 + (1500.0, 900.0) + (0.0,) * 16
WEEK_S = 7 * 86400.0

TANK = HeatBody(
    capacity_wh_per_k=232.6,
    loss_w_per_k=1.4,
    ambient_c=18.0,
    use_w=MORNING_SHOWERS,
    cold_c=10.0,
)
ROOM = HeatBody(capacity_wh_per_k=900.0, loss_w_per_k=40.0, ambient_c=0.0, cold_c=0.0)
HOURS = st.floats(0, 24, exclude_max=True)


def small_steps(
    body: HeatBody, temperature_c: float, seconds: float, hour: float, heat_w: float
) -> float:
    """Cool in steps of ten seconds: an independent way to the same answer."""
    for step in range(int(seconds // 10)):
        use_w = body.use_w[int(hour + step / 360) % 24]
        loss_w = body.loss_w_per_k * (temperature_c - body.ambient_c)
        change_k = (heat_w - loss_w - use_w) / 360 / body.capacity_wh_per_k
        temperature_c = max(body.cold_c, temperature_c + change_k)
    return temperature_c


@pytest.mark.parametrize("heat_w", [0.0, 300.0, 1200.0])
@pytest.mark.parametrize("body", [TANK, ROOM], ids=["tank", "room"])
@pytest.mark.parametrize("hour", [5.5, 21.75])
def test_a_day_of_cooling_agrees_with_small_steps(
    body: HeatBody, hour: float, heat_w: float
) -> None:
    exact = after_c(body, 45.0, 86400, hour, heat_w)
    assert exact == pytest.approx(small_steps(body, 45, 86400, hour, heat_w), abs=0.03)


def test_showers_cool_a_tank_in_the_hours_in_which_they_are_taken() -> None:
    before = after_c(TANK, 55, 3600, 5.0)
    showered = after_c(TANK, before, 3600, 6.0)
    assert 55 - before < 0.3
    assert before - showered == pytest.approx(1500 / 232.6, abs=0.3)


def test_draws_cannot_cool_a_tank_below_the_water_that_comes_in() -> None:
    drained = HeatBody(
        capacity_wh_per_k=10.0,
        loss_w_per_k=0.0,
        ambient_c=18.0,
        use_w=(5000.0,) * 24,
        cold_c=12.0,
    )
    assert after_c(drained, 50, 7200, 0.0) == 12
    assert after_c(drained, 8, 7200, 0.0) == 8


@given(
    body=st.sampled_from([TANK, ROOM]),
    temperature_c=st.floats(20, 90),
    first_s=st.floats(0, 200_000),
    second_s=st.floats(0, 200_000),
    hour=HOURS,
)
def test_cooling_in_two_steps_is_cooling_in_one(
    body: HeatBody, temperature_c: float, first_s: float, second_s: float, hour: float
) -> None:
    between_c = after_c(body, temperature_c, first_s, hour)
    twice_c = after_c(body, between_c, second_s, hour + first_s / 3600)
    once_c = after_c(body, temperature_c, first_s + second_s, hour)
    assert twice_c == pytest.approx(once_c, abs=1e-6)


@given(temperature_c=st.floats(30, 90), share=st.floats(0.05, 0.99), hour=HOURS)
def test_the_time_until_a_temperature_is_when_it_is_reached(
    temperature_c: float, share: float, hour: float
) -> None:
    floor_c = 18 + share * (temperature_c - 18)
    seconds = seconds_until(TANK, temperature_c, floor_c, hour, 10 * WEEK_S)
    assert after_c(TANK, temperature_c, seconds, hour) == pytest.approx(floor_c)
    if seconds > 60:
        assert after_c(TANK, temperature_c, seconds - 60, hour) > floor_c


def test_what_is_cold_already_needs_no_time() -> None:
    assert seconds_until(TANK, 40.0, 40.0, 12.0, WEEK_S) == 0
    assert seconds_until(TANK, 30.0, 40.0, 12.0, WEEK_S) == 0


def test_what_never_cools_takes_as_long_as_one_looks() -> None:
    sealed = HeatBody(capacity_wh_per_k=232.6, loss_w_per_k=0.0, ambient_c=18.0)
    assert after_c(sealed, 50, WEEK_S, 0.0) == 50
    assert seconds_until(sealed, 50, 40, 0.0, WEEK_S) == WEEK_S
    assert seconds_until(ROOM, 20, -5, 0.0, WEEK_S) == WEEK_S


def test_without_losses_a_tank_cools_evenly() -> None:
    drawn = HeatBody(
        capacity_wh_per_k=232.6, loss_w_per_k=0.0, ambient_c=18.0, use_w=(232.6,) * 24
    )
    assert after_c(drawn, 50, 3600, 0.5) == pytest.approx(49)
    assert seconds_until(drawn, 50, 40, 0.5, WEEK_S) == pytest.approx(36_000)


def test_a_little_more_heat_fades_with_the_time_constant() -> None:
    assert ROOM.kept(0) == 1
    assert ROOM.kept(900 / 40 * 3600) == pytest.approx(exp(-1))
    warmer = after_c(ROOM, 21, 7200, 0.0) - after_c(ROOM, 20, 7200, 0.0)
    assert warmer == pytest.approx(ROOM.kept(7200))


@given(
    temperature_c=st.floats(-20, 100),
    more_k=st.floats(0, 30),
    seconds=st.floats(0, WEEK_S),
    hour=HOURS,
)
def test_what_is_warmer_now_is_no_colder_later(
    temperature_c: float, more_k: float, seconds: float, hour: float
) -> None:
    assert (
        after_c(TANK, temperature_c + more_k, seconds, hour)
        >= after_c(TANK, temperature_c, seconds, hour) - 1e-9
    )
