"""Guards one job: starts it, and ends all of it when the service is gone.

The service runs this file as a program of its own, one per job, with a pipe to its
standard input. Whatever happens to the service, that pipe closes, and the guardian kills
every process of the job: those in its control group, and all of its descendants, even
those that left the process group or whose parents died (they become the guardian's own
children, because it asks the kernel to be their "subreaper").

Standard library only and no import from this package, since it runs without site
packages. It must never end before the job's last process.

Arguments: DIRECTORY CGROUP STATUS_FOLDER COMMAND...; CGROUP may be empty.
Standard input: any byte is a sign of life from the service; the end means "kill it all".
Standard output: one JSON object per line, `{"started": PID}` or `{"failed": SENTENCE}`,
later `{"exited": CODE}` (negative: the signal that ended it).
"""

from contextlib import suppress
import ctypes
import json
import os
from pathlib import Path
import select
import signal
import sys
import time

TICK_S = 0.25
SILENCE_S = 10.0
"""After this long without a sign of life the service hangs, and the job is stopped."""
KILL_S = 10.0
"""How long to go on killing what does not die, as a process stuck in the kernel."""

_PR_SET_PDEATHSIG = 1
_PR_SET_CHILD_SUBREAPER = 36


def descendants(root: int) -> list[int]:
    """Return the ids of all living processes below `root`."""
    children: dict[int, list[tuple[int, bool]]] = {}
    for process in Path("/proc").iterdir():
        if not process.name.isdigit():
            continue
        try:
            stat = (process / "stat").read_bytes()
        except OSError:
            continue
        fields = stat[stat.rindex(b")") + 2 :].split()
        # A process whose first thread ended looks like a zombie while others run on.
        living = fields[0] not in b"ZX" or int(fields[17]) > 1
        children.setdefault(int(fields[1]), []).append((int(process.name), living))
    found, ahead = [], [root]
    while ahead:
        for pid, living in children.get(ahead.pop(), ()):
            ahead.append(pid)
            if living:
                found.append(pid)
    return found


def members(cgroup: str) -> list[int]:
    """Return the ids of all processes in a control group and the groups below it."""
    found: list[int] = []
    for folder, _, _ in os.walk(cgroup):
        with suppress(OSError):
            found += map(int, (Path(folder) / "cgroup.procs").read_text().split())
    # 0 is a process of another namespace, and to kill(2) it means ourselves.
    return [pid for pid in found if pid > 0]


def kill_group(cgroup: str) -> bool:
    """Kill all that is in a control group, frozen or not, and remove the group.

    Returns whether it is gone.
    """
    deadline = time.monotonic() + KILL_S
    while not _remove_group(cgroup):
        if time.monotonic() > deadline:
            return False
        # Since Linux 5.14; on older ones, one by one until none is left.
        with suppress(OSError):
            _write(cgroup, "cgroup.kill", "1")
        _kill(members(cgroup))
        time.sleep(0.02)
    return True


def clear_folder(folder: str) -> None:
    """Remove a folder of plain files, if it is still there."""
    with suppress(OSError):
        for entry in Path(folder).iterdir():
            entry.unlink()
        Path(folder).rmdir()


def _kill(pids: list[int]) -> None:
    for pid in pids:
        with suppress(ProcessLookupError, PermissionError):
            os.kill(pid, signal.SIGKILL)


def _write(cgroup: str, name: str, text: str) -> None:
    # Never creates the file: without it, this is no control group.
    file = os.open(f"{cgroup}/{name}", os.O_WRONLY)
    try:
        os.write(file, text.encode())
    finally:
        os.close(file)


def _remove_group(cgroup: str) -> bool:
    for folder, _, _ in os.walk(cgroup, topdown=False):
        try:
            Path(folder).rmdir()
        except FileNotFoundError:
            continue
        except OSError:
            return False
    return True


def _prctl(option: int, value: int) -> None:
    if ctypes.CDLL(None, use_errno=True).prctl(option, value, 0, 0, 0):
        raise OSError(ctypes.get_errno(), "prctl refused")


def _start(command: list[str], directory: str, cgroup: str, errors: int) -> int:
    """Start the job; what goes wrong before it runs is written to `errors`."""
    guardian = os.getpid()
    pid = os.fork()
    if pid:
        return pid
    try:
        os.setsid()
        _prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != guardian:
            os._exit(1)
        if cgroup:
            _write(cgroup, "cgroup.procs", "0")
        os.chdir(directory)
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        os.dup2(2, 1)
        # What Python ignores, and what the guardian does, the job shall not inherit.
        for name in ("SIGPIPE", "SIGXFSZ", "SIGTERM", "SIGINT", "SIGHUP"):
            signal.signal(getattr(signal, name), signal.SIG_DFL)
        os.execvp(command[0], command)
    except OSError as error:
        os.write(errors, str(error).encode())
    finally:
        os._exit(127)


def _exit_of(main: int) -> int | None:
    """Reap adopted children; return the job's exit code once it has ended.

    The job itself is not reaped, so that its process id, which is also the id of its
    group, cannot become another's while the service may still send signals to it.
    """
    while info := os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT):
        if info.si_pid == main:
            exited = info.si_code == os.CLD_EXITED
            return info.si_status if exited else -info.si_status
        os.waitpid(info.si_pid, 0)
    return None


def _kill_children() -> None:
    """Kill and reap all descendants.

    Each becomes our child when its parent dies, so that to have no child left proves,
    unlike a look at /proc, that none was overlooked.
    """
    deadline = time.monotonic() + KILL_S
    while time.monotonic() < deadline:
        _kill(descendants(os.getpid()))
        try:
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
        except ChildProcessError:
            return
        time.sleep(0.02)


def _stop(cgroup: str, main: int) -> None:
    with suppress(OSError):
        if cgroup:
            _write(cgroup, "cgroup.freeze", "1")
        else:
            os.killpg(main, signal.SIGSTOP)


def _report(event: dict[str, object]) -> None:
    with suppress(BrokenPipeError):
        os.write(1, json.dumps(event).encode() + b"\n")


def guard(command: list[str], directory: str, cgroup: str, status_folder: str) -> None:
    """Start the job and stay with it until nothing of it is left.

    `cgroup` is the control group's folder, or empty to do without one.
    """
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        # The service says when to end; a signal to a whole unit or terminal does not.
        signal.signal(number, signal.SIG_IGN)
    _prctl(_PR_SET_CHILD_SUBREAPER, 1)
    starting, errors = os.pipe()
    main = _start(command, directory, cgroup, errors)
    os.close(errors)
    watched = [0, starting]
    heard = time.monotonic()
    exited = False
    while not exited or descendants(os.getpid()):
        ready = select.select(watched, [], [], TICK_S)[0]
        if 0 in ready:
            if not os.read(0, 4096):
                break
            heard = time.monotonic()
        elif time.monotonic() - heard > SILENCE_S:
            _stop(cgroup, main)
        if starting in ready:
            watched.remove(starting)
            failure = os.read(starting, 4096).decode(errors="replace")
            _report({"failed": failure} if failure else {"started": main})
        elif starting not in watched and not exited:
            code = _exit_of(main)
            if code is not None:
                exited = True
                _report({"exited": code})
    if cgroup:
        kill_group(cgroup)
    _kill_children()
    clear_folder(status_folder)


if __name__ == "__main__":
    guard(sys.argv[4:], *sys.argv[1:4])
