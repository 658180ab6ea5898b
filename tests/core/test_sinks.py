"""What is known of every tank and room, and what is remembered of them."""

from dataclasses import replace
from typing import Any

import pytest

from custom_components.solar_compute.core.decide import decide
from custom_components.solar_compute.core.memory import DrawMean, Memory, RoomMean
from custom_components.solar_compute.core.model import (
    Decision,
    Mode,
    Reading,
    RoomInput,
    SinkState,
    Snapshot,
    TankInput,
    WorkerInput,
    WorkerState,
)
from custom_components.solar_compute.core.observe import observe
from custom_components.solar_compute.core.spec import (
    RoomPreset,
    RoomSpec,
    SiteSpec,
    TankUse,
)

from .houses import (
    CLOCK_S,
    boiler_rig,
    cruncher,
    gas_tank,
    house_with_tank,
    look,
    paused,
    running,
    sunny_house,
)

STUDY = RoomSpec(key="study", name="Study")
HOUSE_WITH_STUDY = sunny_house(boiler_rig(sink="study"), rooms=(STUDY,))


def tank_input(
    *temperatures_c: float | None, age_s: float = 0.0, **changes: Any
) -> TankInput:
    """Return a tank with as many sensors, from the top down."""
    first, *lower = (Reading(value, CLOCK_S - age_s) for value in temperatures_c)
    return TankInput(key="tank", temperature_c=first, lower_c=tuple(lower), **changes)


def room_input(temperature_c: float | None = 18.0, **changes: Any) -> RoomInput:
    return RoomInput(
        key="study", temperature_c=Reading(temperature_c, CLOCK_S), **changes
    )


def seen(*workers: WorkerInput, grid_w: float = -3000.0, **changes: Any) -> Snapshot:
    return replace(look(grid_w, *(workers or (paused("rig"),))), **changes)


def decided(
    spec: SiteSpec, snapshot: Snapshot, memory: Memory | None = None
) -> Decision:
    return decide(spec, snapshot, memory or Memory())[0]


def tank_state(spec: SiteSpec, snapshot: Snapshot, **memory: Any) -> SinkState:
    state = decided(spec, snapshot, Memory(**memory)).sink("tank")
    assert state is not None
    return state


def room_state(snapshot: Snapshot, **memory: Any) -> SinkState:
    state = decided(HOUSE_WITH_STUDY, snapshot, Memory(**memory)).sink("study")
    assert state is not None
    return state


def test_a_tank_with_several_sensors_is_as_warm_as_their_mean() -> None:
    spec = house_with_tank(tanks=(gas_tank(sensors=3),))
    state = tank_state(spec, seen(tanks=(tank_input(60, 50, 25),)))
    assert (state.temperature_c, state.coldest_c, state.warmest_c) == (45, 25, 60)


def test_what_a_tank_misses_is_missed_in_its_cold_layers() -> None:
    """The top being too hot does not make the bottom any warmer."""
    spec = house_with_tank(tanks=(gas_tank(sensors=2),))
    state = tank_state(spec, seen(tanks=(tank_input(65, 35),)))
    assert state.missing_wh == pytest.approx(20 / 2 * 1.163 * 200)


@pytest.mark.parametrize(
    "broken",
    [
        tank_input(60, None, 25),
        tank_input(60, 50, 130),
        tank_input(60, 50, 25, age_s=7300),
    ],
)
def test_a_tank_of_which_one_sensor_is_unknown_is_unknown(broken: TankInput) -> None:
    spec = house_with_tank(tanks=(gas_tank(sensors=3),))
    snapshot = seen(running("rig"), tanks=(broken,))
    assert decided(spec, snapshot).missing == ("tank:tank",)
    assert decided(spec, snapshot).workers[0].level == 0
    state = tank_state(spec, snapshot)
    assert (state.temperature_c, state.warmest_c, state.missing_wh) == (None,) * 3


def test_heat_is_what_a_meter_says_and_else_what_arrives_of_the_power() -> None:
    spec = house_with_tank()
    rig = running("rig", power_w=Reading(800, CLOCK_S))
    estimated = tank_state(spec, seen(rig, tanks=(tank_input(45),)))
    assert estimated.heat_w == pytest.approx(720)
    assert not estimated.heat_measured
    metered = tank_input(45, heat_w=Reading(650, CLOCK_S))
    measured = tank_state(spec, seen(rig, tanks=(metered,)))
    assert (measured.heat_w, measured.heat_measured) == (650, True)


