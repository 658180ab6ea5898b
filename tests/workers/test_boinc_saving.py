"""BOINC as a back-end: pauses that wait until the tasks have saved their work."""

import asyncio

import pytest

from custom_components.solar_compute.core.model import WorkerState
from custom_components.solar_compute.workers.boinc import BoincWorker

from .asking import computing, is_paused, until
from .boinc_box import BoincBox

KNOWN_AFTER_S = 3
"""A client asks its tasks once a second."""


async def unsaved(box: BoincBox, worker: BoincWorker) -> None:
    """Have a worker compute for a while without saving.

    A save that was under way would look like one that came later, so let it be known.
    """
    await computing(worker)
    box.hold_saves()
    await asyncio.sleep(KNOWN_AFTER_S)
    await until(worker, lambda status: (status.checkpoint_age_s or 0) > 0.2)


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
    await asyncio.sleep(KNOWN_AFTER_S)
    assert (await worker.async_status()).state is WorkerState.DRAINING
    box.let_save()

    paused = await until(worker, is_paused)
    assert box.told_by_tasks().count("saved") > told_before.count("saved")
    assert paused.lease_remaining_s is None
    assert await box.stands_still()


async def test_a_pause_waits_also_in_the_stops_that_a_cpu_limit_makes(
    box: BoincBox,
) -> None:
    worker = box.worker(checkpoint_wait_s=60, cpu_limits=(30.0,))
    await unsaved(box, worker)

    for number in range(2, 8, 2):
        async with asyncio.timeout(45):
            while await box.busy_share(0.3):
                await asyncio.sleep(0.1)
        waiting = await worker.async_pause(number)
        assert (waiting.state, waiting.level) == (WorkerState.DRAINING, 0)
        assert (await worker.async_status()).state is WorkerState.DRAINING
        await worker.async_set_level(1, number + 1)


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
