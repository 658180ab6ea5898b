"""Automations that a person clicks together: our triggers, conditions and events."""

from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.const import STATE_OFF, STATE_ON, STATE_UNKNOWN, Platform
from homeassistant.core import Event, HomeAssistant
from homeassistant.helpers import entity_registry as er
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import (
    async_capture_events,
    snapshot_platform,
)
from syrupy.assertion import SnapshotAssertion

from .faces_common import (
    CRUNCHER,
    ENTRY,
    SWITCH,
    TANK,
    boiler,
    cruncher,
    device_of,
    home,
    pass_time,
    report_meters,
    set_up,
    state_of,
    submit,
    until,
)
from .guarded import door, guarded, open_door
from .translations import DOMAIN

TOLD = "told_by_automation"
SUNNY, DARK = "-2000", "1500"


async def automate(
    hass: HomeAssistant,
    trigger: str,
    owner: str = CRUNCHER,
    *,
    condition: str | None = None,
    **options: Any,
) -> list[Event[Any]]:
    """Return what an automation tells that is triggered by something of one device."""
    told: list[Event[Any]] = async_capture_events(hass, TOLD)
    target = {"device_id": device_of(hass, owner)}
    only_if = {"condition": f"{DOMAIN}.{condition}", "target": target}
    automation = {
        "alias": trigger,
        "triggers": {
            "trigger": f"{DOMAIN}.{trigger}",
            "target": target,
            "options": options,
        },
        "conditions": [only_if | {"options": {"behavior": "any"}}] if condition else [],
        "actions": {
            "event": TOLD,
            "event_data": {
                "reason": "{{ trigger.to_state.attributes.get('reason') }}",
                "what": "{{ trigger.to_state.attributes.get('event_type') }}",
                "job": "{{ trigger.to_state.attributes.get('name') }}",
            },
        },
    }
    assert await async_setup_component(hass, "automation", {"automation": automation})
    await hass.async_block_till_done()
    (entity_id,) = hass.states.async_entity_ids("automation")
    assert hass.states.is_state(entity_id, STATE_ON), "the automation is not valid"
    return told


async def test_the_event_entity_of_a_worker(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    entity_registry: er.EntityRegistry,
    snapshot: SnapshotAssertion,
) -> None:
    freezer.move_to("2026-06-21 12:00:00+02:00")
    await set_up(hass, home(cruncher(sink=None)), Platform.EVENT)
    await until(hass, lambda: hass.states.is_state(SWITCH, STATE_ON))
    await pass_time(hass, freezer, 60)

    await snapshot_platform(hass, entity_registry, snapshot, ENTRY)


async def test_somebody_is_told_that_a_worker_has_started_and_why(
    hass: HomeAssistant,
) -> None:
    await set_up(hass, home(cruncher(sink=None)))
    await until(hass, lambda: hass.states.is_state(SWITCH, STATE_ON))
    report_meters(hass, grid_power=DARK)
    await until(hass, lambda: hass.states.is_state(SWITCH, STATE_OFF))
    told = await automate(hass, "worker_started")

    report_meters(hass, grid_power=SUNNY)
    await until(hass, lambda: told)

    assert told[0].data["reason"] == "worth_it"
    assert len(told) == 1


@pytest.mark.parametrize(
    ("reasons", "times"),
    [
        ([], 1),
        (["not_worth_it"], 1),
        (["no_work", "not_worth_it"], 1),
        (["mode_off"], 0),
    ],
)
async def test_a_pause_can_be_told_of_for_some_reasons_only(
    hass: HomeAssistant, reasons: list[str], times: int
) -> None:
    await set_up(hass, home(cruncher(sink=None)))
    await until(hass, lambda: running(hass) == STATE_ON)
    told = await automate(hass, "worker_paused", reason=reasons)

    report_meters(hass, grid_power=DARK)
    await until(hass, lambda: running(hass) == STATE_OFF)
    await hass.async_block_till_done()

    assert [event.data["reason"] for event in told] == ["not_worth_it"] * times


def running(hass: HomeAssistant) -> str:
    return state_of(hass, "binary_sensor", CRUNCHER, "running").state


