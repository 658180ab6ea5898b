"""A thermostat or water heater as a worker: a store for surplus, always given back."""

from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.setup import async_setup_component
from homeassistant.util.unit_system import US_CUSTOMARY_SYSTEM
import pytest

from custom_components.solar_compute.core.model import WorkerState
from custom_components.solar_compute.workers import create_backend, parse_backend
from custom_components.solar_compute.workers.base import (
    Backend,
    Feature,
    WorkerRefused,
    WorkerStatus,
    WorkerUnreachable,
)
from custom_components.solar_compute.workers.kept import FILE, STORAGE_KEY, Kept

from .water_heater import BOILER, Boiler, install, set_to

THERMOSTAT = "climate.workshop"
HEATER = "input_boolean.radiator"


@pytest.fixture
async def boiler(hass: HomeAssistant) -> Boiler:
    """Return a water heater in eco mode, set to 48 °C."""
    return await install(hass)


def heated(hass: HomeAssistant, **data: Any) -> Backend:
    """Return the boiler as a worker: 60 °C in performance mode while it runs."""
    wanted = {"switch": BOILER, "wanted_c": 60.0, "wanted_mode": "performance"}
    config = parse_backend({"kind": "entity", "levels_w": [2000.0], **wanted, **data})
    return create_backend(hass, config, controller="home")


def what(status: WorkerStatus) -> tuple[WorkerState, int | None]:
    """Return what a status says of the worker."""
    return status.state, status.level


async def test_a_boiler_takes_surplus_and_gets_its_own_settings_back(
    hass: HomeAssistant, boiler: Boiler, hass_storage: dict[str, Any]
) -> None:
    worker = heated(hass)
    assert Feature.QUEUE in worker.capabilities.features
    assert what(await worker.async_status()) == (WorkerState.PAUSED, 0)

    assert what(await worker.async_set_level(1, 1)) == (WorkerState.RUNNING, 1)
    assert set_to(hass) == ("performance", 60.0)
    assert hass_storage[STORAGE_KEY]["data"]

    assert what(await worker.async_pause(2)) == (WorkerState.PAUSED, 0)
    assert set_to(hass) == ("eco", 48.0)
    assert STORAGE_KEY not in hass_storage


async def test_a_boiler_that_was_off_is_turned_off_again(
    hass: HomeAssistant, boiler: Boiler
) -> None:
    boiler.becomes(current_operation="off")
    worker = heated(hass)

    await worker.async_set_level(1, 1)
    assert set_to(hass) == ("performance", 60.0)
    await worker.async_pause(2)

    assert set_to(hass) == ("off", 48.0)


async def test_without_a_mode_a_boiler_that_is_off_stays_off(
    hass: HomeAssistant, boiler: Boiler
) -> None:
    boiler.becomes(current_operation="off")

    status = await heated(hass, wanted_mode=None).async_status()

    assert not status.has_work
    assert "turned off" in status.detail


async def test_its_own_settings_survive_a_crash_of_home_assistant(
    hass: HomeAssistant, boiler: Boiler, hass_storage: dict[str, Any]
) -> None:
    await heated(hass).async_set_level(1, 1)
    hass.data.pop(FILE)

    worker = heated(hass)
    assert what(await worker.async_status()) == (WorkerState.RUNNING, 1)
    await worker.async_pause(1)

    assert set_to(hass) == ("eco", 48.0)


async def test_what_a_person_sets_meanwhile_stands(
    hass: HomeAssistant, boiler: Boiler
) -> None:
    worker = heated(hass)
    await worker.async_set_level(1, 1)

    boiler.becomes(target_temperature=52.0)

    assert what(await worker.async_status()) == (WorkerState.PAUSED, 0)
    await worker.async_pause(2)
    assert set_to(hass) == ("performance", 52.0)


