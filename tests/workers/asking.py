"""Asks a worker until it is as it should be."""

import asyncio
from collections.abc import Callable
from math import isfinite

from custom_components.solar_compute.core.model import WorkerState
from custom_components.solar_compute.workers.base import Backend, WorkerStatus

PATIENCE_S = 45.0
"""How long a busy machine may take for what takes a second or two."""


async def until(
    worker: Backend, what: Callable[[WorkerStatus], bool], limit_s: float = PATIENCE_S
) -> WorkerStatus:
    """Ask until the answer is as it should be."""
    async with asyncio.timeout(limit_s):
        while not what(status := await worker.async_status()):
            await asyncio.sleep(0.1)
    return status


async def until_true(what: Callable[[], bool], limit_s: float = PATIENCE_S) -> None:
    """Wait until something is so."""
    async with asyncio.timeout(limit_s):
        while not what():
            await asyncio.sleep(0.1)


async def computing(worker: Backend) -> WorkerStatus:
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


def runs_at(level: int) -> Callable[[WorkerStatus], bool]:
    """Return what tells whether a worker computes at a level."""
    return lambda status: is_running(status) and status.level == level


async def ask(worker: Backend, what: Callable[[WorkerStatus], bool]) -> WorkerStatus:
    """Ask until the answer is as it should be; each one has to make sense."""

    def looked_at(status: WorkerStatus) -> bool:
        assert status.state is not WorkerState.UNKNOWN
        assert status.level is None or status.level >= 0
        for value in (status.power_w, status.lease_remaining_s, status.progress):
            assert value is None or (isfinite(value) and value >= 0)
        assert (status.progress or 0) <= 1
        assert (status.checkpoint_age_s or 0) >= 0
        return what(status)

    return await until(worker, looked_at)
