"""A worker lets Solar Compute in no more: a person mends it, from the repair issue on."""

from pathlib import Path
from typing import Any

from playwright.async_api import expect
import pytest

from tests.integration.fah_client import FoldingInMemory, folding_client
from tests.requires import require

from .browser import browser
from .household import Household, until

pytestmark = pytest.mark.asyncio(loop_scope="module")

FLOWS = "config/config_entries/subentries/flow"


@pytest.fixture(scope="module", autouse=True)
def chromium() -> str:
    """Skip the whole module at once where there is no browser."""
    return require("chromium")


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


async def test_the_repair_leads_a_person_to_the_page_and_shows_the_field(
    household: Household, pictures: Path
) -> None:
    server = household.home_assistant

    async def refused() -> bool:
        return "worker_auth_failed" in await household.issues()

    async with folding_client() as fake, browser(server.url, pictures) as seen:
        await add_folding(household, fake)
        fake.denied = 401
        await until("a repair issue", refused, 60)
        await seen.log_in(server.user, server.password)
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
