#!/usr/bin/env python3
"""A program that behaves as systemctl is documented to, for one service unit.

No test may start an init system. This one starts the unit's command itself, freezes it
with signals, and keeps what it knows in the folder that FAKE_SYSTEMCTL names:
`unit.json` there says what the unit is.
"""

import json
import os
from pathlib import Path
import signal
import subprocess
import sys
import time

FOLDER = Path(os.environ["FAKE_SYSTEMCTL"])


def living(pid: int) -> bool:
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return False
    return stat.rpartition(")")[2].split()[0] not in "ZX"


def main(arguments: list[str]) -> str:
    with (FOLDER / "calls").open("a") as calls:
        calls.write(" ".join(arguments) + "\n")
    file = FOLDER / "unit.json"
    unit = json.loads(file.read_text())
    if unit.get("user", False) != ("--user" in arguments):
        unit["loaded"] = False
    words = [one for one in arguments if not one.startswith("--")]
    action, pid = words[0], unit.get("pid", 0)
    if pid and not living(pid):
        unit["pid"] = pid = 0
        unit["frozen"] = False
    if action == "show":
        return show(unit, pid)
    if not unit["loaded"]:
        return f"!Failed to {action} {words[1]}: Unit {words[1]} not loaded."
    if unit.get("denied") and action != "show":
        return f"!Failed to {action} unit: Access denied"
    if action in ("freeze", "thaw") and not unit["freezes"]:
        return f"!Unknown command verb {action}."
    if action == "freeze" and unit.get("once"):
        return "!Failed to freeze unit: Unit has a pending job"
    if action == "stop":
        unit["queued"] = False
    while action == "start" and unit.get("slow"):
        time.sleep(0.02)
        unit = json.loads(file.read_text())
    if action == "start" and not pid:
        process = subprocess.Popen(
            unit["command"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        unit["pid"] = process.pid
    elif action in ("freeze", "thaw") and pid:
        unit["frozen"] = action == "freeze"
        os.kill(pid, signal.SIGSTOP if unit["frozen"] else signal.SIGCONT)
    elif action in ("stop", "kill") and pid:
        kill = "--signal=SIGKILL" in arguments
        os.kill(pid, signal.SIGKILL if kill else signal.SIGTERM)
        while living(pid):
            time.sleep(0.02)
        unit["pid"], unit["frozen"] = 0, False
    elif action == "set-property":
        unit["quota"] = words[2]
    new = FOLDER / "unit.new"
    new.write_text(json.dumps(unit))
    new.rename(file)
    return ""


def show(unit: dict[str, object], pid: object) -> str:
    working = "activating" if unit.get("once") else "active"
    state = working if pid else "inactive"
    lines = {
        "LoadState": "loaded" if unit["loaded"] else "not-found",
        "ActiveState": state,
        "SubState": {"active": "running", "activating": "start"}.get(state, "dead"),
        "Result": "success",
        "MainPID": str(pid),
    }
    if unit.get("queued") or state == "activating":
        lines["Job"] = "7"
    if unit["freezes"]:
        lines["FreezerState"] = "frozen" if unit.get("frozen") else "running"
        lines["CanFreeze"] = "yes"
    return "\n".join(f"{key}={value}" for key, value in lines.items())


if __name__ == "__main__":
    said = main(sys.argv[1:])
    if said.startswith("!"):
        sys.stderr.write(said[1:] + "\n")
        sys.exit(1)
    sys.stdout.write(said + "\n")
