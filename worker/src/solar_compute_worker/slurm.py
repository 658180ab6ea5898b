"""Lets the jobs of one Slurm partition use so many cores, and knows what they do.

Slurm decides what runs, this only how much: it opens and closes the partition, and
suspends and resumes the jobs in it with Slurm's own commands, which block. It must never
touch a node or another partition's job, nor believe the word SUSPENDED alone: Slurm's
controller says so before the nodes have heard of it, and if they never do.

Standard library only and no import from this package, since a warden also runs it as a
program, without site packages, when the service is gone. Arguments: PARTITION [CONFIG].
Exit status: 0 once nothing in the partition computes, else 1 with a sentence on standard
error.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
import hashlib
import os
import socket
import struct
import subprocess
import sys
import time

ANSWER_S = 10.0
"""How long one of Slurm's commands may take."""
SETTLE_S = 3.0
"""A node that was told to suspend a job has stopped all its processes after this long."""
ORDER_S = 15.0
"""So long a job that was told to go on is not told to stop while messages are under way:
the first might arrive last."""
HOLD_S = 25.0
"""How long the program tries before it gives its warden a sign of failure."""

RETRY_S = 0.5

_WAITING = frozenset(
    {"PENDING", "REQUEUED", "REQUEUE_FED", "REQUEUE_HOLD", "RESV_DEL_HOLD"}
)
_OVER = frozenset(
    {
        *("BOOT_FAIL", "CANCELLED", "COMPLETED", "DEADLINE", "FAILED", "NODE_FAIL"),
        *("OUT_OF_MEMORY", "PREEMPTED", "REVOKED", "SPECIAL_EXIT", "TIMEOUT"),
    }
)
_SUSPENDABLE = frozenset({"RUNNING", "STOPPED"})
_NOT_YET = frozenset(
    {
        *("BeginTime", "Dependency", "DependencyNeverSatisfied"),
        *("JobHeldAdmin", "JobHeldUser"),
    }
)
"""Reasons for which a job waits that are not ours to end."""


class SlurmError(Exception):
    """Slurm did not answer, or refused; the text says why."""


@dataclass(frozen=True, slots=True)
class Job:
    """One job as Slurm lists it; `nodes` in Slurm's own notation."""

    id: int
    state: str
    cores: int
    nodes: str = ""
    reason: str = ""

    @property
    def computes(self) -> bool:
        """Return whether it may be using a CPU, as far as its state tells."""
        return self.state not in _WAITING | _OVER and not self.suspended

    @property
    def suspended(self) -> bool:
        """Return whether Slurm says that it is suspended."""
        return self.state == "SUSPENDED"

    @property
    def wants(self) -> bool:
        """Return whether it would run now if there was room."""
        return self.state in _WAITING and self.reason not in _NOT_YET


@dataclass(frozen=True, slots=True)
class Plan:
    """Which jobs are to change so that the cores suffice, and whether more may start."""

    suspend: tuple[int, ...]
    resume: tuple[int, ...]
    opens: bool


def plan(jobs: Sequence[Job], cores: int) -> Plan:
    """Return how the jobs keep within so many cores, those that came first before others.

    Nothing starts while a job is suspended: Slurm would give its cores away.
    """
    left = cores - sum(
        job.cores for job in jobs if job.computes and job.state not in _SUSPENDABLE
    )
    suspend: list[int] = []
    resume: list[int] = []
    complete = True
    for job in sorted(jobs, key=lambda job: job.id):
        if job.suspended or job.state in _SUSPENDABLE:
            fits = job.cores <= left
            left -= job.cores if fits else 0
            complete = complete and fits
            if fits and job.suspended:
                resume.append(job.id)
            elif not fits and not job.suspended:
                suspend.append(job.id)
    return Plan(tuple(suspend), tuple(resume), complete and left > 0)


@dataclass(frozen=True, slots=True)
class Sight:
    """What the partition does: `still` is known, not assumed.

    `busy_cores` are those of its jobs that may compute, `has_work` whether there is a job
    that does or would; `settled`: nothing was left to be done.
    """

    still: bool
    busy_cores: int
    has_work: bool
    settled: bool
    complaint: str | None = None


