"""Pauses a container or a unit, whoever let it run, and makes sure that it is.

A warden runs this file as a program when the service is gone, and so does
`solar-compute-worker hold`. Standard library only and no import from this package, since
it runs without site packages. It must never touch a container without the opt-in label.

Arguments: `container SOCKET NAME WORKER` or `unit NAME [--user]`.
Exit status: 0 if it does not run any more, else 1 with a sentence on standard error.
"""

import http.client
import json
import socket
import subprocess
import sys
from typing import Any

ANSWER_S = 10.0
LABEL = "solar-compute"
"""The label by which a container opts in: "true", or the name of its worker."""
_MOVING = ("restarting", "stopping", "removing")


def opted_in(labels: object, worker: str) -> bool:
    """Return whether a container with these labels lets the worker control it."""
    return isinstance(labels, dict) and labels.get(LABEL) in ("true", worker)


class _UnixConnection(http.client.HTTPConnection):
    def __init__(self, path: str) -> None:
        super().__init__("localhost", timeout=ANSWER_S)
        self._path = path

    # typing.override came with Python 3.12 only.
    def connect(self) -> None:  # type: ignore[explicit-override]
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self._path)


def _engine(path: str, method: str, what: str) -> tuple[int, Any]:
    connection = _UnixConnection(path)
    try:
        connection.request(method, f"/containers/{what}")
        answer = connection.getresponse()
        body = answer.read()
        return answer.status, json.loads(body) if body else None
    finally:
        connection.close()


def hold_container(path: str, name: str, worker: str) -> str:
    """Pause a container; return "" once it does not run, else what is wrong."""
    for attempt in range(2):
        status, answer = _engine(path, "GET", f"{name}/json")
        if status == 404:
            return ""
        if status != 200:
            return f"the engine answered with status {status}"
        if not opted_in(answer["Config"]["Labels"], worker):
            return ""
        state = answer["State"]
        if state["Paused"]:
            return ""
        if not state["Running"] and state["Status"] not in _MOVING:
            return ""
        if attempt == 0:
            _engine(path, "POST", f"{name}/pause")
    return f"container {name} is not paused"


def _systemctl(*arguments: str) -> str:
    done = subprocess.run(
        ["systemctl", *arguments],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
        timeout=ANSWER_S,
        check=False,
    )
    return done.stdout


def hold_unit(name: str, *options: str) -> str:
    """Freeze or stop a unit; return "" once it does not run, else what is wrong."""
    properties = "ActiveState,FreezerState,CanFreeze,Job"
    for attempt in range(2):
        shown = _systemctl(*options, "show", f"--property={properties}", name)
        found = dict(line.split("=", 1) for line in shown.splitlines() if "=" in line)
        if found.get("FreezerState", "").startswith("frozen"):
            return ""
        active = found.get("ActiveState")
        # A job that is queued may be its start.
        queued = found.get("Job") not in (None, "", "0")
        if active in ("inactive", "failed") and not queued:
            return ""
        if attempt == 0:
            # systemd freezes only what is active.
            freezes = active == "active" and found.get("CanFreeze") == "yes"
            _systemctl(*options, "freeze" if freezes else "stop", name)
    return f"unit {name} is not paused"


def main(kind: str, *arguments: str) -> str:
    """Hold what the arguments name; return "" or what is wrong."""
    try:
        if kind == "container":
            return hold_container(*arguments)
        return hold_unit(*arguments)
    except (
        OSError,
        LookupError,
        TypeError,
        ValueError,
        http.client.HTTPException,
        subprocess.TimeoutExpired,
    ) as error:
        return f"{kind} {arguments[0]}: {error or type(error).__name__}"


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]) or 0)
