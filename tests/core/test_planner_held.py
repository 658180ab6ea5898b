"""Workers that are not a plan's to place: a person, a guard or an absence holds them."""

from itertools import accumulate
from typing import Any

from hypothesis import HealthCheck, given, settings, strategies as st

from custom_components.solar_compute.core.guard_spec import CircuitGuard, GuardSpecs
from custom_components.solar_compute.core.plan import Plan, WorkerStart
from custom_components.solar_compute.core.planner import make_plan
from custom_components.solar_compute.core.spec import DailyWindow, SiteSpec

from .houses import cruncher, sunny_house
from .plans import a_day, at, hours_of, pause, run, start


def plan_of(spec: SiteSpec, **changes: Any) -> Plan:
    """Return the plan for the days of even sun."""
    return make_plan(spec, a_day(), start(spec, **changes))


def test_does_not_plan_whom_somebody_holds() -> None:
    until = WorkerStart(held=(pause(at(12)),))
    assert hours_of(plan_of(sunny_house(), workers={"cruncher": until}))[0] == (12, 18)
    forever = WorkerStart(held=(pause(),))
    assert plan_of(sunny_house(), workers={"cruncher": forever}).windows == ()
    assert plan_of(sunny_house(), workers={}).levels == {}


def test_whom_a_person_has_run_runs_whatever_it_costs() -> None:
    running = {"cruncher": WorkerStart(held=(run(),))}
    plan = plan_of(sunny_house(), workers=running)
    assert hours_of(plan) == [(0, 48)]
    assert plan.value == 0.0
    assert plan.held == {"cruncher": (run(),)}


def test_after_a_run_for_some_hours_a_worker_is_planned_again() -> None:
    running = {"cruncher": WorkerStart(held=(run(at(3)),))}
    assert hours_of(plan_of(sunny_house(), workers=running)) == [
        (0, 3),
        (8, 18),
        (32, 42),
    ]


def test_after_a_pause_a_worker_that_is_on_runs() -> None:
    both = {"cruncher": WorkerStart(held=(pause(at(2)), run()))}
    assert hours_of(plan_of(sunny_house(), workers=both)) == [(2, 48)]


def test_a_person_ends_a_minimum_pause_and_quiet_hours_end_a_person_s_run() -> None:
    night = DailyWindow(start_min=60, end_min=6 * 60)
    spec = sunny_house(cruncher(min_pause_s=7200.0, quiet_hours=(night,)))
    paused = WorkerStart(since_s=at(0) - 60, held=(run(at(7)),))
    plan = plan_of(spec, workers={"cruncher": paused})
    assert hours_of(plan)[:2] == [(0, 1), (6, 7)]


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(st.tuples(st.booleans(), st.floats(0.1, 4)), max_size=3),
    st.sampled_from([0.0, 900.0, 7200.0]),
)
def test_what_holds_a_worker_is_kept_to_whatever_its_minimum_times(
    spans: list[tuple[bool, float]], minimum_s: float
) -> None:
    ends_s = accumulate((hours for _, hours in spans), initial=0.0)
    held = tuple(
        run(at(end)) if running else pause(at(end))
        for (running, _), end in zip(spans, list(ends_s)[1:], strict=True)
    )
    spec = sunny_house(cruncher(min_run_s=minimum_s, min_pause_s=minimum_s))
    workers = {"cruncher": WorkerStart(held=held)}
    plan = make_plan(spec, a_day(hours=8), start(spec, workers=workers))
    for begins_s, level in zip(
        plan.expected.grid.starts_s, plan.levels["cruncher"], strict=True
    ):
        item = next((item for item in held if begins_s < item.until_s), None)
        assert item is None or level == item.level


def test_what_a_person_has_run_leaves_less_sun_to_others() -> None:
    """1 kW of sun is enough for one of them: the other one pays the import."""
    spec = sunny_house(
        cruncher(key="first", levels_w=(900.0,), value_per_kwh=0.0),
        cruncher(levels_w=(900.0,)),
    )
    workers = {"first": WorkerStart(held=(run(at(12)),)), "cruncher": WorkerStart()}
    plan = make_plan(spec, a_day(sun_w=1500.0), start(spec, workers=workers))
    assert hours_of(plan, "first")[0][0] == 0
    assert hours_of(plan) == [(12, 18), (32, 42)]


def test_what_a_person_has_run_comes_first_on_a_circuit() -> None:
    circuit = CircuitGuard(key="c", name="Circuit", limit_w=700.0, metered=False)
    spec = sunny_house(
        cruncher(key="first", priority=1),
        cruncher(key="second", priority=2, value_per_kwh=0.12),
        guards=GuardSpecs(circuits=(circuit,)),
    )
    workers = {"first": WorkerStart(), "second": WorkerStart(held=(run(at(12)),))}
    plan = plan_of(spec, workers=workers)
    assert hours_of(plan, "second")[0] == (0, 12)
    assert hours_of(plan, "first")[0][0] >= 12
