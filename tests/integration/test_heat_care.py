"""In a home that is set up: the boiler waits while the worker heats, and people are told."""

from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.solar_compute.const import DOMAIN

from .faces_common import (
    ENTRY,
    SWITCH,
    TANK,
    boiler,
    cruncher,
    home,
    pass_time,
    set_up,
    state_of,
    subentry,
)
from .heater import HEATER, Device

KEY = f"{DOMAIN}.{ENTRY}"
DAY_S = 86400.0


def home_with(**tank: Any) -> MockConfigEntry:
    """Return a home whose cruncher heats the boiler."""
    data = {**boiler()["data"], "wait_entity": HEATER, "wait_floor_c": 40.0, **tank}
    return home(cruncher(), subentry(TANK, "heat_sink", "Boiler", data))


async def heat(hass: HomeAssistant, freezer: FrozenDateTimeFactory) -> None:
    """Let the sun shine until the worker heats."""
    await pass_time(hass, freezer, 120)
    state = hass.states.get(SWITCH)
    assert state is not None
    assert state.state == "on"


@pytest.fixture
def device(hass: HomeAssistant) -> Device:
    """Give a boiler that is set to 55 °C."""
    return Device(hass)


async def test_the_boiler_waits_while_the_worker_heats(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, device: Device
) -> None:
    coordinator = await set_up(hass, home_with())
    await heat(hass, freezer)
    assert device.value == 40

    await coordinator.async_set_automation(False)
    await pass_time(hass, freezer, 120)
    assert device.value == 55


async def test_a_boiler_that_was_not_named_is_never_touched(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, device: Device
) -> None:
    await set_up(hass, home(cruncher(), boiler()))
    await heat(hass, freezer)
    assert device.told == []


async def test_it_stops_waiting_when_no_decision_can_be_made(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    device: Device,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    await set_up(hass, home_with())
    await heat(hass, freezer)
    monkeypatch.setattr(
        "custom_components.solar_compute.coordinator.decide", lambda *_: 1 / 0
    )
    await pass_time(hass, freezer, 60)
    assert device.value == 55


async def test_in_shadow_mode_the_boiler_is_given_back_and_left_alone(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, device: Device
) -> None:
    coordinator = await set_up(hass, home_with())
    await heat(hass, freezer)
    await coordinator.async_set_shadow(True)
    await pass_time(hass, freezer, 60)
    assert device.value == 55
    device.told.clear()
    await pass_time(hass, freezer, 600)
    decided = coordinator.data.decision.workers[0]
    assert decided.level > 0
    assert device.told == []


async def test_a_reload_an_end_and_a_removal_all_give_it_back(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, device: Device
) -> None:
    await set_up(hass, home_with())
    await heat(hass, freezer)
    assert await hass.config_entries.async_unload(ENTRY)
    assert device.value == 55

    assert await hass.config_entries.async_setup(ENTRY)
    await heat(hass, freezer)
    assert device.value == 40
    assert await hass.config_entries.async_remove(ENTRY)
    assert device.value == 55


async def test_it_is_given_back_when_home_assistant_stops(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    device: Device,
    hass_storage: dict[str, Any],
) -> None:
    await set_up(hass, home_with())
    await heat(hass, freezer)
    await hass.async_stop(force=True)
    assert device.value == 55
    assert hass_storage[KEY]["data"]["care"]["asked"] == {}


async def test_what_was_there_is_on_the_disk_before_anything_is_changed(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    device: Device,
    hass_storage: dict[str, Any],
) -> None:
    """As after a crash: the file is all that is left."""
    device.refuses = True
    await set_up(hass, home_with())
    await pass_time(hass, freezer, 30)
    assert device.told == []
    stored = hass_storage[KEY]["data"]["care"]["asked"][TANK]
    assert (stored["original"], stored["lowered"]) == (55, 40)


async def test_a_removal_says_so_if_it_cannot_give_it_back(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    device: Device,
    issue_registry: ir.IssueRegistry,
) -> None:
    await set_up(hass, home_with())
    await heat(hass, freezer)
    device.refuses = True
    assert await hass.config_entries.async_remove(ENTRY)
    assert issue_registry.async_get_issue(DOMAIN, f"backup_not_restored_{TANK}")


async def test_a_tank_that_was_never_hot_becomes_due(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    issue_registry: ir.IssueRegistry,
) -> None:
    await set_up(hass, home_with())
    await pass_time(hass, freezer, 20)
    assert state_of(hass, "binary_sensor", TANK, "heating_through_due").state == "off"

    freezer.tick(8 * DAY_S)
    await pass_time(hass, freezer, 60)
    assert state_of(hass, "binary_sensor", TANK, "heating_through_due").state == "on"
    assert issue_registry.async_get_issue(DOMAIN, f"tank_not_hot_{TANK}")

    await pass_time(hass, freezer, 60, tank_temperature="61")
    assert state_of(hass, "binary_sensor", TANK, "heating_through_due").state == "off"
    assert not issue_registry.async_get_issue(DOMAIN, f"tank_not_hot_{TANK}")


async def test_without_a_reminder_nobody_is_told(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    issue_registry: ir.IssueRegistry,
) -> None:
    await set_up(hass, home_with(boost_after_h=0.0))
    freezer.tick(30 * DAY_S)
    await pass_time(hass, freezer, 60)
    assert not issue_registry.async_get_issue(DOMAIN, f"tank_not_hot_{TANK}")
