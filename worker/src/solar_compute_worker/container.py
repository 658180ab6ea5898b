"""A container of Docker or Podman on this machine, through the Engine API.

May import aiohttp. It talks to a local socket only, and must never touch a container
that does not carry the opt-in label, nor make or remove one.
"""

from collections.abc import Mapping
import json
from pathlib import Path
import sys
from typing import Any

from aiohttp import ClientError, ClientSession, ClientTimeout, UnixConnector

from . import hold
from .daemon import Activity, OutsideError, Sight
from .spec import ContainerSpec, WorkerSpec

ANSWER_S = 10.0
"""How long the engine may take for anything but ending a container."""

_OVER = ("created", "configured", "initialized", "exited", "stopped", "dead")
_CHANGING = ("restarting", "stopping", "removing")


class Container:
    """One container, by its name or id; whoever has that name now is meant."""

    def __init__(self, spec: ContainerSpec, worker: WorkerSpec) -> None:
        """Take which container, and for which worker; nothing is connected."""
        self._spec = spec
        self._worker = worker.name
        self._cpus = worker.cpus
        self._throttles = any(level.cpu_share < 1 for level in worker.levels)
        self._nano_cpus: object = None
        self._session: ClientSession | None = None
        self.hold_command = (
            *(sys.executable, "-I", "-S", str(Path(hold.__file__))),
            *("container", str(spec.socket), spec.name, worker.name),
        )

    async def look(self) -> Sight:
        """Return what the container does, and remember its CPU limit."""
        status, answer = await self._ask("GET", "/json")
        name = self._spec.name
        if status == 404:
            return Sight(Activity.GONE, f"there is no container {name}")
        if status != 200:
            raise _refused(status, answer)
        try:
            if not hold.opted_in(answer["Config"]["Labels"], self._worker):
                wanted = f"{hold.LABEL}={self._worker}"
                return Sight(
                    Activity.GONE, f"container {name} has no label {wanted} or =true"
                )
            self._nano_cpus = answer["HostConfig"].get("NanoCpus")
            return _sight(answer["State"])
        except (LookupError, TypeError, ValueError, AttributeError) as error:
            raise OutsideError("the engine's answer makes no sense") from error

    async def start(self) -> None:
        """Start the container."""
        await self._do("start")

    async def freeze(self) -> None:
        """Pause the container."""
        await self._do("pause")

    async def thaw(self) -> None:
        """Let the container go on."""
        await self._do("unpause")

    async def end(self, grace_s: float) -> None:
        """Stop the container: its stop signal, and SIGKILL after so many seconds."""
        await self._do("stop", {"t": f"{grace_s:.0f}"}, ANSWER_S + grace_s)

    async def throttle(self, share: float) -> None:
        """Limit the container's CPU time, if any level does; Docker only."""
        wanted = round(share * self._cpus * 1e9)
        if not self._throttles or self._nano_cpus == wanted:
            return
        status, answer = await self._ask("POST", "/update", body={"NanoCpus": wanted})
        if status == 404:
            raise OutsideError(
                "this engine (Podman?) cannot limit CPU time: no cpu_share"
            )
        if status != 200:
            raise _refused(status, answer)

    async def close(self) -> None:
        """Close the connection."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def _do(
        self,
        action: str,
        query: Mapping[str, str] | None = None,
        patience_s: float = ANSWER_S,
    ) -> None:
        status, answer = await self._ask(
            "POST", f"/{action}", query=query, patience_s=patience_s
        )
        # 304: it was already so.
        if status not in (200, 204, 304):
            raise _refused(status, answer)

    async def _ask(
        self,
        method: str,
        what: str,
        *,
        query: Mapping[str, str] | None = None,
        body: Mapping[str, object] | None = None,
        patience_s: float = ANSWER_S,
    ) -> tuple[int, Any]:
        if self._session is None:
            self._session = ClientSession(
                connector=UnixConnector(str(self._spec.socket))
            )
        try:
            async with self._session.request(
                method,
                f"http://localhost/containers/{self._spec.name}{what}",
                params=query,
                json=body,
                timeout=ClientTimeout(total=patience_s),
            ) as response:
                answer = await response.read()
                # Not every refusal has a body that is JSON.
                sensible = answer and response.status == 200
                return response.status, json.loads(answer) if sensible else answer
        except (ClientError, TimeoutError, ValueError, OSError) as error:
            problem = f"the engine at {self._spec.socket} does not answer"
            raise OutsideError(
                f"{problem}: {error}" if str(error) else problem
            ) from error


def _sight(state: Mapping[str, Any]) -> Sight:
    status = state["Status"]
    if state["Paused"]:
        return Sight(Activity.FROZEN, pid=int(state["Pid"]))
    if status in _CHANGING:
        return Sight(Activity.CHANGING)
    if state["Running"]:
        return Sight(Activity.RUNNING, pid=int(state["Pid"]))
    if status not in _OVER:
        raise OutsideError(f"the container is {status!s:.40}")
    code = state["ExitCode"]
    return Sight(Activity.ENDED, f"exit status {code}" if code else "")


def _refused(status: int, answer: Any) -> OutsideError:
    try:
        said = json.loads(answer)["message"]
    except (ValueError, LookupError, TypeError):
        said = f"status {status}"
    return OutsideError(f"the engine refused: {said!s:.150}")
