"""A picture of the automation editor, open at a trigger about a worker."""

from pathlib import Path

from playwright.async_api import expect

from demo.home import DOMAIN
from demo.shown import ShownHome

from .visit import snap, visitor

WIDTH, HEIGHT = 1200, 900
ID = "worth_running"


async def take(shown: ShownHome, folder: Path) -> None:
    """Take it."""
    await _write(shown)
    async with visitor(shown, folder, width=WIDTH, height=HEIGHT) as seen:
        await seen.open(f"/config/automation/edit/{ID}")
        trigger = seen.page.locator("ha-automation-trigger-row").first
        # The editor knows its fields only once it has heard what there is.
        target = trigger.locator("ha-automation-row-targets")
        await expect(target.get_by_text("Cellar server").first).to_be_visible()
        await trigger.locator("ha-automation-row").click()
        sidebar = seen.page.locator("ha-automation-sidebar")
        await expect(sidebar.get_by_text("For at least").first).to_be_visible()
        await snap(seen, "automation-trigger")


async def _write(shown: ShownHome) -> None:
    """Write an automation: the worker would be worth it, but somebody has paused it."""
    client = shown.home_assistant.client
    target = {"device_id": [await shown.device_id(shown.installed.worker_id)]}
    await client.post(
        f"config/automation/config/{ID}",
        {
            "alias": "Remind me of free sun",
            "triggers": [
                {
                    "trigger": f"{DOMAIN}.worth_running",
                    "target": target,
                    "options": {"behavior": "each", "for": {"minutes": 10}},
                }
            ],
            "conditions": [
                {
                    "condition": f"{DOMAIN}.is_paused",
                    "target": target,
                    "options": {"behavior": "all"},
                }
            ],
            "actions": [
                {
                    "action": "notify.persistent_notification",
                    "data": {"message": "The sun would pay for the cellar server."},
                }
            ],
        },
    )
