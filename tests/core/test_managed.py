"""What workers do and draw now: told, measured, or done by somebody else."""

from dataclasses import replace
from typing import Any

import pytest

from custom_components.solar_compute.core.decide import decide
from custom_components.solar_compute.core.managed import Managed, managed_workers
from custom_components.solar_compute.core.memory import Memory, WorkerMemory
from custom_components.solar_compute.core.model import (
    Mode,
    Reading,
    ReasonCode,
    WorkerInput,
    WorkerState,
)
from custom_components.solar_compute.core.spec import WorkerSpec

from .houses import CLOCK_S, cruncher, look, paused, running, stepper, sunny_house
from .loop import Loop, one, steady, why


def managed(
    worker: WorkerSpec,
    observed: WorkerInput,
    memory: WorkerMemory | None = None,
    *,
    grid_age_s: float = 0.0,
) -> Managed:
    spec = sunny_house(worker)
    grid = Reading(0.0, CLOCK_S - grid_age_s)
    snapshot = replace(look(0.0, observed), grid_w=grid)
    memories = {} if memory is None else {worker.key: memory}
    return managed_workers(spec, snapshot, memories)[0]


def changed(ago_s: float, **changes: Any) -> WorkerMemory:
    """Return a worker that was started some seconds ago."""
    settings: dict[str, Any] = {
        "level": 1,
        "changed_s": CLOCK_S - ago_s,
        "since_s": CLOCK_S - ago_s,
    }
    return WorkerMemory(**(settings | changes))


def test_a_worker_counts_with_its_nominal_power_where_nothing_is_measured() -> None:
    worker = managed(stepper(), running("stepper", level=2), changed(500, level=2))
    assert (worker.low_w, worker.high_w, worker.drawn_w) == (600, 600, 600)


def test_what_is_measured_is_believed_over_the_nominal_power() -> None:
    observed = running("stepper", level=2, power_w=Reading(450, CLOCK_S))
    worker = managed(stepper(), observed, changed(500, level=2))
    assert (worker.low_w, worker.held_w, worker.drawn_w) == (450, 450, 450)


@pytest.mark.parametrize(
    "power", [Reading(None, CLOCK_S), Reading(450, CLOCK_S - 301), Reading(-5, CLOCK_S)]
)
def test_a_power_sensor_that_says_nothing_usable_leaves_the_nominal_power(
    power: Reading,
) -> None:
    observed = running("stepper", level=2, power_w=power)
    assert managed(stepper(), observed, changed(500, level=2)).drawn_w == 600


def test_what_a_paused_worker_draws_belongs_to_the_home() -> None:
    observed = paused(power_w=Reading(12, CLOCK_S))
    worker = managed(cruncher(), observed, WorkerMemory())
    assert (worker.low_w, worker.high_w, worker.drawn_w) == (0, 0, 0)


@pytest.mark.parametrize("state", [WorkerState.LOST, WorkerState.UNKNOWN])
def test_the_power_of_a_lost_worker_is_no_longer_managed(state: WorkerState) -> None:
    observed = WorkerInput(key="cruncher", state=state, power_w=Reading(500, CLOCK_S))
    worker = managed(cruncher(), observed, changed(500))
    assert (worker.low_w, worker.high_w, worker.drawn_w) == (0, 0, 0)


def test_a_lost_worker_leaves_the_others_only_what_the_meter_shows() -> None:
    spec = sunny_house(cruncher(key="lost"), cruncher())
    loop = Loop(spec, steady(1100))
    loop.run(1800)
    assert loop.levels == {"lost": 1, "cruncher": 1}
    # It goes on drawing, but nobody can say that it does.
    loop.inputs = lambda _: {"lost": {"state": WorkerState.LOST, "level": None}}
    snapshot = loop.look()
    decision, _ = decide(spec, snapshot, loop.memory)
    assert decision.balance_w == pytest.approx(600)


def test_a_start_counts_as_drawn_and_as_not_drawn_until_it_shows() -> None:
    worker = managed(cruncher(), running(), changed(10))
    assert worker.settling
    assert (worker.low_w, worker.high_w) == (0, 500)


def test_a_start_has_shown_when_the_settling_time_is_over() -> None:
    worker = managed(cruncher(settle_s=60), running(), changed(60))
    assert not worker.settling
    assert (worker.low_w, worker.high_w) == (500, 500)


def test_a_power_sensor_and_a_later_grid_reading_show_a_start_sooner() -> None:
    drawing = running(power_w=Reading(480, CLOCK_S))
    assert not managed(cruncher(), drawing, changed(20)).settling
    assert managed(cruncher(), drawing, changed(20), grid_age_s=10).settling
    not_yet = running(power_w=Reading(100, CLOCK_S))
    assert managed(cruncher(), not_yet, changed(20)).settling


def test_power_promised_to_a_starting_worker_is_not_given_away_twice() -> None:
    """It takes 40 s to start; meanwhile the meter still shows all of the surplus."""
    spec = sunny_house(
        cruncher(key="first", priority=1), cruncher(key="second", priority=2)
    )
    loop = Loop(spec, steady(700), lag_s=40)
    loop.run(3600)
    assert set(loop.levels_of("second")) == {0}
    assert loop.levels_of("first")[-1] == 1


