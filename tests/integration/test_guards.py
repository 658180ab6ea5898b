"""What a guard shows of itself, and how a person re-arms one that has tripped."""

from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.components.button.const import DOMAIN as BUTTON_DOMAIN, SERVICE_PRESS
from homeassistant.components.repairs import repairs_flow_manager
from homeassistant.const import (
    ATTR_ENTITY_ID,
    STATE_OFF,
    STATE_ON,
    STATE_UNAVAILABLE,
    STATE_UNKNOWN,
    Platform,
)
from homeassistant.core import HomeAssistant, State
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import entity_registry as er, issue_registry as ir
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    snapshot_platform,
)
from syrupy.assertion import SnapshotAssertion

from .faces_common import (
    CRUNCHER,
    ENTRY,
    SWITCH,
    cruncher,
    device_of,
    home,
    pass_time,
    report_meters,
    set_up,
    state_of,
    subentry,
    until,
)
from .guard_pages import STORED, furnish
from .translations import DOMAIN

DOOR = "binary_sensor.cellar_door"
AIR = "sensor.cellar_air"
ISSUE = (DOMAIN, "guard_latched_door_id")


def door(**changes: Any) -> dict[str, Any]:
    """Return a guard over the cellar's door, which latches."""
    return subentry(
        "door_id", "guard", "Cellar door", {**STORED["condition"], **changes}
    )


def cellar(**changes: Any) -> dict[str, Any]:
    """Return a guard over the cellar's air: not above 32 °C."""
    data = {**STORED["climate"], **changes}
    return subentry("cellar_id", "guard", "Cellar air", data)


async def guarded(
    hass: HomeAssistant, *guards: dict[str, Any], **options: Any
) -> MockConfigEntry:
    """Set up a home with one worker that runs, and these guards."""
    furnish(hass)
    entry = home(cruncher(sink=None), *guards, **options)
    await set_up(hass, entry)
    await until(hass, lambda: hass.states.is_state(SWITCH, STATE_ON))
    return entry


def shown(hass: HomeAssistant, guard: str = "door_id") -> State:
    """Return the state of a guard's binary sensor."""
    return state_of(hass, "binary_sensor", guard, "tripped")


async def open_door(hass: HomeAssistant) -> None:
    """Open the door, and see the worker paused."""
    hass.states.async_set(DOOR, STATE_ON)
    await until(hass, lambda: hass.states.is_state(SWITCH, STATE_OFF))


async def trip_and_close(hass: HomeAssistant) -> None:
    """Open the door and close it again, and see that the guard waits."""
    await open_door(hass)
    hass.states.async_set(DOOR, STATE_OFF)
    await until(hass, lambda: shown(hass).attributes["latched"])


async def press_rearm(hass: HomeAssistant) -> None:
    """Press the guard's button."""
    entity_id = state_of(hass, "button", "door_id", "rearm").entity_id
    await hass.services.async_call(
        BUTTON_DOMAIN, SERVICE_PRESS, {ATTR_ENTITY_ID: entity_id}, blocking=True
    )


async def test_all_entities_of_guards(
    hass: HomeAssistant, entity_registry: er.EntityRegistry, snapshot: SnapshotAssertion
) -> None:
    furnish(hass)
    guards = [
        subentry(f"{kind}_id", "guard", kind.replace("_", " ").capitalize(), data)
        for kind, data in STORED.items()
        if kind != "battery_guard"
    ]
    quiet = next(g for g in guards if g["subentry_id"] == "quiet_id")
    quiet["data"] |= {"start": "00:00:00", "end": "00:01:00"}

    await set_up(hass, home(*guards), Platform.BINARY_SENSOR)

    await snapshot_platform(hass, entity_registry, snapshot, ENTRY)


async def test_only_a_guard_that_latches_has_a_button(hass: HomeAssistant) -> None:
    await guarded(hass, door(), cellar())

    registry = er.async_get(hass)
    assert registry.async_get_entity_id("button", DOMAIN, "door_id_rearm")
    assert not registry.async_get_entity_id("button", DOMAIN, "cellar_id_rearm")


async def test_a_guard_that_does_not_latch_any_more_loses_its_button(
    hass: HomeAssistant,
) -> None:
    entry = await guarded(hass, door())
    registry = er.async_get(hass)
    guard = entry.subentries["door_id"]

    hass.config_entries.async_update_subentry(
        entry, guard, data={**guard.data, "latching": False}
    )
    await hass.async_block_till_done()

    assert not registry.async_get_entity_id("button", DOMAIN, "door_id_rearm")
    assert registry.async_get_entity_id("binary_sensor", DOMAIN, "door_id_tripped")


