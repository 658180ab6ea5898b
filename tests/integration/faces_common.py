"""A home with two workers and a tank, set up for real, as most of these tests want.

The cruncher is a load that Home Assistant switches (an `input_boolean`), the
crunch box a worker service on another machine, of which only the HTTP answers are
made up. The subentries' ids are fixed, so that unique ids and snapshots are.
"""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from unittest.mock import patch

from freezegun.api import FrozenDateTimeFactory
from homeassistant.const import Platform
from homeassistant.core import HomeAssistant, State
from homeassistant.helpers import device_registry as dr, entity_registry as er
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_fire_time_changed,
)
from pytest_homeassistant_custom_component.test_util.aiohttp import AiohttpClientMocker

from custom_components.solar_compute.coordinator import SolarComputeCoordinator

from .houses import TANK as GAS_TANK, WORTH
from .translations import DOMAIN

ENTRY = "the_home"
CRUNCHER = "cruncher_id"
CRUNCH_BOX = "crunch_box_id"
TANK = "boiler_id"

SWITCH = "input_boolean.cruncher"
BOX_URL = "http://crunchbox.lan:8377"
BOX_TOKEN = "a-secret-token"

METERS = {
    "sensor.grid_power": ("-2000", "W"),
    "sensor.tank_temperature": ("45", "°C"),
}
"""Sunny: 2 kW would be exported. Each is state and unit."""

NO_PATIENCE = {
    "start_cost": 0.0,
    "min_run_s": 0.0,
    "min_pause_s": 0.0,
    "settle_s": 0.0,
}


def subentry(key: str, kind: str, title: str, data: dict[str, Any]) -> dict[str, Any]:
    """Return a subentry as the registry stores it."""
    return {
        "subentry_id": key,
        "subentry_type": kind,
        "title": title,
        "unique_id": None,
        "data": {"name": title, **data},
    }


def cruncher(**changes: Any) -> dict[str, Any]:
    """Return a 500 W worker behind a switch that heats the boiler."""
    return subentry(
        CRUNCHER,
        "worker",
        "Cruncher",
        {
            "kind": "entity",
            "switch": SWITCH,
            "acknowledge_no_lease": True,
            "levels_w": [500.0],
            **WORTH,
            "priority": 1,
            "sink": TANK,
            **NO_PATIENCE,
            **changes,
        },
    )


def crunch_box(**changes: Any) -> dict[str, Any]:
    """Return a worker with two levels behind a companion service."""
    return subentry(
        CRUNCH_BOX,
        "worker",
        "Crunch box",
        {
            "kind": "agent",
            "url": BOX_URL,
            "token": BOX_TOKEN,
            "worker": "primes",
            "levels_w": [60.0, 120.0],
            "lease_s": 120.0,
            **WORTH,
            "value_per_kwh": 0.05,
            "priority": 2,
            **NO_PATIENCE,
            **changes,
        },
    )


def boiler(**changes: Any) -> dict[str, Any]:
    """Return a 200 L tank that gas heats otherwise."""
    data = {**GAS_TANK, "temperature": "sensor.tank_temperature", **changes}
    return subentry(TANK, "heat_sink", "Boiler", data)


def home(*subentries: dict[str, Any], **options: Any) -> MockConfigEntry:
    """Return the home's entry: no battery, fixed prices, no grace at the start."""
    return MockConfigEntry(
        domain=DOMAIN,
        entry_id=ENTRY,
        unique_id=DOMAIN,
        title="Home",
        data={
            "grid_power": ["sensor.grid_power"],
            "grid_inverted": False,
            "has_battery": False,
            "import_price": 0.30,
            "export_price": 0.08,
        },
        options={"grace_s": 0.0, **options},
        subentries_data=subentries or (cruncher(), crunch_box(), boiler()),
    )


