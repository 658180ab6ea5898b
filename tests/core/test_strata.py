"""A tank in layers: hot above, cold below, and nothing lost in between."""

from hypothesis import given, strategies as st
import pytest

from custom_components.solar_compute.core.strata import (
    BOTTOM,
    TOP,
    Layers,
    advance,
    layers_of,
    mixed,
    seconds_until_c,
)

from .houses import gas_tank

TEMPERATURES = st.floats(5, 90)
LAYERS = st.tuples(TEMPERATURES, TEMPERATURES, TEMPERATURES)
SEALED = gas_tank(loss_w_per_k=0.0)


@pytest.mark.parametrize(
    ("sensors_c", "layers"),
    [
        ((50,), (50, 50, 50)),
        ((60, 20), (60, 40, 20)),
        ((60, 50, 20), (60, 50, 20)),
        ((60, 50, 30, 20), (60, 40, 20)),
    ],
)
def test_sensors_show_three_layers_from_the_top_down(
    sensors_c: tuple[float, ...], layers: Layers
) -> None:
    assert layers_of(sensors_c) == layers


def test_no_sensor_shows_no_layers() -> None:
    with pytest.raises(ValueError, match="without sensors"):
        layers_of(())


@given(LAYERS)
def test_water_turns_over_until_the_warmest_is_on_top(layers: Layers) -> None:
    top, middle, bottom = mixed(layers)
    assert top >= middle >= bottom
    assert top + middle + bottom == pytest.approx(sum(layers))
    assert min(layers) - 1e-9 <= bottom <= top <= max(layers) + 1e-9


def test_a_shower_cools_the_bottom_and_leaves_the_top_hot() -> None:
    layers = advance(SEALED, (60, 60, 60), heat_w=0, draw_w=2500, seconds=3600)
    assert layers[TOP] == pytest.approx(60, abs=0.1)
    assert layers[BOTTOM] < 35


def test_heat_at_the_bottom_stays_there_until_it_is_as_warm_as_above() -> None:
    layers = advance(SEALED, (60, 50, 20), heat_w=1000, draw_w=0, seconds=3600)
    assert layers[:2] == (60, 50)
    assert layers[BOTTOM] == pytest.approx(20 + 1000 / (1.163 * 200 / 3))
    later = advance(SEALED, layers, heat_w=1000, draw_w=0, seconds=5 * 3600)
    assert max(later) - min(later) < 1e-9


@given(
    layers=LAYERS,
    volume_l=st.floats(5, 10_000),
    heat_w=st.floats(0, 8000),
    draw_w=st.floats(0, 8000),
    seconds=st.floats(1, 86_400),
)
def test_no_layer_becomes_colder_than_what_cools_it_or_warmer_than_its_heat_makes_it(
    layers: Layers, volume_l: float, heat_w: float, draw_w: float, seconds: float
) -> None:
    tank = gas_tank(volume_l=volume_l)
    after = advance(tank, layers, heat_w=heat_w, draw_w=draw_w, seconds=seconds)
    warmest_c = max(*layers, tank.ambient_c)
    warmed_k = heat_w * seconds / 3600 / tank.capacity_wh_per_k
    assert after[0] >= after[1] >= after[2]
    assert min(after) >= min(*layers, tank.cold_c) - 1e-6
    assert sum(after) / 3 <= warmest_c + warmed_k + 1e-6


@given(layers=LAYERS, heat_w=st.floats(0, 4000), seconds=st.floats(1, 86_400))
def test_what_is_neither_drawn_nor_lost_is_still_there(
    layers: Layers, heat_w: float, seconds: float
) -> None:
    after = advance(SEALED, layers, heat_w=heat_w, draw_w=0, seconds=seconds)
    warmer_k = (sum(after) - sum(layers)) / 3
    heat_wh = warmer_k * SEALED.capacity_wh_per_k
    assert heat_wh == pytest.approx(heat_w * seconds / 3600, abs=1e-6)


def test_draws_take_the_heat_that_they_are_said_to() -> None:
    """While the top is hot enough, whatever becomes of the layers below."""
    layers = advance(SEALED, (60, 55, 30), heat_w=0, draw_w=1000, seconds=3600)
    taken_wh = (60 + 55 + 30 - sum(layers)) / 3 * SEALED.capacity_wh_per_k
    assert taken_wh == pytest.approx(1000, rel=0.001)


@given(layers=LAYERS, floor_c=st.floats(12, 60), later_c=st.floats(0.1, 20))
def test_a_lower_floor_is_reached_later(
    layers: Layers, floor_c: float, later_c: float
) -> None:
    use_w = (200.0,) * 24
    first_s = seconds_until_c(
        gas_tank(), layers, use_w, 7.5, floor_c, limit_s=2 * 86_400
    )
    later_s = seconds_until_c(
        gas_tank(), layers, use_w, 7.5, floor_c - later_c, limit_s=2 * 86_400
    )
    assert 0 <= first_s <= later_s <= 2 * 86_400


def test_a_tank_that_is_cold_already_has_reached_its_floor() -> None:
    assert (
        seconds_until_c(gas_tank(), (40, 30, 20), (0.0,) * 24, 3.0, 35, limit_s=1e5)
        == 0
    )


def test_a_sealed_tank_that_nobody_uses_never_cools() -> None:
    unused_w = (0.0,) * 24
    limit_s = 3 * 86_400
    assert (
        seconds_until_c(SEALED, (60, 60, 60), unused_w, 0.0, 50, limit_s=limit_s)
        == limit_s
    )
