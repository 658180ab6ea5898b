"""What must hold for every decision, whatever the house and the weather."""

from collections.abc import Mapping
from dataclasses import replace
import json
from typing import Any

from hypothesis import assume, given, settings, strategies as st
import pytest

from custom_components.solar_compute.core.codec import from_json, to_json
from custom_components.solar_compute.core.decide import decide
from custom_components.solar_compute.core.explain import explain
from custom_components.solar_compute.core.ledger import Ledger, account
from custom_components.solar_compute.core.memory import Memory
from custom_components.solar_compute.core.model import (
    Decision,
    Mode,
    Override,
    Reading,
    ReasonCode,
    SiteState,
    Snapshot,
    TankInput,
    WorkerState,
)
from custom_components.solar_compute.core.spec import SiteSpec, WorkerSpec

from . import strategies as wild
from .houses import (
    CLOCK_S,
    boiler_rig,
    cruncher,
    gas_tank,
    home_battery,
    house_with_battery,
    house_with_tank,
    look,
    paused,
    running,
    stepper,
    sunny_house,
    zero_export_house,
)
from .loop import Loop, at_times, one, steady, why

GUARDS = {
    ReasonCode.IMPORT_LIMIT,
    ReasonCode.INPUT_MISSING,
    ReasonCode.NO_WORK,
    ReasonCode.QUIET_HOURS,
    ReasonCode.SINK_FULL,
    ReasonCode.STARTING_UP,
    ReasonCode.WORKER_LOST,
    ReasonCode.HELD_BY_OTHER,
}
PERSONS = {
    ReasonCode.AUTOMATION_OFF,
    ReasonCode.MODE_OFF,
    ReasonCode.MODE_ON,
    ReasonCode.OVERRIDE_PAUSE,
    ReasonCode.OVERRIDE_RUN,
}
BY_WORTH = {ReasonCode.WORTH_IT, ReasonCode.PROBING}


@st.composite
def crews(draw: st.DrawFn) -> tuple[WorkerSpec, ...]:
    """Return one to three workers of all sorts."""
    return tuple(
        WorkerSpec(
            key=key,
            name=key,
            levels_w=tuple(
                sorted(draw(st.sets(st.integers(1, 30), min_size=1, max_size=3)))
            ),
            value_per_kwh=draw(st.sampled_from([0.0, 0.1, 0.15, 0.35])),
            start_cost=draw(st.sampled_from([0.0, 0.005, 0.02])),
            min_run_s=draw(st.sampled_from([0.0, 300.0, 900.0])),
            min_pause_s=draw(st.sampled_from([0.0, 300.0])),
            max_starts_per_day=draw(st.sampled_from([None, 3])),
            priority=draw(st.integers(1, 2)),
            settle_s=draw(st.sampled_from([0.0, 60.0])),
            sink=draw(st.sampled_from([None, "tank"])),
        )
        for key in draw(st.sampled_from([("a",), ("a", "b"), ("a", "b", "c")]))
    )


def in_hectowatts(crew: tuple[WorkerSpec, ...]) -> tuple[WorkerSpec, ...]:
    return tuple(
        replace(worker, levels_w=tuple(100.0 * watts for watts in worker.levels_w))
        for worker in crew
    )


SITES = st.builds(
    SiteSpec,
    import_per_kwh=st.just(0.30),
    export_per_kwh=st.sampled_from([0.08, -0.02]),
    battery=st.sampled_from([None, home_battery(), home_battery(capacity_wh=800.0)]),
    export_limit_w=st.sampled_from([None, None, 0.0, 1000.0]),
    import_limit_w=st.sampled_from([None, None, 2500.0]),
    tanks=st.just((gas_tank(),)),
    workers=crews().map(in_hectowatts),
)
WEATHER = st.lists(
    st.tuples(st.integers(1, 60), st.integers(-40, 60).map(lambda hw: 100.0 * hw)),
    min_size=1,
    max_size=8,
)


@st.composite
def events(draw: st.DrawFn) -> Mapping[str, Any]:
    """Return what happens to one worker for a while."""
    return draw(
        st.sampled_from(
            [
                {},
                {},
                {},
                {"mode": Mode.ON},
                {"mode": Mode.OFF},
                {"has_work": False},
                {"state": WorkerState.LOST, "level": None},
                {"override": Override(run=True, until_s=CLOCK_S + 1e6, level=1)},
                {"override": Override(run=False, until_s=CLOCK_S + 1e6)},
            ]
        )
    )


