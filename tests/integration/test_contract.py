"""What hassfest would say, which does not come with Home Assistant's wheel.

And what no tool says: that every word the code uses is in the translations.
"""

import ast
from collections.abc import Iterator
import json
import re
from typing import Any

from homeassistant.components.climate.const import HVACMode
from homeassistant.helpers.entity import EntityDescription
from homeassistant.helpers.selector import validate_selector
from homeassistant.helpers.service import _SERVICES_SCHEMA
from homeassistant.util.yaml import load_yaml_dict
import pytest

from custom_components.solar_compute import (
    binary_sensor,
    button,
    calendar,
    climate,
    event,
    image,
    number,
    select,
    switch,
)
from custom_components.solar_compute.activity import Activity
from custom_components.solar_compute.condition import CONDITIONS
from custom_components.solar_compute.configured import ProblemKind
from custom_components.solar_compute.core.model import Mode, SiteState, WorkerState
from custom_components.solar_compute.core.spec import RoomPreset
from custom_components.solar_compute.first_run import FirstIssue
from custom_components.solar_compute.heat_issues import HeatIssue
from custom_components.solar_compute.sensor_replay import LAST_REPLAY
from custom_components.solar_compute.sensors_plan import (
    SITE_PLAN_SENSORS,
    WORKER_PLAN_SENSORS,
)
from custom_components.solar_compute.sensors_sink import SINK_SENSORS
from custom_components.solar_compute.sensors_site import SITE_SENSORS
from custom_components.solar_compute.sensors_worker import (
    REASONS,
    RUNS,
    WORKER_SENSORS,
    WOULD,
)
from custom_components.solar_compute.site_issues import SiteIssue
from custom_components.solar_compute.trigger import TRIGGERS
from custom_components.solar_compute.worker_issues import IssueKind

from .translations import DOMAIN, FOLDER, english, leaves, placeholders

TABLES: dict[str, tuple[EntityDescription, ...]] = {
    "binary_sensor": (
        *binary_sensor.DESCRIPTIONS,
        binary_sensor.HEATING_THROUGH_DUE,
        binary_sensor.NEEDS_HEAT,
        binary_sensor.GUARD_TRIPPED,
    ),
    "button": (*button.DESCRIPTIONS, button.FORGET, button.REARM),
    "calendar": (calendar.PLAN,),
    "climate": (climate.ROOM,),
    "event": (event.DESCRIPTION,),
    "number": number.DESCRIPTIONS,
    "select": (select.MODE,),
    "sensor": (
        *SITE_SENSORS,
        *WORKER_SENSORS,
        *SINK_SENSORS,
        *SITE_PLAN_SENSORS,
        *WORKER_PLAN_SENSORS,
        LAST_REPLAY,
    ),
    "image": (image.DAY,),
    "switch": (switch.AUTOMATION, switch.SHADOW),
}
KEYS = {
    platform: {row.translation_key for row in rows} for platform, rows in TABLES.items()
}
RULES = frozenset(
    [
        "action-exceptions",
        "action-setup",
        "appropriate-polling",
        "async-dependency",
        "brands",
        "common-modules",
        "config-entry-unloading",
        "config-flow",
        "config-flow-test-coverage",
        "dependency-transparency",
        "devices",
        "diagnostics",
        "discovery",
        "discovery-update-info",
        "docs-actions",
        "docs-conditions",
        "docs-configuration-parameters",
        "docs-data-update",
        "docs-examples",
        "docs-high-level-description",
        "docs-installation-instructions",
        "docs-installation-parameters",
        "docs-known-limitations",
        "docs-removal-instructions",
        "docs-supported-devices",
        "docs-supported-functions",
        "docs-triggers",
        "docs-troubleshooting",
        "docs-use-cases",
        "dynamic-devices",
        "entity-category",
        "entity-device-class",
        "entity-disabled-by-default",
        "entity-event-setup",
        "entity-translations",
        "entity-unavailable",
        "entity-unique-id",
        "exception-translations",
        "has-entity-name",
        "icon-translations",
        "inject-websession",
        "integration-owner",
        "log-when-unavailable",
        "parallel-updates",
        "reauthentication-flow",
        "reconfiguration-flow",
        "repair-issues",
        "runtime-data",
        "stale-devices",
        "strict-typing",
        "test-before-configure",
        "test-before-setup",
        "test-coverage",
        "unique-config-entry",
    ]
)


def read_json(name: str) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((FOLDER / name).read_text())
    return content


def calls() -> Iterator[tuple[str, ast.Call]]:
    """Yield every call in the integration's code with the name that is called."""
    for path in FOLDER.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call):
                function = node.func
                name = getattr(function, "attr", None) or getattr(function, "id", None)
                yield name or "", node


