"""The back-end for Slurm's REST daemon: how much of a partition's queue may start.

REST can hold and release jobs that wait. It cannot pause one that runs: its signals miss
the steps of a job, and Slurm calls the job stopped all the same (docs/slurm.md). So a
pause lets what runs come to its end, and is called paused only then. To suspend jobs, and
to hold a lease, takes the companion service on the cluster.

Slurm counts no commands, so the newest number and level are kept here. It must never
touch jobs of other partitions. May import Home Assistant; raises nothing but a
`WorkerError`.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, override

import aiohttp
from homeassistant.core import HomeAssistant
from homeassistant.helpers.aiohttp_client import async_get_clientsession

from .. import const as c
from ..core.model import WorkerState
from .base import (
    Backend,
    Capabilities,
    Feature,
    WorkerRefused,
    WorkerStatus,
    WorkerUnreachable,
)
from .generations import Generations
from .kind import WorkerKind, hosts_of, same_by
from .slurm_rest import Job, SlurmClient

AHEAD = 2
"""At the highest level so many times its cores are released, so that there is always a
next job; Slurm itself starts no more than there is room for."""


CALL_S = 10.0
"""How long a command may take; the next one goes on from there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SlurmBackend:
    """A partition behind a REST daemon; it holds no lease.

    `cores` are how many cores its jobs may use at each level.
    """

    kind: ClassVar[str] = "slurm"
    lease_s: ClassVar[None] = None

    url: str
    user: str
    token: str
    partition: str
    cores: tuple[int, ...]


class SlurmWorker(Backend):
    """The queue of one partition."""

    def __init__(self, session: aiohttp.ClientSession, config: SlurmBackend) -> None:
        """Control the partition as configured."""
        self._session = session
        self._config = config
        self._client: SlurmClient | None = None
        self._generations = Generations()
        self._level: int | None = None

    @property
    @override
    def capabilities(self) -> Capabilities:
        """No lease; what runs is finished."""
        levels = {Feature.LEVELS} if len(self._config.cores) > 1 else set()
        return Capabilities(features=KIND.features - {Feature.LEVELS} | levels)

    @override
    async def async_status(self) -> WorkerStatus:
        """Look at the queue."""
        return self._status(await self._connected().async_jobs(self._config.partition))

    @override
    async def async_set_level(
        self, level: int, generation: int, *, take_over: bool = False
    ) -> WorkerStatus:
        """Release jobs for as many cores as the level has, and hold all others."""
        self._generations.run(generation, level, len(self._config.cores))
        return await self._async_admit(level)

    @override
    async def async_pause(
        self, generation: int, *, urgent: bool = False
    ) -> WorkerStatus:
        """Hold all that waits; what runs comes to its end, however urgent it is."""
        self._generations.pause(generation)
        return await self._async_admit(0)

    @override
    async def async_close(self) -> None:
        """Do nothing: the session is Home Assistant's."""

    def _connected(self) -> SlurmClient:
        if self._client is None:
            config = self._config
            self._client = SlurmClient(
                self._session, config.url, config.user, config.token
            )
        return self._client

    async def _async_admit(self, level: int) -> WorkerStatus:
        """Let the queue be as the level wants it; judge by the queue afterwards."""
        try:
            async with asyncio.timeout(CALL_S):
                return await self._async_arrange(level)
        except TimeoutError as err:
            raise WorkerUnreachable("it takes too long to change the queue") from err

    async def _async_arrange(self, level: int) -> WorkerStatus:
        client, partition = self._connected(), self._config.partition
        refusal: WorkerRefused | None = None
        jobs = await client.async_jobs(partition)
        changes = self._changes(jobs, level)
        # First what may start no more, so that it is never more than the level.
        for job in sorted(changes, key=lambda job: job.held):
            try:
                await client.async_hold(job.number, hold=not job.held)
            except WorkerRefused as err:
                # It has begun or ended meanwhile, or it is not ours.
                refusal = err
        if changes:
            jobs = await client.async_jobs(partition)
        free = [job for job in self._changes(jobs, level) if not job.held]
        if refusal is not None and free:
            raise refusal
        self._level = level
        return self._status(jobs)

    def _changes(self, jobs: Sequence[Job], level: int) -> list[Job]:
        """Return the waiting jobs that are to be held and are not, or the other way.

        The oldest come first, whether they are held or not.
        """
        top = level == len(self._config.cores)
        left = self._config.cores[level - 1] if level else 0
        if level and top:
            left *= AHEAD
        else:
            left -= sum(job.cores for job in jobs if job.runs)
        changes = []
        for job in jobs:
            if job.waits:
                free = 0 < job.cores <= left
                left -= job.cores if free else 0
                if free is job.held:
                    changes.append(job)
        return changes

    def _status(self, jobs: Sequence[Job]) -> WorkerStatus:
        running = [job for job in jobs if job.runs]
        state, level = self._state(jobs, runs=bool(running))
        has_work = any(job.is_work for job in jobs)
        cause = None if has_work else "no_jobs"
        if state is WorkerState.DRAINING:
            cause = "finishes_jobs"
        return WorkerStatus(
            state=state,
            level=level,
            generation=self._generations.newest,
            has_work=has_work,
            cause=cause,
            detail=(
                f"{len(running)} jobs use {sum(job.cores for job in running)} cores;"
                f" {len(jobs) - len(running)} wait"
            ),
            pause_method="finish",
        )

    def _state(
        self, jobs: Sequence[Job], *, runs: bool
    ) -> tuple[WorkerState, int | None]:
        """Return the state, and the level in force.

        A queue that is no longer as the level wants it has no level: a job has come or
        gone, and the command has to be given again.
        """
        free = any(job.waits and not job.held for job in jobs)
        if self._level:
            level = None if self._changes(jobs, self._level) else self._level
            return WorkerState.RUNNING if runs else WorkerState.STARTING, level
        told = self._level is not None
        level = 0 if told and not free else None
        if runs:
            return WorkerState.DRAINING if told else WorkerState.RUNNING, level
        return (WorkerState.STARTING, None) if free else (WorkerState.PAUSED, 0)


def _parse(data: Mapping[str, Any]) -> SlurmBackend:
    return SlurmBackend(
        url=data[c.CONF_URL],
        user=data[c.CONF_USER],
        token=data[c.CONF_TOKEN],
        partition=data[c.CONF_PARTITION],
        cores=tuple(map(int, data[c.CONF_LEVEL_CORES])),
    )


def _create(hass: HomeAssistant, config: SlurmBackend, _controller: str) -> Backend:
    return SlurmWorker(async_get_clientsession(hass), config)


KIND = WorkerKind(
    key=SlurmBackend.kind,
    model="Slurm partition",
    features=frozenset({Feature.LEVELS, Feature.QUEUE, Feature.FINISH}),
    keys=(
        c.CONF_URL,
        c.CONF_USER,
        c.CONF_TOKEN,
        c.CONF_PARTITION,
        c.CONF_LEVELS_W,
        c.CONF_LEVEL_CORES,
        c.CONF_ACKNOWLEDGE_NO_LEASE,
    ),
    parse=_parse,
    create=_create,
    same=same_by(c.CONF_URL, c.CONF_PARTITION),
    secrets=frozenset({c.CONF_USER, c.CONF_TOKEN}),
    refused=lambda _: {c.CONF_TOKEN: "slurm_invalid_auth"},
    hosts=lambda config: hosts_of(config.url),
)
