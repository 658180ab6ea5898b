"""A meter with a reversed sign is found, and a home with right ones never accused."""

from collections.abc import Iterable
from dataclasses import replace

from hypothesis import given, strategies as st
import pytest

from custom_components.solar_compute.core.directions import (
    Direction,
    Evidence,
    Flows,
    is_impossible,
    judged,
    seen,
)

CLOUDS = (800, 3000, 900, 2500, 700, 2900, 1200, 3100, 600, 2800, 900, 3000)
KETTLES = (300, 420, 280, 2300, 350, 310, 900, 400, 280, 330, 1900, 300)


def watched(flows: Iterable[Flows]) -> Direction:
    """Return what is said after a meter was watched for so long."""
    evidence, clock_s = Evidence(), 0.0
    for one in flows:
        evidence, clock_s = seen(evidence, one), one.clock_s
    return judged(evidence, clock_s)


def house(
    *, grid_sign: int = 1, battery_sign: int = 1, battery_share: float = 0.0
) -> list[Flows]:
    """Return two hours under passing clouds; a battery takes a share of the surplus."""
    flows = []
    for index, (pv_w, load_w) in enumerate(zip(CLOUDS * 2, KETTLES * 2, strict=True)):
        battery_w = (load_w - pv_w) * battery_share
        flows.append(
            Flows(
                clock_s=index * 300.0,
                grid_w=grid_sign * (load_w - pv_w - battery_w),
                pv_w=pv_w,
                battery_w=battery_sign * battery_w,
            )
        )
    return flows


@pytest.mark.parametrize(
    ("flows", "direction"),
    [
        (house(), Direction.RIGHT),
        (house(grid_sign=-1), Direction.WRONG),
        (house(battery_share=0.5), Direction.RIGHT),
        (house(battery_share=0.5, grid_sign=-1), Direction.WRONG),
        (house(battery_share=0.5, battery_sign=-1), Direction.WRONG),
        # All of it goes into the battery: of the grid nothing is learned.
        (house(battery_share=1.0), Direction.UNKNOWN),
        (house(battery_share=1.0, battery_sign=-1), Direction.WRONG),
    ],
)
def test_the_clouds_tell_which_way_a_meter_counts(
    flows: list[Flows], direction: Direction
) -> None:
    assert watched(flows) is direction


def test_a_few_clouds_say_nothing() -> None:
    assert watched(house(grid_sign=-1)[:5]) is Direction.UNKNOWN


def test_loads_that_come_and_go_for_themselves_say_nothing() -> None:
    flows = [
        Flows(clock_s=index * 300.0, grid_w=grid_w, pv_w=pv_w)
        for index, (pv_w, grid_w) in enumerate(
            zip(CLOUDS, (900, 500, 700, 800, 500, 700, 900, 600) * 2, strict=False)
        )
    ]
    assert watched(flows) is Direction.UNKNOWN


def test_export_without_sun_is_a_wrong_sign_within_minutes() -> None:
    night = [Flows(clock_s=minute * 60.0, grid_w=-900, pv_w=0.0) for minute in range(7)]
    assert watched(night[:3]) is Direction.UNKNOWN
    assert watched(night) is Direction.WRONG


def test_an_inverter_that_is_seen_late_is_no_wrong_sign() -> None:
    late = [
        Flows(
            clock_s=minute * 60.0, grid_w=-900, pv_w=1000.0 if minute in (0, 4) else 0.0
        )
        for minute in range(8)
    ]
    assert watched(late) is Direction.UNKNOWN


def test_what_changes_while_nobody_looks_is_no_cloud() -> None:
    nights = [replace(one, clock_s=one.clock_s * 100) for one in house(grid_sign=-1)]
    assert watched(nights) is Direction.UNKNOWN


@given(
    st.lists(
        st.tuples(st.floats(0, 8000), st.floats(0, 8000), st.floats(0, 1)), max_size=60
    )
)
def test_no_home_with_right_signs_is_ever_impossible(
    moments: list[tuple[float, float, float]],
) -> None:
    evidence = Evidence()
    for index, (pv_w, load_w, share) in enumerate(moments):
        battery_w = (load_w - pv_w) * share
        grid_w = load_w - pv_w - battery_w
        flows = Flows(
            clock_s=index * 60.0, grid_w=grid_w, pv_w=pv_w, battery_w=battery_w
        )
        assert not is_impossible(grid_w, pv_w, battery_w)
        evidence = seen(evidence, flows)
    assert evidence.impossible_since_s is None
