"""Every page of every dialog is complete, as the frontend gets it.

The pages are taken through Home Assistant's REST API, so that whatever cannot be sent
to a browser fails here. Then: every field has a label and a description, every section
a name, every menu entry a text, and no text is left over.
"""

from collections.abc import AsyncGenerator, Callable
import json
import re
from typing import Any
from unittest.mock import patch

from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
import pytest

from custom_components.solar_compute import const, const_heat
from custom_components.solar_compute.workers.docker_engine import EngineFacts

from . import guard_pages, houses
from .dialogs import (
    BOINC_PAGE,
    CONTAINER_PAGE,
    ENGINE_PAGE,
    GAS_PAGE,
    LOOP_PAGE,
    MINER_PAGE,
    ROOM_GAS_PAGE,
    ROOM_PAGE,
    SITE_PAGES,
    SPACE_PAGE,
    TANK_PAGE,
    WORTH_PAGE,
)
from .houses import BOINC, CONTAINER, COOL_CELLAR, CRUNCHER, MINER, STUDY, TANK
from .translations import FOLDER, english

TEXTS = english()
FLOWS = "/api/config/config_entries/"
OFFERED = "custom_components.solar_compute.flows.agent.async_list_workers"
TRIED = "custom_components.solar_compute.flows.boinc.async_try"
VISITED = "custom_components.solar_compute.flows.docker.async_try"
ENGINE = EngineFacts(machine="crunchbox", cpus=8, is_podman=False)
ALL_BACKUPS: dict[str, dict[str, Any]] = {
    "gas": GAS_PAGE,
    "resistive": {"timing": {}, "wait": {}},
    "heat_pump": {"timing": {}, "details": {}, "wait": {}},
    "district": GAS_PAGE,
    "none": {},
}
OTHER_SINKS: dict[str, tuple[dict[str, Any], ...]] = {
    "loop": (LOOP_PAGE, {}),
    "room": (ROOM_PAGE, ROOM_GAS_PAGE),
    "space": (SPACE_PAGE,),
}

type Page = tuple[dict[str, Any], dict[str, Any]]
"""The texts of a dialog, and one answer of the REST API in it."""


class Browser:
    """Takes dialogs by REST, and keeps every page that it was shown."""

    def __init__(self, client: Any) -> None:
        self._client = client
        self.pages: list[Page] = []

    async def take(
        self,
        flow: str,
        texts: dict[str, Any],
        opening: dict[str, Any],
        *answers: dict[str, Any],
    ) -> Any:
        """Open a dialog and give these answers; return what comes of it."""
        result = await self._post(f"{FLOWS}{flow}", opening)
        for answer in answers:
            self.pages.append((texts, result))
            assert result["type"] in ("form", "menu"), result
            path = f"{FLOWS}{flow}/{result['flow_id']}"
            result = await self._post(path, answer)
        self.pages.append((texts, result))
        return result

    async def _post(self, path: str, body: dict[str, Any]) -> Any:
        response = await self._client.post(path, json=body)
        assert response.status == 200, await response.text()
        return await response.json()


@pytest.fixture
async def pages(
    hass: HomeAssistant, hass_client: Callable[[], Any]
) -> AsyncGenerator[list[Page]]:
    """Take all dialogs from their first page to their last."""
    houses.move_in(hass)
    guard_pages.furnish(hass)
    await async_setup_component(hass, "config", {})
    browser = Browser(await hass_client())
    with (
        patch("custom_components.solar_compute.async_setup_entry", return_value=True),
        patch(OFFERED, return_value=({"render": [300.0]}, {})),
        patch(TRIED, return_value=("BOINC crunchbox", {})),
        patch(VISITED, return_value=(ENGINE, ["crunch"], {})),
    ):
        await take_site(browser)
        (entry,) = hass.config_entries.async_entries(const.DOMAIN)
        await take_subentries(browser, entry.entry_id)
        again = {"handler": const.DOMAIN, "entry_id": entry.entry_id}
        await browser.take("flow", TEXTS["config"], again, {**SITE_PAGES[0][1]})
        await browser.take(
            "options/flow", TEXTS["options"], {"handler": entry.entry_id}
        )
        for subentry in list(entry.subentries.values()):
            await browser.take(
                "subentries/flow",
                TEXTS["config_subentries"][subentry.subentry_type],
                {
                    "handler": [entry.entry_id, subentry.subentry_type],
                    "subentry_id": subentry.subentry_id,
                },
            )
        yield browser.pages


async def take_site(browser: Browser) -> None:
    """Add the integration."""
    result = await browser.take(
        "flow",
        TEXTS["config"],
        {"handler": const.DOMAIN},
        *(page for _, page in SITE_PAGES),
    )
    assert result["type"] == "create_entry"


