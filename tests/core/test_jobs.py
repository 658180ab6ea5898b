"""Jobs with a deadline: ready in time, in the cheapest hours, or a clear answer why not."""

from dataclasses import replace

from hypothesis import given, settings, strategies as st
import pytest

from custom_components.solar_compute.core.ahead import Ahead
from custom_components.solar_compute.core.decide import decide
from custom_components.solar_compute.core.guard_spec import GuardSpecs, QuietGuard
from custom_components.solar_compute.core.heat import HeatSupply
from custom_components.solar_compute.core.job import JobState, JobUnit, JobVerdict
from custom_components.solar_compute.core.memory import Memory
from custom_components.solar_compute.core.model import (
    Mode,
    Reading,
    ReasonCode,
    TankInput,
)
from custom_components.solar_compute.core.plan import PlannedJob
from custom_components.solar_compute.core.spec import DailyWindow

from .houses import (
    CLOCK_S,
    EXPORT,
    IMPORT,
    boiler_rig,
    cruncher,
    gas_tank,
    house_with_battery,
    house_with_tank,
    look,
    paused,
    running,
    stepper,
    sunny_house,
)
from .job_house import (
    HOUR_S,
    JobHouse,
    backup,
    dark,
    hour_of,
    knowing,
    night,
    night_of,
    sun,
    sun_of,
)
from .loop import one, why

WORTHLESS = cruncher(value_per_kwh=0.0)
"""Half a kilowatt that runs for nothing but its jobs: two kWh take four hours."""

AT_ONCE = cruncher(
    value_per_kwh=0.0, start_cost=0.0, min_run_s=0.0, min_pause_s=0.0, settle_s=0.0
)


def evening(house: JobHouse) -> JobHouse:
    """Let time pass until eight in the evening."""
    house.run(8)
    return house


def ran_between(house: JobHouse, first_h: float, last_h: float) -> float:
    """Return the share of a house's running that lies between two hours of a day."""
    hours = [hour_of(at_s) for at_s, _ in house.paid]
    return sum(first_h <= hour < last_h for hour in hours) / len(hours)


