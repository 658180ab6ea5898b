"""When to switch: a kettle passes, a lasting cloud does not."""

from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from math import exp, nan
from typing import Any

from hypothesis import given, strategies as st
import pytest

from custom_components.solar_compute.core.codec import from_json, to_json
from custom_components.solar_compute.core.decide import decide
from custom_components.solar_compute.core.memory import Memory, WorkerMemory
from custom_components.solar_compute.core.model import ReasonCode, Worth
from custom_components.solar_compute.core.policy import (
    Situation,
    best_level,
    choose,
    start_after_s,
)
from custom_components.solar_compute.core.policy_memory import remember_worth
from custom_components.solar_compute.core.spec import PolicySpec

from .houses import CLOCK_S, NOON, cruncher, look, paused, stepper, sunny_house
from .loop import Loop, at_times, one, steady, why

SUN, KETTLE, NIGHT = 800.0, 800.0 - 2000.0, -600.0


def sunny_loop(**changes: Any) -> Loop:
    """Return a cruncher that has run for an hour on 800 W of surplus."""
    loop = Loop(sunny_house(cruncher(**changes)), steady(SUN))
    loop.run(3600)
    assert loop.levels["cruncher"] == 1
    return loop


def worths(*totals: float) -> tuple[Worth, ...]:
    return tuple(
        Worth(level=level, power_w=0, compute=total, heat=0, cooling=0, supply=0)
        for level, total in enumerate(totals, 1)
    )


class TestRunning:
    def test_a_kettle_passes(self) -> None:
        loop = sunny_loop()
        loop.balance_w = at_times(KETTLE, (loop.at_s + 180, SUN))
        loop.run(3600)
        assert set(loop.levels_of()[360:]) == {1}

    def test_and_the_reason_says_that_it_is_waited_out(self) -> None:
        loop = sunny_loop()
        loop.balance_w = steady(KETTLE)
        assert why(loop.run(60)[-1]) is ReasonCode.RIDING_OUT

    def test_a_cloud_that_lasts_stops_it(self) -> None:
        loop = sunny_loop()
        loop.balance_w = steady(NIGHT)
        took_s = loop.run_until(0)
        assert 60 < took_s < 1200
        assert why(loop.seen[-1][2]) is ReasonCode.NOT_WORTH_IT

    def test_a_larger_deficit_stops_it_sooner_than_a_smaller_one(self) -> None:
        def after(deficit_w: float) -> float:
            loop = sunny_loop()
            loop.balance_w = steady(500 - deficit_w)
            return loop.run_until(0)

        times = [after(deficit_w) for deficit_w in (400, 450, 500)]
        assert times[0] > times[1] > times[2]

    def test_a_dearer_start_is_given_up_later(self) -> None:
        def after(start_cost: float) -> float:
            loop = Loop(sunny_house(cruncher(start_cost=start_cost)), steady(SUN))
            loop.run(7200)
            loop.balance_w = steady(NIGHT)
            return loop.run_until(0)

        assert after(0.001) < after(0.005) < after(0.02)

    def test_a_loss_that_never_reaches_the_price_of_a_start_goes_on_for_ever(
        self,
    ) -> None:
        """Losing a quarter of a cent per hour is cheaper than half a cent for starting again."""
        loop = sunny_loop(start_cost=0.005)
        loop.balance_w = steady(330)
        loop.run(6 * 3600)
        worth = one(loop.seen[-1][2]).worths[0].total
        assert -0.005 < worth < 0
        assert loop.levels_of()[-1] == 1

    def test_a_minimum_run_is_run(self) -> None:
        loop = Loop(sunny_house(cruncher(min_run_s=1800)), at_times(SUN, (60, NIGHT)))
        loop.run(60)
        assert loop.levels["cruncher"] == 1
        assert loop.run_until(0) == pytest.approx(1800 - 60, abs=20)
        assert why(loop.seen[-2][2]) is ReasonCode.MINIMUM_RUN

    def test_nothing_at_stake_lets_the_sign_of_worth_decide(self) -> None:
        free = {"start_cost": 0.0, "min_run_s": 0.0, "min_pause_s": 0.0}
        loop = Loop(sunny_house(cruncher(settle_s=0.0, **free)), steady(SUN))
        assert loop.run_until(1) == 0
        loop.run(1200)
        loop.balance_w = steady(NIGHT)
        assert loop.run_until(0) == 0
        loop.run(1200)
        loop.balance_w = steady(SUN)
        assert loop.run_until(1) == 0

    def test_no_work_pauses_it_whatever_the_sun(self) -> None:
        loop = sunny_loop()
        loop.inputs = lambda _: {"cruncher": {"has_work": False}}
        decision = loop.tick()
        assert (one(decision).level, why(decision)) == (0, ReasonCode.NO_WORK)


