"""BOINC as a back-end: the real client, a compiled application, a project on loopback."""

import asyncio

import pytest

from custom_components.solar_compute.core.model import WorkerState
from custom_components.solar_compute.workers.base import (
    WorkerAuthFailed,
    WorkerBehind,
    WorkerRefused,
    WorkerStatus,
    WorkerUnreachable,
)
from custom_components.solar_compute.workers.boinc_rpc import RunMode, visit

from .asking import computing, is_paused, is_running, until
from .boinc_box import PASSWORD, BoincBox


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
    assert (await worker.async_set_level(1, 1)).lease_remaining_s

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