async def test_a_circuits_meter_in_ampere_counts_by_its_voltage(
    hass: HomeAssistant,
) -> None:
    """16 A at 230 V and 80 %: 2944 W. 14 A are 3220 W, of which 500 W the worker's."""
    data = STORED["circuit"]
    await guarded(hass, subentry("circuit_id", "guard", "Cellar circuit", data))

    hass.states.async_set(
        "sensor.cellar_current", "14", {"unit_of_measurement": "A"}, force_update=True
    )

    await until(hass, lambda: hass.states.is_state(SWITCH, STATE_OFF))
    assert shown(hass, "circuit_id").attributes["reason"] == "circuit_limit"


async def test_a_watched_entity_that_is_renamed_is_followed(
    hass: HomeAssistant, entity_registry: er.EntityRegistry
) -> None:
    entity_registry.async_get_or_create(
        "binary_sensor", "test", "door", suggested_object_id="cellar_door"
    )
    entry = await guarded(hass, door())

    hass.states.async_remove(DOOR)
    entity_registry.async_update_entity(DOOR, new_entity_id="binary_sensor.hatch")
    hass.states.async_set("binary_sensor.hatch", STATE_OFF)
    await hass.async_block_till_done()

    assert entry.subentries["door_id"].data["watched"] == "binary_sensor.hatch"
    assert hass.states.is_state(SWITCH, STATE_ON)
    assert shown(hass).state == STATE_OFF
    hass.states.async_set("binary_sensor.hatch", STATE_ON)
    await until(hass, lambda: hass.states.is_state(SWITCH, STATE_OFF))


async def test_a_guard_whose_worker_was_deleted_is_reported(
    hass: HomeAssistant, issue_registry: ir.IssueRegistry
) -> None:
    entry = await guarded(hass, door(workers=[CRUNCHER]))
    issue = (DOMAIN, "idle_guard_door_id")
    assert issue_registry.async_get_issue(*issue) is None

    hass.config_entries.async_remove_subentry(entry, CRUNCHER)
    await hass.async_block_till_done()

    assert issue_registry.async_get_issue(*issue) is not None


