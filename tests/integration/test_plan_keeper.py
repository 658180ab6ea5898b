"""A plan comes, is told to decisions, is made anew, and is dropped when it is too old."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
import threading
import time
from typing import Any
from unittest.mock import patch

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
import pytest

from custom_components.solar_compute import coordinator as loop
from custom_components.solar_compute.const import DOMAIN
from custom_components.solar_compute.coordinator import SolarComputeCoordinator
from custom_components.solar_compute.core.ahead import NOTHING_AHEAD
from custom_components.solar_compute.core.model import Mode
from custom_components.solar_compute.plan_view import PlanStatus

from . import providers
from .common import home as house, meter, move_in, pass_time, switched
from .faces_common import device_of, submit
from .planning import know_the_home, plan, planning_home, sunny_days, told
from .providers import midnight, steps

MAKE_PLAN = "custom_components.solar_compute.core.plan_ahead.make_plan"
SOC = {"unit_of_measurement": "%"}
BATTERY = {
    "has_battery": True,
    "battery_power": ["sensor.battery"],
    "battery_soc": "sensor.soc",
    "battery_capacity_kwh": 8.0,
    "battery_charge_w": 4000.0,
    "battery_discharge_w": 4000.0,
    "battery_round_trip_percent": 90.0,
    "battery_reserve_soc": 10.0,
    "battery_wear_per_kwh": 0.05,
}


def real_s() -> float:
    """Return the time of a clock that is not frozen."""
    return time.clock_gettime(time.CLOCK_MONOTONIC)


def loop_s() -> float:
    """Return for how long the processor has worked for this thread."""
    return time.clock_gettime(time.CLOCK_THREAD_CPUTIME_ID)


@pytest.fixture(autouse=True)
async def home(hass: HomeAssistant, freezer: FrozenDateTimeFactory) -> None:
    await providers.live_at(hass, freezer, 3)


async def test_a_sunny_day_is_planned_for_the_sun(
    hass: HomeAssistant, hass_storage: dict[str, Any]
) -> None:
    know_the_home(hass_storage)
    await sunny_days(hass)
    coordinator = await planning_home(hass)
    view = coordinator.plans.view
    assert view.status is PlanStatus.PLANNED
    assert view.plan is not None
    assert view.plan.expected.sources["balance"] == "forecast"
    start_s = view.next_start_s("miner", coordinator.data.snapshot.local.timestamp())
    assert start_s is not None
    assert 7 <= (start_s - midnight().timestamp()) / 3600 <= 11
    assert (view.value() or 0) > 0


async def test_decisions_hear_of_the_plan(
    hass: HomeAssistant, hass_storage: dict[str, Any]
) -> None:
    know_the_home(hass_storage)
    await sunny_days(hass)
    hass.states.async_set("sensor.soc", "50", SOC)
    meter(hass, 0, "sensor.battery")
    coordinator = await planning_home(hass, data=BATTERY)
    known = coordinator.foresight.ahead(coordinator.data.snapshot)
    assert known.stored is not None
    assert known.hours_w is not None
    assert max(known.hours_w) > 2000
    assert known.hours_per_kwh is None


async def test_without_a_forecast_the_mean_day_is_planned_and_decisions_go_by_the_rule(
    hass: HomeAssistant, hass_storage: dict[str, Any]
) -> None:
    know_the_home(hass_storage)
    coordinator = await planning_home(hass)
    assert coordinator.plans.view.status is PlanStatus.NO_FORECAST
    assert coordinator.plans.view.plan is not None
    assert coordinator.foresight.ahead(coordinator.data.snapshot) == NOTHING_AHEAD


async def test_a_new_home_is_not_planned_until_it_is_known(
    hass: HomeAssistant,
) -> None:
    await sunny_days(hass)
    coordinator = await planning_home(hass)
    assert coordinator.plans.view.status is PlanStatus.LEARNING
    assert coordinator.plans.view.plan is None


async def test_who_wants_no_plan_has_none(
    hass: HomeAssistant, hass_storage: dict[str, Any]
) -> None:
    know_the_home(hass_storage)
    provider = await sunny_days(hass)
    coordinator = await planning_home(hass, plan_ahead=False)
    assert coordinator.plans.view.status is PlanStatus.OFF
    provider.assert_not_awaited()


async def test_a_plan_is_made_anew_every_quarter_of_an_hour(
    hass: HomeAssistant, hass_storage: dict[str, Any], freezer: FrozenDateTimeFactory
) -> None:
    know_the_home(hass_storage)
    await sunny_days(hass)
    coordinator = await planning_home(hass)
    first = coordinator.plans.view.plan
    assert first is not None
    await pass_time(hass, freezer, 16 * 60, step=60)
    await plan(hass)
    second = coordinator.plans.view.plan
    assert second is not None
    assert second.made_s - first.made_s == pytest.approx(900, abs=70)


async def test_what_a_person_wants_makes_a_new_plan(
    hass: HomeAssistant, hass_storage: dict[str, Any], freezer: FrozenDateTimeFactory
) -> None:
    know_the_home(hass_storage)
    await sunny_days(hass)
    coordinator = await planning_home(hass)
    assert coordinator.plans.view.windows("miner")
    await pass_time(hass, freezer, 61, step=10)
    await coordinator.async_set_mode("miner", Mode.OFF)
    await plan(hass)
    assert coordinator.plans.view.status is PlanStatus.PLANNED
    assert not coordinator.plans.view.windows("miner")
    assert await held(hass) == [{"level": 0, "until": None, "reason": "mode_off"}]


async def test_a_run_for_a_while_is_in_the_plan_and_says_so(
    hass: HomeAssistant, hass_storage: dict[str, Any], freezer: FrozenDateTimeFactory
) -> None:
    know_the_home(hass_storage)
    coordinator = await planning_home(hass)
    assert not coordinator.plans.view.windows("miner")
    await pass_time(hass, freezer, 61, step=10)
    await hass.services.async_call(
        DOMAIN,
        "run",
        {"device_id": device_of(hass, "miner"), "duration": {"hours": 2}},
        blocking=True,
    )
    await plan(hass)
    [window] = coordinator.plans.view.windows("miner")
    assert (window.end_s - window.start_s) / 3600 == pytest.approx(2, abs=0.2)
    [only] = await held(hass)
    assert (only["level"], only["reason"]) == (1, "override_run")
    until = datetime.fromisoformat(only["until"])
    assert until - freezer().astimezone(UTC) == pytest.approx(
        timedelta(hours=2), abs=timedelta(minutes=2)
    )


async def held(hass: HomeAssistant) -> list[dict[str, Any]]:
    """Return what the action says that holds the miner."""
    found: list[dict[str, Any]] = (await told(hass, "miner"))["held"]
    return found


async def test_a_home_whose_first_decision_failed_is_planned_after_the_next(
    hass: HomeAssistant, hass_storage: dict[str, Any], freezer: FrozenDateTimeFactory
) -> None:
    know_the_home(hass_storage)
    await sunny_days(hass)
    with patch.object(loop, "decide", side_effect=ZeroDivisionError("bug")):
        coordinator = await planning_home(hass)
    first = coordinator.plans.view
    assert first.status is PlanStatus.STARTING
    await pass_time(hass, freezer, 75, step=15)
    await plan(hass)
    assert coordinator.plans.view.status is PlanStatus.PLANNED


async def test_a_job_is_planned_and_decisions_hear_its_price(
    hass: HomeAssistant, hass_storage: dict[str, Any], freezer: FrozenDateTimeFactory
) -> None:
    know_the_home(hass_storage)
    await sunny_days(hass, peak_wh=300.0)
    coordinator = await planning_home(hass)
    await pass_time(hass, freezer, 61, step=10)
    assert not coordinator.plans.view.windows("miner")
    await submit(
        hass,
        "miner",
        name="Render",
        hours=2,
        ready_by=(midnight() + timedelta(hours=18)).isoformat(),
    )
    await plan(hass)
    made = coordinator.plans.view.plan
    assert made is not None
    [job] = made.jobs
    hours = [
        (window.end_s - window.start_s) / 3600
        for window in coordinator.plans.view.windows("miner")
    ]
    assert job.feasible
    assert sum(hours) == pytest.approx(2, abs=0.3)
    known = coordinator.foresight.ahead(coordinator.data.snapshot)
    assert known.jobs == {job.key: job}


async def test_a_plan_is_dropped_when_nobody_makes_another(
    hass: HomeAssistant, hass_storage: dict[str, Any], freezer: FrozenDateTimeFactory
) -> None:
    know_the_home(hass_storage)
    await sunny_days(hass)
    coordinator = await planning_home(hass)
    with patch(MAKE_PLAN, side_effect=RuntimeError("no idea")):
        await pass_time(hass, freezer, 30 * 60, step=60)
        await plan(hass)
        assert coordinator.plans.view.status is PlanStatus.FAILED
        assert coordinator.foresight.ahead(coordinator.data.snapshot) != NOTHING_AHEAD
        await pass_time(hass, freezer, 40 * 60, step=60)
        await plan(hass)
    assert coordinator.plans.view.plan is None
    assert coordinator.foresight.ahead(coordinator.data.snapshot) == NOTHING_AHEAD


async def test_a_planner_that_fails_is_logged_once_and_stops_nothing(
    hass: HomeAssistant,
    hass_storage: dict[str, Any],
    freezer: FrozenDateTimeFactory,
    caplog: pytest.LogCaptureFixture,
) -> None:
    know_the_home(hass_storage)
    await sunny_days(hass)
    with patch(MAKE_PLAN, side_effect=RuntimeError("no idea")):
        coordinator = await planning_home(hass, grid_w=-3000)
        await pass_time(hass, freezer, 35 * 60, step=60)
        await plan(hass)
    meter(hass, -3000)
    await pass_time(hass, freezer, 2)
    assert caplog.text.count("No plan can be made") == 1
    assert coordinator.last_update_success
    assert hass.states.is_state("input_boolean.miner", "on")


async def test_a_home_without_numpy_goes_on_without_plans(
    hass: HomeAssistant, hass_storage: dict[str, Any]
) -> None:
    know_the_home(hass_storage)
    with patch(
        "custom_components.solar_compute.plan_keeper.async_import_module",
        side_effect=ImportError("no numpy"),
    ):
        coordinator = await planning_home(hass, grid_w=-3000)
    assert coordinator.plans.view.status is PlanStatus.FAILED
    assert hass.states.is_state("input_boolean.miner", "on")


async def test_what_the_home_has_left_beyond_the_forecast_is_learned_and_kept(
    hass: HomeAssistant, hass_storage: dict[str, Any], freezer: FrozenDateTimeFactory
) -> None:
    await sunny_days(hass)
    coordinator = await planning_home(hass, grid_w=1000)
    for _ in range(32):
        freezer.tick(240)
        meter(hass, 1000)
        await pass_time(hass, freezer, 1)
    learned = coordinator.to_store().rest
    # At six o'clock the forecast is still 400 W, and the home has −1 kW.
    assert learned.hours[6].days == 1
    assert learned.hours[6].mean_w == pytest.approx(
        -1000 - providers.bell_wh(midnight() + timedelta(hours=6)), abs=30
    )


async def test_planning_goes_on_after_a_reload_with_what_was_learned(
    hass: HomeAssistant, hass_storage: dict[str, Any]
) -> None:
    know_the_home(hass_storage)
    await sunny_days(hass)
    before = await planning_home(hass)
    assert await hass.config_entries.async_reload(before.config_entry.entry_id)
    await plan(hass)
    after: SolarComputeCoordinator = before.config_entry.runtime_data
    assert after is not before
    assert after.plans.view.status is PlanStatus.PLANNED
    assert after.plans.rest.hours == before.plans.rest.hours
    assert after.plans.view.windows() == before.plans.view.windows()


async def test_planning_ends_with_the_entry(
    hass: HomeAssistant, hass_storage: dict[str, Any]
) -> None:
    know_the_home(hass_storage)
    provider = await sunny_days(hass)
    coordinator = await planning_home(hass)
    assert await hass.config_entries.async_unload(coordinator.config_entry.entry_id)
    provider.reset_mock()
    await coordinator.plans._async_plan()
    await plan(hass)
    provider.assert_not_awaited()


async def test_a_plan_that_takes_its_time_keeps_nobody_waiting(
    hass: HomeAssistant, hass_storage: dict[str, Any]
) -> None:
    """The event loop turns on, in less than 20 ms, whatever a plan takes."""
    know_the_home(hass_storage)
    await sunny_days(hass)
    coordinator = await planning_home(hass)

    def slow(*args: Any, **more: Any) -> None:
        ends_s = real_s() + 0.5
        while real_s() < ends_s:
            sum(range(1000))

    turns_s = []
    with patch(MAKE_PLAN, side_effect=slow):
        planning = hass.async_create_task(coordinator.plans._async_plan())
        while not planning.done():
            began_s = real_s()
            await asyncio.sleep(0)
            turns_s.append(real_s() - began_s)
    assert sum(turns_s) > 0.4
    # A busy machine may hold up any of them.
    assert sorted(turns_s)[len(turns_s) * 95 // 100] < 0.02


async def test_planning_for_ten_workers_takes_less_than_20_ms_of_the_loop_at_a_time(
    hass: HomeAssistant, hass_storage: dict[str, Any], freezer: FrozenDateTimeFactory
) -> None:
    """By the processor's time of its thread, which no other work on the machine moves."""
    quarter = timedelta(minutes=15)
    rows = [
        {"start": moment, "end": moment + quarter, "value": 0.2 + moment.hour / 100}
        for moment in steps(midnight(), midnight(2), quarter)
    ]
    shown = {"unit_of_measurement": "EUR/kWh", "raw_today": rows}
    hass.states.async_set("sensor.price", "0.25", shown)
    know_the_home(hass_storage)
    await providers.forecast_by(hass, {"wh_hours": providers.sun_rows(days=7)})
    workers = [
        switched(f"w{number}", f"input_boolean.w{number}") for number in range(10)
    ]
    for number in range(10):
        hass.states.async_set(f"input_boolean.w{number}", "off")
    entry = house(*workers, data={"import_price_entity": "sensor.price"})
    await move_in(hass, entry, grid_w=400)
    await plan(hass)
    first = entry.runtime_data.plans.view.plan
    assert first is not None
    await pass_time(hass, freezer, 14 * 60, step=120)

    turns_s: list[float] = []
    turn = asyncio.Handle._run

    def timed(handle: asyncio.Handle) -> None:
        began_s = loop_s()
        turn(handle)
        turns_s.append(loop_s() - began_s)

    with patch.object(asyncio.Handle, "_run", timed):
        entry.runtime_data.plans.request()
        await plan(hass)
    second = entry.runtime_data.plans.view.plan
    assert second is not None
    assert second.made_s > first.made_s
    assert len({window.worker for window in second.windows}) > 3
    assert max(turns_s) < 0.02


