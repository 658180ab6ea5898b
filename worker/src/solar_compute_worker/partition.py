"""The jobs of a Slurm partition, as the one copy of a worker's job.

Slurm starts, orders and ends them; the service says how many cores they may use. May
import asyncio and this package's plumbing. It must never let them run without a warden,
which suspends them when the service is gone, and never call them still when that is not
known.
"""

import asyncio
from contextlib import suppress
import logging
from pathlib import Path
import sys

from . import clock, slurm
from .keeper import Keeper
from .progress import Progress
from .slurm import Partition, Sight, SlurmError
from .spec import SlurmSpec, WorkerSpec

LOOK_S = 2.0
"""How often to look at what the jobs do, and to keep them within their cores."""
SOON_S = 0.3
"""The same while something is on its way."""
OLD_S = 45.0
"""For so long a sight counts: Slurm's commands may have to wait for each other."""
HOLD_S = 15.0
"""How long the service waits, when it stops, for the jobs to be suspended."""

_LOGGER = logging.getLogger(__name__)


def hold_command(spec: SlurmSpec) -> tuple[str, ...]:
    """Return the program that suspends a partition's jobs when the service is gone."""
    config = () if spec.config is None else (str(spec.config),)
    return (sys.executable, "-I", "-S", slurm.__file__, spec.partition, *config)


class PartitionCopy:
    """All jobs of a partition; they are suspended from the first look on.

    `outcome` stays None: a partition never ends.
    """

    def __init__(self, worker: WorkerSpec, spec: SlurmSpec) -> None:
        """Take which partition, and for which worker; Slurm is not asked yet."""
        self.outcome: str | None = None
        self._name = worker.name
        self._cpus = worker.cpus
        self._partition = Partition(
            spec.partition, None if spec.config is None else str(spec.config)
        )
        self._keeper = Keeper(hold_command(spec), {})
        self._cores = 0
        self._seen: Sight | None = None
        self._seen_cores = 0
        self._seen_at = 0.0
        self._problem: str | None = "Slurm was not asked yet"
        self._changed = asyncio.Event()
        self._looking: asyncio.Task[None] | None = None

    @property
    def alive(self) -> bool:
        """Return True: there may always be jobs."""
        return True

    @property
    def starting(self) -> bool:
        """Return whether jobs may run, want to, and do not yet."""
        sight = self._sight
        waits = sight is None or (sight.has_work and not sight.busy_cores)
        return self._cores > 0 and waits

    @property
    def running(self) -> bool:
        """Return whether jobs run, within their cores."""
        sight = self._sight
        return self._cores > 0 and sight is not None and sight.busy_cores > 0

    @property
    def dismissed(self) -> bool:
        """Return False: the service never ends a job of Slurm's."""
        return False

    @property
    def still(self) -> bool:
        """Return whether no job of the partition computes, as far as is known."""
        return self._sight is not None and self._sight.still

    @property
    def idle(self) -> bool:
        """Return whether it is known that no job would run."""
        return self._seen is not None and not self._seen.has_work

    @property
    def complaint(self) -> str | None:
        """Return what Slurm did not do or tell, or None."""
        return self._problem

    def attend(self) -> None:
        """Look after the partition from now on; raises what made that impossible."""
        if self._looking is None:
            self._looking = asyncio.create_task(self._look_after())
        elif self._looking.done():
            self._looking.result()

    def progress(self) -> Progress:
        """Return nothing: Slurm does not know how far a job is."""
        return Progress()

    def checkpoint_age_s(self) -> float | None:
        """Return None: Slurm does not know."""
        return None

    def start(self, argument: str | None = None, log: Path | None = None) -> None:
        """Do nothing: Slurm starts the jobs."""

    def allow(self, share: float) -> None:
        """Let jobs use this share of the worker's cores, from 0 (suspended) to 1."""
        cores = round(share * self._cpus)
        if cores != self._cores:
            self._cores = cores
            self._changed.set()

    def pause(self) -> None:
        """Suspend the jobs; none of them is asked to save its work."""
        self.allow(0.0)

    def save(self) -> asyncio.Task[None] | None:
        """Return None: there is no way to have them save."""
        return None

    async def close(self, grace_s: float) -> None:
        """Suspend the jobs, and leave the partition closed."""
        self.allow(0.0)
        deadline = clock.now() + max(grace_s, HOLD_S)
        while self._looking and not self.still and clock.now() < deadline:
            await asyncio.sleep(0.05)
        if self._looking is not None:
            self._looking.cancel()
            await asyncio.wait([self._looking])
        # It looks by itself once more, and goes on trying where that was in vain.
        await self._keeper.dismiss(HOLD_S)

    @property
    def _sight(self) -> Sight | None:
        """Return the last sight, if it is one under the cores that are allowed now."""
        fresh = clock.now() - self._seen_at < OLD_S
        return self._seen if fresh and self._seen_cores == self._cores else None

    async def _look_after(self) -> None:
        while True:
            self._changed.clear()
            cores = self._cores
            try:
                if cores:
                    await self._keeper.ensure()
                sight = await asyncio.to_thread(self._step, cores)
            except (SlurmError, OSError) as error:
                self._seen = None
                self._complain(str(error))
            else:
                self._seen, self._seen_cores = sight, cores
                self._seen_at = clock.now()
                self._complain(sight.complaint)
            settled = self._seen is not None and (self._seen.settled or cores > 0)
            await self._rest(LOOK_S if settled and (cores or self.still) else SOON_S)

    def _step(self, cores: int) -> Sight:
        with self._partition.alone():
            return self._partition.allow(cores)

    async def _rest(self, seconds: float) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._changed.wait()

    def _complain(self, problem: str | None) -> None:
        if problem is not None and problem != self._problem:
            _LOGGER.warning("%s: %s", self._name, problem)
        self._problem = problem
