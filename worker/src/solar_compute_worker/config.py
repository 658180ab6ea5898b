"""The configuration: TOML, checked whole, parsed once into frozen values.

Every problem is found and told in a sentence, so that one look repairs them all. This
module reads the file and looks whether folders and programs are there; it must never
create or start anything.
"""

from collections.abc import Mapping
from dataclasses import dataclass
import hashlib
import ipaddress
import os
from pathlib import Path
import re
import shutil
import tomllib
from typing import Any

from .table import Table

MIN_TOKEN_LENGTH = 16
MAX_LEVELS = 32
MAX_SLOTS = 1024
PAUSE_METHODS = ("auto", "cgroup", "signal")

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")
_TOKEN = re.compile(r"[A-Za-z0-9._~+/=-]*")


class ConfigError(Exception):
    """A configuration that cannot be used; `problems` are sentences for a person."""

    def __init__(self, problems: list[str]) -> None:
        """Keep the sentences."""
        super().__init__("\n".join(problems))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class LevelSpec:
    """One level: its declared draw in W, and what it allows the job."""

    watts: float
    cpu_share: float = 1.0
    """Share of the job's CPU time, above 0 and up to 1."""
    slots: int = 1
    """How many copies of the job run."""


@dataclass(frozen=True, slots=True)
class WorkerSpec:
    """One named worker: what it runs, where, and at which levels (ascending W)."""

    name: str
    command: tuple[str, ...]
    directory: Path
    levels: tuple[LevelSpec, ...]
    cpus: float
    """How many CPUs the job can use; a `cpu_share` is a share of these."""

    @property
    def levels_w(self) -> list[float]:
        """Return the declared draw of each level in W; level 1 comes first."""
        return [level.watts for level in self.levels]

    @property
    def slots(self) -> int:
        """Return how many copies run at the level with the most."""
        return max(level.slots for level in self.levels)


@dataclass(frozen=True, slots=True)
class ServerSpec:
    """How the service is reached, and how it treats its jobs."""

    host: str = "127.0.0.1"
    port: int = 8377
    token: str | None = None
    pause_method: str = "auto"
    stop_grace_s: float = 10.0
    """How long jobs may take to end by themselves when the service stops."""


@dataclass(frozen=True, slots=True)
class Config:
    """A whole configuration."""

    path: Path
    server: ServerSpec
    workers: tuple[WorkerSpec, ...]

    @property
    def mark(self) -> str:
        """Return what this service's jobs and control groups are marked with.

        It is the same after a restart, which finds by it what a crash left behind. Only
        one process at a time can listen on the host and port that are part of it.
        """
        server = self.server
        text = f"{self.path}\n{server.host}\n{server.port}"
        return f"solar-compute-{hashlib.sha256(text.encode()).hexdigest()[:12]}"


def load_config(path: Path) -> Config:
    """Read and check a configuration file. Raises ConfigError."""
    path = path.absolute()
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigError([f"{path} cannot be read: {error.strerror}."]) from error
    except ValueError as error:
        raise ConfigError([f"{path} is not valid TOML: {error}."]) from error
    problems: list[str] = []
    root = Table("the file", data, problems)
    server = _server(Table("[server]", root.table("server") or {}, problems))
    workers = root.table("workers")
    if not workers:
        problems.append(
            "The file has no worker: add a table such as [workers.cruncher]."
        )
    specs = [
        _worker(name, spec, path, problems) for name, spec in (workers or {}).items()
    ]
    root.close()
    if problems:
        raise ConfigError(problems)
    return Config(path, server, tuple(spec for spec in specs if spec))


def is_loopback(host: str) -> bool:
    """Return whether only this machine can reach the host (an address, or localhost)."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _server(table: Table) -> ServerSpec:
    default = ServerSpec()
    host = table.text("host") or default.host
    port = table.integer("port", 1, 65535)
    token = table.text("token")
    method = table.text("pause_method") or default.pause_method
    grace = table.number("stop_grace_s", 0, 3600)
    table.close()
    if token is not None and len(token) < MIN_TOKEN_LENGTH:
        table.problem("token", f"needs at least {MIN_TOKEN_LENGTH} characters")
    if token is not None and not _TOKEN.fullmatch(token):
        table.problem("token", "may only have letters, digits and any of ._~+/=-")
    if token is None and not is_loopback(host):
        table.problem(
            "host", f"is {host!r}, which others can reach: this needs a token as well"
        )
    if method not in PAUSE_METHODS:
        table.problem("pause_method", f"must be one of {', '.join(PAUSE_METHODS)}")
    return ServerSpec(
        host,
        default.port if port is None else port,
        token,
        method,
        default.stop_grace_s if grace is None else grace,
    )


def _worker(
    name: str, data: object, path: Path, problems: list[str]
) -> WorkerSpec | None:
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
    command = table.texts("command")
    directory = path.parent / (table.text("working_directory") or ".")
    cpus = table.number("cpus", 0, 4096, above=True)
    rows = table.tables("levels")
    table.close()
    if not directory.is_dir():
        table.problem("working_directory", f"is {directory}, which is not a folder")
    elif command and not _program_exists(command[0], directory):
        table.problem("command", f"starts {command[0]!r}, which is not a program here")
    levels = _levels(table, where, rows, problems)
    return WorkerSpec(
        name,
        tuple(command),
        directory,
        tuple(levels),
        float(len(os.sched_getaffinity(0))) if cpus is None else cpus,
    )


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
        table.close()
        levels.append(
            LevelSpec(
                0.0 if watts is None else watts,
                1.0 if share is None else share,
                1 if slots is None else slots,
            )
        )
        if watts and index > 1 and watts <= levels[-2].watts:
            table.problem("watts", "must be more than that of the level before")
    if any("cpu_share" in row for row in rows) and any("slots" in row for row in rows):
        worker.problem("levels", "must use either cpu_share or slots, not both")
    return levels


def _program_exists(program: str, directory: Path) -> bool:
    if "/" in program:
        path = directory / program
        return path.is_file() and os.access(path, os.X_OK)
    return shutil.which(program) is not None
