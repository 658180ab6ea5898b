"""The back-end for the companion service: named workers behind its HTTP API, version 1.

The service holds the lease: it pauses its worker by itself when it does not hear from us
(docs/worker-service.md). `AgentClient` speaks for the whole service, `AgentWorker` for
one worker of it. Whatever comes back, nothing but a `WorkerError` is raised.
"""

from collections.abc import Callable, Mapping
from contextlib import suppress
from http import HTTPStatus
from itertools import pairwise
import json
from math import isfinite
from typing import Any, override

import aiohttp
from yarl import URL

from ..configured import AgentBackend
from ..core.model import WorkerState
from .base import (
    Backend,
    Capabilities,
    WorkerAuthFailed,
    WorkerBehind,
    WorkerError,
    WorkerHeldByOther,
    WorkerMismatch,
    WorkerRefused,
    WorkerStatus,
    WorkerUnreachable,
)

API_VERSION = 1
TIMEOUT = aiohttp.ClientTimeout(total=10, connect=5)
MAX_ANSWER_BYTES = 262_144
MAX_DETAIL = 200

HELD_BY_OTHER = "held_by_other"
JOB_ENDED = "job_ended"
OWN_LIMITS = frozenset({"too_hot", "temperature_unknown", "disk_full", "run_limit"})
"""Causes for which the service holds a worker by itself, whatever it is told."""


class AgentClient:
    """One companion service."""

    def __init__(
        self, session: aiohttp.ClientSession, url: str, token: str | None = None
    ) -> None:
        """Talk to the service at `url`, as whoever the token says.

        Raises `WorkerUnreachable` for something that is no web address.
        """
        try:
            self._url = URL(url)
        except ValueError as err:
            raise WorkerUnreachable(f"{url} is not an address") from err
        if self._url.scheme not in ("http", "https") or not self._url.host:
            raise WorkerUnreachable(f"{url} is not an address")
        self._session = session
        self._headers = {"Authorization": f"Bearer {token}"} if token else {}

    async def async_health(self) -> Mapping[str, Any]:
        """Return what the service says of itself (`name`, `version`…).

        Raises `WorkerMismatch` if it does not speak our version of the API.
        """
        answer = _object(await self._request("GET", "v1", "health"))
        if answer.get("api") != API_VERSION:
            raise WorkerMismatch(
                f"its API has version {answer.get('api')!s:.20},"
                f" this integration speaks version {API_VERSION}"
            )
        return answer

    async def async_workers(self) -> list[dict[str, Any]]:
        """Return the service's workers, each with at least `name` and `levels_w`."""
        answer = await self._request("GET", "v1", "workers")
        if not isinstance(answer, list):
            raise _senseless("a list of workers was expected")
        workers = [_object(item) for item in answer]
        for worker in workers:
            levels_w = worker.get("levels_w")
            if not isinstance(worker.get("name"), str) or not (
                isinstance(levels_w, list) and all(map(_is_number, levels_w))
            ):
                raise _senseless("a worker without a name or levels")
        return workers

    async def async_worker(self, name: str) -> dict[str, Any]:
        """Return the status of one worker as the service words it."""
        return _object(await self._request("GET", "v1", "workers", name))

    async def async_desire(self, name: str, wish: Mapping[str, Any]) -> dict[str, Any]:
        """Send a command for one worker; return its status."""
        return _object(
            await self._request("PUT", "v1", "workers", name, "desired", body=wish)
        )

    async def _request(
        self, method: str, *path: str, body: Mapping[str, Any] | None = None
    ) -> Any:
        """Return the decoded answer to one request."""
        try:
            async with self._session.request(
                method,
                self._url.joinpath(*path),
                json=body,
                headers=self._headers,
                timeout=TIMEOUT,
                allow_redirects=False,
            ) as response:
                status = response.status
                raw = await _read(response)
        except TimeoutError as err:
            raise WorkerUnreachable("no answer in time") from err
        except (aiohttp.ClientError, OSError, ValueError) as err:
            raise WorkerUnreachable(f"{err}"[:MAX_DETAIL]) from err
        answer = _decoded(raw)
        if status == HTTPStatus.OK:
            return answer
        raise _error(status, answer)


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

    @property
    @override
    def capabilities(self) -> Capabilities:
        """The service holds the lease."""
        return Capabilities(lease_s=self._config.lease_s)

    @override
    async def async_status(self) -> WorkerStatus:
        """Ask the service; after a failure, first whether it is still the same API."""
        client = self._client()
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
    def watch(self, changed: Callable[[], None]) -> Callable[[], None]:
        """Do nothing: the service does not call, it has to be asked."""
        return lambda: None

    @override
    async def async_close(self) -> None:
        """Do nothing: the session is Home Assistant's."""

    async def _desire(self, wish: Mapping[str, Any]) -> WorkerStatus:
        return self._status(
            await self._client().async_desire(self._config.worker, wish)
        )

    def _client(self) -> AgentClient:
        return AgentClient(self._session, self._config.url, self._config.token)

    def _status(self, answer: Mapping[str, Any]) -> WorkerStatus:
        """Return an answer as a status, refusing what makes no sense."""
        try:
            state = WorkerState(answer.get("state", ""))
        except ValueError as err:
            raise _senseless("its state is not one that the API knows") from err
        level = _whole(answer, "level")
        if level is None:
            raise _senseless("it does not tell its level")
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
            checkpoint_age_s=_number(answer, "checkpoint_age_s"),
            pause_method=_text(answer, "pause_method"),
            levels_w=_levels(answer),
        )


