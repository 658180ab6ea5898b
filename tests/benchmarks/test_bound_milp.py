"""What HiGHS proves is never too low, and close where nothing is left free."""

from typing import Any

from hypothesis import given, settings, strategies as st
import pytest

from benchmarks import bound as bounds
from benchmarks.bound import bound
from benchmarks.bound_milp import milp_bound
from benchmarks.bound_soc import foresee
from benchmarks.engine import replay
from benchmarks.plain import Off
from benchmarks.policies import POLICIES
from benchmarks.program import RELATIVE_GAP, Program, available
from benchmarks.replay import policy

from .test_bound_soc import BATTERY, GAS, STORES, grid_for
from .traces import WORKER, stage_of, trace_of
from .trial import best_by_trial

READINGS = st.one_of(st.none(), st.floats(-2500, 1500))

TWO = [
    WORKER | {"priority": 1, "start_cost": 0.01},
    WORKER | {"name": "follower", "levels_w": [300, 800], "value_per_kwh": 0.12},
]
JOB = {"worker": "cruncher", "kwh": 0.2, "ready_by": "08:50", "value": 0.2}

pytestmark = pytest.mark.skipif(
    not available(), reason="needs highspy (benchmarks/requirements.txt)"
)


@given(st.lists(READINGS, min_size=2, max_size=4))
@settings(max_examples=8, deadline=None)
def test_two_workers_are_bounded_by_the_best_of_all_ways_to_run(
    grid_w: list[float | None],
) -> None:
    stage = stage_of(trace_of(grid_w, 900), workers=TWO)
    told, best = bound(stage), best_by_trial(stage)
    assert told.kind == "exact"
    assert told.value == pytest.approx(best, abs=1e-9)
    # Within a day nothing is left free; numbers and branches are cut off late.
    assert best - 1e-6 <= milp_bound(stage) <= best + 0.02 * best + 1e-4


def test_a_run_may_end_early_where_the_meter_falls_silent() -> None:
    # A quarter of an hour of sun, then silence: 125 Wh at 0.07 more, less the start.
    grid_w = [-1500.0, None, 800.0, 800.0]
    stage = stage_of(trace_of(grid_w, 900), min_run_s=3600)
    assert milp_bound(stage) == pytest.approx(0.00875 - 0.005, abs=1e-6)
    assert bound(stage).value == pytest.approx(0.00875 - 0.005)


@given(
    st.lists(READINGS, min_size=8, max_size=30),
    st.sampled_from(STORES),
    st.sampled_from([60, 900]),
)
@settings(max_examples=25, deadline=None)
def test_it_is_no_lower_than_what_foresight_reaches(
    grid_w: list[float | None], stores: dict[str, Any], step_s: int
) -> None:
    stage = stage_of(trace_of(grid_w, step_s), **stores)
    assert milp_bound(stage) >= foresee(stage, grid_for(stores)).reached - 1e-6


@given(
    st.lists(READINGS, min_size=40, max_size=80),
    st.sampled_from([{}, {"battery": BATTERY}, {"tank": GAS}]),
)
@settings(max_examples=10, deadline=None)
def test_no_policy_earns_more_with_several_workers_over_days(
    grid_w: list[float | None], changes: dict[str, Any]
) -> None:
    sink = {"sink": "tank"} if "tank" in changes else {}
    workers = [TWO[0] | sink, TWO[1]]
    stage = stage_of(trace_of(grid_w, 3600), workers=workers, **changes)
    most, off = milp_bound(stage), replay(stage, Off())
    for name, make in POLICIES.items():
        assert replay(stage, make()).total - off.total <= most + 1e-6, name


def test_days_that_are_cut_apart_are_worth_no_more_than_the_whole() -> None:
    # Sun by day and none at night, four days long: nothing runs over a cut.
    day = [-900.0] * 9 + [700.0] * 15
    stage = stage_of(trace_of(day * 4, 3600), levels_w=[300, 800])
    exact = bound(stage)
    assert exact.kind == "exact" and exact.value is not None
    assert exact.value <= milp_bound(stage) + 1e-9 <= exact.value * 1.01


@given(st.lists(st.floats(-1500, 1500), min_size=3, max_size=5))
@settings(max_examples=8, deadline=None)
def test_a_job_that_can_be_met_is_part_of_the_bound(grid_w: list[float]) -> None:
    # The trace begins at 8:00: the job comes at 8:50 and is due a day later.
    trace = trace_of([500.0] * 4 + [400.0] * 97 + grid_w, 900)
    stage = stage_of(trace, jobs=[JOB], value_per_kwh=0.0, levels_w=[400])
    told = bound(stage)
    assert told.kind == "milp_bound" and told.value is not None
    # Half an hour of import at 0.30, less the start, and the worth of the job.
    assert told.value >= 0.2 - 0.2 * 0.3 - 0.005 - 1e-6
    off = replay(stage, Off())
    for name in POLICIES:
        assert replay(stage, policy(name, stage)).total - off.total <= told.value + 1e-6


def test_a_job_that_costs_more_than_it_is_worth_adds_nothing() -> None:
    trace = trace_of([400.0] * 101, 900)
    dear = JOB | {"value": 0.01}
    told = bound(stage_of(trace, jobs=[dear], value_per_kwh=0.0, levels_w=[400]))
    assert told.value == pytest.approx(0, abs=1e-6)


def test_says_so_where_highs_is_not_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounds, "available", lambda: False)
    told = bound(stage_of(trace_of([0, 0]), workers=TWO, battery=BATTERY))
    assert (told.value, told.kind) == (None, "none")
    assert told.reason == "highspy is not installed (benchmarks/requirements.txt)"


def test_a_program_finds_the_most(capfd: pytest.CaptureFixture[str]) -> None:
    program = Program()
    items = program.variables(3, high=1.0, gain=[3.0, 4.0, 5.0], whole=True)
    program.rows([(items[:1], 2.0), (items[1:2], 3.0), (items[2:], 4.0)], low=0, high=6)
    assert program.solve().bound == pytest.approx(8, rel=RELATIVE_GAP)
    assert program.solve(mixed=True).bound == pytest.approx(8.25)
    assert capfd.readouterr().out == ""


def test_where_no_meter_says_anything_there_is_nothing_to_earn() -> None:
    assert milp_bound(stage_of(trace_of([None] * 8), tank=GAS, sink="tank")) == 0
