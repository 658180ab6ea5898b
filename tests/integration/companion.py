"""The real companion service as a process of its own, and a liar in its place."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
import signal
import socket
import subprocess
import sys
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestServer
from homeassistant.core import HomeAssistant

from custom_components.solar_compute.workers import create_backend
from custom_components.solar_compute.workers.agent import AgentBackend
from custom_components.solar_compute.workers.base import Backend

TOKEN = "a-token-of-16-characters"
WRONG_TOKEN = "a-token-of-somebody-else"

CONFIGURATION = """
[server]
port = {port}
pause_method = "signal"
{server}

[power]
source = "declared"
{workers}
"""
WORKERS = """
[workers.cruncher]
command = ["sleep", "1000"]
levels = [{watts = 60, cpu_share = 0.5}, {watts = 120, cpu_share = 1.0}]

[workers.one_shot]
command = ["sleep", "0.3"]
levels = [{watts = 60}]

[workers.broken]
command = ["sh", "-c", "exit 3"]
levels = [{watts = 60}]

[workers.rested]
command = ["sleep", "1000"]
levels = [{watts = 60}]
max_run_s = 1
rest_s = 600
"""


class Companion:
    """A companion service that can be started, frozen and killed."""

    def __init__(
        self,
        folder: Path,
        *,
        token: str | None = None,
        paired: bool = False,
        workers: str = WORKERS,
    ) -> None:
        """Write its configuration; nothing is started.

        `paired`: it has a certificate and lets only paired clients in, as if it were
        on another machine.
        """
        with socket.create_server(("127.0.0.1", 0)) as listener:
            self.port = listener.getsockname()[1]
        self.state = folder / "state"
        self._scheme = "https" if paired else "http"
        self._file = folder / "worker.toml"
        server = "" if token is None else f'token = "{token}"\n'
        server += "tls = true\nrequire_token = true\n" if paired else ""
        self._file.write_text(
            CONFIGURATION.format(port=self.port, server=server, workers=workers)
        )
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Where it is reached."""
        return f"{self._scheme}://127.0.0.1:{self.port}"

    async def tell(self, *command: str) -> str:
        """Run the service's command line; return what it prints."""
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "solar_compute_worker", command[0]),
            *("--config", str(self._file), *command[1:]),
            stdout=subprocess.PIPE,
        )
        told, _ = await process.communicate()
        assert process.returncode == 0
        return told.decode()

    async def code(self) -> str:
        """Have a code for pairing shown."""
        return (await self.tell("pair")).split()[1]

    async def fingerprint(self) -> str:
        """Return the fingerprint that the service's command line shows."""
        return (await self.tell("show")).partition("fingerprint ")[2].split()[0]

    @property
    def runs(self) -> bool:
        """Whether it was started and has not ended."""
        return self._process is not None and self._process.poll() is None

    async def start(self) -> None:
        """Start it and wait until it listens."""
        self._spawn()
        async with asyncio.timeout(30):
            while True:
                try:
                    _, writer = await asyncio.open_connection("127.0.0.1", self.port)
                except OSError:
                    await asyncio.sleep(0.05)
                else:
                    writer.close()
                    return

    def freeze(self) -> None:
        """Keep it from answering."""
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let it answer again."""
        self._signal(signal.SIGCONT)

    def kill(self) -> None:
        """End it at once, as a power cut would."""
        if self._process is not None and self.runs:
            self._signal(signal.SIGKILL)
            self._process.wait()

    def _spawn(self) -> None:
        self._process = subprocess.Popen(
            [
                *(sys.executable, "-m", "solar_compute_worker"),
                *("serve", "--config", str(self._file)),
            ],
            stderr=subprocess.DEVNULL,
        )

    def _signal(self, number: signal.Signals) -> None:
        assert self._process is not None
        self._process.send_signal(number)


@asynccontextmanager
async def liar(answer: web.StreamResponse | bytes | None) -> AsyncIterator[str]:
    """Serve the same answer to everything: bytes are sent raw, None hangs up."""

    async def handle(request: web.Request) -> web.StreamResponse:
        if isinstance(answer, web.Response):
            return web.Response(
                status=answer.status, body=answer.body, headers=answer.headers
            )
        assert request.transport is not None
        if isinstance(answer, bytes):
            request.transport.write(answer)
        request.transport.close()
        return web.Response()

    application = web.Application()
    application.router.add_route("*", "/{path:.*}", handle)
    server = TestServer(application)
    await server.start_server()
    try:
        yield f"http://127.0.0.1:{server.port}"
    finally:
        await server.close()


@asynccontextmanager
async def service_of_old(
    status: Mapping[str, Any],
) -> AsyncIterator[tuple[str, list[dict[str, Any]]]]:
    """Serve a worker that refuses the key `urgent`; yields its address and all wishes."""
    wishes: list[dict[str, Any]] = []

    async def desire(request: web.Request) -> web.Response:
        wishes.append(await request.json())
        if "urgent" in wishes[-1]:
            refusal = {"error": "bad_request", "message": "'urgent' is not known."}
            return web.json_response(refusal, status=400)
        return web.json_response(dict(status))

    application = web.Application()
    application.router.add_put("/v1/workers/cruncher/desired", desire)
    server = TestServer(application)
    await server.start_server()
    try:
        yield f"http://127.0.0.1:{server.port}", wishes
    finally:
        await server.close()


def backend(
    hass: HomeAssistant,
    url: str,
    *,
    worker: str = "cruncher",
    token: str | None = None,
    controller: str = "home",
) -> Backend:
    """Return the back-end for a worker, as it comes from the configuration."""
    config = AgentBackend(url=url, token=token, worker=worker, lease_s=60)
    return create_backend(hass, config, controller=controller)