def answer_for_the_crunch_box(
    http: AiohttpClientMocker, *, state: str = "paused", level: int = 0
) -> None:
    """Have the companion service answer, as paused unless told otherwise."""
    status = {
        "name": "primes",
        "state": state,
        "cause": None,
        "level": level,
        "power_w": [0.0, 58.0, 117.0][level],
        "power_source": "measured",
        "lease_remaining_s": 100.0 if level else 0.0,
        "generation": 1,
        "pause_method": "signals",
        "progress": None,
        "checkpoint_age_s": None,
        "levels_w": [60.0, 120.0],
    }
    health = {"api": 1, "api_version": 1, "version": "0.1.0", "status": "ok"}
    http.get(f"{BOX_URL}/v1/health", json=health)
    http.get(f"{BOX_URL}/v1/workers", json=[status])
    http.get(f"{BOX_URL}/v1/workers/primes", json=status)
    http.put(f"{BOX_URL}/v1/workers/primes/desired", json=status)


def report_meters(hass: HomeAssistant, **values: str) -> None:
    """Let every meter report, with another value where one is given by name."""
    for entity_id, (value, unit) in METERS.items():
        name = entity_id.removeprefix("sensor.")
        hass.states.async_set(
            entity_id,
            values.get(name, value),
            {"unit_of_measurement": unit},
            force_update=True,
        )


async def set_up(
    hass: HomeAssistant, entry: MockConfigEntry, *platforms: Platform
) -> SolarComputeCoordinator:
    """Set the home up with all platforms or only some, past its first decision."""
    switches: dict[str, Any] = {"input_boolean": {"cruncher": {}}}
    assert await async_setup_component(hass, "input_boolean", switches)
    report_meters(hass)
    entry.add_to_hass(hass)
    if platforms:
        with patch("custom_components.solar_compute.PLATFORMS", list(platforms)):
            assert await hass.config_entries.async_setup(entry.entry_id)
    else:
        assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    coordinator: SolarComputeCoordinator = entry.runtime_data
    return coordinator


async def pass_time(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    seconds: float,
    **values: str,
) -> None:
    """Let time pass in steps of 10 s, with meters that report all the time."""
    for _ in range(round(seconds / 10)):
        freezer.tick(10)
        report_meters(hass, **values)
        async_fire_time_changed(hass)
        await hass.async_block_till_done()


async def until(hass: HomeAssistant, happened: Callable[[], object]) -> None:
    """Let the loop turn until something has happened; fails after a while.

    Timers that would end within two seconds, such as the loop's debounce, end at
    once: where time is frozen, waiting for them would be for ever.
    """
    for _ in range(500):
        await hass.async_block_till_done()
        if happened():
            return
        async_fire_time_changed(hass, dt_util.utcnow() + timedelta(seconds=2))
        await asyncio.sleep(0)
    raise AssertionError("it did not happen")


def state_of(hass: HomeAssistant, platform: str, owner: str, key: str) -> State:
    """Return the state of the entity that `owner` has under `key`."""
    entity_id = er.async_get(hass).async_get_entity_id(
        platform, DOMAIN, f"{owner}_{key}"
    )
    assert entity_id is not None, f"no {platform} {key} of {owner}"
    state = hass.states.get(entity_id)
    assert state is not None, f"{entity_id} has no state"
    return state


def device_of(hass: HomeAssistant, owner: str) -> str:
    """Return the id of a worker's, a tank's or the home's device."""
    return dr.async_get_device_id_by_identifier(
        hass, (DOMAIN, owner), config_entry_id=ENTRY
    )


async def submit(
    hass: HomeAssistant, worker: str = CRUNCHER, **data: Any
) -> dict[str, Any]:
    """Submit a job and return what is answered."""
    device_id = device_of(hass, worker)
    asked = {"device_id": device_id, "name": "Backup", **data}
    response = await hass.services.async_call(
        DOMAIN, "submit", asked, blocking=True, return_response=True
    )
    assert response is not None
    answer = response[device_id]
    assert isinstance(answer, dict)
    return dict(answer)
