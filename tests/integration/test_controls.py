"""What a person sets: automation, modes, overrides, the value of results."""

from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant

from custom_components.solar_compute.core.model import Mode, ReasonCode

from .common import ENTRY, meter, pass_time, settle
from .sun import MINER, reason, sunny


async def test_automation_off_pauses_all_but_what_a_person_asked_for(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    coordinator = await sunny(hass)

    await coordinator.async_set_automation(False)
    await settle(hass)
    assert hass.states.is_state(MINER, "off")
    assert reason(coordinator) is ReasonCode.AUTOMATION_OFF

    await coordinator.async_override("miner", run=True, duration_s=60)
    await settle(hass)
    assert hass.states.is_state(MINER, "on")

    await coordinator.async_clear_override("miner")
    await pass_time(hass, freezer, 3)
    assert hass.states.is_state(MINER, "off")
    await coordinator.async_set_automation(True)
    await pass_time(hass, freezer, 3)
    assert hass.states.is_state(MINER, "on")


async def test_a_mode_is_a_standing_wish(hass: HomeAssistant) -> None:
    coordinator = await sunny(hass)

    await coordinator.async_set_mode("miner", Mode.OFF)
    await settle(hass)
    assert hass.states.is_state(MINER, "off")

    meter(hass, 2000)
    await coordinator.async_set_mode("miner", Mode.ON)
    await settle(hass)
    assert hass.states.is_state(MINER, "on")


async def test_an_override_ends_by_itself(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    coordinator = await sunny(hass, 2000)
    await coordinator.async_set_override_duration("miner", 120)

    await coordinator.async_override("miner", run=True)
    await pass_time(hass, freezer, 110, step=5)
    assert hass.states.is_state(MINER, "on")
    assert coordinator.controls["miner"].override is not None

    await pass_time(hass, freezer, 30, step=5)
    assert hass.states.is_state(MINER, "off")
    assert coordinator.controls["miner"].override is None


async def test_choosing_a_mode_ends_an_override(hass: HomeAssistant) -> None:
    coordinator = await sunny(hass)
    await coordinator.async_override("miner", run=False)
    await settle(hass)
    assert hass.states.is_state(MINER, "off")

    await coordinator.async_set_mode("miner", Mode.AUTO)
    await settle(hass)
    assert hass.states.is_state(MINER, "on")


async def test_the_compute_value_decides(hass: HomeAssistant) -> None:
    coordinator = await sunny(hass)
    assert hass.states.is_state(MINER, "on")

    await coordinator.async_set_compute_value("miner", 0.01)
    await settle(hass)

    assert hass.states.is_state(MINER, "off")
    assert reason(coordinator) is ReasonCode.NOT_WORTH_IT


async def test_what_a_person_sets_is_written_at_once(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, hass_storage: dict[str, Any]
) -> None:
    coordinator = await sunny(hass)
    await coordinator.async_set_mode("miner", Mode.OFF)

    await pass_time(hass, freezer, 2)

    stored = hass_storage[f"solar_compute.{ENTRY}"]["data"]
    assert stored["controls"]["miner"]["mode"] == "off"
