"""The back-end for Folding@home, version 8: one resource group of a client.

Made from what the client's own source and a recorded session say, never tried with a
real client: experimental. The client has no lease, so that a group goes on for as long
as nobody pauses it (docs/folding-at-home.md). It counts no commands either, so the
newest number is kept here.

It must never call a group paused while a core still runs, nor tell a group that does
not exist, which would make it. May import Home Assistant; raises nothing but a
`WorkerError`.
"""

import asyncio
from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from time import monotonic
from typing import Any, ClassVar, override
from weakref import WeakValueDictionary

import aiohttp
from homeassistant.core import HomeAssistant
from homeassistant.helpers.aiohttp_client import async_get_clientsession
from homeassistant.util import dt as dt_util

from .. import const as c
from ..core.model import WorkerState
from ..parsing import given
from .base import Backend, Capabilities, Feature, WorkerStatus
from .folding_client import FoldingClient, visit
from .folding_sight import Sight, look_at, mean
from .generations import Generations
from .kind import WorkerKind, same_by

CONFIRM_S = 1.5
"""The client drops a command that comes in the same second as another; so it is told
again after this long."""

_TURNS: WeakValueDictionary[tuple[str, int], asyncio.Lock] = WeakValueDictionary()
"""The groups of one client are told one after the other, for the same reason."""

ENDING_S = 4.0
"""A core may take up to a minute to end; a pause waits for the quick ones only."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FoldingBackend:
    """A resource group of a Folding@home client; the default group is named "".

    `finish_wait_s`: a pause that is not urgent gives the units so long to be finished.
    """

    kind: ClassVar[str] = "folding"
    lease_s: ClassVar[None] = None

    host: str
    port: int = 7396
    group: str = ""
    finish_wait_s: float = 0.0


class FoldingWorker(Backend):
    """The folding of one resource group."""

    def __init__(self, session: aiohttp.ClientSession, config: FoldingBackend) -> None:
        """Control the group as configured."""
        self._session = session
        self._config = config
        self._turn = _TURNS.setdefault((config.host, config.port), asyncio.Lock())
        self._generations = Generations()
        self._finish_until_s: float | None = None
        self._no_unit_until_s = 0.0

    @property
    @override
    def capabilities(self) -> Capabilities:
        """It can hold no lease."""
        finishes = {Feature.FINISH} if self._config.finish_wait_s else set()
        return Capabilities(features=frozenset({Feature.QUEUE, *finishes}))

    @override
    async def async_status(self) -> WorkerStatus:
        """Look; and end a pause's wait for units that are not finished in time."""
        async with self._visit() as client:
            sight = self._sight(client)
            if self._finish_until_s is not None and (
                sight.paused or monotonic() >= self._finish_until_s
            ):
                sight = await self._async_pause_now(client)
            return self._status(sight)

    @override
    async def async_set_level(
        self, level: int, generation: int, *, take_over: bool = False
    ) -> WorkerStatus:
        """Let the group fold, unless it does."""
        self._generations.run(generation, level, 1)
        self._finish_until_s = None
        async with self._visit() as client:
            await self._async_tell(client, "fold", _folds)
            return self._status(self._sight(client))

    @override
    async def async_pause(
        self, generation: int, *, urgent: bool = False
    ) -> WorkerStatus:
        """Pause; if so configured, once the units are finished, unless it is urgent."""
        self._generations.pause(generation)
        async with self._visit() as client:
            if urgent or not self._may_finish(self._sight(client)):
                return self._status(await self._async_pause_now(client))
            if self._finish_until_s is None:
                self._finish_until_s = monotonic() + self._config.finish_wait_s
            await self._async_tell(client, "finish", lambda sight: sight.finishes)
            return self._status(self._sight(client))

    @override
    async def async_close(self) -> None:
        """Do nothing: every visit has hung up by itself."""

    def _visit(self) -> AbstractAsyncContextManager[FoldingClient]:
        return visit(self._session, self._config.host, self._config.port)

    def _sight(self, client: FoldingClient) -> Sight:
        return look_at(client.tree, self._config.group, dt_util.utcnow())

    def _may_finish(self, sight: Sight) -> bool:
        """Tell whether waiting for its units may be of use, and is not over."""
        if sight.paused or not sight.computing:
            return False
        if self._finish_until_s is not None:
            return monotonic() < self._finish_until_s
        wait_s = self._config.finish_wait_s
        coming = any(unit.coming for unit in sight.units)
        return not coming and wait_s > 0 and (sight.eta_s or 0.0) <= wait_s

    async def _async_pause_now(self, client: FoldingClient) -> Sight:
        """Pause without waiting any longer, but for cores that end quickly."""
        if await self._async_tell(client, "pause", lambda sight: sight.paused):
            await client.async_until(
                lambda _: not self._sight(client).computing, ENDING_S
            )
        self._finish_until_s = None
        return self._sight(client)

    async def _async_tell(
        self, client: FoldingClient, state: str, obeyed: Callable[[Sight], bool]
    ) -> bool:
        """Have the group in a state, telling it twice if need be; return whether it is.

        To look at the group first makes sure that there is one.
        """
        if obeyed(self._sight(client)):
            return True
        message = {"cmd": "state", "state": state, "group": self._config.group}
        async with self._turn:
            for _ in range(2):
                await client.async_tell(message)
                if await client.async_until(
                    lambda _: obeyed(self._sight(client)), CONFIRM_S
                ):
                    return True
        return False

    def _status(self, sight: Sight) -> WorkerStatus:
        state, level = self._state(sight)
        cause = self._without_work(sight)
        held = [] if sight.computing else sight.held
        shown = sight.computing or sight.units
        return WorkerStatus(
            state=state,
            level=level,
            generation=self._generations.newest,
            has_work=cause is None,
            protected=sight.on_battery or (_folds(sight) and bool(held)),
            cause=cause or self._cause(sight, held),
            detail=_detail(sight),
            progress=mean(unit.progress for unit in shown),
            pause_method="checkpoint",
            project=", ".join(dict.fromkeys(u.project for u in shown if u.project))
            or None,
        )

    def _state(self, sight: Sight) -> tuple[WorkerState, int | None]:
        """Return the state, and the level in force."""
        if sight.paused:
            if sight.computing:
                return WorkerState.DRAINING, None
            return WorkerState.PAUSED, 0
        if sight.finishes:
            # Finishing that we did not ask for has no end that we know.
            return WorkerState.DRAINING, 0 if self._finish_until_s else None
        return WorkerState.RUNNING if sight.computing else WorkerState.STARTING, 1

    def _cause(self, sight: Sight, held: list[str]) -> str | None:
        if self._finish_until_s is not None:
            return "finishes_units"
        if sight.on_battery:
            return "on_battery"
        return held[0] if held else None

    def _without_work(self, sight: Sight) -> str | None:
        """Return why it would do nothing, None if it has or may get something to do.

        A paused group drops its wait for a unit, so the wait is remembered.
        """
        if sight.failure:
            return "failed_units"
        if not sight.has_resources:
            return "no_resources"
        if not all(unit.coming for unit in sight.units):
            self._no_unit_until_s = 0.0
        elif sight.waits_s:
            self._no_unit_until_s = monotonic() + sight.waits_s
        return "no_unit" if monotonic() < self._no_unit_until_s else None