async def take_subentries(browser: Browser, entry_id: str) -> None:
    """Add heat sinks, guards and workers of each kind, and a tank with each heater."""
    texts = TEXTS["config_subentries"]
    for backup, page in ALL_BACKUPS.items():
        # One sensor serves one tank, so only the last of them is added.
        last = [page] if backup == "none" else []
        result = await browser.take(
            "subentries/flow",
            texts["heat_sink"],
            {"handler": [entry_id, "heat_sink"]},
            {"next_step_id": "tank"},
            {**TANK_PAGE, "backup": backup},
            *last,
        )
        assert result["type"] == ("create_entry" if last else "form")
    for kind, answers in OTHER_SINKS.items():
        result = await browser.take(
            "subentries/flow",
            texts["heat_sink"],
            {"handler": [entry_id, "heat_sink"]},
            {"next_step_id": kind},
            *answers,
        )
        assert result["type"] == "create_entry"
    for kind, page in guard_pages.PAGES.items():
        rule: list[dict[str, Any]] = [{}] if kind == "condition" else []
        result = await browser.take(
            "subentries/flow",
            texts["guard"],
            {"handler": [entry_id, "guard"]},
            {"next_step_id": kind},
            {"name": "My guard", **page},
            *rule,
        )
        assert result["type"] == "create_entry"
    worker = {"handler": [entry_id, "worker"]}
    for pages in (
        [
            {"next_step_id": "agent"},
            {"url": "http://127.0.0.1:8377"},
            {"worker": "render"},
            WORTH_PAGE,
        ],
        [{"next_step_id": "boinc"}, BOINC_PAGE, WORTH_PAGE],
        [{"next_step_id": "docker"}, ENGINE_PAGE, CONTAINER_PAGE, WORTH_PAGE],
        [{"next_step_id": "entity"}, MINER_PAGE, WORTH_PAGE],
    ):
        result = await browser.take("subentries/flow", texts["worker"], worker, *pages)
        assert result["type"] == "create_entry"


def incomplete(texts: dict[str, Any], fields: list[dict[str, Any]]) -> list[str]:
    """Return the fields that lack a label or a description, in sections too."""
    faults = []
    for field in fields:
        name = field["name"]
        if field.get("type") == "expandable":
            section = texts.get("sections", {}).get(name, {})
            if not section.get("name") or not section.get("description"):
                faults.append(name)
            faults += [f"{name}.{f}" for f in incomplete(section, field["schema"])]
        elif not all(texts.get(part, {}).get(name) for part in WORDS):
            faults.append(name)
    return faults


WORDS = ("data", "data_description")


async def test_every_field_of_every_page_has_a_label_and_a_description(
    pages: list[Page],
) -> None:
    seen = set()
    for texts, result in pages:
        if result["type"] == "form":
            step = texts["step"][result["step_id"]]
            seen.add(result["step_id"])
            assert step["title"]
            assert incomplete(step, result["data_schema"]) == [], result["step_id"]
    assert seen == {
        *(step for step, _ in SITE_PAGES),
        "init",
        *("agent", "agent_worker", "boinc", "docker", "docker_container", "entity"),
        *("worth", "tank"),
        *(f"backup_{kind}" for kind in ALL_BACKUPS),
        *OTHER_SINKS,
        *guard_pages.PAGES,
        "condition_rule",
    }


async def test_every_menu_entry_is_worded_and_described(pages: list[Page]) -> None:
    menus = [(t, result) for t, result in pages if result["type"] == "menu"]
    assert {result["step_id"] for _, result in menus} == {"user", "reconfigure"}
    for texts, result in menus:
        step = texts["step"][result["step_id"]]
        options = set(result["menu_options"])
        assert options <= step["menu_options"].keys()
        assert options <= step["menu_option_descriptions"].keys()


async def test_every_choice_is_worded(pages: list[Page]) -> None:
    chosen = set()

    def check(fields: list[dict[str, Any]]) -> None:
        for field in fields:
            check(field.get("schema", []))
            select = field.get("selector", {}).get("select", {})
            if key := select.get("translation_key"):
                chosen.add(key)
                words = TEXTS["selector"][key]["options"]
                assert set(select["options"]) <= words.keys()

    for _, result in pages:
        check(result.get("data_schema") or [])
    assert chosen == {
        *("backup", "backup_schedule", "energy_class"),
        *("supply", "use", "building", "month", "devices", "on_pause"),
        *("limit_unit", "phases", "cap_of", "condition_use", "must_be"),
    }


async def test_texts_ask_for_no_placeholder_that_their_page_does_not_fill(
    pages: list[Page],
) -> None:
    for texts, result in pages:
        if result["type"] in ("form", "menu"):
            step = json.dumps(texts["step"][result["step_id"]])
            given = set(result["description_placeholders"] or {})
            assert set(re.findall(r"{(\w+)}", step)) <= given


def test_no_error_is_worded_that_nothing_gives() -> None:
    """That every error given is worded is checked wherever a test provokes one."""
    worded = {
        error
        for texts in (
            TEXTS["config"],
            TEXTS["options"],
            *TEXTS["config_subentries"].values(),
        )
        for error in texts["error"]
    }
    code = "".join(path.read_text() for path in (FOLDER / "flows").glob("*.py"))
    for error in worded:
        assert f'"{error}"' in code


def test_stored_houses_have_the_keys_that_the_dialogs_store() -> None:
    """Fixtures that drift from what dialogs store would test nothing."""
    keys = {
        value
        for name, value in (vars(const) | vars(const_heat)).items()
        if name.startswith("CONF_")
    }
    for data in (
        houses.SITE,
        CRUNCHER,
        BOINC,
        CONTAINER,
        MINER,
        TANK,
        STUDY,
        COOL_CELLAR,
    ):
        assert data.keys() <= keys


async def test_no_required_number_is_without_a_usual_value(pages: list[Page]) -> None:
    """The frontend would fill in its minimum, and a hurried person would submit it."""

    def check(fields: list[dict[str, Any]]) -> None:
        for field in fields:
            check(field.get("schema", []))
            if field.get("required") and "number" in field.get("selector", {}):
                assert "default" in field, field["name"]

    for _, result in pages:
        check(result.get("data_schema") or [])
