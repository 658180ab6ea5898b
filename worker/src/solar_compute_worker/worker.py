"""One named worker: its lease, its slots, and what to say about them.

The state machine of the service. It may start, hold and end slots, and must never let
one run at a level that the lease does not have in force. `now` is passed in.
"""

import asyncio
from collections.abc import Sequence
from enum import StrEnum
import logging
from statistics import fmean
from typing import TypedDict

from .lease import Command, Lease, RefusedError, grant, lapse, spend
from .slot import Host, Slot
from .spec import LevelSpec, WorkerSpec

_LOGGER = logging.getLogger(__name__)


class State(StrEnum):
    """What a worker does now, as observed."""

    PAUSED = "paused"
    STARTING = "starting"
    RUNNING = "running"
    DRAINING = "draining"


class Cause(StrEnum):
    """Why a worker is as it is."""

    NEVER_STARTED = "never_started"
    COMMANDED = "commanded"
    LEASE_EXPIRED = "lease_expired"
    JOB_ENDED = "job_ended"
    JOB_FAILED = "job_failed"
    SHUTDOWN = "shutdown"


class Status(TypedDict):
    """A worker's answer, as docs/worker-service.md describes it."""

    name: str
    state: State
    cause: Cause
    detail: str | None
    level: int
    levels_w: list[float]
    power_w: float
    power_source: str
    lease_remaining_s: float
    generation: int
    controller: str | None
    pause_method: str
    progress: float | None
    checkpoint_age_s: float | None


class Worker:
    """A named worker. It is paused until somebody takes a lease on it."""

    def __init__(self, spec: WorkerSpec, host: Host) -> None:
        """Take what to run; nothing is started."""
        self.spec = spec
        self.lease = Lease()
        self._host = host
        self._cause = Cause.NEVER_STARTED
        self._detail: str | None = None
        self._closing = False
        self._drawn_w = 0.0
        self._saved_for: float | None = None
        self._slots: Sequence[Slot] = [
            Slot(spec, index, host, self._slot_ended)
            for index in range(1, spec.slots + 1)
        ]

    @property
    def state(self) -> State:
        """Return what the worker really does."""
        needed = self._needed()
        if any(slot.starting for slot in needed):
            return State.STARTING
        if any(slot.running for slot in needed):
            return State.RUNNING
        if all(slot.still for slot in self._slots):
            return State.PAUSED
        return State.DRAINING

    @property
    def reached(self) -> bool:
        """Return whether the worker does what it was last told."""
        return self.state in (State.PAUSED, State.RUNNING)

    def command(self, command: Command, now: float) -> None:
        """Obey a command at once, or raise RefusedError and change nothing."""
        if self._closing and command.level:
            raise RefusedError("shutting_down", "The service is shutting down.")
        if command.urgent:
            _LOGGER.info("%s: the pause is urgent", self.spec.name)
        before = lapse(self.lease, now)
        self.lease = grant(before, command, now)
        if self.lease.spent or self._closing:
            return
        # A pause of a job that is not there leaves it as it was: ended, failed or new.
        if command.level or any(slot.alive for slot in self._slots):
            self._cause, self._detail = Cause.COMMANDED, None
        if self.lease.generation > before.generation:
            for slot in self._needed():
                slot.start()
        self._apply(saving=not command.urgent)

    def tick(self, now: float) -> None:
        """Pause the worker if its lease is over; have it save its work before that."""
        if self._saves_early(now):
            self._saved_for = self.lease.until
            for slot in self._needed():
                slot.save()
        lease = lapse(self.lease, now)
        if lease is not self.lease:
            self.lease = lease
            if not self._closing:
                self._cause, self._detail = Cause.LEASE_EXPIRED, None
            self._apply()

    async def close(self, grace_s: float) -> None:
        """Ask the job to end, wait so long, and kill what is left."""
        self._closing = True
        self._cause, self._detail = Cause.SHUTDOWN, None
        self.lease = Lease(generation=self.lease.generation)
        await asyncio.gather(*(slot.close(grace_s) for slot in self._slots))

    def status(self, now: float) -> Status:
        """Return what the worker does, as JSON has it."""
        state = self.state
        alive = [slot for slot in self._slots if slot.alive]
        done = [share for slot in alive if (share := slot.progress().done) is not None]
        ages = [age for slot in alive if (age := slot.checkpoint_age_s()) is not None]
        return {
            "name": self.spec.name,
            "state": state,
            "cause": self._cause,
            "detail": self._detail or self._complaint(),
            "level": self.lease.level_in_force,
            "levels_w": self.spec.levels_w,
            "power_w": (
                self._drawn_w if state in (State.RUNNING, State.DRAINING) else 0.0
            ),
            "power_source": "declared",
            "lease_remaining_s": round(self.lease.remaining_s(now), 1),
            "generation": self.lease.generation,
            "controller": self.lease.controller,
            "pause_method": self._host.pause_method,
            "progress": fmean(done) if done else None,
            "checkpoint_age_s": round(max(ages), 1) if ages else None,
        }

    def _level(self) -> LevelSpec | None:
        level = self.lease.level_in_force
        return self.spec.levels[level - 1] if level else None

    def _needed(self) -> Sequence[Slot]:
        level = self._level()
        return self._slots[: level.slots] if level else []

    def _saves_early(self, now: float) -> bool:
        """Return whether to begin saving now, since the lease will end soon.

        Once for each end that the lease has, so that it is over when the job has to be
        held still; a renewal that comes later than half of the lease costs a checkpoint.
        """
        saving, until = self.spec.checkpoint, self.lease.until
        return (
            saving is not None
            and until is not None
            and until != self._saved_for
            and until - now <= min(saving.deadline_s, self.lease.granted_s / 2)
        )

    def _complaint(self) -> str | None:
        return next((slot.complaint for slot in self._slots if slot.complaint), None)

    def _apply(self, *, saving: bool = False) -> None:
        """Let each slot run as much as the level in force allows.

        `saving`: those that have to pause may save their work before.
        """
        level = self._level()
        if level:
            self._drawn_w = level.watts
        for position, slot in enumerate(self._slots):
            runs = level is not None and position < level.slots
            if level and runs:
                slot.allow(level.cpu_share)
            elif saving:
                slot.pause()
            else:
                slot.allow(0.0)
        _LOGGER.info(
            "%s: level %d, %s", self.spec.name, self.lease.level_in_force, self._cause
        )

    def _slot_ended(self) -> None:
        """Give the lease up if the last copy of the job that it was for has ended."""
        concerned = self._needed() or self._slots
        if self._closing or any(slot.alive for slot in concerned):
            return
        if all(slot.dismissed for slot in concerned):
            return
        failures = [slot.outcome for slot in concerned if slot.outcome]
        self._detail = "; ".join(failures) or None
        self._cause = Cause.JOB_FAILED if self._detail else Cause.JOB_ENDED
        self.lease = spend(self.lease)
        self._apply()
