"""The demo's job: searches primes, for ever, and saves how far it got.

It runs in the folder in which the companion service starts it, goes on from its
checkpoint there, and tells the service of every checkpoint (docs/worker-service.md).
It knows nothing of the sun: whoever runs it may stop it at any instruction.
"""

from itertools import count
import json
import os
from pathlib import Path
import signal
import time
from typing import Any

CHECKPOINT = Path("primes.json")
SAVE_EVERY_S = 2.0


def is_prime(number: int) -> bool:
    """Tell by trial division: slow on purpose."""
    if number < 4:
        return number > 1
    if number % 2 == 0:
        return False
    divisor = 3
    while divisor * divisor <= number:
        if number % divisor == 0:
            return False
        divisor += 2
    return True


def load() -> dict[str, int]:
    """Return the last checkpoint, or the state at the very beginning."""
    try:
        saved = json.loads(CHECKPOINT.read_text())
    except OSError, ValueError:
        return {"next": 10**12, "found": 0, "largest": 0, "saves": 0}
    return {key: int(saved[key]) for key in ("next", "found", "largest", "saves")}


def write(path: Path, data: dict[str, Any]) -> None:
    """Write a file whole or not at all: the job may be stopped at any moment."""
    draft = path.with_suffix(".new")
    draft.write_text(json.dumps(data))
    draft.replace(path)


def save(state: dict[str, int]) -> None:
    """Write the checkpoint, and tell the service about it."""
    state["saves"] += 1
    write(CHECKPOINT, state)
    if status_file := os.environ.get("SOLAR_COMPUTE_STATUS_FILE"):
        write(Path(status_file), {"checkpoint_at": time.time()})


def search(state: dict[str, int]) -> None:
    """Search until asked to end."""
    ended = False

    def end(*_: object) -> None:
        nonlocal ended
        ended = True

    signal.signal(signal.SIGTERM, end)
    saved_s = time.monotonic()
    for number in count(state["next"]):
        if is_prime(number):
            state["found"] += 1
            state["largest"] = number
        state["next"] = number + 1
        if ended or time.monotonic() - saved_s > SAVE_EVERY_S:
            save(state)
            saved_s = time.monotonic()
        if ended:
            return


if __name__ == "__main__":
    search(load())
