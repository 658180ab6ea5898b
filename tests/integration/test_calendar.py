"""The plan as calendars, sensors and a response, as a person and an automation see it."""

from typing import Any
from unittest.mock import patch

from freezegun.api import FrozenDateTimeFactory
from homeassistant.const import STATE_UNAVAILABLE, STATE_UNKNOWN
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import entity_registry as er
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import async_capture_events
from syrupy.assertion import SnapshotAssertion
import yaml

from custom_components.solar_compute import coordinator as loop
from custom_components.solar_compute.const import DOMAIN
from custom_components.solar_compute.coordinator import SolarComputeCoordinator
from custom_components.solar_compute.core.job import Job, JobUnit
from custom_components.solar_compute.diagnostics import (
    async_get_config_entry_diagnostics,
)
from custom_components.solar_compute.plan_view import PlanStatus, PlanView

from . import providers
from .common import ENTRY, home, move_in, pass_time, switched
from .faces_common import device_of, state_of
from .planning import HOUR, know_the_home, planned, planning_home, sunny_days
from .providers import midnight
from .test_docs import AUTOMATIONS, blocks


@pytest.fixture(autouse=True)
async def living(hass: HomeAssistant, freezer: FrozenDateTimeFactory) -> None:
    await providers.live_at(hass, freezer, 6)


