"""NVIDIA's graphics cards, through the program that comes with their driver.

Standard library only. Every call runs `nvidia-smi`, which may take a second, so it
belongs in a thread. It must never take a missing answer for a number.
"""

from dataclasses import dataclass
import subprocess

PROGRAM = "nvidia-smi"
ANSWER_S = 10.0
"""How long the program may take: without a resident driver, some seconds."""

_FIELDS = (
    *("index", "power.draw", "power.limit"),
    *("power.min_limit", "power.max_limit"),
)
_NO_PERMISSION = 4
"""Its exit status for that, as documented."""


class NvidiaError(Exception):
    """The program did not do, or did not tell, what it was asked; a phrase says why."""


@dataclass(frozen=True, slots=True)
class Card:
    """One graphics card: its number, and powers in W, None where it does not tell."""

    index: int
    draw_w: float | None
    limit_w: float | None
    least_w: float | None
    most_w: float | None


def cards() -> list[Card]:
    """Return all cards. Raises NvidiaError if there are none, or no sense in it."""
    text = _run(f"--query-gpu={','.join(_FIELDS)}", "--format=csv,noheader,nounits")
    found = []
    for line in text.splitlines():
        index, *powers = (part.strip() for part in line.split(","))
        if not index.isdecimal() or len(powers) != len(_FIELDS) - 1:
            raise NvidiaError(f"{PROGRAM} says {line[:80]!r}")
        found.append(Card(int(index), *map(_watts, powers)))
    if not found:
        raise NvidiaError("there is no NVIDIA graphics card")
    return found


def limit_command(index: int, watts: float) -> tuple[str, ...]:
    """Return the command that limits a card's power."""
    return (PROGRAM, "-i", str(index), "-pl", f"{watts:g}")


def limit(index: int, watts: float) -> None:
    """Limit a card's power. Raises NvidiaError."""
    _run(*limit_command(index, watts)[1:])


def _run(*arguments: str) -> str:
    try:
        done = subprocess.run(
            [PROGRAM, *arguments],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=ANSWER_S,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise NvidiaError(f"{PROGRAM} does not answer") from error
    if done.returncode == _NO_PERMISSION:
        raise NvidiaError(f"{PROGRAM} needs root to limit a graphics card's power")
    if done.returncode:
        said = (done.stderr or done.stdout).strip().splitlines() or ["no reason"]
        raise NvidiaError(f"{PROGRAM}: {said[-1][:150]}")
    return done.stdout


def _watts(text: str) -> float | None:
    try:
        watts = float(text)
    except ValueError:
        return None
    return watts if 0 <= watts < 10_000 else None
