"""Guards that share power out: circuits, caps, and the home battery's reserve."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from hypothesis import given, settings, strategies as st
import pytest

from custom_components.solar_compute.core.decide import decide
from custom_components.solar_compute.core.guard_spec import (
    BatteryGuard,
    CapOf,
    CircuitGuard,
    GuardSpec,
    PowerCapGuard,
)
from custom_components.solar_compute.core.memory import Memory, WorkerMemory
from custom_components.solar_compute.core.model import (
    Decision,
    GuardInput,
    Mode,
    Override,
    Reading,
    ReasonCode,
    WorkerInput,
    WorkerState,
)
from custom_components.solar_compute.core.spec import SiteSpec, WorkerSpec

from .guarded import guards, saying, state_of
from .houses import (
    CLOCK_S,
    cruncher,
    house_with_battery,
    look,
    paused,
    running,
    stepper,
    sunny_house,
    zero_export_house,
)
from .loop import Loop, at_times, one, steady, why


def circuit(key: str = "cellar", **changes: Any) -> CircuitGuard:
    """Return a metered circuit of 2 kW, of which 80 % may be used."""
    settings_: dict[str, Any] = {"key": key, "name": key, "limit_w": 2000.0}
    return CircuitGuard(**(settings_ | changes))


def cap(**changes: Any) -> PowerCapGuard:
    """Return a cap that the grid operator sets."""
    return PowerCapGuard(**({"key": "cap", "name": "Cap"} | changes))


def reserve(**changes: Any) -> BatteryGuard:
    """Return a guard that keeps the battery at 20 % or more."""
    return BatteryGuard(**({"key": "reserve", "name": "Reserve"} | changes))


def settled(*workers: WorkerInput, at_s: float = 0.0) -> Memory:
    """Return a memory of workers that have been at their levels for an hour."""
    then_s = CLOCK_S + at_s - 3600
    return Memory(
        clock_s=CLOCK_S + at_s - 10,
        workers={
            worker.key: WorkerMemory(
                level=worker.level or 0, since_s=then_s, changed_s=then_s
            )
            for worker in workers
        },
    )


def decided(
    spec: SiteSpec, *workers: WorkerInput, says: tuple[GuardInput, ...], **changes: Any
) -> Decision:
    """Return what is decided in full sun of workers that have long been as they are."""
    grid_w = changes.pop("grid_w", -9000.0)
    snapshot = look(grid_w, *workers, guards=says, **changes)
    return decide(spec, snapshot, settled(*workers))[0]


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


@st.composite
def wired_houses(draw: st.DrawFn) -> SiteSpec:
    """Return a house of up to four workers on circuits, some inside others."""
    keys = ("a", "b", "c", "d")[: draw(st.integers(1, 4))]
    crew = tuple(
        WorkerSpec(
            key=key,
            name=key,
            levels_w=tuple(
                sorted(
                    100.0 * hectowatts
                    for hectowatts in draw(
                        st.sets(st.integers(1, 20), min_size=1, max_size=3)
                    )
                )
            ),
            value_per_kwh=0.5,
            priority=draw(st.integers(1, 3)),
            min_run_s=draw(st.sampled_from([0.0, 3600.0])),
            min_pause_s=0.0,
            start_cost=draw(st.sampled_from([0.0, 0.005])),
            settle_s=draw(st.sampled_from([0.0, 60.0])),
        )
        for key in keys
    )
    outer = circuit("outer", limit_w=100.0 * draw(st.integers(5, 60)))
    inner = circuit(
        "inner",
        limit_w=100.0 * draw(st.integers(5, 40)),
        share=draw(st.sampled_from([0.8, 1.0])),
        workers=tuple(draw(st.sets(st.sampled_from(keys), min_size=1))),
    )
    return sunny_house(*crew, guards=guards(outer, inner))


EVENTS = st.sampled_from(
    [
        {},
        {"mode": Mode.ON},
        {"mode": Mode.OFF},
        {"override": Override(run=True, until_s=CLOCK_S + 1e6, level=2)},
    ]
)


@settings(max_examples=60)
@given(
    spec=wired_houses(),
    loads=st.lists(
        st.tuples(st.integers(1, 12), st.integers(0, 30)), min_size=1, max_size=6
    ),
    wishes=st.lists(EVENTS, min_size=4, max_size=4),
    metered=st.booleans(),
)
def test_a_circuit_is_above_its_share_for_no_longer_than_one_reading(
    spec: SiteSpec,
    loads: list[tuple[int, int]],
    wishes: list[Mapping[str, Any]],
    metered: bool,
) -> None:
    """And never because of a worker that was raised: only others' loads can."""
    loop = Loop(
        spec,
        steady(20_000),
        metered=metered,
        inputs=lambda _: {
            worker.key: wish for worker, wish in zip(spec.workers, wishes, strict=False)
        },
    )
    others_w = 0.0

    def carried_w(guard: CircuitGuard) -> float:
        keys = guard.workers or tuple(worker.key for worker in spec.workers)
        return others_w + sum(loop.drawn_w(key) for key in keys)

    def meters(at_s: float) -> Mapping[str, Any]:
        says = (
            saying(guard.key, at_s=at_s, power_w=carried_w(guard))
            for guard in spec.guards.circuits
        )
        return {"guards": tuple(says)}

    loop.site = meters
    for ticks, hectowatts in loads:
        others_w = 100.0 * hectowatts
        loop.tick()
        for _ in range(ticks):
            for guard in spec.guards.circuits:
                keys = guard.workers or tuple(worker.key for worker in spec.workers)
                workers_w = sum(loop.drawn_w(key) for key in keys)
                room_w = guard.limit_w * guard.share - others_w
                assert workers_w <= max(0.0, room_w) + 1e-6
            loop.tick()


