"""Programs that the demo starts, watches and ends, each by its own process id.

Standard library only; must never signal a process that it did not start.
"""

import asyncio
from collections.abc import Mapping
import os
from pathlib import Path
import signal
import socket
import subprocess
import sys
import time

_LEASH = Path(__file__).with_name("leash.py")
_TICKS_PER_S = os.sysconf("SC_CLK_TCK")


class ProcessError(Exception):
    """A program that did not come up, or ended by itself; the message is a sentence."""


class Program:
    """One program, started on a leash and in a session of its own.

    Its own session keeps Ctrl-C in the terminal from it: it is ended in an orderly
    way, in the right order.
    """

    def __init__(
        self, name: str, command: list[str], log: Path, folder: Path | None = None
    ) -> None:
        """Take what to start; all that it prints is appended to `log`."""
        self.name = name
        self.log = log
        self._command = command
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        """Return its process id. Raises ProcessError if it was never started."""
        if self._process is None:
            raise ProcessError(f"{self.name} was not started.")
        return self._process.pid

    @property
    def running(self) -> bool:
        """Return whether it has not ended."""
        return self._process is not None and self._process.poll() is None

    def start(self, environment: Mapping[str, str] | None = None) -> None:
        """Start it; `environment` is added to our own."""
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, str(_LEASH), str(os.getpid()), *self._command],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                cwd=self._folder,
                env={**os.environ, **(environment or {})},
                start_new_session=True,
            )

    def check(self) -> None:
        """Raise ProcessError, with the end of its log, if it has ended."""
        if not self.running:
            raise ProcessError(f"{self.name} has ended:\n{self.last_lines()}")

    def last_lines(self, count: int = 20) -> str:
        """Return the end of what it has printed."""
        lines = self.log.read_text(errors="replace").splitlines()
        return "\n".join(lines[-count:])

    async def stop(self, grace_s: float = 30.0) -> None:
        """Ask it to end, wait so long, then kill it."""
        if self._process is None or not self.running:
            return
        self._process.send_signal(signal.SIGTERM)
        deadline = time.monotonic() + grace_s
        while self.running and time.monotonic() < deadline:
            await asyncio.sleep(0.05)
        await self.kill()

    async def kill(self) -> None:
        """End it with SIGKILL, as a power cut would."""
        if self._process is None:
            return
        self._process.kill()
        while self.running:
            await asyncio.sleep(0.02)


def free_port(preferred: int | None = None) -> int:
    """Return a loopback port that nobody listens on, the preferred one if it is free."""
    for port in (preferred, 0) if preferred else (0,):
        with socket.socket() as probe:
            # As servers do: a port in TIME_WAIT is free.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise ProcessError("There is no free port.")


def children(pid: int) -> list[int]:
    """Return the ids of all processes below `pid`."""
    parents: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and (fields := _stat(int(entry.name))):
            parents.setdefault(int(fields[1]), []).append(int(entry.name))
    found, ahead = [], [pid]
    while ahead:
        below = parents.get(ahead.pop(), [])
        found += below
        ahead += below
    return found


def cpu_seconds(pid: int) -> float:
    """Return the CPU time that a process has used; 0 for one that is gone."""
    fields = _stat(pid)
    return (int(fields[11]) + int(fields[12])) / _TICKS_PER_S if fields else 0.0


def computes(pid: int) -> bool:
    """Tell whether a process computes, or would if the machine had nothing else to do."""
    return _stat(pid)[:1] == ["R"]


def arguments(pid: int) -> list[str]:
    """Return the command line of a process; empty for one that is gone."""
    try:
        text = Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return []
    return text.decode(errors="replace").split("\0")[:-1]


def _stat(pid: int) -> list[str]:
    """Return the fields of /proc/PID/stat after the program's name."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text(errors="replace")
    except OSError:
        return []
    return text[text.rindex(")") + 2 :].split()
