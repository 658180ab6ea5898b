"""Slurm's REST daemon in memory, and liars in its place. The real one is in tests/workers."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestServer

TOKEN = "a.good.token"
UNSPECIFIED = {"error": "Unspecified error", "error_number": -1}


def job(number: int, state: Any = "PENDING", **told: Any) -> dict[str, Any]:
    """Return a job as version v0.0.38 words it."""
    return {
        "job_id": number,
        "job_state": state,
        "state_reason": "None",
        "partition": "solar",
        "priority": 1000,
        "cpus": 1,
        "array_task_string": "",
        **told,
    }


def held(number: int, **told: Any) -> dict[str, Any]:
    """Return a job that waits to be released."""
    return job(number, priority=0, state_reason="JobHeldUser", **told)


class SlurmInMemory:
    """A cluster whose jobs do nothing by themselves.

    `lies` replaces the answer to a request, by the end of its path: a status and JSON
    or raw bytes. `version` is the one that it speaks.
    """

    def __init__(self) -> None:
        self.port = 0
        self.version = "v0.0.38"
        self.jobs: list[dict[str, Any]] = []
        self.partitions = ["solar", "others"]
        self.lies: dict[str, tuple[int, Any]] = {}
        self.changed: list[tuple[int, bool]] = []

    @property
    def url(self) -> str:
        """Where it is reached."""
        return f"http://127.0.0.1:{self.port}"

    async def answer(self, request: web.Request) -> web.Response:
        """Answer one request."""
        if "X-SLURM-USER-TOKEN" not in request.headers:
            return web.Response(status=401, text="Authentication failure")
        version, _, path = request.match_info["path"].partition("/")
        if version != self.version:
            return web.Response(status=404, text="Unable find requested URL")
        if request.headers["X-SLURM-USER-TOKEN"] != TOKEN:
            return web.json_response({"errors": [UNSPECIFIED]}, status=500)
        for end, (status, lie) in self.lies.items():
            if path.endswith(end):
                if isinstance(lie, bytes):
                    return web.Response(status=status, body=lie)
                return web.json_response(lie, status=status)
        if path == "jobs":
            return web.json_response({"jobs": self.jobs, "errors": []})
        if path == "partitions":
            listed = [{"name": name} for name in self.partitions]
            return web.json_response({"partitions": listed, "errors": []})
        return await self._change(int(path.rpartition("/")[2]), request)

    async def _change(self, number: int, request: web.Request) -> web.Response:
        hold = (await request.json())["hold"]
        self.changed.append((number, hold))
        for told in self.jobs:
            if told["job_id"] == number:
                told["priority"] = 0 if hold else 1000
        return web.json_response({"errors": []})


@asynccontextmanager
async def slurm_daemon() -> AsyncIterator[SlurmInMemory]:
    """Run a daemon on loopback."""
    daemon = SlurmInMemory()
    application = web.Application()
    application.router.add_route("*", "/slurm/{path:.*}", daemon.answer)
    server = TestServer(application)
    await server.start_server()
    assert server.port is not None
    daemon.port = server.port
    try:
        yield daemon
    finally:
        await server.close()
