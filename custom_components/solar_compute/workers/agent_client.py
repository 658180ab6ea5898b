"""A companion service, as one HTTP client speaks with it: version 1 of its API.

Says what the service answers, decoded and with its form checked; what an answer means
is the back-end's business. Whatever comes back, nothing but a `WorkerError` is raised.
"""

from collections.abc import Mapping
from http import HTTPStatus
import json
from math import isfinite
from typing import Any

import aiohttp
from yarl import URL

from .base import (
    WorkerAuthFailed,
    WorkerBehind,
    WorkerError,
    WorkerHeldByOther,
    WorkerMismatch,
    WorkerRefused,
    WorkerSilent,
    WorkerUnreachable,
)

API_VERSION = 1
TIMEOUT = aiohttp.ClientTimeout(total=10, connect=5)
MAX_ANSWER_BYTES = 262_144
MAX_DETAIL = 200

HELD_BY_OTHER = "held_by_other"


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
            raise senseless("a list of workers was expected")
        workers = [_object(item) for item in answer]
        for worker in workers:
            levels_w = worker.get("levels_w")
            if not isinstance(worker.get("name"), str) or not (
                isinstance(levels_w, list) and all(map(is_number, levels_w))
            ):
                raise senseless("a worker without a name or levels")
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
            raise WorkerSilent("no answer in time") from err
        except aiohttp.ClientConnectorError as err:
            # Who refuses a connection is there; who is not is not to be reached.
            refused = isinstance(err.os_error, ConnectionError)
            kind = WorkerUnreachable if refused else WorkerSilent
            raise kind(f"{err}"[:MAX_DETAIL]) from err
        except (aiohttp.ClientError, OSError, ValueError) as err:
            raise WorkerUnreachable(f"{err}"[:MAX_DETAIL]) from err
        answer = _decoded(raw)
        if status == HTTPStatus.OK:
            return answer
        raise _error(status, answer)


def senseless(detail: str) -> WorkerUnreachable:
    """Return the error for an answer that makes no sense."""
    return WorkerUnreachable(f"its answer makes no sense: {detail}")


def is_number(value: object) -> bool:
    """Tell whether a decoded value is a finite number."""
    return (
        isinstance(value, int | float)
        and not isinstance(value, bool)
        and isfinite(value)
    )


async def _read(response: aiohttp.ClientResponse) -> bytes:
    """Read a body that may not be longer than any that makes sense."""
    parts: list[bytes] = []
    size = 0
    async for part in response.content.iter_any():
        size += len(part)
        if size > MAX_ANSWER_BYTES:
            raise senseless("its answer is too long")
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


def _object(answer: Any) -> dict[str, Any]:
    if not isinstance(answer, dict):
        raise senseless("a JSON object was expected")
    return answer
