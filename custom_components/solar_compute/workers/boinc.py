"""The back-end for BOINC: its own client, through its GUI RPC.

The client holds the lease: its permanent mode is "never", and a run is the mode
"always" with a duration, after which it stops by itself, also when it was restarted
meanwhile (docs/boinc.md). BOINC counts no commands, so the newest number is kept here.

It must never let the client run without a duration, and never call it paused while a
task still computes. May import Home Assistant; raises nothing but a `WorkerError`.
"""

from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, replace
from enum import StrEnum
from statistics import fmean
from time import monotonic, time
from typing import Any, ClassVar, override

from homeassistant.core import HomeAssistant

from .. import const as c
from ..core.model import WorkerState
from ..parsing import given
from .base import Backend, Capabilities, Feature, WorkerStatus
from .boinc_limit import async_limit, level_of
from .boinc_rpc import BoincClient, RunMode, number, visit
from .boinc_sight import PauseMethod, Saving, Sight
from .boinc_state import Mode, has_work, project_names, tasks_begun
from .generations import Generations
from .kind import WorkerKind

SHORTEST_LEASE_S = 1.0
"""A duration of 0 would mean "for good"."""

JUST_SAVED_S = 5.0
"""A task that has computed for no longer since its checkpoint need not save again."""


class BoincDevices(StrEnum):
    """Which of a BOINC client's two modes is ours.

    BOINC has one mode for all computing and one for the GPU. `CPU` is the first and
    leaves the second to its owner, `GPU` the other way round; `BOTH` lets the GPU
    compute whenever the first allows it.
    """

    BOTH = "both"
    CPU = "cpu"
    GPU = "gpu"


@dataclass(frozen=True, slots=True, kw_only=True)
class BoincBackend:
    """A BOINC client, reached by its GUI RPC. It holds a lease of `lease_s`.

    `cpu_limits` are the shares of the time that it computes at each level, in per
    cent; empty leaves the client's own limit alone, for a worker of one level.
    `checkpoint_wait_s`: a pause that is not urgent waits so long for checkpoints.
    """

    kind: ClassVar[str] = "boinc"

    host: str
    port: int = 31416
    password: str = ""
    devices: BoincDevices = BoincDevices.BOTH
    cpu_limits: tuple[float, ...] = ()
    checkpoint_wait_s: float = 0.0
    lease_s: float = 120.0


