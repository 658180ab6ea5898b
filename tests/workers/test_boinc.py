"""BOINC as a back-end: the real client, a compiled application, a project on loopback."""

import asyncio

from custom_components.solar_compute.core.model import WorkerState
from custom_components.solar_compute.workers.boinc_rpc import RunMode, visit
from demo.boinc_client import PASSWORD

from .asking import PATIENCE_S, computing, is_paused, is_running, until
from .boinc_box import BoincBox


async def test_a_task_tells_what_it_is_for_and_what_it_would_lose(
    box: BoincBox,
) -> None:
    running = await computing(box.worker())

    assert running.project == "Pocket & Project"
    assert running.has_work
    assert running.checkpoint_age_s is not None
    assert running.power_w is None
    assert running.pause_method == "in_memory"


async def test_a_renewed_lease_does_not_disturb_the_task(box: BoincBox) -> None:
    worker = box.worker(lease_s=5)
    await computing(worker)
    log = (box.folder / "log").read_text().count("Suspending computation")

    for _ in range(4):
        await asyncio.sleep(1.5)
        assert (await worker.async_set_level(1, 1)).level == 1

    assert (box.folder / "log").read_text().count("Suspending computation") == log


async def test_levels_are_cpu_limits_and_the_owners_preferences_stay(
    box: BoincBox,
) -> None:
    worker = box.worker(cpu_limits=(30.0, 100.0))
    await worker.async_set_level(2, 1)
    await until(worker, lambda status: is_running(status) and status.level == 2)
    assert await box.busy_share(2) > 0.9

    throttled = await worker.async_set_level(1, 2)
    assert throttled.level == 1
    async with asyncio.timeout(PATIENCE_S):
        while await box.busy_share(0.2):
            pass
    assert 0 < await box.busy_share(8) < 0.6

    assert is_running(await worker.async_status())
    preferences = box.preferences()
    assert "<cpu_usage_limit>30" in preferences
    assert "<disk_max_used_pct>77</disk_max_used_pct>" in preferences
    assert preferences.count("cpu_usage_limit>") == 4


async def test_one_level_leaves_the_clients_own_limit_alone(box: BoincBox) -> None:
    before = box.preferences()

    status = await box.worker().async_set_level(1, 1)

    assert status.level == 1
    assert box.preferences() == before


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