async def test_what_a_person_has_just_set_is_what_is_given_back_after_a_start(
    hass: HomeAssistant, boiler: Boiler
) -> None:
    worker = heated(hass)
    await worker.async_set_level(1, 1)
    boiler.becomes(target_temperature=52.0, current_operation="eco")

    await worker.async_set_level(1, 2)
    await worker.async_pause(3)

    assert set_to(hass) == ("eco", 52.0)


async def test_a_boiler_that_is_warm_enough_has_nothing_to_do(
    hass: HomeAssistant, boiler: Boiler
) -> None:
    worker = heated(hass)
    boiler.becomes(current_temperature=59.5)
    assert not (await worker.async_status()).has_work

    boiler.becomes(current_temperature=58.0)
    await worker.async_set_level(1, 1)
    boiler.becomes(current_temperature=59.5)
    assert (await worker.async_status()).has_work
    boiler.becomes(current_temperature=60.0)
    status = await worker.async_status()
    assert not status.has_work
    assert status.detail == "it is as warm as wanted"


async def test_a_boiler_that_does_not_take_it_is_not_believed_for_ever(
    hass: HomeAssistant, boiler: Boiler, freezer: FrozenDateTimeFactory
) -> None:
    boiler.deaf = True
    worker = heated(hass)
    assert what(await worker.async_set_level(1, 1)) == (WorkerState.STARTING, 1)

    freezer.tick(121)

    assert what(await worker.async_status()) == (WorkerState.STARTING, None)


async def test_a_boiler_that_does_not_give_it_back_yet_is_not_paused(
    hass: HomeAssistant, boiler: Boiler, freezer: FrozenDateTimeFactory
) -> None:
    worker = heated(hass)
    await worker.async_set_level(1, 1)
    boiler.deaf = True
    assert what(await worker.async_pause(2)) == (WorkerState.DRAINING, 0)
    freezer.tick(121)
    assert what(await worker.async_status()) == (WorkerState.RUNNING, 1)

    boiler.deaf = False
    await worker.async_pause(3)

    assert what(await worker.async_status()) == (WorkerState.PAUSED, 0)
    assert set_to(hass) == ("eco", 48.0)


async def test_a_boiler_that_took_half_of_its_own_settings_gets_the_rest_later(
    hass: HomeAssistant, boiler: Boiler
) -> None:
    boiler.becomes(current_operation="off")
    worker = heated(hass)
    await worker.async_set_level(1, 1)
    boiler.refuses_modes = True
    with pytest.raises(WorkerRefused, match="no such mode now"):
        await worker.async_pause(2)

    assert set_to(hass) == ("performance", 48.0)
    assert (await worker.async_status()).state is not WorkerState.PAUSED
    boiler.refuses_modes = False
    assert what(await worker.async_pause(3)) == (WorkerState.PAUSED, 0)

    assert set_to(hass) == ("off", 48.0)


async def test_a_boiler_whose_own_setting_is_the_wanted_one_can_be_paused(
    hass: HomeAssistant, boiler: Boiler
) -> None:
    boiler.becomes(target_temperature=60.0, current_operation="performance")
    worker = heated(hass)
    assert what(await worker.async_set_level(1, 1)) == (WorkerState.RUNNING, 1)

    assert what(await worker.async_pause(2)) == (WorkerState.PAUSED, 0)


async def test_an_unavailable_boiler_is_unknown_and_given_back_later(
    hass: HomeAssistant, boiler: Boiler
) -> None:
    worker = heated(hass)
    await worker.async_set_level(1, 1)
    boiler.becomes(available=False)
    for attempt in (worker.async_status(), worker.async_pause(2)):
        with pytest.raises(WorkerUnreachable, match="unavailable"):
            await attempt

    boiler.becomes(available=True)
    await worker.async_pause(3)

    assert set_to(hass) == ("eco", 48.0)


