"""One worker on the supply curve: what it is judged by and told."""

from dataclasses import replace
from itertools import pairwise

from hypothesis import given, strategies as st
import pytest

from custom_components.solar_compute.core.decide import decide
from custom_components.solar_compute.core.memory import Memory
from custom_components.solar_compute.core.model import (
    Mode,
    Reading,
    ReasonCode,
    TrancheKind,
)
from custom_components.solar_compute.core.spec import DailyWindow

from .houses import (
    CLOCK_S,
    boiler_rig,
    cruncher,
    house_with_tank,
    look,
    paused,
    running,
    stepper,
    sunny_house,
)
from .loop import Loop, one, steady, why

ALWAYS = DailyWindow(start_min=0, end_min=0)


def test_worth_while_paused_is_that_of_the_best_permitted_level() -> None:
    decision, _ = decide(
        sunny_house(stepper(value_per_kwh=0.09, start_cost=0.5)),
        look(-650, paused("stepper")),
        Memory(),
    )
    worker = one(decision)
    assert worker.level == 0 and worker.judged is not None
    assert worker.judged.level == 2
    assert worker.judged == worker.worths[1]

    quiet = stepper(start_cost=0.5, quiet_hours=(ALWAYS,), quiet_level=1)
    decision, _ = decide(sunny_house(quiet), look(-2000, paused("stepper")), Memory())
    judged = one(decision).judged
    assert judged is not None and judged.level == 1


def test_worth_of_a_worker_that_may_not_run_is_that_of_its_best_level() -> None:
    off = paused("stepper", mode=Mode.OFF)
    decision, _ = decide(sunny_house(stepper()), look(-2000, off), Memory())
    judged = one(decision).judged
    assert judged is not None and judged.level == 3


def test_a_worker_without_levels_is_left_alone() -> None:
    spec = sunny_house(cruncher(levels_w=()), cruncher(key="other"))
    decision, _ = decide(spec, look(-900, paused(), paused("other")), Memory())
    assert [worker.level for worker in decision.workers] == [0, 1]


def test_slices_are_what_the_judged_level_takes_after_those_before_it() -> None:
    spec = sunny_house(
        cruncher(key="first", priority=1), cruncher(key="second", priority=2)
    )
    decision, _ = decide(spec, look(200, running("first"), running("second")), Memory())
    second = one(decision, "second")
    assert second.base_w == 500
    assert [(part.kind, part.width_w) for part in second.slices] == [
        (TrancheKind.EXPORT, 300),
        (TrancheKind.IMPORT, 200),
    ]


def test_a_running_worker_is_judged_at_what_it_really_draws() -> None:
    """It draws 800 W instead of 500: too much for the sun that there is."""
    nominal, _ = decide(sunny_house(), look(-100, running()), Memory())
    drawing = running(power_w=Reading(800, CLOCK_S))
    measured, _ = decide(sunny_house(), look(200, drawing), Memory())
    assert nominal.balance_w == measured.balance_w == 600
    assert [one(item).worths[0].power_w for item in (nominal, measured)] == [500, 800]
    assert one(nominal).worths[0].total == pytest.approx(0.035)
    expected = 0.8 * 0.15 - 0.6 * 0.08 - 0.2 * 0.30
    assert one(measured).worths[0].total == pytest.approx(expected)


def test_a_guard_is_named_only_where_it_keeps_the_level_down() -> None:
    quiet = stepper(quiet_hours=(ALWAYS,), quiet_level=2)
    bright, _ = decide(sunny_house(quiet), look(-2000, paused("stepper")), Memory())
    dim, _ = decide(sunny_house(quiet), look(-320, paused("stepper")), Memory())
    assert (one(bright).level, why(bright)) == (2, ReasonCode.QUIET_HOURS)
    assert (one(dim).level, why(dim)) == (1, ReasonCode.WORTH_IT)


def test_a_cap_below_what_runs_lowers_it_to_the_cap() -> None:
    quiet = stepper(quiet_hours=(ALWAYS,), quiet_level=1)
    decision, _ = decide(
        sunny_house(quiet), look(-2000, running("stepper", level=3)), Memory()
    )
    assert (one(decision).level, why(decision)) == (1, ReasonCode.QUIET_HOURS)


