"""A person in front of the real frontend: log in, set it up by its dialogs, look at it."""

from collections.abc import AsyncIterator
from datetime import datetime, time
from pathlib import Path

from playwright.async_api import expect
import pytest
import pytest_asyncio

from demo import home
from demo.feed import FeedRunner
from demo.house import LivingHouse, SimulatedDays
from demo.show import Plan, Show
from tests.requires import require

from .browser import Browser, browser
from .household import Household, until
from .pages import Pages, begin_worker

pytestmark = pytest.mark.asyncio(loop_scope="module")

ENERGY = [
    {
        "type": "grid",
        "stat_energy_from": "sensor.house_grid_energy",
        "stat_energy_to": None,
        "stat_cost": None,
        "entity_energy_price": None,
        "number_energy_price": 0.30,
        "stat_compensation": None,
        "entity_energy_price_export": None,
        "number_energy_price_export": 0.08,
        "stat_rate": home.GRID,
        "cost_adjustment_day": 0.0,
    },
    {
        "type": "solar",
        "stat_energy_from": "sensor.house_solar_energy",
        "stat_rate": home.PV,
        "config_entry_solar_forecast": None,
    },
]
"""What somebody has told the energy dashboard, and shall not have to type again."""


@pytest.fixture(scope="module", autouse=True)
def chromium() -> str:
    """Skip the whole module at once where there is no browser."""
    return require("chromium")


@pytest_asyncio.fixture(loop_scope="module")
async def sunny_home(tmp_path: Path) -> AsyncIterator[Household]:
    """Give a home in the sun, with a companion service, and nothing set up yet."""
    household = Household.build(tmp_path)
    household.house.pv_w, household.house.load_w = 3000.0, 400.0
    try:
        await household.start()
        async with FeedRunner(household.feed):
            await household.home_assistant.client.call(
                "energy/save_prefs", energy_sources=ENERGY
            )
            yield household
    finally:
        await household.close()


async def test_a_person_sets_it_up_by_its_dialogs_and_sees_the_worker_run(
    sunny_home: Household, pictures: Path
) -> None:
    server = sunny_home.home_assistant
    async with browser(server.url, pictures) as seen:
        await seen.log_in(server.user, server.password)
        await add_site(seen)
        await add_worker(seen, sunny_home.companion.url)
        await start_by_hand(sunny_home)
        await look_at_the_worker(seen, await sunny_home.device_id())

        assert not [text for text in seen.complaints if not is_noise(text)]


async def test_the_demo_opens_with_a_dashboard_that_says_why(
    tmp_path: Path, pictures: Path
) -> None:
    day = SimulatedDays(17)
    noon = datetime.combine(day.first, time(12, 30))
    plan = Plan(
        folder=tmp_path,
        house=LivingHouse(home.HOME, day, noon, soc=100),
        label=day.label,
        speed=60,
    )
    async with Show(plan) as show, browser(show.home_assistant.url, pictures) as seen:
        await seen.log_in(show.home_assistant.user, show.home_assistant.password)

        page = seen.page
        await expect(page.get_by_text("The worker, and why")).to_be_visible()
        why = page.locator("hui-markdown-card").first
        await expect(why).to_contain_text("worth more than its power costs")
        await expect(why).to_contain_text("simulated, seed 17")
        await expect(page.locator("hui-history-graph-card").first).to_be_visible()
        await page.get_by_role("radio", name="Off").click()
        await expect(why).to_contain_text("its mode is off")
        await seen.picture("7 demo")
        assert not [text for text in seen.complaints if not is_noise(text)]


def is_noise(complaint: str) -> bool:
    """Tell whether the frontend says this by itself: pictures of brands, and leaving."""
    return "404" in complaint or complaint == "disconnected"


async def add_site(seen: Browser) -> None:
    """Add the integration: what the energy dashboard knows is filled in."""
    page = seen.page
    await seen.open("/config/integrations/dashboard")
    await page.get_by_role("button", name="Add integration").click()
    chooser = page.locator("dialog-add-integration")
    await chooser.locator("input").first.fill("Solar Compute")
    await chooser.locator(
        "ha-integration-list-item", has_text="Solar Compute"
    ).first.click()
    pages = Pages(seen)
    await pages.title("Grid and solar panels")
    await seen.picture("1 grid")
    await pages.submit()
    await pages.title("Prices and limits")
    await seen.picture("2 prices")
    await pages.submit()
    await pages.title("Is this right?")
    await pages.shows("2.6 kW")
    await seen.picture("3 confirm")
    await pages.submit()
    await pages.finish()


async def add_worker(seen: Browser, url: str) -> None:
    """Add a worker of the companion service from the integration's own page."""
    pages = await begin_worker(seen, "Solar Compute Worker service")
    await pages.fill(Address=url)
    await seen.picture("4 worker")
    await pages.submit()
    await pages.shows("cruncher (400, 800 W)")
    await pages.submit()
    await pages.title("What it is worth")
    await pages.fill(Value_per_kilowatt_hour="0.15")
    await seen.picture("5 worth")
    await pages.submit()
    await pages.finish()


async def start_by_hand(sunny_home: Household) -> None:
    """Let the worker start as a person would: by asking for it."""
    client = sunny_home.home_assistant.client
    entries = await client.get("config/config_entries/entry?domain=solar_compute")
    entry_id = entries[0]["entry_id"]
    worker_id = await home.newest_subentry(client, entry_id, "worker")
    sunny_home.installed = home.Installed(entry_id, None, worker_id)
    sunny_home.entities = await home.entity_ids(client, worker_id, awaits="reason")
    await client.act(
        "solar_compute.run", {"device_id": await sunny_home.device_id(), "level": 2}
    )
    await sunny_home.shows(state="running", reason="override_run")
    await until("the job runs", sunny_home.job_runs)


async def look_at_the_worker(seen: Browser, device_id: str) -> None:
    """Look at the worker's page: it runs, and it says why."""
    await seen.open(f"/config/devices/device/{device_id}")
    await expect(
        seen.page.get_by_text("Running: you asked for it").first
    ).to_be_visible()
    await expect(seen.page.get_by_text("800 W").first).to_be_visible()
    await seen.picture("6 device")