class TestAtLeastCost:
    def test_a_job_waits_for_the_night_tariff_and_is_ready_in_the_morning(self) -> None:
        house = JobHouse(
            spec=sunny_house(WORTHLESS),
            jobs=(backup(ready_in_h=18),),
            balance_w=dark,
            price=night,
            memory=knowing(dark, night_of),
        )
        house.run(18)
        assert house.job().state is JobState.DONE
        assert hour_of(house.paid[0][0]) == pytest.approx(22, abs=0.1)
        assert house.job().cost == pytest.approx(2 * 0.18, rel=0.02)

    def test_a_night_a_little_dearer_than_others_were_is_night_all_the_same(
        self,
    ) -> None:
        house = JobHouse(
            spec=sunny_house(WORTHLESS),
            jobs=(backup(ready_in_h=18),),
            balance_w=dark,
            price=night,
            memory=knowing(dark, lambda hour: night_of(hour) - 0.001),
        )
        house.run(10.2)
        assert hour_of(house.paid[0][0]) == pytest.approx(22, abs=0.1)

    def test_it_waits_for_the_sun_of_tomorrow_where_that_is_in_time(self) -> None:
        house = evening(
            JobHouse(
                spec=sunny_house(WORTHLESS),
                jobs=(backup(ready_in_h=28),),
                balance_w=lambda at_s: dark(at_s) if at_s < 8 * HOUR_S else sun(at_s),
                memory=knowing(sun_of),
            )
        )
        house.run(20)
        assert house.job().state is JobState.DONE
        assert ran_between(house, 10, 16) == 1
        assert house.job().cost == pytest.approx(2 * EXPORT, rel=0.02)

    def test_it_takes_import_tonight_where_tomorrow_is_too_late(self) -> None:
        house = JobHouse(
            spec=sunny_house(WORTHLESS),
            jobs=(backup(ready_in_h=18),),
            balance_w=dark,
            memory=knowing(sun_of),
        )
        house.run(18)
        assert house.job().state is JobState.DONE
        assert house.job().cost == pytest.approx(2 * IMPORT, rel=0.02)

    def test_without_sun_that_was_expected_it_is_ready_all_the_same(self) -> None:
        house = JobHouse(
            spec=sunny_house(WORTHLESS),
            jobs=(backup(ready_in_h=27.5),),
            balance_w=dark,
            memory=knowing(sun_of),
        )
        house.run(27.5)
        assert house.job().state is JobState.DONE

    def test_all_hours_alike_it_takes_the_first(self) -> None:
        house = JobHouse(
            spec=sunny_house(WORTHLESS),
            jobs=(backup(ready_in_h=24),),
            balance_w=dark,
            memory=knowing(dark),
        )
        (first, *_) = house.run(0.1)
        assert why(first) is ReasonCode.JOB_DEADLINE

    def test_it_costs_less_than_running_at_once(self) -> None:
        patient, hasty = (
            JobHouse(
                spec=sunny_house(WORTHLESS),
                jobs=jobs,
                balance_w=sun,
                price=night,
                memory=knowing(sun_of, night_of),
            )
            for jobs in ((backup(ready_in_h=26),), (backup(ready_in_h=4.6),))
        )
        for house in (patient, hasty):
            house.run(26)
            assert house.job().state is JobState.DONE
        assert patient.job().cost <= hasty.job().cost

    def test_sun_that_a_battery_would_store_is_no_gift(self) -> None:
        """What it stores saves an import at 26 ct on the mean: the night is cheaper."""

        def weak(hour: int) -> float:
            return 600.0 if 10 <= hour < 16 else -300.0

        house = JobHouse(
            spec=house_with_battery(WORTHLESS),
            jobs=(backup(ready_in_h=26),),
            balance_w=lambda at_s: weak(int(hour_of(at_s))),
            price=night,
            memory=knowing(weak, night_of),
        )
        house.loop.stored_wh = 800.0
        house.run(26)
        assert house.job().state is JobState.DONE
        assert ran_between(house, 10, 22) == 0

    def test_hours_run_at_the_level_that_is_cheapest(self) -> None:
        """An hour counts the same at any level."""
        house = JobHouse(
            spec=sunny_house(stepper(value_per_kwh=0.0)),
            jobs=(
                backup(ready_in_h=24, worker="stepper", unit=JobUnit.HOURS, amount=3.0),
            ),
            balance_w=dark,
            memory=knowing(dark),
        )
        house.run(4)
        assert house.job().state is JobState.DONE
        assert set(house.loop.levels_of()) == {0, 1}

    def test_energy_that_is_urgent_runs_at_full_power(self) -> None:
        house = JobHouse(
            spec=sunny_house(stepper(value_per_kwh=0.0)),
            jobs=(backup(ready_in_h=2.2, worker="stepper"),),
            balance_w=dark,
        )
        house.run(2.2)
        assert house.job().state is JobState.DONE
        assert max(house.loop.levels_of()) == 3


