"""The companion service of the demo, and its job: started, asked, and watched.

`cpu_s` is the kernel's own account of the job, and owes nothing to what the service
or the integration say about it.
"""

import asyncio
from collections.abc import Mapping
import json
from pathlib import Path
import sys
import time
from typing import Any, ClassVar

import aiohttp

from .processes import (
    ProcessError,
    Program,
    arguments,
    children,
    cpu_seconds,
    free_port,
)

JOB = Path(__file__).with_name("primes.py")
WORKER = "cruncher"
_START_S = 20.0

_CONFIGURATION = """\
[server]
host = "127.0.0.1"
port = {port}
stop_grace_s = 5

[power]
source = "declared"

[workers.{worker}]
command = ["{python}", "{job}"]
working_directory = "jobs"
cpus = 1
levels = [{levels}]
"""


class Companion:
    """The real `solar-compute-worker`, on loopback, with one worker that has levels.

    `levels_w` are declared, not measured: the job itself draws a few watts of whatever
    machine this runs on. Its first level is half a CPU, its last a whole one.
    """

    name: ClassVar[str] = "the companion service"
    choice: ClassVar[str] = "agent"
    times_s: ClassVar[Mapping[str, float]] = {"wake_s": 120.0}
    floors_s: ClassVar[Mapping[str, float]] = {}
    obeys_s: ClassVar[float] = 0.0

    def __init__(self, folder: Path, levels_w: tuple[float, ...]) -> None:
        """Write the service's configuration; nothing is started."""
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.levels_w = levels_w
        self.folder = folder
        (folder / "jobs").mkdir(parents=True, exist_ok=True)
        steps = len(levels_w)
        levels = ", ".join(
            f"{{watts = {watts}, cpu_share = {0.5 + 0.5 * step / max(1, steps - 1):.2f}}}"
            for step, watts in enumerate(levels_w)
        )
        configuration = folder / "worker.toml"
        configuration.write_text(
            _CONFIGURATION.format(
                port=self.port,
                worker=WORKER,
                python=sys.executable,
                job=JOB,
                levels=levels,
            )
        )
        self.program = Program(
            self.name,
            [
                sys.executable,
                "-m",
                "solar_compute_worker",
                "serve",
                "--config",
                str(configuration),
            ],
            folder / "worker.log",
        )

    async def start(self) -> None:
        """Start the service and wait until it answers. Raises ProcessError."""
        self.program.start()
        deadline = time.monotonic() + _START_S
        while await self.status() is None:
            self.program.check()
            if time.monotonic() > deadline:
                raise ProcessError("The companion service does not answer.")
            await asyncio.sleep(0.1)

    async def stop(self) -> None:
        """End the service, and its job with it."""
        await self.program.stop()

    def answers(self) -> dict[str, object]:
        """Return answers to the dialog's pages about the service."""
        return {"url": self.url}

    async def status(self) -> dict[str, Any] | None:
        """Return what the service says of the worker; None while it does not answer."""
        timeout = aiohttp.ClientTimeout(total=3)
        try:
            async with (
                aiohttp.ClientSession(timeout=timeout) as session,
                session.get(f"{self.url}/v1/workers/{WORKER}") as response,
            ):
                response.raise_for_status()
                status: dict[str, Any] = await response.json()
                return status
        except aiohttp.ClientError, TimeoutError:
            return None

    def power_w(self, status: dict[str, Any] | None) -> float:
        """Return what the worker draws in the demo's house, given its status."""
        if status is None or status["state"] not in ("running", "draining"):
            return 0.0
        return float(status["power_w"])

    def job_pids(self) -> list[int]:
        """Return the ids of the processes of the job itself."""
        if not self.program.running:
            return []
        return [
            pid
            for pid in children(self.program.pid)
            if arguments(pid)[1:2] == [str(JOB)]
        ]

    def cpu_s(self) -> float:
        """Return the CPU time that the living processes of the job have used."""
        return sum(cpu_seconds(pid) for pid in self.job_pids())

    def complaints(self) -> list[str]:
        """Return the lines in which the service tells of more than its work."""
        lines = self.program.log.read_text(errors="replace").splitlines()
        return [line for line in lines if not line.startswith("INFO ")]

    def saved(self) -> dict[str, int]:
        """Return the last checkpoint of the prime search; empty if there is none."""
        try:
            text = (self.folder / "jobs" / "primes.json").read_text()
        except OSError:
            return {}
        saved: dict[str, int] = json.loads(text)
        return saved
