"""What a worker says of itself.

Standard library only; words and shapes, nothing that does anything.
"""

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
