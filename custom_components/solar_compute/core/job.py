"""Work with a deadline: what a person has asked for, and how far it is.

Standard library only; nothing here computes.
"""

from dataclasses import dataclass
from enum import StrEnum


class JobUnit(StrEnum):
    """What a job is measured in."""

    HOURS = "hours"
    """Hours of running, at any level."""
    KWH = "kwh"
    UNITS = "units"
    """Units of useful work, as the worker counts them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One job of one worker.

    It needs `amount` of `unit` by `ready_by_s`, of which `done` is done. Times are on
    the snapshot's `clock_s`. `value` is what it is worth in currency to have all of it
    by then; None: have it done whatever it costs, but never above `maximum_per_kwh`
    (None: no limit). Guards win over any job.
    """

    key: str
    worker: str
    name: str
    amount: float
    unit: JobUnit
    submitted_s: float
    ready_by_s: float
    done: float = 0.0
    value: float | None = None
    maximum_per_kwh: float | None = None
