"""Asks a worker until it is as it should be."""

import asyncio
from collections.abc import Callable

from custom_components.solar_compute.core.model import WorkerState
from custom_components.solar_compute.workers.base import WorkerStatus
from custom_components.solar_compute.workers.boinc import BoincWorker


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


def is_paused(status: WorkerStatus) -> bool:
    """Tell whether it says that it stands still."""
    return status.state is WorkerState.PAUSED and status.level == 0


def is_running(status: WorkerStatus) -> bool:
    """Tell whether it says that it computes."""
    return status.state is WorkerState.RUNNING
