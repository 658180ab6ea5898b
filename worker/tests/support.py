"""Jobs, workers and clients that the tests share, and looks at real processes."""

from collections.abc import Callable
import json
import os
from pathlib import Path
import signal
import socket
import subprocess
import sys
import time
from typing import Any
from urllib.request import Request, urlopen

from solar_compute_worker import leftovers
from solar_compute_worker.config import load_config
from solar_compute_worker.spec import Config

PATIENCE_S = 15.0
"""How long a slow machine may take for what takes milliseconds."""

SPIN = ["sh", "-c", "while :; do :; done"]
SLEEP = ["sleep", "1000"]
FULL = "[{watts = 100}]"

# A child in a session of its own, and a grandchild whose parent is gone.
FAMILY = [
    sys.executable,
    "-c",
    """
import os, time
def spin():
    while True:
        pass
if os.fork() == 0:
    os.setsid()
    spin()
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        spin()
    os._exit(0)
spin()
""",
]
FAMILY_SIZE = 3


def write_config(
    folder: Path,
    *,
    command: list[str] | None,
    levels: str = FULL,
    worker: str = "",
    server: str = "",
) -> Path:
    """Write a configuration with one worker, the cruncher."""
    runs = "" if command is None else f"command = {json.dumps(command)}\n"
    if "[power]" not in server:
        # The same on every machine, whatever it can measure.
        server += '\n[power]\nsource = "declared"'
    path = folder / "worker.toml"
    path.write_text(
        f"[server]\nport = {free_port()}\n{server}\n\n[workers.cruncher]\n"
        f"{runs}levels = {levels}\n{worker}\n"
    )
    return path


def one_worker(folder: Path, **options: Any) -> Config:
    """Return a configuration with one worker, the cruncher."""
    return load_config(write_config(folder, **options))


def call(config: Config, path: str, body: dict[str, Any] | None = None) -> Any:
    """Ask a service that runs as a program, as Home Assistant does."""
    url = f"http://127.0.0.1:{config.server.port}/v1/{path}"
    data = None if body is None else json.dumps(body).encode()
    method = "GET" if body is None else "PUT"
    with urlopen(Request(url, data, method=method), timeout=15) as response:
        return json.load(response)


def answers(config: Config) -> bool:
    """Return whether the service answers."""
    try:
        return bool(call(config, "health")["api"] == 1)
    except OSError:
        return False


def free_port() -> int:
    """Return a port that nobody listens on now."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def until(
    condition: Callable[[], Any], what: str, patience_s: float = PATIENCE_S
) -> Any:
    """Wait until a condition holds, and return its value."""
    deadline = time.monotonic() + patience_s
    while not (value := condition()):
        assert time.monotonic() < deadline, f"waited in vain: {what}"
        time.sleep(0.02)
    return value


def job_pids(mark: str) -> list[int]:
    """Return the processes of a configuration's jobs, without their guardians."""
    return [pid for pid in leftovers._marked(mark) if not _is_guardian(pid)]


def guardian_pids(mark: str) -> list[int]:
    """Return the guardians of a configuration's jobs."""
    return [pid for pid in leftovers._marked(mark) if _is_guardian(pid)]


def _is_guardian(pid: int) -> bool:
    try:
        return b"guardian.py" in Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return False


def family(pids: Callable[[], list[int]]) -> list[int]:
    """Wait until all of the family, and nobody else, works; return its processes."""

    def complete() -> list[int]:
        found = pids()
        # The one in between, who only forks and ends, is too short-lived to count.
        settled = len(found) == FAMILY_SIZE and all(cpu_ticks(one) > 5 for one in found)
        return found if settled else []

    found: list[int] = until(complete, "the whole family at work")
    return found


def groups(mark: str) -> list[Path]:
    """Return the control groups of a configuration's jobs."""
    return list(Path("/sys/fs/cgroup").glob(f"**/{mark}-cruncher-*"))


def cpu_ticks(pid: int) -> int:
    """Return the CPU time that a process has used, in 1/100 s, 0 if it is gone."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return 0
    fields = stat.rpartition(")")[2].split()
    return int(fields[11]) + int(fields[12])


def cpu_growth(pids: list[int], seconds: float) -> list[int]:
    """Return how much CPU time each process uses within so many seconds."""
    before = [cpu_ticks(pid) for pid in pids]
    time.sleep(seconds)
    return [cpu_ticks(pid) - then for pid, then in zip(pids, before, strict=True)]


def works(pids: list[int]) -> None:
    """Assert that every one of these processes uses CPU time."""
    before = {pid: cpu_ticks(pid) for pid in pids}
    assert before
    until(
        lambda: all(cpu_ticks(pid) > then + 2 for pid, then in before.items()),
        f"CPU time of {pids} should grow",
    )


def rests(pids: list[int], seconds: float = 0.4) -> None:
    """Assert that none of these processes uses CPU time."""
    assert pids
    assert cpu_growth(pids, seconds) == [0] * len(pids)


def gone(pids: list[int]) -> bool:
    """Return whether none of these processes lives."""
    return not any(_lives(pid) for pid in pids)


def _lives(pid: int) -> bool:
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return False
    return stat.rpartition(")")[2].split()[0] not in "ZX"


def spawn_service(
    config: Path, *arguments: str, stderr: int | None = None
) -> subprocess.Popen[str]:
    """Start the service as a program of its own."""
    return subprocess.Popen(
        [
            *(sys.executable, "-m", "solar_compute_worker"),
            *(arguments or ("serve",)),
            *("--config", str(config)),
        ],
        stderr=stderr,
        text=True,
        env={**os.environ, "PYTHONPATH": _SOURCES},
        start_new_session=True,
    )


def end_service(process: subprocess.Popen[str]) -> None:
    """Make sure that a started service is gone."""
    if process.poll() is None:
        process.send_signal(signal.SIGKILL)
    process.wait()


_SOURCES = str(Path(__file__).parents[1] / "src")
