"""Pictures of the card alone, twice as fine as a screen, and of a phone in a hand."""

from pathlib import Path

from playwright.async_api import expect

from demo.shown import ShownHome

from .visit import DASHBOARD, make_dashboard, snap, visitor

WIDTH, HEIGHT = 800, 900
PHONE = {"width": 390, "height": 844}


async def take(shown: ShownHome, folder: Path) -> None:
    """Take all of them."""
    await make_dashboard(shown)
    async with visitor(shown, folder, width=WIDTH, height=HEIGHT, scale=2) as seen:
        await seen.open(DASHBOARD)
        card = seen.page.locator("solar-compute-card").first
        await expect(card.get_by_role("img").first).to_be_visible()
        await snap(seen, "card", card)
        await seen.page.set_viewport_size(PHONE)  # type: ignore[arg-type]
        await snap(seen, "screen-phone")