@settings(max_examples=60)
@given(wired_houses(), st.lists(EVENTS, min_size=4, max_size=4), st.integers(0, 30))
def test_without_meters_what_is_decided_fits_every_circuit(
    spec: SiteSpec, wishes: list[Mapping[str, Any]], hectowatts: int
) -> None:
    bare = guards(
        *(
            replace(guard, metered=False, other_w=100.0 * hectowatts)
            for guard in spec.guards.circuits
        )
    )
    spec = replace(spec, guards=bare)
    loop = Loop(
        spec,
        steady(20_000),
        inputs=lambda _: {
            worker.key: wish for worker, wish in zip(spec.workers, wishes, strict=False)
        },
    )
    for decision in loop.run(600):
        for guard in bare.circuits:
            keys = guard.workers or tuple(worker.key for worker in spec.workers)
            total_w = sum(one(decision, key).power_w for key in keys)
            room_w = guard.limit_w * guard.share - guard.other_w
            assert total_w <= max(0.0, room_w) + 1e-6


@given(
    spec=wired_houses(),
    grid_w=st.integers(-9000, 3000),
    carried_w=st.integers(-500, 6000),
    wish=EVENTS,
    data=st.data(),
)
def test_no_guard_ever_raises_a_cap(
    spec: SiteSpec,
    grid_w: int,
    carried_w: int,
    wish: Mapping[str, Any],
    data: st.DataObject,
) -> None:
    """With one more guard, a lonely worker may never do more than without."""
    worker = spec.workers[0]
    level = data.draw(st.integers(0, len(worker.levels_w)))
    observed = (running if level else paused)(worker.key, level=level, **wish)
    guarded = replace(spec, workers=(worker,))
    says = tuple(saying(key, power_w=float(carried_w)) for key in ("outer", "inner"))
    snapshot = look(float(grid_w), observed, guards=says)
    memory = settled(observed)
    free = one(decide(replace(guarded, guards=guards()), snapshot, memory)[0])
    held = one(decide(guarded, snapshot, memory)[0])
    assert held.cap <= free.cap
    assert held.level <= free.level


class TestAPowerCap:
    @pytest.mark.parametrize(
        ("cap_w", "level"),
        [(1000, 3), (999, 2), (600, 2), (300, 1), (299, 0), (0, 0), (-50, 0)],
    )
    def test_in_watts_is_shared_by_all_workers(self, cap_w: float, level: int) -> None:
        spec = sunny_house(stepper(), guards=guards(cap()))
        for worker in (running("stepper", 3), running("stepper", 3, mode=Mode.ON)):
            decision = decided(spec, worker, says=(saying("cap", cap_w=cap_w),))
            assert one(decision).level == level
            assert level == 3 or why(decision) is ReasonCode.POWER_CAP

    def test_holds_for_as_long_as_its_entity_says_so(self) -> None:
        spec = sunny_house(stepper(), guards=guards(cap()))
        says = (saying("cap", age_s=1e5, cap_w=700.0),)
        assert one(decided(spec, paused("stepper"), says=says)).level == 2

    def test_by_a_signal_holds_while_that_is_on(self) -> None:
        spec = sunny_house(stepper(), guards=guards(cap(cap_w=700.0)))
        for state, level in ((0, 3), (1, 2), (None, 2)):
            decision = decided(
                spec, paused("stepper"), says=(saying("cap", state=state),)
            )
            assert one(decision).level == level
            assert state_of(decision, "cap").tripped is (level == 2)
        assert why(decision) is ReasonCode.INPUT_MISSING

    @pytest.mark.parametrize("said", [None, float("nan"), 1e9])
    def test_that_is_unknown_is_nought_but_may_be_late_after_a_start(
        self, said: float | None
    ) -> None:
        spec = sunny_house(stepper(), guards=guards(cap()))
        says = (saying("cap", cap_w=said),)
        decision = decided(spec, running("stepper", 2), says=says)
        assert (one(decision).level, why(decision)) == (0, ReasonCode.INPUT_MISSING)
        late = decided(spec, running("stepper", 2), says=says, started_s=CLOCK_S - 5)
        assert one(late).level == 2

    def test_of_the_grid_counts_what_the_home_draws_besides(self) -> None:
        spec = sunny_house(
            stepper(value_per_kwh=0.9), guards=guards(cap(of=CapOf.GRID))
        )
        says = (saying("cap", cap_w=2000.0),)
        for grid_w, level in ((1000, 3), (1001, 2), (1701, 0)):
            decision = decided(spec, paused("stepper"), says=says, grid_w=float(grid_w))
            assert one(decision).level == level

    def test_of_the_grid_needs_the_grid_meter_whoever_decides(self) -> None:
        spec = sunny_house(guards=guards(cap(of=CapOf.GRID)))
        says = (saying("cap", cap_w=2000.0),)
        asked = running(mode=Mode.ON)
        decision = decided(spec, asked, says=says, grid_w=None)
        assert (one(decision).level, why(decision)) == (0, ReasonCode.INPUT_MISSING)
        assert one(decision).reason.data == {"guard": "cap", "input": "grid"}


