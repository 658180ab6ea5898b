"""The HTTP API, version 1, as docs/worker-api.md describes it.

May import aiohttp. It must never pass anything from a request on but a checked Command,
and answers every bad one with a 4xx, a code and a sentence.
"""

import asyncio
import socket

from aiohttp import hdrs, web

from . import __version__, clock, metrics
from .access import Access
from .answers import MAX_BODY_BYTES, ApiError, errors_as_json, read_body
from .lease import RefusedError
from .service import Service
from .wire import BadRequestError, parse_command
from .worker import Worker

API_VERSION = 1
CONFIRM_S = 1.0
"""How long an answer waits for the worker to do what it was told."""

_SERVICE = web.AppKey("service", Service)
_ACCESS = web.AppKey("access", Access)


def create_app(service: Service, fingerprint: str | None = None) -> web.Application:
    """Return the application that answers for a service.

    `fingerprint` is that of the certificate which it is served with, if any.
    """
    access = Access(service.config.server, fingerprint)
    app = web.Application(
        middlewares=[errors_as_json, access.only_the_entitled],
        client_max_size=MAX_BODY_BYTES,
    )
    app[_SERVICE] = service
    app[_ACCESS] = access
    app.add_routes(
        [
            *access.routes,
            web.get("/v1/health", _health),
            web.get("/metrics", _metrics),
            web.get("/v1/workers", _list),
            web.get("/v1/workers/{name}", _show),
            web.put("/v1/workers/{name}/desired", _desire),
        ]
    )
    return app


async def _health(request: web.Request) -> web.Response:
    service = request.app[_SERVICE]
    return web.json_response(
        {
            "api": API_VERSION,
            "version": __version__,
            "name": socket.gethostname(),
            "id": request.app[_ACCESS].identity,
            "uptime_s": round(clock.now() - service.started_at, 1),
        }
    )


async def _metrics(request: web.Request) -> web.Response:
    now = clock.now()
    workers = request.app[_SERVICE].workers.values()
    text = metrics.exposition(worker.status(now) for worker in workers)
    return web.Response(
        body=text.encode(), headers={hdrs.CONTENT_TYPE: metrics.CONTENT_TYPE}
    )


async def _list(request: web.Request) -> web.Response:
    now = clock.now()
    workers = request.app[_SERVICE].workers.values()
    return web.json_response([worker.status(now) for worker in workers])


async def _show(request: web.Request) -> web.Response:
    return web.json_response(_worker(request).status(clock.now()))


async def _desire(request: web.Request) -> web.Response:
    worker = _worker(request)
    body = await read_body(request)
    try:
        worker.command(parse_command(body, len(worker.spec.levels)), clock.now())
    except BadRequestError as error:
        raise ApiError(400, "bad_request", str(error)) from error
    except RefusedError as error:
        raise ApiError(
            503 if error.code in ("shutting_down", "falling_asleep") else 409,
            error.code,
            error.message,
            generation=worker.lease.generation,
            controller=worker.lease.controller,
        ) from error
    deadline = clock.now() + CONFIRM_S
    while not worker.reached and clock.now() < deadline:
        await asyncio.sleep(0.02)
    return web.json_response(worker.status(clock.now()))


def _worker(request: web.Request) -> Worker:
    name = request.match_info["name"]
    worker = request.app[_SERVICE].workers.get(name)
    if worker is None:
        raise ApiError(404, "unknown_worker", f"There is no worker named {name!r}.")
    return worker
