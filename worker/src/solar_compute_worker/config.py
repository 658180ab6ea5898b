"""The configuration: TOML, checked whole, parsed once into frozen values.

Every problem is found and told in a sentence, so that one look repairs them all. This
module reads the file and looks whether folders and programs are there; it must never
create or start anything.
"""

from pathlib import Path
import re
import shutil
import tomllib

from . import nvidia
from .announce import has_library
from .config_sleep import sleep_spec
from .config_worker import worker_spec
from .spec import Config, GuardSpec, PowerSpec, ServerSpec, is_loopback
from .table import Table

MIN_TOKEN_LENGTH = 16
POWER_SOURCES = ("auto", "rapl", "hwmon", "nvidia", "declared", "none")
PAUSE_METHODS = ("auto", "cgroup", "signal")

_TOKEN = re.compile(r"[A-Za-z0-9._~+/=-]*")


class ConfigError(Exception):
    """A configuration that cannot be used; `problems` are sentences for a person."""

    def __init__(self, problems: list[str]) -> None:
        """Keep the sentences."""
        super().__init__("\n".join(problems))
        self.problems = problems


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
    server = _server(Table("[server]", root.table("server") or {}, problems), path)
    announce = _announce(Table("[discovery]", root.table("discovery") or {}, problems))
    guards = _guards(Table("[guards]", root.table("guards") or {}, problems), path)
    power = _power(Table("[power]", root.table("power") or {}, problems), path)
    sleeping = root.table("sleep")
    sleep = (
        None if sleeping is None else sleep_spec(Table("[sleep]", sleeping, problems))
    )
    workers = root.table("workers")
    if not workers:
        problems.append(
            "The file has no worker: add a table such as [workers.cruncher]."
        )
    specs = [
        worker_spec(name, spec, path, problems)
        for name, spec in (workers or {}).items()
    ]
    folders = [spec.queue.folder.resolve() for spec in specs if spec and spec.queue]
    if len(set(folders)) < len(folders):
        problems.append("Two workers have the same queue folder: give each its own.")
    root.close()
    if problems:
        raise ConfigError(problems)
    known = tuple(spec for spec in specs if spec)
    return Config(path, server, known, guards, power, announce, sleep)


def _server(table: Table, path: Path) -> ServerSpec:
    default = ServerSpec()
    host = table.text("host") or default.host
    port = table.integer("port", 1, 65535)
    token = table.text("token")
    method = table.text("pause_method") or default.pause_method
    grace = table.number("stop_grace_s", 0, 3600)
    tls = table.flag("tls")
    state_folder = path.parent / (table.text("state_folder") or default.state_folder)
    guarded = token is not None or not is_loopback(host)
    needs_token = table.flag("require_token")
    table.close()
    if token is not None and len(token) < MIN_TOKEN_LENGTH:
        table.problem("token", f"needs at least {MIN_TOKEN_LENGTH} characters")
    if token is not None and not _TOKEN.fullmatch(token):
        table.problem("token", "may only have letters, digits and any of ._~+/=-")
    if guarded and needs_token is False:
        table.problem("require_token", "may be false only on loopback without a token")
    if method not in PAUSE_METHODS:
        table.problem("pause_method", f"must be one of {', '.join(PAUSE_METHODS)}")
    return ServerSpec(
        host,
        default.port if port is None else port,
        token,
        method,
        default.stop_grace_s if grace is None else grace,
        guarded if needs_token is None else needs_token,
        # Plain HTTP that others can reach is for those who say so.
        not is_loopback(host) if tls is None else tls,
        state_folder,
    )


def _announce(table: Table) -> bool | None:
    wanted = table.flag("announce")
    table.close()
    if wanted and not has_library():
        table.problem(
            "announce", "needs a library: pip install 'solar-compute-worker[discovery]'"
        )
    return wanted


def _guards(table: Table, path: Path) -> GuardSpec:
    default = GuardSpec()
    ceiling_c = table.number("max_temperature_c", 20, 120)
    sensors = table.texts("sensors") if table.has("sensors") else []
    hwmon = path.parent / (table.text("hwmon") or default.hwmon)
    free_mib = table.number("min_free_mib", 0, 1e9, above=True)
    table.close()
    return GuardSpec(ceiling_c, tuple(sensors), hwmon, free_mib)


def _power(table: Table, path: Path) -> PowerSpec:
    default = PowerSpec()
    source = table.text("source") or default.source
    idle_w = table.number("idle_w", 0, 20_000)
    sensors = table.texts("sensors") if table.has("sensors") else []
    hwmon = path.parent / (table.text("hwmon") or default.hwmon)
    powercap = path.parent / (table.text("powercap") or default.powercap)
    table.close()
    if source not in POWER_SOURCES:
        table.problem("source", f"must be one of {', '.join(POWER_SOURCES)}")
    if source == "nvidia" and shutil.which(nvidia.PROGRAM) is None:
        table.problem("source", f"needs {nvidia.PROGRAM}, which is not here")
    return PowerSpec(source, idle_w, tuple(sensors), hwmon, powercap)
