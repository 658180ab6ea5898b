"""Diagnostics keep secrets, and a decision in them can be made again elsewhere."""

import json
from typing import Any

from homeassistant.components.diagnostics import REDACTED
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import get_system_health_info
from pytest_homeassistant_custom_component.test_util.aiohttp import AiohttpClientMocker

from custom_components.solar_compute.core import codec
from custom_components.solar_compute.core.ahead import Ahead
from custom_components.solar_compute.core.decide import decide
from custom_components.solar_compute.core.memory import Memory
from custom_components.solar_compute.core.model import Decision, Snapshot
from custom_components.solar_compute.core.spec import SiteSpec
from custom_components.solar_compute.diagnostics import (
    async_get_config_entry_diagnostics,
    async_get_device_diagnostics,
)

from .faces_common import (
    BOX_TOKEN,
    BOX_URL,
    CRUNCH_BOX,
    CRUNCHER,
    TANK,
    answer_for_the_crunch_box,
    boiler,
    cruncher,
    device_of,
    home,
    report_meters,
    set_up,
    subentry,
    until,
)
from .houses import STUDY
from .translations import DOMAIN, english


@pytest.fixture
def crunch_box(aioclient_mock: AiohttpClientMocker) -> AiohttpClientMocker:
    answer_for_the_crunch_box(aioclient_mock)
    return aioclient_mock


async def of_entry(hass: HomeAssistant) -> dict[str, Any]:
    entry = home()
    coordinator = await set_up(hass, entry)
    await until(hass, lambda: len(coordinator.records) > 0)
    diagnostics = await async_get_config_entry_diagnostics(hass, entry)
    # As the user downloads it.
    downloaded: dict[str, Any] = json.loads(json.dumps(diagnostics))
    return downloaded


@pytest.mark.usefixtures("crunch_box")
async def test_neither_token_nor_host_of_a_worker_is_shown(hass: HomeAssistant) -> None:
    diagnostics = await of_entry(hass)

    text = json.dumps(diagnostics)
    assert BOX_TOKEN not in text
    assert "crunchbox" not in text
    backend = diagnostics["configuration"]["workers"][1]["backend"]
    assert backend["token"] == REDACTED
    assert backend["url"] == f"http://{REDACTED}:8377"


@pytest.mark.parametrize(
    ("kind", "config"),
    [
        ("agent", {"worker": "cruncher"}),
        ("slurm", {"user": "u", "token": "t", "partition": "p", "level_cores": [1]}),
    ],
)
@pytest.mark.usefixtures("crunch_box")
async def test_a_password_in_the_address_of_a_worker_is_not_shown(
    hass: HomeAssistant, kind: str, config: dict[str, Any]
) -> None:
    url = BOX_URL.replace("://", "://me:pass%20word@")
    data = {"kind": kind, "url": url, "levels_w": [60.0], **config}
    entry = home(subentry(CRUNCH_BOX, "worker", "Crunch box", data))
    await set_up(hass, entry)

    diagnostics = await async_get_config_entry_diagnostics(hass, entry)

    text = json.dumps(diagnostics)
    assert "pass%20word" not in text
    assert f"http://{REDACTED}@{REDACTED}:8377" in text


@pytest.mark.usefixtures("crunch_box")
async def test_diagnostics_have_all_that_explains_a_decision(
    hass: HomeAssistant,
) -> None:
    diagnostics = await of_entry(hass)

    assert diagnostics["automation"] is True
    assert diagnostics["ages_s"]["grid"] >= 0
    assert set(diagnostics["controls"]) >= {CRUNCHER, CRUNCH_BOX}
    assert set(diagnostics["flows"]) == {CRUNCHER, CRUNCH_BOX}
    assert diagnostics["ledger"]["workers"][CRUNCHER]["starts"] >= 0
    assert diagnostics["configuration"]["inputs"]["grid"]["plus"] == [
        "sensor.grid_power"
    ]


