"""The documentation says what is so: links lead somewhere, examples work, nothing is left out."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta, timezone
from functools import cache
import json
from pathlib import Path
import re
import runpy
from typing import Any

from homeassistant.components.automation.config import (
    PLATFORM_SCHEMA,
    async_validate_config_item,
)
from homeassistant.components.template.config import CONFIG_SECTION_SCHEMA
from homeassistant.core import HomeAssistant
from homeassistant.helpers import config_validation as cv
from homeassistant.util import slugify
import pytest
import yaml

from custom_components.solar_compute import (
    services,
    services_home,
    services_jobs,
    targets,
)
from custom_components.solar_compute.attributes import (
    JOB_ATTRIBUTES,
    PERIOD_ATTRIBUTES,
    PLAN_ATTRIBUTES,
    REASON_ATTRIBUTES,
    SINK_ATTRIBUTES,
    SITE_ATTRIBUTES,
    STATE_ATTRIBUTES,
)
from custom_components.solar_compute.attributes_learned import (
    KNOWLEDGE_ATTRIBUTES,
    POWER_ATTRIBUTES,
)
from custom_components.solar_compute.core.decide import decide
from custom_components.solar_compute.core.explain import explain
from custom_components.solar_compute.core.memory import Memory
from custom_components.solar_compute.core.model import (
    Reading,
    Snapshot,
    TankInput,
    WorkerInput,
    WorkerState,
)
from custom_components.solar_compute.core.spec import (
    BackupKind,
    BackupSpec,
    SiteSpec,
    TankSpec,
    WorkerSpec,
)
from custom_components.solar_compute.diagnostics import (
    async_get_config_entry_diagnostics,
)
from custom_components.solar_compute.plan_response import standing
from custom_components.solar_compute.plan_view import PlanView
from custom_components.solar_compute.sensor_replay import REPLAY_ATTRIBUTES
from scripts import configuration_reference

from .faces_common import boiler, cruncher, home, set_up, until
from .translations import DOMAIN, english, leaves

ROOT = configuration_reference.ROOT
DOCS = ROOT / "docs"
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted(DOCS.rglob("*.md"))]
ENTITIES = (DOCS / "entities.md").read_text()
ACTION_PAGE = (DOCS / "actions.md").read_text()
JOBS = (DOCS / "jobs.md").read_text()
AUTOMATIONS = (DOCS / "automations.md").read_text()
EXAMPLES = ACTION_PAGE + JOBS + AUTOMATIONS
TROUBLESHOOTING = (DOCS / "troubleshooting.md").read_text()
TEXTS = english()

_FENCE = re.compile(r"^( *)```(\w*)\n(.*?)^\1```$", re.DOTALL | re.MULTILINE)
_LINK = re.compile(r"\]\(([^)\s]+)\)|src(?:set)?=\"([^\"]+)\"")
_LINK_TO = re.compile(r"\]\(([^)\s]+\.md)\)")


def blocks(text: str, language: str) -> list[str]:
    """Return the code blocks of a language in a page."""
    return [code for _, lang, code in _FENCE.findall(text) if lang == language]


def links(page: Path) -> Iterator[str]:
    """Yield all targets of links and images in a page that lie in this project."""
    prose = re.sub(r"`[^`\n]*`", "", _FENCE.sub("", page.read_text()))
    for link, image in _LINK.findall(prose):
        target = link or image
        if not re.match(r"[a-z]+:", target):
            yield target


@cache
def anchors(page: Path) -> set[str]:
    """Return the anchors that GitHub gives the headings of a page."""
    found: set[str] = set()
    for heading in re.findall(
        r"^#+ +(.+?) *$", _FENCE.sub("", page.read_text()), re.MULTILINE
    ):
        text = re.sub(r"\[([^]]*)\]\([^)]*\)", r"\1", heading).lower()
        slug = re.sub(r"[^\w\- ]", "", text).replace(" ", "-")
        unique, number = slug, 0
        while unique in found:
            number += 1
            unique = f"{slug}-{number}"
        found.add(unique)
    return found


def rows(text: str) -> set[str]:
    """Return the first cells of all tables in a page."""
    return set(re.findall(r"^\| ([^|]+?) +\|", text, re.MULTILINE))


def test_the_configuration_reference_is_what_the_dialogs_say_today() -> None:
    """`scripts/configuration-reference` makes it anew."""
    written = configuration_reference.REFERENCE.read_text()

    assert written == configuration_reference.render()


def test_the_configuration_reference_has_every_field() -> None:
    written = configuration_reference.REFERENCE.read_text()
    dialogs = (
        TEXTS["config"],
        TEXTS["options"],
        *TEXTS["config_subentries"].values(),
    )
    for dialog in dialogs:
        for step in dialog["step"].values():
            for part in (step, *step.get("sections", {}).values()):
                for label in part.get("data", {}).values():
                    assert f"| {label} |" in written


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_leads_to_a_file_and_to_a_heading_in_it(page: Path) -> None:
    for link in links(page):
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        assert target.exists(), link
        assert target.is_relative_to(ROOT), link
        if anchor:
            assert anchor in anchors(target), link


@pytest.mark.parametrize(
    ("front", "pages"),
    [
        (DOCS / "README.md", [*DOCS.glob("*.md"), DOCS / "design" / "README.md"]),
        (DOCS / "design" / "README.md", [*(DOCS / "design").glob("*.md")]),
    ],
    ids=["docs", "design"],
)
def test_a_front_page_leads_to_each_of_its_pages_once(
    front: Path, pages: list[Path]
) -> None:
    """Its introduction may name one of them before the lists do."""
    listed = re.sub(
        r"\A.*?(?=^(?:## |1\. ))", "", front.read_text(), flags=re.DOTALL | re.MULTILINE
    )
    targets = [(front.parent / link).resolve() for link in _LINK_TO.findall(listed)]
    for page in pages:
        assert targets.count(page) == (page != front), page.name


def test_the_readme_leads_to_the_docs() -> None:
    assert "docs/README.md" in set(links(ROOT / "README.md"))


@pytest.mark.parametrize(
    "page", [page for page in PAGES if page.parent == DOCS], ids=lambda page: page.name
)
def test_a_page_says_at_once_what_it_is_for_and_ends_with_a_way_on(page: Path) -> None:
    title, empty, first, *_ = page.read_text().splitlines()
    assert title.startswith("# ") and not empty
    assert re.match(r"[\w\[*]", first) and len(first) > 50, first
    if page.name != "README.md":
        assert page.read_text().splitlines()[-1].startswith("[All docs](README.md) · [")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_no_empty_line_cuts_a_table_in_two(page: Path) -> None:
    """What follows it would be shown as text."""
    first_row = re.compile(r"(?:^|\n) *(?:[^|\s].*|)\n( *\|.*)\n(.*)")
    for row, below in first_row.findall("\n\n" + page.read_text()):
        assert re.match(r" *\|[ :|-]+\|$", below), row


@pytest.mark.parametrize("platform", TEXTS["entity"])
def test_every_entity_and_every_one_of_its_states_is_documented(platform: str) -> None:
    for text in TEXTS["entity"][platform].values():
        assert text["name"] in rows(ENTITIES)
        for words in text.get("state", {}).values():
            # One row tells of all that shadow mode only thinks of.
            state = words.replace("Would run:", "Running:")
            assert f"*{state}*" in ENTITIES or state in rows(TROUBLESHOOTING), state


@pytest.mark.parametrize("kind", ["triggers", "conditions"])
def test_every_trigger_and_condition_is_documented_as_the_editor_words_it(
    kind: str,
) -> None:
    for key, text in TEXTS[kind].items():
        row = f"| {text['name']} | `{DOMAIN}.{key}` | {text['description']} |"
        assert row in AUTOMATIONS


def test_everything_that_may_happen_to_a_worker_is_documented() -> None:
    attributes = TEXTS["entity"]["event"]["activity"]["state_attributes"]
    for key, text in attributes["event_type"]["state"].items():
        assert f"| *{text}* | `{key}` |" in AUTOMATIONS
    for key, text in attributes.items():
        assert f"**{text['name']}** (`{key}`)" in AUTOMATIONS


def test_every_attribute_is_documented_by_key_and_name() -> None:
    keys = (
        REASON_ATTRIBUTES
        | STATE_ATTRIBUTES
        | SITE_ATTRIBUTES
        | PERIOD_ATTRIBUTES
        | SINK_ATTRIBUTES
        | PLAN_ATTRIBUTES
        | JOB_ATTRIBUTES
        | REPLAY_ATTRIBUTES
        | KNOWLEDGE_ATTRIBUTES
        | POWER_ATTRIBUTES
    )
    names = {
        key: text["name"]
        for entity in TEXTS["entity"]["sensor"].values()
        for key, text in entity.get("state_attributes", {}).items()
    }
    assert names.keys() == keys
    for key, name in names.items():
        assert f"`{key}`" in ENTITIES
        assert name in ENTITIES


def test_every_attribute_and_every_reason_of_a_guard_is_documented() -> None:
    attributes = TEXTS["entity"]["binary_sensor"]["tripped"]["state_attributes"]
    for key, text in attributes.items():
        assert f"| `{key}` | {text['name']} |" in ENTITIES
    for text in attributes["reason"]["state"].values():
        assert f"*{text}*" in ENTITIES


def test_every_kind_of_guard_is_documented_with_its_failure_mode() -> None:
    page = (DOCS / "guards.md").read_text()
    kinds = TEXTS["config_subentries"]["guard"]["step"]["user"]["menu_options"]
    for kind in kinds.values():
        section = page.split(f"\n## {kind}\n")[1].split("\n## ")[0]
        assert "**Failure mode.**" in section


def test_every_action_and_every_one_of_its_fields_is_documented() -> None:
    for action, text in TEXTS["services"].items():
        heading = f"### {text['name']}: `solar_compute.{action}`\n"
        assert heading in ACTION_PAGE
        section = ACTION_PAGE.split(heading)[1].split("\n#")[0]
        for field in text["fields"]:
            assert f"`{field}`" in section or f"{field}:" in section


def test_every_repair_issue_has_a_heading_in_the_troubleshooting() -> None:
    headings = re.findall(r"^### (.+)$", TROUBLESHOOTING, re.MULTILINE)
    for text in TEXTS["issues"].values():
        assert re.sub(r"\{\w+\}", "…", text["title"]) in headings


def test_messages_quoted_from_the_dialogs_are_theirs() -> None:
    quoted = TROUBLESHOOTING.split("## Messages in the dialogs")[1].split("\n## ")[0]
    dialogs = (
        TEXTS["config"],
        TEXTS["options"],
        *TEXTS["config_subentries"].values(),
    )
    known = [
        text
        for dialog in dialogs
        for kind in ("error", "abort")
        for text in dialog.get(kind, {}).values()
    ]
    for message in rows(quoted) - {"message", "---"}:
        beginning = message.split("…", maxsplit=1)[0].strip()
        assert any(text.startswith(beginning) for text in known), message


OTHER_WORDS = frozenset(
    {
        *("Settings", "Devices & services", "Dashboards", "System", "Repairs", "⋮"),
        *("System information", "Add integration", "Configure", "Reconfigure"),
        *("Delete", "Download diagnostics", "Enable debug logging", "Ignore"),
        *("Add dashboard",),
        *("Tools", "Actions", "Perform action", "Individual devices"),
        *("Statistic", "Statistics graph", "Derivative", "unavailable", "unknown"),
        *("Solar Compute", "Solar Compute: Explain", "Cruncher", "Hot water"),
        *("Download", "Custom repositories", "Integration", "cruncher"),
        *("Community dashboards", "Companion app", "Debugging", "Reset frontend cache"),
        *("Resources", "Add dashboard", "Create", "Custom element doesn't exist"),
    }
)
"""Home Assistant's own labels, and the names of the examples."""