def constants() -> dict[str, Any]:
    """Return what the integration's modules name at their top."""
    return {
        target.id: node.value.value
        for path in FOLDER.rglob("*.py")
        for node in ast.parse(path.read_text()).body
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)
        for target in node.targets
        if isinstance(target, ast.Name)
    }


NAMED = constants()


def literal(call: ast.Call, argument: str) -> Any:
    """Return a keyword argument if it is a literal or names one, else None."""
    for keyword in call.keywords:
        if keyword.arg == argument:
            value = keyword.value
            if isinstance(value, ast.Constant):
                return value.value
            return NAMED.get(getattr(value, "id", ""))
    return None


def test_the_manifest_is_complete_and_in_hassfests_order() -> None:
    manifest = read_json("manifest.json")
    keys = list(manifest)

    assert keys == ["domain", "name", *sorted(set(keys) - {"domain", "name"})]
    assert manifest["domain"] == DOMAIN == FOLDER.name
    assert manifest["config_flow"] is True
    assert manifest["integration_type"] == "service"
    assert manifest["iot_class"] == "local_polling"
    assert re.fullmatch(r"\d+\.\d+\.\d+", manifest["version"])
    assert {"codeowners", "documentation", "issue_tracker"} <= set(keys)
    assert all(owner.startswith("@") for owner in manifest["codeowners"])
    assert "single_config_entry" not in manifest


def test_every_text_is_plain() -> None:
    for path, text in leaves(english()):
        assert isinstance(text, str), path
        assert text, path
        assert text == text.strip(), path
        assert not re.search(r"https?://|www\.", text), f"address in {path}"
        assert not re.search(r"</?[a-z]+[^>]*>", text), f"HTML in {path}"
        assert "[%key" not in text, f"{path} refers to core's own build"


def test_every_entity_has_a_name_and_an_icon_and_no_name_is_left_over() -> None:
    names = english()["entity"]
    icons = read_json("icons.json")["entity"]

    assert {platform: set(keys) for platform, keys in names.items()} == KEYS
    assert {platform: set(keys) for platform, keys in icons.items()} == KEYS
    assert all(text["name"] for keys in names.values() for text in keys.values())


def test_every_icon_is_a_material_design_icon() -> None:
    assert all(icon.startswith("mdi:") for _, icon in leaves(read_json("icons.json")))


@pytest.mark.parametrize(
    ("platform", "key", "options"),
    [
        ("sensor", "reason", REASONS),
        ("sensor", "site_state", SiteState),
        ("sensor", "worker_state", WorkerState),
        ("select", "mode", Mode),
    ],
)
def test_every_state_has_a_text(platform: str, key: str, options: Any) -> None:
    assert set(english()["entity"][platform][key]["state"]) == {*map(str, options)}


def test_what_runs_by_its_reason_only_would_in_shadow_mode() -> None:
    reasons = english()["entity"]["sensor"]["reason"]["state"]
    running = {key: text for key, text in reasons.items() if "Running:" in text}

    assert set(running) == {*map(str, RUNS)}
    for key, text in running.items():
        assert reasons[f"would_{key}"] == text.replace("Running:", "Would run:")


def test_every_reason_that_a_guard_may_have_has_a_text_with_it_too() -> None:
    attributes = english()["entity"]["binary_sensor"]["tripped"]["state_attributes"]
    reasons = english()["entity"]["sensor"]["reason"]["state"]

    assert set(attributes) == binary_sensor.GUARD_ATTRIBUTES
    worded = set(attributes["reason"]["state"])
    assert worded <= set(reasons)
    held_back = {code for code, text in reasons.items() if text.startswith("Held back")}
    assert held_back - {"import_limit"} <= worded


def test_every_icon_of_a_state_is_for_a_state_that_exists() -> None:
    texts = english()["entity"]
    for platform, icons in read_json("icons.json")["entity"].items():
        for key, icon in icons.items():
            known = set(texts[platform][key].get("state", {"on": "", "off": ""}))
            if platform == "climate":
                known = set(HVACMode)
            assert set(icon.get("state", {})) <= known, f"{platform}.{key}"


def test_every_preset_of_a_thermostat_has_a_text_and_an_icon() -> None:
    for file in (english(), read_json("icons.json")):
        presets = file["entity"]["climate"]["room"]["state_attributes"]["preset_mode"]
        assert set(presets["state"]) == set(RoomPreset)


