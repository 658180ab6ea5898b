"""Has a running job save its work, and waits until it says that it has.

May import aiohttp, for the call to a job on this machine. It must never hold the job
still or let it go on: it only asks, and tells how that went.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
import logging
import os
from pathlib import Path

from aiohttp import ClientError, ClientSession, ClientTimeout

from .launch import run_guarded
from .leftovers import VARIABLE
from .progress import read_progress
from .spec import CheckpointSpec

LOOK_S = 0.05
"""How often to look for a signalled job's acknowledgement."""

_LOGGER = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class RunningJob:
    """What a hook needs to know of the job: its first process, and where it is."""

    pid: int
    directory: Path
    status_file: Path
    environment: Mapping[str, str]
    """What the job itself finds in its environment."""


class Saver:
    """Has one job save its work, once at a time.

    `complaint` is what went wrong the last time, or None.
    """

    def __init__(self, spec: CheckpointSpec | None, name: str) -> None:
        """Take how to, None if the job knows no way to, and the job's name for logs."""
        self.complaint: str | None = None
        self._spec = spec
        self._name = name
        self._task: asyncio.Task[None] | None = None

    def begin(self, job: RunningJob) -> asyncio.Task[None] | None:
        """Ask the job, unless it has not yet answered; return the waiting for it."""
        if self._spec is None:
            return None
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._save(self._spec, job))
        return self._task

    def stop(self) -> None:
        """Wait no longer, and end the hook."""
        if self._task is not None:
            self._task.cancel()
            self._task = None

    async def _save(self, spec: CheckpointSpec, job: RunningJob) -> None:
        self.complaint = await save(spec, job)
        if self.complaint:
            _LOGGER.warning("%s: %s", self._name, self.complaint)
        else:
            _LOGGER.info("%s: saved its work", self._name)


async def save(spec: CheckpointSpec, job: RunningJob) -> str | None:
    """Ask the job to save its work, and wait for that up to the deadline.

    Returns None when the job acknowledged it, else what went wrong as a phrase.
    """
    try:
        async with asyncio.timeout(spec.deadline_s):
            if spec.signal is not None:
                await _by_signal(spec.signal, job)
                return None
            if spec.url is not None:
                return await _by_call(spec.url, job)
            return await _by_command(spec.command, job)
    except TimeoutError:
        return f"no checkpoint within {spec.deadline_s:g} s"
    except (OSError, ClientError) as error:
        return f"no checkpoint: {error}"


async def _by_signal(number: int, job: RunningJob) -> None:
    before = read_progress(job.status_file).checkpoint_at
    os.kill(job.pid, number)
    while True:
        await asyncio.sleep(LOOK_S)
        now = read_progress(job.status_file).checkpoint_at
        if now is not None and (before is None or now > before):
            return


async def _by_command(command: tuple[str, ...], job: RunningJob) -> str | None:
    problem = await run_guarded(
        command,
        job.directory,
        job.environment[VARIABLE].partition("/")[0],
        {**job.environment, "SOLAR_COMPUTE_PID": str(job.pid)},
    )
    return f"no checkpoint: {problem}" if problem else None


async def _by_call(url: str, job: RunningJob) -> str | None:
    body = {
        "worker": job.environment["SOLAR_COMPUTE_WORKER"],
        "slot": int(job.environment["SOLAR_COMPUTE_SLOT"]),
    }
    # The deadline is the only one.
    async with (
        ClientSession(timeout=ClientTimeout(total=None)) as session,
        session.post(url, json=body, allow_redirects=False) as response,
    ):
        if 200 <= response.status < 300:
            return None
        return f"no checkpoint: the job answered with status {response.status}"
