"""Conditions that must be met: doors, smoke, a tunnel; latching and silence."""

from dataclasses import replace
from typing import Any

import pytest

from custom_components.solar_compute.core.decide import decide
from custom_components.solar_compute.core.guard_spec import (
    ConditionGuard,
    ConditionUse,
    GuardSpec,
    QuietGuard,
)
from custom_components.solar_compute.core.memory import (
    GuardMemory,
    Memory,
    WorkerMemory,
)
from custom_components.solar_compute.core.model import (
    Decision,
    GuardInput,
    Mode,
    Override,
    ReasonCode,
    WorkerInput,
)

from .guarded import House, cellar, door, guards, saying, smoke, state_of
from .houses import CLOCK_S, cruncher, look, paused, running, sunny_house
from .loop import one, why


def test_with_all_guards_content_the_worker_runs() -> None:
    """The premise of the tests that follow."""
    house = House(door(), smoke(), cellar())
    decision = house.ask(
        saying("door", state=0),
        saying("smoke", state=0),
        saying("cellar", temperature_c=20),
    )
    assert one(decision).level == 1
    assert [(state.key, state.tripped, state.reason) for state in decision.guards] == [
        ("door", False, None),
        ("smoke", False, None),
        ("cellar", False, None),
    ]


@pytest.mark.parametrize(
    ("use", "code"),
    [
        (ConditionUse.TAMPER, ReasonCode.TAMPER),
        (ConditionUse.ALARM, ReasonCode.ALARM),
        (ConditionUse.ISOLATION, ReasonCode.NOT_ISOLATED),
        (ConditionUse.INTERNET, ReasonCode.NO_INTERNET),
        (ConditionUse.TRANSFER, ReasonCode.METERED_TRANSFER),
        (ConditionUse.AWAY, ReasonCode.AWAY),
        (ConditionUse.OTHER, ReasonCode.CONDITION),
    ],
)
@pytest.mark.parametrize("must_be_on", [True, False])
def test_a_condition_pauses_while_it_is_not_met_and_says_what_it_is(
    use: ConditionUse, code: ReasonCode, must_be_on: bool
) -> None:
    guard = ConditionGuard(key="it", name="It", use=use, must_be_on=must_be_on)
    house = House(guard)
    assert one(house.ask(saying("it", state=float(must_be_on)))).level == 1
    decision = house.ask(saying("it", state=float(not must_be_on)))
    assert (one(decision).level, why(decision)) == (0, code)
    assert one(decision).reason.data == {"guard": "it"}
    assert state_of(decision, "it").tripped
    assert one(house.ask(saying("it", state=float(must_be_on)))).level == 1


@pytest.mark.parametrize(
    "wished",
    [{"mode": Mode.ON}, {"override": Override(run=True, until_s=CLOCK_S + 3600)}],
    ids=["mode on", "override"],
)
@pytest.mark.parametrize("start_cost", [0.005, 0.0])
def test_a_condition_wins_over_a_persons_wish(
    wished: dict[str, Any], start_cost: float
) -> None:
    spec = sunny_house(cruncher(start_cost=start_cost), guards=guards(smoke()))
    for worker in (paused(**wished), running(**wished)):
        snapshot = look(-3000, worker, guards=(saying("smoke", state=1),))
        decision, _ = decide(spec, snapshot, Memory())
        assert (one(decision).level, why(decision)) == (0, ReasonCode.ALARM)


def test_a_condition_wins_over_the_minimum_run() -> None:
    begun = WorkerMemory(level=1, since_s=CLOCK_S - 100, changed_s=CLOCK_S - 100)
    spec = sunny_house(guards=guards(door()))
    snapshot = look(-500, running(), guards=(saying("door", state=1),))
    decision, _ = decide(spec, snapshot, Memory(workers={"cruncher": begun}))
    assert (one(decision).level, why(decision)) == (0, ReasonCode.TAMPER)


def test_a_guard_holds_only_for_the_workers_that_it_names() -> None:
    spec = sunny_house(
        cruncher(key="locked"),
        cruncher(key="free"),
        guards=guards(door(workers=("locked",))),
    )
    snapshot = look(
        -3000, running("locked"), running("free"), guards=(saying("door", state=1),)
    )
    decision, _ = decide(spec, snapshot, Memory())
    assert [worker.level for worker in decision.workers] == [0, 1]


