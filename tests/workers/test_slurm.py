"""Slurm's REST daemon as a back-end: a real cluster with tokens, and real jobs."""

import asyncio
from collections.abc import AsyncIterator, Iterator

import aiohttp
import pytest

from custom_components.solar_compute.core.model import WorkerState
from custom_components.solar_compute.workers.base import (
    WorkerAuthFailed,
    WorkerBehind,
    WorkerRefused,
    WorkerUnreachable,
)
from custom_components.solar_compute.workers.slurm import SlurmBackend, SlurmWorker
from custom_components.solar_compute.workers.slurm_rest import SlurmClient
from tests.requires import require

from .asking import is_paused, is_running, until, until_true
from .slurm_box import PROGRAMS, SlurmBox

SHORT = """#!/bin/sh
sleep {seconds}
echo done >> {file}
"""


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SlurmBox]:
    """Return a cluster with an open partition, and one that is none of our business."""
    for program in PROGRAMS:
        require(program)
    folder = tmp_path_factory.mktemp("cluster") / "slurm"
    cluster = SlurmBox(folder, {"solar": "UP", "others": "UP"})
    try:
        cluster.start()
        yield cluster
    finally:
        cluster.close()


@pytest.fixture
async def box(cluster: SlurmBox) -> AsyncIterator[SlurmBox]:
    """Return the cluster, whose jobs end with the test."""
    yield cluster
    cluster.mend()
    for partition in ("solar", "others"):
        cluster.cancel(partition)


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    """Return an HTTP client."""
    async with aiohttp.ClientSession() as session:
        yield session


def backend(
    box: SlurmBox, session: aiohttp.ClientSession, *cores: int, token: str | None = None
) -> SlurmWorker:
    """Return the back-end for the partition, with these cores as levels."""
    config = SlurmBackend(
        url=f"http://127.0.0.1:{box.rest_port}",
        user=box.user,
        token=token or box.token(),
        partition="solar",
        cores=cores or (24,),
    )
    return SlurmWorker(session, config)


def short(box: SlurmBox, seconds: float = 1) -> str:
    """Return a job that takes so long, and then notes that it is done."""
    return SHORT.format(seconds=seconds, file=box.folder / "done")


async def test_a_held_job_starts_when_it_is_let_and_a_pause_lets_it_end(
    box: SlurmBox, session: aiohttp.ClientSession
) -> None:
    worker = backend(box, session)
    first = box.submit("solar", "--hold", script=short(box, 3))
    assert (held := await worker.async_status()).state is WorkerState.PAUSED
    assert held.has_work
    assert held.level == 0

    await worker.async_set_level(1, 1)
    running = await until(worker, is_running)
    assert running.level == 1
    second = box.submit("solar", script=short(box, 3))
    draining = await worker.async_pause(2)

    assert draining.state is WorkerState.DRAINING
    assert draining.level == 0
    assert draining.cause == "finishes_jobs"
    assert box.states("solar")[first] == "RUNNING"
    await until(worker, is_paused)
    assert first not in box.states("solar")
    assert (box.folder / "done").read_text()
    assert box.states("solar").get(second) in ("PENDING", None)


async def test_a_job_whose_steps_compute_is_never_called_paused(
    box: SlurmBox, session: aiohttp.ClientSession
) -> None:
    worker = backend(box, session)
    job = box.submit("solar")
    await worker.async_set_level(1, 1)
    await until_true(lambda: box.step_count("solar") > 0)
    # What Slurm's own signal does: the script stops, its step goes on.
    box.run("scancel", "--full", "--signal=STOP", str(job))
    await until_true(lambda: box.states("solar")[job] == "STOPPED")
    steps = box.step_count("solar")
    await until_true(lambda: box.step_count("solar") > steps)

    assert (await worker.async_pause(2)).state is WorkerState.DRAINING
    assert (await worker.async_status()).state is WorkerState.DRAINING


async def test_levels_are_cores_and_the_oldest_jobs_come_first(
    box: SlurmBox, session: aiohttp.ClientSession
) -> None:
    worker = backend(box, session, 2, 5)
    jobs = [
        box.submit("solar", "--hold", f"--ntasks={cores}", script=short(box, 60))
        for cores in (1, 3, 1, 1)
    ]

    await worker.async_set_level(1, 1)
    status = await until(worker, is_running)
    await until_true(lambda: running(box) == {jobs[0], jobs[2]})
    assert status.level == 1
    await asyncio.sleep(1)
    assert running(box) == {jobs[0], jobs[2]}

    await worker.async_set_level(2, 2)
    await until_true(lambda: running(box) == set(jobs))
    assert (await worker.async_status()).level == 2
    with pytest.raises(WorkerRefused, match="level 3"):
        await worker.async_set_level(3, 3)