class TestLimits:
    def test_it_never_runs_above_the_maximum_price(self) -> None:
        house = JobHouse(
            spec=sunny_house(AT_ONCE),
            jobs=(backup(ready_in_h=18, maximum_per_kwh=0.20),),
            balance_w=dark,
            price=night,
            memory=knowing(dark, night_of),
        )
        house.run(18)
        assert house.job().state is JobState.DONE
        assert max(per_kwh for _, per_kwh in house.paid) <= 0.20

    def test_a_maximum_that_is_just_met_is_met(self) -> None:
        house = JobHouse(
            spec=sunny_house(WORTHLESS),
            jobs=(backup(ready_in_h=8, maximum_per_kwh=IMPORT),),
            balance_w=dark,
            memory=knowing(dark),
        )
        house.run(8)
        assert house.job().state is JobState.DONE

    def test_below_a_maximum_that_no_hour_meets_it_does_not_run_and_says_so(
        self,
    ) -> None:
        house = JobHouse(
            spec=sunny_house(WORTHLESS),
            jobs=(backup(ready_in_h=8, maximum_per_kwh=0.10),),
            balance_w=dark,
            memory=knowing(dark),
        )
        (first, *_) = house.run(9)
        assert why(first) is ReasonCode.JOB_NOT_WORTH_IT
        outlook = first.job("backup")
        assert outlook is not None
        assert outlook.verdict is JobVerdict.TOO_DEAR
        assert outlook.short == pytest.approx(2.0)
        assert outlook.cost == pytest.approx(2.0 * IMPORT)
        assert house.ran_s == 0
        assert house.job().state is JobState.MISSED
        assert [job.key for job in house.ended] == ["backup"]

    def test_what_is_too_dear_tells_what_all_of_it_would_cost(self) -> None:
        """Three of its four hours are of the day, and one of the night."""
        house = JobHouse(
            spec=sunny_house(WORTHLESS),
            jobs=(backup(ready_in_h=11, maximum_per_kwh=0.20),),
            balance_w=dark,
            price=night,
            memory=knowing(dark, night_of),
        )
        outlook = house.run(0.01)[0].job("backup")
        assert outlook is not None
        assert outlook.verdict is JobVerdict.TOO_DEAR
        assert outlook.cost == pytest.approx(1.5 * IMPORT + 0.5 * 0.18)

    def test_without_any_hour_left_nobody_knows_what_it_costs(self) -> None:
        always = DailyWindow(start_min=0, end_min=0)
        house = JobHouse(
            spec=sunny_house(replace(WORTHLESS, quiet_hours=(always,))),
            jobs=(backup(ready_in_h=8),),
            balance_w=dark,
            memory=knowing(dark),
        )
        outlook = house.run(0.01)[0].job("backup")
        assert outlook is not None
        assert (outlook.verdict, outlook.cost) == (JobVerdict.TOO_LATE, None)

    @pytest.mark.parametrize(
        ("value", "state"), [(0.70, JobState.DONE), (0.50, JobState.MISSED)]
    )
    def test_a_value_must_pay_for_all_of_it(
        self, value: float, state: JobState
    ) -> None:
        """Two kWh of import at 30 ct cost 60 ct."""
        house = JobHouse(
            spec=sunny_house(WORTHLESS),
            jobs=(backup(ready_in_h=8, value=value),),
            balance_w=dark,
            memory=knowing(dark),
        )
        house.run(8.1)
        assert house.job().state is state
        assert (house.ran_s == 0) is (state is JobState.MISSED)

    def test_too_little_time_is_said_and_what_can_be_done_is(self) -> None:
        house = JobHouse(
            spec=sunny_house(WORTHLESS),
            jobs=(backup(ready_in_h=3),),
            balance_w=dark,
            memory=knowing(dark),
        )
        (first, *_) = house.run(3.1)
        outlook = first.job("backup")
        assert outlook is not None
        assert outlook.verdict is JobVerdict.TOO_LATE
        assert outlook.short == pytest.approx(0.5)
        assert house.job().state is JobState.MISSED
        assert house.job().done == pytest.approx(1.5, abs=0.05)

    def test_what_was_missed_drives_nothing_any_more(self) -> None:
        house = JobHouse(
            spec=sunny_house(AT_ONCE),
            jobs=(backup(ready_in_h=1),),
            balance_w=dark,
            memory=knowing(dark),
        )
        *_, last = house.run(1.2)
        assert house.job().state is JobState.MISSED
        assert one(last).level == 0
        assert why(last) is ReasonCode.NOT_WORTH_IT

    def test_what_is_done_stops_at_once(self) -> None:
        """Not when the mean of ten urgent minutes has worn off."""
        house = JobHouse(
            spec=sunny_house(WORTHLESS),
            jobs=(backup(ready_in_h=1.2, amount=0.5),),
            balance_w=dark,
            memory=knowing(dark),
            dt_s=60.0,
        )
        house.run(1.5)
        (done,) = house.ended
        assert done.ended_s is not None
        (_, on), (off_s, off) = house.loop.switches()
        assert (on, off) == (1, 0)
        assert CLOCK_S + off_s - done.ended_s <= 120

    def test_a_guard_wins_over_a_deadline(self) -> None:
        spec = sunny_house(WORTHLESS, import_limit_w=300.0)
        house = JobHouse(spec=spec, jobs=(backup(ready_in_h=5),), balance_w=dark)
        (first, *_) = house.run(5)
        assert why(first) is ReasonCode.IMPORT_LIMIT
        assert house.ran_s == 0

    def test_a_person_who_turned_it_off_wins_over_a_deadline(self) -> None:
        snapshot = look(200.0, paused(mode=Mode.OFF), jobs=(backup(ready_in_h=4.5),))
        decision, _ = decide(sunny_house(WORTHLESS), snapshot, Memory())
        assert why(decision) is ReasonCode.MODE_OFF

    def test_without_a_meter_nothing_runs_for_a_job(self) -> None:
        snapshot = look(None, jobs=(backup(ready_in_h=4.5),))
        decision, _ = decide(sunny_house(WORTHLESS), snapshot, Memory())
        assert why(decision) is ReasonCode.INPUT_MISSING
        assert decision.jobs == ()

    @pytest.mark.parametrize("by_guard", [True, False])
    def test_quiet_hours_are_no_hours_for_it(self, by_guard: bool) -> None:
        """From ten to six it must be quiet: two hours are left before, none after."""
        windows = (DailyWindow(start_min=22 * 60, end_min=6 * 60),)
        spec = sunny_house(replace(WORTHLESS, quiet_hours=windows))
        if by_guard:
            quiet = QuietGuard(key="quiet", name="Quiet", windows=windows)
            spec = sunny_house(WORTHLESS, guards=GuardSpecs(quiet=(quiet,)))
        snapshot = look(200.0, at_s=8 * HOUR_S, jobs=(backup(ready_in_h=18),))
        decision, _ = decide(spec, snapshot, Memory())
        outlook = decision.job("backup")
        assert outlook is not None
        assert outlook.verdict is JobVerdict.TOO_LATE
        assert outlook.short == pytest.approx(1.0, abs=0.01)

    def test_it_waits_out_a_minimum_pause(self) -> None:
        house = JobHouse(
            spec=sunny_house(replace(AT_ONCE, min_pause_s=1800.0)),
            jobs=(
                backup(ready_in_h=2, amount=0.1),
                backup(ready_in_h=12, key="second", amount=0.5),
            ),
            balance_w=dark,
            price=lambda at_s: 0.1 if at_s < 600 or at_s > 700 else 0.5,
            memory=knowing(dark, lambda _: 0.1),
        )
        house.run(6)
        off_s = next(at_s for at_s, level in house.loop.switches() if level == 0)
        on_s = next(
            at_s for at_s, level in house.loop.switches() if level and at_s > off_s
        )
        assert on_s - off_s >= 1800