class TestABatteryGuard:
    def level(
        self,
        guard: GuardSpec,
        *,
        soc: float,
        grid_w: float = 0.0,
        battery_w: float = 0.0,
        level: int = 0,
        **wished: Any,
    ) -> int:
        worker = (running if level else paused)("stepper", level=level, **wished)
        spec = house_with_battery(stepper(value_per_kwh=0.9), guards=guards(guard))
        decision = decided(
            spec, worker, says=(), grid_w=grid_w, battery_w=battery_w, soc=soc
        )
        return one(decision).level

    @pytest.mark.parametrize("wished", [{}, {"mode": Mode.ON}])
    def test_lets_workers_discharge_it_above_its_minimum_only(
        self, wished: dict[str, Any]
    ) -> None:
        found = {
            soc: self.level(reserve(), soc=soc, **wished)
            for soc in (50.0, 22.0, 21.9, 20.0, 19.9)
        }
        assert found == {50.0: 3, 22.0: 3, 21.9: 0, 20.0: 0, 19.9: 0}

    def test_lets_what_runs_go_on_until_the_minimum(self) -> None:
        """It draws 1 kW from the battery."""
        for soc, level in ((21.0, 3), (20.0, 3), (19.9, 0)):
            found = self.level(reserve(), soc=soc, battery_w=1000.0, level=3)
            assert found == level

    def test_below_the_minimum_leaves_them_the_sun(self) -> None:
        """650 W go into the battery."""
        assert self.level(reserve(), soc=15.0, battery_w=-650.0) == 2

    @pytest.mark.parametrize(("discharge_w", "level"), [(0, 1), (250, 2), (700, 3)])
    def test_limits_by_how_much_they_discharge_it(
        self, discharge_w: float, level: int
    ) -> None:
        guard = reserve(discharge_w=discharge_w)
        assert self.level(guard, soc=60.0, battery_w=-350.0) == level

    def test_counts_what_the_sun_gives_to_those_before(self) -> None:
        spec = house_with_battery(
            cruncher(key="free", priority=1, value_per_kwh=0.9),
            cruncher(key="held", priority=2, value_per_kwh=0.9),
            guards=guards(reserve(workers=("held",), discharge_w=0.0)),
        )
        for battery_w, level in ((-900.0, 0), (-1000.0, 1)):
            decision = decided(
                spec,
                paused("free", mode=Mode.ON),
                paused("held", mode=Mode.ON),
                says=(),
                grid_w=0.0,
                battery_w=battery_w,
                soc=60.0,
            )
            assert one(decision, "free").level == 1
            assert one(decision, "held").level == level
        assert one(decision, "held").cap == 1

    @pytest.mark.parametrize("missing", ["grid", "battery", "soc"])
    def test_pauses_whatever_needs_it_while_the_battery_is_unknown(
        self, missing: str
    ) -> None:
        spec = house_with_battery(guards=guards(reserve()))
        full = look(0.0, running(mode=Mode.ON), battery_w=-900.0, soc=60.0)
        field = missing if missing == "soc" else f"{missing}_w"
        gone: dict[str, Any] = {field: Reading(None, CLOCK_S)}
        snapshot = replace(full, **gone)
        decision, _ = decide(spec, snapshot, settled(running()))
        assert (one(decision).level, why(decision)) == (0, ReasonCode.INPUT_MISSING)
        assert one(decision).reason.data == {"guard": "reserve", "input": missing}

    def test_pauses_all_where_the_home_has_no_battery_any_more(self) -> None:
        spec = sunny_house(guards=guards(reserve()))
        decision = decided(spec, running(), says=())
        assert one(decision).reason.data == {"guard": "reserve", "input": "soc"}

    def test_leaves_hidden_sun_to_be_tried_for(self) -> None:
        """The battery is full and the inverter may let nothing out."""
        spec = zero_export_house(
            stepper(),
            battery=house_with_battery().battery,
            guards=guards(reserve(discharge_w=0.0)),
        )
        decision = decided(
            spec, paused("stepper"), says=(), grid_w=0.0, battery_w=0.0, soc=100.0
        )
        assert (one(decision).level, why(decision)) == (1, ReasonCode.PROBING)


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
