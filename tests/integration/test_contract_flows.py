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
from custom_components.solar_compute.flows import switched_ways
from custom_components.solar_compute.flows.connect import Offer, Service
from custom_components.solar_compute.workers.docker_engine import EngineFacts

from . import guard_pages, houses
from .announced import hear
from .dialogs import (
    ALWAYS_ON_PAGE,
    BOINC_PAGE,
    CONTAINER_PAGE,
    ENGINE_PAGE,
    FOLDING_GROUP_PAGE,
    FOLDING_PAGE,
    GAS_PAGE,
    LOOP_PAGE,
    MINER_PAGE,
    ROOM_GAS_PAGE,
    ROOM_PAGE,
    SITE_PAGES,
    SLURM_PAGES,
    SPACE_PAGE,
    TANK_PAGE,
    WORTH_PAGE,
)
from .houses import (
    BOINC,
    CONTAINER,
    COOL_CELLAR,
    CRUNCHER,
    FOLDING,
    MINER,
    SLURM,
    STUDY,
    TANK,
)
from .rest_dialogs import Browser, Page
from .translations import FOLDER, english

TEXTS = english()
IN_FLOWS = "custom_components.solar_compute.flows"
SERVICE = Service(url="https://127.0.0.1:8377", fingerprint="ab" * 32)
OFFER = Offer(workers={"render": [300.0], "cruncher": [60.0]}, service_id="5a5a")
ONLY_ONE = Offer(workers={"film": [300.0]}, service_id="5a5a")
TRIED = "custom_components.solar_compute.flows.boinc.async_try"
VISITED = "custom_components.solar_compute.flows.docker.async_try"
ENGINE = EngineFacts(machine="crunchbox", cpus=8, is_podman=False)
LISTED = "custom_components.solar_compute.flows.slurm.async_list"
GROUPS = "custom_components.solar_compute.flows.folding.async_list_groups"
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
ENTITY_WAYS: tuple[tuple[str, dict[str, Any], dict[str, Any]], ...] = (
    (
        "script.start",
        {},
        {"pause_by": "script.stop", "confirm": "binary_sensor.window"},
    ),
    ("select.mode", {}, {"paused_option": "Sleep", "level_options": ["Normal"]}),
    ("number.miner_power", {}, {"paused_value": 100}),
    ("climate.study", {}, {"wanted_c": 22}),
    ("switch.rod", {"cuts_power": True}, {"acknowledge_cut": True}),
)
"""What else may turn a worker on and off: the entity, the first page, the second."""


@pytest.fixture
async def pages(
    hass: HomeAssistant, hass_client: Callable[[], Any]
) -> AsyncGenerator[list[Page]]:
    """Take all dialogs from their first page to their last."""
    houses.move_in(hass)
    guard_pages.furnish(hass)
    for script in ("script.start", "script.stop"):
        hass.states.async_set(script, "off")
    hass.states.async_set("select.mode", "Sleep", {"options": ["Sleep", "Normal"]})
    await async_setup_component(hass, "config", {})
    browser = Browser(await hass_client())
    with (
        patch("custom_components.solar_compute.async_setup_entry", return_value=True),
        patch(f"{IN_FLOWS}.agent.async_look", return_value=(SERVICE, {})),
        patch(f"{IN_FLOWS}.agent.async_pair_with", return_value=("a-token", {})),
        patch(f"{IN_FLOWS}.agent.async_visit", return_value=(OFFER, {})),
        patch(f"{IN_FLOWS}.discovery.async_look", return_value=(SERVICE, {})),
        patch(f"{IN_FLOWS}.discovery.async_pair_with", return_value=("a-token", {})),
        patch(f"{IN_FLOWS}.discovery.async_visit", return_value=(OFFER, {})),
        patch(TRIED, return_value=("BOINC crunchbox", {})),
        patch(VISITED, return_value=(ENGINE, ["crunch"], {})),
        patch(GROUPS, return_value=([""], {})),
        patch(LISTED, return_value=(["solar"], {})),
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
        await take_discovery(hass, browser)
        yield browser.pages


async def take_discovery(hass: HomeAssistant, browser: Browser) -> None:
    """Add a worker of a service that announced itself."""
    result = await hear(hass, 8378)
    result = await browser.look_up("flow", result["flow_id"])
    result = await browser.go_on(
        "flow",
        TEXTS["config"],
        result,
        {"code": "7KQ4-M2XP"},
        {"workers": ["cruncher"]},
    )
    assert result["reason"] == "worker_added"


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
    pasted = {"url": "127.0.0.1:8377", "token": "a-token"}
    await browser.take(
        "subentries/flow", texts["worker"], worker, {"next_step_id": "agent"}, pasted
    )
    for pages in (
        [
            {"next_step_id": "agent"},
            {"url": "127.0.0.1:8377"},
            {"code": "7KQ4-M2XP"},
            {"worker": "render"},
            WORTH_PAGE,
        ],
        [{"next_step_id": "boinc"}, BOINC_PAGE, WORTH_PAGE],
        [{"next_step_id": "docker"}, ENGINE_PAGE, CONTAINER_PAGE, WORTH_PAGE],
        [
            {"next_step_id": "folding"},
            FOLDING_PAGE,
            FOLDING_GROUP_PAGE,
            WORTH_PAGE,
        ],
        [{"next_step_id": "always_on"}, ALWAYS_ON_PAGE],
        [{"next_step_id": "slurm"}, *SLURM_PAGES, WORTH_PAGE],
        [{"next_step_id": "entity"}, MINER_PAGE, WORTH_PAGE],
        *(
            [
                {"next_step_id": "entity"},
                {**MINER_PAGE, "switch": switch, **first},
                page,
                WORTH_PAGE,
            ]
            for switch, first, page in ENTITY_WAYS
        ),
    ):
        result = await browser.take("subentries/flow", texts["worker"], worker, *pages)
        assert result["type"] == "create_entry"
    with patch(f"{IN_FLOWS}.agent.async_visit", return_value=(ONLY_ONE, {})):
        opened = {"next_step_id": "agent"}, {"url": "127.0.0.1:8377"}
        named = {**WORTH_PAGE, "name": "Film"}
        await browser.take("subentries/flow", texts["worker"], worker, *opened, named)
    opening = {"next_step_id": "entity_device"}
    await browser.take("subentries/flow", texts["worker"], worker, opening)


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
        *("discovered", "discovered_workers"),
        *("agent", "agent_trust", "agent_pair", "agent_worker"),
        *("boinc", "docker", "docker_container", "entity"),
        *("folding", "folding_group"),
        *("slurm", "slurm_partition"),
        *("worth", "tank"),
        *switched_ways.KEYS,
        *("entity_device", "always_on"),
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
        FOLDING,
        MINER,
        SLURM,
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
