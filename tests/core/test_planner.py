"""Plans: when workers should run over the hours to come, and what that says."""

from contextlib import suppress
from dataclasses import replace
from math import inf, isfinite, nan
from typing import Any

from hypothesis import HealthCheck, given, settings
import pytest

from custom_components.solar_compute.core.ahead import NOTHING_AHEAD
from custom_components.solar_compute.core.guard_spec import (
    CircuitGuard,
    GuardSpecs,
    MaximumGuard,
    QuietGuard,
)
from custom_components.solar_compute.core.plan import Plan, WorkerStart
from custom_components.solar_compute.core.planner import PlanError, make_plan
from custom_components.solar_compute.core.planner_grid import ahead_of, plan_grid
from custom_components.solar_compute.core.spec import DailyWindow, ReadyBy, SiteSpec

from .houses import (
    boiler_rig,
    cruncher,
    gas_tank,
    house_with_battery,
    house_with_tank,
    stepper,
    sunny_house,
)
from .plans import a_day, at, hour_of_day, hours_of, start
from .strategies import ODD_SITES


def plan_of(spec: SiteSpec, **changes: Any) -> Plan:
    """Return the plan for the days of even sun."""
    return make_plan(spec, a_day(), start(spec, **changes))


def test_runs_in_the_sun_and_not_at_night() -> None:
    assert hours_of(plan_of(sunny_house())) == [(8, 18), (32, 42)]


def test_is_worth_what_the_sun_leaves_over() -> None:
    """500 W for 15 ct instead of 8 ct, in the twenty hours of sun, and two starts."""
    plan = plan_of(sunny_house())
    assert plan.value == pytest.approx(20 * 0.5 * (0.15 - 0.08) - 2 * 0.005)
    assert sum(window.value for window in plan.windows) == pytest.approx(plan.value)


def test_takes_the_level_that_the_sun_carries() -> None:
    spec = sunny_house(stepper(start_cost=0.0))
    plan = make_plan(spec, a_day(sun_w=1200.0), start(spec))
    assert {window.level for window in plan.windows} == {2}


def test_says_of_a_run_the_level_that_it_is_at_for_longest() -> None:
    spec = sunny_house(stepper(start_cost=0.0))
    dim, bright = a_day(sun_w=850.0), a_day(sun_w=2500.0)
    balance_w = tuple(
        (bright if 12 <= hour_of_day(dim.grid, step) < 13 else dim).balance_w[step]
        for step in range(len(dim.balance_w))
    )
    plan = make_plan(spec, replace(dim, balance_w=balance_w), start(spec))
    assert {window.level for window in plan.windows} == {1}
    assert max(plan.levels["stepper"]) == 3


def test_leaves_a_window_that_pays_no_start() -> None:
    spec = sunny_house(cruncher(start_cost=1.0))
    assert plan_of(spec).windows == ()


def test_keeps_a_minimum_run_that_has_begun() -> None:
    spec = sunny_house(cruncher(min_run_s=3600.0))
    running = WorkerStart(level=1, since_s=at(0) - 1800)
    plan = plan_of(spec, workers={"cruncher": running})
    assert hours_of(plan)[0] == (0, 0.5)


def test_waits_for_a_minimum_pause() -> None:
    spec = sunny_house(cruncher(min_pause_s=7200.0))
    plan = make_plan(
        spec,
        a_day(now_h=9.0),
        start(spec, now_h=9.0, workers={"cruncher": WorkerStart(since_s=at(8.5))}),
    )
    assert hours_of(plan)[0][0] == pytest.approx(10.5)


def test_scarce_sun_goes_to_who_makes_most_of_it_whatever_the_priorities() -> None:
    spec = sunny_house(
        cruncher(key="first", levels_w=(900.0,), value_per_kwh=0.10, priority=1),
        cruncher(key="second", levels_w=(900.0,), value_per_kwh=0.20, priority=2),
    )
    plan = make_plan(spec, a_day(sun_w=1500.0), start(spec))
    assert hours_of(plan, "second") == [(8, 18), (32, 42)]
    assert hours_of(plan, "first") == []


def test_keeps_quiet_hours_of_a_worker_and_of_a_guard() -> None:
    noon = DailyWindow(start_min=12 * 60, end_min=13 * 60)
    own = sunny_house(cruncher(quiet_hours=(noon,)))
    guard = QuietGuard(key="nap", name="Nap", windows=(noon,))
    guarded = sunny_house(guards=GuardSpecs(quiet=(guard,)))
    for spec in (own, guarded):
        assert hours_of(plan_of(spec))[:2] == [(8, 12), (13, 18)]


def test_keeps_to_what_a_day_leaves_in_its_first_good_hours() -> None:
    limit = MaximumGuard(key="daily", name="Daily", run_s=3 * 3600)
    spec = sunny_house(guards=GuardSpecs(maxima=(limit,)))
    used = WorkerStart(run_today_s=3600.0)
    plan = plan_of(spec, workers={"cruncher": used})
    assert hours_of(plan) == [(8, 10), (32, 35)]


