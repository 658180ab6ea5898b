"""A companion service, as one HTTP client speaks with it: version 1 of its API.

Says what the service answers, decoded and with its form checked; what an answer means
is the back-end's business. Whatever comes back, nothing but a `WorkerError` is raised.
"""

from collections.abc import Mapping
from http import HTTPStatus
from math import isfinite
from typing import Any

import aiohttp
from yarl import URL

from .answers import async_read, decoded, senseless
from .base import (
    WorkerAuthFailed,
    WorkerBehind,
    WorkerError,
    WorkerHeldByOther,
    WorkerMismatch,
    WorkerNotTrusted,
    WorkerRefused,
    WorkerSilent,
    WorkerUnreachable,
)

API_VERSION = 1
TIMEOUT = aiohttp.ClientTimeout(total=10, connect=5)
MAX_ANSWER_BYTES = 262_144
MAX_DETAIL = 200

HELD_BY_OTHER = "held_by_other"
PAIRING_REFUSALS = ("wrong_code", "no_code", "other_certificate")


class OtherCertificate(WorkerNotTrusted):
    """Another certificate than the right one; `seen` is its SHA-256."""

    def __init__(self, seen: str) -> None:
        """Keep what was seen."""
        super().__init__("it shows another certificate than the one that you confirmed")
        self.seen = seen


class PairingRefused(WorkerAuthFailed):
    """The service did not pair; `code` is its word for why."""

    def __init__(self, detail: str, code: str) -> None:
        """Keep the word."""
        super().__init__(detail)
        self.code = code


class AgentClient:
    """One companion service."""

    def __init__(
        self,
        session: aiohttp.ClientSession,
        url: str,
        token: str | None = None,
        fingerprint: str | None = None,
    ) -> None:
        """Talk to the service at `url`, as whoever the token says.

        `fingerprint` is the SHA-256, in hexadecimal, of the only certificate that will
        do; nothing is said to whoever shows another one. Without it an authority that
        Home Assistant knows has to vouch for the certificate.

        Raises `WorkerUnreachable` for something that is no web address,
        `WorkerNotTrusted` if a certificate is demanded where there can be none.
        """
        try:
            self._url = URL(url)
        except ValueError as err:
            raise WorkerUnreachable(f"{url} is not an address") from err
        if self._url.scheme not in ("http", "https") or not self._url.host:
            raise WorkerUnreachable(f"{url} is not an address")
        if fingerprint is not None and self._url.scheme != "https":
            raise WorkerNotTrusted("an address with http:// shows no certificate")
        self._ssl = (
            True
            if fingerprint is None
            else aiohttp.Fingerprint(bytes.fromhex(fingerprint))
        )
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

    async def async_pair(self, request: Mapping[str, str]) -> Mapping[str, Any]:
        """Ask to be let in. Raises `PairingRefused` if the service does not."""
        return _object(await self._request("POST", "v1", "pair", body=request))

    async def async_new_token(self) -> str:
        """Exchange the token; the old one is good until the new one is used, and more.

        Raises `WorkerRefused` for a token that did not come from pairing.
        """
        return token_of(await self._request("POST", "v1", "token"))

    async def async_give_back(self) -> None:
        """Have the token be good no more."""
        await self._request("DELETE", "v1", "token")

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
                ssl=self._ssl,
                timeout=TIMEOUT,
                allow_redirects=False,
            ) as response:
                status = response.status
                raw = await async_read(response, MAX_ANSWER_BYTES)
        except aiohttp.ServerFingerprintMismatch as err:
            raise OtherCertificate(err.got.hex()) from err
        except aiohttp.ClientConnectorCertificateError as err:
            raise WorkerNotTrusted("nobody vouches for its certificate") from err
        except TimeoutError as err:
            sent = not isinstance(err, aiohttp.ConnectionTimeoutError)
            raise WorkerSilent("no answer in time", sent=sent) from err
        except aiohttp.ClientConnectorError as err:
            # Who refuses a connection is there; who is not is not to be reached.
            refused = isinstance(err.os_error, ConnectionError)
            kind = WorkerUnreachable if refused else WorkerSilent
            raise kind(f"{err}"[:MAX_DETAIL]) from err
        except (aiohttp.ClientError, OSError, ValueError) as err:
            raise WorkerUnreachable(f"{err}"[:MAX_DETAIL]) from err
        answer = decoded(raw)
        if status == HTTPStatus.OK:
            return answer
        raise _error(status, answer)


def token_of(answer: object) -> str:
    """Return the token in an answer. Raises `WorkerUnreachable` if there is none."""
    token = _object(answer).get("token")
    if not isinstance(token, str) or not token.isascii() or not token.isprintable():
        raise senseless("a token was expected")
    return token


def is_number(value: object) -> bool:
    """Tell whether a decoded value is a finite number."""
    return (
        isinstance(value, int | float)
        and not isinstance(value, bool)
        and isfinite(value)
    )


def _error(status: int, answer: Any) -> WorkerError:
    """Return the error that an answer stands for."""
    told = answer if isinstance(answer, dict) else {}
    detail = str(told.get("message") or f"it answered with status {status}")
    detail = detail[:MAX_DETAIL]
    if told.get("error") in PAIRING_REFUSALS:
        return PairingRefused(detail, told["error"])
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