class TestSeveralJobs:
    def test_the_earliest_deadline_comes_first(self) -> None:
        house = JobHouse(
            spec=sunny_house(WORTHLESS),
            jobs=(
                backup(ready_in_h=20, key="later", amount=1.0),
                backup(ready_in_h=10, key="sooner", amount=1.0),
            ),
            balance_w=dark,
            memory=knowing(dark),
        )
        house.run(5)
        assert [job.key for job in house.ended] == ["sooner", "later"]

    def test_a_deadline_must_hold_what_comes_before_it(self) -> None:
        """Each alone would do, but both together need six hours of five."""
        snapshot = look(
            200.0,
            jobs=(
                backup(ready_in_h=4.9, key="one", amount=1.5),
                backup(ready_in_h=5, key="two", amount=1.5),
            ),
        )
        decision, _ = decide(sunny_house(WORTHLESS), snapshot, Memory())
        verdicts = {job.key: job.verdict for job in decision.jobs}
        assert verdicts["one"] is not JobVerdict.TOO_LATE
        assert verdicts["two"] is JobVerdict.TOO_LATE

    def test_what_will_not_be_run_takes_no_time_from_the_others(self) -> None:
        snapshot = look(
            200.0,
            jobs=(
                backup(ready_in_h=4.9, key="poor", value=0.01),
                backup(ready_in_h=5, key="rich"),
            ),
        )
        decision, _ = decide(sunny_house(WORTHLESS), snapshot, Memory())
        verdicts = {job.key: job.verdict for job in decision.jobs}
        assert verdicts["poor"] is JobVerdict.TOO_DEAR
        assert verdicts["rich"] is not JobVerdict.TOO_LATE

    def test_dear_power_is_not_charged_to_a_job_that_may_not_pay_it(self) -> None:
        house = JobHouse(
            spec=sunny_house(WORTHLESS),
            jobs=(
                backup(ready_in_h=4.9, key="frugal", maximum_per_kwh=0.10),
                backup(ready_in_h=5, key="rich"),
            ),
            balance_w=dark,
        )
        house.run(5)
        assert house.job("rich").state is JobState.DONE
        # What it draws until the end of the last job shows on the meters.
        assert house.job("frugal").energy_wh < 20


