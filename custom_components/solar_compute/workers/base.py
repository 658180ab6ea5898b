"""The contract between Solar Compute and anything that computes.

A back-end is one module beside this one: it says what it can do, reports what the
worker does, and carries out a command. Retrying, giving up, leases and repairs are
`worker_flow`'s business, so a back-end stays small. It may import Home Assistant; it
must never decide anything, keep a wish of its own, nor raise anything but a
`WorkerError`. `tests/workers/conformance.py` is this contract as tests.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar, Protocol

from ..core.model import WorkerState

MEASURED = "measured"
"""The power source that is believed over a level's nominal power."""


class WorkerError(Exception):
    """A worker did not do, or did not say, what it was asked; the text says why."""


class WorkerUnreachable(WorkerError):
    """No answer, or none that makes sense. What the worker does is unknown."""


class WorkerSilent(WorkerUnreachable):
    """Nothing at all came back, as from a machine that is off or asleep.

    `sent`: what was said may have been heard all the same.
    """

    def __init__(self, detail: str, *, sent: bool = False) -> None:
        """Keep whether it went out."""
        super().__init__(detail)
        self.sent = sent


class WorkerAuthFailed(WorkerError):
    """It answered that it does not know us."""


class WorkerNotTrusted(WorkerError):
    """Whoever answers cannot show that it is the worker, so it was told nothing."""


class WorkerMismatch(WorkerError):
    """It speaks another version of the API."""


class WorkerRefused(WorkerError):
    """It understood and said no, so nothing has changed."""


class WorkerBehind(WorkerRefused):
    """Our generation is too low; `generation` is the worker's current one."""

    def __init__(self, detail: str, generation: int) -> None:
        """Keep the number to go on from."""
        super().__init__(detail)
        self.generation = generation


class WorkerHeldByOther(WorkerRefused):
    """Another controller holds the lease, and it has not lapsed."""


class Feature(StrEnum):
    """What a back-end can do beyond starting and pausing; shown to people."""

    LEVELS = "levels"
    """It can run at several levels."""
    SET_POINT = "set_point"
    """A level is a limit of its power in W, which it keeps by itself."""
    NATIVE_LEASE = "native_lease"
    """What computes holds the lease itself."""
    COMPANION_LEASE = "companion_lease"
    """The companion service holds the lease, beside what computes."""
    QUEUE = "queue"
    """It says whether there is work."""
    CHECKPOINT = "checkpoint"
    """A pause can wait until its work is saved."""
    FINISH = "finish"
    """A pause can wait until its piece of work is done."""
    POWER = "power"
    """It measures what it draws."""
    SLEEP = "sleep"
    """Its machine may sleep in a long pause, and is woken to run."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Capabilities:
    """What a worker can do.

    `lease_s` is how long the worker goes on by itself without hearing from us; None
    means that it can hold no lease and goes on for ever.
    """

    lease_s: float | None = None
    features: frozenset[Feature] = frozenset()


class BackendConfig(Protocol):
    """How a worker is controlled, as configured: frozen, and equal where it is the same.

    `kind` is the key of its `WorkerKind`.
    """

    kind: ClassVar[str]

    @property
    def lease_s(self) -> float | None:
        """The lease that the worker shall hold, in s; None where it can hold none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SleepNotice:
    """A machine says that it sleeps in `in_s`, and which network cards wake it."""

    in_s: float
    macs: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerStatus:
    """What a worker says of itself, at the moment of asking.

    `level` is the level in force, None where it cannot tell. `power_w` was true
    `power_age_s` ago; `power_source` says how it is known. `has_work` False: running it
    would do nothing. `held_by_other`: another controller has it run. `protected`: a
    limit of its own, such as its temperature, holds it, whatever it is told. `finished`
    is how many units of work it has finished so far, None where it does not count. `cause`
    is the back-end's own word for why it is as it is; `detail` a sentence, for people;
    `project` whom it computes for. `levels_w` are the powers in W that it has now,
    ascending; None where it does not say. `sleep`: its machine is about to sleep;
    `asleep`: it sleeps, or is only just being woken.
    """

    state: WorkerState
    level: int | None = None
    power_w: float | None = None
    power_source: str | None = None
    power_age_s: float = 0.0
    lease_remaining_s: float | None = None
    generation: int | None = None
    has_work: bool = True
    held_by_other: bool = False
    protected: bool = False
    cause: str | None = None
    detail: str = ""
    progress: float | None = None
    finished: float | None = None
    checkpoint_age_s: float | None = None
    pause_method: str | None = None
    project: str | None = None
    levels_w: tuple[float, ...] | None = None
    sleep: SleepNotice | None = None
    asleep: bool = False


class Backend(Protocol):
    """What a back-end provides. Calls never overlap, and any may be cancelled."""

    @property
    def capabilities(self) -> Capabilities:
        """What it can do; never changes."""

    async def async_status(self) -> WorkerStatus:
        """Ask what the worker does now."""

    async def async_set_level(
        self, level: int, generation: int, *, take_over: bool = False
    ) -> WorkerStatus:
        """Run at `level` (1 or more) for one lease, and return what came of it.

        Repeating a level with its generation renews the lease. The status may still
        show the old level: being told is not having done.
        """

    async def async_pause(
        self, generation: int, *, urgent: bool = False
    ) -> WorkerStatus:
        """Pause, whoever had it run, and return what came of it.

        `urgent`: a safety guard has tripped, so do not wait for a checkpoint.
        """

    def watch(self, changed: Callable[[], None]) -> Callable[[], None]:
        """Call `changed` when a fresh status is worth asking for; returns the end.

        Most do not call, they have to be asked: nothing is done unless overridden.
        """
        return lambda: None

    async def async_close(self) -> None:
        """Let go of what the back-end holds; the worker stays as it is."""
