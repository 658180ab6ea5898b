"""A day of the card in ten seconds, each frame as it was seen.

The day really passes, in a quarter of an hour: Home Assistant's clock goes faster, and
the real worker computes and pauses as it is told. A frame that a busy machine did not
come to is left out; none is made afterwards.
"""

import asyncio
from contextlib import suppress
from datetime import datetime, timedelta
import io
from pathlib import Path

from PIL import Image
from playwright.async_api import Error, Locator, expect

from demo.passing import PassingDay
from demo.shown import ZONE

from . import IMAGES
from .browser import Browser, browser

SPEED = 60.0
BEGINS = datetime(2026, 6, 18, 3, 30, tzinfo=ZONE)
FIRST = BEGINS.replace(hour=6, minute=0)
LAST = BEGINS.replace(hour=21, minute=50)
STILL = BEGINS.replace(hour=10, minute=0)
EVERY = timedelta(minutes=10)
WIDTH, HEIGHT = 700, 900
FRAME_MS, LAST_MS = 100, 1500
LARGEST_B = 1_500_000
PATH = "one-day"

type Frame = tuple[datetime, bytes]


async def take(folder: Path) -> None:
    """Film the day: keep the film, and one frame for who wants no motion."""
    day = PassingDay.build(folder / "day", BEGINS, SPEED)
    try:
        await day.start()
        keep(await _filmed(day, folder))
    finally:
        await day.close()


async def _filmed(day: PassingDay, folder: Path) -> list[Frame]:
    server = day.home_assistant
    create, save = "lovelace/dashboards/create", "lovelace/config/save"
    await server.client.call(create, url_path=PATH, title="One day", mode="storage")
    view = {"type": "panel", "cards": [{"type": "custom:solar-compute-card"}]}
    await server.client.call(save, url_path=PATH, config={"views": [view]})
    frames: list[Frame] = []
    async with browser(server.url, folder, width=WIDTH, height=HEIGHT) as seen:
        await seen.page.clock.install(time=day.clock.now())
        await seen.log_in(server.user, server.password)
        await seen.open(f"/{PATH}/0")
        card = seen.page.locator("solar-compute-card").first
        await expect(card.get_by_role("img").first).to_be_visible()
        at = FIRST
        while at <= LAST:
            left = (at - day.clock.now()) / timedelta(seconds=day.clock.speed)
            await asyncio.sleep(max(0.0, left))
            with suppress(Error):
                frames.append(await _frame(seen, card, day.clock.now()))
            at += EVERY * (1 + max(0, (day.clock.now() - at) // EVERY))
    return frames


async def _frame(seen: Browser, card: Locator, now: datetime) -> Frame:
    """Take one; what the page does by the clock is due as if it had been open."""
    shown_ms: float = await seen.page.evaluate("() => Date.now()")
    ahead_ms = max(0, int(now.timestamp() * 1000 - shown_ms))
    await seen.page.clock.fast_forward(ahead_ms)
    await asyncio.sleep(0.3)
    return now, await card.screenshot()


def keep(frames: list[Frame]) -> None:
    """Put the film into docs/images.

    Raises:
        AssertionError: if it is too large for a page.
    """
    pictures = [Image.open(io.BytesIO(data)).convert("RGB") for _, data in frames]
    # A card that had a line more for a while leaves it empty.
    height = max(picture.height for picture in pictures)
    film = []
    for picture in pictures:
        whole = Image.new("RGB", (picture.width, height), picture.getpixel((0, 0)))
        whole.paste(picture)
        film.append(whole)
    kept = IMAGES / "one-day.webp"
    film[0].save(
        kept,
        save_all=True,
        append_images=film[1:],
        duration=[*[FRAME_MS] * (len(film) - 1), LAST_MS],
        loop=0,
        quality=75,
        method=6,
    )
    nearest = min(range(len(film)), key=lambda index: abs(frames[index][0] - STILL))
    film[nearest].save(IMAGES / "one-day.png", optimize=True)
    size_b = kept.stat().st_size
    assert size_b <= LARGEST_B, f"{kept.name} has {size_b} bytes"
