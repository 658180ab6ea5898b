"""A person in front of the demo: log in, look at it, turn it off."""

from datetime import datetime, time
from pathlib import Path

from playwright.async_api import expect
import pytest

from demo import home
from demo.house import LivingHouse, SimulatedDays
from demo.show import Plan, Show
from tests.requires import require

from .browser import browser

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest.fixture(scope="module", autouse=True)
def chromium() -> str:
    """Skip the whole module at once where there is no browser."""
    return require("chromium")


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
