"""One `[workers.NAME]` table, checked and turned into a `WorkerSpec`.

It looks whether folders and programs are there; it must never create or start anything.
"""

from collections.abc import Mapping
import os
from pathlib import Path
import re
import shutil
import signal
from typing import Any
from urllib.parse import urlsplit

from . import nvidia
from .config_slurm import shared_out, slurm_spec
from .spec import (
    CheckpointSpec,
    ContainerSpec,
    LevelSpec,
    QueueSpec,
    UnitSpec,
    WorkerSpec,
    is_loopback,
)
from .table import Table

MAX_LEVELS = 32
MAX_SLOTS = 1024
MAX_GPUS = 127
MAX_CORES = 1_000_000
MAX_DEADLINE_S = 600.0
MAX_TIME_S = 31 * 86_400.0
DEFAULT_REST_S = 600.0
DEFAULT_DEADLINE_S = CheckpointSpec().deadline_s
ON_PAUSE = ("freeze", "end")

# Signals that a program can catch and that nothing else sends in earnest.
_SIGNALS = {
    name: int(getattr(signal, name))
    for name in ("SIGUSR1", "SIGUSR2", "SIGHUP", "SIGINT", "SIGQUIT")
}
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")
_CONTAINER = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,127}")
_UNIT = re.compile(r"[A-Za-z0-9][A-Za-z0-9:_.@\\-]{0,247}\.service")


def worker_spec(
    name: str, data: object, path: Path, problems: list[str]
) -> WorkerSpec | None:
    """Return what a table says, noting every problem; None if it is no table at all."""
    where = f"[workers.{name}]"
    if not _NAME.fullmatch(name):
        problems.append(
            f"{where}: the name may have up to 64 letters, digits, _ and -,"
            " and begins with a letter or digit."
        )
    if not isinstance(data, Mapping):
        problems.append(f"{where} must be a table.")
        return None
    table = Table(where, data, problems)
    container, unit = _container(table), _unit(table)
    partition = slurm_spec(table, where, path.parent, problems)
    started = container is None and unit is None and partition is None
    command = table.texts("command") if started or table.has("command") else []
    directory = path.parent / (table.text("working_directory") or ".")
    cpus = table.number("cpus", 0, 4096, above=True)
    rows = table.tables("levels")
    saving = table.table("checkpoint")
    jobs = table.table("queue")
    on_pause = table.text("on_pause") or "freeze"
    max_run_s = table.number("max_run_s", 0, MAX_TIME_S, above=True)
    rest_s = table.number("rest_s", 0, MAX_TIME_S, above=True)
    gpus = table.integers("gpus", 0, MAX_GPUS) if table.has("gpus") else []
    table.close()
    outside = [one for one in (container, unit, partition) if one is not None]
    if len(outside) + bool(command) > 1:
        table.problem(
            "command, container, unit, slurm:", "exactly one of them is needed"
        )
    if on_pause not in ON_PAUSE:
        table.problem("on_pause", f"must be one of {', '.join(ON_PAUSE)}")
    if not directory.is_dir():
        table.problem("working_directory", f"is {directory}, which is not a folder")
    elif command and not _program_exists(command[0], directory):
        table.problem("command", f"starts {command[0]!r}, which is not a program here")
    levels = _levels(table, where, rows, problems)
    if any(level.gpu_limit_w for level in levels):
        if shutil.which(nvidia.PROGRAM) is None:
            table.problem("gpu_limit_w", f"needs {nvidia.PROGRAM}, which is not here")
    elif gpus:
        table.problem("gpus", "is for levels with gpu_limit_w only")
    if not started:
        _keep_to_one_copy(table, levels, saving, jobs)
    if partition is not None:
        if cpus is not None or saving is not None or on_pause != "freeze":
            table.problem("slurm", "goes without cpus, checkpoint and on_pause")
        cpus, levels = shared_out(table, levels)
    elif any(level.cores for level in levels):
        table.problem("levels", "can have cores for slurm only")
    return WorkerSpec(
        name,
        tuple(command),
        directory,
        tuple(levels),
        float(len(os.sched_getaffinity(0))) if cpus is None else cpus,
        None
        if saving is None
        else _checkpoint(Table(f"{where} checkpoint", saving, problems), directory),
        on_pause == "end",
        max_run_s,
        DEFAULT_REST_S if rest_s is None else rest_s,
        None
        if jobs is None
        else _queue(Table(f"{where} queue", jobs, problems), path.parent, directory),
        container,
        unit,
        tuple(gpus),
        partition,
    )


def _container(table: Table) -> ContainerSpec | None:
    name, socket = table.text("container"), table.text("socket")
    if name is None:
        if socket is not None:
            table.problem("socket", "is for a container only")
        return None
    if not _CONTAINER.fullmatch(name):
        table.problem("container", "must be the name or id of a container")
    path = ContainerSpec(name).socket if socket is None else Path(socket)
    if not path.is_absolute():
        table.problem("socket", "must be the absolute path of the engine's socket")
    return ContainerSpec(name, path)


