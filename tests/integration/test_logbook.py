"""The logbook tells in sentences what became of jobs, and nothing twice."""

from datetime import datetime, timedelta
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.components.recorder.core import Recorder
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.components.recorder.common import (
    async_wait_recording_done,
)
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from .faces_common import (
    CRUNCHER,
    cruncher,
    device_of,
    home,
    pass_time,
    set_up,
    state_of,
    submit,
)

EVENING = datetime.fromisoformat("2026-06-21T20:00:00+00:00")


@pytest.fixture(autouse=True)
def auto_enable_custom_integrations(
    recorder_mock: Recorder, enable_custom_integrations: None
) -> None:
    """Have a recorder before there is a Home Assistant."""


async def entries(
    hass: HomeAssistant, hass_ws_client: WebSocketGenerator
) -> list[dict[str, Any]]:
    """Return what the logbook of the cruncher shows of that evening."""
    await async_wait_recording_done(hass)
    client = await hass_ws_client()
    await client.send_json_auto_id(
        {
            "type": "logbook/get_events",
            "start_time": (EVENING - timedelta(hours=1)).isoformat(),
            "end_time": (EVENING + timedelta(hours=1)).isoformat(),
            "device_ids": [device_of(hass, CRUNCHER)],
            "entity_ids": [state_of(hass, "event", CRUNCHER, "activity").entity_id],
        }
    )
    answer = await client.receive_json()
    await client.close()
    assert answer["success"], answer
    found: list[dict[str, Any]] = answer["result"]
    return found


@pytest.mark.parametrize(
    ("language", "texts"),
    [
        (
            "en",
            [
                "will probably not have done the job “Film” by 2026-06-21 22:40",
                "has done the job “Backup”: 0.05 kWh for 0.00 EUR",
            ],
        ),
        (
            "de",
            [
                "wird den Auftrag „Film“ wohl nicht bis 2026-06-21 22:40 erledigen",
                "hat den Auftrag „Backup“ erledigt: 0.05 kWh für 0.00 EUR",
            ],
        ),
    ],
)
@pytest.mark.freeze_time(EVENING)
async def test_jobs_are_told_of_in_the_language_of_the_home(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    hass_ws_client: WebSocketGenerator,
    language: str,
    texts: list[str],
) -> None:
    hass.config.language, hass.config.currency = language, "EUR"
    await hass.config.async_set_time_zone("Europe/Berlin")
    assert await async_setup_component(hass, "logbook", {})
    await set_up(hass, home(cruncher(sink=None)))
    await pass_time(hass, freezer, 20)
    for name, kwh, ready_by in (("Backup", 0.05, "22:30"), ("Film", 50, "22:40")):
        await submit(hass, CRUNCHER, name=name, ready_by=ready_by, energy=kwh)
    await pass_time(hass, freezer, 480)

    shown = await entries(hass, hass_ws_client)

    told = [entry for entry in shown if "message" in entry]
    assert {entry["name"] for entry in told} == {"Cruncher"}
    assert [entry["message"] for entry in told] == texts
    # One line each by the event entity, which the frontend words.
    happened = [
        entry["attributes"]["event_type"] for entry in shown if "attributes" in entry
    ]
    assert happened.count("job_done") == 1