async def test_a_search_has_its_seconds_also_where_a_day_passes_in_minutes(
    hass: HomeAssistant, hass_storage: dict[str, Any]
) -> None:
    know_the_home(hass_storage)
    await sunny_days(hass)
    coordinator = await planning_home(hass)
    clock = coordinator.plans._clock
    over = []

    def searched(*args: Any, out_of_time: Callable[[], bool], **more: Any) -> None:
        with patch.object(clock, "now_s", return_value=clock.now_s() + 60):
            over.append(out_of_time())

    with patch(MAKE_PLAN, side_effect=searched):
        await coordinator.plans._async_plan()
    assert over == [False]


async def test_a_plan_of_a_home_that_is_being_unloaded_ends_at_once(
    hass: HomeAssistant, hass_storage: dict[str, Any]
) -> None:
    know_the_home(hass_storage)
    await sunny_days(hass)
    coordinator = await planning_home(hass)
    before = coordinator.plans.view

    def endless(*args: Any, out_of_time: Callable[[], bool], **more: Any) -> None:
        began.set()
        while not out_of_time():
            pass

    began = threading.Event()
    with patch(MAKE_PLAN, side_effect=endless):
        planning = hass.async_create_task(coordinator.plans._async_plan())
        while not began.is_set():
            await asyncio.sleep(0)
        assert await hass.config_entries.async_unload(coordinator.config_entry.entry_id)
        await planning
    assert coordinator.plans.view == before
