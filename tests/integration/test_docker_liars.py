"""Docker as a back-end, where an engine refuses, lies or says nothing."""

import asyncio
import json
import time
from typing import Any

import pytest

from custom_components.solar_compute.core.model import WorkerState
from custom_components.solar_compute.workers import docker, docker_engine, docker_way
from custom_components.solar_compute.workers.base import (
    WorkerAuthFailed,
    WorkerBehind,
    WorkerError,
    WorkerRefused,
    WorkerStatus,
    WorkerUnreachable,
)

from .engine_in_memory import EngineInMemory, backend, inspection


async def test_a_status_is_read_to_the_last_field(engine: EngineInMemory) -> None:
    engine.container["HostConfig"]["NanoCpus"] = 2_500_000_000
    worker = backend(engine, cpus=(1.0, 2.5))

    assert await worker.async_status() == WorkerStatus(
        state=WorkerState.RUNNING,
        level=2,
        generation=0,
        detail="crunch is running",
        pause_method="in_memory",
    )
    assert (await worker.async_pause(3)).generation == 3
    assert worker.capabilities.lease_s is None
    engine.container["HostConfig"]["NanoCpus"] = 1_700_000_000
    engine.become("running")
    assert (await worker.async_status()).level is None


async def test_what_it_does_already_it_is_not_told_again(
    engine: EngineInMemory,
) -> None:
    worker = backend(engine)
    for number in (1, 2):
        assert (await worker.async_pause(number)).state is WorkerState.PAUSED
    for number in (3, 4):
        assert (await worker.async_set_level(1, number)).level == 1

    assert engine.commands == ["pause", "unpause"]


@pytest.mark.parametrize(
    "answer",
    [
        None,
        (200, b""),
        (200, b"\xff\xfe{"),
        (200, b"[" * 200_000),
        (200, b" " * 5_000_000 + json.dumps(inspection()).encode()),
        (200, "<html>welcome</html>"),
        (200, []),
        (200, {}),
        (200, {**inspection(), "State": []}),
        (200, {**inspection(), "Config": None}),
        (200, {**inspection(), "Id": 7}),
        (200, {**inspection(), "Name": "/other"}),
        (200, {**inspection(), "HostConfig": {"NanoCpus": "many"}}),
        (200, inspection("sleeping")),
        (200, inspection("exited", Running=True)),
        (200, inspection("exited", Pid=12)),
        (200, inspection("paused", Paused=False)),
        (200, inspection("running", Paused=True)),
        (200, inspection(StartedAt=None)),
        (200, inspection(ExitCode=True)),
        (302, "elsewhere"),
        (404, {"message": "No such container: crunch"}),
        (500, {"message": "out of memory"}),
        (500, {"reason": "?"}),
        (500, []),
        (500, b"{"),
        (502, "Bad Gateway"),
    ],
)
async def test_whatever_makes_no_sense_is_unknown_and_never_paused(
    engine: EngineInMemory, answer: tuple[int, Any] | None
) -> None:
    engine.lies["json"] = answer
    worker = backend(engine)
    for attempt in (
        worker.async_status(),
        worker.async_set_level(1, 1),
        worker.async_pause(2),
    ):
        with pytest.raises(WorkerUnreachable):
            await attempt
    assert engine.commands == []


@pytest.mark.parametrize("greeting", [None, (200, "OK"), (404, "?"), (500, b"{")])
async def test_who_does_not_tell_his_version_is_no_engine(
    engine: EngineInMemory, greeting: tuple[int, Any] | None
) -> None:
    engine.lies["_ping"] = greeting
    with pytest.raises(WorkerUnreachable):
        await backend(engine).async_set_level(1, 1)
    assert engine.commands == []


@pytest.mark.parametrize("what", ["_ping", "json"])
@pytest.mark.parametrize("status", [401, 403])
async def test_an_engine_that_forbids_it_is_told_apart(
    engine: EngineInMemory, status: int, what: str
) -> None:
    engine.lies[what] = (status, {"message": "not for you"})
    worker = backend(engine)
    for attempt in (
        worker.async_status(),
        worker.async_set_level(1, 1),
        worker.async_pause(2),
    ):
        with pytest.raises(WorkerAuthFailed, match="not for you|status 40"):
            await attempt


async def test_a_refusal_is_told_with_what_the_container_really_does(
    engine: EngineInMemory,
) -> None:
    worker = backend(engine)
    for lie in ((500, {"message": "cgroups?"}), (409, {"message": "cgroups?"})):
        engine.lies["pause"] = lie
        status = await worker.async_pause(1)
        assert (status.state, status.level) == (WorkerState.RUNNING, 1)
        assert status.detail == "cgroups?"

    engine.become("paused")
    engine.lies["unpause"] = (500, "cannot thaw")
    status = await worker.async_set_level(1, 2)
    assert (status.state, status.detail) == (WorkerState.PAUSED, "cannot thaw")

    engine.lies["pause"] = None
    engine.become("running")
    with pytest.raises(WorkerUnreachable):
        await worker.async_pause(3)