@pytest.fixture
async def coordinator(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> SolarComputeCoordinator:
    """Return a home with two plugs, and a plan that was not made by the planner."""
    entry = home(
        switched("miner", "input_boolean.miner"),
        switched("heater", "input_boolean.heater"),
        plan_ahead=False,
    )
    await move_in(hass, entry, grid_w=400)
    found: SolarComputeCoordinator = entry.runtime_data
    found.plans.view = planned()
    await pass_time(hass, freezer, 31, step=10)
    return found


async def events(hass: HomeAssistant, entity_id: str, days: int = 2) -> Any:
    answer = await hass.services.async_call(
        "calendar",
        "get_events",
        {
            "entity_id": entity_id,
            "start_date_time": midnight().isoformat(),
            "end_date_time": midnight(days).isoformat(),
        },
        blocking=True,
        return_response=True,
    )
    assert answer is not None
    return answer[entity_id]["events"]  # type: ignore[index,call-overload]


@pytest.mark.parametrize("platform", ["calendar", "sensor"])
async def test_what_is_planned_is_shown(
    hass: HomeAssistant,
    coordinator: SolarComputeCoordinator,
    entity_registry: er.EntityRegistry,
    snapshot: SnapshotAssertion,
    platform: str,
) -> None:
    shown = [
        hass.states.get(entry.entity_id)
        for entry in er.async_entries_for_config_entry(entity_registry, ENTRY)
        if entry.domain == platform
        and ("plan" in entry.unique_id or "next_start" in entry.unique_id)
    ]
    assert shown == snapshot


async def test_the_homes_calendar_has_all_runs_and_a_workers_its_own(
    hass: HomeAssistant, coordinator: SolarComputeCoordinator
) -> None:
    assert [
        (one["summary"], one["start"][11:16])
        for one in await events(hass, "calendar.home_plan")
    ] == [
        ("Miner", "10:00"),
        ("Heater", "11:00"),
        ("Miner", "12:00"),
        ("Miner", "10:00"),
    ]
    assert len(await events(hass, "calendar.heater_plan")) == 1
    assert len(await events(hass, "calendar.home_plan", days=1)) == 3


async def test_an_event_says_what_it_draws_and_brings(
    hass: HomeAssistant, coordinator: SolarComputeCoordinator
) -> None:
    [first, *_] = await events(hass, "calendar.miner_plan")
    assert first["description"] == "500 W · 1.00 kWh · +0.08 EUR"
    assert first["end"] == "2026-06-15T12:00:00+02:00"


async def test_an_event_names_the_job_that_its_run_is_for(
    hass: HomeAssistant, coordinator: SolarComputeCoordinator
) -> None:
    coordinator.jobs.submit(
        Job(
            key="render",
            worker="heater",
            name="Holiday film",
            amount=1.0,
            unit=JobUnit.HOURS,
            submitted_s=coordinator.clock_s,
            ready_by_s=coordinator.clock_s + 6 * HOUR,
        )
    )

    [event] = await events(hass, "calendar.heater_plan")

    assert event["summary"] == "Heater: Holiday film"


async def test_a_calendar_is_on_while_a_run_is_planned(
    hass: HomeAssistant,
    coordinator: SolarComputeCoordinator,
    freezer: FrozenDateTimeFactory,
) -> None:
    assert hass.states.is_state("calendar.miner_plan", "off")
    freezer.move_to("2026-06-15 08:30:00+00:00")
    await pass_time(hass, freezer, 31, step=10)
    assert hass.states.is_state("calendar.miner_plan", "on")


async def test_the_documented_automation_fires_before_a_planned_run(
    hass: HomeAssistant,
    coordinator: SolarComputeCoordinator,
    freezer: FrozenDateTimeFactory,
) -> None:
    """Copied from the cookbook as it stands, for another worker and with a meek action."""
    (code,) = [
        code
        for code in blocks(AUTOMATIONS, "yaml")
        if code.startswith("alias: Before a planned run")
    ]
    recipe = yaml.safe_load(code.replace("cruncher", "miner"))
    (step,) = recipe["actions"]
    recipe["actions"] = [{"event": "told", "event_data": step["data"]}]
    told = async_capture_events(hass, "told")
    freezer.move_to("2026-06-15 07:40:00+00:00")
    assert await async_setup_component(hass, "automation", {"automation": recipe})
    await hass.async_block_till_done()

    await pass_time(hass, freezer, 4 * 60, step=60)
    assert told == []
    await pass_time(hass, freezer, 3 * 60, step=60)

    assert [event.data["message"] for event in told] == [
        "Miner is planned to run at 10:00."
    ]
    await hass.services.async_call(
        "automation", "turn_off", {"entity_id": "all"}, blocking=True
    )


async def test_a_calendar_without_a_run_is_unavailable_while_nothing_is_decided(
    hass: HomeAssistant,
    coordinator: SolarComputeCoordinator,
    freezer: FrozenDateTimeFactory,
) -> None:
    coordinator.plans.view = PlanView(status=PlanStatus.LEARNING)
    await pass_time(hass, freezer, 31, step=10)
    assert hass.states.is_state("calendar.miner_plan", "off")
    with patch.object(loop, "decide", side_effect=ZeroDivisionError("bug")):
        await pass_time(hass, freezer, 31, step=10)
        assert hass.states.is_state("calendar.miner_plan", STATE_UNAVAILABLE)
    await pass_time(hass, freezer, 31, step=10)
    assert hass.states.is_state("calendar.miner_plan", "off")


async def test_a_run_that_goes_on_at_another_level_is_no_start(
    hass: HomeAssistant,
    coordinator: SolarComputeCoordinator,
    freezer: FrozenDateTimeFactory,
) -> None:
    assert state_of(hass, "sensor", "miner", "next_start").state == (
        "2026-06-15T08:00:00+00:00"
    )
    freezer.move_to("2026-06-15 08:30:00+00:00")
    await pass_time(hass, freezer, 31, step=10)
    assert state_of(hass, "sensor", "miner", "next_start").state == (
        "2026-06-16T08:00:00+00:00"
    )


async def test_planned_energy_is_that_of_the_next_24_hours(
    hass: HomeAssistant, coordinator: SolarComputeCoordinator
) -> None:
    """Two kilowatt-hours today; tomorrow's begin after these 24 hours."""
    assert state_of(hass, "sensor", "miner", "planned_energy").state == "2.0"
    assert state_of(hass, "sensor", ENTRY, "planned_energy").state == "2.5"


async def ask(hass: HomeAssistant, *owners: str) -> Any:
    return await hass.services.async_call(
        DOMAIN,
        "get_plan",
        {"device_id": [device_of(hass, owner) for owner in owners]},
        blocking=True,
        return_response=True,
    )


async def test_an_automation_gets_the_plan(
    hass: HomeAssistant,
    coordinator: SolarComputeCoordinator,
    snapshot: SnapshotAssertion,
) -> None:
    answer = await ask(hass, ENTRY, "miner")
    assert list(answer.values()) == snapshot


async def test_without_a_plan_the_answer_says_why(hass: HomeAssistant) -> None:
    await move_in(
        hass, home(switched("miner", "input_boolean.miner"), plan_ahead=False)
    )
    for answer in (await ask(hass, ENTRY, "miner")).values():
        assert answer["status"] == "off"
        assert answer["windows"] == []
        assert answer["made"] is None
    assert await events(hass, "calendar.home_plan") == []
    assert state_of(hass, "sensor", ENTRY, "planned_value").state == STATE_UNKNOWN
    assert state_of(hass, "sensor", "miner", "next_start").state == STATE_UNKNOWN


async def test_a_device_that_is_no_worker_has_no_plan(hass: HomeAssistant) -> None:
    always_on = switched("node", "sensor.node")
    always_on["data"] |= {"kind": "always_on", "power": None, "levels_w": [50.0]}
    await move_in(hass, home(always_on))
    with pytest.raises(ServiceValidationError):
        await ask(hass, "node")


async def test_a_planned_day_shows_everywhere(
    hass: HomeAssistant, hass_storage: dict[str, Any], freezer: FrozenDateTimeFactory
) -> None:
    """From a forecast to the calendar, with nothing made up in between."""
    know_the_home(hass_storage)
    await sunny_days(hass)
    coordinator = await planning_home(hass)
    await pass_time(hass, freezer, 31, step=10)
    assert state_of(hass, "sensor", ENTRY, "plan_status").state == "planned"
    assert float(state_of(hass, "sensor", "miner", "planned_energy").state) > 1
    assert await events(hass, "calendar.miner_plan")
    found = await async_get_config_entry_diagnostics(hass, coordinator.config_entry)
    assert found["plan"]["plan"]["windows"]