def test_a_heat_meter_that_is_silent_is_estimated_for() -> None:
    old = tank_input(45, heat_w=Reading(650, CLOCK_S - 400))
    state = tank_state(house_with_tank(), seen(running("rig"), tanks=(old,)))
    assert (state.heat_w, state.heat_measured) == (900, False)


def test_a_tank_expects_heat_from_the_moment_that_a_worker_is_started() -> None:
    spec = house_with_tank(boiler_rig(), cruncher())
    both = (paused("rig"), paused("cruncher"))
    cold = (tank_input(45),)
    assert not tank_state(spec, seen(*both, grid_w=500, tanks=cold)).expects_heat
    wanted = (paused("rig", mode=Mode.ON), paused("cruncher"))
    state = tank_state(spec, seen(*wanted, grid_w=500, tanks=cold))
    assert state.expects_heat and state.heat_w == 0
    other = (paused("rig", mode=Mode.OFF), paused("cruncher", mode=Mode.ON))
    assert not tank_state(spec, seen(*other, tanks=cold)).expects_heat


def test_a_tank_that_is_about_to_be_left_alone_expects_no_heat() -> None:
    rig = running("rig", mode=Mode.OFF)
    state = tank_state(house_with_tank(), seen(rig, tanks=(tank_input(45),)))
    assert state.heat_w > 0 and not state.expects_heat


def test_two_workers_heat_one_tank_together() -> None:
    spec = house_with_tank(boiler_rig(), boiler_rig(key="rig2", name="Second"))
    snapshot = seen(running("rig"), running("rig2"), tanks=(tank_input(45),))
    assert tank_state(spec, snapshot).heat_w == pytest.approx(1800)


def test_a_tank_was_hot_when_all_of_it_was() -> None:
    spec = house_with_tank(tanks=(gas_tank(sensors=2),))
    memory = Memory()
    for at_s, top_c, bottom_c in ((0, 65, 60), (3600, 65, 59.9), (7200, 70, 40)):
        inputs = (tank_input(top_c, bottom_c, age_s=-at_s),)
        snapshot = replace(look(-100, paused("rig"), at_s=at_s), tanks=inputs)
        decision, memory = decide(spec, snapshot, memory)
        state = decision.sink("tank")
        assert state is not None and state.hot_ago_s == at_s
    silent = replace(look(-100, paused("rig"), at_s=9000.0), tanks=())
    decision, _ = decide(spec, silent, memory)
    state = decision.sink("tank")
    assert state is not None and state.hot_ago_s == 9000


def test_a_tank_that_was_never_seen_hot_does_not_say_when_it_was() -> None:
    state = tank_state(house_with_tank(), seen(tanks=(tank_input(59),)))
    assert state.hot_ago_s is None


def test_a_tank_tells_what_is_drawn_from_it_and_how_well_that_is_known() -> None:
    spec = house_with_tank()
    state = tank_state(spec, seen(tanks=(tank_input(45),)))
    assert state.use_wh_per_day == pytest.approx(5845)
    assert state.learned_days == 0
    learned = DrawMean(hours_wh=(100.0,) * 24, days=(6,) * 24)
    state = tank_state(spec, seen(tanks=(tank_input(45),)), draws={"tank": learned})
    assert (state.use_wh_per_day, state.learned_days) == (2400, 6)


def test_a_tank_learns_its_draws_while_decisions_are_made() -> None:
    """An hour at 45 °C with 300 W of losses and draws, and nothing that heats."""
    spec = house_with_tank(tanks=(gas_tank(use=TankUse.HOT_WATER),))
    memory = Memory()
    for minute in range(130):
        at_s = minute * 60.0
        warm_c = 45.0 - at_s / 3600 * 300 / 232.6
        inputs = (tank_input(warm_c, age_s=-at_s),)
        snapshot = replace(look(500, paused("rig"), at_s=at_s), tanks=inputs)
        _, memory = decide(spec, snapshot, memory)
    assert memory.draws["tank"].days[12:14] == (1, 1)
    assert sum(memory.draws["tank"].days) == 2


