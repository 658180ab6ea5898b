"""Docker as a back-end, where a container ends: by itself, by us, or again and again."""

import asyncio
from typing import Any

import pytest

from custom_components.solar_compute.core.model import WorkerState
from custom_components.solar_compute.workers import docker, docker_runs
from custom_components.solar_compute.workers.base import WorkerRefused
from custom_components.solar_compute.workers.docker import OnPause

from .engine_in_memory import EngineInMemory, backend, inspection


@pytest.mark.parametrize(
    ("on_pause", "container", "has_work", "cause"),
    [
        (OnPause.FREEZE, inspection("created"), False, "created"),
        (OnPause.FREEZE, inspection("exited"), False, "finished"),
        (OnPause.FREEZE, inspection("exited", ExitCode=137), False, "killed"),
        (OnPause.FREEZE, inspection("removing"), False, "removing"),
        (OnPause.FREEZE, inspection("dead"), False, "dead"),
        (OnPause.STOP, inspection("created"), True, "created"),
        (OnPause.STOP, inspection("configured"), True, "created"),
        (OnPause.STOP, inspection("exited"), True, "finished"),
        (OnPause.STOP, inspection("stopped", ExitCode=1), True, "failed"),
        (OnPause.STOP, inspection("exited", ExitCode=137), True, "killed"),
        (
            OnPause.STOP,
            inspection("exited", ExitCode=137, OOMKilled=True),
            False,
            "out_of_memory",
        ),
        (OnPause.STOP, inspection("dead"), False, "dead"),
    ],
)
async def test_a_container_that_is_over_has_work_only_if_it_may_be_started(
    engine: EngineInMemory,
    on_pause: OnPause,
    container: dict[str, Any],
    has_work: bool,
    cause: str,
) -> None:
    engine.container = container
    worker = backend(engine, on_pause=on_pause)

    status = await worker.async_status()

    assert (status.state, status.level) == (WorkerState.PAUSED, 0)
    assert (status.has_work, status.cause) == (has_work, cause)
    if has_work:
        assert (await worker.async_set_level(1, 1)).state is WorkerState.RUNNING
    else:
        with pytest.raises(WorkerRefused, match="Start it"):
            await worker.async_set_level(1, 1)
        assert engine.commands == []


@pytest.mark.parametrize(
    ("exit_code", "cause"), [(0, "finished"), (3, "failed"), (137, "killed")]
)
async def test_what_was_seen_to_end_by_itself_is_not_started_again(
    engine: EngineInMemory, exit_code: int, cause: str
) -> None:
    worker = backend(engine, on_pause=OnPause.STOP)
    await worker.async_status()
    engine.become("exited", ExitCode=exit_code)

    status = await worker.async_status()

    assert status.cause == cause
    assert status.has_work is (cause == "killed")


async def test_what_we_stopped_is_started_again_whatever_its_exit_code(
    engine: EngineInMemory,
) -> None:
    worker = backend(engine, on_pause=OnPause.STOP)
    await worker.async_set_level(1, 1)
    stopped = await worker.async_pause(2)
    assert (stopped.state, stopped.cause) == (WorkerState.PAUSED, "stopped")
    engine.become("exited", ExitCode=1)

    assert (await worker.async_status()).has_work
    assert (await worker.async_set_level(1, 3)).state is WorkerState.RUNNING
    assert engine.commands == ["stop", "start"]


async def test_a_container_that_takes_its_time_to_end_is_not_called_paused(
    engine: EngineInMemory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(docker, "STOP_WAIT_S", 0.2)
    engine.lies["stop"] = (204, "")
    worker = backend(engine, on_pause=OnPause.STOP)

    status = await worker.async_pause(1)
    assert (status.state, status.level) == (WorkerState.DRAINING, 0)
    assert (await worker.async_set_level(1, 2)).state is WorkerState.DRAINING

    monkeypatch.setattr(docker_runs, "STOP_MARGIN_S", 0.0)
    engine.container["Config"]["StopTimeout"] = 1
    await worker.async_pause(3)
    engine.become("running")
    await asyncio.sleep(1.1)
    assert (await worker.async_status()).state is WorkerState.RUNNING

    engine.lies["stop"] = (500, {"message": "no"})
    status = await worker.async_pause(4)
    assert (status.state, status.detail) == (WorkerState.RUNNING, "no")


async def test_podman_says_that_a_container_is_stopping(
    engine: EngineInMemory,
) -> None:
    engine.become("stopping")
    status = await backend(engine).async_status()
    assert (status.state, status.level) == (WorkerState.DRAINING, 0)


async def test_a_container_that_restarts_is_not_paused_and_urgently_stopped(
    engine: EngineInMemory,
) -> None:
    worker = backend(engine)
    engine.become("restarting")

    status = await worker.async_pause(1)
    assert (status.state, status.level) == (WorkerState.STARTING, None)
    assert (await worker.async_set_level(1, 2)).state is WorkerState.STARTING
    assert engine.commands == []

    assert (await worker.async_pause(3, urgent=True)).state is WorkerState.PAUSED
    assert engine.commands == ["stop"]
    assert (await worker.async_status()).has_work
