"""The companion service as a back-end: the real one, and what only looks like one."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
import json
from pathlib import Path
from typing import Any
from unittest.mock import patch

from aiohttp import ClientTimeout, web
from homeassistant.core import HomeAssistant
from homeassistant.helpers.aiohttp_client import async_get_clientsession
import pytest

from custom_components.solar_compute.configured import AgentBackend
from custom_components.solar_compute.core.model import WorkerState
from custom_components.solar_compute.workers import agent, create_backend
from custom_components.solar_compute.workers.agent import AgentClient
from custom_components.solar_compute.workers.base import (
    Backend,
    WorkerAuthFailed,
    WorkerBehind,
    WorkerError,
    WorkerHeldByOther,
    WorkerMismatch,
    WorkerRefused,
    WorkerStatus,
    WorkerUnreachable,
)

from .companion import TOKEN, WRONG_TOKEN, Companion, liar

pytestmark = pytest.mark.usefixtures("socket_enabled")


@pytest.fixture
async def companion(tmp_path: Path) -> AsyncIterator[Companion]:
    """Run a service without a token."""
    service = Companion(tmp_path)
    await service.start()
    yield service
    service.thaw()
    service.kill()


@pytest.fixture
def impatient() -> Iterator[None]:
    """Wait for answers for a moment only."""
    with patch.object(agent, "TIMEOUT", ClientTimeout(total=0.5)):
        yield


def backend(
    hass: HomeAssistant,
    url: str,
    *,
    worker: str = "cruncher",
    token: str | None = None,
    controller: str = "home",
) -> Backend:
    """Return the back-end for a worker, as it comes from the configuration."""
    config = AgentBackend(url=url, token=token, worker=worker, lease_s=60)
    return create_backend(hass, config, controller=controller)


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
        "checkpoint_age_s": 2.0,
        **changes,
    }


async def until(
    ask: Callable[[], Awaitable[WorkerStatus]], what: Callable[[WorkerStatus], bool]
) -> WorkerStatus:
    """Ask until the answer is as it should be."""
    async with asyncio.timeout(15):
        while not what(answer := await ask()):
            await asyncio.sleep(0.05)
    return answer


async def test_a_real_worker_runs_on_a_lease_changes_its_level_and_pauses(
    hass: HomeAssistant, companion: Companion
) -> None:
    worker = backend(hass, companion.url)
    assert (await worker.async_status()).state is WorkerState.PAUSED
    assert worker.capabilities.lease_s == 60

    await worker.async_set_level(1, 1)
    running = await until(
        worker.async_status, lambda answer: answer.state is WorkerState.RUNNING
    )
    assert running.level == 1
    assert running.power_w == 60
    assert running.power_source == "declared"
    assert running.lease_remaining_s is not None
    assert 50 < running.lease_remaining_s <= 60
    assert (await worker.async_set_level(2, 2)).level == 2

    await worker.async_pause(3)
    paused = await until(
        worker.async_status, lambda answer: answer.state is WorkerState.PAUSED
    )
    assert paused.level == 0
    assert paused.generation == 3


async def test_a_late_command_is_refused_with_the_number_to_go_on_from(
    hass: HomeAssistant, companion: Companion
) -> None:
    worker = backend(hass, companion.url)
    await worker.async_set_level(1, 9)

    with pytest.raises(WorkerBehind) as refusal:
        await worker.async_set_level(2, 4)

    assert refusal.value.generation == 9


async def test_two_homes_do_not_share_a_worker_unless_one_takes_over(
    hass: HomeAssistant, companion: Companion
) -> None:
    ours = backend(hass, companion.url)
    theirs = backend(hass, companion.url, controller="another-home")
    await theirs.async_set_level(1, 1)

    assert (await ours.async_status()).held_by_other
    assert not (await theirs.async_status()).held_by_other
    with pytest.raises(WorkerHeldByOther, match="another-home"):
        await ours.async_set_level(1, 2)
    taken = await ours.async_set_level(1, 2, take_over=True)

    assert taken.level == 1
    assert not taken.held_by_other


async def test_a_job_that_has_ended_has_no_work(
    hass: HomeAssistant, companion: Companion
) -> None:
    worker = backend(hass, companion.url, worker="one_shot")
    await worker.async_set_level(1, 1)

    ended = await until(worker.async_status, lambda answer: not answer.has_work)

    assert ended.state is WorkerState.PAUSED
    assert ended.cause == "job_ended"


async def test_a_job_that_fails_says_how(
    hass: HomeAssistant, companion: Companion
) -> None:
    worker = backend(hass, companion.url, worker="broken")
    await worker.async_set_level(1, 1)

    failed = await until(
        worker.async_status, lambda answer: answer.cause == "job_failed"
    )

    assert failed.has_work
    assert "3" in failed.detail


async def test_what_the_service_does_not_have_is_refused_with_its_own_words(
    hass: HomeAssistant, companion: Companion
) -> None:
    with pytest.raises(WorkerRefused, match="no worker named 'nobody'"):
        await backend(hass, companion.url, worker="nobody").async_status()
    with pytest.raises(WorkerRefused, match="level must be from 0 to 2"):
        await backend(hass, companion.url).async_set_level(3, 1)


async def test_the_token_opens_the_door(hass: HomeAssistant, tmp_path: Path) -> None:
    service = Companion(tmp_path, token=TOKEN)
    await service.start()
    try:
        right = await backend(hass, service.url, token=TOKEN).async_status()
        assert right.state is WorkerState.PAUSED
        for token in (None, WRONG_TOKEN):
            with pytest.raises(WorkerAuthFailed, match="Authorization"):
                await backend(hass, service.url, token=token).async_status()
    finally:
        service.kill()


@pytest.mark.usefixtures("impatient")
async def test_a_frozen_service_is_silent_and_then_itself_again(
    hass: HomeAssistant, companion: Companion
) -> None:
    worker = backend(hass, companion.url)
    await worker.async_set_level(1, 1)

    companion.freeze()
    with pytest.raises(WorkerUnreachable, match="no answer in time"):
        await worker.async_status()
    with pytest.raises(WorkerUnreachable, match="no answer in time"):
        await worker.async_pause(2)
    companion.thaw()

    assert (await worker.async_status()).generation is not None


async def test_a_killed_service_is_unreachable_and_comes_back_paused(
    hass: HomeAssistant, companion: Companion
) -> None:
    worker = backend(hass, companion.url)
    await worker.async_set_level(1, 5)

    companion.kill()
    with pytest.raises(WorkerUnreachable):
        await worker.async_status()
    await companion.start()

    assert (await worker.async_status()).state is WorkerState.PAUSED


async def test_the_set_up_dialog_sees_all_workers_with_their_levels(
    hass: HomeAssistant, companion: Companion
) -> None:
    client = AgentClient(async_get_clientsession(hass), companion.url)

    assert (await client.async_health())["api"] == 1
    levels = {one["name"]: one["levels_w"] for one in await client.async_workers()}

    assert levels == {"cruncher": [60, 120], "one_shot": [60], "broken": [60]}


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
        checkpoint_age_s=2.0,
        pause_method="signal",
    )


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
