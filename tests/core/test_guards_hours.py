"""Quiet hours, maxima of the day, and the maximum of what a worker heats."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from custom_components.solar_compute.core.decide import decide
from custom_components.solar_compute.core.guard_spec import MaximumGuard, QuietGuard
from custom_components.solar_compute.core.memory import Memory
from custom_components.solar_compute.core.model import (
    Decision,
    GuardInput,
    Mode,
    Reading,
    ReasonCode,
    RoomInput,
    TankInput,
    WorkerInput,
)
from custom_components.solar_compute.core.spec import DailyWindow, RoomSpec

from .guarded import guards, saying, state_of
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
from .loop import one, why

NIGHT = DailyWindow(start_min=22 * 60, end_min=7 * 60)


class TestQuietHours:
    def ask(self, guard: QuietGuard, hour: int, *inputs: GuardInput) -> Decision:
        loud = stepper(noise_db=(35.0, 42.0, 55.0))
        spec = sunny_house(loud, cruncher(key="mute"), guards=guards(guard))
        snapshot = look(-5000, running("stepper", 3), running("mute"), guards=inputs)
        snapshot = replace(snapshot, local=NOON.replace(hour=hour))
        return decide(spec, snapshot, Memory())[0]

    @pytest.mark.parametrize(
        ("maximum_db", "level"), [(30.0, 0), (35.0, 1), (54.9, 2), (60.0, 3)]
    )
    def test_leave_the_loudest_level_that_is_quiet_enough(
        self, maximum_db: float, level: int
    ) -> None:
        night = QuietGuard(
            key="night", name="Night", windows=(NIGHT,), maximum_db=maximum_db
        )
        assert one(self.ask(night, 12), "stepper").level == 3
        decision = self.ask(night, 23)
        assert one(decision, "stepper").level == level
        assert one(decision, "mute").level == 0
        assert decision.guard("night") == state_of(decision, "night")
        assert state_of(decision, "night").tripped

    def test_follow_an_entity_as_well_as_the_clock(self) -> None:
        night = QuietGuard(
            key="night", name="Night", windows=(NIGHT,), followed=True, level=1
        )
        assert one(self.ask(night, 12, saying("night", state=0)), "stepper").level == 3
        for hour, state in ((12, 1), (23, 0), (12, None)):
            decision = self.ask(night, hour, saying("night", state=state))
            assert one(decision, "stepper").level == 1
            assert one(decision, "stepper").reason.data["guard"] == "night"

    def test_of_a_guard_and_of_the_worker_itself_both_hold(self) -> None:
        night = QuietGuard(key="night", name="Night", windows=(NIGHT,), level=2)
        late = replace(look(-5000, running("stepper", 3)), local=NOON.replace(hour=23))
        for own, level in ((1, 1), (3, 2)):
            worker = stepper(quiet_hours=(NIGHT,), quiet_level=own)
            spec = sunny_house(worker, guards=guards(night))
            assert one(decide(spec, late, Memory())[0]).level == level

    def test_never_pass_a_loud_level_on_the_way_to_a_quiet_one(self) -> None:
        """A fan that is loudest in the middle."""
        worker = stepper(noise_db=(35.0, 60.0, 40.0))
        night = QuietGuard(key="n", name="N", windows=(NIGHT,), maximum_db=45.0)
        spec = sunny_house(worker, guards=guards(night))
        late = replace(look(-5000, running("stepper", 3)), local=NOON.replace(hour=23))
        assert one(decide(spec, late, Memory())[0]).level == 1


def test_quiet_hours_by_the_clock_begin_and_end_on_the_minute() -> None:
    night = QuietGuard(key="night", name="Night", windows=(NIGHT,))
    spec = sunny_house(guards=guards(night))
    for minutes, level in ((-1, 1), (0, 0), (539, 0), (540, 1)):
        local = NOON.replace(hour=22) + timedelta(minutes=minutes)
        snapshot = replace(look(-3000, paused()), local=local)
        assert one(decide(spec, snapshot, Memory())[0]).level == level


class TestAMaximumOfTheDay:
    @pytest.mark.parametrize(
        ("limit", "used", "code"),
        [
            ({"energy_wh": 2000}, "energy_today_wh", ReasonCode.DAILY_ENERGY),
            ({"cost": 2000}, "cost_today", ReasonCode.DAILY_COST),
            ({"run_s": 2000}, "run_today_s", ReasonCode.DAILY_RUN_TIME),
        ],
    )
    @pytest.mark.parametrize(
        ("amount", "level"), [(1999.0, 1), (2000.0, 0), (9e9, 0), (float("nan"), 0)]
    )
    def test_pauses_what_has_reached_it(
        self,
        limit: dict[str, Any],
        used: str,
        code: ReasonCode,
        amount: float,
        level: int,
    ) -> None:
        guard = MaximumGuard(key="day", name="Day", **limit)
        spec = sunny_house(guards=guards(guard))
        today: dict[str, Any] = {used: amount}
        for worker in (paused(), running(), running(mode=Mode.ON)):
            snapshot = look(-3000, replace(worker, **today))
            decision, _ = decide(spec, snapshot, Memory())
            assert one(decision).level == level
            assert state_of(decision, "day").tripped is (level == 0)
            assert level or why(decision) is code

    def test_is_each_workers_own(self) -> None:
        guard = MaximumGuard(key="day", name="Day", energy_wh=1000)
        spec = sunny_house(
            cruncher(key="done"), cruncher(key="fresh"), guards=guards(guard)
        )
        done = running("done", energy_today_wh=1500.0)
        decision, _ = decide(spec, look(-3000, done, running("fresh")), Memory())
        assert [worker.level for worker in decision.workers] == [0, 1]
        assert state_of(decision, "day").tripped


def test_the_warmest_sensor_of_a_tank_counts_for_its_maximum() -> None:
    """The mean of its two sensors is far from it."""
    spec = house_with_tank(boiler_rig())
    tank = replace(spec.tanks[0], sensors=2)
    spec = replace(spec, tanks=(tank,))
    for top_c, level in ((59.9, 1), (60.0, 0)):
        seen = TankInput(
            key="tank",
            temperature_c=Reading(top_c, CLOCK_S),
            lower_c=(Reading(20.0, CLOCK_S),),
        )
        snapshot = look(-3000, running("rig"), tanks=(seen,))
        decision, _ = decide(spec, snapshot, Memory())
        assert one(decision).level == level


def test_a_room_at_its_maximum_takes_no_more_heat_until_it_is_half_a_kelvin_cooler() -> (
    None
):
    study = RoomSpec(key="study", name="Study", maximum_c=24.0)
    rig = boiler_rig(sink="study", value_per_kwh=0.15)
    spec = sunny_house(rig, rooms=(study,))

    def level(room_c: float | None, worker: WorkerInput) -> int:
        room = RoomInput(key="study", temperature_c=Reading(room_c, CLOCK_S))
        decision, _ = decide(spec, look(-5000, worker, rooms=(room,)), Memory())
        return one(decision).level

    assert [level(room_c, running("rig")) for room_c in (23.9, 24.0)] == [1, 0]
    assert [level(room_c, paused("rig")) for room_c in (23.6, 23.4)] == [0, 1]
    assert level(None, running("rig", mode=Mode.ON)) == 0
