"""What a job tells about itself, if it wants to.

A job finds a file name in its environment as `SOLAR_COMPUTE_STATUS_FILE`. What it
writes there is believed, but never trusted to be well-formed, small, or even a file.
"""

from dataclasses import dataclass
import json
import math
import os
from pathlib import Path
import stat

VARIABLE = "SOLAR_COMPUTE_STATUS_FILE"
_LIMIT = 4096


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a job is (0 to 1), and when it last saved its work (seconds since 1970)."""

    done: float | None = None
    checkpoint_at: float | None = None


def read_progress(path: Path) -> Progress:
    """Return what the job last wrote; what is missing or makes no sense is None."""
    try:
        # Without O_NONBLOCK, opening a named pipe would wait for ever.
        file = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:
        return Progress()
    try:
        if not stat.S_ISREG(os.fstat(file).st_mode):
            return Progress()
        data = json.loads(os.read(file, _LIMIT))
    except (OSError, ValueError, RecursionError):
        return Progress()
    finally:
        os.close(file)
    if not isinstance(data, dict):
        return Progress()
    done = _number(data.get("progress"))
    return Progress(
        done if done is not None and 0 <= done <= 1 else None,
        _number(data.get("checkpoint_at")),
    )


def _number(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        number = float(value)
    except OverflowError:
        return None
    return number if math.isfinite(number) else None
