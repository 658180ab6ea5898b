"""Pictures of the dashboard: added by clicks, in light and dark, asked, and in German."""

from pathlib import Path

from playwright.async_api import expect

from demo.shown import ShownHome

from .browser import Browser
from .visit import DASHBOARD, make_dashboard, snap, visitor

WIDTH, HEIGHT = 1200, 900
HIGH = 1080
"""For a dialog that shall be seen whole."""
LANGUAGE = """async (language) => {
  await document.querySelector("home-assistant").hass.callWS({
    type: "frontend/set_user_data", key: "language",
    value: { language, number_format: "language", time_format: "language" },
  });
  localStorage.setItem("selectedLanguage", JSON.stringify(language));
}"""


async def take(shown: ShownHome, folder: Path) -> None:
    """Take all of them."""
    async with visitor(shown, folder, width=WIDTH, height=HEIGHT) as seen:
        await _offered(seen)
        await make_dashboard(shown)
        await _looked_at(seen)
        await _asked(seen)
        await _speak(shown, seen, "de", "Kellerserver", "Warmwasser")
        try:
            await _open(seen)
            await snap(seen, "screen-german")
        finally:
            await _speak(shown, seen, "en", None, None)


async def _offered(seen: Browser) -> None:
    await seen.open("/config/lovelace/dashboards")
    await seen.page.get_by_role("button", name="Add dashboard").click()
    offer = seen.page.locator("dashboard-card", has_text="Solar Compute")
    await offer.scroll_into_view_if_needed()
    await snap(seen, "screen-add-dashboard")
    await seen.page.keyboard.press("Escape")


async def _speak(
    shown: ShownHome, seen: Browser, language: str, worker: str | None, tank: str | None
) -> None:
    """Have home and person speak a language, and call worker and tank so."""
    client, installed = shown.home_assistant.client, shown.installed
    await client.call("config/core/update", language=language)
    for owner, name in ((installed.worker_id, worker), (installed.sink_id, tank)):
        await client.call(
            "config/device_registry/update",
            device_id=await shown.device_id(owner),
            name_by_user=name,
        )
    # Entities are named when they are set up.
    path = f"config/config_entries/entry/{installed.entry_id}/reload"
    await client.post(path)
    await shown.settled()
    await seen.page.evaluate(LANGUAGE, language)


async def _open(seen: Browser) -> None:
    await seen.look_at_the_clock()
    await seen.open(DASHBOARD)
    strip = seen.page.locator("solar-compute-card").get_by_role("img")
    await expect(strip.first).to_be_visible()


async def _looked_at(seen: Browser) -> None:
    await _open(seen)
    await snap(seen, "screen-light")
    await seen.page.emulate_media(color_scheme="dark")
    await snap(seen, "screen-dark")
    await seen.page.emulate_media(color_scheme="light")


async def _asked(seen: Browser) -> None:
    await seen.page.set_viewport_size({"width": WIDTH, "height": HIGH})
    card = seen.page.locator("solar-compute-card")
    await card.get_by_role("button", name="Why?").click()
    await expect(card.get_by_role("dialog").get_by_role("table")).to_be_visible()
    await snap(seen, "screen-why")
    await seen.page.keyboard.press("Escape")
    await card.get_by_role("button", name="Gained today").click()
    asked = card.get_by_role("dialog", name="What if?")
    await asked.get_by_role("slider", name="What a kWh of work").fill("0.12")
    await asked.get_by_role("button", name="Replay").click()
    await expect(asked.get_by_role("table")).to_be_visible(timeout=60_000)
    await snap(seen, "screen-what-if")
    await asked.get_by_role("button", name="Close").click()
    await seen.page.set_viewport_size({"width": WIDTH, "height": HEIGHT})