class TestBesideOtherWorth:
    def test_work_done_in_the_sun_counts_for_the_job(self) -> None:
        """It runs because it is worth it, and the job is done by the way."""
        house = JobHouse(
            spec=sunny_house(cruncher()),
            jobs=(backup(ready_in_h=20),),
            balance_w=sun,
            memory=knowing(sun_of),
        )
        first, *_ = house.run(4.1)
        assert why(first) in (ReasonCode.WORTH_IT, ReasonCode.WAITING_TO_START)
        assert house.job().state is JobState.DONE

    def test_the_value_of_results_is_not_counted_twice(self) -> None:
        """At 15 ct per kWh the job's 18 ct of the night add only 3 ct."""
        snapshot = look(200.0, jobs=(backup(ready_in_h=18),), import_per_kwh=IMPORT)
        spec = sunny_house(cruncher(start_cost=0.0))
        decision, _ = decide(spec, snapshot, knowing(dark, night_of))
        (worth,) = one(decision).worths
        assert worth.job == pytest.approx(0.5 * 0.03, rel=0.1)
        assert why(decision) is ReasonCode.JOB_WAITING

    def test_heat_goes_on_as_if_there_were_no_job(self) -> None:
        spec = sunny_house(boiler_rig())
        snapshot = look(-2000.0, paused("rig"))
        without, _ = decide(spec, snapshot, Memory())
        done = backup(ready_in_h=0, worker="rig")
        with_one, _ = decide(spec, replace(snapshot, jobs=(done,)), Memory())
        assert with_one.workers == without.workers


class TestThePlan:
    def test_at_or_below_the_plans_price_it_runs(self) -> None:
        snapshot = look(200.0, jobs=(backup(ready_in_h=20),))
        for price, code in (
            (IMPORT, ReasonCode.JOB_DEADLINE),
            (0.2, ReasonCode.JOB_WAITING),
        ):
            planned = PlannedJob(key="backup", price_per_kwh=price, feasible=True)
            decision, _ = decide(
                sunny_house(WORTHLESS),
                snapshot,
                knowing(dark),
                Ahead(jobs={"backup": planned}),
            )
            assert why(decision) is code
            assert decision.jobs[0].planned

    @pytest.mark.parametrize(
        ("beyond", "maximum", "code"),
        [
            (0.01, None, ReasonCode.JOB_DEADLINE),
            (-0.02, None, ReasonCode.JOB_WAITING),
            (0.01, IMPORT - 0.01, ReasonCode.JOB_WAITING),
        ],
    )
    def test_heat_pays_its_part_beside_the_plans_price(
        self, beyond: float, maximum: float | None, code: ReasonCode
    ) -> None:
        """The plan's price is for results; with heat they pay for power, or do not."""
        rig = boiler_rig(start_cost=0.0, min_run_s=0.0, min_pause_s=0.0)
        spec = house_with_tank(rig, tanks=(gas_tank(supply=HeatSupply.GRID),))
        job = backup(worker="rig", ready_in_h=20, maximum_per_kwh=maximum)
        snapshot = look(
            200.0,
            paused("rig"),
            jobs=(job,),
            tanks=(TankInput(key="tank", temperature_c=Reading(45.0, CLOCK_S)),),
        )
        without, _ = decide(spec, snapshot, knowing(dark))
        heat_per_kwh = one(without).worths[0].heat
        assert heat_per_kwh > 0.05
        planned = PlannedJob(
            key="backup", price_per_kwh=IMPORT - heat_per_kwh + beyond, feasible=True
        )
        decision, _ = decide(
            spec, snapshot, knowing(dark), Ahead(jobs={"backup": planned})
        )
        assert why(decision) is code

    def test_what_the_plan_cannot_do_is_said(self) -> None:
        snapshot = look(200.0, jobs=(backup(ready_in_h=20, maximum_per_kwh=0.31),))
        planned = PlannedJob(
            key="backup", price_per_kwh=0.31, feasible=False, short=0.7
        )
        decision, _ = decide(
            sunny_house(WORTHLESS),
            snapshot,
            knowing(dark),
            Ahead(jobs={"backup": planned}),
        )
        assert decision.jobs[0].verdict is JobVerdict.TOO_DEAR
        assert decision.jobs[0].short == pytest.approx(0.7)

    def test_a_plan_that_waits_too_long_is_overruled(self) -> None:
        snapshot = look(200.0, jobs=(backup(ready_in_h=4.2),))
        planned = PlannedJob(key="backup", price_per_kwh=0.1, feasible=True)
        decision, _ = decide(
            sunny_house(WORTHLESS),
            snapshot,
            knowing(dark),
            Ahead(jobs={"backup": planned}),
        )
        assert why(decision) is ReasonCode.JOB_DEADLINE


