"""The back-end for the companion service: one of its named workers.

The service holds the lease: it pauses its worker by itself when it does not hear from us
(docs/worker-service.md). Raises nothing but a `WorkerError`.
"""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, ClassVar, override

import aiohttp
from homeassistant.core import HomeAssistant
from homeassistant.helpers.aiohttp_client import async_get_clientsession

from .. import const as c
from ..core.model import WorkerState
from ..parsing import given
from .agent_client import MAX_DETAIL, AgentClient, is_number
from .agent_sleep import DEFAULT_WAKE_S, SleepyWorker, announced, sleep_notice
from .answers import senseless
from .base import (
    Backend,
    Capabilities,
    Feature,
    WorkerError,
    WorkerRefused,
    WorkerStatus,
)
from .kind import WorkerKind, hosts_of

JOB_ENDED = "job_ended"
OWN_LIMITS = frozenset(
    {"too_hot", "temperature_unknown", "disk_full", "run_limit", "gpu_limit"}
)
"""Causes for which the service holds a worker by itself, whatever it is told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentBackend:
    """A named worker of a companion service. It holds a lease of `lease_s`.

    `fingerprint` is the SHA-256 of the service's certificate, as the user confirmed it.
    A machine that is woken may take `wake_s` until the service answers.
    """

    kind: ClassVar[str] = "agent"

    url: str
    token: str | None
    worker: str
    fingerprint: str | None = None
    lease_s: float = 120.0
    wake_s: float = DEFAULT_WAKE_S


class AgentWorker(Backend):
    """One named worker of a companion service."""

    def __init__(
        self, session: aiohttp.ClientSession, config: AgentBackend, controller: str
    ) -> None:
        """Command the worker as `controller`, the id that its lease is held under."""
        self._session = session
        self._config = config
        self._controller = controller
        self._known_version = False
        self._client: AgentClient | None = None

    @property
    @override
    def capabilities(self) -> Capabilities:
        """The service holds the lease."""
        return Capabilities(
            lease_s=self._config.lease_s, features=frozenset({Feature.COMPANION_LEASE})
        )

    @override
    async def async_status(self) -> WorkerStatus:
        """Ask the service; after a failure, first whether it is still the same API."""
        client = self._connected()
        try:
            if not self._known_version:
                await client.async_health()
                self._known_version = True
            return self._status(await client.async_worker(self._config.worker))
        except WorkerError:
            self._known_version = False
            raise

    @override
    async def async_set_level(
        self, level: int, generation: int, *, take_over: bool = False
    ) -> WorkerStatus:
        """Take or renew a lease on a level."""
        wish: dict[str, Any] = {
            "level": level,
            "lease_s": self._config.lease_s,
            "generation": generation,
            "controller": self._controller,
        }
        if take_over:
            wish["take_over"] = True
        return await self._desire(wish)

    @override
    async def async_pause(
        self, generation: int, *, urgent: bool = False
    ) -> WorkerStatus:
        """Give the lease back."""
        wish = {"level": 0, "generation": generation, "controller": self._controller}
        if urgent:
            with suppress(WorkerRefused):
                return await self._desire({**wish, "urgent": True})
            # No service may refuse a pause, unless it knows no urgency.
        return await self._desire(wish)

    @override
    async def async_close(self) -> None:
        """Do nothing: the session is Home Assistant's."""

    async def _desire(self, wish: Mapping[str, Any]) -> WorkerStatus:
        return self._status(
            await self._connected().async_desire(self._config.worker, wish)
        )

    def _connected(self) -> AgentClient:
        # One for all requests, or each would shake hands anew.
        if self._client is None:
            config = self._config
            self._client = AgentClient(
                self._session, config.url, config.token, config.fingerprint
            )
        return self._client

    def _status(self, answer: Mapping[str, Any]) -> WorkerStatus:
        """Return an answer as a status, refusing what makes no sense."""
        try:
            state = WorkerState(answer.get("state", ""))
        except ValueError as err:
            raise senseless("its state is not one that the API knows") from err
        level = _whole(answer, "level")
        if level is None:
            raise senseless("it does not tell its level")
        controller = answer.get("controller")
        lease_s = _number(answer, "lease_remaining_s")
        return WorkerStatus(
            state=state,
            level=level,
            power_w=_number(answer, "power_w"),
            power_source=_text(answer, "power_source"),
            lease_remaining_s=lease_s,
            generation=_whole(answer, "generation"),
            has_work=answer.get("has_work", answer.get("cause") != JOB_ENDED)
            is not False,
            held_by_other=bool(lease_s and controller not in (None, self._controller)),
            protected=answer.get("cause") in OWN_LIMITS,
            cause=_text(answer, "cause"),
            detail=_text(answer, "detail") or "",
            progress=_number(answer, "progress"),
            finished=_finished(answer),
            checkpoint_age_s=_number(answer, "checkpoint_age_s"),
            pause_method=_text(answer, "pause_method"),
            levels_w=_levels(answer),
            sleep=sleep_notice(answer),
        )