class BoincWorker(Backend):
    """The computing of one BOINC client, or only that of its GPU."""

    def __init__(self, config: BoincBackend) -> None:
        """Control the client as configured."""
        self._config = config
        self._lease_s = max(SHORTEST_LEASE_S, config.lease_s)
        self._generations = Generations()
        self._saving: Saving | None = None

    @property
    @override
    def capabilities(self) -> Capabilities:
        """The client holds the lease."""
        levels = frozenset({Feature.LEVELS} if self._config.cpu_limits else ())
        return Capabilities(
            lease_s=self._lease_s, features=KIND.features - {Feature.LEVELS} | levels
        )

    @override
    async def async_status(self) -> WorkerStatus:
        """Look; and end a pause's wait for checkpoints once all is saved."""
        async with self._visit() as client:
            sight = await self._async_look(client)
            if self._saving is not None and (
                sight.mode.is_off or self._saving.is_over(sight.running)
            ):
                sight = await self._async_pause_now(client, sight)
            return self._status(sight)

    @override
    async def async_set_level(
        self, level: int, generation: int, *, take_over: bool = False
    ) -> WorkerStatus:
        """Take or renew a lease; the CPU limit first, so as not to begin too high."""
        limits = self._config.cpu_limits
        self._generations.run(generation, level, len(limits))
        self._saving = None
        async with self._visit() as client:
            sight = await self._async_look(client)
            if sight.level != level:
                await async_limit(client, limits[level - 1])
            await self._async_run_for(client, sight.mode, self._lease_s)
            return self._status(await self._async_look(client))

    @override
    async def async_pause(
        self, generation: int, *, urgent: bool = False
    ) -> WorkerStatus:
        """Pause; if so configured, at the next checkpoint, unless it is urgent."""
        self._generations.pause(generation)
        async with self._visit() as client:
            if urgent or not self._config.checkpoint_wait_s:
                # Nothing is asked before, so that nothing can keep it from pausing.
                await client.async_set_mode(self._device, RunMode.NEVER)
                self._saving = None
                return self._status(await self._async_look(client))
            sight = await self._async_look(client)
            if self._saving is None and not sight.mode.is_off:
                self._saving = self._begun_saving(sight)
                if not self._saving.is_over(sight.running):
                    wait_s = max(SHORTEST_LEASE_S, self._config.checkpoint_wait_s)
                    await self._async_run_for(client, sight.mode, wait_s)
            if self._saving is None or self._saving.is_over(sight.running):
                sight = await self._async_pause_now(client, sight)
            return self._status(sight)

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

    async def _async_pause_now(self, client: BoincClient, sight: Sight) -> Sight:
        """Pause without waiting any longer."""
        if not sight.mode.is_off:
            await client.async_set_mode(self._device, RunMode.NEVER)
            sight = await self._async_look(client)
        self._saving = None
        return sight

    def _begun_saving(self, sight: Sight) -> Saving:
        return Saving(
            until_s=monotonic() + self._config.checkpoint_wait_s,
            saved={
                task.name: task.checkpoint_cpu_s
                for task in sight.tasks
                if task.unsaved_s > JUST_SAVED_S
            },
        )

    async def _async_look(self, client: BoincClient) -> Sight:
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
        return Sight(
            mode=mode,
            blocked=blocked,
            tasks=tasks,
            level=level_of(prefs, self._config.cpu_limits),
            has_work=works and blocked is None,
            cause=blocked or mode.suspended or cause,
            project=project_names(projects, tasks),
            pause_method=PauseMethod.IN_MEMORY if in_memory else PauseMethod.CHECKPOINT,
        )

    def _status(self, sight: Sight) -> WorkerStatus:
        state, level = self._state(sight)
        running = sight.running if state is not WorkerState.PAUSED else ()
        shown = running or sight.tasks
        status = WorkerStatus(
            state=state,
            level=level,
            generation=self._generations.newest,
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

    def _state(self, sight: Sight) -> tuple[WorkerState, int | None]:
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


def _detail(sight: Sight, running: int) -> str:
    tasks = f"{running} of {len(sight.tasks)} tasks that have begun run"
    return f"{tasks}; {sight.cause}" if sight.cause else tasks


def _parse(data: Mapping[str, Any]) -> BoincBackend:
    return BoincBackend(
        host=data[c.CONF_HOST],
        devices=BoincDevices(data.get(c.CONF_DEVICES, BoincDevices.BOTH)),
        cpu_limits=tuple(data.get(c.CONF_CPU_LIMITS) or ()),
        **given(
            data,
            (
                c.CONF_PORT,
                c.CONF_PASSWORD,
                c.CONF_CHECKPOINT_WAIT_S,
                c.CONF_LEASE_S,
            ),
        ),
    )


def _create(
    _hass: HomeAssistant, config: BoincBackend, _controller: str
) -> BoincWorker:
    return BoincWorker(config)


def _overlap(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Tell whether two workers would control the same mode of the same client."""
    where = (c.CONF_HOST, c.CONF_PORT)
    devices = {one[c.CONF_DEVICES], other[c.CONF_DEVICES]}
    return all(one[key] == other[key] for key in where) and (
        len(devices) == 1 or BoincDevices.BOTH in devices
    )


KIND = WorkerKind(
    key=BoincBackend.kind,
    model="BOINC client",
    features=frozenset(
        {Feature.NATIVE_LEASE, Feature.LEVELS, Feature.QUEUE, Feature.CHECKPOINT}
    ),
    keys=(
        c.CONF_HOST,
        c.CONF_PORT,
        c.CONF_PASSWORD,
        c.CONF_DEVICES,
        c.CONF_LEVELS_W,
        c.CONF_CPU_LIMITS,
        c.CONF_CHECKPOINT_WAIT_S,
    ),
    parse=_parse,
    create=_create,
    same=_overlap,
    secrets=frozenset({c.CONF_HOST, c.CONF_PASSWORD}),
    refused=lambda _: {c.CONF_PASSWORD: "boinc_invalid_auth"},
    hosts=lambda config: [config.host],
)
