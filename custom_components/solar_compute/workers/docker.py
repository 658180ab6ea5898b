"""The back-end for a container of Docker or Podman that its owner has labelled.

A container is known by its name, so it is found again when a newer one has replaced it;
the label is looked for each time. An engine holds no lease: if Home Assistant dies, the
container goes on as it is. States are read before a command and judged after it, since
engines answer differently to a command that is repeated.

It must never touch a container without the label, nor call one paused that may still
compute. May import Home Assistant; raises nothing but a `WorkerError`.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import partial
from typing import Any, ClassVar, override

from homeassistant.core import HomeAssistant

from .. import const as c
from ..core.model import WorkerState
from .base import Backend, Capabilities, Feature, WorkerRefused, WorkerStatus
from .docker_engine import REQUIREMENT, Engine, visit
from .docker_runs import Runs
from .docker_state import LABEL, LABEL_VALUE, Condition, Container
from .generations import Generations
from .kind import WorkerKind, hosts_of, same_by
from .libraries import async_bring

STOP_WAIT_S = 5.0
"""How long a command waits for a container to end; the engine goes on by itself."""

FREEZE_TRIES = 5
FREEZE_REST_S = 0.2

SAME_CPUS = 0.005
"""An engine counts in hundredths of a CPU."""


class OnPause(StrEnum):
    """What a pause does: freeze it in memory, or have it end and start it again."""

    FREEZE = "freeze"
    STOP = "stop"


@dataclass(frozen=True, slots=True, kw_only=True)
class DockerBackend:
    """A labelled container of Docker or Podman; it holds no lease.

    `address` is unix:///path, or tcp://host:port with the folder of `certificates`.
    `cpus` has how many CPUs it may use at each level; empty leaves its own limit alone,
    for a worker of one level.
    """

    kind: ClassVar[str] = "docker"
    lease_s: ClassVar[None] = None

    address: str
    container: str
    certificates: str | None = None
    on_pause: OnPause = OnPause.FREEZE
    cpus: tuple[float, ...] = ()


class DockerWorker(Backend):
    """One container."""

    def __init__(
        self, config: DockerBackend, bring_library: Callable[[], Awaitable[None]]
    ) -> None:
        """Control a container as configured; `bring_library` sees to aiodocker."""
        self._config = config
        self._bring_library = bring_library
        self._generations = Generations()
        self._runs = Runs()

    @property
    @override
    def capabilities(self) -> Capabilities:
        """It can hold no lease."""
        levels = frozenset({Feature.LEVELS} if self._config.cpus else ())
        return Capabilities(features=KIND.features - {Feature.LEVELS} | levels)

    @override
    async def async_status(self) -> WorkerStatus:
        """Look at the container."""
        async with self._visit() as engine:
            return self._status(await self._async_look(engine))

    @override
    async def async_set_level(
        self, level: int, generation: int, *, take_over: bool = False
    ) -> WorkerStatus:
        """Let it run; the level's limit first, so as not to begin too high."""
        self._generations.run(generation, level, len(self._config.cpus))
        async with self._visit() as engine:
            container = await self._async_look(engine)
            if container.condition.is_over and not self._work(container)[0]:
                raise WorkerRefused(f"{_told(container)}. Start it to go on.")
            no = await _refusal(self._async_run(engine, container, level))
            return self._judged(await self._async_look(engine), level, no)

    @override
    async def async_pause(
        self, generation: int, *, urgent: bool = False
    ) -> WorkerStatus:
        """Freeze it, or have it end; if urgent, without time to save its work."""
        self._generations.pause(generation)
        async with self._visit() as engine:
            container = await self._async_look(engine)
            no = await _refusal(self._async_halt(engine, container, urgent=urgent))
            return self._judged(await self._async_look(engine), 0, no)

    @override
    async def async_close(self) -> None:
        """Do nothing: every visit has hung up by itself."""

    @asynccontextmanager
    async def _visit(self) -> AsyncIterator[Engine]:
        await self._bring_library()
        async with visit(self._config.address, self._config.certificates) as engine:
            yield engine

    async def _async_look(self, engine: Engine) -> Container:
        """Return the container, if it is there and may be touched."""
        container = await engine.async_container(self._config.container)
        if not container.is_ours:
            raise WorkerRefused(
                f"{container.name} does not have the label {LABEL}={LABEL_VALUE} (any"
                " more), so Solar Compute does not touch it."
            )
        self._runs.note(container)
        return container

    async def _async_run(
        self, engine: Engine, container: Container, level: int
    ) -> None:
        if self._config.cpus and self._level_of(container) != level:
            if engine.is_podman:
                raise WorkerRefused("Podman cannot change the CPUs of a container.")
            await engine.async_limit(container, self._config.cpus[level - 1])
        if container.condition is Condition.PAUSED:
            await engine.async_unpause(container)
        elif container.condition.is_over:
            await engine.async_start(container)

    async def _async_halt(
        self, engine: Engine, container: Container, *, urgent: bool
    ) -> None:
        """Freeze or stop it; in a hurry, stop what cannot be frozen."""
        runs = container.condition is Condition.RUNNING
        restarts = container.condition is Condition.RESTARTING
        freezes = self._config.on_pause is OnPause.FREEZE
        if freezes and runs:
            try:
                await _async_freeze(engine, container)
            except WorkerRefused:
                if not urgent:
                    raise
                await self._async_stop(engine, container, at_once=True)
        elif (runs or restarts) and (urgent or not freezes):
            # What ends again and again cannot be frozen in between.
            await self._async_stop(engine, container, at_once=urgent)

    async def _async_stop(
        self, engine: Engine, container: Container, *, at_once: bool
    ) -> None:
        """Have it end, and remember that it was us."""
        grace_s = 0.0 if at_once else container.stop_s
        self._runs.stop(container, grace_s)
        try:
            with suppress(TimeoutError):
                async with asyncio.timeout(STOP_WAIT_S):
                    await engine.async_stop(container, grace_s)
        except WorkerRefused:
            self._runs.take_back()
            raise

    def _judged(
        self, container: Container, level: int, refusal: str | None
    ) -> WorkerStatus:
        """Return what came of a command, with the refusal if it was in earnest."""
        status = self._status(container)
        if refusal is None or status.level == level:
            return status
        return replace(status, detail=refusal)

    def _status(self, container: Container) -> WorkerStatus:
        state, level = self._state(container)
        has_work, cause = self._work(container)
        frozen = self._config.on_pause is OnPause.FREEZE
        return WorkerStatus(
            state=state,
            level=level,
            generation=self._generations.newest,
            has_work=has_work,
            cause=cause,
            detail=_told(container),
            pause_method="in_memory" if frozen else "stop",
        )

    def _state(self, container: Container) -> tuple[WorkerState, int | None]:
        """Return the state, and the level in force."""
        condition = container.condition
        if condition.is_over or condition is Condition.PAUSED:
            return WorkerState.PAUSED, 0
        if self._runs.is_stopping(container):
            return WorkerState.DRAINING, 0
        if condition is Condition.RESTARTING:
            # It will go on by itself, so it is not paused.
            return WorkerState.STARTING, None
        return WorkerState.RUNNING, self._level_of(container)

    def _work(self, container: Container) -> tuple[bool, str | None]:
        may_start = self._config.on_pause is OnPause.STOP
        return self._runs.work(container, may_start=may_start)

    def _level_of(self, container: Container) -> int | None:
        """Return the level whose limit is in force, None where it is none of them."""
        if not self._config.cpus:
            return 1
        for level, cpus in enumerate(self._config.cpus, start=1):
            if abs(container.cpus - cpus) < SAME_CPUS:
                return level
        return None


