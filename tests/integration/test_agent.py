"""The companion service as a back-end: the real one."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path
from unittest.mock import patch

from aiohttp import ClientTimeout
from homeassistant.core import HomeAssistant
from homeassistant.helpers.aiohttp_client import async_get_clientsession
import pytest

from custom_components.solar_compute.core.model import WorkerState
from custom_components.solar_compute.workers import agent_client
from custom_components.solar_compute.workers.agent_client import AgentClient
from custom_components.solar_compute.workers.base import (
    WorkerAuthFailed,
    WorkerBehind,
    WorkerHeldByOther,
    WorkerRefused,
    WorkerStatus,
    WorkerUnreachable,
)

from .companion import TOKEN, WRONG_TOKEN, Companion, backend

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
    with patch.object(agent_client, "TIMEOUT", ClientTimeout(total=0.5)):
        yield


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


async def test_an_urgent_pause_is_understood(
    hass: HomeAssistant, companion: Companion
) -> None:
    worker = backend(hass, companion.url)
    await worker.async_set_level(1, 1)

    paused = await worker.async_pause(2, urgent=True)

    assert (paused.level, paused.generation) == (0, 2)


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


async def test_a_worker_that_its_service_holds_by_itself_says_so(
    hass: HomeAssistant, companion: Companion
) -> None:
    worker = backend(hass, companion.url, worker="rested")
    started = await worker.async_set_level(1, 1)
    assert not started.protected

    held = await until(worker.async_status, lambda answer: answer.protected)

    assert (held.level, held.cause) == (0, "run_limit")
    assert (await worker.async_pause(2)).protected


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

    assert levels == {
        "cruncher": [60, 120],
        "one_shot": [60],
        "broken": [60],
        "rested": [60],
    }
    status = await backend(hass, companion.url).async_status()
    assert status.levels_w == (60.0, 120.0)
