"""Suspends the machine after a long pause, if the user wants that.

May import asyncio and this package's plumbing. It must never do so while a worker may
run, nor without saying so for a while before: who controls the workers has to know a
machine that sleeps from one that is lost.
"""

import asyncio
from collections.abc import Collection
import logging
from pathlib import Path

from . import clock
from .launch import run_guarded
from .leftovers import VARIABLE as MARK_VARIABLE
from .presence import kept_awake, mac_addresses
from .spec import SleepSpec
from .status import Sleep
from .worker import Worker

TICK_S = 0.5
ASK_AGAIN_S = 60.0
"""How often to look whether what keeps the machine awake still does."""
FALLING_S = 30.0
"""How long the machine may take to be asleep once it was told to."""
SLEPT_S = 1.0
"""A gap of this length between the clocks was a sleep."""

_LOGGER = logging.getLogger(__name__)


class Sleeper:
    """Watches all workers of one service."""

    def __init__(
        self, spec: SleepSpec, workers: Collection[Worker], mark: str, folder: Path
    ) -> None:
        """Take when and how to suspend; `folder` is where the command is run."""
        self._spec = spec
        self._workers = workers
        self._mark = mark
        self._folder = folder
        self._quiet_since = clock.now()
        self._asked_at: float | None = None
        self._notice_until: float | None = None
        self._asleep_before_s = clock.asleep_s()
        self._kept_awake: str | None = None
        self._macs: list[str] = []

    async def keep(self) -> None:
        """Suspend the machine whenever it is time, for ever."""
        self._macs = await asyncio.to_thread(mac_addresses)
        while True:
            await self._step(clock.now())
            self._tell()
            await asyncio.sleep(TICK_S)

    @property
    def _quiet(self) -> bool:
        return all(worker.quiet for worker in self._workers)

    async def _step(self, now: float) -> None:
        if self._woke() or not self._quiet:
            self._begin_anew(now)
        elif self._notice_until is None:
            if now - self._quiet_since >= self._spec.after_s and await self._may(now):
                self._notice_until = now + self._spec.notice_s
                _LOGGER.info("the machine sleeps in %g s", self._spec.notice_s)
        elif now >= self._notice_until:
            await self._fall_asleep()

    async def _may(self, now: float) -> bool:
        """Return whether nothing speaks against it; ask only every so often."""
        if self._asked_at is not None and now - self._asked_at < ASK_AGAIN_S:
            return False
        self._asked_at = now
        despite = self._spec.despite_logins
        self._kept_awake = await asyncio.to_thread(kept_awake, despite)
        return self._kept_awake is None

    async def _fall_asleep(self) -> None:
        """Suspend the machine, and come back when it woke or did not sleep."""
        self._asked_at = None
        if not await self._may(clock.now()) or not self._quiet:
            self._begin_anew(clock.now())
            return
        # From here on no worker may begin: it would be suspended in the middle.
        for worker in self._workers:
            worker.asleep = True
        try:
            environment = {MARK_VARIABLE: f"{self._mark}/sleep"}
            command, mark = self._spec.command, self._mark
            async with asyncio.timeout(FALLING_S):
                problem = await run_guarded(command, self._folder, mark, environment)
                while not problem and not self._woke():
                    await asyncio.sleep(TICK_S)
        except TimeoutError:
            problem = f"the machine was not asleep after {FALLING_S:g} s"
        except OSError as error:
            problem = str(error)
        finally:
            for worker in self._workers:
                worker.asleep = False
        self._begin_anew(clock.now())
        if problem:
            self._kept_awake = problem
            _LOGGER.warning("sleep: %s", problem)
        else:
            _LOGGER.info("the machine is awake again")

    def _woke(self) -> bool:
        """Return whether the machine has slept since the last call."""
        before, self._asleep_before_s = self._asleep_before_s, clock.asleep_s()
        return self._asleep_before_s - before >= SLEPT_S

    def _begin_anew(self, now: float) -> None:
        self._quiet_since = now
        self._notice_until = self._asked_at = self._kept_awake = None

    def _tell(self) -> None:
        left_s = None
        if self._notice_until is not None:
            left_s = max(0.0, self._notice_until - clock.now())
        told = Sleep(left_s, tuple(self._macs), self._kept_awake)
        for worker in self._workers:
            worker.sleep = told
