"""A picture of the plan as a calendar: the runs of the days ahead, and one of them."""

from pathlib import Path

from playwright.async_api import expect

from demo.shown import ShownHome

from .visit import snap, visitor

WIDTH, HEIGHT = 1000, 640


async def take(shown: ShownHome, folder: Path) -> None:
    """Take it."""
    async with visitor(shown, folder, width=WIDTH, height=HEIGHT) as seen:
        await seen.open("/calendar")
        views = seen.page.locator("ha-full-calendar ha-button-toggle-group")
        await views.locator("ha-button").last.click()
        run = seen.page.locator(".fc-list-event").nth(2)
        await run.click()
        told = seen.page.locator("dialog-calendar-event-detail")
        await expect(told.get_by_text("kWh").first).to_be_visible()
        await snap(seen, "plan-calendar")
