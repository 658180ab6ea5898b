"""Slurm through the worker service on its host, where something goes wrong on the way.

What every worker has to keep is in the conformance suite; these are Slurm's own traps.
"""

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import aiohttp
import pytest

from custom_components.solar_compute.core.model import WorkerState
from custom_components.solar_compute.workers.agent import AgentBackend, AgentWorker
from tests.integration.companion import TOKEN, Companion
from tests.requires import require

from .asking import is_paused, is_running, until, until_true
from .slurm_box import PROGRAMS, SlurmBox

WORKERS = """
[workers.cluster]
slurm = {{ partition = "solar", config = "{configuration}" }}
levels = [{{watts = 60, cores = 2}}, {{watts = 120, cores = 24}}]
"""
LONG_S = 8
"""Longer than it takes for a job to be called paused when all is well."""


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SlurmBox]:
    """Return a cluster with a partition for surplus, and another one on its node."""
    for program in PROGRAMS:
        require(program)
    box = SlurmBox(
        tmp_path_factory.mktemp("cluster") / "slurm", {"solar": "DOWN", "others": "UP"}
    )
    try:
        box.start()
        yield box
    finally:
        box.close()


@pytest.fixture
async def companion(tmp_path: Path, cluster: SlurmBox) -> AsyncIterator[Companion]:
    """Return the service on the cluster's host, started."""
    service = Companion(
        tmp_path,
        token=TOKEN,
        workers=WORKERS.format(configuration=cluster.configuration),
    )
    await service.start()
    yield service
    service.kill()
    cluster.mend()
    for partition in ("solar", "others"):
        cluster.cancel(partition)


@pytest.fixture
async def worker(companion: Companion) -> AsyncIterator[AgentWorker]:
    """Return the partition as Home Assistant has it."""
    async with aiohttp.ClientSession() as session:
        config = AgentBackend(
            url=companion.url, token=TOKEN, worker="cluster", lease_s=60
        )
        yield AgentWorker(session, config, "home")


async def test_a_partition_without_jobs_has_no_work(worker: AgentWorker) -> None:
    status = await until(worker, lambda status: status.cause == "queue_empty")
    assert not status.has_work
    assert is_paused(status)


async def test_script_and_steps_stop_and_other_partitions_go_on(
    cluster: SlurmBox, worker: AgentWorker
) -> None:
    cluster.submit("solar")
    cluster.submit("others")
    await compute(cluster, worker)

    await worker.async_pause(2)
    await until(worker, is_paused)

    steps, scripts = cluster.step_count("solar"), cluster.count("solar")
    theirs = cluster.count("others")
    await until_true(lambda: cluster.count("others") > theirs)
    assert cluster.step_count("solar") == steps
    assert cluster.count("solar") == scripts


async def test_a_job_that_comes_during_a_pause_waits(
    cluster: SlurmBox, worker: AgentWorker
) -> None:
    job = cluster.submit("solar")
    assert (await until(worker, lambda status: status.has_work)).level == 0
    await asyncio.sleep(2)
    assert cluster.states("solar") == {job: "PENDING"}


async def test_a_partition_that_somebody_opens_is_closed_again(
    cluster: SlurmBox, worker: AgentWorker
) -> None:
    job = cluster.submit("solar")
    cluster.run("scontrol", "update", "PartitionName=solar", "State=UP")

    await until_true(lambda: cluster.partition_state("solar") == "DOWN")

    await until_true(lambda: cluster.states("solar")[job] in ("PENDING", "SUSPENDED"))
    await until(worker, is_paused)


@pytest.mark.parametrize("trouble", ["freeze", "kill"])
async def test_a_node_that_does_not_hear_is_never_called_paused(
    cluster: SlurmBox, worker: AgentWorker, trouble: str
) -> None:
    job = cluster.submit("solar")
    await compute(cluster, worker)
    getattr(cluster, trouble)("slurmd")

    await worker.async_pause(2)
    await until_true(lambda: cluster.states("solar")[job] == "SUSPENDED")
    # Slurm is content, but the job computes.
    counted = cluster.step_count("solar")
    for _ in range(2 * LONG_S):
        assert (await worker.async_status()).state is WorkerState.DRAINING
        await asyncio.sleep(0.5)
    assert cluster.step_count("solar") > counted

    if trouble == "kill":
        cluster.start_node()
    else:
        cluster.thaw("slurmd")
    await until(worker, is_paused, limit_s=120)
    counted, used_s = cluster.step_count("solar"), cluster.used_s("solar")
    await asyncio.sleep(1)
    assert cluster.step_count("solar") == counted
    assert cluster.used_s("solar") - used_s < 0.05


async def test_a_controller_that_is_killed_and_comes_back_is_closed_again(
    cluster: SlurmBox, worker: AgentWorker
) -> None:
    cluster.submit("solar")
    await compute(cluster, worker)
    # It writes down what it knows every five seconds.
    await asyncio.sleep(6)
    cluster.kill("slurmctld")

    await worker.async_pause(2)
    for _ in range(6):
        status = await worker.async_status()
        assert status.state is WorkerState.DRAINING
        await asyncio.sleep(0.5)
    cluster.start_controller()

    await until(worker, is_paused, limit_s=90)
    assert cluster.partition_state("solar") == "DOWN"
    counted = cluster.count("solar")
    await worker.async_set_level(2, 3)
    await until_true(lambda: cluster.count("solar") > counted)


async def test_jobs_are_suspended_when_the_service_is_killed(
    cluster: SlurmBox, worker: AgentWorker, companion: Companion
) -> None:
    job = cluster.submit("solar")
    await compute(cluster, worker)

    companion.kill()

    await until_true(lambda: cluster.states("solar")[job] == "SUSPENDED")
    assert cluster.partition_state("solar") == "DOWN"
    used_s = 0.0
    while cluster.used_s("solar") - used_s > 0.01:
        used_s = cluster.used_s("solar")
        await asyncio.sleep(1)


async def test_a_lower_level_suspends_the_newest_jobs(
    cluster: SlurmBox, worker: AgentWorker
) -> None:
    jobs = [cluster.submit("solar") for _ in range(4)]
    await worker.async_set_level(2, 1)
    await until_true(lambda: states(cluster) == ["RUNNING"] * 4)

    await worker.async_set_level(1, 2)
    await until_true(lambda: states(cluster) == ["RUNNING"] * 2 + ["SUSPENDED"] * 2)
    status = await until(worker, is_running)
    assert status.level == 1
    assert cluster.partition_state("solar") == "DOWN"

    cluster.run("scancel", str(jobs[0]))
    await until_true(lambda: states(cluster) == ["RUNNING", "RUNNING", "SUSPENDED"])


def states(cluster: SlurmBox) -> list[str]:
    """Return the states of the partition's jobs, the oldest first."""
    return [state for _, state in sorted(cluster.states("solar").items())]


async def compute(cluster: SlurmBox, worker: AgentWorker) -> None:
    """Have the jobs compute, scripts and steps."""
    counted, stepped = cluster.count("solar"), cluster.step_count("solar")
    await worker.async_set_level(2, 1)
    await until(worker, is_running)
    await until_true(lambda: cluster.count("solar") > counted)
    await until_true(lambda: cluster.step_count("solar") > stepped)
