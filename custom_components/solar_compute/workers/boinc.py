"""The back-end for BOINC: its own client, through its GUI RPC.

The client holds the lease: its permanent mode is "never", and a run is the mode
"always" with a duration, after which it stops by itself, also when it was restarted
meanwhile (docs/boinc.md). BOINC counts no commands, so the newest number is kept here.

It must never let the client run without a duration, and never call it paused while a
task still computes. May import Home Assistant; raises nothing but a `WorkerError`.
"""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, replace
from enum import StrEnum
import re
from statistics import fmean
from time import monotonic, time
from typing import override

from ..configured import BoincBackend, BoincDevices
from ..core.model import WorkerState
from .base import Backend, Capabilities, WorkerBehind, WorkerRefused, WorkerStatus
from .boinc_rpc import BoincClient, RunMode, number, senseless, visit
from .boinc_state import Mode, Task, has_work, project_names, tasks_begun

SHORTEST_LEASE_S = 1.0
"""A duration of 0 would mean "for good"."""

JUST_SAVED_S = 5.0
"""A task that has computed for no longer since its checkpoint need not save again."""

LIMIT_TAGS = ("cpu_usage_limit", "niu_cpu_usage_limit")
"""Preferences in per cent; newer clients have a second one for a computer at rest."""


class PauseMethod(StrEnum):
    """How the client will pause its tasks, by its own preferences."""

    IN_MEMORY = "in_memory"
    CHECKPOINT = "checkpoint"


