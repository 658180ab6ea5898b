"""From the list of integrations to the first running worker: every click is counted.

The Energy dashboard is set up, and the worker service is one on another machine: it has
a certificate, and lets in only who has paired. `scripts/screenshots first-run` runs this
for the picture of the checklist that the docs show.
"""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
import sys
from typing import Any, override

import aiohttp
from playwright.async_api import Page, expect
import pytest
import pytest_asyncio

from demo import home
from demo.companion import WORKER, Companion
from demo.feed import FeedRunner, Moment

from .browser import Browser, browser
from .household import LEVELS_W, Household, SunnyHouse, until
from .pages import Pages
from .screen import require_tools, violations
from .test_browser import is_noise

pytestmark = pytest.mark.asyncio(loop_scope="module")

MOST_CLICKS = 12
CHECKLIST = (
    "You are exporting 2.6 kW to the grid. Your panels produce 3.0 kW.",
    "Your battery rests.",
    "from the grid costs 0.30 EUR, and an exported one brings 0.08 EUR.",
    "Your Energy dashboard says so.",
    "There is none yet. Adding it is the next step.",
    "Make it afterwards, under Settings, Dashboards",
)
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
    {
        "type": "battery",
        "stat_energy_from": "sensor.house_battery_out",
        "stat_energy_to": "sensor.house_battery_in",
        "stat_rate": home.BATTERY,
        "stat_soc": home.SOC,
        "capacity": 5.0,
    },
]
"""What somebody has told the energy dashboard, and shall not have to type again."""

COUNTED = """
  window.addEventListener("click", (event) => {
    if (!event.isTrusted) return;
    const clicks = JSON.parse(sessionStorage.getItem("clicks") ?? "[]");
    const texts = event.composedPath().map((one) => one.textContent?.trim());
    clicks.push(texts.find((text) => text)?.split("\\n")[0] ?? "?");
    sessionStorage.setItem("clicks", JSON.stringify(clicks));
  }, { capture: true });
"""
"""Writes down every click of a hand, before anything else can hear of it."""


class HouseWithBattery(SunnyHouse):
    """A house in the sun whose battery is full."""

    @override
    def live(self, seconds: float, worker_w: float) -> Moment:
        """Live on for `seconds`, with the worker drawing `worker_w`."""
        moment = super().live(seconds, worker_w)
        full = {home.BATTERY: 0.0, home.SOC: 100.0}
        return replace(moment, readings={**moment.readings, **full})


class PairedCompanion(Companion):
    """A worker service that lets in only who has paired; the house has a token."""

    token = "a-token-of-the-house"

    def __init__(self, folder: Path) -> None:
        """Write its configuration; nothing is started."""
        super().__init__(folder, LEVELS_W)
        self.url = self.url.replace("http:", "https:")
        self._file = folder / "worker.toml"
        access = f'tls = true\nrequire_token = true\ntoken = "{self.token}"'
        text = self._file.read_text()
        self._file.write_text(text.replace("[server]", f"[server]\n{access}"))

    @property
    def address(self) -> str:
        """What a person types."""
        return f"127.0.0.1:{self.port}"

    @override
    async def status(self) -> dict[str, Any] | None:
        """Return what the service says of the worker; None while it does not answer."""
        try:
            async with (
                aiohttp.ClientSession(
                    timeout=aiohttp.ClientTimeout(total=3),
                    headers={"Authorization": f"Bearer {self.token}"},
                ) as session,
                session.get(f"{self.url}/v1/workers/{WORKER}", ssl=False) as response,
            ):
                response.raise_for_status()
                status: dict[str, Any] = await response.json()
                return status
        except aiohttp.ClientError, TimeoutError:
            return None

    async def code(self) -> str:
        """Have a code for pairing shown on its machine."""
        pair = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "solar_compute_worker", "pair"),
            *("--config", str(self._file)),
            stdout=asyncio.subprocess.PIPE,
        )
        told, _ = await pair.communicate()
        return told.decode().split()[1]


