"""A guard that latches waits for a person: what shows that, and what ends it."""

from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.components.button.const import DOMAIN as BUTTON_DOMAIN, SERVICE_PRESS
from homeassistant.components.repairs import repairs_flow_manager
from homeassistant.const import ATTR_ENTITY_ID, STATE_OFF, STATE_ON
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import entity_registry as er, issue_registry as ir
from homeassistant.setup import async_setup_component
import pytest

from .faces_common import CRUNCHER, SWITCH, device_of, pass_time, state_of, until
from .guarded import DOOR, cellar, door, guarded, open_door, shown
from .translations import DOMAIN

ISSUE = (DOMAIN, "guard_latched_door_id")


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