def _unit(table: Table) -> UnitSpec | None:
    name, user = table.text("unit"), table.flag("user")
    if name is None:
        if user is not None:
            table.problem("user", "is for a unit only")
        return None
    if not _UNIT.fullmatch(name):
        table.problem("unit", "must be the full name of a unit, such as boinc.service")
    if shutil.which("systemctl") is None:
        table.problem("unit", "needs systemd, but there is no systemctl here")
    return UnitSpec(name, bool(user))


def _keep_to_one_copy(
    table: Table, levels: list[LevelSpec], saving: object, jobs: object
) -> None:
    """Note what only a job that the service starts itself can do."""
    if jobs is not None:
        table.problem("queue", "needs a command that its jobs are given to")
    if any(level.slots > 1 for level in levels):
        table.problem("levels", "can have slots for a command only")
    if isinstance(saving, Mapping) and "signal" in saving:
        table.problem("checkpoint", "must be a command or url: there is no status file")


def _checkpoint(table: Table, directory: Path) -> CheckpointSpec:
    name = table.text("signal")
    command = table.texts("command") if table.has("command") else []
    url = table.text("url")
    deadline = table.number("deadline_s", 0, MAX_DEADLINE_S, above=True)
    table.close()
    if (name is not None) + bool(command) + (url is not None) != 1:
        table.problem("signal, command, url:", "exactly one of them is needed")
    number = _SIGNALS.get(name or "")
    if name is not None and number is None:
        table.problem("signal", f"must be one of {', '.join(_SIGNALS)}")
    if command and directory.is_dir() and not _program_exists(command[0], directory):
        table.problem("command", f"starts {command[0]!r}, which is not a program here")
    if url is not None and not _is_local(url):
        table.problem("url", "must be http:// and a loopback address of this machine")
    return CheckpointSpec(
        number,
        tuple(command),
        url,
        DEFAULT_DEADLINE_S if deadline is None else deadline,
    )


def _queue(table: Table, base: Path, directory: Path) -> QueueSpec:
    name = table.text("folder")
    retries = table.integer("retries", 0, 1000)
    after_s = table.number("retry_after_s", 0, MAX_TIME_S)
    source = table.texts("source") if table.has("source") else []
    lines = table.texts("lines") if table.has("lines") else []
    poll_s = table.number("poll_s", 1, MAX_TIME_S)
    table.close()
    folder = base / (name or ".")
    default = QueueSpec(folder)
    if name is None:
        table.problem("folder", "is needed")
    elif not (folder.is_dir() and os.access(folder, os.W_OK)):
        table.problem("folder", f"is {folder}, which is not a writable folder")
    if source and lines:
        table.problem("source, lines:", "only one of them can be used")
    for key, command in (("source", source), ("lines", lines)):
        if (
            command
            and directory.is_dir()
            and not _program_exists(command[0], directory)
        ):
            table.problem(key, f"starts {command[0]!r}, which is not a program here")
    return QueueSpec(
        folder,
        default.retries if retries is None else retries,
        default.retry_after_s if after_s is None else after_s,
        tuple(source),
        default.poll_s if poll_s is None else poll_s,
        tuple(lines),
    )


def _is_local(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return (
            parts.scheme == "http"
            and parts.username is None
            and (parts.port or 80) > 0
            and is_loopback(parts.hostname or "")
        )
    except ValueError:
        return False


def _levels(
    worker: Table, where: str, rows: list[Mapping[str, Any]], problems: list[str]
) -> list[LevelSpec]:
    if len(rows) > MAX_LEVELS:
        worker.problem("levels", f"has more than {MAX_LEVELS} entries")
    levels: list[LevelSpec] = []
    for index, row in enumerate(rows, start=1):
        table = Table(f"{where} level {index}", row, problems)
        watts = table.number("watts", 0, 100_000, above=True, required=True)
        share = table.number("cpu_share", 0, 1, above=True)
        slots = table.integer("slots", 1, MAX_SLOTS)
        gpu_w = table.number("gpu_limit_w", 0, 10_000, above=True)
        cores = table.integer("cores", 1, MAX_CORES)
        table.close()
        levels.append(
            LevelSpec(
                0.0 if watts is None else watts,
                1.0 if share is None else share,
                1 if slots is None else slots,
                gpu_w,
                cores or 0,
            )
        )
        if watts and index > 1 and watts <= levels[-2].watts:
            table.problem("watts", "must be more than that of the level before")
    if any("cpu_share" in row for row in rows) and any("slots" in row for row in rows):
        worker.problem("levels", "must use either cpu_share or slots, not both")
    if len({"gpu_limit_w" in row for row in rows}) > 1:
        worker.problem("levels", "must all have gpu_limit_w, or none of them")
    return levels


def _program_exists(program: str, directory: Path) -> bool:
    if "/" in program:
        path = directory / program
        return path.is_file() and os.access(path, os.X_OK)
    return shutil.which(program) is not None
