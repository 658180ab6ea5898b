"""Circuits that workers share with other loads, some inside others."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from custom_components.solar_compute.core.decide import decide
from custom_components.solar_compute.core.memory import Memory, WorkerMemory
from custom_components.solar_compute.core.model import (
    Decision,
    Mode,
    Reading,
    ReasonCode,
    WorkerInput,
    WorkerState,
)

from .guarded import cap, circuit, decided, guards, saying, settled, state_of
from .houses import CLOCK_S, cruncher, look, paused, running, stepper, sunny_house
from .loop import Loop, at_times, one, steady, why


class TestACircuit:
    @pytest.mark.parametrize(
        ("carries_w", "level"), [(0, 3), (600, 3), (601, 2), (1000, 2), (1001, 1)]
    )
    def test_leaves_the_highest_level_that_fits_beside_its_other_loads(
        self, carries_w: float, level: int
    ) -> None:
        """80 % of 2 kW is 1.6 kW."""
        spec = sunny_house(stepper(), guards=guards(circuit()))
        says = (saying("cellar", power_w=carries_w),)
        decision = decided(spec, paused("stepper"), says=says)
        assert one(decision).level == level
        assert state_of(decision, "cellar").tripped is (level < 3)
        if level < 3:
            assert why(decision) is ReasonCode.CIRCUIT_LIMIT
            assert one(decision).reason.data == {
                "guard": "cellar",
                "budget_w": 1600.0 - carries_w,
                "limit_w": 1600.0,
            }

    def test_that_carries_too_much_throttles_what_runs_on_it_at_once(self) -> None:
        """Its own 1000 W are part of what the circuit carries."""
        spec = sunny_house(stepper(), guards=guards(circuit()))
        for carries_w, level in ((1600, 3), (1601, 2), (2001, 1), (2301, 0)):
            decision = decided(
                spec,
                running("stepper", 3),
                says=(saying("cellar", power_w=carries_w),),
            )
            assert one(decision).level == level

    def test_does_not_care_how_much_others_draw_elsewhere(self) -> None:
        spec = sunny_house(
            cruncher(key="there", priority=1),
            cruncher(key="here", priority=2),
            guards=guards(circuit(workers=("here",), limit_w=700.0)),
        )
        says = (saying("cellar", power_w=0.0),)
        decision = decided(spec, running("there"), paused("here"), says=says)
        assert one(decision, "here").level == 1

    def test_is_shared_in_order_of_priority(self) -> None:
        spec = sunny_house(
            cruncher(key="late", priority=2, levels_w=(900.0,)),
            cruncher(key="early", priority=1, levels_w=(900.0,)),
            guards=guards(circuit()),
        )
        says = (saying("cellar", power_w=1800.0),)
        decision = decided(spec, running("late"), running("early"), says=says)
        assert [worker.level for worker in decision.workers] == [0, 1]
        assert one(decision, "late").reason.data["guard"] == "cellar"

    def test_inside_another_obeys_both(self) -> None:
        inner = circuit("socket", limit_w=1000.0, workers=("a", "b"))
        outer = circuit("house", limit_w=2000.0)
        crew = [cruncher(key=key, priority=i) for i, key in enumerate("abcd")]
        spec = sunny_house(*crew, guards=guards(inner, outer))
        says = (saying("socket", power_w=1000.0), saying("house", power_w=2000.0))
        decision = decided(spec, *(running(key) for key in "abcd"), says=says)
        assert [worker.level for worker in decision.workers] == [1, 0, 1, 1]
        assert one(decision, "b").reason.data["guard"] == "socket"

        says = (saying("socket", power_w=1000.0), saying("house", power_w=2700.0))
        decision = decided(spec, *(running(key) for key in "abcd"), says=says)
        assert [worker.level for worker in decision.workers] == [1, 0, 0, 0]

    @pytest.mark.parametrize("given_", [None, float("nan"), 1e9])
    def test_whose_meter_is_unknown_carries_nothing_more(
        self, given_: float | None
    ) -> None:
        spec = sunny_house(guards=guards(circuit()))
        for worker in (paused(), running(), running(mode=Mode.ON)):
            says = (saying("cellar", power_w=given_),)
            decision = decided(spec, worker, says=says)
            assert (one(decision).level, why(decision)) == (0, ReasonCode.INPUT_MISSING)
            assert state_of(decision, "cellar").tripped

            late = decided(spec, worker, says=says, started_s=CLOCK_S - 5)
            assert one(late).level == worker.level
            assert not state_of(late, "cellar").tripped

    def test_does_not_believe_a_meter_that_fell_silent_five_minutes_ago(self) -> None:
        spec = sunny_house(guards=guards(circuit()))
        for age_s, level in ((300, 1), (301, 0)):
            says = (saying("cellar", age_s=age_s, power_w=0.0),)
            assert one(decided(spec, paused(), says=says)).level == level

    def test_whose_meter_shows_too_little_still_bears_no_more_than_its_limit(
        self,
    ) -> None:
        """A meter that is stuck at nothing must not make room with every start."""
        crew = [cruncher(key=f"w{i}", priority=i) for i in range(6)]
        spec = sunny_house(*crew, guards=guards(circuit()))
        loop = Loop(
            spec,
            steady(9000),
            site=lambda at_s: {"guards": (saying("cellar", at_s=at_s, power_w=0.0),)},
        )
        loop.run(3600)
        running_ = [key for key, level in loop.levels.items() if level]
        assert len(running_) == 3

    def test_whose_meter_shows_too_little_keeps_no_more_than_its_limit(self) -> None:
        spec = sunny_house(
            cruncher(key="a", priority=1),
            cruncher(key="b", priority=2),
            guards=guards(circuit(limit_w=1000.0)),
        )
        says = (saying("cellar", power_w=0.0),)
        decision = decided(spec, running("a"), running("b"), says=says)
        assert [worker.level for worker in decision.workers] == [1, 0]

    def test_without_a_meter_stops_nobody_for_what_was_just_lowered(self) -> None:
        """One went from 1000 W to 300, and may have to finish something first."""
        spec = sunny_house(
            stepper(priority=1, value_per_kwh=0.9),
            cruncher(priority=2, levels_w=(600.0,)),
            guards=guards(
                circuit(metered=False, limit_w=1250.0),
                cap(workers=("stepper",)),
            ),
        )
        memory = settled(running("stepper"), running())
        lowered = WorkerMemory(
            level=1,
            previous_level=3,
            since_s=CLOCK_S - 3600,
            changed_s=CLOCK_S - 10,
        )
        memory = replace(memory, workers={**memory.workers, "stepper": lowered})
        snapshot = look(
            -9000,
            running("stepper"),
            running(),
            guards=(saying("cap", cap_w=300.0),),
        )
        decision, _ = decide(spec, snapshot, memory)
        assert [worker.level for worker in decision.workers] == [1, 1]

    def test_without_a_meter_sets_aside_what_others_may_draw(self) -> None:
        spec = sunny_house(
            stepper(), guards=guards(circuit(metered=False, other_w=900.0))
        )
        assert one(decided(spec, paused("stepper"), says=())).level == 2

    @pytest.mark.parametrize(
        ("other", "level"),
        [
            (paused("other"), 1),
            (WorkerInput(key="other", state=WorkerState.LOST), 0),
            (paused("other", held_by_other=True), 0),
            (
                WorkerInput(
                    key="other",
                    state=WorkerState.LOST,
                    power_w=Reading(100.0, CLOCK_S),
                ),
                1,
            ),
            (WorkerInput(key="other", state=WorkerState.DRAINING), 0),
        ],
        ids=["paused", "lost", "another's", "lost, but metered", "draining"],
    )
    def test_without_a_meter_counts_on_the_worst_from_what_it_cannot_command(
        self, other: WorkerInput, level: int
    ) -> None:
        spec = sunny_house(
            cruncher(levels_w=(1000.0,)),
            cruncher(key="other", levels_w=(700.0,)),
            guards=guards(circuit(metered=False)),
        )
        memory = settled(paused(), other)
        paused_then = replace(memory.workers["other"], previous_level=1)
        memory = replace(memory, workers={**memory.workers, "other": paused_then})
        snapshot = look(-9000, paused(), other)
        assert one(decide(spec, snapshot, memory)[0], "cruncher").level == level


@pytest.mark.parametrize("wished", [Mode.ON, Mode.AUTO])
def test_a_load_that_comes_on_is_answered_by_the_first_reading_that_shows_it(
    wished: Mode,
) -> None:
    """Twice within a minute, while the first answer is still settling."""
    spec = sunny_house(
        stepper(min_run_s=3600),
        cruncher(priority=20, min_run_s=3600),
        guards=guards(circuit(limit_w=2500.0)),
    )
    others = at_times(0.0, (1800, 700.0), (1820, 1600.0))
    loop = Loop(
        spec,
        steady(9000),
        inputs=lambda _: {"stepper": {"mode": wished}, "cruncher": {"mode": wished}},
    )
    carried: list[float] = []

    def meter(at_s: float) -> Mapping[str, Any]:
        carried.append(
            others(at_s) + loop.drawn_w("stepper") + loop.drawn_w("cruncher")
        )
        return {"guards": (saying("cellar", at_s=at_s, power_w=carried[-1]),)}

    loop.site = meter
    loop.run(3600)
    over = [index for index, power_w in enumerate(carried) if power_w > 2000.0]
    assert over == [180, 182]
    assert loop.levels == {"stepper": 1, "cruncher": 0}


class TestAMeterThatReportsRarely:
    """The circuit's meter says 900 W, once every few minutes."""

    def first_and_then(self, *, reported_s: float) -> Decision:
        """Return what is decided of a second worker a minute after a first started."""
        spec = sunny_house(
            cruncher(key="first", priority=1),
            cruncher(key="second", priority=2),
            guards=guards(circuit()),
        )
        memory = Memory(
            workers={"first": WorkerMemory(level=1, since_s=CLOCK_S, changed_s=CLOCK_S)}
        )
        says = (saying("cellar", at_s=reported_s, power_w=900.0),)
        snapshot = look(
            -3000, running("first"), paused("second"), at_s=90.0, guards=says
        )
        return decide(spec, snapshot, memory)[0]

    def test_has_not_seen_who_started_since(self) -> None:
        """900 W are others' then: with the first they make 1400."""
        decision = self.first_and_then(reported_s=-60.0)
        assert one(decision, "first").level == 1
        assert one(decision, "second").level == 0
        assert why(decision, "second") is ReasonCode.CIRCUIT_LIMIT

    def test_has_seen_it_once_it_has_reported(self) -> None:
        assert one(self.first_and_then(reported_s=85.0), "second").level == 1


