"""Settings that say more than a number."""

import pytest

from custom_components.solar_compute.core.spec import DailyWindow

from .houses import gas_tank, home_battery, house_with_tank, stepper


@pytest.mark.parametrize(
    ("start_min", "end_min", "inside", "outside"),
    [
        (60, 120, [60, 119], [0, 59, 120, 1439]),
        (22 * 60, 6 * 60, [1320, 1439, 0, 359], [360, 1319]),
        (0, 0, [0, 720, 1439], []),
        (600, 600, [0, 600, 1439], []),
    ],
)
def test_a_daily_window_may_span_midnight(
    start_min: int, end_min: int, inside: list[int], outside: list[int]
) -> None:
    window = DailyWindow(start_min=start_min, end_min=end_min)
    assert all(window.contains(minute) for minute in inside)
    assert not any(window.contains(minute) for minute in outside)


def test_levels_count_from_one_and_nought_is_paused() -> None:
    assert [stepper().power_w(level) for level in range(4)] == [0, 300, 600, 1000]


def test_a_battery_loses_the_square_root_of_its_round_trip_each_way() -> None:
    battery = home_battery(round_trip=0.81, reserve_soc=25.0)
    assert battery.one_way == pytest.approx(0.9)
    assert battery.reserve_wh == 2000


def test_tanks_and_workers_are_found_by_their_key() -> None:
    house = house_with_tank()
    assert house.tank("tank") == gas_tank()
    assert house.tank("gone") is None and house.tank(None) is None
    assert house.worker("rig") is house.workers[0]
    assert house.worker("gone") is None