async def test_an_array_counts_as_a_whole(
    box: SlurmBox, session: aiohttp.ClientSession
) -> None:
    worker = backend(box, session, 2, 24)
    box.submit("solar", "--hold", "--array=1-4", script=short(box, 60))

    assert (await worker.async_set_level(1, 1)).state is WorkerState.STARTING
    await asyncio.sleep(1)
    assert not running(box)

    await worker.async_set_level(2, 2)
    await until_true(lambda: len(running(box)) == 4)


async def test_other_partitions_are_none_of_its_business(
    box: SlurmBox, session: aiohttp.ClientSession
) -> None:
    worker = backend(box, session)
    theirs = box.submit("others", script=short(box, 60))
    waiting = box.submit("others", "--hold", script=short(box, 60))

    await worker.async_set_level(1, 1)
    paused = await worker.async_pause(2)

    assert is_paused(paused)
    assert not paused.has_work
    await until_true(lambda: box.states("others")[theirs] == "RUNNING")
    assert box.states("others")[waiting] == "PENDING"


async def test_a_job_that_comes_during_a_pause_is_seen_and_held(
    box: SlurmBox, session: aiohttp.ClientSession
) -> None:
    worker = backend(box, session)
    await worker.async_pause(1)
    box.submit("solar", "--begin=now+1hour", script=short(box, 60))

    seen = await worker.async_status()
    assert seen.level is None
    assert seen.state is WorkerState.STARTING

    assert is_paused(await worker.async_pause(2))


async def test_an_unknown_or_outlived_token_is_told_from_a_silent_controller(
    box: SlurmBox, session: aiohttp.ClientSession
) -> None:
    for token in ("a.b.c", box.token("nobody-at-all"), box.token(lifespan_s=-10)):
        with pytest.raises(WorkerAuthFailed):
            await backend(box, session, token=token).async_status()
        with pytest.raises(WorkerAuthFailed):
            await backend(box, session, token=token).async_pause(1)

    box.kill("slurmctld")
    with pytest.raises(WorkerUnreachable):
        await backend(box, session).async_status()
    box.start_controller()
    assert (await backend(box, session).async_status()).generation == 0


async def test_daemons_that_are_killed_are_unknown_and_known_again(
    box: SlurmBox, session: aiohttp.ClientSession
) -> None:
    worker = backend(box, session)
    job = box.submit("solar", "--hold")
    await worker.async_set_level(1, 1)
    await until(worker, is_running)

    box.kill("slurmrestd")
    with pytest.raises(WorkerUnreachable):
        await worker.async_status()
    with pytest.raises(WorkerUnreachable):
        await worker.async_pause(2)
    box.start_rest()
    assert is_running(await worker.async_status())
    # It writes down what it knows every five seconds.
    await asyncio.sleep(6)
    box.kill("slurmctld")
    box.start_controller()

    draining = await worker.async_pause(3)

    assert draining.state is WorkerState.DRAINING
    assert box.states("solar") == {job: "RUNNING"}


async def test_a_late_command_is_refused(
    box: SlurmBox, session: aiohttp.ClientSession
) -> None:
    worker = backend(box, session)
    assert (await worker.async_pause(9)).generation == 9
    with pytest.raises(WorkerBehind) as refusal:
        await worker.async_set_level(1, 4)
    assert refusal.value.generation == 9


async def test_who_may_not_hold_the_jobs_of_others_is_told_so(
    box: SlurmBox, session: aiohttp.ClientSession
) -> None:
    box.submit("solar", "--begin=now+1hour", script=short(box))
    config = SlurmBackend(
        url=f"http://127.0.0.1:{box.rest_port}",
        user="daemon",
        token=box.token("daemon"),
        partition="solar",
        cores=(24,),
    )
    stranger = SlurmWorker(session, config)

    with pytest.raises(WorkerRefused, match="Invalid user"):
        await stranger.async_pause(1)

    assert (await stranger.async_status()).state is WorkerState.STARTING


async def test_partitions_are_listed(
    box: SlurmBox, session: aiohttp.ClientSession
) -> None:
    url = f"http://127.0.0.1:{box.rest_port}"
    client = SlurmClient(session, url, box.user, box.token())
    assert sorted(await client.async_partitions()) == ["others", "solar"]


def running(box: SlurmBox) -> set[int]:
    """Return the jobs of the partition that run."""
    return {job for job, state in box.states("solar").items() if state == "RUNNING"}
