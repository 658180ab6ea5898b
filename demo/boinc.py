"""The BOINC client of the demo, and its task: started, asked, and watched.

The client is asked through `boinccmd`, its own tool, and owes nothing to what the
integration makes of it. What its task draws and uses is seen through the kernel.
"""

import asyncio
from collections import deque
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
import json
from math import inf
import os
from pathlib import Path
import re
import signal
import time
from typing import Any, ClassVar

from custom_components.solar_compute.core.spec import SiteSpec

from . import boinc_client
from .pocket_project import PocketProject
from .processes import (
    ProcessError,
    Program,
    arguments,
    children,
    computes,
    cpu_seconds,
    free_port,
)

SOURCE = Path(__file__).with_name("primes.cpp")
APPLICATION = boinc_client.Application("primes")
CPU_LIMITS = (50.0, 100.0)
LEVELS_W = (330.0, 800.0)
"""What the levels draw in the demo's house: all while the task computes, nothing in the
stops that a CPU limit makes. At 50 % it computes for 41 % of the time (docs/boinc.md)."""
FULL_W = LEVELS_W[-1]
MEAN_S = 4.0
"""A CPU limit stops and goes within two seconds. No meter of a house shows that, but in
the demo these are minutes; so the house feels the mean of twice that."""
_START_S = 30.0
_ANSWER_S = 3.0
_LAPSE_S = 0.5
"""So near to the end of its lease a client that is off has let it lapse."""


def fitted(spec: SiteSpec) -> SiteSpec:
    """Return a home with a worker whose levels are those of BOINC."""
    workers = tuple(replace(worker, levels_w=LEVELS_W) for worker in spec.workers)
    return replace(spec, workers=workers)