def through(
    spec: SiteSpec,
    weather: list[tuple[int, float]],
    happenings: list[tuple[str, Mapping[str, Any]]] | None = None,
    **changes: Any,
) -> Loop:
    """Let a house go through some weather, 30 s a tick."""
    loop = Loop(
        spec,
        steady(0),
        dt_s=30.0,
        stored_wh=spec.battery.capacity_wh / 2 if spec.battery else 0.0,
        tank_c=45.0,
        **changes,
    )
    for index, (ticks, balance_w) in enumerate(weather):
        loop.balance_w = steady(balance_w)
        if happenings:
            key, event = happenings[index % len(happenings)]
            loop.inputs = lambda _, key=key, event=event: {key: event}  # type: ignore[misc]
        loop.run(ticks * 30)
    return loop


HAPPENINGS = st.lists(
    st.tuples(st.sampled_from(["a", "b", "c"]), events()), min_size=1, max_size=4
)


@given(SITES, WEATHER, HAPPENINGS)
def test_minimum_times_yield_only_to_guards_persons_and_failed_probes(
    spec: SiteSpec,
    weather: list[tuple[int, float]],
    happenings: list[tuple[str, Mapping[str, Any]]],
) -> None:
    loop = through(spec, weather, happenings)
    for worker in spec.workers:
        level, since_s, probing = 0, None, False
        for at_s, _, decision in loop.seen:
            now = one(decision, worker.key)
            if now.level and not level and now.reason.code in BY_WORTH:
                waited_s = at_s - (-1e9 if since_s is None else since_s)
                assert waited_s >= worker.min_pause_s
            if level and not now.level and not probing:
                allowed = now.reason.code in GUARDS | PERSONS
                ran_s = at_s - (-1e9 if since_s is None else since_s)
                assert allowed or ran_s >= worker.min_run_s
            if (now.level > 0) != (level > 0):
                since_s = at_s
                probing = now.reason.code is ReasonCode.PROBING
            elif now.reason.code is ReasonCode.PROBING:
                probing = True
            level = now.level


@given(SITES, WEATHER, HAPPENINGS)
def test_no_worker_is_above_what_its_guards_and_its_spec_permit(
    spec: SiteSpec,
    weather: list[tuple[int, float]],
    happenings: list[tuple[str, Mapping[str, Any]]],
) -> None:
    for _, _, decision in through(spec, weather, happenings).seen:
        for worker in decision.workers:
            settings_ = spec.worker(worker.key)
            assert settings_ is not None
            assert 0 <= worker.level <= worker.cap <= len(settings_.levels_w)


@given(SITES, WEATHER, HAPPENINGS, st.floats(0, 60))
def test_nothing_is_raised_beyond_the_import_limit(
    spec: SiteSpec,
    weather: list[tuple[int, float]],
    happenings: list[tuple[str, Mapping[str, Any]]],
    lag_s: float,
) -> None:
    """Even if all that was promised were drawn, and the battery gave no more."""
    limit_w = 2500.0
    spec = replace(spec, import_limit_w=limit_w)
    for _, snapshot, decision in through(spec, weather, happenings, lag_s=lag_s).seen:
        if not any(worker.level > worker.current for worker in decision.workers):
            continue
        grid_w = snapshot.grid_w.value
        assert grid_w is not None
        drawn_w = sum(
            (spec.worker(item.key) or cruncher()).power_w(item.level or 0)
            for item in snapshot.workers
            if item.state is WorkerState.RUNNING
        )
        decided_w = sum(worker.power_w for worker in decision.workers if worker.level)
        assert grid_w + decided_w - drawn_w <= limit_w + 1e-6


@given(SITES, WEATHER)
def test_at_most_one_start_is_in_flight(
    spec: SiteSpec, weather: list[tuple[int, float]]
) -> None:
    spec = replace(
        spec, workers=tuple(replace(worker, settle_s=60.0) for worker in spec.workers)
    )
    loop = through(spec, weather)
    raised: dict[str, float] = {}
    for at_s, _, decision in loop.seen:
        ups = [
            worker.key for worker in decision.workers if worker.level > worker.current
        ]
        assert len(ups) <= 1
        for key in ups:
            assert all(
                at_s - other_s >= 60
                for other, other_s in raised.items()
                if other != key
            )
            raised[key] = at_s


