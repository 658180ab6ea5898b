"""Choosing a miner or smart plug, and having the form filled in."""

from typing import Any

from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr, entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from . import houses
from .dialogs import WORTH_PAGE, Result, choose, open_subentry, submit, suggested

type Entities = tuple[tuple[str, str, dict[str, Any], str], ...]
"""A device's entities: domain, unique id, what is registered of it, and its state."""

pytestmark = pytest.mark.usefixtures("sunny_house")


PLUG: Entities = (
    ("switch", "0xa1-relay", {}, "off"),
    ("switch", "0xa1-child_lock", {"entity_category": EntityCategory.CONFIG}, "off"),
    ("sensor", "0xa1-power", {"original_device_class": "power", "unit": "W"}, "3"),
    ("sensor", "0xa1-energy", {"original_device_class": "energy", "unit": "kWh"}, "9"),
)
MINER: Entities = (
    ("switch", "AA:BB-active", {}, "on"),
    ("number", "AA:BB-power_limit", {"unit": "W"}, "3100"),
    ("sensor", "AA:BB-power_limit", {"unit": "W"}, "3100"),
    ("sensor", "AA:BB-miner_consumption", {"unit": "W"}, "3050"),
    ("sensor", "AA:BB-ideal_power", {"unit": "W"}, "3000"),
)
MODES_ONLY: Entities = (
    ("select", "AA:CC-power-mode", {"options": ["Normal", "Sleep", "HEM"]}, "Sleep"),
    ("sensor", "AA:CC-miner_consumption", {"unit": "W"}, "20"),
)
LAMP: Entities = (("select", "lamp-effect", {"options": ["Rainbow", "Fire"]}, "Fire"),)


def device(hass: HomeAssistant, platform: str, name: str, entities: Entities) -> str:
    """Register a device with its entities, and return its id."""
    owner = MockConfigEntry(domain=platform)
    owner.add_to_hass(hass)
    found = dr.async_get(hass).async_get_or_create(
        config_entry_id=owner.entry_id, identifiers={(platform, name)}, name=name
    )
    for domain, unique_id, facts, state in entities:
        known = dict(facts)
        unit, options = known.pop("unit", None), known.pop("options", None)
        entity = er.async_get(hass).async_get_or_create(
            domain,
            platform,
            unique_id,
            config_entry=owner,
            device_id=found.id,
            unit_of_measurement=unit,
            suggested_object_id=f"{name} {unique_id.partition('-')[2]}",
            **known,
        )
        shown = {"unit_of_measurement": unit, "options": options}
        hass.states.async_set(entity.entity_id, state, shown)
    return found.id


async def chosen(hass: HomeAssistant, device_id: str) -> Result:
    """Choose a device, and return what comes of it."""
    site = houses.entry()
    site.add_to_hass(hass)
    menu = await open_subentry(hass, site, "worker")
    page = await choose(hass, menu, "entity_device")
    return await submit(hass, page, "entity_device", {"device": device_id})


async def test_a_smart_plug_fills_the_form_in_and_is_known_to_cut_the_power(
    hass: HomeAssistant,
) -> None:
    result = await chosen(hass, device(hass, "mqtt", "Desk plug", PLUG))
    known = suggested(result)
    assert known["switch"] == "switch.desk_plug_relay"
    assert known["power"] == "sensor.desk_plug_power"
    assert known["cuts_power"] is True
    assert known["name"] == "Desk plug"
    page = {
        **{key: known[key] for key in ("switch", "power", "cuts_power", "name")},
        "levels_w": "150",
        "levels": {},
        "confirmation": {},
        "acknowledge_no_lease": True,
    }
    result = await submit(hass, result, "entity", page)
    result = await submit(hass, result, "entity_cut", {"acknowledge_cut": True})
    result = await submit(hass, result, "worth", WORTH_PAGE)
    assert result["title"] == "Desk plug"
    assert result["data"]["switch"] == "switch.desk_plug_relay"


async def test_a_miner_is_paused_by_its_software_and_throttled_by_its_limit(
    hass: HomeAssistant,
) -> None:
    result = await chosen(hass, device(hass, "miner", "S19", MINER))
    known = suggested(result)
    assert known["switch"] == "switch.s19_active"
    assert known["number"] == "number.s19_power_limit"
    assert known["power"] == "sensor.s19_miner_consumption"
    assert known["levels_w"] == "3100"
    assert known["cuts_power"] is False


async def test_a_miner_that_has_modes_only_is_switched_by_them(
    hass: HomeAssistant,
) -> None:
    result = await chosen(hass, device(hass, "miner", "S19k", MODES_ONLY))
    known = suggested(result)
    assert known["switch"] == "select.s19k_power_mode"
    assert known["power"] == "sensor.s19k_miner_consumption"


async def test_a_device_with_nothing_to_switch_is_refused(hass: HomeAssistant) -> None:
    result = await chosen(hass, device(hass, "wled", "Lamp", LAMP))
    assert result["errors"] == {"device": "nothing_to_switch"}
