"""Jobs as the kernel sees them, whatever their daemon says: processes, and CPU time."""

import os
from pathlib import Path

TICKS_PER_S = os.sysconf("SC_CLK_TCK")

COUNTER = Path(__file__).with_name("counter.sh")
"""The job of most rigs: `sh counter.sh FILE`."""


def processes_in(folder: Path) -> list[int]:
    """Return the processes that run in a folder, or in one below it."""
    found = []
    for process in Path("/proc").iterdir():
        if process.name.isdigit():
            try:
                place = (process / "cwd").readlink()
            except OSError:
                continue
            if place.is_relative_to(folder):
                found.append(int(process.name))
    return found


def cpu_s(pids: list[int]) -> float:
    """Return the CPU time that these processes have used, in s."""
    return sum(sum(map(int, fields(pid)[11:13])) / TICKS_PER_S for pid in pids)


def fields(pid: int) -> list[str]:
    """Return what /proc says of a process from its state on; of none, nothing."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    except OSError:
        return ["X", *("0" for _ in range(20))]


def count_in(file: Path) -> int:
    """Return the number that a job shows in a file; 0 if it has not begun."""
    try:
        return int(file.read_text().strip("\0 \n") or 0)
    except FileNotFoundError:
        return 0