@dataclass(frozen=True, slots=True)
class _Saving:
    """A pause that waits for checkpoints: until when, and what each task has saved."""

    until_s: float
    saved: dict[str, float]

    def is_over(self, tasks: tuple[Task, ...]) -> bool:
        """Tell whether all that ran has been saved since, or there is no more time.

        A task that has begun since then has nothing to lose.
        """
        return monotonic() >= self.until_s or not any(
            task.executing and task.checkpoint_cpu_s <= self.saved.get(task.name, -1.0)
            for task in tasks
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sight:
    """All that one visit has seen."""

    mode: Mode
    blocked: str | None
    tasks: tuple[Task, ...]
    level: int | None
    has_work: bool
    cause: str | None
    project: str | None
    pause_method: PauseMethod

    @property
    def running(self) -> tuple[Task, ...]:
        """The tasks that run; in the pauses of a CPU limit they only seem not to."""
        return tuple(task for task in self.tasks if task.executing or task.scheduled)

    @property
    def computes(self) -> bool:
        return any(task.executing for task in self.tasks)


class BoincWorker(Backend):
    """The computing of one BOINC client, or only that of its GPU."""

    def __init__(self, config: BoincBackend) -> None:
        """Control the client as configured."""
        self._config = config
        self._lease_s = max(SHORTEST_LEASE_S, config.lease_s)
        self._generation = 0
        self._saving: _Saving | None = None

    @property
    @override
    def capabilities(self) -> Capabilities:
        """The client holds the lease."""
        return Capabilities(lease_s=self._lease_s)

    @override
    async def async_status(self) -> WorkerStatus:
        """Look; and end a pause's wait for checkpoints once all is saved."""
        async with self._visit() as client:
            sight = await self._async_look(client)
            if self._saving is not None and (
                sight.mode.is_off or self._saving.is_over(sight.tasks)
            ):
                sight = await self._async_pause_now(client, sight)
            return self._status(sight)

    @override
    async def async_set_level(
        self, level: int, generation: int, *, take_over: bool = False
    ) -> WorkerStatus:
        """Take or renew a lease; the CPU limit first, so as not to begin too high."""
        if generation < self._generation:
            raise WorkerBehind("a newer command was given", self._generation)
        limits = self._config.cpu_limits
        if not 1 <= level <= max(1, len(limits)):
            raise WorkerRefused(f"level {level} does not exist")
        self._generation = generation
        self._saving = None
        async with self._visit() as client:
            sight = await self._async_look(client)
            if sight.level != level:
                await self._async_limit(client, limits[level - 1])
            await self._async_run_for(client, sight.mode, self._lease_s)
            return self._status(await self._async_look(client))

    @override
    async def async_pause(
        self, generation: int, *, urgent: bool = False
    ) -> WorkerStatus:
        """Pause; if so configured, at the next checkpoint, unless it is urgent."""
        self._generation = max(generation, self._generation)
        async with self._visit() as client:
            if urgent or not self._config.checkpoint_wait_s:
                # Nothing is asked before, so that nothing can keep it from pausing.
                await client.async_set_mode(self._device, RunMode.NEVER)
                self._saving = None
                return self._status(await self._async_look(client))
            sight = await self._async_look(client)
            if self._saving is None and not sight.mode.is_off:
                self._saving = self._begun_saving(sight)
                if not self._saving.is_over(sight.tasks):
                    wait_s = max(SHORTEST_LEASE_S, self._config.checkpoint_wait_s)
                    await self._async_run_for(client, sight.mode, wait_s)
            if self._saving is None or self._saving.is_over(sight.tasks):
                sight = await self._async_pause_now(client, sight)
            return self._status(sight)

    @override
    def watch(self, changed: Callable[[], None]) -> Callable[[], None]:
        """Do nothing: the client does not call, it has to be asked."""
        return lambda: None

    @override
    async def async_close(self) -> None:
        """Do nothing: every visit has hung up by itself."""

    @property
    def _device(self) -> str:
        return "gpu" if self._config.devices is BoincDevices.GPU else "run"

    def _visit(self) -> AbstractAsyncContextManager[BoincClient]:
        config = self._config
        return visit(config.host, config.port, config.password)

    async def _async_run_for(
        self, client: BoincClient, mode: Mode, duration_s: float
    ) -> None:
        """Let it run for a time, and be off for good when that is over."""
        if mode.permanent is not RunMode.NEVER:
            await client.async_set_mode(self._device, RunMode.NEVER)
        if self._config.devices is BoincDevices.BOTH:
            await client.async_set_mode("gpu", RunMode.ALWAYS, duration_s)
        await client.async_set_mode(self._device, RunMode.ALWAYS, duration_s)

    async def _async_pause_now(self, client: BoincClient, sight: _Sight) -> _Sight:
        """Pause without waiting any longer."""
        if not sight.mode.is_off:
            await client.async_set_mode(self._device, RunMode.NEVER)
            sight = await self._async_look(client)
        self._saving = None
        return sight

    def _begun_saving(self, sight: _Sight) -> _Saving:
        return _Saving(
            until_s=monotonic() + self._config.checkpoint_wait_s,
            saved={
                task.name: task.checkpoint_cpu_s
                for task in sight.tasks
                if task.unsaved_s > JUST_SAVED_S
            },
        )

    async def _async_limit(self, client: BoincClient, percent: float) -> None:
        """Have it compute for this share of the time; all else of its owner's stays."""
        try:
            prefs = await client.async_call("<get_global_prefs_override/>")
        except WorkerRefused:
            # It has none so far.
            prefs = "<global_preferences>\n</global_preferences>"
        for tag in LIMIT_TAGS:
            prefs = re.sub(rf"\s*<{tag}>[^<]*</{tag}>", "", prefs)
        head, end, _ = prefs.rpartition("</global_preferences>")
        if not end:
            raise senseless("its preferences are none")
        limits = "".join(f"   <{tag}>{percent:f}</{tag}>\n" for tag in LIMIT_TAGS)
        await client.async_call(
            "<set_global_prefs_override>\n"
            f"{head.rstrip()}\n{limits}{end}\n"
            "</set_global_prefs_override>"
        )
        await client.async_call("<read_global_prefs_override/>")

    async def _async_look(self, client: BoincClient) -> _Sight:
        status = await client.async_call("<get_cc_status/>")
        results = await client.async_call(
            "<get_results><active_only>0</active_only></get_results>"
        )
        projects = await client.async_call("<get_project_status/>")
        prefs = await client.async_call("<get_global_prefs_working/>")
        run = Mode.read(status, "task")
        gpu_only = self._config.devices is BoincDevices.GPU
        mode = Mode.read(status, "gpu") if gpu_only else run
        tasks = tasks_begun(results)
        if self._config.devices is not BoincDevices.BOTH:
            tasks = tuple(task for task in tasks if task.uses_gpu is gpu_only)
        works, cause = has_work(
            status, results, projects, gpu_only=gpu_only, now_s=time()
        )
        # The GPU computes only while all computing is allowed, which is not ours then.
        blocked = "computing_off" if gpu_only and run.suspended else None
        # Tasks of a GPU never stay in memory.
        in_memory = number(prefs, "leave_apps_in_memory") == 1 and not any(
            task.uses_gpu for task in tasks
        )
        return _Sight(
            mode=mode,
            blocked=blocked,
            tasks=tasks,
            level=self._level_of(prefs),
            has_work=works and blocked is None,
            cause=blocked or mode.suspended or cause,
            project=project_names(projects, tasks),
            pause_method=PauseMethod.IN_MEMORY if in_memory else PauseMethod.CHECKPOINT,
        )

    def _level_of(self, prefs: str) -> int | None:
        """Return the level whose CPU limit is in force, None where it is none of them."""
        if not self._config.cpu_limits:
            return 1
        found = [value for tag in LIMIT_TAGS if (value := number(prefs, tag))]
        for level, limit in enumerate(self._config.cpu_limits, start=1):
            if found and all(abs(value - limit) < 0.5 for value in found):
                return level
        return None

    def _status(self, sight: _Sight) -> WorkerStatus:
        state, level = self._state(sight)
        running = sight.running if state is not WorkerState.PAUSED else ()
        shown = running or sight.tasks
        status = WorkerStatus(
            state=state,
            level=level,
            generation=self._generation,
            has_work=sight.has_work,
            lease_remaining_s=sight.mode.lease_s,
            cause=sight.cause,
            detail=_detail(sight, len(running)),
            progress=fmean(task.progress for task in shown) if shown else None,
            checkpoint_age_s=max((task.unsaved_s for task in shown), default=None),
            pause_method=sight.pause_method,
            project=sight.project,
        )
        if self._saving is not None:
            return replace(status, cause="waits_for_checkpoint")
        return status

    def _state(self, sight: _Sight) -> tuple[WorkerState, int | None]:
        """Return the state, and the level in force."""
        mode = sight.mode
        if mode.is_off:
            if sight.computes:
                return WorkerState.DRAINING, None
            return WorkerState.PAUSED, 0
        if self._saving is not None:
            return WorkerState.DRAINING, 0
        if mode.current is RunMode.NEVER or (
            mode.current is RunMode.AUTO and mode.suspended
        ):
            # It will go on by itself, so it is not paused.
            return WorkerState.STARTING, None
        if sight.running and not mode.suspended and not sight.blocked:
            return WorkerState.RUNNING, sight.level
        return WorkerState.STARTING, sight.level


def _detail(sight: _Sight, running: int) -> str:
    tasks = f"{running} of {len(sight.tasks)} tasks that have begun run"
    return f"{tasks}; {sight.cause}" if sight.cause else tasks
