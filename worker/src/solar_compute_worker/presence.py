"""What keeps the machine awake besides workers, as far as it can be read.

Standard library only. It runs two small programs, which may be slow, so it belongs in a
thread. What cannot be read keeps nobody awake: the command that suspends the machine has
its own say.
"""

from pathlib import Path
import subprocess

ANSWER_S = 5.0
_ETHERNET = "1"


def kept_awake(despite_logins: bool) -> str | None:
    """Return what speaks against suspending the machine, or None."""
    if not despite_logins and (logins := _lines("who")):
        return f"{logins[0].split()[0]} is logged in"
    for line in _lines("systemd-inhibit", "--list", "--no-legend", "--no-pager"):
        words = line.split()
        if "block" in words and any("sleep" in word.split(":") for word in words):
            return f"{words[0]} asks for no sleep"
    return None


def mac_addresses(root: Path = Path("/sys/class/net")) -> list[str]:
    """Return the addresses of the machine's own network cards that may wake it."""
    found = set()
    for card in root.glob("*"):
        # Without a device it is a bridge, a tunnel, or a container's.
        if (card / "device").exists() and _text(card / "type") == _ETHERNET:
            found.add(_text(card / "address"))
    return sorted(found - {"", "00:00:00:00:00:00"})


def _lines(*command: str) -> list[str]:
    try:
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=ANSWER_S,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return []
    return [line for line in done.stdout.splitlines() if line.strip()]


def _text(path: Path) -> str:
    try:
        return path.read_text().strip()
    except (OSError, ValueError):
        return ""
