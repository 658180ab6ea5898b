"""Waiting for what real programs take their time for. Standard library only."""

import asyncio
from collections.abc import Awaitable, Callable
import time
from typing import Any


async def until(
    what: str, condition: Callable[[], Awaitable[Any]], within_s: float = 20.0
) -> Any:
    """Wait until a condition holds, and return what it gave.

    Raises:
        AssertionError: with `what`, if it did not hold in time.
    """
    deadline_s = time.monotonic() + within_s
    while not (found := await condition()):
        assert time.monotonic() < deadline_s, f"not within {within_s:g} s: {what}"
        await asyncio.sleep(0.1)
    return found