class Partition:
    """One partition. Calls block, and must not overlap."""

    def __init__(
        self, name: str, config: str | None = None, *, believes: bool = False
    ) -> None:
        """Take its name, and where Slurm's configuration is if not in its usual place.

        `believes`: a job that was found suspended is not let go on to be told again.
        """
        self._name = name
        where = config or os.environ.get("SLURM_CONF", "")
        self._mark = hashlib.sha256(f"{name}\n{where}".encode()).hexdigest()[:16]
        ours = ("SLURM_", "SQUEUE_", "SINFO_")
        self._environment = {
            key: text for key, text in os.environ.items() if not key.startswith(ours)
        }
        if where:
            self._environment["SLURM_CONF"] = where
        self._told: dict[int, float] = {}
        self._resumed: dict[int, float] = {}
        self._proven: set[int] = set()
        self._believes = believes
        self._complaint: str | None = None

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Keep other processes of this service from the partition meanwhile.

        A warden and a service that has started again would undo what the other does.
        Raises SlurmError if another has the partition now.
        """
        # The kernel forgets such a name together with the process, however that ends.
        name = f"\0solar-compute-{self._mark}"
        with socket.socket(socket.AF_UNIX) as mark:
            try:
                mark.bind(name)
                mark.listen()
            except OSError as error:
                if _is_ours(name):
                    self._told.clear()
                    self._proven.clear()
                    raise SlurmError("another process suspends its jobs") from error
            yield

    def allow(self, cores: int) -> Sight:
        """Have the jobs keep within so many cores; return what they did before that.

        Only within `alone`. Raises SlurmError if Slurm does not answer; what it refuses
        is in the sight.
        """
        self._complaint = None
        try:
            if cores == 0:
                self._open(False)
            jobs = self._jobs()
            aim = plan(jobs, cores)
            acted = self._suspend(aim.suspend)
            still = not any(job.computes for job in jobs) and self._stopped(jobs)
            if aim.resume:
                self._change("resume", aim.resume)
                acted = True
            if cores:
                self._open(aim.opens)
        except SlurmError:
            # Whatever was under way may be lost.
            self._told.clear()
            raise
        return Sight(
            still and not acted,
            sum(job.cores for job in jobs if job.computes),
            any(job.computes or job.suspended or job.wants for job in jobs),
            not acted,
            self._complaint,
        )

    def _suspend(self, ids: Sequence[int]) -> bool:
        now = time.monotonic()
        self._resumed = {
            one: at for one, at in self._resumed.items() if now - at < ORDER_S
        }
        hasty = self._resumed.keys() & ids
        if hasty and self._messages():
            ids = [one for one in ids if one not in hasty]
        if ids:
            self._change("suspend", ids)
            self._told.update(dict.fromkeys(ids, time.monotonic()))
        return bool(ids or hasty)

    def _stopped(self, jobs: Sequence[Job]) -> bool:
        """Return whether the nodes of all suspended jobs have obeyed."""
        suspended = {job.id: job for job in jobs if job.suspended}
        self._proven &= suspended.keys()
        self._told = {one: at for one, at in self._told.items() if one in suspended}
        open_ids = suspended.keys() - self._proven
        if not open_ids:
            return True
        if not self._nodes_answer([suspended[one].nodes for one in open_ids]):
            self._told.clear()
            self._believes = False
            return False
        if self._messages():
            return False
        unheard = sorted(open_ids - self._told.keys())
        if self._believes:
            self._told.update(dict.fromkeys(unheard, time.monotonic()))
        elif unheard:
            # To be suspended anew, it has to go on first.
            self._change("resume", unheard)
            return False
        if time.monotonic() - max(self._told.values()) < SETTLE_S:
            return False
        self._proven |= open_ids
        return True

    def _change(self, verb: str, ids: Sequence[int]) -> None:
        """Suspend or resume jobs; what Slurm says of it becomes the complaint."""
        try:
            self._run("scontrol", verb, ",".join(map(str, ids)))
        except SlurmError as error:
            # One of them may just have ended; the next look tells.
            self._complaint = str(error)
        if verb == "resume":
            self._resumed.update(dict.fromkeys(ids, time.monotonic()))

    def _open(self, opens: bool) -> None:
        """Let queued jobs start, or not; a partition that is INACTIVE stays so."""
        line = self._run("scontrol", "show", "partition", self._name, "--oneliner")
        states = [word[6:] for word in line.split() if word.startswith("State=")]
        if states not in (["UP"], ["DOWN"], ["DRAIN"], ["INACTIVE"]):
            raise SlurmError("scontrol does not tell the partition's state")
        wanted = "UP" if opens else "DOWN"
        if states[0] in (("DOWN",) if opens else ("UP", "DRAIN")):
            change = (f"PartitionName={self._name}", f"State={wanted}")
            try:
                self._run("scontrol", "update", *change)
            except SlurmError as error:
                self._complaint = str(error)

    def _jobs(self) -> list[Job]:
        form = "--format=%A|%T|%C|%N|%r"
        where = f"--partition={self._name}"
        text = self._run("squeue", "--all", "--noheader", "--states=all", where, form)
        try:
            rows = [line.split("|", 4) for line in text.splitlines() if line.strip()]
            return [
                Job(int(number), state, int(cores), nodes, reason)
                for number, state, cores, nodes, reason in rows
            ]
        except ValueError as error:
            raise SlurmError("squeue's answer makes no sense") from error

    def _messages(self) -> bool:
        """Return whether the controller has something to tell to nodes, or is telling it."""
        counts = {}
        for line in self._run("sdiag").splitlines():
            key, _, value = line.strip().partition(":")
            counts[key] = value.strip()
        return any(
            counts.get(key) != "0" for key in ("Agent queue size", "Agent count")
        )

    def _nodes_answer(self, nodes: Sequence[str]) -> bool:
        """Return whether the controller hears from all these nodes."""
        names = ",".join(filter(None, nodes))
        form = (f"--nodes={names}", "--format=%T")
        text = self._run("sinfo", "--all", "--noheader", "--Node", *form)
        return bool(text.split()) and "*" not in text

    def _run(self, *command: str) -> str:
        try:
            done = subprocess.run(
                command,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                errors="replace",
                timeout=ANSWER_S,
                check=False,
                env=self._environment,
            )
        except subprocess.TimeoutExpired as error:
            raise SlurmError(f"{command[0]} does not answer") from error
        except OSError as error:
            raise SlurmError(str(error)) from error
        if done.returncode:
            lines = done.stderr.strip().splitlines() or [f"{command[0]} failed"]
            raise SlurmError(lines[-1][:200])
        return done.stdout


def main(name: str, config: str | None = None) -> str:
    """Have nothing in the partition compute; return "" or what is wrong."""
    # The service, started again, may know meanwhile that the jobs are still.
    partition = Partition(name, config, believes=True)
    deadline = time.monotonic() + HOLD_S
    problem = "another process has it"
    while time.monotonic() < deadline:
        with suppress(SlurmError), partition.alone():
            problem = _hold(partition, deadline)
            break
        time.sleep(RETRY_S)
    return problem and f"partition {name}: {problem}"


def _hold(partition: Partition, deadline: float) -> str:
    problem = "it still computes"
    while time.monotonic() < deadline:
        try:
            sight = partition.allow(0)
        except SlurmError as error:
            problem = str(error)
        else:
            if sight.still:
                return ""
            problem = sight.complaint or "it still computes"
        time.sleep(RETRY_S)
    return problem


def _is_ours(name: str) -> bool:
    """Tell whether a process of this user has a name: nobody else may keep jobs running."""
    for pause_s in (0.0, 0.1):
        # It may have the name a moment before it listens.
        time.sleep(pause_s)
        with socket.socket(socket.AF_UNIX) as visitor, suppress(OSError):
            visitor.settimeout(1)
            visitor.connect(name)
            size = struct.calcsize("3i")
            told = visitor.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, size)
            return bool(struct.unpack("3i", told)[1] == os.geteuid())
    return False


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]) or 0)