def _number(answer: Mapping[str, Any], key: str) -> float | None:
    value = answer.get(key)
    if value is None:
        return None
    if not is_number(value):
        raise senseless(f"{key} is not a number")
    return float(value)


def _finished(answer: Mapping[str, Any]) -> float | None:
    """Return how many jobs of its queue are done, None where it has no queue."""
    jobs = answer.get("jobs")
    return _number(jobs, "done") if isinstance(jobs, dict) else None


def _whole(answer: Mapping[str, Any], key: str) -> int | None:
    value = answer.get(key)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise senseless(f"{key} is not a whole number")
    return value


def _levels(answer: Mapping[str, Any]) -> tuple[float, ...] | None:
    """Return the levels on offer, None where they are none that can be used."""
    levels_w = answer.get("levels_w")
    if not isinstance(levels_w, list) or not all(map(is_number, levels_w)):
        return None
    ascending = all(low < high for low, high in pairwise([0.0, *levels_w]))
    return tuple(map(float, levels_w)) or None if ascending else None


def _text(answer: Mapping[str, Any], key: str) -> str | None:
    value = answer.get(key)
    return value[:MAX_DETAIL] if isinstance(value, str) else None


def _parse(data: Mapping[str, Any]) -> AgentBackend:
    return AgentBackend(
        url=data[c.CONF_URL],
        token=data.get(c.CONF_TOKEN),
        worker=data[c.CONF_WORKER],
        fingerprint=data.get(c.CONF_FINGERPRINT),
        **given(data, (c.CONF_LEASE_S, c.CONF_WAKE_S)),
    )


def _create(hass: HomeAssistant, config: AgentBackend, controller: str) -> SleepyWorker:
    worker = AgentWorker(async_get_clientsession(hass), config, controller)
    return SleepyWorker(worker, announced(hass), controller, wake_s=config.wake_s)


def _same(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    return bool(
        one[c.CONF_WORKER] == other[c.CONF_WORKER] and is_same_service(one, other)
    )


def is_same_service(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Tell from stored data whether two workers are of one service, wherever it is."""
    known = one.get(c.CONF_SERVICE_ID)
    return one[c.CONF_URL] == other[c.CONF_URL] or (
        known is not None and known == other.get(c.CONF_SERVICE_ID)
    )


KIND = WorkerKind(
    key=AgentBackend.kind,
    model="Worker service",
    features=frozenset(
        {
            Feature.COMPANION_LEASE,
            Feature.LEVELS,
            Feature.QUEUE,
            Feature.CHECKPOINT,
            Feature.POWER,
            Feature.SLEEP,
        }
    ),
    keys=(
        c.CONF_URL,
        c.CONF_TOKEN,
        c.CONF_FINGERPRINT,
        c.CONF_SERVICE_ID,
        c.CONF_WORKER,
        c.CONF_LEVELS_W,
    ),
    parse=_parse,
    create=_create,
    same=_same,
    secrets=frozenset({c.CONF_TOKEN}),
    refused=lambda _: {c.CONF_TOKEN: "invalid_auth"},
    hosts=lambda config: hosts_of(config.url),
)
