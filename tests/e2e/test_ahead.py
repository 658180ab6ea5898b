"""The view ahead as its user sees it: one walk through a home that was watched for days.

A job is submitted by the form, forecasts and prices are chosen by clicks, the calendar
shows what follows, and in shadow mode a real worker is told nothing.
"""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from math import pi, sin
from pathlib import Path
from zoneinfo import ZoneInfo

from playwright.async_api import expect
import pytest
import pytest_asyncio

from demo import home
from demo.feed import FeedRunner
from demo.home_assistant import TIME_ZONE
from tests.requires import require

from .browser import Browser, browser
from .conftest import LEASE_S
from .household import Household, until
from .pages import Action, Pages
from .past import remember
from .test_browser import is_noise

pytestmark = pytest.mark.asyncio(loop_scope="module")

NEEDS_W = 400.0
FORECAST = "sensor.roof_forecast"
PRICE = "sensor.spot_price"


@pytest.fixture(scope="module", autouse=True)
def chromium() -> str:
    """Skip the whole module at once where there is no browser."""
    return require("chromium")


def sun_w(moment: datetime) -> float:
    """Return what the panels gave, by the hour in UTC."""
    return max(0.0, 3000.0 * sin(pi * (moment.hour - 6) / 12))


def grid_w(moment: datetime) -> float:
    """Return what the grid meter showed: never the same twice, or it were dead."""
    return NEEDS_W + moment.minute / 10 - sun_w(moment)


@pytest_asyncio.fixture(loop_scope="module")
async def watched_home(tmp_path: Path) -> AsyncIterator[Household]:
    """Give a home in the dark, whose recorder has watched it for three days."""
    household = Household.build(tmp_path)
    household.house.load_w = NEEDS_W
    remember(household.home_assistant.folder, {home.GRID: grid_w, home.PV: sun_w})
    try:
        await household.start()
        await announce(household)
        async with FeedRunner(household.feed):
            await household.install(lease_s=LEASE_S)
            yield household
    finally:
        await household.close()


async def announce(household: Household) -> None:
    """Have a roof forecast like Solcast's, and an entity with prices like Nord Pool's."""
    client = household.home_assistant.client
    now = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
    hours = [now + timedelta(hours=hour) for hour in range(48)]
    sun = [
        {"period_start": (hour + half).isoformat(), "pv_estimate": 2.0}
        for hour in hours
        for half in (timedelta(), timedelta(minutes=30))
    ]
    prices = [{"start": hour.isoformat(), "value": 0.3} for hour in hours]
    await client.set_state(
        FORECAST, 40, {"friendly_name": "Roof forecast", "detailedForecast": sun}
    )
    await client.set_state(
        PRICE,
        0.3,
        {
            "friendly_name": "Spot price",
            "unit_of_measurement": "EUR/kWh",
            "raw_today": prices,
        },
    )


async def test_a_person_submits_a_job_and_sees_it_in_the_plan_then_only_watches(
    watched_home: Household, pictures: Path
) -> None:
    server = watched_home.home_assistant
    async with browser(server.url, pictures) as seen:
        await seen.log_in(server.user, server.password)
        await submit_a_job(seen)
        await choose_what_is_known_ahead(seen, watched_home)
        await look_at_the_calendar(seen)
        await only_watch(seen, watched_home)

        assert not [text for text in seen.complaints if not is_noise(text)]


async def submit_a_job(seen: Browser) -> None:
    """Submit half an hour of work by the form, and read when it will be ready."""
    action = await Action.open(seen, "Submit job")
    await action.device("Cruncher")
    await action.fill("Name", "Backup")
    # At least five hours ahead, whenever this runs.
    now = datetime.now(ZoneInfo(TIME_ZONE)).replace(minute=0)
    early = now.hour < 6
    ready = now.replace(hour=11) if early else now.replace(hour=6) + timedelta(days=1)
    await action.moment("Ready by", ready)
    await action.perform()
    await action.says("Say how much the job takes in one way")
    await action.tick("Hours")
    await action.fill("Hours", "0.5")
    await action.perform()
    await action.says("“Backup” will be ready by")
    await seen.picture("8 job")


async def choose_what_is_known_ahead(seen: Browser, watched_home: Household) -> None:
    """Choose the forecast and the prices on the options page: it plans with them."""
    await seen.open("/config/integrations/integration/solar_compute")
    await seen.page.get_by_role("button", name="Configure").first.click()
    pages = Pages(seen)
    await pages.choose("Forecasts and prices ahead")
    await pages.pick("Solar_forecast_with_a_cloudy_case", "Roof forecast")
    await pages.pick("Import_prices_of_the_coming_hours", "Roof forecast")
    await pages.submit()
    await pages.shows("An entity for the prices of the coming hours has no list")
    await pages.pick("Import_prices_of_the_coming_hours", "Spot price")
    await seen.picture("9 ahead")
    await pages.submit()
    await pages.finish()

    client = watched_home.home_assistant.client
    owner = watched_home.installed.entry_id
    site = await home.entity_ids(client, owner, awaits="plan_status")

    async def rests_on_both() -> bool:
        plan = (await client.states())[site["plan_status"]]
        sources = plan["attributes"].get("sources", {})
        both = {sources.get("balance"), sources.get("import")}
        return plan["state"] == "planned" and both == {"forecast"}

    await until("a plan with the forecast and the prices", rests_on_both, 60)


async def look_at_the_calendar(seen: Browser) -> None:
    """Look at the calendar: the run is there, and names the job."""
    await seen.open("/calendar")
    event = seen.page.locator(".fc-event", has_text="Cruncher: Backup").first
    await event.click()
    await expect(seen.page.get_by_text("kWh ·").first).to_be_visible()
    await seen.picture("10 calendar")


async def only_watch(seen: Browser, watched_home: Household) -> None:
    """Turn shadow mode on: the sun shines, and the real worker is told nothing."""
    site = await watched_home.device_id(watched_home.installed.entry_id)
    await seen.open(f"/config/devices/device/{site}")
    row = seen.page.locator("hui-toggle-entity-row", has_text="Shadow mode")
    await row.locator("ha-switch").click()
    await watched_home.shows(state="paused")
    watched_home.house.pv_w = 3000.0

    await watched_home.shows(state="paused", reason="would_worth_it")
    assert await watched_home.job_stands_still()
    await seen.open(f"/config/devices/device/{await watched_home.device_id()}")
    await expect(
        seen.page.get_by_text("Would run: worth more than its power costs").first
    ).to_be_visible()
    await seen.picture("11 shadow")
