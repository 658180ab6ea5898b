"""Hard limits: they win over worth, over minimum times and over a person."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from custom_components.solar_compute.core.decide import decide
from custom_components.solar_compute.core.memory import Memory, WorkerMemory
from custom_components.solar_compute.core.model import (
    Mode,
    Override,
    Reading,
    ReasonCode,
    SiteState,
    WorkerInput,
    WorkerState,
)
from custom_components.solar_compute.core.spec import DailyWindow

from .houses import (
    CLOCK_S,
    NOON,
    boiler_rig,
    cruncher,
    house_with_tank,
    look,
    paused,
    running,
    stepper,
    sunny_house,
)
from .loop import Loop, at_times, one, steady, why

NIGHT = DailyWindow(start_min=22 * 60, end_min=7 * 60)


def just_started(level: int = 1) -> WorkerMemory:
    """Return what is remembered of a worker in the middle of its minimum run."""
    return WorkerMemory(
        level=level,
        previous_level=0,
        since_s=CLOCK_S - 100,
        changed_s=CLOCK_S - 100,
    )


def during_minimum_run(key: str = "cruncher") -> Memory:
    return Memory(clock_s=CLOCK_S - 10, workers={key: just_started()})


def test_without_a_guard_the_minimum_run_holds() -> None:
    """The premise of the tests that follow."""
    decision, _ = decide(sunny_house(), look(500, running()), during_minimum_run())
    assert one(decision).level == 1
    assert why(decision) is ReasonCode.MINIMUM_RUN


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"grid_w": Reading(None, CLOCK_S)}, ReasonCode.INPUT_MISSING),
        ({"grid_w": Reading(-500, CLOCK_S - 301)}, ReasonCode.INPUT_MISSING),
        ({"battery_w": Reading(None, CLOCK_S)}, ReasonCode.INPUT_MISSING),
    ],
)
def test_an_unknown_meter_overrides_the_minimum_run(
    changes: dict[str, Any], code: ReasonCode
) -> None:
    snapshot = replace(look(-500, running()), **changes)
    decision, _ = decide(sunny_house(), snapshot, during_minimum_run())
    assert one(decision).level == 0
    assert why(decision) is code


def test_quiet_hours_override_the_minimum_run() -> None:
    spec = sunny_house(cruncher(quiet_hours=(NIGHT,)))
    late = replace(look(-500, running()), local=NOON.replace(hour=22))
    decision, _ = decide(spec, late, during_minimum_run())
    assert (one(decision).level, why(decision)) == (0, ReasonCode.QUIET_HOURS)


def test_a_full_tank_overrides_the_minimum_run() -> None:
    decision, _ = decide(
        house_with_tank(),
        look(-5000, running("rig"), tank_c=60.0),
        during_minimum_run("rig"),
    )
    assert (one(decision).level, why(decision)) == (0, ReasonCode.SINK_FULL)
    assert one(decision).reason.data["temperature_c"] == 60.0


def test_the_import_limit_overrides_the_minimum_run() -> None:
    spec = sunny_house(import_limit_w=3000.0)
    decision, _ = decide(spec, look(3001, running()), during_minimum_run())
    assert (one(decision).level, why(decision)) == (0, ReasonCode.IMPORT_LIMIT)


def test_a_lost_worker_is_told_to_pause_in_its_minimum_run() -> None:
    lost = WorkerInput(key="cruncher", state=WorkerState.LOST)
    decision, _ = decide(sunny_house(), look(-3000, lost), during_minimum_run())
    assert (one(decision).level, why(decision)) == (0, ReasonCode.WORKER_LOST)


def test_a_worker_that_protects_itself_is_not_told_to_run() -> None:
    """Its service found it too hot, say: a start would be in vain."""
    hot = paused(protected=True)
    decision, memory = decide(sunny_house(), look(-3000, hot), Memory())
    assert (one(decision).level, why(decision)) == (0, ReasonCode.OWN_LIMIT)

    decision, _ = decide(sunny_house(), look(-3000, paused(), at_s=10), memory)
    assert one(decision).level == 1


def test_what_another_controller_runs_is_left_alone_and_is_a_load_of_the_home() -> None:
    theirs = running(held_by_other=True)
    decision, memory = decide(sunny_house(), look(-3000, theirs), Memory())
    assert (one(decision).level, why(decision)) == (0, ReasonCode.HELD_BY_OTHER)
    assert decision.balance_w == 3000
    assert one(decision).drawn_w == 0

    decision, _ = decide(sunny_house(), look(-3000, paused(), at_s=10), memory)
    assert one(decision).level == 1


@pytest.mark.parametrize(
    "wished",
    [
        {"mode": Mode.ON},
        {"override": Override(run=True, until_s=CLOCK_S + 3600)},
    ],
    ids=["mode on", "override"],
)
class TestAPersonsWishToRun:
    def test_yields_to_quiet_hours(self, wished: dict[str, Any]) -> None:
        spec = sunny_house(cruncher(quiet_hours=(NIGHT,)))
        late = replace(look(-500, paused(**wished)), local=NOON.replace(hour=6))
        decision, _ = decide(spec, late, Memory())
        assert (one(decision).level, why(decision)) == (0, ReasonCode.QUIET_HOURS)

    def test_yields_to_a_full_tank(self, wished: dict[str, Any]) -> None:
        snapshot = look(-5000, paused("rig", **wished), tank_c=61.0)
        decision, _ = decide(house_with_tank(), snapshot, Memory())
        assert (one(decision).level, why(decision)) == (0, ReasonCode.SINK_FULL)

    def test_yields_to_a_tank_of_unknown_temperature(
        self, wished: dict[str, Any]
    ) -> None:
        snapshot = look(-5000, paused("rig", **wished))
        decision, _ = decide(house_with_tank(), snapshot, Memory())
        assert (one(decision).level, why(decision)) == (0, ReasonCode.INPUT_MISSING)

    def test_yields_to_the_import_limit(self, wished: dict[str, Any]) -> None:
        spec = sunny_house(import_limit_w=3000.0)
        decision, _ = decide(spec, look(2600, paused(**wished)), Memory())
        assert (one(decision).level, why(decision)) == (0, ReasonCode.IMPORT_LIMIT)
        decision, _ = decide(spec, look(2400, paused(**wished)), Memory())
        assert one(decision).level == 1

    def test_yields_to_a_silent_meter_only_where_an_import_limit_needs_it(
        self, wished: dict[str, Any]
    ) -> None:
        silent = look(None, paused(**wished))
        decision, _ = decide(sunny_house(), silent, Memory())
        assert one(decision).level == 1
        decision, _ = decide(sunny_house(import_limit_w=9e3), silent, Memory())
        assert one(decision).level == 0

    def test_needs_no_worth(self, wished: dict[str, Any]) -> None:
        spec = sunny_house(cruncher(value_per_kwh=0.0))
        decision, _ = decide(spec, look(2000, paused(**wished)), Memory())
        assert one(decision).level == 1


def test_what_a_person_runs_does_not_flap_at_the_import_limit() -> None:
    """The home draws a little more and a little less, all the time."""
    loop = Loop(
        sunny_house(cruncher(min_pause_s=300), import_limit_w=3000.0),
        lambda at_s: -2700.0 if int(at_s // 40) % 2 else -2400.0,
        inputs=lambda _: {"cruncher": {"mode": Mode.ON}},
    )
    loop.run(3600)
    starts = [at_s for at_s, level in loop.switches() if level]
    assert 2 <= len(starts) <= 12
    assert ReasonCode.MINIMUM_PAUSE in {why(decision) for _, _, decision in loop.seen}


def test_a_person_who_paused_it_may_start_it_again_at_once() -> None:
    loop = Loop(sunny_house(cruncher(min_pause_s=300)), steady(-500))
    for mode, level in ((Mode.ON, 1), (Mode.OFF, 0), (Mode.ON, 1)):
        loop.inputs = lambda _, mode=mode: {"cruncher": {"mode": mode}}  # type: ignore[misc]
        assert one(loop.tick()).level == level


def test_quiet_hours_reach_across_midnight_and_end_in_the_morning() -> None:
    spec = sunny_house(cruncher(quiet_hours=(NIGHT,)))
    loop = Loop(
        spec,
        steady(3000),
        dt_s=300,
        local=lambda at_s: NOON.replace(hour=20) + timedelta(seconds=at_s),
    )
    loop.run(14 * 3600)
    ran = [
        snapshot.local.hour
        for _, snapshot, decision in loop.seen
        if one(decision).level
    ]
    assert set(ran) == {20, 21, 7, 8, 9}


def test_a_quiet_level_lets_a_worker_whisper_through_the_night() -> None:
    spec = sunny_house(stepper(quiet_hours=(NIGHT,), quiet_level=1))
    late = replace(look(-3000, paused("stepper")), local=NOON.replace(hour=23))
    decision, _ = decide(spec, late, Memory())
    assert one(decision).level == 1
    assert one(decision).cap == 1
    assert why(decision) is ReasonCode.QUIET_HOURS


def test_a_full_tank_takes_heat_again_only_when_it_is_clearly_colder() -> None:
    """Or a worker would start for every tenth of a degree that the tank loses."""
    spec = house_with_tank()

    def level(tank_c: float, worker: WorkerInput) -> int:
        snapshot = look(-5000, worker, tank_c=tank_c)
        return one(decide(spec, snapshot, Memory())[0]).level

    assert level(59.9, running("rig")) == 1
    assert level(60.0, running("rig")) == 0
    assert level(59.9, paused("rig")) == 0
    assert level(58.1, paused("rig")) == 0
    assert level(57.9, paused("rig")) == 1


def test_a_worker_at_the_edge_of_a_full_tank_does_not_cycle() -> None:
    """A kilowatt heats the tank by 4 K an hour, and it loses a little all the time."""
    loop = Loop(house_with_tank(), steady(5000), tank_c=58.5)
    assert loop.tank_c is not None
    for _ in range(8 * 360):
        loop.tick()
        rate = 900 / 232.6 if loop.levels.get("rig") else -0.6
        loop.tank_c += rate * loop.dt_s / 3600
    starts = [at_s for at_s, level in loop.switches() if level]
    assert len(starts) <= 3


@pytest.mark.parametrize(
    ("grid_w", "levels"), [(1900, 3), (2100, 2), (2500, 1), (2800, 0)]
)
def test_the_import_limit_leaves_the_highest_level_that_fits(
    grid_w: float, levels: int
) -> None:
    spec = sunny_house(stepper(value_per_kwh=0.9), import_limit_w=3000.0)
    decision, _ = decide(spec, look(grid_w, paused("stepper")), Memory())
    assert one(decision).cap == levels
    assert one(decision).level == levels


def test_the_import_limit_believes_what_a_worker_really_draws() -> None:
    """Nominal 500 W, but it draws 800: pausing is due where 800 is too much."""
    spec = sunny_house(cruncher(value_per_kwh=0.9), import_limit_w=3000.0)
    for drawn_w, grid_w, level in [
        (800, 3050, 0),
        (800, 2950, 1),
        (200, 2950, 1),
        (200, 3050, 0),
    ]:
        worker = running(power_w=Reading(drawn_w, CLOCK_S))
        decision, _ = decide(spec, look(grid_w, worker), Memory())
        assert one(decision).level == level, (drawn_w, grid_w)


def test_the_import_limit_is_shared_and_the_higher_priority_keeps_its_place() -> None:
    spec = sunny_house(
        cruncher(key="first", priority=1, value_per_kwh=0.9),
        cruncher(key="second", priority=2, value_per_kwh=0.9),
        import_limit_w=3000.0,
    )
    decision, _ = decide(
        spec, look(3200, running("second"), running("first")), Memory()
    )
    assert one(decision, "first").level == 1
    assert one(decision, "second").level == 0
    assert why(decision, "second") is ReasonCode.IMPORT_LIMIT


def test_a_person_cannot_start_one_on_what_was_just_promised_to_another() -> None:
    """600 W are left under the limit, and somebody is about to draw 500 of them."""
    spec = sunny_house(
        cruncher(key="asked", priority=1),
        cruncher(key="starting", priority=2),
        import_limit_w=3000.0,
    )
    promised = WorkerMemory(level=1, since_s=CLOCK_S - 10, changed_s=CLOCK_S - 10)
    snapshot = look(2400, paused("asked", mode=Mode.ON), running("starting"))
    decision, _ = decide(spec, snapshot, Memory(workers={"starting": promised}))
    assert one(decision, "starting").level == 1
    assert why(decision, "asked") is ReasonCode.IMPORT_LIMIT


def test_a_start_waits_until_there_is_room_under_the_import_limit() -> None:
    loop = Loop(
        sunny_house(cruncher(value_per_kwh=0.9), import_limit_w=2000.0),
        at_times(-1800.0, (3600, -1000.0)),
    )
    loop.run(3590)
    assert set(loop.levels_of()) == {0}
    loop.run(1800)
    assert loop.levels_of()[-1] == 1


def test_during_the_grace_after_a_start_nothing_is_raised_and_nothing_stops() -> None:
    for worker in (paused(), running()):
        for grid_w in (-3000.0, None):
            snapshot = replace(look(grid_w, worker), started_s=CLOCK_S - 30)
            decision, _ = decide(sunny_house(), snapshot, Memory())
            assert one(decision).level == worker.level
            assert why(decision) is ReasonCode.STARTING_UP or worker.level
    snapshot = replace(look(None, paused()), started_s=CLOCK_S - 30)
    decision, _ = decide(sunny_house(), snapshot, Memory())
    assert decision.state is SiteState.STARTING_UP


def test_when_the_grace_is_over_what_is_unknown_pauses() -> None:
    snapshot = replace(look(None, running()), started_s=CLOCK_S - 61)
    decision, _ = decide(sunny_house(), snapshot, Memory())
    assert (one(decision).level, why(decision)) == (0, ReasonCode.INPUT_MISSING)


def test_a_worker_that_was_not_asked_yet_keeps_its_level_during_the_grace() -> None:
    unasked = WorkerInput(key="cruncher")
    memory = Memory(clock_s=CLOCK_S - 60, workers={"cruncher": just_started()})
    snapshot = replace(look(-3000, unasked), started_s=CLOCK_S - 5)
    decision, after = decide(sunny_house(), snapshot, memory)
    assert one(decision).level == 1
    assert after.workers["cruncher"].level == 1
    late = replace(look(-3000, unasked, at_s=120), started_s=CLOCK_S - 5)
    decision, _ = decide(sunny_house(), late, after)
    assert (one(decision).level, why(decision)) == (0, ReasonCode.WORKER_LOST)


def test_two_workers_heat_one_tank_and_both_stop_when_it_is_full() -> None:
    spec = house_with_tank(boiler_rig(), boiler_rig(key="second"))
    decision, _ = decide(
        spec, look(-9000, running("rig"), running("second"), tank_c=60.0), Memory()
    )
    assert [worker.level for worker in decision.workers] == [0, 0]