@pytest.fixture(scope="module", autouse=True)
def tools() -> None:
    """Skip the whole module at once where they are missing."""
    require_tools()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def sunny_home(
    tmp_path_factory: pytest.TempPathFactory,
) -> AsyncIterator[Household]:
    """Give a home in the sun, with a worker service, and nothing set up yet."""
    folder = tmp_path_factory.mktemp("sunny")
    household = Household.build(folder)
    companion = PairedCompanion(folder / "worker")
    household.companion = household.feed.machine = companion
    house = HouseWithBattery(pv_w=3000.0, load_w=400.0)
    household.house = household.feed.house = house
    try:
        await household.start()
        async with FeedRunner(household.feed):
            await household.home_assistant.client.call(
                "energy/save_prefs", energy_sources=ENERGY
            )
            yield household
    finally:
        await household.close()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def seen(sunny_home: Household, pictures: Path) -> AsyncIterator[Browser]:
    """Give a browser in which somebody has logged in, whose clicks are counted."""
    server = sunny_home.home_assistant
    async with browser(server.url, pictures) as opened:
        await opened.page.add_init_script(COUNTED)
        await opened.log_in(server.user, server.password)
        yield opened


async def test_at_most_twelve_clicks_lead_to_a_worker_that_runs(
    sunny_home: Household, seen: Browser
) -> None:
    companion = sunny_home.companion
    assert isinstance(companion, PairedCompanion)
    page, pages = seen.page, Pages(seen)
    await seen.open("/config/integrations/dashboard")
    await page.evaluate("() => sessionStorage.removeItem('clicks')")

    await page.get_by_role("button", name="Add integration").click()
    chooser = page.locator("dialog-add-integration")
    await chooser.locator("input").first.fill("Solar Compute")
    await chooser.locator(
        "ha-integration-list-item", has_text="Solar Compute"
    ).first.click()
    await pages.title("Grid and solar panels")
    await pages.submit()
    await pages.title("Home battery")
    await pages.submit()
    await pages.title("Prices and limits")
    await pages.submit()
    await pages.title("Is this right?")
    for line in CHECKLIST:
        await pages.shows(line)
    await pages.picture("first-run-checklist")
    assert await violations(pages.dialog.locator("ha-markdown").first) == []
    await pages.submit()

    await pages.choose("Solar Compute Worker service")
    await pages.fill(Address=companion.address)
    await pages.submit()
    await pages.fill(Code=await companion.code())
    await pages.submit()
    await pages.shows("Its levels are 400, 800 W.")
    await pages.fill(Value_per_kilowatt_hour="0.15")
    await pages.picture("first run worth")
    await pages.submit()
    await pages.finish()

    await page.get_by_role("link", name="Activity").click()
    activity = page.locator("ha-panel-logbook")
    await expect(activity.get_by_text("Running").first).to_be_visible(timeout=120_000)
    await until("the job runs", sunny_home.job_runs)
    await seen.picture("first run runs")
    clicks = await clicked(page)
    assert 8 <= len(clicks) <= MOST_CLICKS, clicks
    assert await sunny_home.issues() == {"no_dashboard"}
    assert not [text for text in seen.complaints if not is_noise(text)]


async def test_the_dashboard_is_the_last_on_the_list_and_ends_its_message(
    sunny_home: Household, seen: Browser
) -> None:
    page = seen.page
    await seen.open("/config/repairs")
    await page.get_by_text("No dashboard yet").click()
    issue = page.locator("dialog-repairs-issue")
    await expect(issue.get_by_text("Three clicks make one")).to_be_visible()
    await seen.picture("first run repair")
    await issue.get_by_role("link").click()
    await page.wait_for_url("**/config/lovelace/dashboards*")
    # The dialog that has closed goes back a page, and would close the next one.
    await seen.open("/config/lovelace/dashboards")

    await page.get_by_role("button", name="Add dashboard").click()
    await page.locator("dashboard-card", has_text="Solar Compute").click()
    await page.get_by_role("button", name="Create", exact=True).click()

    async def nothing_is_left() -> bool:
        return not await sunny_home.issues()

    await until("nothing is left to do", nothing_is_left)


async def clicked(page: Page) -> list[str]:
    """Return what was clicked so far."""
    clicks: list[str] = await page.evaluate(
        "() => JSON.parse(sessionStorage.getItem('clicks') ?? '[]')"
    )
    return clicks
