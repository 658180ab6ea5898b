"""One visit to a Docker or Podman engine: connect, ask and tell, hang up.

Through aiodocker, which is imported only after `libraries` has brought it. Whatever comes
back, nothing but a `WorkerError` is raised.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from http import HTTPStatus
import json
import re
from typing import TYPE_CHECKING, Any, Final, override

import aiohttp

from .answers import senseless
from .base import WorkerAuthFailed, WorkerError, WorkerRefused, WorkerUnreachable
from .docker_state import LABEL, LABEL_VALUE, Container
from .docker_way import async_way, is_about_permission

if TYPE_CHECKING:
    from aiodocker import Docker

REQUIREMENT: Final = "aiodocker==0.27.0"
TIMEOUT_S = 10.0
MAX_ANSWER_BYTES = 4_194_304
MAX_DETAIL = 200

_FORBIDDEN = (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN)
_VERSION = re.compile(r"\d+\.\d+")
_NAME = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9_.-]*")
_NO_CONNECTION = 900
"""The status that aiodocker makes up where there was no answer."""

_NONSENSE = (
    aiohttp.ClientError,
    AttributeError,
    LookupError,
    OSError,
    RecursionError,
    TypeError,
    ValueError,
)
"""What aiodocker lets through when an answer is not what it expects."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineFacts:
    """What an engine says of itself and its machine."""

    machine: str
    cpus: int
    is_podman: bool


class Engine:
    """An engine that we are connected to.

    `is_podman`: it speaks like Docker, but cannot do all.
    """

    def __init__(self, docker: Docker, *, is_podman: bool) -> None:
        """Speak through a client of aiodocker."""
        self.is_podman = is_podman
        self._docker = docker

    async def async_container(self, name: str) -> Container:
        """Return the container of that name."""
        found = await _ask(self._docker.containers.container(name).show())
        container = Container.read(found)
        if container.name != name:
            # The engine takes the beginning of an id for a name, too.
            raise WorkerUnreachable(f"there is no container named {name}")
        return container

    async def async_offered(self) -> list[str]:
        """Return the names of all containers with our label."""
        filters = json.dumps({"label": [f"{LABEL}={LABEL_VALUE}"]})
        found = await _ask(self._docker.containers.list(all="true", filters=filters))
        names = [container["Names"] for container in found if "Names" in container]
        return sorted(
            own
            for several in names
            if isinstance(several, list)
            for name in several
            if isinstance(name, str) and _NAME.fullmatch(own := name.removeprefix("/"))
        )

    async def async_facts(self) -> EngineFacts:
        """Return what it says of itself."""
        info = _object(await _ask(self._docker.system.info()))
        cpus, machine = info.get("NCPU"), info.get("Name")
        if not isinstance(cpus, int) or not isinstance(machine, str):
            raise senseless("it does not tell its machine")
        return EngineFacts(
            machine=machine[:MAX_DETAIL],
            cpus=cpus,
            is_podman=self.is_podman,
        )

    async def async_pause(self, container: Container) -> None:
        """Freeze all that runs in it."""
        await _tell(self._docker.containers.container(container.id).pause())

    async def async_unpause(self, container: Container) -> None:
        """Thaw what was frozen."""
        await _tell(self._docker.containers.container(container.id).unpause())

    async def async_start(self, container: Container) -> None:
        """Start it again."""
        await _tell(self._docker.containers.container(container.id).start())

    async def async_stop(self, container: Container, grace_s: float) -> None:
        """Have it end, kill it if it has not after `grace_s`; return when it is over.

        Podman, left to itself, gives a container no time that does not ask for it.
        """
        found = self._docker.containers.container(container.id)
        await _tell(found.stop(t=round(grace_s)))

    async def async_limit(self, container: Container, cpus: float) -> None:
        """Let it use so many CPUs; all its other limits stay."""
        await _tell(self._async_update(container, {"NanoCpus": round(cpus * 1e9)}))

    async def _async_update(
        self, container: Container, changes: dict[str, int]
    ) -> None:
        docker = self._docker
        url = f"{docker.docker_host}/{docker.api_version}/containers/{container.id}/update"
        async with docker.session.post(url, json=changes) as response:
            if response.status != HTTPStatus.OK:
                told = _object(await response.json())
                raise WorkerRefused(str(told.get("message"))[:MAX_DETAIL])


