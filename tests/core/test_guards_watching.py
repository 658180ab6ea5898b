"""Guards that watch something: conditions, air, quiet hours, maxima of the day."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from hypothesis import given, strategies as st
import pytest

from custom_components.solar_compute.core.decide import decide
from custom_components.solar_compute.core.guard_spec import (
    ConditionGuard,
    ConditionUse,
    GuardSpec,
    MaximumGuard,
    QuietGuard,
)
from custom_components.solar_compute.core.guards.climate import dew_point_c
from custom_components.solar_compute.core.memory import Memory, WorkerMemory
from custom_components.solar_compute.core.model import (
    Decision,
    GuardInput,
    Mode,
    Override,
    Reading,
    ReasonCode,
    TankInput,
    WorkerInput,
)
from custom_components.solar_compute.core.spec import DailyWindow

from .guarded import cellar, door, guards, saying, smoke, state_of
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


class House:
    """A sunny house with guards, asked again and again; its cruncher does as told."""

    def __init__(self, *specs: GuardSpec, **worker: Any) -> None:
        self.spec = sunny_house(cruncher(**worker), guards=guards(*specs))
        self.memory = Memory()
        self.at_s = 0.0
        self.level = 0

    def ask(
        self, *inputs: GuardInput, after_s: float = 600, **changes: Any
    ) -> Decision:
        """Return what is decided a while later, in full sun."""
        self.at_s += after_s
        worker = running() if self.level else paused()
        snapshot = look(
            500.0 * self.level - 3000.0, worker, at_s=self.at_s, guards=inputs
        )
        clock_s = snapshot.clock_s
        fresh = tuple(
            replace(
                item,
                readings={
                    name: replace(reading, measured_s=clock_s)
                    for name, reading in item.readings.items()
                },
            )
            for item in inputs
        )
        snapshot = replace(snapshot, guards=fresh, **changes)
        decision, self.memory = decide(self.spec, snapshot, self.memory)
        self.level = one(decision).level
        return decision


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


class TestTheAir:
    def test_stops_what_stands_in_it_above_its_limit_and_lets_go_clearly_below(
        self,
    ) -> None:
        house = House(cellar())
        levels = [
            one(house.ask(saying("cellar", temperature_c=temperature_c))).level
            for temperature_c in (26.9, 27.0, 27.1, 26.9, 25.1, 25.0, 26.9)
        ]
        assert levels == [1, 1, 0, 0, 0, 1, 1]

    def test_says_how_warm_it_is(self) -> None:
        decision = House(cellar()).ask(saying("cellar", temperature_c=31.5))
        assert why(decision) is ReasonCode.TOO_WARM
        assert one(decision).reason.data == {
            "guard": "cellar",
            "temperature_c": 31.5,
            "maximum_c": 27.0,
        }
        assert one(decision).urgent

    def test_can_be_too_cold(self) -> None:
        house = House(cellar(maximum_c=None, minimum_c=5.0, hysteresis_k=1.0))
        codes = [
            why(house.ask(saying("cellar", temperature_c=temperature_c)))
            for temperature_c in (5.0, 4.9, 5.9, 6.0)
        ]
        assert codes[1:3] == [ReasonCode.TOO_COLD] * 2
        assert ReasonCode.TOO_COLD not in (codes[0], codes[3])

    def test_of_a_range_narrower_than_its_hysteresis_is_right_in_its_middle(
        self,
    ) -> None:
        house = House(cellar(maximum_c=23.0, minimum_c=21.0, hysteresis_k=5.0))
        for wrong_c in (30.0, 10.0):
            assert one(house.ask(saying("cellar", temperature_c=wrong_c))).level == 0
            assert one(house.ask(saying("cellar", temperature_c=22.0))).level == 1

    def test_can_be_too_humid(self) -> None:
        house = House(cellar(maximum_c=None, maximum_humidity=70.0))
        levels = [
            one(house.ask(saying("cellar", humidity=humidity))).level
            for humidity in (70.0, 70.1, 65.1, 65.0, 69.9)
        ]
        assert levels == [1, 0, 0, 1, 1]

    def test_must_stay_clear_of_the_dew_point(self) -> None:
        """20 °C at 80 %: dew at 16.4 °C, so the air is 3.6 K clear of it."""
        near = House(cellar(dew_margin_k=4.0, hysteresis_k=1.0))
        decision = near.ask(saying("cellar", temperature_c=20.0, humidity=80.0))
        assert (one(decision).level, why(decision)) == (0, ReasonCode.TOO_HUMID)
        data = one(decision).reason.data
        assert data["dew_point_c"] == pytest.approx(16.44, abs=0.01)
        for humidity, level in ((76.0, 0), (70.0, 1)):
            air = saying("cellar", temperature_c=20.0, humidity=humidity)
            assert one(near.ask(air)).level == level

        clear = House(cellar(dew_margin_k=3.0))
        air = saying("cellar", temperature_c=20.0, humidity=80.0)
        assert one(clear.ask(air)).level == 1

    @pytest.mark.parametrize(
        ("surface_c", "code"),
        [
            (18.5, None),
            (18.4, ReasonCode.TOO_HUMID),
            (None, ReasonCode.INPUT_MISSING),
        ],
    )
    def test_must_not_condense_on_a_cold_surface_where_one_is_measured(
        self, surface_c: float | None, code: ReasonCode | None
    ) -> None:
        house = House(cellar(dew_margin_k=2.0))
        decision = house.ask(
            saying("cellar", temperature_c=20.0, humidity=80.0, surface_c=surface_c)
        )
        assert one(decision).level == (1 if code is None else 0)
        assert code is None or why(decision) is code

    def test_counts_for_as_long_as_its_guard_believes_the_sensor(self) -> None:
        spec = sunny_house(guards=guards(cellar(hold_s=1800)))
        for age_s, level in ((1800, 1), (1801, 0)):
            air = saying("cellar", age_s=age_s, temperature_c=20.0)
            decision, _ = decide(spec, look(-3000, paused(), guards=(air,)), Memory())
            assert one(decision).level == level

    def test_latches_where_it_shall(self) -> None:
        house = House(cellar(latching=True))
        house.ask(saying("cellar", temperature_c=40.0))
        decision = house.ask(saying("cellar", temperature_c=20.0))
        assert one(decision).reason.data["cause"] == "too_warm"

    def test_stays_too_warm_through_a_silence(self) -> None:
        """The sensor comes back while it is not clearly cooler yet."""
        house = House(cellar())
        house.ask(saying("cellar", temperature_c=28.0))
        began_s = house.at_s
        silent = house.ask(saying("cellar", temperature_c=None))
        assert why(silent) is ReasonCode.INPUT_MISSING
        decision = house.ask(saying("cellar", temperature_c=26.5))
        assert why(decision) is ReasonCode.TOO_WARM
        assert state_of(decision, "cellar").since_s == CLOCK_S + began_s

    def test_whose_guard_asks_for_nothing_is_always_right(self) -> None:
        house = House(cellar(maximum_c=None))
        assert one(house.ask()).level == 1


@pytest.mark.parametrize(
    ("temperature_c", "humidity", "dew_c"),
    [(20.0, 100.0, 20.0), (20.0, 50.0, 9.27), (25.0, 60.0, 16.69), (0.0, 80.0, -3.04)],
)
def test_the_dew_point_is_that_of_the_tables(
    temperature_c: float, humidity: float, dew_c: float
) -> None:
    assert dew_point_c(temperature_c, humidity) == pytest.approx(dew_c, abs=0.06)


@given(st.floats(-50, 100), st.floats(0, 100), st.floats(0, 100))
def test_dew_never_falls_on_what_is_as_warm_as_the_air_and_comes_with_humidity(
    temperature_c: float, one_: float, other: float
) -> None:
    low, high = sorted((one_, other))
    assert dew_point_c(temperature_c, low) <= dew_point_c(temperature_c, high) + 1e-9
    assert dew_point_c(temperature_c, high) <= temperature_c + 1e-9


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
        limit: dict[str, float],
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


def test_a_guard_that_is_gone_is_forgotten() -> None:
    house = House(door())
    house.ask(saying("door", state=1))
    house.spec = replace(house.spec, guards=guards())
    decision = house.ask()
    assert one(decision).level == 1
    assert decision.guards == ()
    assert house.memory.guards == {}


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


def test_quiet_hours_by_the_clock_begin_and_end_on_the_minute() -> None:
    night = QuietGuard(key="night", name="Night", windows=(NIGHT,))
    spec = sunny_house(guards=guards(night))
    for minutes, level in ((-1, 1), (0, 0), (539, 0), (540, 1)):
        local = NOON.replace(hour=22) + timedelta(minutes=minutes)
        snapshot = replace(look(-3000, paused()), local=local)
        assert one(decide(spec, snapshot, Memory())[0]).level == level
