"""BOINC as a back-end: what there is to compute, and on what."""

import pytest

from custom_components.solar_compute.core.model import WorkerState
from custom_components.solar_compute.workers.boinc import BoincDevices
from custom_components.solar_compute.workers.boinc_rpc import RunMode, visit
from demo.boinc_client import PASSWORD

from .asking import computing, is_paused, is_running, until
from .conftest import MakeBox


async def test_the_gpu_is_paused_apart_from_the_rest(make_box: MakeBox) -> None:
    """The GPU is a pretended one, but the client schedules it like any other."""
    box = make_box(with_gpu=True, tasks=[("gpu_cruncher", "hours")])
    everything = box.worker()
    gpu = box.worker(devices=BoincDevices.GPU)
    async with visit("127.0.0.1", box.port, PASSWORD) as client:
        await client.async_set_mode("gpu", RunMode.NEVER)
    await computing(everything)
    assert await box.busy_share() > 0.5

    await gpu.async_pause(1)
    await until(gpu, is_paused)
    assert await box.stands_still()
    assert (await everything.async_status()).lease_remaining_s is not None

    leased = await gpu.async_set_level(1, 2)
    assert leased.lease_remaining_s == pytest.approx(120, abs=5)
    await until(gpu, is_running)

    await everything.async_pause(3)
    await until(everything, is_paused)
    blocked = await gpu.async_status()
    assert blocked.state is WorkerState.STARTING
    assert not blocked.has_work
    assert blocked.cause == "computing_off"


async def test_work_is_there_while_a_project_may_be_asked_for_it(
    make_box: MakeBox,
) -> None:
    box = make_box()
    worker = box.worker()
    assert (await worker.async_pause(1)).has_work

    await worker.async_set_level(1, 2)
    idle = await until(worker, lambda status: not status.has_work)
    assert idle.cause == "no_tasks"
    assert idle.state is WorkerState.STARTING
    assert box.project.asked > 0

    async with visit("127.0.0.1", box.port, PASSWORD) as client:
        await client.async_call(
            f"<project_detach><project_url>{box.project.url}</project_url>"
            "</project_detach>"
        )
    await until(worker, lambda status: status.cause == "no_project")
