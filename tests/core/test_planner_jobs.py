"""Jobs with deadlines in a plan."""

from typing import Any

import pytest

from custom_components.solar_compute.core.guard_spec import GuardSpecs, MaximumGuard
from custom_components.solar_compute.core.heat import HeatSupply
from custom_components.solar_compute.core.job import Job, JobUnit
from custom_components.solar_compute.core.plan import Plan, WorkerStart
from custom_components.solar_compute.core.planner import make_plan
from custom_components.solar_compute.core.planner_grid import ahead_of

from .houses import (
    IMPORT,
    boiler_rig,
    cruncher,
    gas_tank,
    house_with_tank,
    stepper,
    sunny_house,
)
from .plans import a_day, at, hour_of_day, hours_of, pause, run, start


def render(**changes: Any) -> Job:
    """Return three hours of rendering, due at noon."""
    settings: dict[str, Any] = {
        "key": "film",
        "worker": "cruncher",
        "name": "Film",
        "amount": 3.0,
        "unit": JobUnit.HOURS,
        "submitted_s": at(0),
        "ready_by_s": at(12),
    }
    return Job(**(settings | changes))


def idler(**changes: Any) -> Any:
    """Half a kilowatt whose results are worth nothing but for jobs."""
    return cruncher(**({"value_per_kwh": 0.0} | changes))


def hours_run(plan: Plan, before_s: float) -> list[float]:
    """Return the hours of the day in which the cruncher runs before a time."""
    grid = plan.expected.grid
    return [
        hour_of_day(grid, step)
        for step, level in enumerate(plan.levels["cruncher"])
        if level and grid.starts_s[step] < before_s
    ]


def energy_wh(plan: Plan, before_s: float) -> float:
    return sum(window.energy_wh for window in plan.windows if window.end_s <= before_s)


def test_a_job_at_a_night_tariff_runs_in_the_cheap_hours() -> None:
    spec = sunny_house(idler())
    expected = a_day(now_h=18.0, sun_w=0.0, night_per_kwh=0.10)
    job = render(ready_by_s=at(24 + 12))
    plan = make_plan(spec, expected, start(spec, now_h=18.0, jobs=(job,)))
    assert energy_wh(plan, job.ready_by_s) == pytest.approx(1500.0)
    assert all(hour >= 22 or hour < 6 for hour in hours_run(plan, job.ready_by_s))
    (outcome,) = plan.jobs
    assert outcome.feasible
    assert outcome.price_per_kwh == pytest.approx(0.10, abs=0.005)


def test_a_job_takes_the_first_of_equally_cheap_hours() -> None:
    spec = sunny_house(idler())
    expected = a_day(now_h=18.0, sun_w=0.0, night_per_kwh=0.10)
    job = render(ready_by_s=at(24 + 12))
    plan = make_plan(spec, expected, start(spec, now_h=18.0, jobs=(job,)))
    (window,) = plan.windows
    assert (window.start_s, window.end_s) == (at(22), at(25))
    assert window.jobs == ("film",)


def test_a_job_waits_for_the_sun_where_its_deadline_permits() -> None:
    spec = sunny_house(idler())
    plan = make_plan(spec, a_day(), start(spec, jobs=(render(),)))
    (window,) = plan.windows
    assert window.start_s == at(8)
    assert plan.jobs[0].price_per_kwh == pytest.approx(0.08, abs=0.005)


def test_an_impossible_job_says_how_much_will_be_short() -> None:
    spec = sunny_house(idler())
    job = render(amount=14.0)
    plan = make_plan(spec, a_day(), start(spec, jobs=(job,)))
    (outcome,) = plan.jobs
    assert not outcome.feasible
    assert outcome.short == pytest.approx(2.0)
    assert energy_wh(plan, job.ready_by_s) == pytest.approx(12 * 500)


def test_a_job_never_pays_more_than_its_maximum() -> None:
    spec = sunny_house(idler())
    job = render(amount=5.0, maximum_per_kwh=0.20)
    plan = make_plan(spec, a_day(), start(spec, jobs=(job,)))
    (outcome,) = plan.jobs
    assert not outcome.feasible
    assert outcome.short == pytest.approx(1.0)
    assert all(hour >= 8 for hour in hours_run(plan, job.ready_by_s))


def test_a_job_is_not_promised_what_a_day_does_not_leave() -> None:
    """Eight hours until three at night, of which each day leaves three."""
    limit = MaximumGuard(key="daily", name="Daily", run_s=3 * 3600)
    spec = sunny_house(idler(), guards=GuardSpecs(maxima=(limit,)))
    expected = a_day(now_h=12.0, sun_w=0.0, night_per_kwh=0.29)
    job = render(amount=8.0, submitted_s=at(12), ready_by_s=at(27))
    plan = make_plan(spec, expected, start(spec, now_h=12.0, jobs=(job,)))
    assert not plan.jobs[0].feasible
    assert plan.jobs[0].short == pytest.approx(2.0)
    assert hours_of(plan) == [(12, 15), (24, 27)]


def test_a_job_that_brings_less_than_its_power_costs_is_left_undone() -> None:
    spec = sunny_house(idler())
    job = render(ready_by_s=at(6), value=0.10)
    plan = make_plan(spec, a_day(), start(spec, jobs=(job,)))
    assert plan.windows == ()
    assert plan.jobs[0].short == pytest.approx(3.0)


