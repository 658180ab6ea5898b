"""Whoever answers in a service's place, with a certificate of his own."""

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from pathlib import Path
import threading
from typing import Any

import aiohttp
from aiohttp import web

from solar_compute_worker.certificate import (
    ensure_certificate,
    fingerprint,
    shown,
    tls_context,
)
from solar_compute_worker.state_folder import StateFolder


class Impostor:
    """Hears all that is said to it, and passes it on to the real service if it can."""

    def __init__(self, fingerprint: str, real: str | None) -> None:
        self.url = ""
        self.fingerprint = shown(fingerprint)
        self.heard: list[tuple[str, str | None]] = []
        """The path and the credentials of each request."""
        self._real = real

    async def answer(self, request: web.Request) -> web.Response:
        self.heard.append((request.path, request.headers.get("Authorization")))
        if self._real is None:
            return web.json_response({"error": "unauthorized"}, status=401)
        async with (
            aiohttp.ClientSession() as session,
            session.request(
                request.method,
                self._real + request.path,
                data=await request.read(),
                headers={
                    key: value
                    for key, value in request.headers.items()
                    if key in ("Authorization", "Content-Type")
                },
                ssl=False,
            ) as response,
        ):
            return web.Response(
                status=response.status,
                body=await response.read(),
                content_type="application/json",
            )

    @property
    def tokens(self) -> set[str]:
        """What anybody showed to it."""
        return {shown for _, shown in self.heard if shown is not None}


@asynccontextmanager
async def impostor(
    folder: Path, *, port: int = 0, real: str | None = None
) -> AsyncIterator[Impostor]:
    """Answer at a port, with a certificate that is kept in a folder.

    In a thread of its own: Home Assistant's loop must not see how connections break off.
    """
    state = StateFolder(folder)
    await asyncio.to_thread(ensure_certificate, state)
    liar = Impostor(fingerprint(state) or "", real)
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()

    async def begin() -> web.AppRunner:
        application = web.Application()
        application.router.add_route("*", "/{path:.*}", liar.answer)
        runner = web.AppRunner(application, shutdown_timeout=1)
        await runner.setup()
        context = tls_context(state)
        await web.TCPSite(runner, "127.0.0.1", port, ssl_context=context).start()
        liar.url = f"https://127.0.0.1:{runner.addresses[0][1]}"
        return runner

    async def there[T](what: Coroutine[Any, Any, T]) -> T:
        return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(what, loop))

    runner = await there(begin())
    try:
        yield liar
    finally:
        await there(runner.cleanup())
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()
