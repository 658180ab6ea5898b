"""The bound is what perfect foresight could have earned: no less, no more."""

from hypothesis import given, settings, strategies as st
import pytest

from benchmarks.bound import bound
from benchmarks.engine import replay
from benchmarks.plain import Off
from benchmarks.policies import POLICIES

from .traces import WORKER, stage_of, trace_of
from .trial import best_by_trial

READINGS = st.one_of(st.none(), st.floats(-2500, 1500))


@given(
    st.lists(READINGS, min_size=2, max_size=7),
    st.sampled_from([0.0, 0.004, 0.02]),
    st.sampled_from([0, 600, 900]),
    st.sampled_from([0, 300, 600]),
)
@settings(max_examples=25, deadline=None)
def test_equals_the_best_of_all_ways_to_run(
    grid_w: list[float | None], start_cost: float, min_run_s: int, min_pause_s: int
) -> None:
    stage = stage_of(
        trace_of(grid_w),
        start_cost=start_cost,
        min_run_s=min_run_s,
        min_pause_s=min_pause_s,
    )
    best = bound(stage)
    assert best.kind == "exact"
    assert best.value == pytest.approx(best_by_trial(stage), abs=1e-9)


@given(st.lists(READINGS, min_size=2, max_size=5))
@settings(max_examples=10, deadline=None)
def test_equals_the_best_of_all_levels(grid_w: list[float | None]) -> None:
    stage = stage_of(trace_of(grid_w), levels_w=[300, 900])
    assert bound(stage).value == pytest.approx(best_by_trial(stage), abs=1e-9)


@given(
    st.lists(READINGS, min_size=10, max_size=60),
    st.sampled_from([60, 300, 900]),
    st.sampled_from([[500], [300, 800]]),
    st.sampled_from([None, 0, 700]),
    st.sampled_from([0.08, 0.15, 0.35]),
)
@settings(max_examples=40, deadline=None)
def test_no_policy_earns_more(
    grid_w: list[float | None],
    step_s: int,
    levels_w: list[float],
    export_limit_w: float | None,
    value_per_kwh: float,
) -> None:
    stage = stage_of(
        trace_of(grid_w, step_s),
        levels_w=levels_w,
        export_limit_w=export_limit_w,
        value_per_kwh=value_per_kwh,
    )
    best = bound(stage).value
    assert best is not None and best >= 0
    off = replay(stage, Off())
    for name, make in POLICIES.items():
        run = replay(stage, make())
        assert run.total - off.total <= best + 1e-9, name
        assert run.violations == 0, name


@given(st.lists(READINGS, min_size=30, max_size=60), st.sampled_from([None, 0, 700]))
@settings(max_examples=20, deadline=None)
def test_no_policy_earns_more_with_two_workers(
    grid_w: list[float | None], export_limit_w: float | None
) -> None:
    second = {"name": "b", "levels_w": [300, 800], "value_per_kwh": 0.12}
    stage = stage_of(
        trace_of(grid_w),
        workers=[WORKER, WORKER | second],
        export_limit_w=export_limit_w,
    )
    best = bound(stage)
    assert best.kind == "exact" and best.value is not None
    off = replay(stage, Off())
    for name, make in POLICIES.items():
        assert replay(stage, make()).total - off.total <= best.value + 1e-9, name


def test_is_nothing_where_there_is_nothing_to_earn() -> None:
    assert bound(stage_of(trace_of([500.0] * 20))).value == 0
