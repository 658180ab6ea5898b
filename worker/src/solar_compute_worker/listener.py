"""The socket that the service listens on. It leaves the service room to act.

Standard library only. A pause takes open files: control groups, `systemctl`, an engine's
socket. Connections need no token, so that they must never take the last of these.
"""

from pathlib import Path
import resource
import socket
from typing import Any

MOST_FILES = 4096
"""With so many files open nobody else is let in, however many there may be."""


class Listener(socket.socket):
    """Hangs up on whoever would take the last quarter of the files that may be open."""

    # typing.override came with Python 3.12 only.
    def accept(self) -> tuple[socket.socket, Any]:  # type: ignore[explicit-override]
        """Return a connection. Raises ConnectionAbortedError if there is no room."""
        connection, address = super().accept()
        if _is_crowded():
            connection.close()
            raise ConnectionAbortedError
        return connection, address


def listening(host: str, port: int) -> Listener:
    """Return a socket that listens. Raises OSError."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    made = socket.create_server((host, port), family=family)
    return Listener(fileno=made.detach())


def _is_crowded() -> bool:
    limit, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = MOST_FILES if limit < 0 else min(limit * 3 // 4, MOST_FILES)
    return sum(1 for _ in Path("/proc/self/fd").iterdir()) > most
