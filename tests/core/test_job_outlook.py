"""What is left of a job, which hours it may have, and what of it is kept."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from custom_components.solar_compute.core.ahead import Ahead
from custom_components.solar_compute.core.codec import from_json, to_json
from custom_components.solar_compute.core.decide import decide
from custom_components.solar_compute.core.job import JobBook, JobState, JobUnit
from custom_components.solar_compute.core.job_hours import (
    HORIZON_S,
    Slot,
    cheapest,
    slots_until,
)
from custom_components.solar_compute.core.job_outlook import left_s, left_wh
from custom_components.solar_compute.core.job_progress import KEPT_S, progressed
from custom_components.solar_compute.core.ledger import Ledger, WorkerAccount
from custom_components.solar_compute.core.memory import Memory
from custom_components.solar_compute.core.model import Decision, Snapshot
from custom_components.solar_compute.core.outlook import Outlook
from custom_components.solar_compute.core.plan import PlannedJob
from custom_components.solar_compute.core.times import DailyWindow

from .houses import CLOCK_S, NOON, cruncher, look, running, stepper, sunny_house
from .job_house import HOUR_S, backup

FLAT = Outlook(
    balance_now_w=0.0, hours_w=None, surplus_per_kwh=0.08, deficit_per_kwh=0.30
)


def worked(
    book: JobBook, *, at_s: float = 60.0, finished: float | None = None, **work: Any
) -> JobBook:
    """Return the book after the cruncher did some work."""
    snapshot = look(200.0, running(finished=finished), at_s=at_s, jobs=book.open_jobs())
    decision, _ = decide(sunny_house(), snapshot, Memory())
    after = Ledger(workers={"cruncher": WorkerAccount(**work)})
    return progressed(book, snapshot, decision, Ledger(), after)[0]


class TestWhatIsLeft:
    def test_hours_take_what_a_level_draws_and_energy_the_same_at_any(self) -> None:
        hours = backup(9, unit=JobUnit.HOURS, amount=3.0, done=1.0)
        assert left_wh(hours, stepper()) == (600.0, 1200.0, 2000.0)
        assert left_wh(backup(9, done=0.5), stepper()) == (1500.0,) * 3

    def test_units_take_as_much_as_those_that_are_done(self) -> None:
        units = backup(
            9, unit=JobUnit.UNITS, amount=6.0, done=2.0, energy_wh=300.0, run_s=1800.0
        )
        assert left_wh(units, cruncher()) == (600.0,)
        assert left_s(units, cruncher()) == 3600.0

    def test_before_the_first_unit_nobody_knows(self) -> None:
        units = backup(9, unit=JobUnit.UNITS, amount=6.0)
        assert left_wh(units, cruncher()) == (None,)
        assert left_s(units, cruncher()) is None

    def test_a_unit_that_was_finished_while_nobody_watched_tells_nothing(self) -> None:
        units = backup(9, unit=JobUnit.UNITS, amount=6.0, done=2.0)
        assert (left_wh(units, cruncher()), left_s(units, cruncher())) == (
            (None,),
            None,
        )
        known = cruncher(units_per_kwh=(4.0,))
        assert left_wh(units, known) == (1000.0,)
        assert left_s(units, known) == 2 * HOUR_S

    def test_a_worker_that_draws_less_than_its_level_says_needs_longer(self) -> None:
        assert left_s(backup(9), cruncher(), 400.0) == 5 * HOUR_S

    @pytest.mark.parametrize("drawn_w", [0.0, 5.0])
    def test_what_draws_next_to_nothing_is_not_believed(self, drawn_w: float) -> None:
        assert left_s(backup(9), cruncher(), drawn_w) == 8 * HOUR_S


class TestHours:
    def test_they_begin_now_and_end_at_the_deadline(self) -> None:
        outlook = replace(FLAT, past_hour_s=1800.0)
        slots = slots_until(
            sunny_house(),
            cruncher(),
            outlook,
            local=NOON + timedelta(minutes=30),
            end_s=2.25 * HOUR_S,
            power_w=500.0,
        )
        assert [slot.seconds for slot in slots] == [1800.0, 3600.0, 2700.0]

    def test_a_deadline_beyond_all_reason_costs_no_time(self) -> None:
        slots = slots_until(
            sunny_house(), cruncher(), FLAT, local=NOON, end_s=1e12, power_w=500.0
        )
        assert sum(slot.seconds for slot in slots) == HORIZON_S

    @pytest.mark.parametrize(("day", "lasts_h"), [(28, 12), (29, 11), (25, 13)])
    def test_quiet_hours_go_by_the_clock_that_is_changed_in_them(
        self, day: int, lasts_h: float
    ) -> None:
        """From eight to eight, with quiet from ten to six: four hours, always."""
        month = 10 if day == 25 else 3
        begins, ends = (
            datetime(2026, month, day - before, hour, tzinfo=ZoneInfo("Europe/Berlin"))
            for before, hour in ((1, 20), (0, 8))
        )
        assert ends.timestamp() - begins.timestamp() == lasts_h * HOUR_S
        slots = slots_until(
            sunny_house(),
            cruncher(quiet_hours=(DailyWindow(start_min=1320, end_min=360),)),
            FLAT,
            local=begins,
            end_s=ends.timestamp() - begins.timestamp(),
            power_w=500.0,
        )
        assert sum(slot.full_s for slot in slots) == 4 * HOUR_S

    def test_the_cheapest_are_taken_and_what_is_missing_is_told(self) -> None:
        slots = [Slot(0, 3600, 0.3), Slot(3600, 3600, 0.1), Slot(7200, 3600, 0.2)]
        chosen = cheapest(slots, 5400)
        assert chosen.dearest_per_kwh == pytest.approx(0.2)
        assert chosen.mean_per_kwh == pytest.approx((0.1 * 2 + 0.2) / 3)
        assert chosen.short_s == 0
        assert cheapest(slots, 4 * HOUR_S).short_s == HOUR_S


class TestTheBook:
    def test_work_beyond_one_job_counts_for_the_next(self) -> None:
        book = JobBook(
            jobs=(
                backup(5, key="first", amount=1.0),
                backup(6, key="second", amount=2.0),
            )
        )
        first, second = worked(book, solar_wh=1500.0, cost=0.3).jobs
        assert first.state is JobState.DONE
        assert first.cost == pytest.approx(0.2)
        assert second.done == pytest.approx(0.5)
        assert second.cost == pytest.approx(0.1)

    def test_what_ended_is_kept_for_a_week(self) -> None:
        ended = backup(1, state=JobState.DONE, done=2.0, ended_s=CLOCK_S)
        book = JobBook(jobs=(ended,))
        assert worked(book, at_s=KEPT_S - 1).jobs == (ended,)
        assert worked(book, at_s=KEPT_S + 1).jobs == ()

    def test_no_more_than_a_hundred_that_ended_are_kept(self) -> None:
        many = tuple(
            backup(1, key=str(index), state=JobState.MISSED, ended_s=CLOCK_S + index)
            for index in range(150)
        )
        kept = worked(JobBook(jobs=many), at_s=200.0).jobs
        assert [job.key for job in kept] == [str(index) for index in range(50, 150)]

    def test_what_a_worker_had_finished_before_is_no_work_for_a_job(self) -> None:
        job = backup(5, unit=JobUnit.UNITS, amount=6.0)
        book = worked(JobBook(jobs=(job,)), finished=40.0)
        assert book.jobs[0].done == 0
        assert worked(book, finished=42.0).jobs[0].done == 2


def test_jobs_and_all_that_is_decided_of_them_can_be_written_and_read() -> None:
    snapshot = look(200.0, jobs=(backup(9, maximum_per_kwh=0.2),))
    planned = PlannedJob(key="backup", price_per_kwh=0.1, feasible=True)
    ahead = Ahead(jobs={"backup": planned})
    decision, _ = decide(sunny_house(), snapshot, Memory(), ahead)
    assert decision.jobs
    assert from_json(Snapshot, to_json(snapshot)) == snapshot
    assert from_json(Decision, to_json(decision)) == decision
    assert from_json(Ahead, to_json(ahead)) == ahead