def test_a_run_over_midnight_keeps_to_what_both_days_leave() -> None:
    """The cheap hours are from ten to six: an hour and a half of each day."""
    limit = MaximumGuard(key="daily", name="Daily", run_s=5400)
    spec = sunny_house(guards=GuardSpecs(maxima=(limit,)))
    nights = a_day(now_h=12.0, sun_w=0.0, night_per_kwh=0.10)
    plan = make_plan(spec, nights, start(spec, now_h=12.0))
    assert hours_of(plan) == [(22, 23.5), (24, 25.5), (48, 49.5)]


@pytest.mark.parametrize("times", [1.0, 12.0, 150.0])
def test_it_is_the_same_in_every_currency(times: float) -> None:
    """Kronor and yen: a day's limit and the import limit hold where a kWh costs more."""
    limit = MaximumGuard(key="daily", name="Daily", run_s=3 * 3600)
    euro = a_day(sun_w=2000.0)
    expected = replace(
        euro,
        import_per_kwh=tuple(price * times for price in euro.import_per_kwh),
        export_per_kwh=tuple(price * times for price in euro.export_per_kwh),
    )
    worker = cruncher(
        levels_w=(1200.0,), value_per_kwh=0.5 * times, start_cost=0.005 * times
    )
    limited = sunny_house(worker, guards=GuardSpecs(maxima=(limit,)))
    fused = sunny_house(worker, import_limit_w=1000.0)
    for spec, hours in ((limited, [(8, 11), (32, 35)]), (fused, [(8, 18), (32, 42)])):
        plan = make_plan(spec, expected, start(spec))
        assert hours_of(plan) == hours


def test_keeps_to_the_starts_of_a_day() -> None:
    noon = DailyWindow(start_min=12 * 60, end_min=13 * 60)
    spec = sunny_house(cruncher(quiet_hours=(noon,), max_starts_per_day=1))
    assert hours_of(plan_of(spec)) == [(13, 18), (37, 42)]


def test_workers_on_one_circuit_take_no_more_than_it_carries() -> None:
    circuit = CircuitGuard(key="c", name="Circuit", limit_w=1500.0, metered=False)
    spec = sunny_house(
        cruncher(levels_w=(800.0,), priority=1),
        stepper(priority=2),
        guards=GuardSpecs(circuits=(circuit,)),
    )
    plan = plan_of(spec)
    powers_w = [
        spec.workers[0].power_w(first) + spec.workers[1].power_w(second)
        for first, second in zip(
            plan.levels["cruncher"], plan.levels["stepper"], strict=True
        )
    ]
    assert 1000 < max(powers_w) <= 1200


def test_a_stored_kwh_that_will_save_an_import_is_worth_it() -> None:
    spec = house_with_battery()
    plan = make_plan(spec, a_day(sun_w=0.0), start(spec, stored_wh=3000.0))
    assert plan.stored is not None
    assert plan.stored.discharge == pytest.approx(0.30)
    assert plan.stored.charge == pytest.approx(0.9 * (0.30 - 0.05))


def test_a_stored_kwh_that_the_sun_replaces_is_worth_the_export() -> None:
    spec = house_with_battery()
    plan = make_plan(spec, a_day(now_h=9.0), start(spec, now_h=9.0, stored_wh=6000.0))
    assert plan.stored is not None
    assert plan.stored.charge == pytest.approx(0.08)
    assert plan.stored.discharge == pytest.approx(0.08 / 0.9 + 0.05)


def test_heat_is_worth_the_gas_that_it_spares_and_nothing_in_a_full_tank() -> None:
    spec = house_with_tank()
    cold = plan_of(spec, temperatures_c={"tank": 50.0}).heat_per_kwh["tank"]
    assert cold == pytest.approx(0.114 / 0.8, rel=0.05)
    full = plan_of(spec, temperatures_c={"tank": 60.0}).heat_per_kwh["tank"]
    assert full == pytest.approx(0.0)


def test_heats_with_sun_where_the_tank_can_take_it() -> None:
    plan = plan_of(house_with_tank(boiler_rig(value_per_kwh=0.0)))
    sunny = [
        (begin % 24 >= 8 and end % 24 <= 18) for begin, end in hours_of(plan, "rig")
    ]
    assert sunny
    assert all(sunny)
    assert max(plan.temperatures_c["tank"]) <= 60.0


def test_water_is_ready_where_it_is_worth_that() -> None:
    tank = gas_tank(
        backup=replace(gas_tank().backup, price_per_kwh=0.0),
        ready_by=(ReadyBy(minute=20 * 60, temperature_c=55.0),),
        shortage_per_kwh=1.0,
    )
    spec = house_with_tank(tanks=(tank,))
    plan = plan_of(spec)
    step = plan.expected.grid.starts_s.index(at(20))
    assert plan.temperatures_c["tank"][step] >= 54.5