class TestPaused:
    def test_a_start_needs_a_worth_that_repays_it(self) -> None:
        """45 minutes of the mean worth must repay half a cent."""
        needed = 0.005 * 3600 / 2700
        for share, level in ((0.99, 0), (1.01, 1)):
            value = 0.08 + share * needed / 0.5
            spec = sunny_house(cruncher(value_per_kwh=value))
            decision, _ = decide(spec, look(-2000, paused()), Memory())
            assert one(decision).level == level

    def test_a_worth_that_comes_and_goes_does_not_start_it(self) -> None:
        """A minute of sun in every ten."""
        loop = Loop(
            sunny_house(), lambda at_s: SUN if 540 <= at_s % 600 < 600 else NIGHT
        )
        loop.run(4 * 3600)
        assert set(loop.levels_of()) == {0}

    def test_after_a_cloud_the_sun_must_last(self) -> None:
        loop = Loop(sunny_house(), at_times(NIGHT, (3600, SUN)))
        loop.run(3600)
        waiting = loop.tick()
        assert why(waiting) is ReasonCode.WAITING_TO_START
        hint = one(waiting).hint
        assert hint is not None and hint.after_s is not None
        assert loop.run_until(1) == pytest.approx(hint.after_s, abs=30)

    def test_a_minimum_pause_is_paused(self) -> None:
        loop = sunny_loop(min_pause_s=1200, start_cost=0.0)
        loop.balance_w = steady(NIGHT)
        loop.run_until(0)
        loop.balance_w = steady(SUN)
        assert why(loop.run(100)[-1]) is ReasonCode.MINIMUM_PAUSE
        assert loop.run_until(1) == pytest.approx(1100, abs=20)

    def test_a_days_starts_can_be_limited_and_come_back_at_midnight(self) -> None:
        loop = Loop(
            sunny_house(cruncher(max_starts_per_day=2, start_cost=0.0)),
            lambda at_s: SUN if at_s % 7200 < 3600 else NIGHT,
            dt_s=60,
        )
        loop.run(36 * 3600)
        starts = [at_s for at_s, level in loop.switches() if level]
        days = [(NOON + timedelta(seconds=at_s)).date().day for at_s in starts]
        assert days == [15, 15, 16, 16]
        reasons = {why(decision) for _, _, decision in loop.seen}
        assert ReasonCode.MAXIMUM_STARTS in reasons

    def test_neither_a_leap_of_the_local_clock_nor_dst_touches_a_timer(self) -> None:
        def switches(leap: timedelta) -> list[tuple[float, int]]:
            loop = Loop(
                sunny_house(),
                at_times(SUN, (300, NIGHT), (2000, SUN)),
                local=lambda at_s: (
                    NOON
                    + timedelta(seconds=at_s)
                    + (leap if at_s > 200 else timedelta())
                ),
            )
            loop.run(7200)
            return loop.switches()

        as_usual = switches(timedelta())
        assert len(as_usual) == 3
        assert switches(timedelta(hours=1)) == as_usual
        assert switches(timedelta(hours=-1)) == as_usual

    def test_not_worth_it_is_the_reason_at_night(self) -> None:
        decision, _ = decide(sunny_house(), look(600), Memory())
        assert why(decision) is ReasonCode.NOT_WORTH_IT