def test_what_is_done_of_a_job_is_not_planned_again() -> None:
    spec = sunny_house(idler())
    plan = make_plan(spec, a_day(), start(spec, jobs=(render(done=2.0),)))
    assert energy_wh(plan, at(12)) == pytest.approx(500.0)


def test_jobs_are_served_by_their_deadlines() -> None:
    spec = sunny_house(idler())
    jobs = (render(), render(key="early", amount=1.0, ready_by_s=at(6)))
    plan = make_plan(spec, a_day(), start(spec, jobs=jobs))
    assert [window.jobs for window in plan.windows] == [("early",), ("film",)]
    assert all(job.feasible for job in plan.jobs)
    assert [job.key for job in plan.jobs] == ["film", "early"]


def test_kwh_are_counted_over_levels() -> None:
    spec = sunny_house(stepper(value_per_kwh=0.0))
    job = render(worker="stepper", amount=2.0, unit=JobUnit.KWH)
    plan = make_plan(spec, a_day(), start(spec, jobs=(job,)))
    assert plan.jobs[0].feasible
    assert energy_wh(plan, at(12)) == pytest.approx(2000.0, rel=0.1)


def test_units_of_work_need_a_known_pace() -> None:
    spec = sunny_house(idler())
    job = render(amount=300.0, unit=JobUnit.UNITS)
    unknown = make_plan(spec, a_day(), start(spec, jobs=(job,)))
    assert unknown.jobs == ()
    known = make_plan(
        spec,
        a_day(),
        start(spec, jobs=(job,), workers={"cruncher": WorkerStart(units_per_kwh=300)}),
    )
    assert known.jobs[0].feasible
    assert energy_wh(known, at(12)) == pytest.approx(1000.0)


def test_a_job_whose_worker_may_not_run_is_short_of_all() -> None:
    spec = sunny_house(idler())
    workers = {"cruncher": WorkerStart(held=(pause(at(100)),))}
    plan = make_plan(spec, a_day(), start(spec, jobs=(render(),), workers=workers))
    assert plan.windows == ()
    assert plan.jobs[0].short == pytest.approx(3.0)


def test_of_a_worker_that_somebody_must_free_first_the_plan_says_nothing() -> None:
    spec = sunny_house(idler())
    workers = {"cruncher": WorkerStart(held=(pause(),))}
    plan = make_plan(spec, a_day(), start(spec, jobs=(render(),), workers=workers))
    assert (plan.windows, plan.jobs) == ((), ())


def test_heat_does_not_lift_the_highest_price_that_a_job_may_pay() -> None:
    """Heat that saves 14 ct of gas makes 30 ct of import no cheaper than 20 ct."""
    tank = gas_tank(supply=HeatSupply.GRID)
    spec = house_with_tank(idler(sink="tank"), tanks=(tank,))
    job = render(worker="cruncher", maximum_per_kwh=0.20)
    dark = make_plan(spec, a_day(sun_w=0.0), start(spec, jobs=(job,)))
    assert not dark.jobs[0].feasible
    sunny = make_plan(spec, a_day(), start(spec, jobs=(job,)))
    assert sunny.jobs[0].feasible
    assert all(
        8 <= hour_of_day(sunny.expected.grid, step) < 18
        for step, level in enumerate(sunny.levels["cruncher"])
        if level
    )


def test_a_job_needs_no_more_hours_than_a_person_has_its_worker_run() -> None:
    spec = sunny_house(idler())
    workers = {"cruncher": WorkerStart(held=(run(at(6)),))}
    plan = make_plan(spec, a_day(), start(spec, jobs=(render(),), workers=workers))
    assert [(window.start_s, window.end_s) for window in plan.windows] == [
        (at(0), at(6))
    ]
    assert plan.jobs[0].feasible


def test_a_job_is_not_given_up_for_days_that_the_plan_does_not_see() -> None:
    spec = sunny_house(idler())
    job = render(amount=20.0, ready_by_s=at(6 * 24), maximum_per_kwh=0.20)
    dark = a_day(sun_w=0.0)
    assert make_plan(spec, dark, start(spec, jobs=(job,))).jobs == ()
    assert make_plan(spec, a_day(), start(spec, jobs=(job,))).jobs[0].feasible


def test_the_price_of_a_job_is_less_by_what_its_heat_is_worth() -> None:
    spec = house_with_tank(
        boiler_rig(value_per_kwh=0.0),
        tanks=(gas_tank(supply=HeatSupply.GRID),),
    )
    job = render(worker="rig", ready_by_s=at(6))
    plan = make_plan(spec, a_day(), start(spec, jobs=(job,)))
    (outcome,) = plan.jobs
    assert outcome.feasible
    assert 0.05 < outcome.price_per_kwh < IMPORT - 0.05


def test_a_level_without_power_does_no_work() -> None:
    spec = sunny_house(cruncher(levels_w=(0.0, 500.0), value_per_kwh=0.0))
    plan = make_plan(spec, a_day(), start(spec, jobs=(render(),)))
    assert plan.jobs[0].feasible
    assert energy_wh(plan, at(12)) == pytest.approx(1500.0)


def test_decisions_hear_the_price_of_every_job() -> None:
    spec = sunny_house(idler())
    plan = make_plan(spec, a_day(), start(spec, jobs=(render(),)))
    assert ahead_of(plan, at(0)).jobs == {"film": plan.jobs[0]}