@given(SITES, WEATHER)
def test_power_is_conserved(spec: SiteSpec, weather: list[tuple[int, float]]) -> None:
    """Balance = workers − grid − battery, and slices add up to what they are of."""
    for _, snapshot, decision in through(spec, weather, metered=True).seen:
        assert decision.balance_w is not None
        settled = all(not worker.settling for worker in decision.workers)
        workers_w = sum(worker.drawn_w for worker in decision.workers)
        grid_w = snapshot.grid_w.value or 0.0
        battery_w = (snapshot.battery_w.value or 0.0) if snapshot.battery_w else 0.0
        if settled and not (grid_w * battery_w < 0):
            expected = workers_w - grid_w - battery_w
            assert decision.balance_w == pytest.approx(expected, abs=1e-6)
        for worker in decision.workers:
            if worker.judged:
                taken = sum(part.width_w or 0.0 for part in worker.slices)
                assert taken == pytest.approx(worker.judged.power_w)


@given(SITES, WEATHER, HAPPENINGS)
def test_the_same_inputs_give_the_same_decision_here_and_elsewhere(
    spec: SiteSpec,
    weather: list[tuple[int, float]],
    happenings: list[tuple[str, Mapping[str, Any]]],
) -> None:
    loop = through(spec, weather, happenings)
    snapshot = loop.look()
    expected = decide(spec, snapshot, loop.memory)
    assert decide(spec, snapshot, loop.memory) == expected

    def carried[T](cls: type[T], value: T) -> T:
        return from_json(cls, json.loads(json.dumps(to_json(value))))

    elsewhere = decide(
        carried(SiteSpec, spec),
        carried(Snapshot, snapshot),
        carried(Memory, loop.memory),
    )
    assert elsewhere == expected
    assert carried(Decision, expected[0]) == expected[0]


BROKEN = st.sampled_from(["none", "nan", "stale", "huge", "negative"])


def broken(reading: Reading, how: str, clock_s: float) -> Reading:
    return {
        "none": Reading(None, clock_s),
        "nan": Reading(float("nan"), clock_s),
        "stale": Reading(reading.value, clock_s - 8000),
        "huge": Reading(1e9, clock_s),
        "negative": Reading(-1e9, clock_s),
    }[how]


@given(
    spec=SITES,
    weather=WEATHER,
    how=BROKEN,
    what=st.sets(st.sampled_from(["grid", "battery", "soc", "tank"]), min_size=1),
    at_the_start=st.booleans(),
)
def test_what_is_unknown_raises_nothing_and_pauses_what_needs_it(
    spec: SiteSpec,
    weather: list[tuple[int, float]],
    how: str,
    what: set[str],
    at_the_start: bool,
) -> None:
    loop = through(spec, weather)
    snapshot = loop.look()
    clock_s = snapshot.clock_s
    for name in what & {"grid", "battery", "soc"}:
        field = name if name == "soc" else f"{name}_w"
        reading: Reading | None = getattr(snapshot, field)
        if reading is not None:
            changes: dict[str, Any] = {field: broken(reading, how, clock_s)}
            snapshot = replace(snapshot, **changes)
    if "tank" in what:
        temperature = broken(snapshot.tanks[0].temperature_c, how, clock_s)
        tank = TankInput(key="tank", temperature_c=temperature)
        snapshot = replace(snapshot, tanks=(tank,))
    if at_the_start:
        snapshot = replace(snapshot, started_s=clock_s - 1)
    decision, _ = decide(spec, snapshot, loop.memory)
    site_unknown = bool({"grid", "battery", "soc"} & set(decision.missing))
    for worker in decision.workers:
        settings_ = spec.worker(worker.key)
        assert settings_ is not None
        needs_tank = settings_.sink == "tank" and "tank:tank" in decision.missing
        if site_unknown or needs_tank:
            assert worker.level <= worker.current
            assert at_the_start or worker.level == 0