class TestUnits:
    def test_what_a_worker_counts_can_be_asked_for(self) -> None:
        """Three files an hour: the ninth is ready after three hours."""
        house = JobHouse(
            spec=sunny_house(WORTHLESS),
            jobs=(backup(ready_in_h=24, unit=JobUnit.UNITS, amount=9.0, done=0.0),),
            balance_w=dark,
            memory=knowing(dark),
            finished=lambda ran_s: 100 + ran_s // 1200,
        )
        first, *_ = house.run(3.5)
        assert first.jobs[0].left_s is None
        assert house.job().state is JobState.DONE
        assert house.job().run_s == pytest.approx(3 * HOUR_S, rel=0.05)

    def test_a_worker_that_begins_to_count_anew_takes_nothing_back(self) -> None:
        house = JobHouse(
            spec=sunny_house(WORTHLESS),
            jobs=(backup(ready_in_h=24, unit=JobUnit.UNITS, amount=9.0),),
            balance_w=dark,
            memory=knowing(dark),
            finished=lambda ran_s: ran_s // 1200 if ran_s < 4000 else 0.0,
        )
        house.run(1.5)
        assert house.job().done == 3


@settings(max_examples=12, deadline=None)
@given(
    weather=st.lists(
        st.floats(min_value=-3000, max_value=3000), min_size=12, max_size=12
    ),
    expected=st.lists(
        st.floats(min_value=-3000, max_value=3000), min_size=24, max_size=24
    ),
    prices=st.lists(st.floats(min_value=-0.1, max_value=0.6), min_size=24, max_size=24),
    amount=st.floats(min_value=0.05, max_value=4.5),
    by_hour=st.booleans(),
)
def test_whatever_the_weather_a_job_that_can_be_done_is_ready_in_time(
    weather: list[float],
    expected: list[float],
    prices: list[float],
    amount: float,
    by_hour: bool,
) -> None:
    """Twelve hours; what was expected of sun and prices may be all wrong."""
    house = JobHouse(
        spec=sunny_house(WORTHLESS),
        jobs=(
            backup(
                ready_in_h=12,
                amount=2 * amount if by_hour else amount,
                unit=JobUnit.HOURS if by_hour else JobUnit.KWH,
            ),
        ),
        balance_w=lambda at_s: weather[int(at_s // HOUR_S) % 12],
        price=lambda at_s: prices[int(hour_of(at_s))],
        memory=knowing(lambda hour: expected[hour], lambda hour: prices[hour - 1]),
        dt_s=180.0,
    )
    house.run(12.1)
    assert house.job().state is JobState.DONE


@settings(max_examples=12, deadline=None)
@given(
    prices=st.lists(st.floats(min_value=0.0, max_value=0.6), min_size=24, max_size=24),
    maximum=st.floats(min_value=0.0, max_value=0.6),
    amount=st.floats(min_value=0.05, max_value=6.0),
)
def test_whatever_the_prices_it_never_pays_more_than_its_maximum(
    prices: list[float], maximum: float, amount: float
) -> None:
    house = JobHouse(
        spec=sunny_house(AT_ONCE),
        jobs=(backup(ready_in_h=12, amount=amount, maximum_per_kwh=maximum),),
        balance_w=dark,
        price=lambda at_s: prices[int(hour_of(at_s))],
        memory=knowing(dark, lambda hour: prices[hour]),
        dt_s=300.0,
    )
    house.run(12)
    assert all(per_kwh <= maximum + 1e-5 for _, per_kwh in house.paid)


def test_a_decision_with_jobs_is_the_same_again() -> None:
    snapshot = look(
        200.0, running(), at_s=HOUR_S, jobs=(backup(ready_in_h=8), backup(5, key="b"))
    )
    spec = sunny_house(WORTHLESS)
    assert decide(spec, snapshot, knowing(sun_of)) == decide(
        spec, snapshot, knowing(sun_of)
    )
    assert snapshot.jobs[0].submitted_s == CLOCK_S