def test_every_action_is_described_by_valid_selectors_and_texts() -> None:
    actions = load_yaml_dict(str(FOLDER / "services.yaml"))
    texts = english()
    icons = read_json("icons.json")["services"]

    _SERVICES_SCHEMA(actions)
    assert set(actions) == set(texts["services"]) == set(icons)
    for action, description in actions.items():
        text = texts["services"][action]
        assert {"name", "description"} <= set(text)
        assert "target" not in description, "actions address devices"
        assert set(text["fields"]) == set(description["fields"])
        for field, content in description["fields"].items():
            assert set(text["fields"][field]) == {"name", "description"}
            select_ = content["selector"].get("select") or {}
            if (key := select_.get("translation_key")) is not None:
                options = texts["selector"][key]["options"]
                assert set(options) == set(select_["options"])


@pytest.mark.parametrize(
    ("kind", "names"), [("trigger", set(TRIGGERS)), ("condition", set(CONDITIONS))]
)
def test_every_trigger_and_condition_is_described_by_valid_selectors_and_texts(
    kind: str, names: set[str]
) -> None:
    described = load_yaml_dict(str(FOLDER / f"{kind}s.yaml"))
    described = {key: row for key, row in described.items() if key[0] != "."}
    texts, icons = english()[f"{kind}s"], read_json("icons.json")[f"{kind}s"]

    assert set(described) == set(texts) == set(icons) == names
    for name, row in described.items():
        assert row["target"]["entity"]["integration"] == DOMAIN
        fields = row.get("fields", {})
        assert set(texts[name].get("fields", {})) == set(fields), name
        for field in fields.values():
            validate_selector(field["selector"])


def test_reasons_read_the_same_wherever_they_are_read() -> None:
    texts = english()
    # In shadow mode no reason of ours is why something happens.
    reasons = {
        code: text
        for code, text in texts["entity"]["sensor"]["reason"]["state"].items()
        if not code.startswith(WOULD)
    }
    activity = texts["entity"]["event"]["activity"]["state_attributes"]
    triggers = load_yaml_dict(str(FOLDER / "triggers.yaml"))
    asked = triggers["worker_paused"]["fields"]["reason"]["selector"]["select"]

    assert texts["selector"][asked["translation_key"]]["options"] == reasons
    assert activity["reason"]["state"] == reasons
    assert set(asked["options"]) == set(reasons)
    assert set(activity["event_type"]["state"]) == set(Activity)


def test_every_exception_has_a_text_with_the_placeholders_that_it_gets() -> None:
    texts = english()["exceptions"]
    used = set()
    for name, call in calls():
        key = literal(call, "translation_key")
        if key is None or not name.endswith(("Error", "Failed", "NotReady")):
            continue
        used.add(key)
        given = {
            getattr(name, "value", None)
            for keyword in call.keywords
            if keyword.arg == "translation_placeholders"
            and isinstance(keyword.value, ast.Dict)
            for name in keyword.value.keys
        }
        assert placeholders(texts[key]["message"]) == given, key
    assert used == set(texts)


def test_every_repair_has_a_title_and_says_what_to_do() -> None:
    texts = english()["issues"]
    kinds = (*FirstIssue, *HeatIssue, *IssueKind, *ProblemKind, *SiteIssue)
    named = {kind.value for kind in kinds}
    literals = {
        key
        for name, call in calls()
        if name == "async_create_issue"
        and (key := literal(call, "translation_key")) is not None
    }

    assert named | literals == set(texts)
    for text in texts.values():
        assert "title" in text
        assert ("description" in text) != ("fix_flow" in text)


def dialogs() -> list[dict[str, Any]]:
    """Return the texts of every dialog."""
    texts = english()
    return [texts["config"], texts["options"], *texts["config_subentries"].values()]


def test_every_reason_to_abort_a_flow_has_a_text() -> None:
    repairs = [issue.get("fix_flow", {}) for issue in english()["issues"].values()]
    known = {reason for text in dialogs() + repairs for reason in text.get("abort", {})}
    used = {literal(call, "reason") for name, call in calls() if name == "async_abort"}

    assert used - {None} <= known


def test_every_field_of_a_dialog_is_described() -> None:
    for dialog in dialogs():
        for step, text in dialog.get("step", {}).items():
            for part in (text, *text.get("sections", {}).values()):
                described = set(part.get("data_description", {}))
                assert described == set(part.get("data", {})), step


def test_every_subentry_can_be_added_from_a_button_with_a_name() -> None:
    for kind, text in english()["config_subentries"].items():
        assert text["entry_type"], kind
        assert text["initiate_flow"]["user"], kind


def test_the_quality_scale_has_every_rule_and_says_why_one_is_not_kept() -> None:
    rules = load_yaml_dict(str(FOLDER / "quality_scale.yaml"))["rules"]

    assert set(rules) == RULES
    for rule, content in rules.items():
        status = content if isinstance(content, str) else content["status"]
        assert status in {"done", "todo", "exempt"}, rule
        assert status == "done" or content["comment"], rule
