"""A container engine in memory, and liars in its place. Real ones are in tests/workers."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
import json
from pathlib import Path
from typing import Any

from aiohttp import web

from custom_components.solar_compute.workers.docker import DockerBackend, DockerWorker

LABELS = {"solar-compute": "true"}


class EngineInMemory:
    """An engine with the container "crunch", which obeys unless it is told to lie.

    `container` is the answer to an inspection. `lies` replaces the answer to a request,
    by the last part of its path: with a status and a body (text, raw bytes or what is
    made into JSON), or None for hanging up instead. `silent` never answers.
    """

    def __init__(self, socket: Path) -> None:
        self.address = f"unix://{socket}"
        self.container = inspection()
        self.podman = False
        self.lies: dict[str, tuple[int, Any] | None] = {}
        self.silent = False
        self.open = 0
        self.asked: list[str] = []

    @property
    def state(self) -> dict[str, Any]:
        """The state in the inspection."""
        state: dict[str, Any] = self.container["State"]
        return state

    @property
    def commands(self) -> list[str]:
        """What it was told to do, in order."""
        return [what for what in self.asked if what not in ("json", "_ping", "info")]

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """Answer one request."""
        self.open += 1
        try:
            if self.silent:
                await asyncio.Event().wait()
            what = request.path.rpartition("/")[2]
            self.asked.append(what)
            if what not in self.lies:
                return await self._answer(what, request)
            if (lie := self.lies[what]) is None:
                assert request.transport is not None
                request.transport.abort()
                return web.Response()
            status, body = lie
            return _response(status, body)
        finally:
            self.open -= 1

    async def _answer(self, what: str, request: web.Request) -> web.Response:
        match what:
            case "_ping":
                libpod = {"Libpod-API-Version": "4.3.1"} if self.podman else {}
                return web.Response(
                    text="OK", headers={"Api-Version": "1.41", **libpod}
                )
            case "info":
                return web.json_response({"NCPU": 8, "Name": "crunchbox"})
            case "json" if request.path.endswith("containers/json"):
                return web.json_response([{"Id": "c1", "Names": ["/crunch"]}])
            case "json":
                return web.json_response(self.container)
            case "pause":
                self.become("paused")
            case "unpause":
                self.become("running")
            case "start":
                self.become("running", StartedAt=f"start {len(self.asked)}")
            case "stop":
                self.become("exited", ExitCode=0)
            case "update":
                self.container["HostConfig"].update(await request.json())
                return web.json_response({"Warnings": None})
        return web.Response(status=204)

    def become(self, status: str, **state: Any) -> None:
        """Have the container be in another state."""
        self.container["State"] = {**self.state, **described(status), **state}


def described(status: str) -> dict[str, Any]:
    """Return a state as an engine describes it."""
    return {
        "Status": status,
        "Running": status in ("running", "paused", "restarting"),
        "Paused": status == "paused",
        "Restarting": status == "restarting",
        "Pid": 7 if status in ("running", "paused", "stopping") else 0,
    }


def inspection(status: str = "running", **state: Any) -> dict[str, Any]:
    """Return the answer to an inspection of the container."""
    began = "2026-06-01T10:00:00Z"
    rest = {"ExitCode": 0, "OOMKilled": False, "StartedAt": began}
    return {
        "Id": "c1",
        "Name": "/crunch",
        "State": {**described(status), **rest, **state},
        "Config": {"Labels": LABELS},
        "HostConfig": {"NanoCpus": 0},
    }


def _response(status: int, body: Any) -> web.Response:
    if isinstance(body, str):
        return web.Response(status=status, text=body)
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return web.Response(
        status=status, body=raw, headers={"Content-Type": "application/json"}
    )


def backend(engine: EngineInMemory, **settings: Any) -> DockerWorker:
    """Return the back-end for its container."""

    async def bring_library() -> None:
        """Find it installed."""

    known = {"address": engine.address, "container": "crunch"}
    return DockerWorker(DockerBackend(**{**known, **settings}), bring_library)


@asynccontextmanager
async def engine_in_memory(folder: Path) -> AsyncIterator[EngineInMemory]:
    """Serve an engine on a socket in a folder."""
    engine = EngineInMemory(folder / "engine.sock")
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", engine.serve)
    runner = web.AppRunner(app, shutdown_timeout=0.1, handler_cancellation=True)
    await runner.setup()
    await web.UnixSite(runner, str(folder / "engine.sock")).start()
    try:
        yield engine
    finally:
        await runner.cleanup()