def _folds(sight: Sight) -> bool:
    return not sight.paused and not sight.finishes


def _detail(sight: Sight) -> str:
    computing = sight.computing
    units = f"{len(computing)} of {len(sight.units)} work units compute"
    points = sum(unit.ppd or 0.0 for unit in computing)
    told = f"{units}; {points:.0f} points per day" if points else units
    return f"{told}; {sight.failure}" if sight.failure else told


def _parse(data: Mapping[str, Any]) -> FoldingBackend:
    return FoldingBackend(
        host=data[c.CONF_HOST],
        **given(data, (c.CONF_PORT, c.CONF_GROUP, c.CONF_FINISH_WAIT_S)),
    )


def _create(
    hass: HomeAssistant, config: FoldingBackend, _controller: str
) -> FoldingWorker:
    return FoldingWorker(async_get_clientsession(hass), config)


KIND = WorkerKind(
    key=FoldingBackend.kind,
    model="Folding@home client (experimental)",
    features=frozenset({Feature.QUEUE, Feature.FINISH}),
    keys=(
        c.CONF_HOST,
        c.CONF_PORT,
        c.CONF_GROUP,
        c.CONF_LEVELS_W,
        c.CONF_FINISH_WAIT_S,
        c.CONF_ACKNOWLEDGE_NO_LEASE,
    ),
    parse=_parse,
    create=_create,
    same=same_by(c.CONF_HOST, c.CONF_PORT, c.CONF_GROUP),
    secrets=frozenset({c.CONF_HOST}),
    refused=lambda _: {c.CONF_HOST: "folding_not_allowed"},
    hosts=lambda config: [config.host],
)
