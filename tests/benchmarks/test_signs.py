"""In a measured home a reversed meter is found, and a right one never accused."""

from pathlib import Path

import pytest

from benchmarks.signs import found
from benchmarks.traces import read_trace
from custom_components.solar_compute.core.directions import Direction

TRACE = Path(__file__).parents[3] / "shared/traces/dev_uk_givenergy_5min.csv.gz"


@pytest.mark.parametrize(
    ("grid_sign", "direction"), [(1, Direction.RIGHT), (-1, Direction.WRONG)]
)
def test_a_home_with_a_battery_says_which_way_its_grid_meter_counts(
    grid_sign: int, direction: Direction
) -> None:
    if not TRACE.exists():
        pytest.skip(f"needs the measured trace {TRACE.name} in ../shared/traces")
    said = found(read_trace(TRACE), grid_sign=grid_sign)
    assert len(said) == 10
    assert {one for one, _ in said} == {direction}
