"""What tests of the screen look at it with: axe, its figures, and fresh browsers."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
import re
from typing import Any

from playwright.async_api import Locator
import yaml

from demo.home import TANK
from demo.shown import ShownHome
from tests.requires import missing, require

from .browser import Browser

ROOT = Path(__file__).parents[2]
AXE = ROOT / "frontend/node_modules/axe-core/axe.min.js"
GUIDE = ROOT / "docs/dashboard.md"


def require_tools() -> None:
    """Skip where there is no browser, or nothing to check with."""
    require("chromium")
    if not AXE.exists():
        missing("needs frontend/node_modules. Install it with `scripts/setup`.")


async def violations(card: Locator) -> list[str]:
    """Return what axe finds wrong with the card and the dialog that is open in it."""
    page = card.page
    if not await page.evaluate("() => 'axe' in window"):
        await page.evaluate(AXE.read_text())
    found: list[str] = await card.evaluate(
        """async (card) => {
          const { violations } = await axe.run(card);
          return violations.map((one) => `${one.id}: ${one.nodes[0].html}`);
        }"""
    )
    return found


def figures(text: str) -> list[float]:
    """Return all numbers in an English text."""
    found = re.findall(r"([-−]?)€?(\d[\d,]*(?:\.\d+)?)", text)
    return [
        float(number.replace(",", "")) * (-1 if sign else 1) for sign, number in found
    ]


def unexpected(complaints: list[str]) -> list[str]:
    """Return what the console complained about beyond what this home lacks anyway.

    Brands and the pictures of the card picker are on the internet, which it never sees.
    """
    usual = ("404", "demo.home-assistant.io")
    return [
        text
        for text in complaints
        if text != "disconnected" and not any(one in text for one in usual)
    ]


@asynccontextmanager
async def afresh(seen: Browser) -> AsyncIterator[Browser]:
    """Give a browser of the same person that has never been here: nothing is cached."""
    program = seen.page.context.browser
    assert program is not None
    context = await program.new_context(
        storage_state=await seen.page.context.storage_state(),
        viewport={"width": 1400, "height": 1000},
        service_workers="block",
    )
    fresh = Browser(await context.new_page(), seen.url, seen.pictures)
    fresh.page.on(
        "console",
        lambda message: (
            fresh.complaints.append(message.text) if message.type == "error" else None
        ),
    )
    fresh.page.on("pageerror", lambda error: fresh.complaints.append(str(error)))
    try:
        yield fresh
    finally:
        await context.close()


def dashboard_of_the_guide(home: ShownHome) -> dict[str, Any]:
    """Return the YAML dashboard that the guide prints, about the entities of a home.

    The guide's worker is called Cruncher, and its tank has a sensor of another name.
    """
    (text,) = re.findall(r"```yaml\n(views:\n.*?)```", GUIDE.read_text(), re.DOTALL)
    worker = home.entities["worker"]["reason"].removeprefix("sensor.")
    ours = text.replace("cruncher", worker.removesuffix("_reason"))
    dashboard: dict[str, Any] = yaml.safe_load(
        ours.replace("sensor.tank_temperature", TANK)
    )
    return dashboard


def entities_in(config: object) -> set[str]:
    """Return every entity that a part of a dashboard names."""
    return set(
        re.findall(
            r"\b(?:sensor|select|calendar|button|switch)\.[a-z0-9_]+", repr(config)
        )
    )
