"""The automation switch pauses everything that no person asked for."""

from homeassistant.components.switch.const import DOMAIN as SWITCH_DOMAIN
from homeassistant.const import (
    ATTR_ENTITY_ID,
    SERVICE_TURN_OFF,
    SERVICE_TURN_ON,
    STATE_OFF,
    STATE_ON,
    Platform,
)
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
    set_up,
    state_of,
    until,
)


async def turn(hass: HomeAssistant, action: str) -> None:
    entity_id = state_of(hass, "switch", ENTRY, "automation").entity_id
    await hass.services.async_call(
        SWITCH_DOMAIN, action, {ATTR_ENTITY_ID: entity_id}, blocking=True
    )


async def test_all_switches(
    hass: HomeAssistant, entity_registry: er.EntityRegistry, snapshot: SnapshotAssertion
) -> None:
    await set_up(hass, home(cruncher(), boiler()), Platform.SWITCH)

    await snapshot_platform(hass, entity_registry, snapshot, ENTRY)


async def test_off_pauses_and_on_starts_again(hass: HomeAssistant) -> None:
    await set_up(hass, home(cruncher(), boiler()))
    await until(hass, lambda: hass.states.is_state(SWITCH, STATE_ON))

    await turn(hass, SERVICE_TURN_OFF)
    await until(hass, lambda: hass.states.is_state(SWITCH, STATE_OFF))

    assert state_of(hass, "switch", ENTRY, "automation").state == STATE_OFF
    assert state_of(hass, "sensor", ENTRY, "state").state == "automation_off"
    assert state_of(hass, "sensor", CRUNCHER, "reason").state == "automation_off"

    await turn(hass, SERVICE_TURN_ON)
    await until(hass, lambda: hass.states.is_state(SWITCH, STATE_ON))

    assert state_of(hass, "switch", ENTRY, "automation").state == STATE_ON


async def test_what_a_person_asked_for_goes_on_without_automation(
    hass: HomeAssistant,
) -> None:
    coordinator = await set_up(hass, home(cruncher(), boiler()))
    await coordinator.async_override(CRUNCHER, run=True)
    await until(hass, lambda: hass.states.is_state(SWITCH, STATE_ON))

    await turn(hass, SERVICE_TURN_OFF)
    await hass.async_block_till_done()

    assert hass.states.is_state(SWITCH, STATE_ON)
    assert state_of(hass, "sensor", CRUNCHER, "reason").state == "override_run"
