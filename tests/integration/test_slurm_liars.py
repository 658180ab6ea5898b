"""Slurm as a back-end, where the network or what answers there cannot be trusted."""

import asyncio
import base64
from collections.abc import AsyncIterator
import json
from typing import Any

from homeassistant.core import HomeAssistant
import pytest

from custom_components.solar_compute.core.model import WorkerState
from custom_components.solar_compute.workers import create_backend, slurm_rest
from custom_components.solar_compute.workers.base import (
    Backend,
    Feature,
    WorkerAuthFailed,
    WorkerBehind,
    WorkerError,
    WorkerMismatch,
    WorkerRefused,
    WorkerUnreachable,
)
from custom_components.solar_compute.workers.slurm import SlurmBackend

from .slurm_daemon import TOKEN, UNSPECIFIED, SlurmInMemory, held, job, slurm_daemon

pytestmark = pytest.mark.usefixtures("socket_enabled")


@pytest.fixture
async def daemon() -> AsyncIterator[SlurmInMemory]:
    """Run a daemon in memory."""
    async with slurm_daemon() as running:
        yield running


def backend(
    hass: HomeAssistant,
    daemon: SlurmInMemory,
    *cores: int,
    token: str = TOKEN,
    url: str | None = None,
) -> Backend:
    """Return the back-end for the partition."""
    config = SlurmBackend(
        url=url or daemon.url,
        user="solar",
        token=token,
        partition="solar",
        cores=cores or (2, 4),
    )
    return create_backend(hass, config, controller="home")


async def test_what_it_can_do_is_told(
    hass: HomeAssistant, daemon: SlurmInMemory
) -> None:
    several, one = backend(hass, daemon), backend(hass, daemon, 4)
    assert several.capabilities.lease_s is None
    assert several.capabilities.features == {
        Feature.LEVELS,
        Feature.QUEUE,
        Feature.FINISH,
    }
    assert one.capabilities.features == {Feature.QUEUE, Feature.FINISH}


async def test_jobs_are_released_up_to_the_level_and_all_others_held(
    hass: HomeAssistant, daemon: SlurmInMemory
) -> None:
    worker = backend(hass, daemon)
    daemon.jobs = [
        job(9),
        held(5),
        job(2, "RUNNING"),
        held(7),
        held(3, partition="others"),
        job(1, "COMPLETED"),
    ]

    status = await worker.async_set_level(1, 1)

    # One runs, and the oldest that waits is the second.
    assert daemon.changed == [(9, True), (5, False)]
    assert (status.state, status.level) == (WorkerState.RUNNING, 1)
    assert status.detail == "1 jobs use 1 cores; 3 wait"
    assert status.has_work


async def test_a_level_is_in_force_for_as_long_as_the_queue_is_as_it_wants_it(
    hass: HomeAssistant, daemon: SlurmInMemory
) -> None:
    worker = backend(hass, daemon)
    daemon.jobs = [job(2, "RUNNING"), job(3, "RUNNING"), held(4)]
    assert (await worker.async_set_level(1, 1)).level == 1

    daemon.jobs[0]["job_state"] = "COMPLETED"

    assert (await worker.async_status()).level is None
    assert (await worker.async_set_level(1, 2)).level == 1
    assert daemon.changed == [(4, False)]


@pytest.mark.parametrize(
    "state",
    ["RUNNING", "SUSPENDED", "STOPPED", "COMPLETING", "CONFIGURING", "A_NEW_ONE"],
)
async def test_only_what_waits_or_is_over_is_paused(
    hass: HomeAssistant, daemon: SlurmInMemory, state: str
) -> None:
    worker = backend(hass, daemon)
    daemon.jobs = [job(2, state)]
    status = await worker.async_pause(1)
    assert (status.state, status.level) == (WorkerState.DRAINING, 0)
    daemon.jobs[0]["job_state"] = "CANCELLED"
    assert (await worker.async_status()).state is WorkerState.PAUSED