class Boinc:
    """The real BOINC client, on loopback, with one task that takes days.

    Its task is there from the beginning, and it is paused until it is told to run.
    """

    name: ClassVar[str] = "the BOINC client"
    choice: ClassVar[str] = "boinc"
    times_s: ClassVar[Mapping[str, float]] = {}
    floors_s: ClassVar[Mapping[str, float]] = {"settle_s": 12.0}
    """A CPU limit takes up to ten seconds to come into force."""
    obeys_s: ClassVar[float] = 2.0

    def __init__(self, folder: Path, levels_w: tuple[float, ...]) -> None:
        """Take a folder; nothing is written. Raises ProcessError if a program lacks."""
        if lacking := boinc_client.missing():
            raise ProcessError(
                f"This machine lacks {', '.join(lacking)}, which the demo with BOINC"
                " needs. `scripts/setup --system` installs it (Debian, as root)."
            )
        self.levels_w = levels_w
        self.folder = folder / "boinc"
        self.port = free_port()
        self.program = Program(
            self.name,
            boinc_client.command(self.folder, self.port),
            folder / "boinc.log",
            folder,
        )
        self._executable = folder / f"primes_{boinc_client.VERSION}"
        self._project: PocketProject | None = None
        self._looks: deque[tuple[float, bool]] = deque()
        self._lease_ends_s = inf
        self._cause = ""

    def answers(self) -> dict[str, object]:
        """Return answers to the dialog's page about the client."""
        return {
            "host": "127.0.0.1",
            "port": self.port,
            "password": boinc_client.PASSWORD,
            "levels_w": _listed(self.levels_w),
            "cpu_limits": _listed(CPU_LIMITS),
            "checkpoint_wait_s": 0,
        }

    async def start(self) -> None:
        """Compile the application, start the client and wait until it answers.

        Raises ProcessError.
        """
        self._executable.parent.mkdir(parents=True, exist_ok=True)
        await asyncio.to_thread(
            boinc_client.compile_application, SOURCE, self._executable
        )
        self._project = PocketProject()
        boinc_client.prepare(
            self.folder,
            self._project,
            self._executable,
            (APPLICATION,),
            tasks=((APPLICATION.name, "days"),),
            paused=True,
        )
        self.program.start()
        deadline_s = time.monotonic() + _START_S
        while await self.status() is None:
            self.program.check()
            if time.monotonic() > deadline_s:
                raise ProcessError("The BOINC client does not answer.")
            await asyncio.sleep(0.1)

    async def stop(self) -> None:
        """End the client with its task, and the project after them.

        They are not asked: a client whose task is paused takes a minute to end.
        """
        tasks = self.job_pids()
        await self.program.kill()
        for pid in tasks:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        if self._project is not None:
            await asyncio.to_thread(self._project.close)

    async def status(self) -> dict[str, Any] | None:
        """Return what the client says of its computing; None while it does not answer.

        It runs until the client has told its task to stop; that it `computes` is what
        the kernel says.
        """
        told = await self._ask("--get_cc_status")
        if told is None:
            return None
        computing = told.partition("CPU status")[2].partition("GPU status")[0]
        off = "current mode: never" in computing
        pids = self.job_pids()
        runs = bool(pids) and _may_run(computing)
        self._watch_lease(computing, off=off)
        return {
            "state": "running" if runs else "paused" if off else "starting",
            "level": self._level() if runs else 0,
            "cause": self._cause,
            "computes": any(map(computes, pids)),
        }

    def power_w(self, status: dict[str, Any] | None) -> float:
        """Return what the worker draws in the demo's house, given its status."""
        if status is None:
            return 0.0
        if status["state"] != "running":
            self._looks.clear()
            return FULL_W if status["computes"] else 0.0
        now_s = time.monotonic()
        if self._looks or status["computes"]:
            self._looks.append((now_s, status["computes"]))
        while self._looks and self._looks[0][0] < now_s - MEAN_S:
            self._looks.popleft()
        busy = sum(computed for _, computed in self._looks)
        return FULL_W * busy / max(1, len(self._looks))

    def job_pids(self) -> list[int]:
        """Return the ids of the processes of the task itself."""
        if not self.program.running:
            return []
        return [
            pid
            for pid in children(self.program.pid)
            if "".join(arguments(pid)[:1]).endswith(self._executable.name)
        ]

    def cpu_s(self) -> float:
        """Return the CPU time that the living processes of the task have used."""
        return sum(cpu_seconds(pid) for pid in self.job_pids())

    def complaints(self) -> list[str]:
        """Return the lines in which the client tells of errors."""
        lines = self.program.log.read_text(errors="replace").splitlines()
        return [line for line in lines if "error" in line.lower()]

    def saved(self) -> dict[str, int]:
        """Return the last checkpoint of the prime search; empty if there is none."""
        for checkpoint in self.folder.glob("slots/*/primes.json"):
            saved: dict[str, int] = json.loads(checkpoint.read_text())
            return saved
        return {}

    async def _ask(self, question: str) -> str | None:
        process = await asyncio.create_subprocess_exec(
            "boinccmd",
            *("--host", f"127.0.0.1:{self.port}", "--passwd", boinc_client.PASSWORD),
            question,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
        )
        try:
            async with asyncio.timeout(_ANSWER_S):
                told, _ = await process.communicate()
        except TimeoutError:
            return None
        finally:
            if process.returncode is None:
                process.kill()
        return None if process.returncode else told.decode(errors="replace")

    def _watch_lease(self, computing: str, *, off: bool) -> None:
        """Notice whether the client went off by itself or was told to."""
        now_s = time.monotonic()
        if not off:
            left = re.search(r"perm becomes current in ([\d.]+) sec", computing)
            self._lease_ends_s = now_s + float(left[1]) if left else inf
            self._cause = ""
        elif not self._cause:
            lapsed = now_s >= self._lease_ends_s - _LAPSE_S
            self._cause = "lease_expired" if lapsed else "commanded"

    def _level(self) -> int:
        """Return the level whose CPU limit the client was given."""
        preferences = (self.folder / "global_prefs_override.xml").read_text()
        limit = re.search(r"<cpu_usage_limit>([\d.]+)<", preferences)
        given = 100.0 if limit is None else float(limit[1])
        return 1 + sum(known < given for known in CPU_LIMITS[:-1])


def _may_run(computing: str) -> bool:
    """Tell whether the client lets tasks compute, or stops them for a CPU limit."""
    return "not suspended" in computing or "CPU throttling" in computing


def _listed(values: tuple[float, ...]) -> str:
    return ", ".join(f"{value:g}" for value in values)
