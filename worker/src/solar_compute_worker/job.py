"""What a worker asks of each copy of its job, whoever runs it.

Standard library only; a shape, nothing that does anything. `slot` has the copies that
the service starts itself, `outside` those that another daemon runs.
"""

import asyncio
from pathlib import Path
from typing import Protocol

from .progress import Progress


class JobCopy(Protocol):
    """One copy of a worker's job. It can be started again after it has ended."""

    outcome: str | None
    """How the last run ended: None before that, "" if it went well, else a phrase."""

    @property
    def alive(self) -> bool:
        """Return whether anything of the job may be there."""

    @property
    def starting(self) -> bool:
        """Return whether the job was asked to run and does not yet."""

    @property
    def running(self) -> bool:
        """Return whether the job is there and may run."""

    @property
    def dismissed(self) -> bool:
        """Return whether the service ended the job, rather than the job itself."""

    @property
    def still(self) -> bool:
        """Return whether the job is known to use no CPU now."""

    @property
    def complaint(self) -> str | None:
        """Return what is wrong with the job or its last checkpoint, or None."""

    def attend(self) -> None:
        """Look after the job, also while nobody runs it; called again and again."""

    def progress(self) -> Progress:
        """Return what the job last told about itself."""

    def checkpoint_age_s(self) -> float | None:
        """Return how long the job has run since its last checkpoint, if it tells."""

    def start(self, argument: str | None = None, log: Path | None = None) -> None:
        """Start the job, unless it is there."""

    def allow(self, share: float) -> None:
        """Let the job run for this share of its CPU time, from 0 (held still) to 1."""

    def pause(self) -> None:
        """Hold the job still, or end it, as configured; before that, let it save."""

    def save(self) -> asyncio.Task[None] | None:
        """Begin to have a running job save its work; None if it knows no way to."""

    async def close(self, grace_s: float) -> None:
        """Be done with the job for good; saving and ending have this long."""
