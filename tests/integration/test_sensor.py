"""Sensors say what the home has, what a worker does and brings, and why."""

from unittest.mock import patch

from freezegun.api import FrozenDateTimeFactory
from homeassistant.const import STATE_UNAVAILABLE, STATE_UNKNOWN, Platform
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr, entity_registry as er
from homeassistant.helpers.entity import Entity
import pytest
from pytest_homeassistant_custom_component.common import snapshot_platform
from pytest_homeassistant_custom_component.test_util.aiohttp import AiohttpClientMocker
from syrupy.assertion import SnapshotAssertion

from custom_components.solar_compute import coordinator as loop

from .faces_common import (
    CRUNCH_BOX,
    CRUNCHER,
    ENTRY,
    SWITCH,
    TANK,
    answer_for_the_crunch_box,
    boiler,
    cruncher,
    device_of,
    home,
    pass_time,
    report_meters,
    set_up,
    state_of,
    until,
)

NOON = "2026-06-21 12:00:00+02:00"


def sensor(hass: HomeAssistant, owner: str, key: str) -> str:
    return state_of(hass, "sensor", owner, key).state


async def test_all_sensors_of_a_sunny_home(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    entity_registry: er.EntityRegistry,
    aioclient_mock: AiohttpClientMocker,
    snapshot: SnapshotAssertion,
) -> None:
    freezer.move_to(NOON)
    answer_for_the_crunch_box(aioclient_mock)

    with patch.object(Entity, "entity_registry_enabled_default", new=True):
        coordinator = await set_up(hass, home(), Platform.SENSOR)
    await until(hass, lambda: coordinator.data.flows[CRUNCHER].level == 1)
    await until(
        hass, lambda: hass.states.is_state("sensor.home_plan_status", "learning")
    )

    await snapshot_platform(hass, entity_registry, snapshot, ENTRY)


async def test_a_running_worker_shows_what_it_does_and_what_it_is_worth(
    hass: HomeAssistant,
) -> None:
    await set_up(hass, home(cruncher(), boiler()))
    await until(hass, lambda: hass.states.is_state(SWITCH, "on"))
    report_meters(hass, grid_power="-1500")
    await until(hass, lambda: sensor(hass, CRUNCHER, "state") == "running")

    assert sensor(hass, ENTRY, "state") == "running"
    assert sensor(hass, CRUNCHER, "power") == "500"
    assert sensor(hass, CRUNCHER, "level") == "1"
    # 0.5 kW: results at 0.15, 90 % of it as heat instead of gas at 0.114 / 0.8,
    # less export at 0.08.
    worth = 0.5 * (0.15 + 0.9 * 0.114 / 0.8 - 0.08)
    assert float(sensor(hass, CRUNCHER, "worth")) == pytest.approx(worth, abs=0.002)
    reason = state_of(hass, "sensor", CRUNCHER, "reason")
    assert reason.state == "worth_it"
    assert reason.attributes["worth"]["total"] == pytest.approx(worth, abs=0.002)
    assert [part["kind"] for part in reason.attributes["tranches"]] == ["export"]
    assert sensor(hass, TANK, "energy_to_target") == "2.33"


async def test_a_paused_worker_says_what_would_start_it(hass: HomeAssistant) -> None:
    await set_up(hass, home(cruncher(sink=None)))
    await until(hass, lambda: hass.states.is_state(SWITCH, "on"))

    report_meters(hass, grid_power="1500")
    await until(hass, lambda: sensor(hass, CRUNCHER, "reason") == "not_worth_it")

    reason = state_of(hass, "sensor", CRUNCHER, "reason")
    assert reason.attributes["starts_with_surplus_w"] > 1000
    assert reason.attributes["starts_after_s"] is None
    assert float(sensor(hass, CRUNCHER, "worth")) == pytest.approx(0.5 * (0.15 - 0.30))