async def test_what_cannot_be_frozen_is_frozen_again_or_stopped_in_a_hurry(
    engine: EngineInMemory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without cgroups of the new kind, a busy machine sometimes fails to freeze."""
    monkeypatch.setattr(docker, "FREEZE_REST_S", 0.0)
    engine.lies["pause"] = (500, {"message": "unable to freeze"})
    worker = backend(engine)

    assert (await worker.async_pause(1)).state is WorkerState.RUNNING
    assert engine.commands == ["pause"] * docker.FREEZE_TRIES

    assert (await worker.async_pause(2, urgent=True)).cause == "stopped"
    assert (await worker.async_set_level(1, 3)).state is WorkerState.RUNNING


async def test_a_container_never_begins_above_its_level(
    engine: EngineInMemory,
) -> None:
    worker = backend(engine, cpus=(0.5, 2.0))
    engine.become("paused")

    assert (await worker.async_set_level(1, 1)).level == 1
    assert engine.commands == ["update", "unpause"]
    assert engine.container["HostConfig"]["NanoCpus"] == 500_000_000

    await worker.async_pause(2)
    lies: list[Any] = [(400, {"message": "only 1 CPU"}), (400, []), (500, b"?"), None]
    for engine.lies["update"] in lies:
        try:
            status = await worker.async_set_level(2, 3)
        except WorkerError:
            status = await worker.async_status()
        assert status.state is WorkerState.PAUSED
    with pytest.raises(WorkerRefused, match="level 3"):
        await worker.async_set_level(3, 4)


async def test_podman_runs_at_no_level_that_it_cannot_keep(
    engine: EngineInMemory,
) -> None:
    engine.podman = True
    worker = backend(engine, cpus=(0.5, 2.0))
    engine.become("paused")

    status = await worker.async_set_level(1, 1)

    assert status.state is WorkerState.PAUSED
    assert "Podman" in status.detail
    assert engine.commands == []


@pytest.mark.parametrize(
    "labels", [None, {}, {"solar-compute": "false"}, {"solar-compute": True}, ["true"]]
)
async def test_without_its_label_a_container_is_not_touched(
    engine: EngineInMemory, labels: Any
) -> None:
    engine.container["Config"]["Labels"] = labels
    worker = backend(engine)
    for attempt in (
        worker.async_status(),
        worker.async_set_level(1, 1),
        worker.async_pause(2, urgent=True),
    ):
        with pytest.raises(WorkerRefused, match="label"):
            await attempt
    assert engine.commands == []


async def test_an_old_command_is_refused_but_a_pause_never_is(
    engine: EngineInMemory,
) -> None:
    worker = backend(engine)
    await worker.async_set_level(1, 5)
    with pytest.raises(WorkerBehind) as refusal:
        await worker.async_set_level(1, 4)
    assert refusal.value.generation == 5

    paused = await worker.async_pause(3)

    assert (paused.state, paused.generation) == (WorkerState.PAUSED, 5)


async def test_a_silent_engine_is_given_up_and_hung_up_on(
    engine: EngineInMemory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(docker_engine, "TIMEOUT_S", 0.2)
    engine.silent = True

    with pytest.raises(WorkerUnreachable, match="in time"):
        await backend(engine).async_status()

    await hung_up(engine)


async def test_a_visit_that_is_cancelled_hangs_up(engine: EngineInMemory) -> None:
    engine.silent = True
    visiting = asyncio.create_task(backend(engine).async_set_level(1, 1))
    async with asyncio.timeout(5):
        while not engine.open:
            await asyncio.sleep(0.01)

    visiting.cancel()
    await asyncio.wait({visiting})

    assert visiting.cancelled()
    await hung_up(engine)
    assert engine.commands == []


async def hung_up(engine: EngineInMemory) -> None:
    """Wait until no request is open."""
    async with asyncio.timeout(5):
        while engine.open:
            await asyncio.sleep(0.01)


async def test_no_socket_and_no_certificates_are_told(
    engine: EngineInMemory, tmp_path: Any
) -> None:
    with pytest.raises(WorkerUnreachable, match="No such file"):
        await backend(engine, address="unix:///nowhere.sock").async_status()
    with pytest.raises(WorkerUnreachable, match="certificates"):
        await backend(engine, address="tcp://127.0.0.1:2375").async_status()
    with pytest.raises(WorkerAuthFailed, match="certificates"):
        await backend(
            engine, address="tcp://127.0.0.1:2376", certificates=str(tmp_path)
        ).async_status()


@pytest.mark.parametrize(
    ("text", "address"),
    [
        (" /var/run/docker.sock ", "unix:///var/run/docker.sock"),
        ("unix:///run/podman/podman.sock", "unix:///run/podman/podman.sock"),
        ("crunchbox", "tcp://crunchbox:2376"),
        ("192.168.1.20:2377", "tcp://192.168.1.20:2377"),
        ("tcp://[::1]:3", "tcp://[::1]:3"),
        ("https://CrunchBox/", "tcp://crunchbox:2376"),
        ("http://192.168.1.20:2375", None),
        ("unix://host/socket", None),
        ("ssh://me@host", None),
        ("host/path", None),
        ("host:port", None),
        ("", None),
    ],
)
def test_plain_tcp_is_no_address(text: str, address: str | None) -> None:
    assert docker_way.cleaned(text) == address


async def test_long_nonsense_is_given_up_quickly(engine: EngineInMemory) -> None:
    engine.lies["json"] = (200, b'{"a":' * 300_000)
    began_s = time.monotonic()
    with pytest.raises(WorkerUnreachable):
        await backend(engine).async_status()
    assert time.monotonic() - began_s < 5
