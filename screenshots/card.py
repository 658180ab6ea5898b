"""Pictures of the card alone, twice as fine as a screen, and of a phone in a hand."""

from pathlib import Path

from playwright.async_api import expect

from demo.shown import ShownHome

from . import album
from .browser import Browser
from .visit import DASHBOARD, make_dashboard, snap, visitor

WIDTH, HEIGHT = 800, 900
PHONE = {"width": 390, "height": 844}


async def take(shown: ShownHome, folder: Path) -> None:
    """Take all of them."""
    await make_dashboard(shown)
    async with visitor(shown, folder, width=WIDTH, height=HEIGHT, scale=2) as seen:
        await seen.open(DASHBOARD)
        await _card(seen, "card")
        await seen.page.emulate_media(color_scheme="dark")
        await _card(seen, "card-dark")
        await seen.page.emulate_media(color_scheme="light")
        await seen.page.set_viewport_size(PHONE)  # type: ignore[arg-type]
        await snap(seen, "screen-phone")


async def _card(seen: Browser, name: str) -> None:
    card = seen.page.locator("solar-compute-card").first
    await expect(card.get_by_role("img").first).to_be_visible()
    await seen.look_at_the_clock()
    await seen.painted()
    taken = seen.pictures / f"{name}.png"
    await card.screenshot(path=taken)
    album.keep(taken)
