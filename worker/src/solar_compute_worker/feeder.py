"""Gives a queue's jobs to a worker's free slots, and has more jobs fetched.

May import asyncio and this package. It must never start a job that the level in force
has no room for: it is told which slots may run.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from functools import partial
import logging
from pathlib import Path
import tempfile

from .host import Host
from .job import JobCopy
from .job_queue import Job, JobQueue
from .launch import describe, run_guarded
from .leftovers import VARIABLE
from .spec import WorkerSpec

NONE_LEFT = 3
"""The exit status by which a command that yields jobs says that there are none."""
MOST_BYTES = 2**20
"""How much such a command may print at a time."""

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
            slot.start(job.argument, job.log)

    def ended(self, slot: JobCopy, now: float) -> None:
        """File the job that a slot has worked on."""
        job = self._jobs.pop(slot, None)
        if job is not None:
            self.queue.finish(
                job, slot.outcome or "", dismissed=slot.dismissed, now=now
            )

    def fetch(self, now: float) -> None:
        """Have jobs put into an empty queue, but not too often."""
        spec = self.queue.spec
        if self._fetching is not None or not (spec.source or spec.lines):
            return
        # A command yields jobs for free slots as well, a source fills what is empty.
        if self.queue.ready(now) if spec.lines else self.queue.has_work(now):
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
        run = partial(
            run_guarded,
            directory=self._worker.directory,
            mark=mark,
            environment=environment,
        )
        try:
            async with asyncio.timeout(spec.poll_s):
                problem = await (
                    self._fetch_lines(run) if spec.lines else run(spec.source)
                )
        except TimeoutError:
            problem = f"not done within {spec.poll_s:g} s"
        except OSError as error:
            problem = str(error)
        finally:
            self._fetching = None
        if problem:
            _LOGGER.warning("%s: its source: %s", self._worker.name, problem)

    async def _fetch_lines(
        self, run: Callable[[tuple[str, ...]], Awaitable[str]]
    ) -> str:
        """Have a command yield jobs, one a line; return "" or what went wrong."""
        with tempfile.TemporaryDirectory(prefix=f"{self._host.mark}-") as folder:
            printed = Path(folder) / "lines"
            # What a guarded command prints goes to the log otherwise.
            keep = ("sh", "-c", 'exec "$@" >"$0"', str(printed))
            problem = await run((*keep, *self.queue.spec.lines))
            if problem:
                return "" if problem == describe(NONE_LEFT) else problem
            if printed.stat().st_size > MOST_BYTES:
                return f"printed more than {MOST_BYTES // 2**20} MiB"
            lines = await asyncio.to_thread(_lines, printed)
        stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S.%fZ")
        # Writing many files takes a while, in which the leases have to be kept.
        if await asyncio.to_thread(self.queue.put, lines, stamp):
            self._fetched_at = None
        return ""


def _lines(file: Path) -> list[str]:
    return file.read_text(encoding="utf-8", errors="replace").splitlines()
