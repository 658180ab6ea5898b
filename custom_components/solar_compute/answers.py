"""Waits for what other integrations answer, but not for ever.

They may ask servers that say nothing. Must never know what is asked, or of whom.
"""

import asyncio
from collections.abc import Awaitable
import logging
from typing import Final

_LOGGER = logging.getLogger(__name__)

WITHIN_S: Final = 30.0
"""Who has not answered by then knows nothing this time."""


async def in_time[AnswerT](asked: Awaitable[AnswerT], otherwise: AnswerT) -> AnswerT:
    """Return an answer, or `otherwise` where none comes within `WITHIN_S`."""
    try:
        async with asyncio.timeout(WITHIN_S):
            return await asked
    except TimeoutError:
        _LOGGER.debug("Somebody who was asked does not answer")
        return otherwise