async def test_a_meter_that_is_silent_for_long_makes_numbers_unknown_and_is_named(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    await set_up(hass, home(cruncher(), boiler(), temperature_hold_s=200.0))

    await pass_time(
        hass, freezer, 320, grid_power="unavailable", tank_temperature="unknown"
    )
    await until(hass, lambda: sensor(hass, ENTRY, "state") == "input_missing")

    site = state_of(hass, "sensor", ENTRY, "state")
    assert site.attributes["missing"] == ["grid", "tank: Boiler"]
    assert sensor(hass, CRUNCHER, "reason") == "input_missing"
    for owner, key in (
        (ENTRY, "surplus"),
        (ENTRY, "balance"),
        (ENTRY, "next_price"),
        (CRUNCHER, "worth"),
        (TANK, "energy_to_target"),
        (TANK, "heat_value"),
    ):
        assert sensor(hass, owner, key) == STATE_UNKNOWN, key


async def test_energy_cost_and_run_time_are_counted_while_a_worker_runs(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    freezer.move_to(NOON)
    await set_up(hass, home(cruncher(), boiler()))
    await until(hass, lambda: hass.states.is_state(SWITCH, "on"))

    await pass_time(hass, freezer, 3600, grid_power="-1500")

    assert float(sensor(hass, CRUNCHER, "energy")) == pytest.approx(0.5, abs=0.01)
    assert float(sensor(hass, CRUNCHER, "energy_solar")) == pytest.approx(0.5, abs=0.01)
    assert float(sensor(hass, CRUNCHER, "energy_grid")) == 0
    assert float(sensor(hass, CRUNCHER, "cost")) == pytest.approx(0.04, abs=0.001)
    assert float(sensor(hass, CRUNCHER, "value")) > 0.075
    assert float(sensor(hass, CRUNCHER, "run_time_today")) == pytest.approx(1, abs=0.02)
    assert sensor(hass, CRUNCHER, "starts_today") == "1"
    assert float(sensor(hass, TANK, "heat_delivered")) == pytest.approx(0.45, abs=0.01)


async def test_the_numbers_behind_a_reason_stay_out_of_the_recorder(
    hass: HomeAssistant,
) -> None:
    await set_up(hass, home(cruncher(), boiler()))

    for owner, key in ((ENTRY, "state"), (CRUNCHER, "reason")):
        state = state_of(hass, "sensor", owner, key)
        assert state.state_info is not None
        big = set(state.attributes) - {
            "device_class",
            "friendly_name",
            "options",
        }
        assert big
        assert big <= state.state_info["unrecorded_attributes"]


async def test_money_is_in_the_currency_of_the_home(hass: HomeAssistant) -> None:
    hass.config.currency = "CHF"
    await set_up(hass, home(cruncher(), boiler()))

    def unit(owner: str, key: str) -> str:
        state = state_of(hass, "sensor", owner, key)
        text: str = state.attributes["unit_of_measurement"]
        return text

    assert unit(ENTRY, "next_price") == "CHF/kWh"
    assert unit(CRUNCHER, "worth") == "CHF/h"
    assert unit(CRUNCHER, "cost") == unit(CRUNCHER, "value") == "CHF"
    assert unit(TANK, "heat_value") == "CHF/kWh"


async def test_a_worker_and_a_tank_are_devices_behind_the_home(
    hass: HomeAssistant,
    device_registry: dr.DeviceRegistry,
    aioclient_mock: AiohttpClientMocker,
) -> None:
    answer_for_the_crunch_box(aioclient_mock)
    await set_up(hass, home())

    hub = device_registry.async_get(device_of(hass, ENTRY))
    assert isinstance(hub, dr.DeviceEntry)
    assert hub.entry_type is dr.DeviceEntryType.SERVICE
    for owner, name in (
        (CRUNCHER, "Cruncher"),
        (CRUNCH_BOX, "Crunch box"),
        (TANK, "Boiler"),
    ):
        device = device_registry.async_get(device_of(hass, owner))
        assert isinstance(device, dr.DeviceEntry)
        assert device.name == name
        assert device.via_device_id == hub.id
        assert device.config_subentry_id == owner


async def test_a_worker_that_is_removed_takes_its_device_along(
    hass: HomeAssistant, device_registry: dr.DeviceRegistry
) -> None:
    entry = home(cruncher(), boiler())
    await set_up(hass, entry)
    device_id = device_of(hass, CRUNCHER)

    hass.config_entries.async_remove_subentry(entry, CRUNCHER)
    await hass.async_block_till_done()

    assert device_registry.async_get(device_id) is None
    assert device_registry.async_get(device_of(hass, TANK)) is not None
    assert sensor(hass, ENTRY, "state") == "no_workers"


async def test_only_a_worker_with_a_lease_says_how_long_it_lasts(
    hass: HomeAssistant,
    entity_registry: er.EntityRegistry,
    aioclient_mock: AiohttpClientMocker,
) -> None:
    answer_for_the_crunch_box(aioclient_mock)
    await set_up(hass, home())

    def registered(owner: str) -> str | None:
        unique_id = f"{owner}_lease_remaining"
        return entity_registry.async_get_entity_id("sensor", "solar_compute", unique_id)

    assert registered(CRUNCHER) is None
    entity_id = registered(CRUNCH_BOX)
    assert entity_id is not None
    entity = entity_registry.async_get(entity_id)
    assert entity is not None
    assert entity.disabled_by is er.RegistryEntryDisabler.INTEGRATION


async def test_entities_leave_with_their_entry(hass: HomeAssistant) -> None:
    entry = home(cruncher(), boiler())
    await set_up(hass, entry)

    assert await hass.config_entries.async_unload(ENTRY)
    await hass.async_block_till_done()

    assert sensor(hass, ENTRY, "state") == STATE_UNAVAILABLE


async def test_nothing_is_shown_as_known_while_no_decision_can_be_made(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    coordinator = await set_up(hass, home(cruncher(), boiler()))
    await until(hass, lambda: sensor(hass, CRUNCHER, "state") == "running")

    with patch.object(loop, "decide", side_effect=ZeroDivisionError("bug")):
        coordinator.tick()
        await hass.async_block_till_done()
        assert sensor(hass, CRUNCHER, "worth") == STATE_UNAVAILABLE
        assert sensor(hass, ENTRY, "surplus") == STATE_UNAVAILABLE

    coordinator.tick()
    assert sensor(hass, ENTRY, "surplus") != STATE_UNAVAILABLE
