"""The life of a config entry: set-up, reload, disabling, removal."""

from typing import Any
from unittest.mock import patch

from freezegun.api import FrozenDateTimeFactory
from homeassistant.config_entries import ConfigEntryDisabler, ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr, issue_registry as ir
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_capture_events,
)

from custom_components.solar_compute.const import DOMAIN
from custom_components.solar_compute.coordinator import SolarComputeCoordinator
from custom_components.solar_compute.runtime import DATA_RUNTIMES, runtime_of

from .common import (
    ENTRY,
    Boxes,
    home,
    issues,
    meter,
    move_in,
    pass_time,
    served,
    settle,
    switched,
)

MINER = "input_boolean.miner"
HEATER = "input_boolean.heater"


def two_plugs(**options: Any) -> MockConfigEntry:
    """Return a home with a miner and a heater behind plugs."""
    return home(
        switched("miner", MINER, priority=1), switched("heater", HEATER), **options
    )


async def running(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, entry: MockConfigEntry
) -> None:
    """Set the home up in the sun and wait until both plugs are on."""
    await move_in(hass, entry, grid_w=-3000)
    await pass_time(hass, freezer, 15)
    assert hass.states.is_state(MINER, "on")
    assert hass.states.is_state(HEATER, "on")


async def test_a_home_in_the_sun_runs_its_workers_and_in_the_dark_it_does_not(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    entry = two_plugs()
    await running(hass, freezer, entry)

    meter(hass, 1500)
    await pass_time(hass, freezer, 5)

    assert hass.states.is_state(MINER, "off")
    assert hass.states.is_state(HEATER, "off")
    assert entry.state is ConfigEntryState.LOADED


async def test_the_site_is_a_device_of_its_own(hass: HomeAssistant) -> None:
    await move_in(hass, two_plugs())

    device_id = dr.async_get_device_id_by_identifier(
        hass, (DOMAIN, ENTRY), config_entry_id=ENTRY
    )
    device = dr.async_get(hass).async_get(device_id)

    assert isinstance(device, dr.DeviceEntry)
    assert device.name == "Home"
    assert device.entry_type is dr.DeviceEntryType.SERVICE


async def test_a_switched_worker_carries_its_warning(hass: HomeAssistant) -> None:
    await move_in(hass, two_plugs())

    assert issues(hass) == {"no_lease"}


async def test_editing_one_worker_does_not_touch_another(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    entry = two_plugs()
    await running(hass, freezer, entry)
    miner, heater = (hass.states.get(name) for name in (MINER, HEATER))
    flow = hass.data[DATA_RUNTIMES][ENTRY].flows["miner"]
    calls = async_capture_events(hass, "call_service")

    hass.config_entries.async_update_subentry(
        entry,
        entry.subentries["heater"],
        data={**entry.subentries["heater"].data, "value_per_kwh": 0.2},
    )
    await pass_time(hass, freezer, 15)

    assert entry.state is ConfigEntryState.LOADED
    assert hass.data[DATA_RUNTIMES][ENTRY].flows["miner"] is flow
    assert hass.states.get(MINER) is miner
    assert hass.states.get(HEATER) is heater
    assert calls == []


async def test_a_worker_that_gets_another_name_is_warned_about_by_it(
    hass: HomeAssistant,
) -> None:
    entry = home(switched("miner", MINER))
    await move_in(hass, entry)

    hass.config_entries.async_update_subentry(
        entry, entry.subentries["miner"], title="Digger"
    )
    await settle(hass)

    issue = ir.async_get(hass).async_get_issue(DOMAIN, "no_lease_miner")
    assert issue is not None
    assert issue.translation_placeholders is not None
    assert issue.translation_placeholders["worker"] == "Digger"


async def test_a_reload_touches_nobody_and_loses_nothing(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    entry = two_plugs()
    await running(hass, freezer, entry)
    await pass_time(hass, freezer, 30)
    meter(hass, -2000)
    before = entry.runtime_data.data
    calls = async_capture_events(hass, "call_service")

    await hass.config_entries.async_reload(ENTRY)
    await pass_time(hass, freezer, 45)

    after = entry.runtime_data.data
    assert calls == []
    assert after.decision.clock_s > before.decision.clock_s
    assert after.snapshot.started_s == before.snapshot.started_s
    worker = after.ledger.workers["miner"]
    assert worker.starts == 1
    assert worker.energy_wh > before.ledger.workers["miner"].energy_wh > 0


async def test_a_removed_worker_is_paused_and_the_other_goes_on(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    entry = two_plugs()
    await running(hass, freezer, entry)

    hass.config_entries.async_remove_subentry(entry, "heater")
    await settle(hass)

    assert hass.states.is_state(HEATER, "off")
    assert hass.states.is_state(MINER, "on")
    assert set(entry.runtime_data.controls) == {"miner"}


async def test_a_worker_that_gets_another_switch_is_paused_on_the_old_one(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    entry = home(switched("miner", MINER))
    await move_in(hass, entry, grid_w=-3000)
    await settle(hass)
    assert hass.states.is_state(MINER, "on")

    hass.config_entries.async_update_subentry(
        entry,
        entry.subentries["miner"],
        data={**entry.subentries["miner"].data, "switch": HEATER},
    )
    await pass_time(hass, freezer, 5)

    assert hass.states.is_state(MINER, "off")
    assert hass.states.is_state(HEATER, "on")


async def test_a_worker_whose_service_gives_it_other_levels_is_judged_by_those(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, boxes: Boxes
) -> None:
    entry = home(served("box", "http://box"), switched("miner", MINER))
    await move_in(hass, entry, grid_w=-3000)
    await pass_time(hass, freezer, 15)
    miner = hass.states.get(MINER)
    assert boxes["box"].level == 2

    boxes["box"].levels_w = (300.0,)
    boxes["box"].level, boxes["box"].cause = 0, "never_started"
    await pass_time(hass, freezer, 30)

    assert entry.subentries["box"].data["levels_w"] == [300.0]
    assert entry.runtime_data.data.decision.worker("box").power_w == 300.0
    assert boxes["box"].level == 1
    assert hass.states.get(MINER) is miner


async def test_disabling_pauses_everything_first(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    entry = two_plugs()
    await running(hass, freezer, entry)

    await hass.config_entries.async_set_disabled_by(ENTRY, ConfigEntryDisabler.USER)

    assert hass.states.is_state(MINER, "off")
    assert hass.states.is_state(HEATER, "off")
    assert runtime_of(hass, ENTRY) is None
    assert issues(hass) == set()


async def test_removal_pauses_everything_and_forgets_it(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, hass_storage: dict[str, Any]
) -> None:
    entry = two_plugs()
    await running(hass, freezer, entry)
    await entry.runtime_data.async_save()
    assert f"{DOMAIN}.{ENTRY}" in hass_storage

    await hass.config_entries.async_remove(ENTRY)

    assert hass.states.is_state(MINER, "off")
    assert hass.states.is_state(HEATER, "off")
    assert runtime_of(hass, ENTRY) is None
    assert f"{DOMAIN}.{ENTRY}" not in hass_storage
    assert issues(hass) == set()


async def test_an_entry_that_does_not_come_back_soon_is_paused(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    await running(hass, freezer, two_plugs())

    await hass.config_entries.async_unload(ENTRY)
    await pass_time(hass, freezer, 20)
    assert hass.states.is_state(MINER, "on")

    await pass_time(hass, freezer, 15)
    assert hass.states.is_state(MINER, "off")
    assert hass.states.is_state(HEATER, "off")
    assert runtime_of(hass, ENTRY) is None


async def test_an_entry_that_was_given_up_starts_afresh(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    await running(hass, freezer, two_plugs())
    await hass.config_entries.async_unload(ENTRY)
    await pass_time(hass, freezer, 40)

    meter(hass, -3000)
    assert await hass.config_entries.async_setup(ENTRY)
    await pass_time(hass, freezer, 5)

    assert hass.states.is_state(MINER, "on")


async def test_a_set_up_that_fails_after_a_reload_leaves_nobody_running(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    entry = two_plugs()
    await running(hass, freezer, entry)

    hass.config_entries.async_update_entry(entry, data={})
    await settle(hass)
    assert entry.state is ConfigEntryState.SETUP_ERROR
    await pass_time(hass, freezer, 40)

    assert hass.states.is_state(MINER, "off")


async def test_a_first_set_up_that_fails_leaves_no_switch_on(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    entry = two_plugs()
    with patch.object(
        SolarComputeCoordinator, "async_start", side_effect=ZeroDivisionError("bug")
    ):
        with pytest.raises(AssertionError):
            await move_in(hass, entry)
        assert entry.state is ConfigEntryState.SETUP_ERROR
    for plug in (MINER, HEATER):
        hass.states.async_set(plug, "on")

    await pass_time(hass, freezer, 40)

    assert hass.states.is_state(MINER, "off")
    assert hass.states.is_state(HEATER, "off")


@pytest.mark.usefixtures("boxes")
async def test_a_dangling_sink_is_reported_and_taken_back_with_the_entry(
    hass: HomeAssistant,
) -> None:
    await move_in(hass, home(served("box", "http://box", sink="gone")))
    assert "dangling_sink" in issues(hass)

    await hass.config_entries.async_remove(ENTRY)
    assert issues(hass) == set()