def test_the_published_plan_stays_where_another_is_no_better() -> None:
    """What a change would bring is less than that people rely on what was published."""
    spec = sunny_house(cruncher(value_per_kwh=0.0815, start_cost=0.0))
    expected, begin = a_day(), start(spec)
    published = make_plan(spec, expected, begin)
    assert published.windows
    rival = replace(
        published, levels={"cruncher": (0,) * len(published.levels["cruncher"])}
    )
    assert make_plan(spec, expected, begin, previous=rival).windows == ()
    assert make_plan(spec, expected, begin, previous=published) == published


def test_a_plan_is_never_worse_than_the_one_before() -> None:
    spec = house_with_battery(cruncher(), stepper())
    begin = start(spec, stored_wh=4000.0)
    first = make_plan(spec, a_day(), begin)
    second = make_plan(spec, a_day(), begin, previous=first)
    assert second.value >= first.value - 1e-9


def test_the_same_inputs_give_the_same_plan() -> None:
    spec = house_with_battery(cruncher(), stepper())
    plans = [plan_of(spec, stored_wh=4000.0) for _ in range(2)]
    assert plans[0] == plans[1]


def test_there_is_a_plan_when_time_is_up_at_once() -> None:
    spec = sunny_house()
    plan = make_plan(spec, a_day(), start(spec), out_of_time=lambda: True)
    assert not plan.complete
    assert plan.windows == ()


def test_a_forecast_that_may_be_undercut_makes_a_plan_more_careful() -> None:
    spec = house_with_battery(cruncher(levels_w=(2000.0,), value_per_kwh=0.12))
    sure = a_day(sun_w=3500.0)
    doubtful = replace(
        sure, balance_low_w=tuple(power - 2500 for power in sure.balance_w)
    )
    begin = start(spec, stored_wh=4000.0)
    assert make_plan(spec, doubtful, begin).value < make_plan(spec, sure, begin).value


@pytest.mark.parametrize(
    "wrong",
    [
        a_day(sun_w=nan),
        a_day(night_per_kwh=inf),
        replace(a_day(), balance_w=(1.0,)),
        replace(a_day(), outdoor_c=(nan,) * len(a_day().balance_w)),
        a_day(hours=0),
    ],
)
def test_refuses_what_has_gaps_or_is_no_number(wrong: Any) -> None:
    spec = sunny_house()
    with pytest.raises(PlanError):
        make_plan(spec, wrong, start(spec))


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(ODD_SITES)
def test_odd_settings_give_a_plan_or_are_refused(spec: SiteSpec) -> None:
    tanks_c = {tank.key: 50.0 for tank in spec.tanks}
    rooms_c = {room.key: 18.0 for room in spec.rooms}
    begin = start(
        spec, now_h=8.0, stored_wh=500.0, temperatures_c={**tanks_c, **rooms_c}
    )
    with suppress(PlanError):
        plan = make_plan(spec, a_day(now_h=8.0, hours=2), begin)
        assert isfinite(plan.value)


def test_a_home_without_workers_has_a_plan_that_says_prices() -> None:
    spec = replace(house_with_battery(), workers=())
    plan = make_plan(spec, a_day(), start(spec, stored_wh=4000.0))
    assert plan.stored is not None
    assert plan.windows == ()


def test_steps_lie_on_the_clock_and_grow_after_some_hours() -> None:
    grid = plan_grid(at(0) + 437.0)
    assert grid.starts_s[0] == at(0) + 300
    assert all(
        start_s % length_s == 0
        for start_s, length_s in zip(grid.starts_s, grid.lengths_s, strict=True)
    )
    assert grid.lengths_s[0] == 300
    assert grid.lengths_s[-1] == 900
    assert grid.end_s >= at(48) + 300


def test_decisions_hear_hourly_means_from_the_hour_that_it_is() -> None:
    spec = house_with_battery()
    expected = a_day(now_h=7.5)
    plan = make_plan(spec, expected, start(spec, now_h=7.5, stored_wh=4000.0))
    ahead = ahead_of(plan, at(7.75))
    assert ahead.hours_w is not None
    assert ahead.hours_w[0] == pytest.approx(-500.0)
    assert ahead.hours_w[1] == pytest.approx(2500.0)
    assert len(ahead.hours_w) == 24
    assert ahead.stored == plan.stored
    by_half_hours = ahead_of(plan, at(7.75), past_hour_s=900.0)
    assert by_half_hours.hours_w is not None
    assert by_half_hours.hours_w[0] == pytest.approx(1000.0)


def test_decisions_hear_nothing_of_a_plan_that_is_too_old() -> None:
    spec = sunny_house()
    plan = plan_of(spec)
    assert ahead_of(plan, plan.valid_until_s) == NOTHING_AHEAD
