"""What the clients of several kinds of workers do alike with an answer.

No I/O but reading a body; it must never take one that is longer than any that makes
sense.
"""

import json
from typing import Any

import aiohttp

from .base import WorkerUnreachable


def senseless(detail: str) -> WorkerUnreachable:
    """Return the error for an answer that makes no sense."""
    return WorkerUnreachable(f"its answer makes no sense: {detail}")


async def async_read(response: aiohttp.ClientResponse, most_bytes: int) -> bytes:
    """Return a body. Raises `WorkerUnreachable` if it is longer than that."""
    parts: list[bytes] = []
    size = 0
    async for part in response.content.iter_any():
        size += len(part)
        if size > most_bytes:
            raise senseless("its answer is too long")
        parts.append(part)
    return b"".join(parts)


def decoded(raw: bytes) -> Any:
    """Return what is in a body of JSON; None for anything else."""
    try:
        return json.loads(raw)
    except ValueError, RecursionError:
        return None