async def test_newer_versions_wrap_numbers_up_and_list_states(
    hass: HomeAssistant, daemon: SlurmInMemory
) -> None:
    daemon.version = "v0.0.41"
    worker = backend(hass, daemon)
    number = {"set": True, "infinite": False, "number": 2}
    daemon.jobs = [
        job(2, ["RUNNING"], cpus=number),
        job(3, ["COMPLETED", "COMPLETING"], cpus=number),
        job(4, ["COMPLETED"], cpus=number),
        job(5, ["PENDING"], cpus=number, priority={**number, "number": 0}),
    ]

    status = await worker.async_pause(1)

    assert status.state is WorkerState.DRAINING
    assert status.detail == "2 jobs use 4 cores; 1 wait"
    assert not daemon.changed


@pytest.mark.parametrize(
    ("tasks", "fits"),
    [
        ("", True),
        ("7", True),
        ("1-4", True),
        ("1-5", False),
        ("1-9:3,12", True),
        ("1-100%4", True),
        ("1-3,...", False),
    ],
)
async def test_an_array_has_as_many_cores_as_it_may_have_at_once(
    hass: HomeAssistant, daemon: SlurmInMemory, tasks: str, fits: bool
) -> None:
    daemon.jobs = [held(2, array_task_string=tasks)]
    await backend(hass, daemon, 4, 1000).async_set_level(1, 1)
    assert bool(daemon.changed) is fits


async def test_an_array_is_judged_by_what_came_of_it(
    hass: HomeAssistant, daemon: SlurmInMemory
) -> None:
    """To change one, Slurm says that it failed though it did not."""
    daemon.jobs = [job(2)]
    failed = {"errors": [{"description": "job array update failed"}]}
    daemon.lies["job/2"] = (500, failed)
    worker = backend(hass, daemon)
    with pytest.raises(WorkerRefused, match="array update failed"):
        await worker.async_pause(1)
    assert (await worker.async_status()).state is WorkerState.STARTING

    daemon.jobs = [held(2)]
    assert (await worker.async_pause(2)).state is WorkerState.PAUSED


@pytest.mark.parametrize(
    ("status", "lie", "words"),
    [
        (200, b"\xff\xfe", "JSON object"),
        (200, [], "JSON object"),
        (200, {}, "lists no jobs"),
        (200, {"jobs": 7}, "lists no jobs"),
        (200, {"jobs": ["7"]}, "lists no jobs"),
        (200, {"jobs": [job(1, None)]}, "without a state"),
        (200, {"jobs": [job(1, [7])]}, "without a state"),
        (200, {"jobs": [job(-1)]}, "job_id"),
        (200, {"jobs": [job(1, cpus="many")]}, "cpus"),
        (200, {"jobs": [job(1, priority={"number": True})]}, "priority"),
        (200, b"[" * 100_000, "JSON object"),
        (502, b"<html>", "status 502"),
        (200, {"jobs": [], "errors": ["no"]}, "JSON object"),
    ],
)
async def test_whatever_answers_instead_of_slurm_is_a_worker_error(
    hass: HomeAssistant, daemon: SlurmInMemory, status: int, lie: Any, words: str
) -> None:
    daemon.lies["jobs"] = (status, lie)
    worker = backend(hass, daemon)
    for attempt in (
        worker.async_status(),
        worker.async_set_level(1, 1),
        worker.async_pause(2),
    ):
        with pytest.raises(WorkerUnreachable, match=words):
            await attempt


