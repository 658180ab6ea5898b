"""What a configuration says, as frozen values.

Standard library only. It must never read a file: that is `config`'s business.
"""

from dataclasses import dataclass
import hashlib
import ipaddress
from pathlib import Path


@dataclass(frozen=True, slots=True)
class LevelSpec:
    """One level: its declared draw in W, and what it allows the job."""

    watts: float
    cpu_share: float = 1.0
    """Share of the job's CPU time, above 0 and up to 1."""
    slots: int = 1
    """How many copies of the job run."""
    gpu_limit_w: float | None = None
    """What each NVIDIA graphics card of the worker may draw, in W."""
    cores: int = 0
    """How many cores the jobs of a Slurm partition may use; 0 for all else."""


@dataclass(frozen=True, slots=True)
class CheckpointSpec:
    """How to have a job save its work: exactly one of the three ways, and how long.

    `signal` (a number) goes to the job's first process, which acknowledges by a newer
    `checkpoint_at` in its status file; `command` does so by exit status 0; `url`, on
    this machine, by a 2xx to a POST.
    """

    signal: int | None = None
    command: tuple[str, ...] = ()
    url: str | None = None
    deadline_s: float = 30.0


@dataclass(frozen=True, slots=True)
class QueueSpec:
    """A folder of jobs: files, or the lines that the command `lines` prints.

    `source` is run to fill the folder when it is empty.
    """

    folder: Path
    retries: int = 2
    """How often a job that failed is tried again."""
    retry_after_s: float = 60.0
    source: tuple[str, ...] = ()
    poll_s: float = 30.0
    """How often the source is run at most, and how long it may take.

    It is the same for `lines`, except that one that had jobs is run again at once.
    """
    lines: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ContainerSpec:
    """A container of Docker or Podman that carries the opt-in label, by name or id."""

    name: str
    socket: Path = Path("/var/run/docker.sock")


@dataclass(frozen=True, slots=True)
class UnitSpec:
    """A service unit of systemd: the machine's, or the user's own."""

    name: str
    user: bool = False


@dataclass(frozen=True, slots=True)
class SlurmSpec:
    """A partition of a Slurm cluster; `config` is Slurm's own configuration file."""

    partition: str
    config: Path | None = None


@dataclass(frozen=True, slots=True)
class WorkerSpec:
    """One named worker: what it runs, where, and at which levels (ascending W).

    It has exactly one of a command, a container, a unit and a partition.
    """

    name: str
    command: tuple[str, ...]
    directory: Path
    levels: tuple[LevelSpec, ...]
    cpus: float
    """How many CPUs the job can use; a `cpu_share` is a share of these."""
    checkpoint: CheckpointSpec | None = None
    ends: bool = False
    """Whether a commanded pause ends the job rather than holding it still."""
    max_run_s: float | None = None
    """How long it may run on end."""
    rest_s: float = 600.0
    """How long it has to be paused after that."""
    queue: QueueSpec | None = None
    """Where its jobs come from; without one, its command is its one job."""
    container: ContainerSpec | None = None
    unit: UnitSpec | None = None
    gpus: tuple[int, ...] = ()
    """The graphics cards that a level limits, by number; none means all."""
    slurm: SlurmSpec | None = None

    @property
    def limits_gpus(self) -> bool:
        """Return whether any level limits graphics cards."""
        return any(level.gpu_limit_w is not None for level in self.levels)

    @property
    def what(self) -> str:
        """Return what it runs, for a person."""
        if self.container is not None:
            return f"container {self.container.name}"
        if self.unit is not None:
            return f"unit {self.unit.name}"
        if self.slurm is not None:
            return f"partition {self.slurm.partition} of Slurm"
        return " ".join(self.command)

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
    needs_token: bool = False
    """Whether every request needs the token or that of a paired client."""
    tls: bool = False
    state_folder: Path = Path("state")
    """Where the certificate and the clients are kept."""

    @property
    def is_local(self) -> bool:
        """Return whether only this machine can reach it."""
        return is_loopback(self.host)

    @property
    def shown_host(self) -> str:
        """Return the host as it stands in a URL."""
        return f"[{self.host}]" if ":" in self.host else self.host


@dataclass(frozen=True, slots=True)
class GuardSpec:
    """Limits of the whole machine that hold all workers, whatever anybody commands."""

    max_temperature_c: float | None = None
    sensors: tuple[str, ...] = ()
    """The chips whose temperature counts; none means all that there are."""
    hwmon: Path = Path("/sys/class/hwmon")
    min_free_mib: float | None = None
    """How much space the jobs' disks must have left."""


@dataclass(frozen=True, slots=True)
class PowerSpec:
    """How to know what workers draw."""

    source: str = "auto"
    """"auto", "rapl", "hwmon", "nvidia", "declared" or "none"."""
    idle_w: float | None = None
    """What the machine draws while all workers are paused, before that is learned."""
    sensors: tuple[str, ...] = ()
    """The chips whose power counts; none means all that there are."""
    hwmon: Path = Path("/sys/class/hwmon")
    powercap: Path = Path("/sys/class/powercap")


@dataclass(frozen=True, slots=True)
class SleepSpec:
    """When and how to suspend the machine."""

    after_s: float = 1800.0
    """How long all workers must have been paused."""
    notice_s: float = 60.0
    """How long before it to say so."""
    command: tuple[str, ...] = ("systemctl", "suspend")
    despite_logins: bool = False
    """Whether to do it while somebody is logged in."""


@dataclass(frozen=True, slots=True)
class Config:
    """A whole configuration."""

    path: Path
    server: ServerSpec
    workers: tuple[WorkerSpec, ...]
    guards: GuardSpec = GuardSpec()
    power: PowerSpec = PowerSpec()
    announce: bool | None = None
    """Whether to announce the service in the network; None: if others can reach it."""
    sleep: SleepSpec | None = None
    """None: the machine is never suspended."""

    @property
    def mark(self) -> str:
        """Return what this service's jobs and control groups are marked with.

        It is the same after a restart, which finds by it what a crash left behind. Only
        one process at a time can listen on the host and port that are part of it.
        """
        server = self.server
        text = f"{self.path}\n{server.host}\n{server.port}"
        return f"solar-compute-{hashlib.sha256(text.encode()).hexdigest()[:12]}"


def is_loopback(host: str) -> bool:
    """Return whether only this machine can reach the host (an address, or localhost)."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
