"""Plans against the best that there is, and against the home that they will meet."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from itertools import product

from hypothesis import HealthCheck, given, settings, strategies as st
import pytest

from custom_components.solar_compute.core.plan import Expected, Grid, PlanStart
from custom_components.solar_compute.core.planner import make_plan
from custom_components.solar_compute.core.planner_input import world_of
from custom_components.solar_compute.core.planner_problem import (
    Problem,
    bonus_of,
    scored,
)
from custom_components.solar_compute.core.planner_simulate import (
    Left,
    charge_left,
    simulate_plan,
)
from custom_components.solar_compute.core.simulate import Conditions, House, step
from custom_components.solar_compute.core.simulated_tank import TankState
from custom_components.solar_compute.core.spec import (
    BackupKind,
    BackupSchedule,
    BackupSpec,
    HeatSupply,
    SiteSpec,
)

from .houses import boiler_rig, cruncher, gas_tank, home_battery, stepper, sunny_house
from .plans import a_day, at, start

BALANCES = st.lists(st.floats(-3000, 4000), min_size=6, max_size=6)
PRICES = st.lists(st.floats(0.0, 0.6), min_size=6, max_size=6)
QUICK = settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)


def hours_of(balance_w: Sequence[float], bought: Sequence[float]) -> Expected:
    """Return a few hours to plan for, each one step."""
    return Expected(
        grid=Grid(
            starts_s=tuple(at(hour) for hour in range(len(balance_w))),
            lengths_s=(3600.0,) * len(balance_w),
        ),
        balance_w=tuple(balance_w),
        import_per_kwh=tuple(bought),
        export_per_kwh=(0.08,) * len(balance_w),
    )


def problem_of(spec: SiteSpec, expected: Expected, begin: PlanStart) -> Problem:
    world = world_of(spec, expected, begin)
    return Problem(
        world=world,
        left=charge_left(world),
        bonus=bonus_of(world, None),
        jobs=((),) * len(world.runners),
    )


def best_by_trying_all(spec: SiteSpec, expected: Expected, begin: PlanStart) -> float:
    """Return the highest score of all plans of one worker without minimum times."""
    problem = problem_of(spec, expected, begin)
    (runner,) = problem.world.runners
    return max(
        scored(problem, (levels,)).score
        for levels in product(range(len(runner.powers_w)), repeat=len(problem.world))
    )


def score_of_plan(spec: SiteSpec, expected: Expected, begin: PlanStart) -> float:
    problem = problem_of(spec, expected, begin)
    levels = make_plan(spec, expected, begin).levels
    chosen = tuple(levels[runner.key] for runner in problem.world.runners)
    return scored(problem, chosen).score


@QUICK
@given(BALANCES, PRICES)
def test_without_stores_one_worker_has_the_best_plan_that_there_is(
    balance_w: list[float], bought: list[float]
) -> None:
    spec = sunny_house(stepper(levels_w=(400.0, 900.0), start_cost=0.02, min_run_s=0.0))
    expected, begin = hours_of(balance_w, bought), start(spec)
    best = best_by_trying_all(spec, expected, begin)
    assert score_of_plan(spec, expected, begin) == pytest.approx(best, abs=1e-6)


@QUICK
@given(BALANCES, PRICES, st.floats(800, 8000))
def test_with_a_battery_it_has_nearly_the_best(
    balance_w: list[float], bought: list[float], stored_wh: float
) -> None:
    spec = sunny_house(
        cruncher(levels_w=(1500.0,), min_run_s=0.0), battery=home_battery()
    )
    expected = hours_of(balance_w, bought)
    begin = start(spec, stored_wh=stored_wh)
    best = best_by_trying_all(spec, expected, begin)
    assert score_of_plan(spec, expected, begin) >= best - 0.02


@QUICK
@given(BALANCES, PRICES, st.floats(15, 60))
def test_with_a_tank_it_has_nearly_the_best(
    balance_w: list[float], bought: list[float], tank_c: float
) -> None:
    spec = sunny_house(boiler_rig(min_run_s=0.0), tanks=(gas_tank(),))
    expected = hours_of(balance_w, bought)
    begin = start(spec, temperatures_c={"tank": tank_c})
    best = best_by_trying_all(spec, expected, begin)
    assert score_of_plan(spec, expected, begin) >= best - 0.02


@QUICK
@given(BALANCES, PRICES, st.floats(800, 8000), st.floats(20, 60))
def test_a_plan_is_never_worse_than_pausing_all(
    balance_w: list[float], bought: list[float], stored_wh: float, tank_c: float
) -> None:
    spec = sunny_house(
        boiler_rig(), stepper(), battery=home_battery(), tanks=(gas_tank(),)
    )
    expected = hours_of(balance_w, bought)
    begin = start(spec, stored_wh=stored_wh, temperatures_c={"tank": tank_c})
    assert make_plan(spec, expected, begin).value >= 0


BACKUPS = {
    "gas": BackupSpec(kind=BackupKind.GAS),
    "rod": BackupSpec(kind=BackupKind.RESISTIVE),
    "heat pump": BackupSpec(kind=BackupKind.HEAT_PUMP),
    "diverter": BackupSpec(
        kind=BackupKind.RESISTIVE, schedule=BackupSchedule.DIVERTER, power_w=3000.0
    ),
    "nothing": BackupSpec(kind=BackupKind.NONE),
}


def lived_through(
    spec: SiteSpec, expected: Expected, levels: Sequence[int], tank_c: float
) -> tuple[House, float]:
    """Return the simulated home after all steps, and what it paid."""
    (worker,) = spec.workers
    house = House(stored_wh=3000.0, tanks={"tank": TankState(temperature_c=tank_c)})
    cost = 0.0
    for index, level in enumerate(levels):
        conditions = Conditions(
            balance_w=expected.balance_w[index],
            local=datetime.fromtimestamp(expected.grid.starts_s[index], UTC),
            draw_w={"tank": expected.draws_w["tank"][index]},
            import_per_kwh=expected.import_per_kwh[index],
            export_per_kwh=expected.export_per_kwh[index],
        )
        power_w = {worker.key: worker.power_w(level)}
        length_s = expected.grid.lengths_s[index]
        house, flows = step(spec, house, conditions, power_w, length_s)
        cost += flows.cost
    return house, cost


def test_a_battery_is_followed_exactly_as_the_simulated_home_has_it() -> None:
    spec = sunny_house(cruncher(), battery=home_battery())
    expected = a_day(load_w=700.0)
    begin = start(spec, stored_wh=3000.0)
    world = world_of(spec, expected, begin)
    levels = [int(index % 50 < 20) for index in range(len(world))]
    planned = simulate_plan(world, (levels,), Left())
    house, cost = House(stored_wh=3000.0), 0.0
    for index, level in enumerate(levels):
        conditions = Conditions(
            balance_w=expected.balance_w[index],
            local=datetime.fromtimestamp(expected.grid.starts_s[index], UTC),
        )
        power_w = {"cruncher": 500.0 * level}
        length_s = expected.grid.lengths_s[index]
        house, flows = step(spec, house, conditions, power_w, length_s)
        cost += flows.cost
        assert planned.stored_wh[index + 1] == pytest.approx(house.stored_wh)
    starts = sum(
        now > before for before, now in zip([0, *levels[:-1]], levels, strict=True)
    )
    hours = sum(
        length for length, level in zip(world.hours, levels, strict=True) if level
    )
    earned = hours * 0.5 * 0.15 - starts * 0.005
    assert planned.total == pytest.approx(earned - cost)


def saved(
    spec: SiteSpec, expected: Expected, running: Sequence[int], tank_c: float
) -> tuple[float, float]:
    """Return what running saves in the simulated home, and what the plan says."""
    begin = start(spec, stored_wh=3000.0, temperatures_c={"tank": tank_c})
    world = world_of(spec, expected, begin)
    (sink,) = world.sinks
    real, planned = [], []
    for levels in (running, [0] * len(running)):
        house, cost = lived_through(spec, expected, levels, tank_c)
        heat_kwh = house.tanks["tank"].temperature_c * sink.capacity_wh_per_k / 1000
        left = house.stored_wh / 1000 * 0.25 + heat_kwh * sink.left_per_kwh
        real.append(left - cost)
        stored = Left((0.0, 1000.0), (0.0, 0.25))
        planned.append(simulate_plan(world, (levels,), stored).total)
    return real[0] - real[1], planned[0] - planned[1]


@pytest.mark.parametrize("name", BACKUPS)
def test_a_tank_saves_what_the_simulated_home_saves_on_average(name: str) -> None:
    """A thermostat shifts whole cycles, so several beginnings are compared together."""
    tank = gas_tank(backup=BACKUPS[name], supply=HeatSupply.GRID)
    rig = boiler_rig(start_cost=0.0)
    spec = sunny_house(rig, battery=home_battery(), tanks=(tank,))
    expected = a_day(sun_w=2500.0)
    steps = len(expected.balance_w)
    expected = replace(expected, draws_w={"tank": (240.0,) * steps})
    running = [int(step % 40 < 10) for step in range(steps)]
    both = [saved(spec, expected, running, tank_c) for tank_c in (48, 50, 52, 54)]
    real, planned = (sum(values) / len(both) for values in zip(*both, strict=True))
    assert planned == pytest.approx(real, abs=0.06)
