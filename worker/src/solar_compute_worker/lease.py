"""Who may make a worker run, at which level, and until when.

Pure arithmetic on frozen values: standard library only, no clock (`now` is passed in),
no I/O. It must never let a worker run longer than its lease.

A *generation* numbers commands, so that one that was delayed on its way cannot undo a
later one. The current generation stands for exactly one level:

- a higher generation brings a new level;
- the same generation renews its level, also after the lease lapsed;
- a lower generation is refused, as is the same generation with another level;
- a pause (level 0) is accepted from anybody at any time and never lowers the
  generation. Whoever wants to run again afterwards needs a higher one.
"""

from dataclasses import dataclass, replace

MAX_LEASE_S = 600.0
MAX_GENERATION = 2**53 - 1
"""The largest whole number that every JSON reader keeps exact."""


@dataclass(frozen=True, slots=True)
class Command:
    """What a controller wants of a worker.

    `lease_s` and `generation` may be missing from a pause only. `controller` is the
    sender's stable id; all senders without one count as the same. `urgent`: a pause
    that must not wait for a checkpoint.
    """

    level: int
    lease_s: float | None = None
    generation: int | None = None
    controller: str | None = None
    take_over: bool = False
    urgent: bool = False


@dataclass(frozen=True, slots=True)
class Lease:
    """A worker's permission to run.

    `level` is what `generation` stands for; it is in force only while the lease is held
    (`until`, seconds on the service's clock). `spent` means that the job came to its end
    under this generation, which therefore cannot start it again.
    """

    generation: int = 0
    level: int = 0
    until: float | None = None
    controller: str | None = None
    spent: bool = False
    granted_s: float = 0.0
    """For how long the lease was last taken or renewed."""

    @property
    def level_in_force(self) -> int:
        """Return the level that the worker may run at now, 0 without a lease."""
        return 0 if self.until is None else self.level

    def remaining_s(self, now: float) -> float:
        """Return how long the lease still lasts, in seconds, 0 without one."""
        return 0.0 if self.until is None else max(0.0, self.until - now)


class RefusedError(Exception):
    """A command that the lease does not allow, with a code for programs."""

    def __init__(self, code: str, message: str) -> None:
        """Keep the code and the sentence."""
        super().__init__(message)
        self.code = code
        self.message = message


def grant(lease: Lease, command: Command, now: float) -> Lease:
    """Return the lease after a command.

    Raises RefusedError if another controller holds the lease and is not to be taken
    over, or if the generation is not good for this command.
    """
    if command.level == 0:
        return Lease(generation=max(lease.generation, command.generation or 0))
    if (
        lease.until is not None
        and command.controller != lease.controller
        and not command.take_over
    ):
        raise RefusedError(
            "held_by_other",
            f"The lease is held by {_named(lease.controller)}; send"
            ' "take_over": true to take it over.',
        )
    generation = command.generation or 0
    if generation < lease.generation:
        raise RefusedError(
            "generation_outdated",
            f"Generation {generation} is older than the current {lease.generation}.",
        )
    if generation > lease.generation:
        lease = Lease(generation=generation, level=command.level)
    elif command.level != lease.level:
        raise RefusedError(
            "generation_reused",
            f"Generation {generation} stands for level {lease.level}; send a higher"
            f" one for level {command.level}.",
        )
    if lease.spent:
        return lease
    granted_s = command.lease_s or 0.0
    return replace(
        lease,
        until=now + granted_s,
        controller=command.controller,
        granted_s=granted_s,
    )


def lapse(lease: Lease, now: float) -> Lease:
    """Return the lease as it stands at `now`: no longer held if its time is over."""
    if lease.until is None or now < lease.until:
        return lease
    return replace(lease, until=None, controller=None)


def spend(lease: Lease) -> Lease:
    """Return the lease after the job came to its end under it."""
    return replace(lease, until=None, controller=None, spent=True)


def _named(controller: str | None) -> str:
    return "a controller without a name" if controller is None else repr(controller)