@pytest.mark.parametrize(
    "name",
    [
        "boinc",
        "configuration",
        "cooled-space",
        "docker",
        "entities",
        "faq",
        "first-worker",
        "guards",
        "heat",
        "hot-water",
        "jobs",
        "limits",
        "pool-and-buffer",
        "room",
        "slurm",
        "troubleshooting",
    ],
)
def test_what_is_in_italics_is_a_label_that_the_user_sees(name: str) -> None:
    labels = {text for _, text in leaves(TEXTS)}
    text = _FENCE.sub("", (DOCS / f"{name}.md").read_text()).replace("**", "")
    phrases = re.findall(r"\*([^*\n]+)\*", text)
    assert phrases
    for phrase in phrases:
        for label in phrase.split(" → "):
            assert label in labels | OTHER_WORDS, phrase


SCHEMAS: dict[str, Callable[[Any], Any]] = {
    services.SERVICE_RUN: services.RUN_SCHEMA,
    services.SERVICE_PAUSE: services.PAUSE_SCHEMA,
    services.SERVICE_SET_MODE: services.SET_MODE_SCHEMA,
    services.SERVICE_EXPLAIN: targets.DEVICE_SCHEMA,
    services_home.SERVICE_REARM_GUARD: targets.DEVICE_SCHEMA,
    services_home.SERVICE_FORGET_LEARNING: targets.DEVICE_SCHEMA,
    services_jobs.SERVICE_SUBMIT: services_jobs.SUBMIT_SCHEMA,
    services_jobs.SERVICE_CANCEL_JOB: services_jobs.CANCEL_SCHEMA,
    services_jobs.SERVICE_LIST_JOBS: targets.DEVICE_SCHEMA,
}
ACTIONS = {f"solar_compute.{name}": schema for name, schema in SCHEMAS.items()}


