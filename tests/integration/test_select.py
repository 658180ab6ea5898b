"""The mode of a worker: automatic, on, off."""

from homeassistant.components.select import (
    ATTR_OPTION,
    DOMAIN as SELECT_DOMAIN,
    SERVICE_SELECT_OPTION,
)
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
    report_meters,
    set_up,
    state_of,
    until,
)


async def choose(hass: HomeAssistant, mode: str) -> None:
    entity_id = state_of(hass, "select", CRUNCHER, "mode").entity_id
    await hass.services.async_call(
        SELECT_DOMAIN,
        SERVICE_SELECT_OPTION,
        {ATTR_ENTITY_ID: entity_id, ATTR_OPTION: mode},
        blocking=True,
    )


async def test_all_selects(
    hass: HomeAssistant, entity_registry: er.EntityRegistry, snapshot: SnapshotAssertion
) -> None:
    await set_up(hass, home(cruncher(), boiler()), Platform.SELECT)

    await snapshot_platform(hass, entity_registry, snapshot, ENTRY)


async def test_on_runs_a_worker_that_is_not_worth_it(hass: HomeAssistant) -> None:
    await set_up(hass, home(cruncher(sink=None)))
    report_meters(hass, grid_power="1500")
    await until(hass, lambda: hass.states.is_state(SWITCH, STATE_OFF))

    await choose(hass, "on")
    await until(hass, lambda: hass.states.is_state(SWITCH, STATE_ON))

    assert state_of(hass, "select", CRUNCHER, "mode").state == "on"
    assert state_of(hass, "sensor", CRUNCHER, "reason").state == "mode_on"


async def test_off_pauses_a_worker_that_is_worth_it(hass: HomeAssistant) -> None:
    await set_up(hass, home(cruncher(), boiler()))
    await until(hass, lambda: hass.states.is_state(SWITCH, STATE_ON))

    await choose(hass, "off")
    await until(hass, lambda: hass.states.is_state(SWITCH, STATE_OFF))

    assert state_of(hass, "sensor", CRUNCHER, "reason").state == "mode_off"


async def test_the_mode_survives_a_reload(hass: HomeAssistant) -> None:
    await set_up(hass, home(cruncher(), boiler()))
    await choose(hass, "off")

    assert await hass.config_entries.async_reload(ENTRY)
    await hass.async_block_till_done()

    assert state_of(hass, "select", CRUNCHER, "mode").state == "off"
