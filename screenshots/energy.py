"""Pictures of the Energy dashboard, with a worker behind a plug among the devices."""

from pathlib import Path

from playwright.async_api import expect

from demo.shown import METERS_KWH, ShownHome

from .visit import snap, visitor

WIDTH, HEIGHT = 1200, 1900
"""So high that the page has drawn all of its cards."""


async def take(shown: ShownHome, folder: Path) -> None:
    """Take all of them."""
    await _set_up(shown)
    async with visitor(shown, folder, width=WIDTH, height=HEIGHT) as seen:
        await seen.open("/energy/electricity")
        devices = seen.page.locator("hui-energy-devices-detail-graph-card")
        await expect(devices.locator("canvas").first).to_be_visible()
        await snap(seen, "energy-devices", devices)
        await seen.open("/config/energy/electricity")
        settings = seen.page.locator("ha-energy-device-settings")
        worker = settings.locator(".row", has_text="Cellar server")
        await expect(worker.first).to_be_visible()
        await snap(seen, "energy-settings", settings)
        await worker.locator("ha-icon-button").first.click()
        dialog = seen.page.locator("dialog-energy-device-settings")
        await expect(dialog.get_by_text("Rack plug").first).to_be_visible()
        await snap(seen, "energy-device", dialog.locator("dialog").first)


async def _set_up(shown: ShownHome) -> None:
    """Tell Home Assistant of meters and devices, as its own dialogs do."""
    worker = shown.entities["worker"]
    await shown.home_assistant.client.call(
        "energy/save_prefs",
        energy_sources=[
            {
                "type": "grid",
                "stat_energy_from": METERS_KWH["import"],
                "stat_energy_to": METERS_KWH["export"],
                "cost_adjustment_day": 0,
            },
            {"type": "solar", "stat_energy_from": METERS_KWH["panels"]},
        ],
        device_consumption=[
            {"stat_consumption": METERS_KWH["plug"], "name": "Rack plug"},
            {
                "stat_consumption": worker["energy"],
                "stat_rate": worker["power"],
                "included_in_stat": METERS_KWH["plug"],
                "name": "Cellar server",
            },
        ],
    )
