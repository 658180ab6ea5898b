"""The two ways to hold a job still: a control group's freezer, or signals.

Both raise OSError when the kernel refuses. `frozen` tells what is, not what was asked.
This module must never decide when to freeze.
"""

import os
from pathlib import Path
import signal
from typing import Protocol


class Freezer(Protocol):
    """Holds all the processes that it can reach still, and lets them go on."""

    def freeze(self) -> None:
        """Hold the job still; harmless if it is."""

    def thaw(self) -> None:
        """Let the job go on; harmless if it does."""

    def frozen(self) -> bool:
        """Return whether the job is really held still now."""


class CgroupFreezer:
    """Freezes a control group (version 2): every process in it, however it got there."""

    def __init__(self, folder: Path) -> None:
        """Take the group's folder."""
        self._folder = folder

    def freeze(self) -> None:
        """Freeze the group."""
        (self._folder / "cgroup.freeze").write_text("1")

    def thaw(self) -> None:
        """Thaw the group."""
        (self._folder / "cgroup.freeze").write_text("0")

    def frozen(self) -> bool:
        """Return whether the kernel says that all of the group is frozen."""
        return "frozen 1" in (self._folder / "cgroup.events").read_text().split("\n")


class SignalFreezer:
    """Stops a process group with SIGSTOP. It misses children that called `setsid`."""

    def __init__(self, group: int) -> None:
        """Take the id of the process group, which is that of its first process."""
        self._group = group
        self._stopped = False

    def freeze(self) -> None:
        """Stop the group."""
        self._stopped = True
        os.killpg(self._group, signal.SIGSTOP)

    def thaw(self) -> None:
        """Continue the group, if it was stopped: a job may act on each SIGCONT."""
        if self._stopped or self.frozen():
            os.killpg(self._group, signal.SIGCONT)
            self._stopped = False

    def frozen(self) -> bool:
        """Return whether the group's first process is stopped."""
        stat = Path(f"/proc/{self._group}/stat").read_text()
        return stat.rpartition(")")[2].split()[0] in "Tt"