@pytest.mark.parametrize(("safety", "urgent"), [(True, True), (False, False)])
def test_only_a_safety_guards_trip_skips_the_wait_for_a_checkpoint(
    safety: bool, urgent: bool
) -> None:
    house = House(smoke(safety=safety))
    assert not one(house.ask(saying("smoke", state=0))).urgent
    decision = house.ask(saying("smoke", state=1))
    assert one(decision).level == 0
    assert one(decision).urgent is urgent


def test_of_two_guards_that_pause_the_safety_guard_counts() -> None:
    house = House(door(), smoke())
    decision = house.ask(saying("door", state=1), saying("smoke", state=1))
    assert why(decision) is ReasonCode.ALARM
    assert one(decision).urgent
    assert all(state.tripped for state in decision.guards)


def test_smoke_hurries_a_worker_that_is_paused_already_but_may_still_drain() -> None:
    house = House(smoke())
    off = look(-3000, paused(mode=Mode.OFF), guards=(saying("smoke", state=1),))
    assert one(decide(house.spec, off, Memory())[0]).urgent


class TestALatchingGuard:
    def test_stays_tripped_when_all_is_well_again(self) -> None:
        house = House(door())
        opened = house.ask(saying("door", state=1))
        assert not state_of(opened, "door").latched
        shut = house.ask(saying("door", state=0))
        assert (one(shut).level, why(shut)) == (0, ReasonCode.GUARD_LATCHED)
        assert one(shut).reason.data == {"guard": "door", "cause": "tamper"}
        state = state_of(shut, "door")
        assert state.tripped and state.latched
        assert state.since_s == CLOCK_S + 600

    def test_lets_go_when_it_is_re_armed(self) -> None:
        house = House(door())
        house.ask(saying("door", state=1))
        house.ask(saying("door", state=0))
        decision = house.ask(saying("door", state=0, rearmed_s=house.at_s + 590))
        assert one(decision).level == 1
        assert not state_of(decision, "door").tripped

    def test_trips_again_after_it_was_re_armed(self) -> None:
        house = House(door())
        house.ask(saying("door", state=1))
        rearmed_s = house.at_s + 300
        assert one(house.ask(saying("door", state=0, rearmed_s=rearmed_s))).level == 1
        house.ask(saying("door", state=1, rearmed_s=rearmed_s))
        decision = house.ask(saying("door", state=0, rearmed_s=rearmed_s))
        assert why(decision) is ReasonCode.GUARD_LATCHED

    def test_cannot_be_re_armed_while_it_is_still_wrong(self) -> None:
        house = House(door())
        house.ask(saying("door", state=1))
        rearmed_s = house.at_s + 300
        house.ask(saying("door", state=1, rearmed_s=rearmed_s))
        decision = house.ask(saying("door", state=0, rearmed_s=rearmed_s))
        assert why(decision) is ReasonCode.GUARD_LATCHED

    def test_is_not_let_go_by_a_re_arming_that_is_to_come(self) -> None:
        house = House(door())
        house.ask(saying("door", state=1))
        decision = house.ask(saying("door", state=0, rearmed_s=house.at_s + 9e9))
        assert why(decision) is ReasonCode.GUARD_LATCHED

    def test_stays_latched_over_a_restart_while_its_entity_is_late(self) -> None:
        house = House(door())
        house.ask(saying("door", state=1))
        house.ask(saying("door", state=0))
        started = {"started_s": CLOCK_S + house.at_s + 590}
        decision = house.ask(saying("door", state=None), **started)
        assert one(decision).level == 0
        assert state_of(decision, "door").tripped
        decision = house.ask(saying("door", state=0))
        assert why(decision) is ReasonCode.GUARD_LATCHED

    def test_is_not_latched_by_a_sensor_that_was_silent_for_a_while(self) -> None:
        house = House(door())
        assert why(house.ask(saying("door", state=None))) is ReasonCode.INPUT_MISSING
        assert one(house.ask(saying("door", state=0))).level == 1

    def test_stays_latched_through_a_silence(self) -> None:
        house = House(door())
        house.ask(saying("door", state=1))
        house.ask(saying("door", state=None))
        decision = house.ask(saying("door", state=0))
        assert one(decision).reason.data["cause"] == "tamper"

    def test_forgets_its_trip_where_it_no_longer_latches(self) -> None:
        house = House(door())
        house.ask(saying("door", state=1))
        house.spec = replace(house.spec, guards=guards(door(latching=False)))
        assert one(house.ask(saying("door", state=0))).level == 1


NIGHT_BY_ENTITY = QuietGuard(key="night", name="Night", followed=True)
NO_NUMBER, IMPOSSIBLE = float("nan"), 1e9