def of_a_day(value: Any) -> Any:
    """Return what a template of a date would give; anything else as it is."""
    return "2026-06-19 12:00:00+02:00" if "timedelta" in str(value) else value


async def test_the_examples_of_actions_and_automations_are_valid(
    hass: HomeAssistant,
) -> None:
    """`hass`: templates are compiled in its thread."""
    called = set()
    for code in blocks(EXAMPLES, "yaml"):
        example = yaml.safe_load(code)
        if "alias" in example:
            PLATFORM_SCHEMA(example)
            steps = example["actions"]
        elif "action" in example:
            steps = [example]
            cv.SCRIPT_SCHEMA(steps)
        else:
            continue
        for step in steps:
            if (schema := ACTIONS.get(step.get("action", ""))) is not None:
                called.add(step["action"])
                schema({name: of_a_day(value) for name, value in step["data"].items()})
    assert called == ACTIONS.keys()


async def test_home_assistant_takes_every_recipe(hass: HomeAssistant) -> None:
    """As its editor does: with every trigger and condition, and all of their options."""
    await set_up(hass, home(cruncher(), boiler()))
    recipes = [
        recipe
        for code in blocks(AUTOMATIONS + JOBS, "yaml")
        if "alias" in (recipe := yaml.safe_load(code))
    ]
    assert len(recipes) > 12

    for recipe in recipes:
        checked = await async_validate_config_item(hass, "recipe", recipe)
        assert checked is not None
        assert checked.validation_error is None, recipe["alias"]


