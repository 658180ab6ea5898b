"""What another daemon can tell about a job of its own, and do with it.

Standard library only; words and shapes, nothing that does anything.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


class OutsideError(Exception):
    """The daemon did not do, or did not tell, what it was asked; a phrase says why."""


class Activity(StrEnum):
    """What a job does, as its daemon tells."""

    GONE = "gone"
    """There is no such job, or it did not opt in."""
    ENDED = "ended"
    FROZEN = "frozen"
    RUNNING = "running"
    CHANGING = "changing"
    """On its way from one to another: it may use CPU time."""


@dataclass(frozen=True, slots=True)
class Sight:
    """What was seen of a job.

    `detail`: why it is gone, or how it ended ("" if that was well). `pid` is its first
    process.
    """

    activity: Activity
    detail: str = ""
    pid: int | None = None

    @property
    def over(self) -> bool:
        """Return whether nothing of the job runs or could be thawed."""
        return self.activity in (Activity.GONE, Activity.ENDED)

    @property
    def missing(self) -> str | None:
        """Return why there is no such job, None if there is one."""
        return self.detail if self.activity is Activity.GONE else None


class Handle(Protocol):
    """Steers one job through its daemon. All of it raises OutsideError or OSError.

    Every action may be repeated, and be cancelled at any point.
    """

    @property
    def hold_command(self) -> tuple[str, ...]:
        """Return a program that holds the job still when the service is gone."""

    async def look(self) -> Sight:
        """Return what the job does now."""

    async def start(self) -> None:
        """Start the job, which has ended."""

    async def freeze(self) -> None:
        """Hold the job still."""

    async def thaw(self) -> None:
        """Let the job go on."""

    async def end(self, grace_s: float) -> None:
        """Ask the job to end, wait so long, then kill it."""

    async def throttle(self, share: float) -> None:
        """Limit the job to this share of its CPU time, as it was last seen."""

    async def close(self) -> None:
        """Let go of the daemon; the job stays as it is."""
