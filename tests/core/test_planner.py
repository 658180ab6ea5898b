"""Plans: when workers should run over the hours to come, and what that says."""

from math import nan

import pytest

from custom_components.solar_compute.core.planner import PlanError, make_plan

from .houses import cruncher, house_with_battery, sunny_house
from .plans import a_day, start


def test_runs_in_the_sun_and_not_at_night() -> None:
    spec = sunny_house(cruncher())
    expected = a_day()
    plan = make_plan(spec, expected, start(spec))
    for level, balance_w in zip(
        plan.levels["cruncher"], expected.balance_w, strict=True
    ):
        assert level == (balance_w > 250)


def test_is_worth_what_the_sun_leaves_over() -> None:
    """500 W for 15 ct instead of 8 ct, in the twenty hours of sun, and two starts."""
    spec = sunny_house(cruncher())
    plan = make_plan(spec, a_day(), start(spec))
    assert plan.value == pytest.approx(20 * 0.5 * (0.15 - 0.08) - 2 * 0.005, abs=1e-6)


def test_a_stored_kwh_that_will_save_an_import_is_worth_it() -> None:
    spec = house_with_battery(cruncher())
    plan = make_plan(spec, a_day(sun_w=0.0), start(spec, stored_wh=3000.0))
    assert plan.stored is not None
    assert plan.stored.discharge == pytest.approx(0.30)
    assert plan.stored.charge == pytest.approx(0.9 * (0.30 - 0.05))


def test_a_stored_kwh_that_the_sun_replaces_is_worth_the_export() -> None:
    spec = house_with_battery(cruncher())
    plan = make_plan(spec, a_day(now_h=9.0), start(spec, now_h=9.0, stored_wh=6000.0))
    assert plan.stored is not None
    assert plan.stored.charge == pytest.approx(0.08)
    assert plan.stored.discharge == pytest.approx(0.08 / 0.9 + 0.05)


def test_refuses_a_forecast_that_is_no_number() -> None:
    spec = sunny_house(cruncher())
    with pytest.raises(PlanError):
        make_plan(spec, a_day(sun_w=nan), start(spec))