async def test_answers_without_end_are_not_read(
    hass: HomeAssistant, daemon: SlurmInMemory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(slurm_rest, "MAX_ANSWER_BYTES", 1000)
    daemon.lies["jobs"] = (200, b"x" * 100_000)
    with pytest.raises(WorkerUnreachable, match="too long"):
        await backend(hass, daemon).async_status()


def token_until(expiry: Any) -> str:
    """Return a token that says so of itself."""
    claims = base64.urlsafe_b64encode(json.dumps({"exp": expiry}).encode()).decode()
    return f"x.{claims.rstrip('=')}.x"


@pytest.mark.parametrize("prompt", [True, False])
@pytest.mark.parametrize(
    ("token", "error"),
    [
        (token_until(1), WorkerAuthFailed),
        (token_until(9e12), None),
        (token_until("soon"), None),
        ("not-a-token", None),
    ],
)
async def test_a_refused_token_is_told_from_a_silent_controller(
    hass: HomeAssistant,
    daemon: SlurmInMemory,
    monkeypatch: pytest.MonkeyPatch,
    *,
    token: str,
    error: type[WorkerError] | None,
    prompt: bool,
) -> None:
    """Slurm says the same of both, but of the second only after a while."""
    monkeypatch.setattr(slurm_rest, "PROMPT_S", 10.0 if prompt else 0.0)
    expected = error or (WorkerAuthFailed if prompt else WorkerUnreachable)
    with pytest.raises(expected):
        await backend(hass, daemon, token=token).async_status()


async def test_other_refusals_of_tokens_and_versions(
    hass: HomeAssistant, daemon: SlurmInMemory
) -> None:
    daemon.lies["jobs"] = (401, b"Authentication failure")
    with pytest.raises(WorkerAuthFailed):
        await backend(hass, daemon).async_status()
    daemon.lies["jobs"] = (500, {"errors": [{**UNSPECIFIED, "error_number": 1007}]})
    with pytest.raises(WorkerAuthFailed):
        await backend(hass, daemon).async_pause(1)
    daemon.version = "v0.0.7"
    with pytest.raises(WorkerMismatch):
        await backend(hass, daemon).async_status()


async def test_addresses_that_are_none_and_daemons_that_are_gone(
    hass: HomeAssistant, daemon: SlurmInMemory
) -> None:
    for url in ("ftp://box", "http://", "http://[::1", "http://127.0.0.1:1"):
        with pytest.raises(WorkerUnreachable):
            await backend(hass, daemon, url=url).async_status()


async def test_late_and_impossible_commands_are_refused(
    hass: HomeAssistant, daemon: SlurmInMemory
) -> None:
    worker = backend(hass, daemon)
    await worker.async_pause(9)
    with pytest.raises(WorkerBehind) as refusal:
        await worker.async_set_level(1, 4)
    assert refusal.value.generation == 9
    for level in (0, 3):
        with pytest.raises(WorkerRefused, match=f"level {level}"):
            await worker.async_set_level(level, 10)
    assert (await worker.async_pause(3)).generation == 9


async def is_paused(worker: Backend) -> bool:
    """Tell whether the worker is called paused now."""
    return (await worker.async_status()).state is WorkerState.PAUSED


async def test_a_command_that_is_cut_short_is_not_taken_for_done(
    hass: HomeAssistant, daemon: SlurmInMemory
) -> None:
    worker = backend(hass, daemon)
    daemon.jobs = [held(number) for number in range(1, 40)]
    await worker.async_set_level(2, 1)
    for number in range(15):
        task = asyncio.create_task(
            worker.async_pause(number) if number % 2 else worker.async_set_level(2, 15)
        )
        await asyncio.sleep(0.001 * number)
        task.cancel()
        await asyncio.wait({task})
        # What was on its way when the command was cut short may land a moment later.
        async with asyncio.timeout(5):
            while await is_paused(worker) is any(
                told["priority"] for told in daemon.jobs
            ):
                await asyncio.sleep(0.01)

    assert (await worker.async_pause(16)).state is WorkerState.PAUSED


async def test_a_new_start_of_home_assistant_finds_the_queue_as_it_is(
    hass: HomeAssistant, daemon: SlurmInMemory
) -> None:
    assert (await backend(hass, daemon).async_status()).state is WorkerState.PAUSED
    daemon.jobs = [job(1, "RUNNING"), held(2)]
    found = await backend(hass, daemon).async_status()
    assert (found.state, found.level) == (WorkerState.RUNNING, None)
    daemon.jobs = [job(2)]
    found = await backend(hass, daemon).async_status()
    assert (found.state, found.level) == (WorkerState.STARTING, None)