@pytest.mark.parametrize(
    ("guard", "name", "inputs"),
    [
        (door(), "state", ()),
        (door(), "state", (saying("door"),)),
        (door(), "state", (saying("door", state=None),)),
        (door(), "state", (saying("door", state=NO_NUMBER),)),
        (door(), "state", (saying("door", state=0, age_s=301),)),
        (NIGHT_BY_ENTITY, "state", (saying("night", state=None),)),
        (cellar(), "temperature_c", ()),
        (cellar(), "temperature_c", (saying("cellar", temperature_c=None),)),
        (cellar(), "temperature_c", (saying("cellar", temperature_c=IMPOSSIBLE),)),
        (
            cellar(dew_margin_k=2.0),
            "humidity",
            (saying("cellar", temperature_c=20.0, humidity=NO_NUMBER),),
        ),
        (
            cellar(maximum_c=None, maximum_humidity=70.0),
            "humidity",
            (saying("cellar", temperature_c=20.0, humidity=101.0),),
        ),
        (
            cellar(maximum_c=None, dew_margin_k=2.0),
            "temperature_c",
            (saying("cellar", humidity=40.0),),
        ),
    ],
)
def test_an_unknown_input_trips_but_just_after_a_start_it_may_be_late(
    guard: GuardSpec, name: str, inputs: tuple[GuardInput, ...]
) -> None:
    spec = sunny_house(guards=guards(guard))
    for worker in (paused(), running()):
        snapshot = look(-3000, worker, guards=inputs)
        decision, _ = decide(spec, snapshot, Memory())
        assert (one(decision).level, why(decision)) == (0, ReasonCode.INPUT_MISSING)
        assert one(decision).reason.data == {"guard": guard.key, "input": name}
        assert state_of(decision, guard.key).tripped

        starting = replace(snapshot, started_s=CLOCK_S - 30)
        on = replace(starting, workers=(replace(worker, mode=Mode.ON),))
        for asked in (starting, on):
            decision, _ = decide(spec, asked, Memory())
            assert one(decision).level == worker.level
            assert not state_of(decision, guard.key).tripped
            assert not one(decision).urgent


def test_a_known_alarm_stops_the_worker_even_just_after_a_start() -> None:
    spec = sunny_house(guards=guards(smoke()))
    snapshot = look(-3000, running(), guards=(saying("smoke", state=1),))
    snapshot = replace(snapshot, started_s=CLOCK_S - 1)
    assert one(decide(spec, snapshot, Memory())[0]).level == 0


@pytest.mark.parametrize("time_s", [None, CLOCK_S + 1e6, float("nan")])
def test_a_latch_with_an_impossible_time_can_still_be_re_armed(
    time_s: float | None,
) -> None:
    house = House(door())
    odd = GuardMemory(tripped=True, latched=True, since_s=time_s, bad_s=time_s)
    house.memory = Memory(guards={"door": odd})
    held = house.ask(saying("door", state=0, rearmed_s=10))
    assert why(held) is ReasonCode.GUARD_LATCHED
    house.memory = replace(house.memory, workers={})
    decision = house.ask(saying("door", state=0, rearmed_s=house.at_s + 1))
    assert one(decision).level == 1


def test_a_guard_that_is_gone_is_forgotten() -> None:
    house = House(door())
    house.ask(saying("door", state=1))
    house.spec = replace(house.spec, guards=guards())
    decision = house.ask()
    assert one(decision).level == 1
    assert decision.guards == ()
    assert house.memory.guards == {}


def test_since_when_a_guard_is_tripped_is_kept_for_as_long_as_it_is() -> None:
    house = House(smoke())
    began_s = None
    for _ in range(5):
        decision = house.ask(saying("smoke", state=1), after_s=60)
        began_s = began_s or CLOCK_S + house.at_s
        assert state_of(decision, "smoke").since_s == began_s


def test_after_a_trip_a_person_waits_out_the_minimum_pause_like_everybody() -> None:
    house = House(door(latching=False), min_pause_s=300)

    def ask(state: int) -> Decision:
        def wished(worker: WorkerInput) -> WorkerInput:
            return replace(worker, mode=Mode.ON)

        now = wished(running() if house.level else paused())
        return house.ask(saying("door", state=state), after_s=100, workers=(now,))

    assert [one(ask(state)).level for state in (0, 1, 0, 0, 0)] == [1, 0, 0, 0, 1]
