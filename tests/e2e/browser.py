"""The browser that takes the pictures, for tests: skipped where there is none."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from screenshots import browser as real
from screenshots.browser import PATIENCE_MS, Browser
from tests.requires import require

__all__ = ["PATIENCE_MS", "Browser", "browser"]


@asynccontextmanager
async def browser(
    url: str, pictures: Path, *, width: int = 1400, height: int = 1000
) -> AsyncIterator[Browser]:
    """Give a browser with an empty page; skip the test where there is none."""
    require("chromium")
    async with real.browser(url, pictures, width=width, height=height) as seen:
        yield seen
