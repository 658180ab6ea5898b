"""Jobs come, are worked on, and are met or missed when they are due."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from benchmarks.deadlines import JobSpec, jobs_due
from benchmarks.engine import Moment, Order, Run, Stage, replay
from benchmarks.last_minute import LastMinute
from benchmarks.plain import AlwaysOn, Off
from benchmarks.replay import report
from custom_components.solar_compute.core.job import JobUnit

from .traces import stage_of, trace_of

EVENING = 400.0
JOB = {"worker": "cruncher", "kwh": 1, "ready_by": "18:00", "value": 2.0}


def stage_with(*jobs: dict[str, Any], days: int = 3, **changes: Any) -> Stage:
    """Return days from 8 in the morning on, in quarters of an hour."""
    trace = trace_of([EVENING] * 96 * days, 900)
    return stage_of(trace, jobs=list(jobs), **changes)


class At:
    """Runs in these quarters of an hour."""

    def __init__(self, quarters: Sequence[int]) -> None:
        self._quarters = frozenset(quarters)
        self._index = -1
        self.jobs: list[tuple[str, ...]] = []

    def orders(self, moment: Moment) -> Mapping[str, Order]:
        self._index += 1
        self.jobs.append(tuple(job.key for job in moment.jobs))
        return {
            worker.key: Order(int(self._index in self._quarters))
            for worker in moment.spec.workers
        }


def jobs(run: Run) -> tuple[int, int]:
    return run.jobs_met, run.jobs_missed


def test_a_daily_job_comes_when_the_one_before_it_is_due() -> None:
    stage = stage_with(JOB, days=4)
    assert [(item.first, item.end) for item in stage.jobs] == [
        (40, 136), (136, 232), (232, 328),
    ]  # fmt: skip
    weekly = JOB | {"within_days": 2, "repeats": False}
    assert [(item.first, item.end) for item in stage_with(weekly, days=6).jobs] == [
        (40, 232)
    ]


def test_a_met_job_is_worth_its_value_and_a_missed_one_nothing() -> None:
    stage = stage_with(JOB)
    # 1 kWh at 500 W are eight quarters, of which the second job gets seven.
    met, missed, off = (
        replay(stage, At(quarters))
        for quarters in (range(50, 58), range(140, 147), range(0))
    )
    assert (jobs(met), jobs(missed), jobs(off)) == ((1, 1), (0, 2), (0, 2))
    per_kwh = 0.15 - 0.30
    assert met.total - off.total == pytest.approx(2 + per_kwh * 1 - 0.005)
    assert missed.total - off.total == pytest.approx(per_kwh * 0.875 - 0.005)


def test_a_job_is_open_from_when_it_comes_until_it_is_done() -> None:
    policy = At(range(50, 58))
    replay(stage_with(JOB), policy)
    assert not any(policy.jobs[:40])
    assert all(policy.jobs[40:58])
    assert not any(policy.jobs[58:136])
    assert all(policy.jobs[136:232])


def test_hours_count_at_any_level_and_the_first_due_comes_first() -> None:
    first = {"worker": "cruncher", "hours": 1, "ready_by": "18:00"}
    second = first | {"ready_by": "20:00"}
    stage = stage_with(second, first, levels_w=[100, 500])
    assert jobs(replay(stage, At(range(50, 54)))) == (1, 3)
    assert jobs(replay(stage, At(range(50, 58)))) == (2, 2)


def test_the_days_to_learn_from_count_no_jobs() -> None:
    stage = stage_with(JOB, days=4, learn_days=1)
    assert [item.first for item in stage.jobs] == [136, 232]
    assert jobs(replay(stage, AlwaysOn())) == (2, 0)


def test_a_policy_that_knows_no_jobs_meets_them_at_the_last_minute() -> None:
    stage = stage_with(JOB | {"ready_by": "18:00"})
    run = replay(stage, LastMinute(Off()))
    assert jobs(run) == (2, 0)
    assert run.violations == 0
    started = [step[0] for step in run.levels].index(1)
    assert 136 - 8 - 4 <= started < 136 - 8
    assert run.run_s == 2 * 2 * 3600


def test_a_job_that_cannot_be_done_any_more_is_given_up() -> None:
    stage = stage_with(JOB | {"kwh": 20})
    run = replay(stage, LastMinute(Off()))
    assert run.starts == 0
    assert jobs(run) == (0, 2)


def test_the_report_helps_every_policy_but_off() -> None:
    trace = trace_of([EVENING] * 96 * 3, 900)
    result = report(trace, stage_with(JOB, min_pause_s=0))
    assert result["bound"]["kind"] in ("milp_bound", "none")
    met = {name: item["jobs"] for name, item in result["policies"].items()}
    assert met.pop("off") == {"met": 0, "missed": 2}
    assert all(counts == {"met": 2, "missed": 0} for counts in met.values())


def test_an_hour_that_comes_twice_is_no_second_day() -> None:
    start = datetime(2026, 10, 24, 6, tzinfo=UTC)
    zone = ZoneInfo("Europe/Berlin")
    locals_ = [
        (start + timedelta(minutes=15 * index)).astimezone(zone)
        for index in range(96 * 2)
    ]
    spec = JobSpec(
        worker="cruncher", amount=1, unit=JobUnit.KWH, ready_by_min=2 * 60 + 30
    )
    (job,) = jobs_due([spec], locals_, 900, 0)
    # It comes on Sunday, at the first of two times half past two.
    assert locals_[job.first].isoformat() == "2026-10-25T02:30:00+02:00"
    assert locals_[job.end].isoformat() == "2026-10-26T02:30:00+01:00"
