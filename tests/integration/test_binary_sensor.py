"""Binary sensors say whether a worker really runs, and whether it obeys."""

from freezegun.api import FrozenDateTimeFactory
from homeassistant.const import STATE_OFF, STATE_ON, STATE_UNKNOWN, Platform
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from pytest_homeassistant_custom_component.common import snapshot_platform
from pytest_homeassistant_custom_component.test_util.aiohttp import AiohttpClientMocker
from syrupy.assertion import SnapshotAssertion

from .faces_common import (
    CRUNCHER,
    ENTRY,
    SWITCH,
    answer_for_the_crunch_box,
    boiler,
    cruncher,
    home,
    pass_time,
    set_up,
    state_of,
    until,
)


def shown(hass: HomeAssistant, key: str) -> str:
    return state_of(hass, "binary_sensor", CRUNCHER, key).state


async def test_all_binary_sensors(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    entity_registry: er.EntityRegistry,
    aioclient_mock: AiohttpClientMocker,
    snapshot: SnapshotAssertion,
) -> None:
    freezer.move_to("2026-06-21 12:00:00+02:00")
    answer_for_the_crunch_box(aioclient_mock)

    coordinator = await set_up(hass, home(), Platform.BINARY_SENSOR)
    await until(hass, lambda: coordinator.data.flows[CRUNCHER].level == 1)

    await snapshot_platform(hass, entity_registry, snapshot, ENTRY)


async def test_a_worker_counts_as_running_once_it_says_so(hass: HomeAssistant) -> None:
    await set_up(hass, home(cruncher(), boiler()))

    await until(hass, lambda: shown(hass, "running") == STATE_ON)

    assert hass.states.is_state(SWITCH, "on")
    assert shown(hass, "not_obeying") == STATE_OFF


async def test_it_is_unknown_whether_a_lost_worker_runs(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    await set_up(hass, home(cruncher(), boiler()))
    await until(hass, lambda: shown(hass, "running") == STATE_ON)

    hass.states.async_set(SWITCH, "unavailable")
    await pass_time(hass, freezer, 60)

    await until(hass, lambda: shown(hass, "running") == STATE_UNKNOWN)
