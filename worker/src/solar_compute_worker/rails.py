"""Guard rails that hold without Home Assistant: too hot, disk full, too long a run.

Standard library only. They only ever hold a worker back, never let one run; what cannot
be known counts as the worst.
"""

from collections.abc import Collection
from dataclasses import dataclass
import os
from pathlib import Path

from . import hwmon
from .spec import GuardSpec
from .status import Cause

HYSTERESIS_K = 5.0
"""How far below the ceiling it must be before a worker may run again."""
DISK_MARGIN = 1.1
"""How much more than the least free space there must be before a worker may run again."""

_MIB = 2**20


@dataclass(frozen=True, slots=True)
class Trip:
    """Why workers are held, and whether that leaves no time for a checkpoint."""

    cause: Cause
    detail: str
    urgent: bool = True


class MachineRails:
    """The rails of the whole machine. Each look reads sensors, and may block."""

    def __init__(self, spec: GuardSpec, folders: Collection[Path]) -> None:
        """Take the limits, and the folders whose disks must not be full."""
        self._spec = spec
        self._folders = sorted(set(folders))
        self._last: Cause | None = None

    @property
    def any(self) -> bool:
        """Return whether there is any limit to look after."""
        return (
            self._spec.max_temperature_c is not None
            or self._spec.min_free_mib is not None
        )

    def look(self) -> Trip | None:
        """Return what holds all workers now, or None."""
        trip = self._temperature() or self._disk()
        self._last = trip.cause if trip else None
        return trip

    def _temperature(self) -> Trip | None:
        ceiling_c = self._spec.max_temperature_c
        if ceiling_c is None:
            return None
        readings = hwmon.temperatures_c(self._spec.hwmon, self._spec.sensors)
        known = {reading.chip for reading in readings}
        if missing := [chip for chip in self._spec.sensors if chip not in known]:
            return Trip(Cause.TEMPERATURE_UNKNOWN, f"no temperature from {missing[0]}")
        if not readings:
            return Trip(
                Cause.TEMPERATURE_UNKNOWN, f"no temperature below {self._spec.hwmon}"
            )
        hottest = max(readings, key=lambda reading: reading.value)
        held = self._last in (Cause.TOO_HOT, Cause.TEMPERATURE_UNKNOWN)
        if hottest.value <= ceiling_c - (HYSTERESIS_K if held else 0):
            return None
        return Trip(
            Cause.TOO_HOT,
            f"{hottest.name} is at {hottest.value:.0f} °C, the ceiling is"
            f" {ceiling_c:g} °C",
        )

    def _disk(self) -> Trip | None:
        least_mib = self._spec.min_free_mib
        if least_mib is None:
            return None
        needed = least_mib * (DISK_MARGIN if self._last is Cause.DISK_FULL else 1)
        for folder in self._folders:
            try:
                disk = os.statvfs(folder)
            except OSError as error:
                return Trip(Cause.DISK_FULL, f"{folder}: {error.strerror}")
            free_mib = disk.f_bavail * disk.f_frsize / _MIB
            if free_mib < needed:
                return Trip(
                    Cause.DISK_FULL,
                    f"{free_mib:.0f} MiB are free at {folder}, at least"
                    f" {least_mib:g} are needed",
                )
        return None


class RunLimit:
    """How long one worker may run on end, and how long it rests then. Pure."""

    def __init__(self, max_run_s: float | None, rest_s: float) -> None:
        """Take the limits in s; without `max_run_s` there is none."""
        self._max_run_s = max_run_s
        self._rest_s = rest_s
        self._ran_s = 0.0
        self._rested_s = 0.0
        self._resting = False

    def count(self, running: bool, seconds: float) -> Trip | None:
        """Count the time just past; return what holds the worker now, or None.

        A pause shorter than the rest does not make a run a new one.
        """
        if self._max_run_s is None:
            return None
        if running:
            self._ran_s += seconds
            self._rested_s = 0.0
        else:
            self._rested_s += seconds
            if self._rested_s >= self._rest_s:
                self._ran_s = 0.0
                self._resting = False
        self._resting = self._resting or self._ran_s >= self._max_run_s
        if not self._resting:
            return None
        return Trip(
            Cause.RUN_LIMIT,
            f"it ran for {self._max_run_s:g} s on end and rests for {self._rest_s:g} s",
            urgent=False,
        )
