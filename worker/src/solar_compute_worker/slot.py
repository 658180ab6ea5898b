"""One running copy of a job: its guardian, and how much of the time it may run.

May import asyncio and this package's plumbing. It must never start a process other than
the guardian, and never block the event loop.

A share between 0 and 1 is given by a CPU quota where the control group has one, and
otherwise by freezing and thawing the job several times a second.
"""

import asyncio
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import partial
import json
import logging
import os
from pathlib import Path
import signal
import tempfile
import time

from . import clock, guardian, progress
from .checkpoint import RunningJob, Saver
from .freezer import CgroupFreezer, Freezer, SignalFreezer
from .host import Host
from .launch import describe, start_guardian
from .leftovers import VARIABLE as MARK_VARIABLE, kill_marked
from .spec import WorkerSpec
from .unsaved import Unsaved

PERIOD_S = 0.25
"""How often a slot enforces its share, and tells its guardian that it is alive."""

_LOGGER = logging.getLogger(__name__)


class Slot:
    """One copy of a worker's job. It can be started again after it has ended.

    `outcome` is how the last run ended: None before that, "" if the job exited with
    status 0, else what went wrong as a phrase.
    """

    def __init__(
        self, worker: WorkerSpec, index: int, host: Host, on_end: Callable[[], None]
    ) -> None:
        """Take what to run; `on_end` is called each time that the job has ended."""
        self.outcome: str | None = None
        self._worker = worker
        self._index = index
        self._host = host
        self._on_end = on_end
        self._share = 0.0
        self._changed = asyncio.Event()
        self._life: asyncio.Task[None] | None = None
        self._guardian: asyncio.subprocess.Process | None = None
        self._freezer: Freezer | None = None
        self._group: Path | None = None
        self._status_file: Path | None = None
        self._ending = self._again = False
        self._main = 0
        self._environment: Mapping[str, str] = {}
        self._saver = Saver(worker.checkpoint, f"{worker.name}-{index}")
        self._share_after = 0.0
        self._unsaved = Unsaved()
        self._counted_at = 0.0
        self._argument: str | None = None
        self._log: Path | None = None
        self._parting: asyncio.Task[None] | None = None

    @property
    def alive(self) -> bool:
        """Return whether anything of the job may be there."""
        return self._life is not None

    @property
    def starting(self) -> bool:
        """Return whether the job was asked to start and does not run yet."""
        return self.alive and self._freezer is None and self.outcome is None

    @property
    def running(self) -> bool:
        """Return whether the job is there and has not come to its end."""
        return self._freezer is not None and self.outcome is None and not self._ending

    @property
    def dismissed(self) -> bool:
        """Return whether the service ended the job, rather than the job itself."""
        return self._ending

    @property
    def still(self) -> bool:
        """Return whether the job uses no CPU now: it is not there, or held still."""
        if self._freezer is None:
            return not self.alive
        try:
            return self._freezer.frozen()
        except OSError:
            return False

    @property
    def complaint(self) -> str | None:
        """Return what went wrong with the job's last checkpoint, or None."""
        return self._saver.complaint

    def attend(self) -> None:
        """Do nothing: a job looks after itself from its start on."""

    def progress(self) -> progress.Progress:
        """Return what the job last told about itself, and note its checkpoint."""
        if self._status_file is None:
            return progress.Progress()
        told = progress.read_progress(self._status_file)
        self._unsaved.told(told.checkpoint_at, time.time())
        return told

    def checkpoint_age_s(self) -> float | None:
        """Return how long the job has run since its last checkpoint, if it tells."""
        self._count()
        self.progress()
        return self._unsaved.age_s

    def start(self, argument: str | None = None, log: Path | None = None) -> None:
        """Start the job, unless it is there; one that is just ending, afterwards.

        `argument` is added to its command; what it prints goes to `log`.
        """
        if self._life is not None:
            self._again = self._ending
            return
        self.outcome = None
        self._ending = self._again = False
        self._unsaved = Unsaved()
        self._argument, self._log = argument, log
        self._life = asyncio.create_task(self._live())

    def allow(self, share: float) -> None:
        """Let the job run for this share of its CPU time, from 0 (held still) to 1."""
        if self._ending:
            self._share_after = share
            if share == 0:
                # No time is left for it to end by itself.
                self._again = False
                self._dismiss()
            return
        if self._parting is not None:
            self._parting.cancel()
            self._parting = None
        if share == 0:
            self._saver.stop()
        self._set(share)

    def pause(self) -> None:
        """Hold the job still, or end it, as configured; before that, let it save.

        It goes on at its share until it has saved its work, or until the deadline.
        """
        if self._ending:
            self._again, self._share_after = False, 0.0
            return
        gentle = self._worker.ends or self._worker.checkpoint is not None
        if self._share == 0 or not self.running or not gentle:
            self.allow(0.0)
        elif self._parting is None or self._parting.done():
            self._parting = asyncio.create_task(self._part())

    def save(self) -> asyncio.Task[None] | None:
        """Begin to have a running job save its work; None if it knows no way to."""
        if self._share == 0 or not self.running or self._status_file is None:
            return None
        directory = self._worker.directory
        return self._saver.begin(
            RunningJob(self._main, directory, self._status_file, self._environment)
        )

    async def close(self, grace_s: float) -> None:
        """End the job for good; all of saving and ending has this long."""
        self._again = False
        deadline = clock.now() + grace_s
        if saving := self.save():
            await asyncio.wait([saving], timeout=grace_s)
        await self._end(max(0.0, deadline - clock.now()))

    async def _part(self) -> None:
        if saving := self.save():
            await asyncio.shield(saving)
        if self._worker.ends:
            await self._end(self._host.grace_s)
        else:
            self._set(0.0)

    def _count(self) -> None:
        """Count the time since the last call as run, if the job was allowed to."""
        # Unlike the leases' clock, this one stands still while the machine sleeps.
        now = time.monotonic()
        if self._freezer is not None and self._share > 0:
            self._unsaved.ran(now - self._counted_at)
        self._counted_at = now

    def _set(self, share: float) -> None:
        self._count()
        if share != self._share:
            self._share = share
            self._changed.set()
            # A pause takes effect at once, not when the event loop comes round to it.
            if share == 0 and self._freezer is not None:
                self._attempt(self._freezer.freeze)

    async def _end(self, grace_s: float) -> None:
        """Ask the job to end, wait so long, then kill what is left of it."""
        if self._life is None:
            return
        told, self._ending = self._ending, True
        self._saver.stop()
        if self._freezer is not None:
            if not told:
                self._share_after = 0.0
                # What is held still cannot act on the signal.
                self._set(1.0)
                self._attempt(self._freezer.thaw)
                self._terminate()
            await asyncio.wait([self._life], timeout=grace_s)
        if self._life is not None:
            self._dismiss()
            await asyncio.wait([self._life], timeout=guardian.KILL_S + 1)
        if self._life is not None and self._guardian is not None:
            self._guardian.kill()
            await asyncio.wait([self._life])

    async def _live(self) -> None:
        """Run the job once, from its guardian's start to its guardian's end."""
        name = f"{self._worker.name}-{self._index}"
        mark = f"{self._host.mark}/{name}"
        folder = tempfile.mkdtemp(prefix=f"{self._host.mark}-")
        try:
            if self._host.tree is not None:
                self._group = self._host.tree.create(name)
            self._status_file = Path(folder) / "status.json"
            self._environment = {
                MARK_VARIABLE: mark,
                "SOLAR_COMPUTE_WORKER": self._worker.name,
                "SOLAR_COMPUTE_SLOT": str(self._index),
                progress.VARIABLE: str(self._status_file),
            }
            self._guardian = await start_guardian(
                (*self._worker.command, *filter(None, [self._argument])),
                self._worker.directory,
                self._group,
                folder,
                self._environment,
                log=self._log,
            )
            if self._ending:
                self._dismiss()
            await self._follow(self._guardian)
        except OSError as error:
            self.outcome = str(error)
        finally:
            group = self._group
            self._saver.stop()
            self._guardian = self._freezer = self._group = self._status_file = None
            if self.outcome is None:
                self.outcome = "its guardian was lost"
            # All of this is done already unless the guardian itself was killed.
            await asyncio.to_thread(kill_marked, mark)
            if group is not None:
                await asyncio.to_thread(guardian.kill_group, str(group))
            guardian.clear_folder(folder)
            self._life = None
            if self._ending:
                self._share = self._share_after
            if self._again:
                self.start()
            else:
                self._on_end()

    async def _follow(self, process: asyncio.subprocess.Process) -> None:
        """Act on what the guardian reports, until it ends."""
        assert process.stdout is not None
        holding: asyncio.Task[None] | None = None
        try:
            async for line in process.stdout:
                event = json.loads(line)
                if "started" in event:
                    self._main = event["started"]
                    self._count()
                    self._freezer = (
                        SignalFreezer(event["started"])
                        if self._group is None
                        else CgroupFreezer(self._group)
                    )
                    holding = asyncio.create_task(self._hold(self._freezer))
                elif self.outcome is None:
                    self.outcome = event.get("failed") or describe(event["exited"])
                    if not self._ending:
                        self._dismiss()
            await process.wait()
        finally:
            if holding is not None:
                holding.cancel()

    async def _hold(self, freezer: Freezer) -> None:
        """Enforce the share over and over, against whatever else thaws or freezes."""
        while True:
            self._changed.clear()
            share = self._share_by_time()
            self._greet()
            self.checkpoint_age_s()
            if share > 0:
                self._attempt(freezer.thaw)
                await self._rest(share * PERIOD_S)
            if share < 1 and not self._changed.is_set():
                self._attempt(freezer.freeze)
                await self._rest((1 - share) * PERIOD_S)

    def _share_by_time(self) -> float:
        """Return the share to give by freezing and thawing: 1 if a quota does it."""
        tree = self._host.tree
        if tree is None or self._group is None or self._share == 0:
            return self._share
        return tree.throttle(self._group, self._share, self._worker.cpus)

    async def _rest(self, seconds: float) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._changed.wait()

    def _attempt(self, action: Callable[[], None]) -> None:
        """Do something to the job, which may have ended just now."""
        try:
            action()
        except OSError as error:
            _LOGGER.debug("%s-%s: %s", self._worker.name, self._index, error)

    def _terminate(self) -> None:
        """Ask every process of the job to end, in its process group or not."""
        if self._guardian is not None:
            for pid in guardian.descendants(self._guardian.pid):
                self._attempt(partial(os.kill, pid, signal.SIGTERM))

    def _greet(self) -> None:
        """Tell the guardian that the service is alive."""
        pipe = None if self._guardian is None else self._guardian.stdin
        if pipe is not None and not pipe.is_closing():
            pipe.write(b".")

    def _dismiss(self) -> None:
        """Let the guardian kill what is left of the job, and end."""
        if self._guardian is not None and self._guardian.stdin is not None:
            self._guardian.stdin.close()
