"""Slurm's REST daemon, as one HTTP client speaks with it.

Says which jobs and partitions there are, and holds or releases a job that waits; what
that means is the back-end's business. Whatever comes back, nothing but a `WorkerError`
is raised.
"""

import asyncio
import base64
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
import json
from time import monotonic, time
from typing import Any

import aiohttp
from yarl import URL

from .answers import async_read, decoded, senseless
from .base import (
    WorkerAuthFailed,
    WorkerError,
    WorkerMismatch,
    WorkerRefused,
    WorkerUnreachable,
)

VERSIONS = ("v0.0.38", "v0.0.39", "v0.0.40", "v0.0.41", "v0.0.42")
"""The versions of the API that are understood, in the order in which they are tried."""
TIMEOUT = aiohttp.ClientTimeout(total=10, connect=5)
MAX_ANSWER_BYTES = 64 * 1024 * 1024
"""Some ten thousand jobs."""
MAX_DETAIL = 200

PROMPT_S = 3.0
"""To a token that it does not know the controller says no at once; where there is no
controller, the daemon tries for longer, and ends with the same answer."""

_UNSPECIFIED = -1
_BAD_AUTHENTICATION = 1007

_WAITING = frozenset({"PENDING", "REQUEUED", "REQUEUE_FED", "REQUEUE_HOLD"})
_OVER = frozenset(
    {
        *("BOOT_FAIL", "CANCELLED", "COMPLETED", "DEADLINE", "FAILED", "NODE_FAIL"),
        *("OUT_OF_MEMORY", "PREEMPTED", "REVOKED", "SPECIAL_EXIT", "TIMEOUT"),
    }
)
_ENDING = frozenset({"COMPLETING", "STAGE_OUT"})
_LATER = frozenset({"BeginTime", "Dependency", "DependencyNeverSatisfied"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A job that waits or runs. `cores` of an array are those of all its tasks."""

    number: int
    cores: int
    waits: bool
    held: bool
    reason: str = ""

    @property
    def runs(self) -> bool:
        """Whether it may be using a CPU. To be suspended or stopped is no proof."""
        return not self.waits

    @property
    def is_work(self) -> bool:
        """Whether it runs, or would if it was let."""
        return self.runs or self.held or self.reason not in _LATER


class SlurmClient:
    """One REST daemon, and on whose behalf it is asked."""

    def __init__(
        self, session: aiohttp.ClientSession, url: str, user: str, token: str
    ) -> None:
        """Talk to the daemon at `url`; raises `WorkerUnreachable` for no web address."""
        try:
            self._url = URL(url)
        except ValueError as err:
            raise WorkerUnreachable(f"{url} is not an address") from err
        if self._url.scheme not in ("http", "https") or not self._url.host:
            raise WorkerUnreachable(f"{url} is not an address")
        self._session = session
        self._token = token
        self._headers = {"X-SLURM-USER-NAME": user, "X-SLURM-USER-TOKEN": token}
        self._version: str | None = None

    async def async_partitions(self) -> list[str]:
        """Return the names of all partitions that this user may see."""
        answer = await self._request("GET", "partitions")
        return [_name(partition) for partition in _list(answer, "partitions")]

    async def async_jobs(self, partition: str) -> list[Job]:
        """Return the jobs of a partition that wait or run, the oldest first."""
        answer = await self._request("GET", "jobs")
        found = [
            job
            for told in _list(answer, "jobs")
            if partition in str(told.get("partition", "")).split(",")
            and (job := _job(told)) is not None
        ]
        return sorted(found, key=lambda job: job.number)

    async def async_hold(self, number: int, *, hold: bool) -> None:
        """Hold a job that waits, or release it.

        Raises `WorkerRefused` if it does not wait any more, or is not ours to hold.
        """
        await self._request("POST", "job", str(number), body={"hold": hold})

    async def _request(
        self, method: str, *path: str, body: Mapping[str, Any] | None = None
    ) -> dict[str, Any]:
        known = () if self._version is None else (self._version,)
        for version in (*known, *VERSIONS):
            try:
                answer = await self._ask(method, version, *path, body=body)
            except WorkerMismatch:
                continue
            self._version = version
            return answer
        raise WorkerMismatch("it speaks no version of the API that is known here")

    async def _ask(
        self,
        method: str,
        version: str,
        *path: str,
        body: Mapping[str, Any] | None = None,
    ) -> dict[str, Any]:
        """Return the decoded answer to one request."""
        asked_s = monotonic()
        try:
            async with self._session.request(
                method,
                self._url.joinpath("slurm", version, *path),
                json=body,
                headers=self._headers,
                timeout=TIMEOUT,
                allow_redirects=False,
            ) as response:
                status = response.status
                raw = await async_read(response, MAX_ANSWER_BYTES)
        except TimeoutError as err:
            raise WorkerUnreachable("no answer in time") from err
        except (aiohttp.ClientError, OSError, ValueError) as err:
            raise WorkerUnreachable(f"{err}"[:MAX_DETAIL]) from err
        # A long queue would hold up all of Home Assistant.
        answer = await asyncio.to_thread(decoded, raw)
        errors = answer.get("errors") if isinstance(answer, dict) else None
        if status == HTTPStatus.OK and isinstance(answer, dict) and not errors:
            return answer
        prompt = monotonic() - asked_s < PROMPT_S
        raise self._error(status, errors, prompt=prompt)

    def _error(self, status: int, errors: Any, *, prompt: bool) -> WorkerError:
        """Return what an answer stands for that is none."""
        if status in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN):
            return WorkerAuthFailed("it wants a token")
        if status == HTTPStatus.NOT_FOUND and not errors:
            return WorkerMismatch("it does not know this version of the API")
        if (
            not isinstance(errors, list)
            or not errors
            or not isinstance(errors[0], dict)
        ):
            if status == HTTPStatus.OK:
                return senseless("a JSON object was expected")
            return WorkerUnreachable(f"it answered with status {status}")
        told = errors[0]
        number = told.get("error_number", told.get("errno"))
        words = (told.get("error"), told.get("description"))
        detail = ": ".join(str(word) for word in words if word)[:MAX_DETAIL]
        if number == _BAD_AUTHENTICATION:
            return WorkerAuthFailed(detail)
        if number == _UNSPECIFIED:
            if has_expired(self._token):
                return WorkerAuthFailed("the token has expired")
            if prompt:
                return WorkerAuthFailed("Slurm refuses the token or the user")
            return WorkerUnreachable(f"Slurm's controller does not answer: {detail}")
        # To change an array of jobs, v0.0.38 says that it failed though it did not.
        return WorkerRefused(detail)


def has_expired(token: str) -> bool:
    """Tell whether a token says of itself that its time is over."""
    parts = token.split(".")
    if len(parts) != 3:
        return False
    try:
        claims = json.loads(base64.urlsafe_b64decode(parts[1] + "=="))
        return bool(claims["exp"] <= time())
    except ValueError, TypeError, KeyError, RecursionError:
        return False


def _list(answer: Mapping[str, Any], key: str) -> list[dict[str, Any]]:
    found = answer.get(key)
    if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
        raise senseless(f"it lists no {key}")
    return found


def _name(partition: Mapping[str, Any]) -> str:
    name = partition.get("name")
    if not isinstance(name, str):
        raise senseless("a partition without a name")
    return name


def _job(told: Mapping[str, Any]) -> Job | None:
    """Return a job, None if it is over."""
    states = told.get("job_state")
    states = [states] if isinstance(states, str) else states
    if not isinstance(states, list) or not all(isinstance(one, str) for one in states):
        raise senseless("a job without a state")
    # Newer versions list a state and its flags: one that is over may still be ending.
    if any(state in _OVER for state in states) and not _ENDING.intersection(states):
        return None
    reason = str(told.get("state_reason") or "")
    number, cores = _whole(told, "job_id"), _whole(told, "cpus")
    waits = bool(states) and all(state in _WAITING for state in states)
    return Job(
        number=number,
        cores=cores
        * (_tasks(str(told.get("array_task_string") or "")) if waits else 1),
        waits=waits,
        held=waits and _whole(told, "priority") == 0,
        reason=reason,
    )


def _whole(told: Mapping[str, Any], key: str) -> int:
    """Return a number, which newer versions wrap up."""
    value = told.get(key)
    if isinstance(value, dict):
        value = value.get("number")
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise senseless(f"{key} is not a whole number")
    return value


def _tasks(text: str) -> int:
    """Return how many tasks an array has that reads like "1-9:2,12%4"; at least 1."""
    listed, _, most = text.partition("%")
    count = 0
    for part in filter(None, listed.split(",")):
        ends, _, step = part.partition(":")
        first, _, last = ends.partition("-")
        try:
            count += len(range(int(first), int(last or first) + 1, int(step or 1)))
        except ValueError:
            # It is cut short where it is long.
            count += 1000
    limit = int(most) if most.isdecimal() else 0
    return max(1, min(count, limit) if limit else count)