def test_a_budget_that_holds_nobody_back_is_not_tripped() -> None:
    """It could not feed the worker, but a person has turned that off."""
    spec = sunny_house(guards=guards(circuit(limit_w=100.0)))
    says = (saying("cellar", power_w=0.0),)
    off = decided(spec, paused(mode=Mode.OFF), says=says)
    assert not state_of(off, "cellar").tripped
    assert state_of(decided(spec, paused(), says=says), "cellar").tripped


def test_every_guard_that_holds_a_worker_at_its_level_is_tripped() -> None:
    spec = sunny_house(stepper(), guards=guards(circuit(), cap()))
    says = (saying("cellar", power_w=900.0), saying("cap", cap_w=700.0))
    decision = decided(spec, paused("stepper"), says=says)
    assert one(decision).level == 2
    assert [state.tripped for state in decision.guards] == [True, True]


def test_since_when_a_circuit_holds_back_is_remembered() -> None:
    spec = sunny_house(guards=guards(circuit()))
    memory = Memory()
    for at_s in (0, 10, 20):
        says = (saying("cellar", at_s=at_s, power_w=1590.0),)
        snapshot = look(-3000, paused(), at_s=at_s, guards=says)
        decision, memory = decide(spec, snapshot, memory)
        assert state_of(decision, "cellar").since_s == CLOCK_S
