"""A one-node Slurm cluster on loopback, in a scratch folder: controller, node, REST."""

import base64
from collections.abc import Callable, Mapping
import hashlib
import hmac
import json
import os
from pathlib import Path
import shutil
import signal
import socket
import subprocess
import time
from typing import Any

from .jobs import COUNTER, count_in, cpu_s, processes_in

PROGRAMS = ("slurmctld", "slurmd", "slurmrestd", "munged")
CORES = 24
"""What the node claims to have, however many there are."""

CONFIGURATION = """
ClusterName=pocket
SlurmctldHost={host}(127.0.0.1)
SlurmUser={user}
SlurmdUser={user}
SlurmctldPort={controller}
SlurmdPort={node}
AuthType=auth/munge
AuthInfo=socket={folder}/munge.socket
CredType=cred/munge
AuthAltTypes=auth/jwt
AuthAltParameters=jwt_key={folder}/jwt.key
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd.pid
SlurmdParameters=config_overrides
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
MpiDefault=none
ReturnToService=2
SwitchType=switch/none
SchedulerParameters=sched_min_interval=0,batch_sched_delay=0
NodeName={host} NodeAddr=127.0.0.1 CPUs={cores} State=UNKNOWN RealMemory=1000
"""

SCRIPT = """#!/bin/sh
srun --overlap --ntasks=1 sh {counter} {name}.step &
exec sh {counter} {name}.count
"""
"""Half of the job is the batch script itself, half a step of it: a signal can miss one."""


