"""Buttons: run or pause for a while, and back to automatic."""

from freezegun.api import FrozenDateTimeFactory
from homeassistant.components.button.const import DOMAIN as BUTTON_DOMAIN, SERVICE_PRESS
from homeassistant.const import ATTR_ENTITY_ID, STATE_OFF, STATE_ON, Platform
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from pytest_homeassistant_custom_component.common import snapshot_platform
from syrupy.assertion import SnapshotAssertion

from .faces_common import (
    CRUNCHER,
    ENTRY,
    SWITCH,
    boiler,
    cruncher,
    home,
    pass_time,
    report_meters,
    set_up,
    state_of,
    until,
)


async def press(hass: HomeAssistant, key: str) -> None:
    entity_id = state_of(hass, "button", CRUNCHER, key).entity_id
    await hass.services.async_call(
        BUTTON_DOMAIN, SERVICE_PRESS, {ATTR_ENTITY_ID: entity_id}, blocking=True
    )


async def test_all_buttons(
    hass: HomeAssistant, entity_registry: er.EntityRegistry, snapshot: SnapshotAssertion
) -> None:
    await set_up(hass, home(cruncher(), boiler()), Platform.BUTTON)

    await snapshot_platform(hass, entity_registry, snapshot, ENTRY)


async def test_run_runs_what_is_not_worth_it_and_back_to_automatic_ends_it(
    hass: HomeAssistant,
) -> None:
    await set_up(hass, home(cruncher(sink=None)))
    report_meters(hass, grid_power="1500")
    await until(hass, lambda: hass.states.is_state(SWITCH, STATE_OFF))

    await press(hass, "run")
    await until(hass, lambda: hass.states.is_state(SWITCH, STATE_ON))
    assert state_of(hass, "sensor", CRUNCHER, "reason").state == "override_run"

    await press(hass, "resume_automatic")
    await until(hass, lambda: hass.states.is_state(SWITCH, STATE_OFF))
    assert state_of(hass, "sensor", CRUNCHER, "reason").state == "not_worth_it"


async def test_pause_lasts_for_the_override_duration(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    coordinator = await set_up(hass, home(cruncher(), boiler()))
    await coordinator.async_set_override_duration(CRUNCHER, 120)
    await until(hass, lambda: hass.states.is_state(SWITCH, STATE_ON))

    await press(hass, "pause")
    await until(hass, lambda: hass.states.is_state(SWITCH, STATE_OFF))
    assert state_of(hass, "sensor", CRUNCHER, "reason").state == "override_pause"

    await pass_time(hass, freezer, 130)
    await until(hass, lambda: hass.states.is_state(SWITCH, STATE_ON))
    assert state_of(hass, "sensor", CRUNCHER, "reason").state == "worth_it"
