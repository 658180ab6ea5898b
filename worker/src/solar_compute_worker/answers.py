"""What all parts of the HTTP API share: errors as JSON, and bodies with a limit.

May import aiohttp; it must never know what a request is about.
"""

import asyncio
from collections.abc import Awaitable, Callable

from aiohttp import hdrs, web

MAX_BODY_BYTES = 4096
READ_TIMEOUT_S = 10.0

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


async def read_body(request: web.Request) -> bytes:
    """Return a body. Raises ApiError if it takes too long, HTTPException if too large."""
    try:
        async with asyncio.timeout(READ_TIMEOUT_S):
            return await request.read()
    except TimeoutError as error:
        raise ApiError(408, "timeout", "The body took too long to arrive.") from error


@web.middleware
async def errors_as_json(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Answer every error with a code and a sentence."""
    try:
        return await handler(request)
    except ApiError as error:
        response = web.json_response(error.body, status=error.status)
        if error.status == 401:
            response.headers[hdrs.WWW_AUTHENTICATE] = "Bearer"
        return response
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
