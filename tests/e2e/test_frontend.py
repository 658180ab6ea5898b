"""Home Assistant's own pages as a person meets us there: the automation editor, repairs."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from playwright.async_api import expect
import pytest
import pytest_asyncio

from tests.integration.fah_client import FoldingInMemory, folding_client
from tests.requires import require

from .browser import Browser, browser
from .household import Household, until

pytestmark = pytest.mark.asyncio(loop_scope="module")

FLOWS = "config/config_entries/subentries/flow"
OUR_KEYS = "solar_compute."
"""How the keys of triggers and conditions begin, which nobody shall have to read."""
TYPING = """() => {
  let active = document.activeElement;
  while (active?.shadowRoot?.activeElement) active = active.shadowRoot.activeElement;
  return active?.tagName === "INPUT";
}"""


@pytest.fixture(scope="module", autouse=True)
def chromium() -> str:
    """Skip the whole module at once where there is no browser."""
    return require("chromium")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def seen(shared_household: Household, pictures: Path) -> AsyncIterator[Browser]:
    """Give a browser in which somebody has logged in, for all tests one after another."""
    server = shared_household.home_assistant
    async with browser(server.url, pictures) as opened:
        await opened.log_in(server.user, server.password)
        yield opened


async def test_an_automation_is_clicked_together_and_fires(
    seen: Browser, household: Household
) -> None:
    await seen.open("/config/automation/edit/new")
    await find_a_condition(seen)
    await add_a_trigger(seen)
    await save(seen, "Tell me")
    await until("the automation is there", lambda: automation(household))
    await seen.picture("automation")

    async def fired() -> bool:
        made = await automation(household)
        return made is not None and made["attributes"]["last_triggered"] is not None

    assert not await fired()
    worker = await household.device_id()
    await household.home_assistant.client.act(
        "solar_compute.run", {"device_id": worker, "level": 1}
    )
    await until("the automation fires", fired)


async def find_a_condition(seen: Browser) -> None:
    """Look for a condition by what it is about."""
    page = seen.page
    await page.get_by_role("button", name="Add condition").click()
    await search(seen, "pure surplus")
    await expect(page.get_by_text("Worker runs on pure surplus")).to_be_visible()
    await expect(page.get_by_text(OUR_KEYS)).to_have_count(0)
    await page.keyboard.press("Escape")


async def add_a_trigger(seen: Browser) -> None:
    """Have it begin when the worker has started."""
    page = seen.page
    await page.get_by_role("button", name="Add trigger").click()
    await search(seen, "worker started")
    await page.get_by_text("Worker started", exact=True).click()
    await expect(page.get_by_text("Triggers when a worker really runs")).to_be_visible()
    await expect(page.get_by_text("Only for these reasons")).to_be_visible()
    await expect(page.get_by_text(OUR_KEYS)).to_have_count(0)
    await page.get_by_role("button", name="Add target").click()
    await search(seen, "activity")
    # The first is the page of that name, at the side.
    await page.get_by_text("Activity").nth(1).click()


async def save(seen: Browser, name: str) -> None:
    """Save it, and give it a name."""
    page = seen.page
    await page.get_by_role("button", name="Save").last.click()
    await expect(page.get_by_text("Add description")).to_be_visible()
    await search(seen, name)
    await page.get_by_role("button", name="Save").last.click()


async def search(seen: Browser, text: str) -> None:
    """Type into the field of what has opened, once it has the keys."""
    await seen.page.wait_for_function(TYPING)
    await seen.page.keyboard.type(text)


async def automation(household: Household) -> dict[str, Any] | None:
    """Return what was made, once it is there."""
    states = await household.home_assistant.client.states()
    return states.get("automation.tell_me")


async def add_folding(household: Household, fake: FoldingInMemory) -> None:
    """Add a Folding@home client as a worker, by its dialog."""
    client = household.home_assistant.client
    opening = {"handler": [household.installed.entry_id, "worker"]}
    page: Any = await client.post(FLOWS, opening)
    for answer in (
        {"next_step_id": "folding"},
        {"host": "127.0.0.1", "port": fake.port},
        {"group": "/", "levels_w": "90", "acknowledge_no_lease": True},
        {
            "value_per_kwh": 0.0,
            "value_per_hour": 0.0,
            "priority": 20,
            "switching": {},
            "heat": {},
            "quiet": {},
        },
    ):
        page = await client.post(f"{FLOWS}/{page['flow_id']}", answer)
    assert page["type"] == "create_entry", page


async def test_a_worker_that_lets_us_in_no_more_is_mended_from_the_repair_on(
    seen: Browser, household: Household
) -> None:
    async def refused() -> bool:
        return "worker_auth_failed" in await household.issues()

    async with folding_client() as fake:
        await add_folding(household, fake)
        fake.denied = 401
        await until("a repair issue", refused, 60)
        await seen.open("/config/repairs")
        title = "does not let Solar Compute in"
        await seen.page.get_by_text(title).first.click()
        dialog = seen.page.locator("dialog-data-entry-flow")
        await dialog.get_by_role("button", name="Submit").click()

        heading = seen.page.get_by_text("Folding@home client (experimental)").first
        await expect(heading).to_be_visible()
        error = seen.page.get_by_text("does not allow this machine").first
        await expect(error).to_be_visible()
        await seen.picture("8 let in")