def test_a_room_is_short_of_what_a_person_set() -> None:
    assert room_state(seen(rooms=(room_input(18),))).missing_wh == 2 * 900
    warmer = room_input(18, target_c=22.0)
    assert room_state(seen(rooms=(warmer,))).missing_wh == 4 * 900
    thrifty = room_input(18, target_c=22.0, preset=RoomPreset.ECO)
    assert room_state(seen(rooms=(thrifty,))).missing_wh == 1 * 900


def test_a_room_knows_its_figures_as_learned() -> None:
    state = room_state(seen(rooms=(room_input(),)))
    assert (state.loss_w_per_k, state.capacity_wh_per_k) == (40, 900)
    assert state.learned_days == 0 and state.use_wh_per_day is None
    mean = RoomMean(
        estimate=(1 / 1200, 30 / 1200, 0.0), covariance=(0.0,) * 9, intervals=320
    )
    state = room_state(seen(rooms=(room_input(),)), rooms={"study": mean})
    assert state.capacity_wh_per_k == pytest.approx(1200)
    assert state.loss_w_per_k == pytest.approx(30)
    assert state.learned_days == pytest.approx(10)


def test_a_room_whose_sensor_is_silent_gets_no_heat() -> None:
    snapshot = seen(running("rig", mode=Mode.ON), rooms=(room_input(None),))
    decision = decided(HOUSE_WITH_STUDY, snapshot)
    assert decision.missing == ("room:study",)
    assert decision.workers[0].level == 0
    assert decision.workers[0].reason.data["input"] == "room:study"


def test_a_room_that_is_not_seen_at_all_is_missing() -> None:
    other = RoomInput(key="cellar", temperature_c=Reading(15.0, CLOCK_S))
    decision = decided(HOUSE_WITH_STUDY, seen(rooms=(other,)))
    assert decision.missing == ("room:study",)
    assert [state.temperature_c for state in decision.sinks] == [None]


def test_a_silent_room_stops_only_what_heats_it() -> None:
    spec = replace(HOUSE_WITH_STUDY, workers=(boiler_rig(sink="study"), cruncher()))
    inputs = (paused("rig", mode=Mode.ON), paused(mode=Mode.ON))
    decision = decided(spec, seen(*inputs, rooms=(room_input(None),)))
    assert [worker.level for worker in decision.workers] == [0, 1]


def test_what_is_measured_around_a_sink_is_believed_while_it_is_possible() -> None:
    spec = sunny_house(
        boiler_rig(),
        boiler_rig(key="heater", sink="study"),
        tanks=(gas_tank(),),
        rooms=(STUDY,),
    )
    good = Reading(3.2, CLOCK_S)
    tank = tank_input(45, source_c=Reading(-4, CLOCK_S), cop=good, heat_w=good)
    room = room_input(outdoor_c=Reading(2, CLOCK_S), cop=good, heat_w=good)
    view = observe(spec, seen(tanks=(tank,), rooms=(room,)), Memory())
    assert view.sources_c == {"tank": -4, "study": 2}
    assert view.outdoors_c == {"study": 2}
    assert view.cops == view.heat_w == {"tank": 3.2, "study": 3.2}
    wrong = Reading(500, CLOCK_S)
    tank = tank_input(45, source_c=wrong, cop=wrong, heat_w=Reading(-5, CLOCK_S))
    room = room_input(outdoor_c=wrong, cop=Reading(0.2, CLOCK_S), heat_w=None)
    view = observe(spec, seen(tanks=(tank,), rooms=(room,)), Memory())
    assert view.sources_c == view.outdoors_c == view.cops == view.heat_w == {}


def test_a_sink_that_was_removed_is_forgotten() -> None:
    memory = Memory(
        hot_s={"gone": 1.0}, draws={"gone": DrawMean()}, rooms={"gone": RoomMean()}
    )
    _, memory = decide(house_with_tank(), seen(tanks=(tank_input(45),)), memory)
    assert "gone" not in {*memory.hot_s, *memory.draws, *memory.rooms}


def test_a_worker_that_does_not_answer_is_not_counted_as_heating() -> None:
    lost = WorkerInput(key="rig", state=WorkerState.LOST, level=1)
    state = tank_state(house_with_tank(), seen(lost, tanks=(tank_input(45),)))
    assert state.heat_w == 0 and not state.expects_heat