@given(
    surplus_w=st.integers(-1000, 5000),
    levels=st.tuples(st.integers(0, 1), st.integers(0, 1)),
    sizes=st.tuples(st.integers(1, 20), st.integers(1, 20)),
)
def test_a_lower_priority_takes_nothing_from_a_higher_one(
    surplus_w: float, levels: tuple[int, int], sizes: tuple[int, int]
) -> None:
    """The first decides as if the second were not there."""
    first = cruncher(key="first", priority=1, levels_w=(100.0 * sizes[0],))
    second = cruncher(key="second", priority=2, levels_w=(100.0 * sizes[1],))

    def as_is(worker: WorkerSpec, level: int) -> Any:
        return running(worker.key) if level else paused(worker.key)

    first_in, second_in = as_is(first, levels[0]), as_is(second, levels[1])
    drawn_w = [first.power_w(levels[0]), second.power_w(levels[1])]
    both, _ = decide(
        sunny_house(second, first),
        look(sum(drawn_w) - surplus_w, first_in, second_in),
        Memory(),
    )
    alone, _ = decide(
        sunny_house(first), look(drawn_w[0] - surplus_w, first_in), Memory()
    )
    assert one(both, "first").level == one(alone).level
    assert one(both, "first").worths == one(alone).worths
    assert one(both, "second").base_w == one(both, "first").power_w


def test_of_two_alike_the_one_of_higher_priority_starts_first() -> None:
    for keys in (("first", "second"), ("second", "first")):
        workers = {
            "first": cruncher(key="first", priority=1),
            "second": cruncher(key="second", priority=2),
        }
        loop = Loop(sunny_house(*(workers[key] for key in keys)), steady(1100))
        loop.run(1200)
        assert loop.switches("first")[0][0] < loop.switches("second")[0][0]
        loop = Loop(sunny_house(*(workers[key] for key in keys)), steady(600))
        loop.run(1200)
        assert loop.levels == {"first": 1, "second": 0}


def test_who_comes_first_takes_over_from_who_came_second() -> None:
    """And the second, held by its minimum run, is left in peace until that is over."""
    spec = sunny_house(
        cruncher(key="first", priority=1), cruncher(key="second", priority=2)
    )
    loop = Loop(
        spec,
        steady(600),
        inputs=lambda at_s: {"first": {"has_work": at_s >= 600}},
    )
    loop.run(2 * 3600)
    assert loop.levels == {"first": 1, "second": 0}
    assert loop.switches("second")[1][0] >= 900
    assert loop.switches("first")[0][0] >= 900


def test_a_cloud_throttles_the_lower_priority_and_leaves_the_higher_one_alone() -> None:
    """What settles makes the balance look low; nobody else may follow that down."""
    spec = sunny_house(
        stepper(key="first", priority=1), stepper(key="second", priority=2)
    )
    loop = Loop(spec, at_times(2200, (3600, 1700)), lag_s=20)
    loop.run(7200)
    assert {one(d, "first").level for at_s, _, d in loop.seen if at_s > 1800} == {3}
    assert loop.levels_of("second")[-1] == 2