def test_reasons_carry_the_numbers_that_decided() -> None:
    decision, _ = decide(sunny_house(), look(-700), Memory())
    data = one(decision).reason.data
    assert data["worth"] == pytest.approx(0.035)
    assert data["mean"] == pytest.approx(0.035)
    assert data["start_cost"] == 0.005


def test_averages_are_forgotten_while_the_meters_are_silent() -> None:
    loop = Loop(sunny_house(), steady(-500))
    loop.run(1800)
    loop.site = lambda at_s: {"grid_w": Reading(None, CLOCK_S + at_s)}
    loop.tick()
    assert loop.memory.workers["cruncher"].means == ()
    assert one(loop.seen[-1][2]).mean_worth is None


def test_what_happens_while_a_start_settles_does_not_count() -> None:
    """The balance is taken too low on purpose then."""
    loop = Loop(sunny_house(cruncher(min_run_s=0)), steady(520), lag_s=20)
    loop.run(600)
    assert [level for _, level in loop.switches()] == [1]
    mean = one(loop.seen[-1][2]).mean_worth
    assert mean == pytest.approx(0.5 * (0.15 - 0.08))


def test_while_a_change_settles_its_reason_stays_the_one_that_made_it() -> None:
    loop = Loop(sunny_house(cruncher(min_run_s=0)), steady(520), lag_s=20)
    settling = [one(decision) for decision in loop.run(600) if one(decision).settling]
    assert settling
    assert {worker.reason.code for worker in settling} == {ReasonCode.WORTH_IT}

    loop.balance_w = steady(-3000)
    loop.run_until(0)
    assert why(loop.tick()) is ReasonCode.NOT_WORTH_IT
    assert one(loop.seen[-1][2]).settling


@pytest.mark.parametrize(
    ("wish", "level", "told"),
    [(Mode.OFF, 0, ReasonCode.MODE_OFF), (Mode.ON, 1, ReasonCode.MODE_ON)],
)
def test_a_wish_that_is_taken_back_is_no_reason_any_more(
    wish: Mode, level: int, told: ReasonCode
) -> None:
    """Its change has still to show, so the level stays; but nobody wishes it."""
    loop = Loop(sunny_house(), steady(520 if wish is Mode.OFF else -3000), lag_s=20)
    loop.run(1800)
    loop.inputs = lambda _: {"cruncher": {"mode": wish}}
    loop.dt_s = 0
    assert (one(decided := loop.tick()).level, why(decided)) == (level, told)

    loop.inputs = lambda _: {}

    taken_back = loop.tick()
    assert one(taken_back).settling
    assert (one(taken_back).level, why(taken_back)) == (level, ReasonCode.SETTLING)


def test_a_worker_whose_sink_is_gone_is_judged_without_one() -> None:
    spec = replace(house_with_tank(boiler_rig(value_per_kwh=0.15)), tanks=())
    decision, _ = decide(spec, look(-2000, paused("rig")), Memory())
    assert one(decision).level == 1
    assert one(decision).worths[0].heat == 0


@given(
    surplus_w=st.integers(-2000, 4000),
    more_w=st.integers(0, 2000),
    level=st.integers(0, 3),
)
def test_more_sun_never_means_less_worth(
    surplus_w: float, more_w: float, level: int
) -> None:
    spec = sunny_house(stepper())
    worker = running("stepper", level=level) if level else paused("stepper")
    drawn_w = spec.workers[0].power_w(level)

    def worths(balance_w: float) -> list[float]:
        decision, _ = decide(spec, look(drawn_w - balance_w, worker), Memory())
        return [worth.total for worth in one(decision).worths]

    less, more = worths(surplus_w), worths(surplus_w + more_w)
    assert all(b >= a - 1e-9 for a, b in zip(less, more, strict=True))


@given(surplus_w=st.integers(-2000, 4000), count=st.integers(2, 4))
def test_each_comes_after_the_power_of_those_before_it(
    surplus_w: float, count: int
) -> None:
    spec = sunny_house(
        *(cruncher(key=f"w{index}", priority=index) for index in range(count))
    )
    snapshot = look(-surplus_w, *(paused(worker.key) for worker in spec.workers))
    decision, _ = decide(spec, snapshot, Memory())
    for before, after in pairwise(decision.workers):
        assert after.base_w == before.base_w + before.power_w