async def test_nothing_is_changed_whose_settings_cannot_be_kept(
    hass: HomeAssistant, boiler: Boiler, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(*_: Any) -> None:
        raise HomeAssistantError("disk full")

    worker = heated(hass)
    await worker.async_status()
    monkeypatch.setattr("homeassistant.helpers.storage.Store.async_save", fail)

    with pytest.raises(WorkerRefused, match="disk full"):
        await worker.async_set_level(1, 1)

    assert set_to(hass) == ("eco", 48.0)


@pytest.mark.parametrize("garbage", [[], {BOILER: 7}, {BOILER: {"phase": "odd"}}])
async def test_a_garbled_file_counts_as_nothing_kept(
    hass: HomeAssistant, boiler: Boiler, hass_storage: dict[str, Any], garbage: Any
) -> None:
    hass_storage[STORAGE_KEY] = {"version": 1, "key": STORAGE_KEY, "data": garbage}
    kept = Kept(hass, BOILER)
    await kept.async_load()

    assert kept.phase is None
    assert kept.settings is None
    assert what(await heated(hass).async_status()) == (WorkerState.PAUSED, 0)


@pytest.fixture
async def thermostat(hass: HomeAssistant) -> None:
    """Have Home Assistant's own thermostat in a workshop: off, 7 °C when away."""
    hass.states.async_set("sensor.workshop", "12", {"unit_of_measurement": "°C"})
    assert await async_setup_component(hass, "homeassistant", {})
    assert await async_setup_component(
        hass, "input_boolean", {"input_boolean": {"radiator": {}}}
    )
    config = {
        "platform": "generic_thermostat",
        "name": "Workshop",
        "heater": HEATER,
        "target_sensor": "sensor.workshop",
        "target_temp": 16,
        "away_temp": 7,
        "initial_hvac_mode": "heat",
    }
    assert await async_setup_component(hass, "climate", {"climate": config})
    await hass.async_block_till_done()


def workshop(hass: HomeAssistant, **data: Any) -> Backend:
    """Return the thermostat as a worker that heats to 21 °C."""
    return heated(
        hass, switch=THERMOSTAT, wanted_c=21.0, **{"wanted_mode": "heat", **data}
    )


async def test_a_thermostat_heats_a_room_from_surplus(
    hass: HomeAssistant, thermostat: None
) -> None:
    worker = workshop(hass)

    await worker.async_set_level(1, 1)
    await hass.async_block_till_done()
    assert set_to(hass, THERMOSTAT) == ("heat", 21.0)
    assert hass.states.is_state(HEATER, "on")

    hass.states.async_set("sensor.workshop", "18", {"unit_of_measurement": "°C"})
    await worker.async_pause(2)
    await hass.async_block_till_done()
    assert set_to(hass, THERMOSTAT) == ("heat", 16.0)
    assert hass.states.is_state(HEATER, "off")
    assert what(await worker.async_status()) == (WorkerState.PAUSED, 0)


async def test_a_thermostat_gets_its_preset_back(
    hass: HomeAssistant, thermostat: None
) -> None:
    await hass.services.async_call(
        "climate",
        "set_preset_mode",
        {"entity_id": THERMOSTAT, "preset_mode": "away"},
        blocking=True,
    )
    worker = workshop(hass)

    await worker.async_set_level(1, 1)
    assert set_to(hass, THERMOSTAT) == ("heat", 21.0)
    await worker.async_pause(2)

    state = hass.states.get(THERMOSTAT)
    assert state is not None
    assert state.attributes["preset_mode"] == "away"
    assert state.attributes["temperature"] == 7.0


async def test_temperatures_are_in_the_units_of_the_home(
    hass: HomeAssistant, boiler: Boiler
) -> None:
    hass.config.units = US_CUSTOMARY_SYSTEM
    boiler.becomes()
    assert set_to(hass) == ("eco", 118)

    worker = heated(hass)
    await worker.async_set_level(1, 1)
    assert set_to(hass) == ("performance", 140)
    assert what(await worker.async_status()) == (WorkerState.RUNNING, 1)