def test_the_examples_name_entities_that_a_worker_has() -> None:
    named = re.findall(r"\b([a-z_]+)\.cruncher_(\w+)", EXAMPLES)
    assert named
    for platform, name in named:
        texts = TEXTS["entity"][platform].values()
        assert name in {slugify(text["name"]) for text in texts}


def test_the_explanation_that_is_documented_is_what_the_action_returns() -> None:
    """The example's home: 400 W of surplus, and a tank that gas heats otherwise."""
    (code,) = [
        code for code in blocks(ACTION_PAGE, "yaml") if code.startswith("# explained")
    ]
    spec = SiteSpec(
        import_per_kwh=0.287,
        export_per_kwh=0.078,
        tanks=(
            TankSpec(
                key="hot_water_id",
                name="Hot water",
                volume_l=200,
                backup=BackupSpec(kind=BackupKind.GAS),
            ),
        ),
        workers=(
            WorkerSpec(
                key="cruncher_id",
                name="Cruncher",
                levels_w=(300.0, 600.0),
                sink="hot_water_id",
            ),
        ),
    )
    snapshot = Snapshot(
        clock_s=86_400,
        local=datetime(2026, 6, 1, 12, tzinfo=timezone(timedelta(hours=2))),
        grid_w=Reading(-400.0, 86_397),
        workers=(WorkerInput(key="cruncher_id", state=WorkerState.PAUSED, level=0),),
        tanks=(TankInput(key="hot_water_id", temperature_c=Reading(45.0, 86_350)),),
    )

    decision, _ = decide(spec, snapshot, Memory())
    explanation = json.loads(
        json.dumps(explain(spec, snapshot, decision, "cruncher_id"))
    )

    documented = yaml.safe_load(code)
    assert documented.pop("plan").keys() == standing(PlanView()).keys()
    remarks = TEXTS["selector"]["remark"]["options"]
    assert documented.pop("explanation").endswith(remarks["nothing_learned"])
    assert_same(documented, explanation)


def assert_same(documented: Any, real: Any, path: str = "") -> None:
    """Compare as far as the page rounds."""
    if isinstance(real, dict):
        assert documented.keys() == real.keys(), path
        for key, value in real.items():
            assert_same(documented[key], value, f"{path}.{key}")
    elif isinstance(real, list):
        assert len(documented) == len(real), path
        for index, value in enumerate(real):
            assert_same(documented[index], value, f"{path}[{index}]")
    elif isinstance(real, float):
        assert documented == pytest.approx(real, abs=6e-5), path
    else:
        assert documented == real, path


async def test_a_report_can_be_replayed_as_the_page_tells(
    hass: HomeAssistant,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    entry = home(cruncher(), boiler())
    coordinator = await set_up(hass, entry)
    await until(hass, lambda: len(coordinator.records) > 1)
    diagnostics = await async_get_config_entry_diagnostics(hass, entry)
    (tmp_path / "report.json").write_text(json.dumps({"data": diagnostics}))
    monkeypatch.chdir(tmp_path)
    (code,) = blocks(TROUBLESHOOTING, "python")
    (tmp_path / "replay.py").write_text(code)

    runpy.run_path("replay.py")

    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == len(diagnostics["records"])
    latest = diagnostics["records"][-1]["decision"]["workers"][0]
    assert latest["reason"]["code"] in lines[-1]


async def test_the_template_sensor_that_reports_is_valid(hass: HomeAssistant) -> None:
    code = next(b for b in blocks(TROUBLESHOOTING, "yaml") if "time_pattern" in b)
    (example,) = yaml.safe_load(code)["template"]

    CONFIG_SECTION_SCHEMA(example)