async def _async_freeze(engine: Engine, container: Container) -> None:
    """Freeze it; where cgroups are of the old kind, a busy machine needs several tries."""
    for _ in range(FREEZE_TRIES - 1):
        with suppress(WorkerRefused):
            return await engine.async_pause(container)
        await asyncio.sleep(FREEZE_REST_S)
    return await engine.async_pause(container)


async def _refusal(command: Awaitable[None]) -> str | None:
    """Have a command carried out; return the words of an engine that says no."""
    try:
        await command
    except WorkerRefused as err:
        return str(err)
    return None


def _told(container: Container) -> str:
    if container.condition is Condition.EXITED:
        return f"{container.name} has ended with exit code {container.exit_code}"
    return f"{container.name} is {container.condition}"


def _parse(data: Mapping[str, Any]) -> DockerBackend:
    return DockerBackend(
        address=data[c.CONF_ADDRESS],
        container=data[c.CONF_CONTAINER],
        certificates=data.get(c.CONF_CERTIFICATES),
        on_pause=OnPause(data.get(c.CONF_ON_PAUSE, OnPause.FREEZE)),
        cpus=tuple(data.get(c.CONF_CPUS) or ()),
    )


def _create(
    hass: HomeAssistant, config: DockerBackend, _controller: str
) -> DockerWorker:
    if config.certificates is not None:
        folder = hass.config.path(config.certificates)
        config = replace(config, certificates=folder)
    return DockerWorker(config, partial(async_bring, hass, REQUIREMENT))


def _refused(data: Mapping[str, Any]) -> dict[str, str]:
    if data.get(c.CONF_CERTIFICATES) is None:
        return {c.CONF_ADDRESS: "socket_not_allowed"}
    return {c.CONF_CERTIFICATES: "certificates_refused"}


KIND = WorkerKind(
    key=DockerBackend.kind,
    model="Container",
    features=frozenset({Feature.LEVELS, Feature.QUEUE}),
    keys=(
        c.CONF_ADDRESS,
        c.CONF_CERTIFICATES,
        c.CONF_ACKNOWLEDGE_ROOT,
        c.CONF_CONTAINER,
        c.CONF_ON_PAUSE,
        c.CONF_LEVELS_W,
        c.CONF_CPUS,
        c.CONF_ACKNOWLEDGE_NO_LEASE,
    ),
    parse=_parse,
    create=_create,
    same=same_by(c.CONF_ADDRESS, c.CONF_CONTAINER),
    secrets=frozenset({c.CONF_ADDRESS}),
    refused=_refused,
    hosts=lambda config: hosts_of(config.address),
)