async def test_a_worker_that_is_lost_and_found_is_told_of(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    await set_up(hass, home(cruncher(sink=None)))
    await until(hass, lambda: running(hass) == STATE_ON)
    told = await automate(hass, "worker_lost")

    hass.states.async_set(SWITCH, "unavailable")
    await pass_time(hass, freezer, 60)
    assert [event.data["what"] for event in told] == ["lost"]
    hass.states.async_set(SWITCH, STATE_ON)
    await pass_time(hass, freezer, 60)

    assert len(told) == 1
    activity = state_of(hass, "event", CRUNCHER, "activity")
    assert activity.attributes["event_type"] == "found"


async def test_a_restart_is_no_news(hass: HomeAssistant) -> None:
    entry = home(cruncher(sink=None))
    await set_up(hass, entry)
    await until(hass, lambda: running(hass) == STATE_ON)
    told = await automate(hass, "worker_started")
    before = state_of(hass, "event", CRUNCHER, "activity")

    await hass.config_entries.async_reload(entry.entry_id)
    await until(hass, lambda: running(hass) == STATE_ON)

    assert told == []
    after = state_of(hass, "event", CRUNCHER, "activity")
    assert after.attributes["event_type"] == before.attributes["event_type"]


async def test_a_job_that_is_done_is_told_of_by_its_worker(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    freezer.move_to("2026-06-21 20:00:00+00:00")
    await hass.config.async_set_time_zone("UTC")
    await set_up(hass, home(cruncher(sink=None)))
    told = await automate(hass, "job_done")

    await submit(hass, CRUNCHER, name="Backup", ready_by="20:30:00", energy=0.05)
    await pass_time(hass, freezer, 480)

    assert [event.data["job"] for event in told] == ["Backup"]


async def test_surplus_that_is_enough_for_a_worker_is_told_of_though_it_is_off(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    await set_up(hass, home(cruncher(sink=None)))
    await hass.services.async_call(
        "switch",
        "turn_off",
        {"entity_id": state_of(hass, "switch", ENTRY, "automation").entity_id},
        blocking=True,
    )
    await pass_time(hass, freezer, 60, grid_power=DARK)
    assert worth_running(hass) == STATE_OFF
    told = await automate(hass, "worth_running")

    await pass_time(hass, freezer, 60, grid_power=SUNNY)

    assert len(told) == 1
    assert hass.states.is_state(SWITCH, STATE_OFF)


def worth_running(hass: HomeAssistant) -> str:
    return state_of(hass, "binary_sensor", CRUNCHER, "worth_running").state


async def test_demand_for_heat_begins_a_kelvin_below_the_target_and_ends_at_it(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    await set_up(hass, home(boiler()))
    await pass_time(hass, freezer, 40, tank_temperature="60")
    began = await automate(hass, "heat_demand_began", TANK)
    seen = []

    for tank_c in ("54.5", "53.5", "54.5", "55.0"):
        await pass_time(hass, freezer, 40, tank_temperature=tank_c)
        seen.append(state_of(hass, "binary_sensor", TANK, "heat_needed").state)

    assert seen == [STATE_OFF, STATE_ON, STATE_ON, STATE_OFF]
    assert len(began) == 1


async def test_demand_for_heat_goes_on_after_a_gap_in_its_temperature(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    await set_up(hass, home(boiler()))
    await pass_time(hass, freezer, 40, tank_temperature="60")
    seen = []

    for tank_c, seconds in (
        ("53.5", 40),
        ("54.5", 40),
        ("unavailable", 900),
        ("54.5", 40),
    ):
        await pass_time(hass, freezer, seconds, tank_temperature=tank_c)
        seen.append(state_of(hass, "binary_sensor", TANK, "heat_needed").state)

    assert seen == [STATE_ON, STATE_ON, STATE_UNKNOWN, STATE_ON]


async def test_a_guard_that_trips_is_told_of(hass: HomeAssistant) -> None:
    await guarded(hass, door())
    told = await automate(hass, "guard_tripped", "door_id")

    await open_door(hass)

    await until(hass, lambda: told)
    assert len(told) == 1


@pytest.mark.parametrize(
    ("condition", "grid_w", "passes"),
    [
        ("is_running", SUNNY, True),
        ("is_paused", SUNNY, False),
        ("is_worth_running", SUNNY, True),
        ("is_on_pure_surplus", SUNNY, True),
        ("is_on_pure_surplus", "300", False),
    ],
)
async def test_conditions_hold_while_a_worker_lives_on_sun(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    condition: str,
    grid_w: str,
    passes: bool,
) -> None:
    # It is worth more than what is bought.
    await set_up(hass, home(cruncher(sink=None, value_per_kwh=1.0)))
    await until(hass, lambda: running(hass) == STATE_ON)
    await pass_time(hass, freezer, 60, grid_power=grid_w)
    told = async_capture_events(hass, TOLD)
    target = {"device_id": device_of(hass, CRUNCHER)}
    await async_setup_component(
        hass,
        "automation",
        {
            "automation": {
                "alias": condition,
                "triggers": {"trigger": "event", "event_type": "asked"},
                "conditions": {
                    "condition": f"{DOMAIN}.{condition}",
                    "target": target,
                    "options": {"behavior": "any"},
                },
                "actions": {"event": TOLD},
            }
        },
    )
    await hass.async_block_till_done()

    hass.bus.async_fire("asked")
    await hass.async_block_till_done()

    assert len(told) == passes


async def test_what_belongs_to_others_is_left_out(
    hass: HomeAssistant, entity_registry: er.EntityRegistry
) -> None:
    await set_up(hass, home(cruncher(sink=None)))
    stranger = entity_registry.async_get_or_create(
        "binary_sensor",
        "stranger",
        "tripped",
        device_id=device_of(hass, CRUNCHER),
        translation_key="worth_running",
    )
    hass.states.async_set(stranger.entity_id, STATE_OFF)
    told = await automate(hass, "worth_running")

    hass.states.async_set(stranger.entity_id, STATE_ON)
    await hass.async_block_till_done()

    assert told == []
