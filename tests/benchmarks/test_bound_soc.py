"""What a home that stores could have earned with perfect foresight."""

from typing import Any

from hypothesis import given, settings, strategies as st
import pytest

from benchmarks.bound import bound
from benchmarks.bound_soc import foresee
from benchmarks.engine import replay
from benchmarks.lattice import Fineness
from benchmarks.plain import Off
from benchmarks.policies import POLICIES

from .traces import stage_of, trace_of
from .trial import best_by_trial

READINGS = st.one_of(st.none(), st.floats(-2500, 1500))

BATTERY = {"capacity_wh": 800, "charge_w": 600, "discharge_w": 700}
TANK = {"volume_l": 30, "target_c": 50, "maximum_c": 53, "draw_kwh_per_day": 6}
GAS = TANK | {"backup": {"kind": "gas"}}
DIVERTER = TANK | {"backup": {"kind": "resistive", "schedule": "diverter"}}
ROOM = {"name": "study", "capacity_wh_per_k": 90, "backup": {"kind": "heat_pump"}}

STORES: list[dict[str, Any]] = [
    {"battery": BATTERY},
    {"tank": GAS, "sink": "tank"},
    {"tank": DIVERTER, "sink": "tank"},
    {"tank": DIVERTER},
    {"rooms": [ROOM], "sink": "study"},
    {"battery": BATTERY, "tank": GAS, "sink": "tank"},
]


def grid_for(stores: dict[str, Any]) -> Fineness:
    heats = "tank" in stores or "rooms" in stores
    return Fineness(41 if "battery" in stores else 1, 31 if heats else 1)


@given(st.lists(READINGS, min_size=2, max_size=5), st.sampled_from(STORES))
@settings(max_examples=25, deadline=None)
def test_the_best_of_all_ways_to_run_lies_within_what_is_told(
    grid_w: list[float | None], stores: dict[str, Any]
) -> None:
    stage = stage_of(trace_of(grid_w, 900), min_run_s=1800, **stores)
    best = best_by_trial(stage)
    told = foresee(stage, grid_for(stores))
    assert told.reached - 1e-9 <= best <= told.value + 1e-9
    assert told.value - told.reached <= 0.02


@given(st.lists(st.floats(-2500, 1500), min_size=90, max_size=96))
@settings(max_examples=4, deadline=None)
def test_a_coarse_grid_tells_no_less_than_a_fine_one_reaches(
    grid_w: list[float],
) -> None:
    stage = stage_of(trace_of(grid_w), battery=BATTERY)
    coarse, fine = (foresee(stage, Fineness(points, 1)) for points in (17, 65))
    assert coarse.value >= fine.reached - 1e-9
    assert fine.value - fine.reached <= coarse.value - coarse.reached + 1e-4


@given(
    st.lists(READINGS, min_size=12, max_size=40),
    st.sampled_from([*STORES, {"battery": BATTERY, "export_limit_w": 300}]),
    st.sampled_from([60, 300, 900]),
    st.sampled_from([[500], [300, 800]]),
    st.sampled_from([0.0, 0.15]),
)
@settings(max_examples=20, deadline=None)
def test_no_policy_earns_more(
    grid_w: list[float | None],
    stores: dict[str, Any],
    step_s: int,
    levels_w: list[float],
    value_per_kwh: float,
) -> None:
    stage = stage_of(
        trace_of(grid_w, step_s),
        levels_w=levels_w,
        value_per_kwh=value_per_kwh,
        **stores,
    )
    told = foresee(stage, grid_for(stores))
    off = replay(stage, Off())
    for name, make in POLICIES.items():
        assert replay(stage, make()).total - off.total <= told.value + 1e-9, name


@given(
    st.lists(READINGS, min_size=2, max_size=60),
    st.sampled_from([60, 300, 900]),
    st.sampled_from([None, 0, 700]),
)
@settings(max_examples=25, deadline=None)
def test_where_nothing_is_stored_it_is_the_exact_bound(
    grid_w: list[float | None], step_s: int, export_limit_w: float | None
) -> None:
    stage = stage_of(
        trace_of(grid_w, step_s), levels_w=[300, 800], export_limit_w=export_limit_w
    )
    told, exact = foresee(stage), bound(stage)
    assert exact.kind == "exact"
    assert told.value == pytest.approx(exact.value, abs=1e-9)
    assert told.reached == pytest.approx(exact.value, abs=1e-9)


def test_foresight_leaves_sun_to_the_battery_until_it_is_full() -> None:
    # Of two hours of sun at 500 W, the half full battery takes 50 minutes. The last
    # hour and some minutes would be exported: 0.5 kWh at 0.07 more, less the start.
    stage = stage_of(trace_of([-500.0] * 8 + [500.0] * 8, 900), battery=BATTERY)
    told = bound(stage)
    assert told.kind == "soc_dp"
    assert told.reached is not None and told.error is not None
    assert 0.030 <= told.reached <= 0.036
    assert told.error < 0.002


def test_only_the_intervals_that_count_are_bounded() -> None:
    grid_w = [-1500.0] * 96 + [900.0] * 96
    stage = stage_of(trace_of(grid_w, 900), learn_days=1, battery=BATTERY)
    assert bound(stage).value == bound(stage.that_counts()).value == 0


def test_where_no_meter_says_anything_there_is_nothing_to_earn() -> None:
    stage = stage_of(trace_of([None] * 8), tank=GAS, sink="tank")
    told = bound(stage)
    assert told.value == pytest.approx(0, abs=1e-9)
    assert told.error == pytest.approx(0, abs=1e-9)


def test_says_why_there_is_none() -> None:
    rooms = [ROOM, ROOM | {"name": "attic"}]
    told = bound(stage_of(trace_of([0, 0]), rooms=rooms))
    assert (told.value, told.kind, told.error) == (None, "none", None)
    assert told.reason == "more than one tank or room"