class SlurmBox:
    """Each of its daemons can be started, frozen and killed like any process."""

    def __init__(self, folder: Path, partitions: Mapping[str, str]) -> None:
        """Write the configuration; `partitions` gives the states that they begin in."""
        self.folder = folder
        self.rest_port = _free_port()
        (folder / "state").mkdir(parents=True)
        (folder / "spool").mkdir()
        self._key = os.urandom(32)
        for name, key in {"munge.key": os.urandom(128), "jwt.key": self._key}.items():
            (folder / name).write_bytes(key)
            (folder / name).chmod(0o600)
        host = socket.gethostname().split(".")[0]
        text = CONFIGURATION.format(
            host=host,
            user=_user(),
            folder=folder,
            controller=_free_port(),
            node=_free_port(),
            cores=CORES,
        )
        for name, state in partitions.items():
            text += (
                f"PartitionName={name} Nodes={host} MaxTime=INFINITE State={state}"
                " DefMemPerCPU=1\n"
            )
        self.configuration = folder / "slurm.conf"
        self.configuration.write_text(text)
        self.environment = {**os.environ, "SLURM_CONF": str(self.configuration)}
        self._processes: dict[str, subprocess.Popen[bytes]] = {}

    def start(self) -> None:
        """Start all daemons, and wait until the node takes jobs."""
        self._spawn(
            "munged",
            *("--foreground", "--force"),
            f"--socket={self.folder}/munge.socket",
            *(f"--{name}-file={self.folder}/munge.{name}" for name in _MUNGE_FILES),
        )
        self._wait("munged", (self.folder / "munge.socket").exists)
        self.start_controller()
        self.start_node()
        self.start_rest()

    def start_controller(self) -> None:
        """Start what queues and decides, and wait until it answers."""
        self._spawn("slurmctld", "-D", "-f", str(self.configuration))
        self._wait("slurmctld", lambda: not self._try("scontrol", "ping").returncode)

    def start_node(self) -> None:
        """Start what runs the jobs, and wait until the controller knows it."""
        self._spawn("slurmd", "-D", "-f", str(self.configuration))
        self._wait("slurmd", self._node_is_up)

    def start_rest(self) -> None:
        """Start the REST daemon, and wait until it listens."""
        self._spawn(
            "slurmrestd",
            *("-f", str(self.configuration), "-a", "rest_auth/jwt"),
            *("-s", "openapi/v0.0.38", f"127.0.0.1:{self.rest_port}"),
            SLURM_JWT="daemon",
            # It will not be root, for good reason; here all is one user.
            SLURMRESTD_SECURITY="disable_user_check",
        )
        self._wait("slurmrestd", lambda: _listens(self.rest_port))

    def kill(self, program: str) -> None:
        """End a daemon at once, as a power cut would; jobs outlive that of their node."""
        process = self._processes.pop(program, None)
        if process is not None:
            process.kill()
            process.wait()

    def freeze(self, program: str) -> None:
        """Keep a daemon from answering."""
        self._processes[program].send_signal(signal.SIGSTOP)

    def thaw(self, program: str) -> None:
        """Let a daemon answer again."""
        self._processes[program].send_signal(signal.SIGCONT)

    def mend(self) -> None:
        """Have all daemons run again."""
        starts = {
            "slurmctld": self.start_controller,
            "slurmd": self.start_node,
            "slurmrestd": self.start_rest,
        }
        for program, start in starts.items():
            if program in self._processes:
                self.thaw(program)
            else:
                start()

    def close(self) -> None:
        """End everything that was started, and wardens that wait for it to come back."""
        for program in ("slurmctld", "slurmd", "slurmrestd", "munged"):
            self.kill(program)
        for process in Path("/proc").iterdir():
            if process.name.isdigit() and self._is_ours(process):
                subprocess.run(["kill", "-KILL", process.name], check=False)

    def run(self, *command: str) -> str:
        """Run one of Slurm's commands, and return what it says."""
        done = self._try(*command)
        assert not done.returncode, f"{command}: {done.stderr}"
        return done.stdout

    def submit(self, partition: str, *options: str, script: str | None = None) -> int:
        """Submit a job in a folder of its own, by its partition; return its number."""
        folder = self.folder / "jobs" / partition
        folder.mkdir(parents=True, exist_ok=True)
        number = len(list(folder.iterdir()))
        file = folder / f"job-{number}.sh"
        file.write_text(script or SCRIPT.format(counter=COUNTER, name=f"job-{number}"))
        where = (f"--partition={partition}", f"--chdir={folder}", "--output=/dev/null")
        return int(self.run("sbatch", "--parsable", *where, *options, str(file)))

    def states(self, partition: str) -> dict[int, str]:
        """Return the states of a partition's jobs that have not ended, as Slurm says."""
        text = self.run("squeue", "-h", f"--partition={partition}", "-o", "%A %T")
        return {int(row.split()[0]): row.split()[1] for row in text.splitlines()}

    def partition_state(self, partition: str) -> str:
        """Return whether a partition is open: its state, as Slurm says."""
        text = self.run("scontrol", "show", "partition", partition, "--oneliner")
        return next(word[6:] for word in text.split() if word.startswith("State="))

    def cancel(self, partition: str) -> None:
        """Cancel all jobs of a partition."""
        self.run("scancel", f"--partition={partition}")
        end_s = time.monotonic() + 60
        while self.states(partition):
            assert time.monotonic() < end_s, "its jobs do not end"
            time.sleep(0.1)

    def used_s(self, partition: str) -> float:
        """Return the CPU time of all that runs for a partition's jobs, in s."""
        return cpu_s(processes_in(self.folder / "jobs" / partition))

    def count(self, partition: str) -> int:
        """Return how far scripts and steps are together; it never falls by itself."""
        return sum(map(count_in, (self.folder / "jobs" / partition).glob("*.count")))

    def step_count(self, partition: str) -> int:
        """Return how far the steps are together."""
        return sum(map(count_in, (self.folder / "jobs" / partition).glob("*.step")))

    def token(self, user: str | None = None, *, lifespan_s: float = 3600) -> str:
        """Return a token for a user, as `scontrol token` would make it."""
        now = int(time.time())
        claims: dict[str, Any] = {
            "exp": int(now + lifespan_s),
            "iat": now - 3600,
            "sun": user or _user(),
        }
        parts = [_encoded({"alg": "HS256", "typ": "JWT"}), _encoded(claims)]
        text = ".".join(parts).encode()
        mark = hmac.new(self._key, text, hashlib.sha256).digest()
        return f"{text.decode()}.{base64.urlsafe_b64encode(mark).decode().rstrip('=')}"

    @property
    def user(self) -> str:
        """Whom the cluster belongs to, and its jobs."""
        return _user()

    def _node_is_up(self) -> bool:
        text = self._try("sinfo", "-h", "-N", "-o", "%T").stdout
        return bool(text) and not any(mark in text for mark in ("*", "down", "unk"))

    def _spawn(self, program: str, *arguments: str, **environment: str) -> None:
        with (self.folder / f"{program}.log").open("ab") as log:
            self._processes[program] = subprocess.Popen(
                [shutil.which(program) or program, *arguments],
                cwd=self.folder,
                stdout=log,
                stderr=subprocess.STDOUT,
                env={**self.environment, **environment},
            )

    def _wait(self, program: str, ready: Callable[[], object]) -> None:
        end_s = time.monotonic() + 60
        while not ready():
            log = (self.folder / f"{program}.log").read_text(errors="replace")
            assert self._processes[program].poll() is None, log[-2000:]
            assert time.monotonic() < end_s, log[-2000:]
            time.sleep(0.05)

    def _try(self, *command: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command, env=self.environment, capture_output=True, text=True, check=False
        )

    def _is_ours(self, process: Path) -> bool:
        try:
            told = (process / "environ").read_bytes() + (
                process / "cmdline"
            ).read_bytes()
        except OSError:
            return False
        return str(self.configuration).encode() in told


_MUNGE_FILES = ("key", "pid", "log", "seed")


def _user() -> str:
    return subprocess.check_output(["id", "-un"], text=True).strip()


def _encoded(claims: Mapping[str, Any]) -> str:
    text = json.dumps(claims).encode()
    return base64.urlsafe_b64encode(text).decode().rstrip("=")


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


def _listens(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port)).close()
    except OSError:
        return False
    return True
