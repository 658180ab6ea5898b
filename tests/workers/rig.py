"""What a back-end's test class brings along: its traits, and a daemon with a job.

The job is looked at through the kernel: what its daemon says of it is what is tested.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, auto
from typing import Protocol

from custom_components.solar_compute.workers.base import Backend

from .asking import PATIENCE_S
from .road import Road

LOOK_S = 0.6
"""How long CPU time is watched in order to call a job still."""

TICKS_S = 0.05
"""What a job that stands still may use meanwhile: its timers, and a rounding."""


class Crash(Enum):
    """What the daemon does after it was killed and started again."""

    PAUSED = auto()
    """Nothing computes until a new command comes."""
    COMPUTES_ON = auto()
    """Its jobs outlive it, and it knows them again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Traits:
    """What a back-end, with the daemon of its rig, is and is not able to do.

    `leased`: a run that is not renewed ends by itself. `numbered`: it refuses commands
    that are older than the newest. `guarded`: it knows who may command it. `in_memory`:
    a job that was paused goes on where it was; else it begins again, from its last
    checkpoint if it has one. `levels`: how many the rig's worker has. `settle_s`: for
    how long a job may go on computing after the worker is called paused.
    """

    leased: bool
    numbered: bool
    guarded: bool
    in_memory: bool
    crash: Crash
    levels: int
    settle_s: float = 0.0


class Rig(Protocol):
    """A daemon with one job that computes for hours, and ways to it."""

    @property
    def road(self) -> Road:
        """The road that leads from `worker` and `stranger` to the daemon."""

    def worker(self, *, lease_s: float = 60) -> Backend:
        """Return a new back-end for the job, its leases lasting so long, if it has any."""

    def stranger(self) -> Backend | None:
        """Return one with wrong credentials; None where there are no credentials."""

    async def more(self, number: int) -> Sequence[Backend]:
        """Return so many workers with jobs of their own, all paused."""

    def used_s(self) -> float:
        """Return the CPU time in s that the processes of the job have used."""

    def count(self) -> int:
        """Return how far the job is: a number that it keeps in memory and shows."""

    async def kill(self) -> None:
        """End the daemon at once, as a power cut or its own crash would."""

    async def start(self) -> None:
        """Start the daemon again, and wait until it listens."""


async def computes(rig: Rig) -> None:
    """Return once the job has used CPU time, and has come further."""
    used_s, at = rig.used_s(), rig.count()
    async with asyncio.timeout(PATIENCE_S):
        while rig.used_s() - used_s < 2 * TICKS_S or rig.count() == at:
            await asyncio.sleep(0.05)
            used_s = min(used_s, rig.used_s())


async def stands_still(rig: Rig) -> None:
    """Assert that the job uses no CPU time."""
    used_s = rig.used_s()
    await asyncio.sleep(LOOK_S)
    assert rig.used_s() - used_s <= TICKS_S
