"""A machine with the real BOINC client and a compiled application, in a scratch folder."""

import asyncio
from collections.abc import Sequence
from pathlib import Path
import socket
import subprocess
import time
from typing import Any

from custom_components.solar_compute.workers.boinc import BoincBackend, BoincWorker
from custom_components.solar_compute.workers.boinc_rpc import visit
from demo.boinc_client import (
    PASSWORD,
    PREFERENCES,
    VERSION,
    Application,
    command,
    compile_application,
    prepare,
)
from demo.pocket_project import PocketProject, Work

from .jobs import count_in, cpu_s, fields, processes_in

GPU = "pretended_gpu"
"""A kind of coprocessor that only the configuration of the client knows of."""

APPLICATIONS = (Application("cruncher"), Application("gpu_cruncher", GPU))
HOURS: Work = ("cruncher", "hours")
"""A task that computes for hours."""

OWN_PREFERENCES = f"""\
{PREFERENCES}   <disk_max_used_pct>77</disk_max_used_pct>
"""


def compile_cruncher(folder: Path) -> Path:
    """Compile the application."""
    program = folder / f"cruncher_{VERSION}"
    compile_application(Path(__file__).with_name("cruncher.cpp"), program)
    return program


class BoincBox:
    """The client can be started, ended, killed and frozen like any process."""

    def __init__(
        self,
        folder: Path,
        program: Path,
        *,
        tasks: Sequence[Work] = (),
        paused: bool = False,
        with_gpu: bool = False,
    ) -> None:
        self.project = PocketProject()
        self.folder = folder
        with socket.create_server(("127.0.0.1", 0)) as listener:
            self.port = listener.getsockname()[1]
        prepare(
            folder,
            self.project,
            program,
            APPLICATIONS,
            tasks=tasks,
            paused=paused,
            options=f"<coproc><type>{GPU}</type><count>1</count></coproc>"
            if with_gpu
            else "",
            preferences=OWN_PREFERENCES,
        )
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start the client and wait until it listens."""
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                command(self.folder, self.port),
                cwd=self.folder,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        end_s = time.monotonic() + 30
        while True:
            try:
                socket.create_connection(("127.0.0.1", self.port)).close()
            except OSError:
                assert time.monotonic() < end_s, "the client does not listen"
                time.sleep(0.05)
            else:
                return

    def kill(self) -> None:
        """End the client at once, as a power cut would, and with it what it runs."""
        if self._process is not None and self._process.poll() is None:
            pids = self._crunchers()
            self._process.kill()
            self._process.wait()
            for pid in pids:
                subprocess.run(["kill", "-KILL", str(pid)], check=False)

    def close(self) -> None:
        """End everything that was started."""
        self.kill()
        self.project.close()

    def worker(self, **settings: Any) -> BoincWorker:
        """Return a back-end for this client."""
        return BoincWorker(self.config(**settings))

    def config(self, **settings: Any) -> BoincBackend:
        """Return the configuration of such a back-end."""
        known: dict[str, Any] = {
            "host": "127.0.0.1",
            "port": self.port,
            "password": PASSWORD,
        }
        return BoincBackend(**{**known, **settings})

    async def forget_limits(self) -> None:
        """Give the client the preferences that it had at first."""
        async with visit("127.0.0.1", self.port, PASSWORD) as client:
            await client.async_call(
                f"<set_global_prefs_override>\n<global_preferences>\n{OWN_PREFERENCES}"
                "</global_preferences>\n</set_global_prefs_override>"
            )
            await client.async_call("<read_global_prefs_override/>")

    def hold_saves(self) -> None:
        """Have the tasks compute on without saving."""
        (self.folder / "hold_saves").touch()

    def let_save(self) -> None:
        """Have the tasks save every two seconds, as they do at first."""
        (self.folder / "hold_saves").unlink(missing_ok=True)

    async def busy_share(self, seconds: float = 1.0) -> float:
        """Return for what share of the time a task computes, or would if it could.

        That a test machine has other things to do changes nothing about it.
        """
        states: list[bool] = []
        end_s = time.monotonic() + seconds
        while time.monotonic() < end_s:
            states.append(any(map(_computes, self._crunchers())))
            await asyncio.sleep(0.02)
        return sum(states) / len(states)

    async def stands_still(self) -> bool:
        """Tell whether no task computes; it may take a second to obey.

        A task's own timer, which listens for messages, now and then uses a tick.
        """
        await asyncio.sleep(1.5)
        before_s = self.used_s()
        await asyncio.sleep(1)
        return self.used_s() - before_s < 0.05

    def told_by_tasks(self) -> str:
        """Return what the tasks have written to their logs."""
        logs = sorted(self.folder.glob("slots/*/stderr.txt"))
        return "".join(log.read_text() for log in logs)

    def preferences(self) -> str:
        """Return the client's own preferences as they are on its disk."""
        return (self.folder / "global_prefs_override.xml").read_text()

    def used_s(self) -> float:
        """Return the CPU time that the tasks have used."""
        return cpu_s(self._crunchers())

    def count(self) -> int:
        """Return how many rounds the task is at that it has in memory."""
        return max(map(count_in, self.folder.glob("slots/*/count")), default=0)

    def _crunchers(self) -> list[int]:
        return processes_in(self.folder / "slots")


def _computes(pid: int) -> bool:
    return fields(pid)[0] == "R"