def test_power_stays_promised_until_a_slow_meter_has_reported() -> None:
    """It reports every four minutes, and a start settles after one."""
    spec = sunny_house(
        cruncher(key="first", priority=1), cruncher(key="second", priority=2)
    )
    loop = Loop(spec, steady(700))
    shown: dict[str, Reading] = {}

    def slow_meter(at_s: float) -> dict[str, Any]:
        if at_s % 240 == 0:
            loop.site = lambda _: {}
            shown["grid_w"] = loop.look().grid_w
            loop.site = slow_meter
        return shown

    loop.site = slow_meter
    loop.run(3600)
    assert set(loop.levels_of("second")) == {0}
    assert loop.levels_of("first")[-1] == 1


def test_a_pause_that_a_slow_meter_has_not_seen_gives_nothing_twice_either() -> None:
    memory = changed(100, level=0, previous_level=1)
    seen = managed(cruncher(), paused(), memory)
    unseen = managed(cruncher(), paused(), memory, grid_age_s=100)
    assert (seen.low_w, seen.high_w, seen.settling) == (0, 0, False)
    assert (unseen.low_w, unseen.high_w, unseen.settling) == (500, 500, False)
    assert unseen.drawn_w == 0


def test_what_was_paused_by_somebody_else_begins_its_minimum_pause() -> None:
    loop = Loop(sunny_house(), steady(3000))
    loop.run(600)
    loop.levels["cruncher"] = 0
    decision = loop.tick()
    assert (one(decision).level, why(decision)) == (0, ReasonCode.MINIMUM_PAUSE)
    assert loop.run_until(1) == pytest.approx(290, abs=20)


def test_what_was_started_by_somebody_else_is_bound_by_no_minimum_run() -> None:
    loop = Loop(sunny_house(cruncher(start_cost=0.0)), steady(-2000))
    loop.run(600)
    loop.levels["cruncher"] = 1
    assert one(loop.tick()).current == 1
    assert loop.levels["cruncher"] == 0


def test_who_was_started_by_somebody_else_stays_where_it_is_worth_it() -> None:
    memory = Memory(workers={"cruncher": WorkerMemory()})
    decision, _ = decide(sunny_house(), look(-1000, running()), memory)
    assert (one(decision).level, one(decision).current) == (1, 1)


def test_another_level_than_told_does_not_begin_the_minimum_run_anew() -> None:
    spec = sunny_house(stepper(min_run_s=900))
    memory = Memory(
        workers={"stepper": changed(800, level=2, previous_level=2)},
        clock_s=CLOCK_S - 10,
    )
    _, after = decide(spec, look(0, running("stepper", level=1)), memory)
    assert after.workers["stepper"].since_s == CLOCK_S - 800


def test_what_others_do_does_not_give_back_the_starts_of_the_day() -> None:
    spec = sunny_house(cruncher(max_starts_per_day=2, min_pause_s=60))
    loop = Loop(spec, steady(3000))
    for _ in range(6):
        loop.run(600)
        loop.levels["cruncher"] = 0
    starts = [level for _, level in loop.switches() if level]
    assert len(starts) == 2
    assert why(loop.seen[-1][2]) is ReasonCode.MAXIMUM_STARTS


@pytest.mark.parametrize("state", [WorkerState.STARTING, WorkerState.DRAINING])
def test_a_worker_that_is_still_changing_is_not_taken_over(state: WorkerState) -> None:
    """A machine that boots for five minutes, or saves its work for as long."""
    told = 1 if state is WorkerState.STARTING else 0
    observed = WorkerInput(key="cruncher", state=state, level=1 - told)
    memory = changed(300, level=told, previous_level=1 - told)
    assert managed(cruncher(), observed, memory).current == told


def test_a_worker_that_says_it_is_paused_is_so_without_naming_a_level() -> None:
    observed = WorkerInput(key="cruncher", state=WorkerState.PAUSED)
    assert managed(cruncher(), observed, changed(300)).current == 0


def test_a_worker_has_a_moment_to_obey_even_if_it_shows_at_once() -> None:
    """With a settling time of nought, being slow to answer is no disobedience."""
    loop = Loop(sunny_house(cruncher(settle_s=0.0)), steady(3000), dt_s=1, lag_s=3)
    loop.run(600)
    assert loop.switches() == [(loop.switches()[0][0], 1)]


def test_a_level_that_the_worker_no_longer_has_is_forgotten() -> None:
    memory = changed(300, level=3, starts=4, starts_day="2026-06-15")
    worker = managed(cruncher(), running(), memory)
    assert worker.current == 1
    assert worker.memory.starts == 4


def test_timers_that_would_begin_in_the_future_are_forgotten() -> None:
    memory = changed(-9e9)
    worker = managed(cruncher(), running(), memory)
    assert (worker.memory.since_s, worker.settling) == (None, False)


def test_a_worker_that_disobeys_a_persons_off_is_told_so_for_ever() -> None:
    spec = sunny_house()
    memory = Memory()
    for at_s in range(0, 600, 10):
        snapshot = look(-500, running(mode=Mode.OFF), at_s=at_s)
        decision, memory = decide(spec, snapshot, memory)
        assert one(decision).level == 0
