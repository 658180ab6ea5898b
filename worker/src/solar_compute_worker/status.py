"""What a worker says of itself.

Standard library only; words and shapes, nothing that does anything.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import TypedDict


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
    TOO_HOT = "too_hot"
    TEMPERATURE_UNKNOWN = "temperature_unknown"
    DISK_FULL = "disk_full"
    RUN_LIMIT = "run_limit"
    GPU_LIMIT = "gpu_limit"
    FALLING_ASLEEP = "falling_asleep"
    QUEUE_EMPTY = "queue_empty"


@dataclass(frozen=True, slots=True)
class Power:
    """What is known of the machine's draw in W, and from where.

    `added_w` is what all workers together add, None if that was not measured since
    `since`.
    """

    source: str = "declared"
    machine_w: float | None = None
    idle_w: float | None = None
    added_w: float | None = None
    since: float = 0.0
    declared_w: float = 0.0
    """The sum of what the running workers are declared to draw."""


@dataclass(frozen=True, slots=True)
class Sleep:
    """Whether the machine is about to sleep, what wakes it, what keeps it awake.

    `in_s` is how soon it will, None if nothing is planned.
    """

    in_s: float | None = None
    macs: tuple[str, ...] = ()
    kept_awake: str | None = None


class SleepStatus(TypedDict):
    """The same, as docs/worker-api.md describes it."""

    in_s: float | None
    wakes_by: list[str]
    kept_awake: str | None


class Status(TypedDict):
    """A worker's answer, as docs/worker-api.md describes it."""

    name: str
    state: State
    cause: Cause
    detail: str | None
    level: int
    levels_w: list[float]
    power_w: float | None
    power_source: str
    machine_w: float | None
    idle_w: float | None
    lease_remaining_s: float
    generation: int
    controller: str | None
    pause_method: str
    has_work: bool
    jobs: dict[str, int] | None
    progress: float | None
    checkpoint_age_s: float | None
    sleep: SleepStatus | None
