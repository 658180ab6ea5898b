"""Docker and Podman as back-ends: what is particular to containers, on real engines.

What every back-end has to do is in `test_docker_conformance`.
"""

import asyncio
from collections.abc import Iterator
import os
from pathlib import Path
import shutil

import pytest

from custom_components.solar_compute.core.model import WorkerState
from custom_components.solar_compute.workers import docker
from custom_components.solar_compute.workers.base import (
    WorkerAuthFailed,
    WorkerRefused,
    WorkerStatus,
    WorkerUnreachable,
)
from custom_components.solar_compute.workers.docker import OnPause
from custom_components.solar_compute.workers.docker_engine import visit

from .asking import is_paused, is_running, until
from .docker_box import DockerBox
from .engine_box import EngineBox

SLOW_TO_END = ("sh", "-c", "trap 'sleep 6; exit 0' TERM; . /job/counter.sh", "sh")
DEAF = ("sh", "/job/counter.sh", "/job/count")
"""The first process of a container ignores a signal that it does not listen for."""


@pytest.fixture(params=["docker_box", "podman_box"])
def box(request: pytest.FixtureRequest) -> Iterator[EngineBox]:
    """Return a machine with either engine; its container is removed after the test."""
    box: EngineBox = request.getfixturevalue(request.param)
    yield box
    if not box.runs:
        box.start()
    box.remove("cruncher")


def is_over(status: WorkerStatus) -> bool:
    """Tell whether it is paused with nothing to do."""
    return is_paused(status) and not status.has_work


async def test_a_container_that_is_asked_to_stop_ends_in_order_and_is_started_again(
    box: EngineBox,
) -> None:
    box.create("cruncher")
    worker = box.worker(on_pause=OnPause.STOP)
    assert is_running(await worker.async_set_level(1, 1))
    await until(worker, lambda _: box.count() > 0)

    stopped = await worker.async_pause(2)

    assert is_paused(stopped)
    assert (stopped.has_work, stopped.cause) == (True, "stopped")
    assert box.state("cruncher")["ExitCode"] == 0
    assert box.used_s() == 0
    assert is_running(await worker.async_set_level(1, 3))


