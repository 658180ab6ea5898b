"""Finds and kills processes of jobs that lost their guardian.

That takes a SIGKILL (or the kernel's out-of-memory killer) to hit a guardian. Where jobs
have no control group, the mark in their environment is what remains to know them by.
This module must never kill anything without that mark.
"""

import os
from pathlib import Path
import signal
import time

from .guardian import KILL_S

VARIABLE = "SOLAR_COMPUTE_JOB"


def kill_marked(mark: str) -> bool:
    """Kill every process whose mark is this one or below it, and wait until they died.

    `a/b` is below `a`. Returns whether none is left.
    """
    deadline = time.monotonic() + KILL_S
    while found := _marked(mark):
        if time.monotonic() > deadline:
            return False
        for pid in found:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue
        time.sleep(0.02)
    return True


def _marked(mark: str) -> list[int]:
    entry = f"{VARIABLE}={mark}".encode()
    found = []
    for process in Path("/proc").iterdir():
        if not process.name.isdigit() or int(process.name) == os.getpid():
            continue
        try:
            environment = (process / "environ").read_bytes().split(b"\0")
        except OSError:
            continue
        if any(part == entry or part.startswith(entry + b"/") for part in environment):
            found.append(int(process.name))
    return found