async def test_a_guard_that_trips_says_why_and_since_when(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    freezer.move_to("2026-06-21 12:00:00+00:00")
    await guarded(hass, cellar())
    assert shown(hass, "cellar_id").state == STATE_OFF
    assert set(shown(hass, "cellar_id").attributes["details"] or {}) == set()

    hass.states.async_set(AIR, "33.456", {"unit_of_measurement": "°C"})
    await until(hass, lambda: hass.states.is_state(SWITCH, STATE_OFF))

    state = shown(hass, "cellar_id")
    assert state.state == STATE_ON
    assert state.attributes["reason"] == "too_warm"
    assert state.attributes["since"].startswith("2026-06-21T")
    assert state.attributes["latched"] is False
    assert state.attributes["details"]["temperature_c"] == 33.46
    reason = state_of(hass, "sensor", CRUNCHER, "reason")
    assert reason.state == "too_warm"
    assert reason.attributes["details"]["guard"] == "Cellar air"


async def test_an_entity_that_says_nothing_trips_its_guard_and_is_named(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    await guarded(hass, door())

    hass.states.async_set(DOOR, STATE_UNAVAILABLE)
    await pass_time(hass, freezer, 60)
    await until(hass, lambda: hass.states.is_state(SWITCH, STATE_OFF))

    attributes = shown(hass).attributes
    assert (attributes["reason"], attributes["latched"]) == ("input_missing", False)
    assert attributes["details"] == {"input": DOOR}


async def test_just_after_a_start_a_silent_guard_is_unknown_not_tripped(
    hass: HomeAssistant,
) -> None:
    entry = home(cruncher(sink=None), door(), grace_s=60.0)

    await set_up(hass, entry)

    assert shown(hass).state == STATE_UNKNOWN
    assert shown(hass).attributes["reason"] is None


async def test_a_guard_that_latches_keeps_its_workers_paused_until_re_armed(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    await guarded(hass, door())
    await trip_and_close(hass)

    await pass_time(hass, freezer, 300)
    assert hass.states.is_state(SWITCH, STATE_OFF)
    assert shown(hass).attributes["reason"] == "guard_latched"
    assert state_of(hass, "sensor", CRUNCHER, "reason").state == "guard_latched"

    await press_rearm(hass)

    await until(hass, lambda: hass.states.is_state(SWITCH, STATE_ON))
    assert shown(hass).state == STATE_OFF
    assert shown(hass).attributes["reason"] is None


async def test_a_door_that_is_still_open_cannot_be_re_armed(
    hass: HomeAssistant,
) -> None:
    await guarded(hass, door())
    await open_door(hass)

    with pytest.raises(ServiceValidationError) as error:
        await press_rearm(hass)
    assert error.value.translation_key == "guard_still_tripped"

    hass.states.async_set(DOOR, STATE_OFF)
    await until(hass, lambda: shown(hass).attributes["latched"])
    assert hass.states.is_state(SWITCH, STATE_OFF)


async def test_a_door_that_closed_this_instant_can_be_re_armed(
    hass: HomeAssistant,
) -> None:
    await guarded(hass, door())
    await open_door(hass)

    hass.states.async_set(DOOR, STATE_OFF)
    await press_rearm(hass)

    await until(hass, lambda: hass.states.is_state(SWITCH, STATE_ON))


async def test_an_action_re_arms_guards_by_their_devices(hass: HomeAssistant) -> None:
    await guarded(hass, door())
    await trip_and_close(hass)

    await hass.services.async_call(
        DOMAIN,
        "rearm_guard",
        {"device_id": device_of(hass, "door_id")},
        blocking=True,
    )

    await until(hass, lambda: hass.states.is_state(SWITCH, STATE_ON))


async def test_a_worker_cannot_be_re_armed(hass: HomeAssistant) -> None:
    await guarded(hass, door())

    with pytest.raises(ServiceValidationError) as error:
        await hass.services.async_call(
            DOMAIN,
            "rearm_guard",
            {"device_id": device_of(hass, CRUNCHER)},
            blocking=True,
        )

    assert error.value.translation_key == "not_a_guard"


async def test_a_repair_issue_shows_while_a_guard_waits_and_goes_once_it_is_re_armed(
    hass: HomeAssistant, issue_registry: ir.IssueRegistry
) -> None:
    await guarded(hass, door())
    await open_door(hass)
    assert issue_registry.async_get_issue(*ISSUE) is None

    hass.states.async_set(DOOR, STATE_OFF)
    await until(hass, lambda: issue_registry.async_get_issue(*ISSUE))
    assert issue_registry.issues[ISSUE].translation_placeholders == {
        "guard": "Cellar door"
    }

    await press_rearm(hass)
    await until(hass, lambda: issue_registry.async_get_issue(*ISSUE) is None)


async def test_the_issue_does_not_outlive_the_entry(
    hass: HomeAssistant, issue_registry: ir.IssueRegistry
) -> None:
    entry = await guarded(hass, door())
    await trip_and_close(hass)
    assert issue_registry.async_get_issue(*ISSUE) is not None

    await hass.config_entries.async_remove(entry.entry_id)

    assert issue_registry.async_get_issue(*ISSUE) is None


async def test_a_guard_still_waits_to_be_re_armed_after_a_reload(
    hass: HomeAssistant, issue_registry: ir.IssueRegistry
) -> None:
    entry = await guarded(hass, door())
    await trip_and_close(hass)

    await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()

    assert shown(hass).attributes["latched"] is True
    assert issue_registry.async_get_issue(*ISSUE) is not None
    assert hass.states.is_state(SWITCH, STATE_OFF)


async def repair(hass: HomeAssistant) -> Any:
    """Open the repair of the issue, and return its dialog."""
    assert await async_setup_component(hass, "repairs", {})
    manager = repairs_flow_manager(hass)
    assert manager is not None
    return await manager.async_init(DOMAIN, context={"issue_id": ISSUE[1]})


async def submit(hass: HomeAssistant, dialog: Any) -> Any:
    """Submit the dialog; return what comes of it."""
    manager = repairs_flow_manager(hass)
    assert manager is not None
    return await manager.async_configure(dialog["flow_id"], {})


async def test_the_repair_re_arms_the_guard(hass: HomeAssistant) -> None:
    await guarded(hass, door())
    await trip_and_close(hass)

    dialog = await repair(hass)
    assert dialog["type"] is FlowResultType.FORM
    assert dialog["description_placeholders"]["guard"] == "Cellar door"
    assert hass.states.is_state(SWITCH, STATE_OFF)

    assert (await submit(hass, dialog))["type"] is FlowResultType.CREATE_ENTRY
    await until(hass, lambda: hass.states.is_state(SWITCH, STATE_ON))


async def test_the_repair_says_so_if_the_door_is_open_again(
    hass: HomeAssistant,
) -> None:
    await guarded(hass, door())
    await trip_and_close(hass)
    dialog = await repair(hass)

    hass.states.async_set(DOOR, STATE_ON)
    result = await submit(hass, dialog)

    assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "still_tripped")


@pytest.mark.parametrize("whole_entry", [True, False])
async def test_a_guard_that_is_gone_meanwhile_cannot_be_re_armed(
    hass: HomeAssistant, whole_entry: bool
) -> None:
    entry = await guarded(hass, door())
    await trip_and_close(hass)
    dialog = await repair(hass)

    if whole_entry:
        await hass.config_entries.async_remove(entry.entry_id)
    else:
        hass.config_entries.async_remove_subentry(entry, "door_id")
    await hass.async_block_till_done()

    result = await submit(hass, dialog)
    assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "not_loaded")


async def test_a_guard_wins_over_what_a_person_asked_for(hass: HomeAssistant) -> None:
    entry = await guarded(hass, door())
    await entry.runtime_data.async_override(CRUNCHER, run=True)
    report_meters(hass, grid_power="1500")

    await open_door(hass)

    assert state_of(hass, "sensor", CRUNCHER, "reason").state == "tamper"
