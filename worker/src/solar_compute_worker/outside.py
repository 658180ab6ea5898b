"""A job that another daemon runs: a container, or a unit of systemd.

The service did not start it and does not own its processes: it reads what the job does,
acts, and judges by what it reads afterwards. May import asyncio and this package's
plumbing. It must never let the job run without a warden, which pauses it when the
service is gone, and never call it still when that was not read.
"""

import asyncio
from collections.abc import Awaitable, Callable, Collection
from contextlib import suppress
import logging
import os
from pathlib import Path

from . import clock
from .checkpoint import RunningJob, Saver
from .daemon import Activity, Handle, OutsideError, Sight
from .host import Host
from .keeper import Keeper
from .leftovers import VARIABLE as MARK_VARIABLE
from .progress import Progress
from .spec import WorkerSpec

LOOK_S = 1.0
"""How often to look at what the job does, and to make it do what it should."""
ANSWER_S = 20.0
"""How long looking and acting may take before what the job does is unknown."""
HOLD_S = 5.0
"""How long the service waits, when it stops, for the job to be held still."""
STILL = frozenset({Activity.GONE, Activity.ENDED, Activity.FROZEN})

_LOGGER = logging.getLogger(__name__)


class OutsideCopy:
    """The one copy of such a job. It is held still from the first look on.

    `outcome` is as for every copy of a job, see `JobCopy`.
    """

    def __init__(
        self,
        worker: WorkerSpec,
        handle: Handle,
        host: Host,
        on_end: Callable[[], None],
    ) -> None:
        """Take what to steer; `on_end` is called each time that the job has ended."""
        self.outcome: str | None = None
        self._worker = worker
        self._handle = handle
        self._grace_s = host.grace_s
        self._on_end = on_end
        self._environment = {
            MARK_VARIABLE: f"{host.mark}/{worker.name}-1",
            "SOLAR_COMPUTE_WORKER": worker.name,
            "SOLAR_COMPUTE_SLOT": "1",
        }
        self._keeper = Keeper(handle.hold_command, self._environment)
        self._saver = Saver(worker.checkpoint, worker.name)
        self._share = 0.0
        self._sight: Sight | None = None
        self._problem: str | None = "it was not looked at yet"
        self._begins = False
        self._begun = False
        self._ending = False
        self._again = False
        self._changed = asyncio.Event()
        self._looking: asyncio.Task[None] | None = None
        self._parting: asyncio.Task[None] | None = None
        self._stopping: asyncio.Task[None] | None = None

    @property
    def alive(self) -> bool:
        """Return whether anything of the job may be there."""
        return self._begins or self._sight is None or not self._sight.over

    @property
    def starting(self) -> bool:
        """Return whether the job was asked to run and does not yet."""
        return self._share > 0 and self.alive and not (self._ending or self.running)

    @property
    def running(self) -> bool:
        """Return whether the job runs, and may."""
        runs = self._sight is not None and self._sight.activity is Activity.RUNNING
        return runs and self._share > 0 and not self._ending

    @property
    def dismissed(self) -> bool:
        """Return whether the service ended the job, rather than the job itself."""
        return self.outcome is None

    @property
    def still(self) -> bool:
        """Return whether the job was last seen frozen, ended or not there."""
        return self._sight is not None and self._sight.activity in STILL

    @property
    def complaint(self) -> str | None:
        """Return what is wrong with the job or its last checkpoint, or None."""
        return self._problem or self._saver.complaint

    def attend(self) -> None:
        """Look after the job from now on; raises what made that impossible."""
        if self._looking is None:
            self._looking = asyncio.create_task(self._look_after())
        elif self._looking.done():
            self._looking.result()

    def progress(self) -> Progress:
        """Return nothing: such a job has no status file."""
        return Progress()

    def checkpoint_age_s(self) -> float | None:
        """Return None: such a job does not tell."""
        return None

    def start(self, argument: str | None = None, log: Path | None = None) -> None:
        """Start the job, unless it is there; one that is just ending, afterwards."""
        if self._ending:
            self._again = True
            return
        self.outcome = None
        self._begins = self._sight is None or self._sight.over
        self._changed.set()

    def allow(self, share: float) -> None:
        """Let the job run for this share of its CPU time, from 0 (held still) to 1."""
        if self._parting is not None:
            self._parting.cancel()
            self._parting = None
        if share == 0:
            self._saver.stop()
            self._again = False
            if self._ending:
                # No time is left for it to end by itself.
                self._stop(0.0)
        self._set(share)

    def pause(self) -> None:
        """Hold the job still, or end it, as configured; before that, let it save."""
        gentle = self._worker.ends or self._worker.checkpoint is not None
        if self._ending:
            self._again = False
            self._set(0.0)
        elif not self.running or not gentle:
            self.allow(0.0)
        elif self._parting is None or self._parting.done():
            self._parting = asyncio.create_task(self._part())

    def save(self) -> asyncio.Task[None] | None:
        """Begin to have a running job save its work; None if it knows no way to."""
        if not self.running or self._sight is None:
            return None
        pid, folder = self._sight.pid or 0, self._worker.directory
        return self._saver.begin(
            RunningJob(pid, folder, Path(os.devnull), self._environment)
        )

    async def close(self, grace_s: float) -> None:
        """Hold the job still, or end it, as configured, and let go of it."""
        deadline = clock.now() + grace_s
        if self.running and (saving := self.save()):
            await asyncio.wait([saving], timeout=grace_s)
        self._begins = self._again = False
        self._ending = self._ending or (self._worker.ends and self.running)
        self._grace_s = max(0.0, deadline - clock.now())
        if self._ending:
            self._set(0.0)
        else:
            self.allow(0.0)
        deadline = max(deadline, clock.now()) + HOLD_S
        touched = self._begun or self._keeper.at_work
        while touched and not self.still and clock.now() < deadline:
            await asyncio.sleep(0.02)
        for task in (self._looking, self._parting, self._stopping):
            if task is not None:
                task.cancel()
                await asyncio.wait([task])
        self._saver.stop()
        if touched and not self.still:
            with suppress(OSError):
                await self._keeper.ensure()
        # It looks by itself once more, and goes on trying where that was in vain.
        await self._keeper.dismiss(HOLD_S, settled=self.still)
        await self._handle.close()

    async def _part(self) -> None:
        if saving := self.save():
            await asyncio.shield(saving)
        if self._worker.ends:
            self._ending = True
        self._set(0.0)

    def _set(self, share: float) -> None:
        if share != self._share or self._ending:
            self._share = share
            self._changed.set()

    async def _look_after(self) -> None:
        while True:
            self._changed.clear()
            try:
                async with asyncio.timeout(ANSWER_S):
                    await self._step()
                self._problem = self._sight.missing if self._sight else None
            except (OutsideError, TimeoutError, OSError) as error:
                problem = str(error) or "no answer"
                if problem != self._problem:
                    _LOGGER.warning("%s: %s", self._worker.name, problem)
                self._problem = problem
            with suppress(TimeoutError):
                async with asyncio.timeout(LOOK_S):
                    await self._changed.wait()

    async def _step(self) -> None:
        """Look, do what is to be done, and look again."""
        sight = await self._look()
        if sight.over:
            await self._step_without_job(sight)
        elif sight.activity is Activity.CHANGING:
            return
        elif self._ending:
            if self._stopping is None or self._stopping.done():
                self._stop(self._grace_s)
        elif self._share == 0:
            self._begun = True
            if sight.activity is Activity.RUNNING:
                await self._act(self._handle.freeze(), STILL)
        else:
            self._begins, self._begun = False, True
            await self._let_run(sight)

    async def _step_without_job(self, sight: Sight) -> None:
        if self._stopping is not None:
            self._stopping.cancel()
            self._stopping = None
        if self._ending:
            self._ending, self._begins, self._again = False, self._again, False
            self._begun = False
            self._changed.set()
        elif self._begins and self._share > 0:
            if sight.activity is Activity.GONE:
                self._finish(sight.detail)
                return
            if await self._may_run():
                self._begins, self._begun = False, True
                self._sight = Sight(Activity.CHANGING)
                await self._handle.start()
                await self._look()
            self._changed.set()
        elif self._begun:
            self._finish(sight.detail)

    async def _let_run(self, sight: Sight) -> None:
        frozen = sight.activity is Activity.FROZEN
        try:
            may_run = await self._may_run()
        except (OutsideError, OSError):
            if not frozen:
                await self._act(self._handle.freeze(), STILL)
            raise
        if frozen and may_run:
            self._sight = Sight(Activity.CHANGING)
            goal = set(Activity) - {Activity.FROZEN}
            await self._act(self._handle.thaw(), goal)

    async def _may_run(self) -> bool:
        """See to all that the job needs before it runs; return whether it still may."""
        await self._keeper.ensure()
        if self._share > 0:
            await self._handle.throttle(self._share)
        # A pause may have come meanwhile: until now the job has been called still.
        return self._share > 0 and not self._ending

    async def _look(self) -> Sight:
        try:
            self._sight = await self._handle.look()
        except BaseException:
            self._sight = None
            raise
        return self._sight

    async def _act(self, doing: Awaitable[None], goal: Collection[Activity]) -> None:
        """Do something, and judge it by what the job does afterwards."""
        problem: OutsideError | None = None
        try:
            await doing
        except OutsideError as error:
            problem = error
        sight = await self._look()
        if sight.activity not in goal:
            raise problem or OutsideError(f"it is {sight.activity}")

    def _stop(self, grace_s: float) -> None:
        if self._stopping is not None:
            self._stopping.cancel()
        self._stopping = asyncio.create_task(self._end(grace_s))

    async def _end(self, grace_s: float) -> None:
        """Have the daemon end the job; what came of it shows in the next look."""
        try:
            # What is held still cannot act on the signal.
            if self._sight and self._sight.activity is Activity.FROZEN:
                self._sight = Sight(Activity.CHANGING)
                await self._handle.thaw()
            await self._handle.end(grace_s)
        except (OutsideError, OSError) as error:
            _LOGGER.warning("%s: %s", self._worker.name, error)
            await asyncio.sleep(LOOK_S)
        self._changed.set()

    def _finish(self, detail: str) -> None:
        self._begins = self._begun = False
        self.outcome = detail
        self._on_end()
