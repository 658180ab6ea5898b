"""The home as a plan finds it."""

from dataclasses import replace
from datetime import timedelta
from math import inf
from typing import Any

import pytest

from custom_components.solar_compute.core.decide import decide
from custom_components.solar_compute.core.guard_spec import ConditionGuard, MaximumGuard
from custom_components.solar_compute.core.heat import RoomPreset, RoomSpec
from custom_components.solar_compute.core.job import Job, JobUnit
from custom_components.solar_compute.core.memory import Memory, WorkerMemory
from custom_components.solar_compute.core.model import (
    Mode,
    Override,
    Reading,
    RoomInput,
    Snapshot,
    WorkerState,
)
from custom_components.solar_compute.core.plan import Held, PlanStart, WorkerStart
from custom_components.solar_compute.core.plan_start import (
    GUARDED_S,
    plan_start,
    wishes,
)
from custom_components.solar_compute.core.purse import Purse
from custom_components.solar_compute.core.reason import ReasonCode
from custom_components.solar_compute.core.spec import DailyWindow, SiteSpec

from .guarded import guards
from .houses import (
    CLOCK_S,
    NOON,
    cruncher,
    house_with_battery,
    house_with_tank,
    look,
    paused,
    running,
    sunny_house,
)

NOW_S = NOON.timestamp()


def found(
    spec: SiteSpec, snapshot: Snapshot, memory: Memory | None = None
) -> PlanStart:
    decision, after = decide(spec, snapshot, memory or Memory())
    return plan_start(spec, snapshot, decision, after)


def worker(**changes: Any) -> WorkerStart:
    """Return a paused cruncher in the sun as a plan finds it, changed in that way."""
    start = found(sunny_house(), look(-3000, paused(**changes)))
    return start.workers["cruncher"]


def test_a_plan_counts_from_the_wall_clock() -> None:
    start = found(sunny_house(), look(-3000))
    assert start.made_s == NOW_S
    assert start.local == NOON


def test_what_battery_and_tank_hold_is_known() -> None:
    assert found(house_with_battery(), look(0, soc=50.0, battery_w=0)).stored_wh == 4000
    assert found(house_with_tank(), look(0, tank_c=48.0)).temperatures_c == {"tank": 48}


def test_a_silent_battery_is_not_known() -> None:
    assert found(house_with_battery(), look(0)).stored_wh is None


def test_a_run_goes_on_from_when_it_began() -> None:
    memory = Memory(workers={"cruncher": WorkerMemory(level=1, since_s=CLOCK_S - 600)})
    start = found(sunny_house(), look(-3000, running()), memory)
    assert start.workers["cruncher"].level == 1
    assert start.workers["cruncher"].since_s == NOW_S - 600


def test_a_worker_in_the_sun_is_the_plan_s_to_place() -> None:
    assert worker().held == ()


RENDER = Job(
    key="render",
    worker="cruncher",
    name="Render",
    amount=3.0,
    unit=JobUnit.HOURS,
    submitted_s=CLOCK_S - 60,
    ready_by_s=CLOCK_S + 7200,
)
LOST = Memory(workers={"cruncher": WorkerMemory(purse=Purse(closed=True))})
TODAY = (Held(level=0, until_s=NOW_S + 12 * 3600, reason=ReasonCode.LOST_LATELY),)


@pytest.mark.parametrize("grid_w", [-3000.0, 500.0])
def test_a_worker_that_rests_after_losses_is_not_planned_today(grid_w: float) -> None:
    start = found(sunny_house(), look(grid_w), LOST)
    assert start.workers["cruncher"].held == TODAY


def test_a_worker_that_rests_is_planned_for_a_job() -> None:
    start = found(sunny_house(), look(-3000, jobs=(RENDER,)), LOST)
    assert start.workers["cruncher"].held == ()


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"mode": Mode.OFF}, ReasonCode.MODE_OFF),
        ({"has_work": False}, ReasonCode.NO_WORK),
        ({"state": WorkerState.LOST}, ReasonCode.WORKER_LOST),
        ({"held_by_other": True}, ReasonCode.HELD_BY_OTHER),
        ({"state": WorkerState.LOST, "mode": Mode.ON}, ReasonCode.WORKER_LOST),
    ],
)
def test_a_worker_that_somebody_must_free_is_not_planned(
    changes: dict[str, Any], reason: ReasonCode
) -> None:
    assert worker(**changes).held == (Held(level=0, until_s=inf, reason=reason),)


def test_nothing_is_planned_while_automation_is_off() -> None:
    start = found(sunny_house(), look(-3000, automation=False))
    [held] = start.workers["cruncher"].held
    assert (held.level, held.until_s) == (0, inf)


def test_a_pause_by_a_person_ends_when_it_was_said_to() -> None:
    override = Override(run=False, until_s=CLOCK_S + 1800)
    [held] = worker(override=override).held
    assert (held.level, held.until_s) == (0, NOW_S + 1800)


