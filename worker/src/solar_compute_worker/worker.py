"""One named worker: its lease, its slots, and what to say about them.

The state machine of the service. It may start, hold and end slots, and must never let
one run at a level that the lease does not have in force. `now` is passed in.
"""

import asyncio
from collections.abc import Sequence
import logging
from statistics import fmean

from . import clock
from .feeder import Feeder
from .host import Host
from .job import JobCopy
from .job_queue import JobQueue
from .kinds import are_idle, job_copies, pause_method
from .lease import Command, Lease, RefusedError, grant, lapse, spend
from .rails import RunLimit, Trip
from .spec import LevelSpec, WorkerSpec
from .status import Cause, Power, Sleep, SleepStatus, State, Status

_LOGGER = logging.getLogger(__name__)


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
        self._trips: dict[str, Trip | None] = {}
        self._limit = RunLimit(spec.max_run_s, spec.rest_s)
        self._ticked_at: float | None = None
        self._starts = False
        self.power = Power()
        self.sleep: Sleep | None = None
        self.asleep = False
        self.changed_at = 0.0
        self._draws = False
        self._feeder = (
            None if spec.queue is None else Feeder(spec, JobQueue(spec.queue), host)
        )
        self._slots = job_copies(spec, host, self._slot_ended)

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
    def quiet(self) -> bool:
        """Return whether the worker is paused and nobody holds a lease on it."""
        return self.state is State.PAUSED and self.lease.until is None

    @property
    def reached(self) -> bool:
        """Return whether the worker does what it was last told."""
        return self.state in (State.PAUSED, State.RUNNING)

    def command(self, command: Command, now: float) -> None:
        """Obey a command at once, or raise RefusedError and change nothing."""
        if self._closing and command.level:
            raise RefusedError("shutting_down", "The service is shutting down.")
        if self.asleep and command.level:
            raise RefusedError("falling_asleep", "The machine is going to sleep.")
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
            self._starts = True
        self._apply(saving=not command.urgent)

    def tick(self, now: float) -> None:
        """Pause the worker if its lease is over or it has run for too long.

        Before the end of a lease it saves its work.
        """
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
        passed_s = 0.0 if self._ticked_at is None else now - self._ticked_at
        self._ticked_at = now
        if not self._closing:
            for slot in self._slots:
                slot.attend()
        self.note_draw(now)
        running = self.state is not State.PAUSED
        self.hold("run", self._limit.count(running, passed_s))
        if self._feeder and not self._closing:
            self._feeder.fetch(now)
            self._feed(self._feeder, now)

    def hold(self, rail: str, trip: Trip | None) -> None:
        """Hold the worker for what a rail has found, or for that no longer."""
        before = self._trip
        self._trips[rail] = trip
        trip = self._trip
        if self._closing or before == trip:
            return
        if trip is None or before is None or trip.cause is not before.cause:
            _LOGGER.warning(
                "%s: %s", self.spec.name, trip.detail if trip else "held no longer"
            )
            saving = trip is None or not trip.urgent
            # What the hold ends has to be started again after it.
            self._starts = self._starts or (trip is not None and self.spec.ends)
            self._apply(saving=saving)

    @property
    def gpu_limit_w(self) -> float | None:
        """Return what the level in force allows each graphics card, in W."""
        level = self._level()
        return level.gpu_limit_w if level else None

    async def close(self, grace_s: float) -> None:
        """Ask the job to end, wait so long, and kill what is left."""
        self._closing = True
        self._cause, self._detail = Cause.SHUTDOWN, None
        self.lease = Lease(generation=self.lease.generation)
        if self._feeder:
            await self._feeder.close()
        await asyncio.gather(*(slot.close(grace_s) for slot in self._slots))

    def status(self, now: float) -> Status:
        """Return what the worker does, as JSON has it."""
        self.note_draw(now)
        state, trip = self.state, self._trip
        watts, source = self._power()
        alive = [slot for slot in self._slots if slot.alive]
        done = [share for slot in alive if (share := slot.progress().done) is not None]
        ages = [age for slot in alive if (age := slot.checkpoint_age_s()) is not None]
        return {
            "name": self.spec.name,
            "state": state,
            "cause": trip.cause if trip else self._own_cause(now),
            "detail": trip.detail if trip else self._detail or self._complaint(),
            "level": 0 if trip else self.lease.level_in_force,
            "levels_w": self.spec.levels_w,
            "power_w": None if watts is None else round(watts, 1),
            "power_source": source,
            "machine_w": _rounded(self.power.machine_w),
            "idle_w": _rounded(self.power.idle_w),
            "lease_remaining_s": round(self.lease.remaining_s(now), 1),
            "generation": self.lease.generation,
            "controller": self.lease.controller,
            "pause_method": pause_method(self.spec, self._host),
            "has_work": self._has_work(now),
            "jobs": self._feeder.queue.counts() if self._feeder else None,
            "progress": fmean(done) if done else None,
            "checkpoint_age_s": round(max(ages), 1) if ages else None,
            "sleep": self._sleep(),
        }

    def _has_work(self, now: float) -> bool:
        if self._feeder:
            return self._feeder.queue.has_work(now)
        return self._cause is not Cause.JOB_ENDED and not are_idle(self._slots)

    def _sleep(self) -> SleepStatus | None:
        if self.sleep is None:
            return None
        return {
            "in_s": _rounded(self.sleep.in_s),
            "wakes_by": list(self.sleep.macs),
            "kept_awake": self.sleep.kept_awake,
        }

    def _own_cause(self, now: float) -> Cause:
        planned = self.sleep is not None and self.sleep.in_s is not None
        if planned and self.quiet and not self._closing:
            return Cause.FALLING_ASLEEP
        idles = self._cause is not Cause.JOB_ENDED and not self._has_work(now)
        return Cause.QUEUE_EMPTY if idles and not self._closing else self._cause

    @property
    def declared_w(self) -> float:
        """Return what the configuration says that the job adds now, in W.

        With fewer copies at work than the level has, it is that of a lower level.
        """
        if self.state not in (State.RUNNING, State.DRAINING):
            return 0.0
        if self.spec.slots == 1:
            return self._drawn_w
        copies = sum(slot.alive and not slot.still for slot in self._slots)
        enough = (one.watts for one in self.spec.levels if one.slots >= copies)
        return min(self._drawn_w, next(enough, self._drawn_w))

    def note_draw(self, now: float) -> None:
        """Note when the job has begun to draw or has ceased to.

        A job takes a while to start, so that is later than what was commanded.
        """
        draws = self.declared_w > 0
        if draws != self._draws:
            self._draws, self.changed_at = draws, now

    def _power(self) -> tuple[float | None, str]:
        """Return what the job adds, in W, and how that is known.

        What was measured is shared out as declared. It counts only if it is all from
        after the last change.
        """
        power, declared_w = self.power, self.declared_w
        if power.source == "none":
            return None, power.source
        if not declared_w:
            return 0.0, power.source
        if power.added_w is None or power.since < self.changed_at:
            return declared_w, "declared"
        share = declared_w / power.declared_w if power.declared_w else 0.0
        return power.added_w * share, power.source

    @property
    def _trip(self) -> Trip | None:
        found = [] if self._closing else list(filter(None, self._trips.values()))
        # One that leaves no time goes before one that does.
        return min(found, key=lambda trip: not trip.urgent, default=None)

    def _level(self) -> LevelSpec | None:
        level = 0 if self._trip else self.lease.level_in_force
        return self.spec.levels[level - 1] if level else None

    def _needed(self) -> Sequence[JobCopy]:
        level = self._level()
        if level is None:
            return []
        # A job that waits in its slot goes before one that has not begun.
        slots = self._slots
        if self._feeder:
            slots = sorted(slots, key=lambda slot: not slot.alive)
        return slots[: level.slots]

    def _feed(self, feeder: Feeder, now: float) -> None:
        """Let jobs from the queue into the slots that may run."""
        level = self._level()
        needed = self._needed()
        feeder.feed(needed, now)
        for slot in needed:
            slot.allow(level.cpu_share if level else 0.0)

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
        found = [slot.complaint for slot in self._slots if slot.complaint]
        if self._feeder and self._feeder.queue.last_failure:
            found.append(self._feeder.queue.last_failure)
        return found[0] if found else None

    def _apply(self, *, saving: bool = False) -> None:
        """Let each slot run as much as the level in force allows.

        `saving`: those that have to pause may save their work before.
        """
        self.changed_at = clock.now()
        level = self._level()
        if level:
            self._drawn_w = level.watts
            if self._feeder:
                self._feeder.feed(self._needed(), clock.now())
            elif self._starts:
                self._starts = False
                for slot in self._needed():
                    slot.start()
        needed = self._needed()
        for slot in self._slots:
            if level and slot in needed:
                slot.allow(level.cpu_share)
            elif saving:
                slot.pause()
            else:
                slot.allow(0.0)
        _LOGGER.info(
            "%s: level %d, %s", self.spec.name, self.lease.level_in_force, self._cause
        )

    def _slot_ended(self, index: int) -> None:
        """Give the lease up if the last copy of the job that it was for has ended.

        With a queue there may always be more.
        """
        if self._feeder:
            self._feeder.ended(self._slots[index - 1], clock.now())
            return
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


def _rounded(watts: float | None) -> float | None:
    return None if watts is None else round(watts, 1)