class EngineSaidNo(WorkerUnreachable):
    """The engine answered with an error."""


@asynccontextmanager
async def visit(address: str, certificates: str | None) -> AsyncIterator[Engine]:
    """Connect to the engine at an address that `cleaned` has returned.

    `certificates` is the folder with `ca.pem`, `cert.pem` and `key.pem`, for TCP.
    Raises `WorkerUnreachable` for whatever goes wrong on the way, and
    `WorkerAuthFailed` where it is the permission that is missing.
    """
    from aiodocker import Docker

    connector, url = await async_way(address, certificates)
    async with aiohttp.ClientSession(
        connector=connector,
        response_class=_ShortResponse,
        timeout=aiohttp.ClientTimeout(total=None),
    ) as session:
        try:
            async with asyncio.timeout(TIMEOUT_S):
                version, is_podman = await _ask(_async_greet(session, url))
                docker = Docker(
                    url=url,
                    connector=connector,
                    session=session,
                    api_version=version,
                )
                yield Engine(docker, is_podman=is_podman)
        except TimeoutError as err:
            raise WorkerUnreachable("no answer in time") from err


async def _async_greet(session: aiohttp.ClientSession, url: str) -> tuple[str, bool]:
    """Return the version of its API, and whether it is Podman.

    Cheaper than to ask for its version, for which Podman starts two programs.
    """
    async with session.get(f"{url}/_ping") as response:
        version = response.headers.get("Api-Version", "")
        if response.status in _FORBIDDEN:
            raise WorkerAuthFailed(f"It answered with status {response.status}.")
        if response.status != HTTPStatus.OK or not _VERSION.fullmatch(version):
            raise senseless("it does not tell its version")
        return f"v{version}", "Libpod-API-Version" in response.headers


class _ShortResponse(aiohttp.ClientResponse):
    """A response whose body may not be longer than any that makes sense."""

    @override
    async def read(self) -> bytes:
        """Read the body, and give up on one that is too long."""
        if self._body is None:
            parts: list[bytes] = []
            size = 0
            async for part in self.content.iter_any():
                size += len(part)
                if size > MAX_ANSWER_BYTES:
                    self.close()
                    raise ValueError("it is too long")
                parts.append(part)
            self._body = b"".join(parts)
        return self._body


async def _ask[T](answer: Awaitable[T]) -> T:
    """Return an answer, or raise the error that it stands for."""
    from aiodocker import DockerError

    try:
        return await answer
    except WorkerError:
        raise
    except DockerError as err:
        if err.status == _NO_CONNECTION:
            raise _no_connection(err.__context__ or err) from err
        detail = str(err.message)[:MAX_DETAIL]
        if err.status in _FORBIDDEN:
            raise WorkerAuthFailed(detail) from err
        raise EngineSaidNo(detail) from err
    except aiohttp.ClientConnectionError as err:
        raise _no_connection(err) from err
    except _NONSENSE as err:
        raise senseless(f"{err}"[:MAX_DETAIL]) from err


async def _tell(command: Awaitable[None]) -> None:
    """Give a command. A no is `WorkerRefused`, with the engine's own words."""
    try:
        await _ask(command)
    except EngineSaidNo as err:
        raise WorkerRefused(str(err)) from err


def _no_connection(error: BaseException) -> WorkerError:
    detail = str(getattr(error, "os_error", None) or error)[:MAX_DETAIL]
    if is_about_permission(error):
        return WorkerAuthFailed(f"{detail}.")
    return WorkerUnreachable(detail)


def _object(answer: Any) -> dict[str, Any]:
    if not isinstance(answer, dict):
        raise senseless("a JSON object was expected")
    return answer
