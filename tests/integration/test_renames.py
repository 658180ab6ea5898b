"""Entities that people rename go on being used, whatever they are used for."""

from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
import pytest

from .faces_common import TANK, boiler, cruncher, home, set_up


@pytest.mark.parametrize(
    ("entity_id", "key"),
    [("water_heater.boiler", "wait_entity"), ("button.boost", "boost_entity")],
)
async def test_a_heater_that_is_renamed_is_still_asked_to_wait_or_to_boost(
    hass: HomeAssistant, entity_registry: er.EntityRegistry, key: str, entity_id: str
) -> None:
    domain, name = entity_id.split(".")
    entity_registry.async_get_or_create(domain, "test", name, suggested_object_id=name)
    asked = {key: entity_id, "wait_floor_c": 45, "boost_after_h": 168}
    entry = home(cruncher(), boiler(**asked))
    await set_up(hass, entry)

    renamed = f"{domain}.renamed"
    entity_registry.async_update_entity(entity_id, new_entity_id=renamed)
    await hass.async_block_till_done()

    assert entry.subentries[TANK].data[key] == renamed