async def test_a_container_that_takes_its_time_to_end_is_draining_meanwhile(
    box: EngineBox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(docker, "STOP_WAIT_S", 0.5)
    box.create("cruncher", command=(*SLOW_TO_END, "/job/count"))
    worker = box.worker(on_pause=OnPause.STOP)
    await until(worker, lambda _: box.count() > 0)

    status = await worker.async_pause(1)
    assert (status.state, status.level) == (WorkerState.DRAINING, 0)

    assert (await until(worker, is_paused)).cause == "stopped"
    assert box.state("cruncher")["ExitCode"] == 0


async def test_a_pause_that_is_urgent_gives_a_container_no_time(box: EngineBox) -> None:
    box.create("cruncher", command=DEAF)
    worker = box.worker(on_pause=OnPause.STOP)

    async with asyncio.timeout(8):
        await worker.async_pause(1, urgent=True)
        await until(worker, is_paused)

    assert box.used_s() == 0


async def test_a_container_without_the_label_is_left_alone(box: EngineBox) -> None:
    for labels in ({}, {"solar-compute": "false"}, {"other": "true"}):
        box.create("cruncher", labels=labels)
        worker = box.worker()
        for attempt in (
            worker.async_status(),
            worker.async_set_level(1, 1),
            worker.async_pause(2, urgent=True),
        ):
            with pytest.raises(WorkerRefused, match="solar-compute=true"):
                await attempt
        assert box.state("cruncher")["Status"] == "running"


async def test_a_container_that_is_replaced_is_found_again_by_its_name(
    box: EngineBox,
) -> None:
    box.create("cruncher")
    worker = box.worker()
    await worker.async_pause(1)
    box.remove("cruncher")
    with pytest.raises(WorkerUnreachable):
        await worker.async_status()
    with pytest.raises(WorkerUnreachable):
        await worker.async_pause(2)

    box.create("cruncher")
    assert is_running(await worker.async_status())
    assert is_paused(await worker.async_pause(3))

    box.create("cruncher", labels={})
    with pytest.raises(WorkerRefused):
        await worker.async_status()


async def test_the_beginning_of_an_id_is_no_name(box: EngineBox) -> None:
    box.create("cruncher")
    short = box.call("GET", "containers/cruncher/json")["Id"][:8]

    with pytest.raises(WorkerUnreachable, match="no container named"):
        await box.worker(short).async_pause(1)

    assert box.state("cruncher")["Status"] == "running"


@pytest.mark.parametrize(("code", "cause"), [(0, "finished"), (3, "failed")])
@pytest.mark.parametrize("on_pause", OnPause)
async def test_a_job_that_ends_by_itself_leaves_no_work(
    box: EngineBox, on_pause: OnPause, code: int, cause: str
) -> None:
    box.create("cruncher", command=("sh", "-c", f"sleep 2; exit {code}"))
    worker = box.worker(on_pause=on_pause)
    assert is_running(await worker.async_status())

    status = await until(worker, is_over)

    assert status.cause == cause
    assert f"exit code {code}" in status.detail
    with pytest.raises(WorkerRefused, match="Start it"):
        await worker.async_set_level(1, 1)


async def test_who_thaws_or_freezes_it_by_hand_is_noticed(box: EngineBox) -> None:
    box.create("cruncher")
    worker = box.worker()
    await worker.async_pause(1)

    box.call("POST", "containers/cruncher/unpause")
    assert is_running(await worker.async_status())
    box.call("POST", "containers/cruncher/pause")

    assert is_paused(await worker.async_status())


async def test_only_containers_with_the_label_are_offered(box: EngineBox) -> None:
    box.create("cruncher", start=False)
    box.create("database", labels={})
    box.create("paused", labels={"solar-compute": "false"})
    async with visit(f"unix://{box.socket}", None) as engine:
        facts = await engine.async_facts()
        offered = await engine.async_offered()

    assert "cruncher" in offered
    assert not {"database", "paused"} & set(offered)
    assert facts.cpus == os.cpu_count()
    assert facts.is_podman is not isinstance(box, DockerBox)
    for name in ("database", "paused"):
        box.remove(name)


async def test_an_engine_that_is_away_for_a_while_is_unknown_and_then_known(
    box: EngineBox,
) -> None:
    box.create("cruncher", RestartPolicy={"Name": "always"})
    worker = box.worker()
    await worker.async_pause(1)
    box.kill()
    with pytest.raises(WorkerUnreachable):
        await worker.async_status()

    box.start()

    if isinstance(box, DockerBox):
        # A daemon that starts again starts its containers again, and thaws them.
        await until(worker, is_running)
        assert is_paused(await worker.async_pause(2))
    assert is_paused(await worker.async_status())


async def test_docker_keeps_the_limit_of_each_level(docker_box: DockerBox) -> None:
    docker_box.create("cruncher")
    worker = docker_box.worker(cpus=(0.1, 0.3))
    assert (await worker.async_status()).level is None
    for level, most_s in ((1, 0.8), (2, 2.0)):
        assert (await worker.async_set_level(level, level)).level == level
        await asyncio.sleep(0.5)
        before_s = docker_box.used_s()
        await asyncio.sleep(4)
        assert 0 < docker_box.used_s() - before_s < most_s

    status = await docker_box.worker(cpus=(0.3, 4096.0)).async_set_level(2, 1)
    assert (status.level, is_running(status)) == (1, True)
    assert "CPUs" in status.detail
    docker_box.remove("cruncher")


async def test_podman_does_not_run_what_it_cannot_limit(box: EngineBox) -> None:
    box.create("cruncher")
    worker = box.worker(cpus=(0.5, 1.0))
    await worker.async_pause(1)

    status = await worker.async_set_level(1, 2)

    assert is_paused(status) is not isinstance(box, DockerBox)


async def test_a_container_that_starts_again_and_again_can_be_ended_in_a_hurry(
    docker_box: DockerBox,
) -> None:
    always = {"Name": "always"}
    crash = ("sh", "-c", "exit 3")
    docker_box.create("cruncher", command=crash, RestartPolicy=always)
    worker = docker_box.worker()
    restarting = await until(worker, lambda status: status.cause == "restarting")
    assert (restarting.state, restarting.level) == (WorkerState.STARTING, None)

    await worker.async_pause(1, urgent=True)
    await until(worker, is_paused)
    await asyncio.sleep(2)

    assert is_paused(await worker.async_status())
    docker_box.remove("cruncher")


async def test_a_job_that_had_too_little_memory_is_not_started_again(
    docker_box: DockerBox,
) -> None:
    hungry = ("sh", "-c", "sleep 1; x=x; while :; do x=$x$x; done")
    memory = 16 * 2**20
    docker_box.create("cruncher", command=hungry, Memory=memory, MemorySwap=memory)
    worker = docker_box.worker(on_pause=OnPause.STOP)

    status = await until(worker, is_over)

    assert status.cause == "out_of_memory"
    docker_box.remove("cruncher")


async def test_a_socket_that_is_not_for_everybody_is_told(
    docker_box: DockerBox,
) -> None:
    worker = docker_box.worker()
    os.seteuid(65534)
    try:
        with pytest.raises(WorkerAuthFailed, match="Permission denied"):
            await worker.async_status()
    finally:
        os.seteuid(0)


async def test_a_daemon_that_is_not_the_one_we_trust_gets_no_command(
    docker_box: DockerBox, tmp_path: Path
) -> None:
    docker_box.create("cruncher")
    trusted = docker_box.certificates
    strange = shutil.copytree(trusted, tmp_path / "strange")
    shutil.copy(trusted / "cert.pem", strange / "ca.pem")
    elsewhere = f"tcp://localhost:{docker_box.port}"
    for settings in ({"certificates": str(strange)}, {"address": elsewhere}):
        with pytest.raises(WorkerAuthFailed, match="certificate verify failed"):
            await docker_box.worker_by_tls(**settings).async_pause(1)

    (strange / "key.pem").unlink()
    missing = docker_box.worker_by_tls(certificates=str(strange))
    with pytest.raises(WorkerAuthFailed, match="cannot be used"):
        await missing.async_pause(1)

    assert is_running(await docker_box.worker_by_tls().async_status())
    docker_box.remove("cruncher")


async def test_what_is_no_tls_is_no_daemon(docker_box: DockerBox) -> None:
    """A daemon that is asked for TLS and has none is taken for nobody."""

    async def plain(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.0 400 Bad Request\r\n\r\n")
        writer.close()

    server = await asyncio.start_server(plain, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    worker = docker_box.worker_by_tls(address=f"tcp://127.0.0.1:{port}")
    with pytest.raises(WorkerUnreachable):
        await worker.async_status()
    server.close()