async def _read(response: aiohttp.ClientResponse) -> bytes:
    """Read a body that may not be longer than any that makes sense."""
    parts: list[bytes] = []
    size = 0
    async for part in response.content.iter_any():
        size += len(part)
        if size > MAX_ANSWER_BYTES:
            raise _senseless("its answer is too long")
        parts.append(part)
    return b"".join(parts)


def _decoded(raw: bytes) -> Any:
    try:
        return json.loads(raw)
    except ValueError, RecursionError:
        return None


def _error(status: int, answer: Any) -> WorkerError:
    """Return the error that an answer stands for."""
    told = answer if isinstance(answer, dict) else {}
    detail = str(told.get("message") or f"it answered with status {status}")
    detail = detail[:MAX_DETAIL]
    if status in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN):
        return WorkerAuthFailed(detail)
    if status == HTTPStatus.CONFLICT:
        if told.get("error") == HELD_BY_OTHER:
            return WorkerHeldByOther(detail)
        generation = told.get("generation")
        if isinstance(generation, int) and not isinstance(generation, bool):
            return WorkerBehind(detail, generation)
    if HTTPStatus.BAD_REQUEST <= status < HTTPStatus.INTERNAL_SERVER_ERROR:
        return WorkerRefused(detail)
    return WorkerUnreachable(detail)


def _senseless(detail: str) -> WorkerUnreachable:
    return WorkerUnreachable(f"its answer makes no sense: {detail}")


def _object(answer: Any) -> dict[str, Any]:
    if not isinstance(answer, dict):
        raise _senseless("a JSON object was expected")
    return answer


def _is_number(value: object) -> bool:
    return (
        isinstance(value, int | float)
        and not isinstance(value, bool)
        and isfinite(value)
    )


def _number(answer: Mapping[str, Any], key: str) -> float | None:
    value = answer.get(key)
    if value is None:
        return None
    if not _is_number(value):
        raise _senseless(f"{key} is not a number")
    return float(value)


def _whole(answer: Mapping[str, Any], key: str) -> int | None:
    value = answer.get(key)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise _senseless(f"{key} is not a whole number")
    return value


def _levels(answer: Mapping[str, Any]) -> tuple[float, ...] | None:
    """Return the levels on offer, None where they are none that can be used."""
    levels_w = answer.get("levels_w")
    if not isinstance(levels_w, list) or not all(map(_is_number, levels_w)):
        return None
    ascending = all(low < high for low, high in pairwise([0.0, *levels_w]))
    return tuple(map(float, levels_w)) or None if ascending else None


def _text(answer: Mapping[str, Any], key: str) -> str | None:
    value = answer.get(key)
    return value[:MAX_DETAIL] if isinstance(value, str) else None