class TestLevels:
    def test_the_level_of_greatest_worth_is_taken(self) -> None:
        for surplus_w, level in ((350, 1), (700, 2), (2000, 3)):
            loop = Loop(sunny_house(stepper()), steady(surplus_w))
            loop.run(3600)
            assert loop.levels_of()[-1] == level

    def test_a_level_is_lowered_at_once(self) -> None:
        loop = Loop(sunny_house(stepper()), steady(2000))
        loop.run(3600)
        loop.balance_w = steady(650)
        assert one(loop.tick()).level == 2

    def test_and_raised_only_when_the_mean_agrees(self) -> None:
        loop = Loop(sunny_house(stepper()), steady(350))
        loop.run(3600)
        loop.balance_w = steady(2000)
        assert one(loop.tick()).level == 1
        assert 60 < loop.run_until(3) < 1200

    def test_it_is_throttled_before_it_is_paused(self) -> None:
        loop = Loop(sunny_house(stepper()), steady(2000))
        loop.run(3600)
        loop.balance_w = steady(320)
        loop.run(3600)
        assert loop.levels_of()[-1] == 1

    def test_a_dip_is_waited_out_at_the_least_bad_level(self) -> None:
        loop = Loop(sunny_house(stepper()), steady(2000))
        loop.run(3600)
        loop.balance_w = steady(-500)
        decision = loop.tick()
        assert (one(decision).level, why(decision)) == (1, ReasonCode.RIDING_OUT)

    def test_a_dip_that_a_neighbours_step_may_have_caused_changes_no_level(
        self,
    ) -> None:
        situation = Situation(
            worker=stepper(),
            policy=PolicySpec(),
            memory=WorkerMemory(level=3, means=(0.1, 0.02, 0.05, 0.1)),
            current=3,
            cap=3,
            worths=worths(-0.01, -0.02, -0.05),
            clock_s=CLOCK_S,
            day="2026-06-15",
        )
        assert choose(situation).level == 1
        assert choose(replace(situation, blocked=True)).level == 3

    def test_a_start_is_no_higher_than_the_mean_agrees_to(self) -> None:
        """A moment of much sun after an hour of little."""
        loop = Loop(
            sunny_house(stepper(start_cost=0.02, max_starts_per_day=0)), steady(350)
        )
        loop.run(3600)
        loop.spec = sunny_house(stepper(start_cost=0.0))
        loop.balance_w = steady(2000)
        assert one(loop.tick()).level == 1

    def test_levels_of_equal_worth_take_the_lowest(self) -> None:
        assert best_level(worths(0.1, 0.3, 0.3), 3) == 2
        assert best_level(worths(0.1, 0.3, 0.4), 2) == 2

    def test_a_level_that_costs_more_than_none_is_not_started_for_its_mean(
        self,
    ) -> None:
        """Cheap import after a dear battery makes only the highest level pay."""
        choice = choose(
            Situation(
                worker=stepper(start_cost=0.0, levels_w=(500.0, 1000.0)),
                policy=PolicySpec(),
                memory=WorkerMemory(means=(0.5, 0.5, -0.5)),
                current=0,
                cap=2,
                worths=worths(-0.01, 0.1),
                clock_s=CLOCK_S,
                day="2026-06-15",
            )
        )
        assert choice.level == 2


def test_a_worth_that_is_no_number_starts_nothing_and_stops_what_runs() -> None:
    situation = Situation(
        worker=cruncher(),
        policy=PolicySpec(),
        memory=WorkerMemory(means=(0.5, 0.5)),
        current=0,
        cap=1,
        worths=worths(nan),
        clock_s=CLOCK_S,
        day="2026-06-15",
    )
    assert choose(situation).level == 0
    unknown = replace(situation, current=1, memory=WorkerMemory(means=(nan, nan)))
    assert choose(unknown).level == 0


