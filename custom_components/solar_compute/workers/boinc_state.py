"""What a BOINC client says of itself, as values: its modes, its tasks, its projects.

Made from the replies of `boinc_rpc`; no I/O, and the time is passed in. It must never
believe a reply that lacks what a decision rests on: that raises `WorkerUnreachable`.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

from .answers import senseless
from .boinc_rpc import RunMode, blocks, flag, number, text_of

_THROTTLED = 64
"""The suspend reason in the pauses that a CPU limit makes: it is running."""

_SUSPEND_REASONS = {
    1: "on_batteries",
    2: "user_active",
    4: "user_request",
    8: "time_of_day",
    16: "benchmarks",
    32: "disk_space",
    128: "no_recent_input",
    256: "initial_delay",
    512: "exclusive_app",
    1024: "cpu_busy",
    2048: "network_quota",
    4096: "operating_system",
}
"""BOINC's `SUSPEND_REASON_…` (lib/common_defs.h)."""

_EXECUTING, _QUITTING = 1, 8
_SCHEDULED = 2
_LAST_RUNNABLE = 2
"""Results are new, being downloaded (1) or ready to run (2); then done or failed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mode:
    """One of the client's modes: now, and for good; `left_s` until the latter holds."""

    current: RunMode
    permanent: RunMode
    left_s: float
    suspended: str | None

    @classmethod
    def read(cls, status: str, kind: str) -> Self:
        """Read it from a `get_cc_status` reply; `kind` is "task" or "gpu"."""
        reason = int(number(status, f"{kind}_suspend_reason") or 0)
        suspended = _SUSPEND_REASONS.get(reason, f"reason_{reason}")
        return cls(
            current=_mode(status, f"{kind}_mode"),
            permanent=_mode(status, f"{kind}_mode_perm"),
            left_s=number(status, f"{kind}_mode_delay") or 0.0,
            suspended=None if reason in (0, _THROTTLED) else suspended,
        )

    @property
    def is_off(self) -> bool:
        """Whether it computes nothing, and never will by itself."""
        return self.current is self.permanent is RunMode.NEVER

    @property
    def lease_s(self) -> float | None:
        """How long it goes on until it is off for good; None where it is no lease."""
        leased = self.permanent is RunMode.NEVER is not self.current
        return self.left_s if leased else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """A task that has begun. Times in s of CPU time, progress from 0 to 1."""

    name: str
    project_url: str
    uses_gpu: bool
    executing: bool
    scheduled: bool
    progress: float
    cpu_s: float
    checkpoint_cpu_s: float

    @property
    def unsaved_s(self) -> float:
        """CPU time since its last checkpoint."""
        return max(0.0, self.cpu_s - self.checkpoint_cpu_s)


def tasks_begun(results: str) -> tuple[Task, ...]:
    """Return the tasks in a `get_results` reply that have begun."""
    return tuple(
        _task(result, active)
        for result in blocks(results, "result")
        for active in blocks(result, "active_task")[:1]
    )


def has_work(
    status: str, results: str, projects: str, *, gpu_only: bool, now_s: float
) -> tuple[bool, str | None]:
    """Tell whether there is something to compute, and if not, why.

    A task that may run, or a project that may be asked for one now. A client whose
    computing is paused asks for no work, so a project that can be asked counts as
    work; one that had none is asked again after its own wait.
    """
    found = blocks(results, "result")
    if any(_runnable(result, gpu_only=gpu_only) for result in found):
        return True, None
    listed = blocks(projects, "project")
    if not listed:
        return False, "no_project"
    if _mode(status, "network_mode") is RunMode.NEVER:
        return False, "no_network"
    if any(_askable(project, gpu_only=gpu_only, now_s=now_s) for project in listed):
        return True, None
    return False, "no_tasks"


def project_names(projects: str, tasks: Iterable[Task]) -> str | None:
    """Return the names of the projects that these tasks are for."""
    names = {
        text_of(project, "master_url"): text_of(project, "project_name")
        for project in blocks(projects, "project")
    }
    urls = dict.fromkeys(task.project_url for task in tasks)
    return ", ".join(names.get(url) or url for url in urls) or None


def _mode(status: str, tag: str) -> RunMode:
    try:
        return RunMode(int(number(status, tag) or 0))
    except ValueError as err:
        raise senseless(f"{tag} is no mode that BOINC has") from err


def _task(result: str, active: str) -> Task:
    cpu_s = number(active, "current_cpu_time") or 0.0
    return Task(
        name=text_of(result, "name") or "",
        project_url=text_of(result, "project_url") or "",
        uses_gpu=_uses_gpu(result),
        executing=number(active, "active_task_state") in (_EXECUTING, _QUITTING),
        scheduled=number(active, "scheduler_state") == _SCHEDULED,
        progress=min(1.0, max(0.0, number(active, "fraction_done") or 0.0)),
        cpu_s=cpu_s,
        checkpoint_cpu_s=number(active, "checkpoint_cpu_time") or 0.0,
    )


def _uses_gpu(result: str) -> bool:
    """Resources read "0.9 CPUs + 1 NVIDIA GPU", and are left out for one plain CPU."""
    return "+" in (text_of(result, "resources") or "")


def _runnable(result: str, *, gpu_only: bool) -> bool:
    stopped = ("ready_to_report", "suspended_via_gui", "project_suspended_via_gui")
    state = number(result, "state")
    return (
        state is not None
        and 0 <= state <= _LAST_RUNNABLE
        and not any(flag(result, tag) for tag in (*stopped, "coproc_missing"))
        and (_uses_gpu(result) or not gpu_only)
    )


def _askable(project: str, *, gpu_only: bool, now_s: float) -> bool:
    refused = ("suspended_via_gui", "dont_request_more_work", "ended")
    if any(flag(project, tag) for tag in (*refused, "detach_when_done")):
        return False
    waits = {
        text_of(wait, "name"): number(wait, "value") or 0.0
        for wait in blocks(project, "rsc_backoff_time")
    }
    if gpu_only:
        waits.pop("CPU", None)
        if not waits:
            return False
    asked_again_s = min(waits.values(), default=0.0)
    return max(asked_again_s, number(project, "min_rpc_time") or 0.0) <= now_s