@pytest.mark.parametrize(
    ("mode", "level", "reason"),
    [
        (Mode.OFF, 0, ReasonCode.MODE_OFF),
        (Mode.ON, 1, ReasonCode.MODE_ON),
    ],
)
def test_after_a_person_s_run_or_pause_its_mode_holds_again(
    mode: Mode, level: int, reason: ReasonCode
) -> None:
    for run in (False, True):
        override = Override(run=run, until_s=CLOCK_S + 1800)
        first, then = worker(override=override, mode=mode).held
        assert (first.level, first.until_s) == (int(run), NOW_S + 1800)
        assert then == Held(level=level, until_s=inf, reason=reason)


def test_a_worker_that_is_on_runs_for_sure() -> None:
    held = Held(level=1, until_s=inf, reason=ReasonCode.MODE_ON)
    assert worker(mode=Mode.ON).held == (held,)


def test_quiet_hours_end_by_themselves() -> None:
    quiet = cruncher(quiet_hours=(DailyWindow(start_min=660, end_min=780),))
    start = found(sunny_house(quiet), look(-3000))
    assert start.workers["cruncher"].held == ()


def test_unknown_meters_hold_a_worker_for_a_while() -> None:
    [held] = found(sunny_house(), look(None)).workers["cruncher"].held
    assert (held.level, held.until_s) == (0, NOW_S + GUARDED_S)


def test_what_a_day_may_cost_is_used_up_until_midnight() -> None:
    limit = guards(MaximumGuard(key="daily", name="Daily", cost=0.50))
    spent = paused(cost_today=0.51)
    start = found(sunny_house(guards=limit), look(-3000, spent))
    [held] = start.workers["cruncher"].held
    midnight = NOON.replace(hour=0) + timedelta(days=1)
    assert (held.level, held.until_s) == (0, midnight.timestamp())


def test_the_first_minute_after_a_restart_holds_nobody() -> None:
    start = found(sunny_house(), look(-3000, started_s=CLOCK_S - 5))
    assert start.workers["cruncher"].held == ()


def test_a_guard_holds_a_worker_that_is_on_for_a_while_only() -> None:
    vpn = guards(ConditionGuard(key="vpn", name="VPN"))
    start = found(sunny_house(guards=vpn), look(-3000, paused(mode=Mode.ON)))
    guarded, then = start.workers["cruncher"].held
    assert (guarded.level, guarded.until_s) == (0, NOW_S + GUARDED_S)
    assert then.reason is ReasonCode.MODE_ON


def test_starts_of_yesterday_do_not_count() -> None:
    today = WorkerMemory(starts=3, starts_day="2026-06-15")
    for memory, starts in ((today, 3), (replace(today, starts_day="2026-06-14"), 0)):
        start = found(sunny_house(), look(-100), Memory(workers={"cruncher": memory}))
        assert start.workers["cruncher"].starts_today == starts


def room(**changes: Any) -> PlanStart:
    study = RoomSpec(key="study", name="Study", eco_k=3.0)
    reading = RoomInput(key="study", temperature_c=Reading(19.0, CLOCK_S), target_c=21)
    return found(
        sunny_house(rooms=(study,)), look(-100, rooms=(replace(reading, **changes),))
    )


def test_a_room_is_planned_as_its_thermostat_is_set() -> None:
    assert room().targets_c == {"study": 21}
    assert room(preset=RoomPreset.ECO).targets_c == {"study": 18}
    assert room().temperatures_c == {"study": 19}


@pytest.mark.parametrize("changes", [{"heating": False}, {"window_open": True}])
def test_a_room_that_is_not_to_be_heated_is_planned_without(
    changes: dict[str, Any],
) -> None:
    assert room(**changes).temperatures_c == {}


def test_deadlines_are_on_the_wall_clock() -> None:
    [planned] = found(sunny_house(), look(-100, jobs=(RENDER,))).jobs
    assert planned.ready_by_s == NOW_S + 7200
    assert planned.submitted_s == NOW_S - 60


def test_what_a_kwh_yields_is_what_its_jobs_have_shown() -> None:
    job = Job(
        key="render",
        worker="cruncher",
        name="Render",
        amount=90.0,
        unit=JobUnit.UNITS,
        submitted_s=CLOCK_S - 7200,
        ready_by_s=CLOCK_S + 7200,
    )

    def yields(job: Job, **worker: Any) -> float | None:
        home = sunny_house(cruncher(**worker))
        start = found(home, look(-100, paused(), jobs=(job,)))
        return start.workers["cruncher"].units_per_kwh

    assert yields(job) is None
    assert yields(job, units_per_kwh=(50.0,)) == 50.0
    begun = replace(job, done=30.0, energy_wh=500.0)
    assert yields(begun, units_per_kwh=(50.0,)) == 60.0


@pytest.mark.parametrize(
    ("changes", "news"),
    [
        ({"mode": Mode.OFF}, True),
        ({"has_work": False}, True),
        ({"state": WorkerState.LOST}, True),
        ({"state": WorkerState.RUNNING, "level": 1}, False),
        ({"value_per_kwh": 0.14}, True),
        ({"value_per_kwh": 0.101}, False),
    ],
)
def test_another_plan_is_wanted_when_somebody_wants_or_can_do_something_else(
    changes: dict[str, Any], news: bool
) -> None:
    before = look(-100, paused(value_per_kwh=0.10))
    after = look(-200, paused(**{"value_per_kwh": 0.10} | changes))
    assert (wishes(before) != wishes(after)) == news