class TestTheMean:
    POLICY = PolicySpec(averaging_s=600, power_hold_s=300)

    def averaged(self, *ticks: tuple[float, float], **changes: Any) -> float:
        policy = replace(self.POLICY, **changes)
        memory = WorkerMemory()
        for clock_s, total in ticks:
            memory = remember_worth(memory, policy, worths(total), 1, clock_s)
        return memory.means[0]

    def test_the_first_look_is_its_own_mean(self) -> None:
        assert self.averaged((0, 0.4)) == 0.4

    def test_time_that_passed_counts_for_what_the_meter_says_at_its_end(self) -> None:
        """A meter that reports every five minutes reports their mean."""
        weight = 1 - exp(-100 / 600)
        mean = self.averaged((0, 0.4), (100, -1.0))
        assert mean == pytest.approx(0.4 - weight * 1.4)

    def test_two_thirds_of_a_step_have_arrived_after_the_averaging_time(self) -> None:
        ticks = [(0, 0.0), *((at_s, 1.0) for at_s in range(0, 601, 10))]
        assert self.averaged(*ticks) == pytest.approx(1 - 1 / 2.718281828, abs=0.01)

    def test_how_often_one_looks_does_not_matter(self) -> None:
        often = [(at_s, float(at_s <= 300)) for at_s in range(601)]
        seldom = [(at_s, float(at_s <= 300)) for at_s in range(0, 601, 100)]
        assert self.averaged(*often) == pytest.approx(self.averaged(*seldom))

    def test_a_gap_counts_for_no_longer_than_a_power_may_be_held(self) -> None:
        gap = self.averaged((0, 0.0), (1, 1.0), (9000, 1.0))
        held = self.averaged((0, 0.0), (1, 1.0), (301, 1.0))
        assert gap == pytest.approx(held)

    def test_no_averaging_time_means_no_averaging(self) -> None:
        assert self.averaged((0, 0.0), (10, 1.0), (20, 5.0), averaging_s=0) == 5.0

    def test_a_worth_that_was_no_number_is_not_averaged_in_for_ever(self) -> None:
        assert self.averaged((0, 1.0), (10, nan), (20, 1.0), (30, 1.0)) == 1.0


@given(
    worth=st.floats(-1, 1),
    mean=st.floats(-1, 1),
    start_cost=st.floats(0.0001, 0.1),
)
def test_the_promised_time_until_a_start_is_when_the_mean_repays_it(
    worth: float, mean: float, start_cost: float
) -> None:
    policy = PolicySpec()
    after_s = start_after_s(worth, mean, start_cost, policy)
    needed = start_cost * 3600 / policy.start_horizon_s
    if after_s is None:
        assert worth <= needed
    elif after_s == 0:
        assert mean >= needed
    else:
        reached = worth + (mean - worth) * 2.718281828459045 ** (
            -after_s / policy.averaging_s
        )
        assert reached == pytest.approx(needed, rel=1e-6, abs=1e-9)


def test_a_restart_in_the_middle_of_a_run_changes_nothing() -> None:
    balance = at_times(SUN, (1200, KETTLE), (1350, SUN), (4000, NIGHT), (6000, SUN))
    through = Loop(sunny_house(), balance)
    through.run(9000)
    first = Loop(sunny_house(), balance)
    first.run(1260)
    second = Loop(
        sunny_house(),
        balance,
        memory=from_json(Memory, to_json(first.memory)),
        at_s=first.at_s,
        levels=dict(first.levels),
        due=dict(first.due),
        site=lambda _: {"started_s": CLOCK_S + 1260},
    )
    second.run(9000 - 1260)
    assert first.switches() + second.switches()[1:] == through.switches()
    assert len(through.switches()) == 3


def test_a_restart_does_not_start_everything_at_once() -> None:
    """Nothing known, plenty of sun, four workers: one start after another."""
    spec = sunny_house(*(cruncher(key=f"w{index}") for index in range(4)))
    loop = Loop(spec, steady(9000), site=lambda _: {"started_s": CLOCK_S})
    loop.run(1200)
    starts = sorted(
        at_s for worker in spec.workers for at_s, _ in loop.switches(worker.key)
    )
    assert len(starts) == 4
    assert starts[0] >= 60
    assert all(later - earlier >= 60 for earlier, later in pairwise(starts))


def test_an_unchanged_house_never_switches_again() -> None:
    for surplus_w in range(-1000, 2001, 130):
        loop = Loop(sunny_house(stepper()), steady(surplus_w), dt_s=60)
        loop.run(2 * 3600)
        assert len([level for _, level in loop.switches() if level == 0]) == 0