def test_a_neighbour_that_throttles_all_day_keeps_nobody_from_stopping() -> None:
    """Each of its steps settles for a minute, in which the others are not judged."""
    spec = sunny_house(
        stepper(key="first", priority=1, levels_w=(300.0, 600.0, 1000.0)),
        cruncher(key="second", priority=2),
    )

    def restless(at_s: float) -> float:
        if at_s < 3600:
            return 2000.0
        return 1050.0 if int(at_s // 70) % 2 else 350.0

    loop = Loop(spec, restless)
    loop.run(2 * 3600)
    stopped_s = [at_s for at_s, level in loop.switches("second") if not level]
    assert stopped_s and stopped_s[0] < 3600 + 600


def test_modes_of_all_the_others_do_not_matter_to_a_lonely_worker() -> None:
    spec = sunny_house(cruncher(), cruncher(key="off"), cruncher(key="lost"))
    snapshot = look(
        -700,
        paused(),
        paused("off", mode=Mode.OFF),
        replace(paused("lost"), state=WorkerState.LOST),
    )
    decision, _ = decide(spec, snapshot, Memory())
    assert [worker.level for worker in decision.workers] == [1, 0, 0]


@pytest.mark.parametrize(
    ("spec", "snapshot", "state"),
    [
        (sunny_house(), look(-700), SiteState.RUNNING),
        (sunny_house(), look(700), SiteState.WAITING),
        (sunny_house(), look(None), SiteState.INPUT_MISSING),
        (
            replace(sunny_house(), workers=()),
            look(-700),
            SiteState.NO_WORKERS,
        ),
    ],
)
def test_the_home_in_one_word(
    spec: SiteSpec, snapshot: Snapshot, state: SiteState
) -> None:
    assert decide(spec, snapshot, Memory())[0].state is state


def test_export_battery_and_hot_water_decide_from_the_first_day() -> None:
    """The mission's three inputs, in one home."""
    spec = house_with_tank(boiler_rig(), battery=home_battery(), import_per_kwh=0.3)

    def level(grid_w: float, battery_w: float, soc: float, tank_c: float) -> int:
        snapshot = look(
            grid_w, paused("rig"), battery_w=battery_w, soc=soc, tank_c=tank_c
        )
        return one(decide(spec, snapshot, Memory())[0]).level

    assert level(-2000, 0, 100, 40) == 1
    assert level(2000, 0, 10, 40) == 0
    assert level(0, -2000, 50, 40) == 0
    assert level(-2000, 0, 100, 60) == 0


@settings(max_examples=250)
@given(wild.ODD_SITES, wild.WILD_SNAPSHOTS, wild.WILD_SNAPSHOTS, wild.FOREIGN_MEMORIES)
def test_no_settings_readings_or_memories_make_it_fail(
    spec: SiteSpec, first: Snapshot, second: Snapshot, memory: Memory
) -> None:
    decision, memory = decide(spec, first, memory)
    decision, memory = decide(spec, second, memory)
    ledger = account(Ledger(), spec, second, decision, 10.0)
    for worker in decision.workers:
        explain(spec, second, decision, worker.key)
        settings_ = spec.worker(worker.key)
        assert settings_ is not None
        assert worker.level >= 0
    assert all(entry.energy_wh >= 0 for entry in ledger.workers.values()) or any(
        power < 0 for worker in spec.workers for power in worker.levels_w
    )


@given(spec=SITES, weather=WEATHER, value=st.sampled_from([float("nan"), float("inf")]))
def test_a_value_that_is_no_number_starts_nothing(
    spec: SiteSpec, weather: list[tuple[int, float]], value: float
) -> None:
    free = tuple(
        replace(worker, value_per_kwh=0.0, sink=None) for worker in spec.workers
    )
    spec = replace(spec, workers=free, export_per_kwh=0.08, export_limit_w=None)
    assume(spec.battery is None)
    loop = Loop(
        spec,
        steady(weather[0][1]),
        dt_s=30.0,
        inputs=lambda _: {worker.key: {"value_per_kwh": value} for worker in free},
    )
    loop.run(600)
    assert not any(loop.levels.values())


@pytest.mark.parametrize(
    "spec",
    [
        sunny_house(stepper()),
        house_with_battery(stepper()),
        zero_export_house(stepper()),
        house_with_tank(),
    ],
    ids=["sunny", "battery", "zero export", "tank"],
)
def test_a_restless_sky_switches_no_worker_more_than_twice_an_hour(
    spec: SiteSpec,
) -> None:
    """Clouds of all lengths, for half a day."""

    def sky(at_s: float) -> float:
        cloudy = int(at_s // 90) * 7919 % 13 < 6 or int(at_s // 700) * 31 % 7 < 3
        return -300.0 if cloudy else 1400.0

    loop = Loop(spec, sky, stored_wh=4000.0, tank_c=35.0)
    loop.site = lambda at_s: (
        {}
        if not spec.tanks
        else {
            "tanks": (
                TankInput(
                    key="tank",
                    temperature_c=Reading(35 + at_s % 3600 / 3600, CLOCK_S + at_s),
                ),
            )
        }
    )
    loop.run(8 * 3600)
    switches = loop.switches()
    starts = [
        at_s
        for (at_s, level), (_, before) in zip(
            switches, [(0.0, 0), *switches], strict=False
        )
        if level and not before
    ]
    assert len(starts) <= 16
    assert why(loop.seen[-1][2]) is not ReasonCode.INPUT_MISSING