async def test_a_recorded_decision_can_be_made_again(hass: HomeAssistant) -> None:
    entry = home(cruncher(), boiler())
    coordinator = await set_up(hass, entry)
    report_meters(hass, grid_power="300")
    await until(
        hass, lambda: coordinator.data.snapshot.grid_w.value == pytest.approx(300)
    )
    diagnostics = await async_get_config_entry_diagnostics(hass, entry)

    records = json.loads(json.dumps(diagnostics["records"]))

    assert records
    spec = codec.from_json(SiteSpec, diagnostics["configuration"]["spec"])
    for record in records:
        snapshot = codec.from_json(Snapshot, record["snapshot"])
        memory = codec.from_json(Memory, record["memory"])
        ahead = codec.from_json(Ahead, record["ahead"])
        again, _ = decide(spec, snapshot, memory, ahead)
        assert again == codec.from_json(Decision, record["decision"])


@pytest.mark.usefixtures("crunch_box")
async def test_a_devices_diagnostics_are_about_that_device(
    hass: HomeAssistant, device_registry: dr.DeviceRegistry
) -> None:
    entry = home()
    await set_up(hass, entry)

    async def of_device(owner: str) -> dict[str, Any]:
        device = device_registry.async_get(device_of(hass, owner))
        assert isinstance(device, dr.DeviceEntry)
        return await async_get_device_diagnostics(hass, entry, device)

    worker = await of_device(CRUNCH_BOX)
    assert [config["name"] for config in worker["configuration"]] == ["Crunch box"]
    assert BOX_TOKEN not in json.dumps(worker)
    assert worker["explanation"][0]["reason"]["code"]
    assert set(worker["state"]["flows"]) == {CRUNCH_BOX}

    tank = await of_device(TANK)
    assert [config["name"] for config in tank["configuration"]] == ["Boiler"]
    assert tank["explanation"] == []


async def test_diagnostics_of_rooms_and_guards_tell_what_they_found_and_were_told(
    hass: HomeAssistant, device_registry: dr.DeviceRegistry
) -> None:
    hass.states.async_set("binary_sensor.door", "on")
    door = {"kind": "condition", "use": "tamper", "watched": "binary_sensor.door"}
    rule = {"must_be": "off", "latching": True, "safety": True}
    entry = home(
        cruncher(sink="study_id"),
        subentry("study_id", "heat_sink", "Study", STUDY),
        subentry("door_id", "guard", "Door", {**door, **rule}),
    )
    coordinator = await set_up(hass, entry)
    await coordinator.async_set_room("study_id", target_c=21.5)

    async def of_device(owner: str) -> dict[str, Any]:
        device = device_registry.async_get(device_of(hass, owner))
        assert isinstance(device, dr.DeviceEntry)
        found = await async_get_device_diagnostics(hass, entry, device)
        state: dict[str, Any] = json.loads(json.dumps(found))["state"]
        return state

    room = await of_device("study_id")
    assert room["rooms"]["study_id"]["target_c"] == 21.5
    assert room["sink_states"]["study_id"]["temperature_c"] is None
    guard = await of_device("door_id")
    assert guard["guards"]["door_id"]["tripped"] is True
    whole = await async_get_config_entry_diagnostics(hass, entry)
    assert whole["rooms"] == room["rooms"]


async def test_system_health_shows_whether_workers_run_and_answer(
    hass: HomeAssistant, crunch_box: AiohttpClientMocker
) -> None:
    assert await async_setup_component(hass, "system_health", {})
    coordinator = await set_up(hass, home())
    await until(hass, lambda: coordinator.data.flows[CRUNCHER].level == 1)

    info = await get_system_health_info(hass, DOMAIN)

    assert info["workers"] == 2
    assert info["running"] == 1
    assert info["last_decision"] == coordinator.data.snapshot.local
    assert await info["worker_services"] == "ok"
    assert set(info) == set(english()["system_health"]["info"])


async def test_system_health_shows_a_worker_service_that_does_not_answer(
    hass: HomeAssistant, crunch_box: AiohttpClientMocker
) -> None:
    assert await async_setup_component(hass, "system_health", {})
    await set_up(hass, home())
    crunch_box.clear_requests()
    crunch_box.get(f"{BOX_URL}/v1/health", exc=TimeoutError)

    info = await get_system_health_info(hass, DOMAIN)

    assert await info["worker_services"] == {"type": "failed", "error": "timeout"}
