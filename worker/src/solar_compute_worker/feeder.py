"""Gives a queue's jobs to a worker's free slots, and has more jobs fetched.

May import asyncio and this package. It must never start a job that the level in force
has no room for: it is told which slots may run.
"""

import asyncio
from collections.abc import Sequence
import logging

from .host import Host
from .job import JobCopy
from .job_queue import Job, JobQueue
from .launch import run_guarded
from .leftovers import VARIABLE
from .spec import WorkerSpec

_LOGGER = logging.getLogger(__name__)


class Feeder:
    """The queue of one worker, and which slot works on what."""

    def __init__(self, worker: WorkerSpec, queue: JobQueue, host: Host) -> None:
        """Take the queue; nothing is started."""
        self.queue = queue
        self._worker = worker
        self._host = host
        self._jobs: dict[JobCopy, Job] = {}
        self._fetching: asyncio.Task[None] | None = None
        self._fetched_at: float | None = None

    def feed(self, slots: Sequence[JobCopy], now: float) -> None:
        """Start a job in each of these slots that is free, as long as there are any."""
        for slot in slots:
            if slot.alive:
                continue
            job = self.queue.take(now)
            if job is None:
                return
            self._jobs[slot] = job
            slot.start(str(job.file), job.log)

    def ended(self, slot: JobCopy, now: float) -> None:
        """File the job that a slot has worked on."""
        job = self._jobs.pop(slot, None)
        if job is not None:
            self.queue.finish(
                job, slot.outcome or "", dismissed=slot.dismissed, now=now
            )

    def fetch(self, now: float) -> None:
        """Have the source put jobs into an empty queue, but not too often."""
        spec = self.queue.spec
        if not spec.source or self._fetching is not None or self.queue.has_work(now):
            return
        if self._fetched_at is None or now - self._fetched_at >= spec.poll_s:
            self._fetched_at = now
            self._fetching = asyncio.create_task(self._fetch())

    async def close(self) -> None:
        """End the source, if it is at work."""
        if self._fetching is not None:
            self._fetching.cancel()
            await asyncio.wait([self._fetching])

    async def _fetch(self) -> None:
        spec, mark = self.queue.spec, self._host.mark
        environment = {
            VARIABLE: f"{mark}/{self._worker.name}-source",
            "SOLAR_COMPUTE_WORKER": self._worker.name,
            "SOLAR_COMPUTE_QUEUE": str(spec.folder),
        }
        try:
            async with asyncio.timeout(spec.poll_s):
                problem = await run_guarded(
                    spec.source, self._worker.directory, mark, environment
                )
        except TimeoutError:
            problem = f"not done within {spec.poll_s:g} s"
        finally:
            self._fetching = None
        if problem:
            _LOGGER.warning("%s: its source: %s", self._worker.name, problem)
