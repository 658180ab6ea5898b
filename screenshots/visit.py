"""Somebody who looks at the home to look at, always on the same day in June."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path

from playwright.async_api import Locator

from demo import pace
from demo.clockwork import Clock
from demo.shown import ZONE, ShownHome

from . import album
from .browser import Browser, browser

NOON = datetime(2026, 6, 18, 14, 10, tzinfo=ZONE)
"""A bright Thursday after a cloudy day, and before another one."""
NARROW_SIDEBAR = "() => localStorage.setItem('dockedSidebar', '\"auto\"')"
DASHBOARD = "/solar-compute/home"


@asynccontextmanager
async def home_at_noon(folder: Path) -> AsyncIterator[ShownHome]:
    """Give the home, with a past, a plan, and a worker that runs."""
    shown = ShownHome.build(folder, clock=Clock(NOON))
    try:
        await shown.start()
        # Until then nobody can tell the worker's power from a cloud.
        await asyncio.sleep(pace.WORKER_S["settle_s"])
        await shown.settled()
        yield shown
    finally:
        await shown.close()


@asynccontextmanager
async def visitor(
    shown: ShownHome, folder: Path, *, width: int, height: int, scale: float = 1
) -> AsyncIterator[Browser]:
    """Give a browser in which somebody has logged in."""
    server = shown.home_assistant
    async with browser(
        server.url, folder, width=width, height=height, scale=scale, now=shown.now
    ) as seen:
        await seen.log_in(server.user, server.password)
        await seen.page.evaluate(NARROW_SIDEBAR)
        yield seen


async def make_dashboard(shown: ShownHome) -> None:
    """Make the dashboard that is listed under Add dashboard, unless it is there."""
    client = shown.home_assistant.client
    path = DASHBOARD.split("/")[1]
    dashboards = await client.call("lovelace/dashboards/list")
    if any(one["url_path"] == path for one in dashboards):
        return
    await client.call(
        "lovelace/dashboards/create",
        url_path=path,
        title="Solar Compute",
        icon="mdi:solar-power-variant",
        mode="storage",
    )
    strategy = {"strategy": {"type": "custom:solar-compute"}}
    await client.call("lovelace/config/save", url_path=path, config=strategy)


async def snap(seen: Browser, name: str, part: Locator | None = None) -> None:
    """Take a picture of what is seen, or of a part of it, and keep it."""
    await seen.look_at_the_clock()
    album.keep(await seen.picture(name, part))
