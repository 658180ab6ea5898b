"""Heat in a pipe, from a flow and two temperatures."""

import pytest

from custom_components.solar_compute.core.heat_meter import heat_w


def test_a_litre_per_minute_that_cools_by_ten_kelvin_carries_seven_hundred_watts() -> (
    None
):
    assert heat_w(1.0, 40.0, 30.0) == pytest.approx(697.8)


@pytest.mark.parametrize(
    ("flow_l_per_min", "flow_c", "return_c"), [(0, 40, 30), (5, 30, 30), (5, 20, 30)]
)
def test_a_pipe_at_rest_or_a_cold_one_carries_none(
    flow_l_per_min: float, flow_c: float, return_c: float
) -> None:
    assert heat_w(flow_l_per_min, flow_c, return_c) == 0
