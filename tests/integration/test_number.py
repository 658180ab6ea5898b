"""The numbers that a person sets: what computing is worth, how long is a while."""

from math import nan

from homeassistant.components.number.const import (
    ATTR_VALUE,
    DOMAIN as NUMBER_DOMAIN,
    SERVICE_SET_VALUE,
)
from homeassistant.const import ATTR_ENTITY_ID, STATE_OFF, STATE_ON, Platform
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import entity_registry as er
import pytest
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


async def write(hass: HomeAssistant, key: str, value: float) -> None:
    entity_id = state_of(hass, "number", CRUNCHER, key).entity_id
    await hass.services.async_call(
        NUMBER_DOMAIN,
        SERVICE_SET_VALUE,
        {ATTR_ENTITY_ID: entity_id, ATTR_VALUE: value},
        blocking=True,
    )


async def test_all_numbers(
    hass: HomeAssistant, entity_registry: er.EntityRegistry, snapshot: SnapshotAssertion
) -> None:
    await set_up(hass, home(cruncher(), boiler()), Platform.NUMBER)

    await snapshot_platform(hass, entity_registry, snapshot, ENTRY)


async def test_a_worker_whose_results_lose_their_value_pauses(
    hass: HomeAssistant,
) -> None:
    entry = home(cruncher(sink=None))
    await set_up(hass, entry)
    await until(hass, lambda: hass.states.is_state(SWITCH, STATE_ON))

    await write(hass, "compute_value", 0.02)
    await until(hass, lambda: hass.states.is_state(SWITCH, STATE_OFF))

    assert state_of(hass, "number", CRUNCHER, "compute_value").state == "0.02"
    assert state_of(hass, "sensor", CRUNCHER, "reason").state == "not_worth_it"
    # The entity owns the value; the entry keeps what the dialog seeded.
    assert entry.subentries[CRUNCHER].data["value_per_kwh"] == 0.15


@pytest.mark.parametrize("key", ["compute_value", "override_duration"])
async def test_what_is_no_number_is_refused(hass: HomeAssistant, key: str) -> None:
    await set_up(hass, home(cruncher(sink=None)))
    before = state_of(hass, "number", CRUNCHER, key).state

    with pytest.raises(ServiceValidationError):
        await write(hass, key, nan)

    assert state_of(hass, "number", CRUNCHER, key).state == before


async def test_the_numbers_survive_a_reload(hass: HomeAssistant) -> None:
    await set_up(hass, home(cruncher(), boiler()))
    await write(hass, "compute_value", 0.21)
    await write(hass, "override_duration", 45)

    assert await hass.config_entries.async_reload(ENTRY)
    await hass.async_block_till_done()

    assert state_of(hass, "number", CRUNCHER, "compute_value").state == "0.21"
    assert float(state_of(hass, "number", CRUNCHER, "override_duration").state) == 45
