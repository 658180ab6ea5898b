"""The HTTP API, version 1, as docs/worker-service.md describes it.

May import aiohttp. It must never pass anything from a request on but a checked Command,
and answers every bad one with a 4xx, a code and a sentence.
"""

import asyncio
from collections.abc import Awaitable, Callable
import hmac
import re
import socket

from aiohttp import hdrs, web

from . import __version__, clock, metrics
from .lease import RefusedError
from .service import Service
from .spec import is_loopback
from .wire import BadRequestError, parse_command
from .worker import Worker

API_VERSION = 1
MAX_BODY_BYTES = 4096
READ_TIMEOUT_S = 10.0
CONFIRM_S = 1.0
"""How long an answer waits for the worker to do what it was told."""

_SERVICE = web.AppKey("service", Service)

# What aiohttp refuses by itself, in our words.
_SENTENCES = {
    404: ("not_found", "There is nothing at this path."),
    405: ("method_not_allowed", "This path does not take that method."),
    413: ("too_large", f"The body may have at most {MAX_BODY_BYTES} bytes."),
}

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class ApiError(Exception):
    """An answer that is an error: a status, a code for programs, a sentence."""

    def __init__(self, status: int, code: str, message: str, **more: object) -> None:
        """Keep what to answer; `more` are further keys."""
        super().__init__(message)
        self.status = status
        self.body = {"error": code, "message": message, **more}


def create_app(service: Service) -> web.Application:
    """Return the application that answers for a service."""
    app = web.Application(
        middlewares=[_errors_as_json, _only_the_entitled],
        client_max_size=MAX_BODY_BYTES,
    )
    app[_SERVICE] = service
    app.add_routes(
        [
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
    try:
        async with asyncio.timeout(READ_TIMEOUT_S):
            body = await request.read()
    except TimeoutError as error:
        raise ApiError(408, "timeout", "The body took too long to arrive.") from error
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


@web.middleware
async def _errors_as_json(request: web.Request, handler: Handler) -> web.StreamResponse:
    try:
        return await handler(request)
    except ApiError as error:
        return web.json_response(error.body, status=error.status)
    except web.HTTPException as error:
        code, message = _SENTENCES.get(
            error.status, ("bad_request", "The request cannot be understood.")
        )
        response = web.json_response(
            {"error": code, "message": message}, status=error.status
        )
        if hdrs.ALLOW in error.headers:
            response.headers[hdrs.ALLOW] = error.headers[hdrs.ALLOW]
        return response


@web.middleware
async def _only_the_entitled(
    request: web.Request, handler: Handler
) -> web.StreamResponse:
    """Let nobody through whom the user did not let in, and no web page at all."""
    if hdrs.ORIGIN in request.headers:
        raise ApiError(403, "cross_origin", "Web pages may not use this service.")
    token = request.app[_SERVICE].config.server.token
    if token is None:
        # A web page can make its own name point to this machine ("DNS rebinding").
        if not _is_this_machine(request.headers.get(hdrs.HOST, "")):
            raise ApiError(
                403, "unknown_host", "Without a token, only a loopback address will do."
            )
    elif not hmac.compare_digest(
        request.headers.get(hdrs.AUTHORIZATION, "").encode(errors="replace"),
        f"Bearer {token}".encode(),
    ):
        response = web.json_response(
            {
                "error": "unauthorized",
                "message": 'The header "Authorization: Bearer TOKEN" must be right.',
            },
            status=401,
        )
        response.headers[hdrs.WWW_AUTHENTICATE] = "Bearer"
        return response
    return await handler(request)


def _is_this_machine(host: str) -> bool:
    """Return whether a Host header names this machine by a loopback address."""
    bracketed = re.fullmatch(r"\[(.*)\](:\d+)?", host)
    return is_loopback(bracketed[1] if bracketed else host.partition(":")[0].lower())
