"""A person in front of the dashboard and its card, in a real Home Assistant."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
import re
from typing import Any

from playwright.async_api import expect
import pytest
import pytest_asyncio

from demo.shown import ShownHome

from .browser import Browser, browser
from .screen import (
    afresh,
    dashboard_of_the_guide,
    entities_in,
    figures,
    require_tools,
    unexpected,
    violations,
)

pytestmark = pytest.mark.asyncio(loop_scope="module")

COLD_LOADS = 10
GUIDE = "solar-guide"
SECTIONS = (
    "Now and next",
    "Workers",
    "Heat",
    "Money and energy",
    "Last 48 hours",
)


@pytest.fixture(scope="module", autouse=True)
def tools() -> None:
    """Skip the whole module at once where they are missing."""
    require_tools()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shown_home(
    tmp_path_factory: pytest.TempPathFactory,
) -> AsyncIterator[ShownHome]:
    """Give a home that has a past, a plan, and a worker that runs."""
    shown = ShownHome.build(tmp_path_factory.mktemp("shown"))
    try:
        await shown.start()
        yield shown
    finally:
        await shown.close()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def seen(shown_home: ShownHome, pictures: Path) -> AsyncIterator[Browser]:
    """Give a browser in which somebody has logged in, for all tests one after another."""
    server = shown_home.home_assistant
    async with browser(server.url, pictures) as opened:
        await opened.log_in(server.user, server.password)
        yield opened


async def test_the_dashboard_is_made_by_three_clicks_from_what_is_configured(
    seen: Browser,
) -> None:
    page = seen.page
    await seen.open("/config/lovelace/dashboards")
    await page.get_by_role("button", name="Add dashboard").click()
    await page.locator("dashboard-card", has_text="Solar Compute").click()
    await page.get_by_role("button", name="Create", exact=True).click()
    await page.get_by_role("button", name="Create", exact=True).wait_for(state="hidden")
    await seen.open("/solar-compute/home")

    card = page.locator("solar-compute-card")
    await expect(card.get_by_role("img")).to_be_visible()
    for section in SECTIONS:
        await expect(page.get_by_text(section, exact=True).first).to_be_visible()
    await expect(page.locator("hui-error-card")).to_have_count(0)
    await expect(page.locator("hui-tile-card")).not_to_have_count(0)


async def test_the_card_says_what_why_and_what_next_in_every_light_and_width(
    seen: Browser,
) -> None:
    page, card = seen.page, seen.page.locator("solar-compute-card")
    await expect(card.get_by_role("heading")).to_contain_text("Running · 800 W")
    await expect(card.get_by_role("button", name="Why?")).to_contain_text(
        "worth more computing and heating"
    )
    picture = await card.get_by_role("img").get_attribute("aria-label") or ""
    for told in ("Ran for", "Expected: up to", "If it gets cloudy", "Hot water:"):
        assert told in picture
    await expect(card.locator("rect.ran").first).to_be_attached()
    await expect(card.locator("rect.planned").first).to_be_attached()

    for name, dark, width in (
        ("screen light", False, 1400),
        ("screen dark", True, 1400),
        ("screen phone", False, 390),
    ):
        await page.emulate_media(color_scheme="dark" if dark else "light")
        await page.set_viewport_size({"width": width, "height": 1000})
        await seen.picture(name)
        assert await violations(card) == []
        box = await card.bounding_box()
        assert box is not None
        assert box["width"] <= width
    await page.set_viewport_size({"width": 1400, "height": 1000})


async def test_why_shows_the_figures_of_the_decision(
    seen: Browser, shown_home: ShownHome
) -> None:
    card = seen.page.locator("solar-compute-card")
    await card.get_by_role("button", name="Why?").click()
    why = card.get_by_role("dialog", name="Cellar server")
    await expect(why.get_by_role("table")).to_be_visible()
    client = shown_home.home_assistant.client
    device_id = await shown_home.device_id(shown_home.installed.worker_id)
    (explained,) = (
        await client.act(
            "solar_compute.explain", {"device_id": device_id}, respond=True
        )
    ).values()

    rows = await why.get_by_role("row").all_inner_texts()
    running = [level for level in explained["levels"] if level["level"]]
    assert len(rows) == 1 + len(running) > 1
    for row, level in zip(rows[1:], running, strict=True):
        assert row.split("\t")[0] == f"{level['power_w']:.0f} W"
        assert figures(row)[1:] == [
            pytest.approx(value, abs=0.0006)
            for value in (
                level["compute"],
                level["heat"],
                -level["supply"],
                level["total"],
            )
        ]
    tranches = explained["site"]["tranches"]
    kinds = await why.locator(".kinds li").all_inner_texts()
    assert [figures(kind)[-1] for kind in kinds] == [
        pytest.approx(tranche["price_per_kwh"], abs=0.006) for tranche in tranches
    ]
    await expect(why.get_by_text("It pauses once a kWh costs more")).to_be_visible()
    await expect(why.locator("li.switch").first).to_contain_text("Running")
    await seen.picture("screen why")
    assert await violations(card) == []
    await seen.page.keyboard.press("Escape")
    await expect(why).to_be_hidden()
    await expect(card.get_by_role("button", name="Why?")).to_be_focused()


async def test_what_if_shows_the_figures_of_the_replay(
    seen: Browser, shown_home: ShownHome
) -> None:
    card = seen.page.locator("solar-compute-card")
    await card.get_by_role("button", name="Gained today").click()
    dialog = card.get_by_role("dialog", name="What if?")
    await expect(dialog.get_by_role("slider")).to_have_count(6)
    await dialog.get_by_role("slider", name="Sun that is sold").fill("0.3")
    await expect(dialog.get_by_text("€0.30")).to_be_visible()
    await dialog.get_by_role("button", name="Replay").click()
    await expect(dialog.get_by_role("table")).to_be_visible(timeout=60_000)
    # The sensor keeps what the action answered last.
    states = await shown_home.home_assistant.client.states()
    report = states[shown_home.entities["home"]["last_replay"]]

    rows = await dialog.get_by_role("row").all_inner_texts()
    shown = {
        name: figures(rest)[-1]
        for name, _, rest in (r.partition("\t") for r in rows[1:])
    }
    (worker,) = report["attributes"]["workers"]
    assert shown["Gain"] == pytest.approx(float(report["state"]), abs=0.006)
    assert shown["Hours"] == pytest.approx(worker["run_hours"], abs=0.06)
    assert shown["Starts"] == worker["starts"]
    assert shown["Energy"] == pytest.approx(worker["energy_kwh"], abs=0.06)
    assert "price_tried" in report["attributes"]["assumptions"]
    await seen.picture("screen what if")
    assert await violations(card) == []
    await dialog.get_by_role("button", name="Close").click()


async def test_the_mode_is_chosen_with_arrow_keys(
    seen: Browser, shown_home: ShownHome
) -> None:
    card = seen.page.locator("solar-compute-card")
    modes = card.get_by_role("radiogroup", name="Mode of Cellar server")
    await modes.get_by_role("radio", name="Automatic").focus()
    await seen.page.keyboard.press("ArrowLeft")

    await expect(modes.get_by_role("radio", name="Off")).to_be_focused()
    await expect(modes.get_by_role("radio", name="Off")).to_be_checked()
    await expect(card.get_by_role("status").first).to_contain_text("its mode is off")
    mode = shown_home.entities["worker"]["mode"]
    states = await shown_home.home_assistant.client.states()
    assert states[mode]["state"] == "off"
    await seen.page.keyboard.press("ArrowRight")
    await expect(modes.get_by_role("radio", name="Automatic")).to_be_checked()


async def test_the_editor_asks_for_the_device_and_the_hours(seen: Browser) -> None:
    page = seen.page
    form = await page.evaluate(
        "() => customElements.get('solar-compute-card').getConfigForm()"
    )

    assert [field["name"] for field in form["schema"]] == ["device", "hours"]
    suggested: dict[str, Any] = await page.evaluate(
        """() => {
          const { hass } = document.querySelector("home-assistant");
          const card = window.customCards.find((one) => one.type === "solar-compute-card");
          const of = (key) => Object.values(hass.entities).find(
            (one) => one.platform === "solar_compute" && one.translation_key === key);
          return {
            worker: card.getEntitySuggestion(hass, of("reason").entity_id),
            tank: card.getEntitySuggestion(hass, of("heat_power").entity_id),
            other: card.getEntitySuggestion(hass, "sun.sun"),
          };
        }"""
    )
    assert set(suggested["worker"]["config"]) == {"type", "device"}
    assert suggested["tank"]["config"] == {"type": "custom:solar-compute-card"}
    assert suggested["other"] is None


async def test_without_a_connection_it_is_grey_and_comes_back_by_itself(
    seen: Browser,
) -> None:
    # What the frontend says in the console of a lost connection is no fault of ours.
    async with afresh(seen) as lost:
        page, card = lost.page, lost.page.locator("solar-compute-card")
        await lost.open("/solar-compute/home")
        await expect(card.get_by_role("heading")).to_contain_text("Cellar server")
        await expect(card.locator("ha-card.stale")).to_have_count(0)
        await page.context.set_offline(True)
        await page.evaluate(
            """() => document.querySelector("home-assistant")
              .hass.connection.socket.close()"""
        )
        await expect(card.locator("ha-card.stale")).to_be_visible()
        await expect(card.get_by_role("heading")).to_contain_text("Cellar server")

        await page.context.set_offline(False)
        await expect(card.locator("ha-card.stale")).to_have_count(0)


async def test_ten_cold_loads_show_the_card_every_time(seen: Browser) -> None:
    async def load() -> None:
        async with afresh(seen) as fresh:
            await fresh.open("/solar-compute/home")
            card = fresh.page.locator("solar-compute-card")
            await expect(card.get_by_role("img")).to_be_visible()
            await expect(fresh.page.locator("hui-error-card")).to_have_count(0)
            assert unexpected(fresh.complaints) == []

    for _ in range(COLD_LOADS // 2):
        await asyncio.gather(load(), load())


async def test_the_dashboard_of_the_guide_shows_without_an_error(
    seen: Browser, shown_home: ShownHome
) -> None:
    page, client = seen.page, shown_home.home_assistant.client
    dashboard = dashboard_of_the_guide(shown_home)
    states = await client.states()
    assert entities_in(dashboard) <= states.keys()
    await client.call(
        "lovelace/dashboards/create", url_path=GUIDE, title="Guide", mode="storage"
    )
    await client.call("lovelace/config/save", url_path=GUIDE, config=dashboard)
    await seen.open(f"/{GUIDE}/solar-compute")

    shown = page.get_by_text("Last 48 hours", exact=True)
    await expect(shown.first).to_be_visible()
    await expect(page.locator("hui-tile-card")).not_to_have_count(0)
    await expect(page.locator("hui-error-card, hui-warning")).to_have_count(0)


async def test_the_picker_offers_the_card_and_the_editor_shows_it(
    seen: Browser,
) -> None:
    page = seen.page
    await seen.open(f"/{GUIDE}/solar-compute?edit=1")
    await page.get_by_role("button", name="Add card").first.click()
    await page.get_by_role("tab", name="By card").click()
    picker = page.locator("hui-dialog-create-card")
    await (
        picker.get_by_role("textbox")
        .or_(picker.locator("input"))
        .first.fill("Solar Compute")
    )
    offered = picker.locator(".card", has=page.locator("solar-compute-card"))
    await offered.locator(".overlay").click()

    editor = page.locator("hui-dialog-edit-card")
    await expect(editor.get_by_role("spinbutton")).to_have_value("48")
    preview = editor.locator("solar-compute-card")
    await expect(preview.get_by_role("heading")).to_contain_text("Cellar server")
    assert await violations(preview) == []
    await seen.picture("card editor")


async def test_it_speaks_german_with_german_numbers(seen: Browser) -> None:
    page = seen.page
    await page.evaluate(
        """() => document.querySelector("home-assistant").hass.callWS({
          type: "frontend/set_user_data", key: "language",
          value: { language: "de", number_format: "language", time_format: "language" },
        })"""
    )
    await page.evaluate("() => localStorage.setItem('selectedLanguage', '\"de\"')")
    await seen.open("/solar-compute/home")

    card = page.locator("solar-compute-card")
    await expect(card.get_by_role("button", name="Warum?")).to_be_visible()
    await expect(page.get_by_text("Geld und Energie", exact=True)).to_be_visible()
    await expect(card.get_by_role("button", name="Gewinn heute")).to_contain_text(
        re.compile(r"\d,\d\d\s€")
    )
    await seen.picture("screen german")
    assert unexpected(seen.complaints) == []
