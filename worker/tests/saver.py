"""A job that saves its work when it is asked, and notes all that is done to it."""

import asyncio
from pathlib import Path
import sys

from .support import until

# Works all the time, and saves when it is told by SIGUSR1, after so many seconds.
SAVER = """
import json, os, signal, sys, time
status = os.environ["SOLAR_COMPUTE_STATUS_FILE"]
def save(*_):
    open("asked", "a").write("x")
    end = time.monotonic() + float(sys.argv[1])
    while time.monotonic() < end:
        pass
    open(status + ".new", "w").write(json.dumps({"checkpoint_at": time.time()}))
    os.rename(status + ".new", status)
    open("saved", "a").write("x")
def term(*_):
    open("ended", "w").write("x")
    sys.exit()
signal.signal(signal.SIGUSR1, save)
signal.signal(signal.SIGTERM, term)
open("up", "a").write("x")
while True:
    pass
"""
BY_SIGNAL = 'checkpoint = {signal = "SIGUSR1", deadline_s = 10}'


def saver(seconds: float = 0.2) -> list[str]:
    return [sys.executable, "-c", SAVER, str(seconds)]


async def is_up(folder: Path, times: int = 1) -> None:
    def ready() -> bool:
        file = folder / "up"
        return file.exists() and len(file.read_text()) >= times

    await asyncio.to_thread(until, ready, "the job is up")


def marks(folder: Path, name: str) -> int:
    """Return how often the job has noted this."""
    file = folder / name
    return len(file.read_text()) if file.exists() else 0
