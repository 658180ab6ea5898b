"""What only looks like a companion service, or is a broken one."""

import json
from typing import Any

from aiohttp import web
from homeassistant.core import HomeAssistant
from homeassistant.helpers.aiohttp_client import async_get_clientsession
import pytest

from custom_components.solar_compute.core.model import WorkerState
from custom_components.solar_compute.workers.agent_client import AgentClient
from custom_components.solar_compute.workers.base import (
    WorkerAuthFailed,
    WorkerError,
    WorkerMismatch,
    WorkerRefused,
    WorkerStatus,
    WorkerUnreachable,
)

from .companion import backend, liar, service_of_old

pytestmark = pytest.mark.usefixtures("socket_enabled")


def status(**changes: Any) -> dict[str, Any]:
    """Return a sound answer, but for the changes."""
    return {
        "name": "cruncher",
        "state": "running",
        "cause": "commanded",
        "detail": None,
        "level": 1,
        "levels_w": [60],
        "power_w": 60.0,
        "power_source": "declared",
        "lease_remaining_s": 50.0,
        "generation": 3,
        "controller": "home",
        "pause_method": "signal",
        "progress": 0.5,
        "jobs": {"waiting": 1, "working": 1, "done": 7, "failed": 0},
        "checkpoint_age_s": 2.0,
        **changes,
    }


@pytest.mark.parametrize(
    ("answer", "error", "words"),
    [
        (None, WorkerUnreachable, "disconnected"),
        (b"SSH-2.0-OpenSSH_9.2\r\n\r\n", WorkerUnreachable, "."),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{", WorkerUnreachable, "."),
        (web.Response(text="<html>"), WorkerUnreachable, "makes no sense"),
        (web.Response(text="[" * 9999), WorkerUnreachable, "makes no sense"),
        (web.Response(text="[]"), WorkerUnreachable, "makes no sense"),
        (web.Response(text=" " * 300_000), WorkerUnreachable, "too long"),
        (web.Response(status=500), WorkerUnreachable, "status 500"),
        (web.Response(status=503, text="{"), WorkerUnreachable, "status 503"),
        (web.Response(status=302, headers={"Location": "/"}), WorkerUnreachable, "302"),
        (web.Response(status=401), WorkerAuthFailed, "status 401"),
        (web.Response(status=418), WorkerRefused, "status 418"),
        (web.json_response({"error": 1}, status=409), WorkerRefused, "status 409"),
        (web.json_response({"generation": "x"}, status=409), WorkerRefused, "409"),
    ],
)
async def test_whatever_answers_instead_of_the_service_is_a_worker_error(
    hass: HomeAssistant, answer: Any, error: type[WorkerError], words: str
) -> None:
    async with liar(answer) as url:
        worker = backend(hass, url)
        with pytest.raises(error, match=words):
            await worker.async_pause(1)
        with pytest.raises(error):
            await worker.async_set_level(1, 1)
        client = AgentClient(async_get_clientsession(hass), url)
        if answer is not None and b"[]" not in (getattr(answer, "body", b"") or b""):
            with pytest.raises(error):
                await client.async_workers()


@pytest.mark.parametrize(
    "changes",
    [
        {"state": "flying"},
        {"state": 7},
        {"state": ["paused"]},
        {"level": None},
        {"level": -1},
        {"level": 1.5},
        {"level": True},
        {"power_w": "60"},
        {"power_w": float("nan")},
        {"lease_remaining_s": {}},
        {"generation": "7"},
        {"progress": []},
        {"jobs": {"done": "many"}},
    ],
)
async def test_a_status_that_makes_no_sense_is_no_status(
    hass: HomeAssistant, changes: dict[str, Any]
) -> None:
    answer = web.Response(text=json.dumps(status(**changes)))
    async with liar(answer) as url:
        with pytest.raises(WorkerUnreachable, match="makes no sense"):
            await backend(hass, url).async_pause(1)


async def test_a_status_is_read_to_the_last_field(hass: HomeAssistant) -> None:
    answer = web.json_response(status(controller=None, detail="all is well"))
    async with liar(answer) as url:
        read = await backend(hass, url).async_pause(1)

    assert read == WorkerStatus(
        state=WorkerState.RUNNING,
        level=1,
        power_w=60.0,
        power_source="declared",
        lease_remaining_s=50.0,
        generation=3,
        cause="commanded",
        detail="all is well",
        progress=0.5,
        finished=7.0,
        checkpoint_age_s=2.0,
        pause_method="signal",
        levels_w=(60.0,),
    )


@pytest.mark.parametrize("levels_w", [None, 60, [], [0], [-1, 60], [60, 60], ["60"]])
async def test_levels_that_make_no_sense_are_not_taken_over(
    hass: HomeAssistant, levels_w: Any
) -> None:
    async with liar(web.json_response(status(levels_w=levels_w))) as url:
        assert (await backend(hass, url).async_pause(1)).levels_w is None


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ({"has_work": False, "cause": "queue_empty"}, False),
        ({"has_work": True, "cause": "job_ended"}, True),
        # A service that does not say has work until its job has ended.
        ({"cause": "job_ended"}, False),
        ({"cause": "queue_empty"}, True),
        ({"has_work": "perhaps"}, True),
    ],
)
async def test_whether_there_is_work_is_what_the_service_says(
    hass: HomeAssistant, told: dict[str, Any], expected: bool
) -> None:
    async with liar(web.json_response(status(**told))) as url:
        assert (await backend(hass, url).async_pause(1)).has_work is expected


@pytest.mark.parametrize("health", [{"api": 2}, {"api": "1"}, {}])
async def test_another_version_of_the_api_is_a_mismatch(
    hass: HomeAssistant, health: dict[str, Any]
) -> None:
    async with liar(web.json_response(health)) as url:
        with pytest.raises(WorkerMismatch, match="version"):
            await backend(hass, url).async_status()


@pytest.mark.parametrize(
    "workers",
    [
        {"cruncher": {}},
        ["cruncher"],
        [{"name": "cruncher"}],
        [{"levels_w": [1]}],
        [{"name": "cruncher", "levels_w": ["60"]}],
    ],
)
async def test_a_list_of_workers_that_makes_no_sense_is_none(
    hass: HomeAssistant, workers: Any
) -> None:
    async with liar(web.json_response(workers)) as url:
        client = AgentClient(async_get_clientsession(hass), url)
        with pytest.raises(WorkerUnreachable, match="makes no sense"):
            await client.async_workers()


@pytest.mark.parametrize(
    "url", ["", "crunchbox", "ftp://crunchbox", "http://", "http://[::1", "http://a:b"]
)
async def test_what_is_no_address_is_unreachable(hass: HomeAssistant, url: str) -> None:
    with pytest.raises(WorkerUnreachable, match="not an address"):
        await backend(hass, url).async_status()


async def test_a_service_that_knows_no_urgency_is_paused_all_the_same(
    hass: HomeAssistant,
) -> None:
    async with service_of_old(status(state="paused", level=0)) as (url, wishes):
        paused = await backend(hass, url).async_pause(7, urgent=True)

    assert paused.state is WorkerState.PAUSED
    assert [wish.get("urgent") for wish in wishes] == [True, None]
