"""BOINC as a back-end: the real client, a compiled application, a project on loopback."""

import asyncio
from collections.abc import AsyncIterator, Callable
import time

import pytest

from custom_components.solar_compute.configured import BoincDevices
from custom_components.solar_compute.core.model import WorkerState
from custom_components.solar_compute.workers import boinc
from custom_components.solar_compute.workers.base import (
    WorkerAuthFailed,
    WorkerBehind,
    WorkerRefused,
    WorkerStatus,
    WorkerUnreachable,
)
from custom_components.solar_compute.workers.boinc import BoincWorker
from custom_components.solar_compute.workers.boinc_rpc import RunMode, visit

from .boinc_box import PASSWORD, BoincBox
from .conftest import MakeBox

NEVER_SAVES_S = 3600


@pytest.fixture
async def box(
    crunchbox: BoincBox, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[BoincBox]:
    """Return the shared machine, computing at first; what is unsaved counts at once."""
    monkeypatch.setattr(boinc, "JUST_SAVED_S", 0.1)
    await crunchbox.prefer(disk_interval_s=2)
    await computing(crunchbox.worker())
    yield crunchbox
    await crunchbox.worker().async_pause(1, urgent=True)


async def until(
    worker: BoincWorker, what: Callable[[WorkerStatus], bool], limit_s: float = 45
) -> WorkerStatus:
    """Ask until the answer is as it should be."""
    async with asyncio.timeout(limit_s):
        while not what(status := await worker.async_status()):
            await asyncio.sleep(0.1)
    return status


async def computing(worker: BoincWorker) -> WorkerStatus:
    """Have a worker run at level 1 until its task computes."""
    await worker.async_set_level(1, 1)
    return await until(
        worker, lambda status: is_running(status) and bool(status.progress)
    )


async def unsaved(box: BoincBox, worker: BoincWorker) -> None:
    """Have a worker compute for a while without saving."""
    await box.prefer(disk_interval_s=NEVER_SAVES_S)
    await computing(worker)
    await until(worker, lambda status: (status.checkpoint_age_s or 0) > 0.2)


def is_paused(status: WorkerStatus) -> bool:
    """Tell whether it says that it stands still."""
    return status.state is WorkerState.PAUSED and status.level == 0


def is_running(status: WorkerStatus) -> bool:
    """Tell whether it says that it computes."""
    return status.state is WorkerState.RUNNING


async def test_a_task_runs_on_a_lease_pauses_and_goes_on_where_it_was(
    box: BoincBox,
) -> None:
    worker = box.worker(lease_s=60)
    running = await computing(worker)
    assert running.level == 1
    assert running.project == "Pocket & Project"
    assert running.has_work
    assert running.lease_remaining_s is not None
    assert 30 < running.lease_remaining_s <= 60
    assert running.checkpoint_age_s is not None
    assert running.power_w is None
    assert await box.busy_share() > 0.5

    await worker.async_pause(2)
    paused = await until(worker, is_paused)
    assert paused.lease_remaining_s is None
    assert paused.generation == 2
    assert await box.stands_still()
    assert is_paused(await worker.async_pause(3))

    await worker.async_set_level(1, 4)
    assert is_running(await until(worker, lambda status: goes_on(status, paused)))
    assert "resumed" not in box.told_by_tasks()


def goes_on(status: WorkerStatus, before: WorkerStatus) -> bool:
    """Tell whether there is progress since; there must be no step back."""
    assert status.progress is not None
    assert before.progress is not None
    assert status.progress >= before.progress
    return status.progress > before.progress


async def test_the_client_pauses_by_itself_when_its_lease_lapses(
    box: BoincBox,
) -> None:
    worker = box.worker(lease_s=3)
    began_s = time.monotonic()
    await worker.async_set_level(1, 1)
    assert time.monotonic() - began_s < 2

    await asyncio.sleep(3)

    assert await box.stands_still()
    assert is_paused(await worker.async_status())


async def test_a_renewed_lease_does_not_disturb_the_task(box: BoincBox) -> None:
    worker = box.worker(lease_s=5)
    before = await computing(worker)
    log = (box.folder / "log").read_text().count("Suspending computation")

    for _ in range(4):
        await asyncio.sleep(1.5)
        assert (await worker.async_set_level(1, 1)).level == 1

    await until(worker, lambda status: goes_on(status, before))
    assert (box.folder / "log").read_text().count("Suspending computation") == log


async def test_a_client_that_is_killed_and_started_again_is_paused(
    box: BoincBox,
) -> None:
    worker = box.worker(lease_s=120)
    await computing(worker)
    await until(worker, lambda _: "saved" in box.told_by_tasks())
    box.kill()
    with pytest.raises(WorkerUnreachable):
        await worker.async_status()
    with pytest.raises(WorkerUnreachable):
        await worker.async_pause(2)

    box.start()
    assert is_paused(await worker.async_status())
    assert await box.stands_still()

    await worker.async_set_level(1, 2)
    await until(worker, lambda status: "resumed" in box.told_by_tasks())
    assert (await computing(box.worker())).progress


async def test_levels_are_cpu_limits_and_the_owners_preferences_stay(
    box: BoincBox,
) -> None:
    worker = box.worker(cpu_limits=(30.0, 100.0))
    await worker.async_set_level(2, 1)
    await until(worker, lambda status: is_running(status) and status.level == 2)
    assert await box.busy_share(2) > 0.9

    throttled = await worker.async_set_level(1, 2)
    assert throttled.level == 1
    await asyncio.sleep(2)
    assert 0 < await box.busy_share(8) < 0.6

    assert is_running(await worker.async_status())
    preferences = box.preferences()
    assert "<cpu_usage_limit>30" in preferences
    assert "<disk_max_used_pct>77</disk_max_used_pct>" in preferences
    assert preferences.count("cpu_usage_limit>") == 4
    with pytest.raises(WorkerRefused, match="level 3"):
        await worker.async_set_level(3, 3)


async def test_one_level_leaves_the_clients_own_limit_alone(box: BoincBox) -> None:
    before = box.preferences()

    status = await box.worker().async_set_level(1, 1)

    assert status.level == 1
    assert box.preferences() == before


async def test_a_pause_waits_for_the_next_checkpoint_and_then_comes(
    box: BoincBox,
) -> None:
    worker = box.worker(checkpoint_wait_s=60)
    await unsaved(box, worker)
    told_before = box.told_by_tasks()

    waiting = await worker.async_pause(2)
    assert (waiting.state, waiting.level) == (WorkerState.DRAINING, 0)
    assert waiting.cause == "waits_for_checkpoint"
    assert (await worker.async_pause(3)).state is WorkerState.DRAINING
    assert box.told_by_tasks() == told_before
    await box.prefer(disk_interval_s=1)

    paused = await until(worker, is_paused)
    assert box.told_by_tasks().count("saved") > told_before.count("saved")
    assert paused.lease_remaining_s is None
    assert await box.stands_still()


async def test_a_pause_that_waits_in_vain_comes_even_if_nobody_asks(
    box: BoincBox,
) -> None:
    worker = box.worker(checkpoint_wait_s=3, lease_s=600)
    await unsaved(box, worker)

    assert (await worker.async_pause(2)).state is WorkerState.DRAINING
    await asyncio.sleep(3)

    assert await box.stands_still()
    assert is_paused(await worker.async_status())


async def test_an_urgent_pause_waits_for_nothing(box: BoincBox) -> None:
    worker = box.worker(checkpoint_wait_s=600)
    await unsaved(box, worker)
    assert (await worker.async_pause(2)).state is WorkerState.DRAINING

    await worker.async_pause(3, urgent=True)

    await until(worker, is_paused, limit_s=10)
    assert await box.stands_still()


async def test_a_run_during_the_wait_calls_the_pause_off(box: BoincBox) -> None:
    worker = box.worker(checkpoint_wait_s=600, lease_s=60)
    await unsaved(box, worker)
    await worker.async_pause(2)

    running = await worker.async_set_level(1, 3)

    assert running.level == 1
    assert running.lease_remaining_s == pytest.approx(60, abs=5)


async def test_commands_that_are_cancelled_in_flight_leave_it_controllable(
    box: BoincBox,
) -> None:
    worker = box.worker()
    for number in range(20):
        task = asyncio.create_task(worker.async_set_level(1, number))
        await asyncio.sleep(0.0005 * number)
        task.cancel()
        await asyncio.wait({task})

    await worker.async_pause(20)

    await until(worker, is_paused)
    assert await box.stands_still()
    assert is_paused(await worker.async_status())


async def test_wrong_passwords_and_late_commands_are_refused(box: BoincBox) -> None:
    stranger = box.worker(password="guessed")
    with pytest.raises(WorkerAuthFailed, match="password"):
        await stranger.async_set_level(1, 1)
    with pytest.raises(WorkerAuthFailed, match="password"):
        await stranger.async_pause(1)

    worker = box.worker()
    assert (await worker.async_pause(9)).generation == 9
    with pytest.raises(WorkerBehind) as refusal:
        await worker.async_set_level(1, 4)
    assert refusal.value.generation == 9
    await until(worker, is_paused)


async def test_a_client_that_its_owner_lets_run_is_not_called_paused(
    box: BoincBox,
) -> None:
    worker = box.worker()
    async with visit("127.0.0.1", box.port, PASSWORD) as client:
        await client.async_set_mode("run", RunMode.AUTO)
    await asyncio.sleep(1.5)
    assert is_running(own := await worker.async_status())
    assert own.lease_remaining_s is None
    async with visit("127.0.0.1", box.port, PASSWORD) as client:
        await client.async_set_mode("run", RunMode.NEVER, 60)
    await asyncio.sleep(1.5)
    snoozed = await worker.async_status()
    assert (snoozed.state, snoozed.level) == (WorkerState.STARTING, None)

    await worker.async_pause(1)

    await until(worker, is_paused)


async def test_the_gpu_is_paused_apart_from_the_rest(make_box: MakeBox) -> None:
    """The GPU is a pretended one, but the client schedules it like any other."""
    box = make_box(with_gpu=True)
    box.project.queue.append(("gpu_cruncher", "hours"))
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


async def test_ten_workers_of_ten_clients_do_not_get_in_each_others_way(
    make_box: MakeBox,
) -> None:
    workers = [make_box().worker(lease_s=60) for _ in range(10)]

    started = await asyncio.gather(*(w.async_set_level(1, 1) for w in workers))
    assert all(status.lease_remaining_s for status in started)
    await asyncio.gather(*(w.async_pause(2) for w in workers[::2]))

    seen = await asyncio.gather(*(w.async_status() for w in workers))
    assert [is_paused(status) for status in seen] == [True, False] * 5
