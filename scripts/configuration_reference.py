"""Renders the reference of all dialogs: docs/configuration-reference.md.

Labels and descriptions come from the English texts, defaults and units from the
schemas that the dialogs show. It must never hold a text about a field of its own.
"""

from collections.abc import Iterator, Mapping
import json
from pathlib import Path
import re
from types import SimpleNamespace
from typing import Any

from homeassistant.data_entry_flow import section
from homeassistant.helpers.selector import (
    BooleanSelector,
    NumberSelector,
    SelectOptionDict,
    SelectSelector,
)
from homeassistant.util.unit_system import METRIC_SYSTEM
import probatio

from custom_components.solar_compute import const as c, const_guards, const_heat
from custom_components.solar_compute.flows import (
    always_on,
    backup,
    boinc,
    docker,
    economics,
    folding,
    guard,
    heat_fields,
    options,
    room,
    site,
    slurm,
    space,
    switched,
    switched_ways,
    tank,
)

ROOT = Path(__file__).parents[1]
REFERENCE = ROOT / "docs/configuration-reference.md"
INTEGRATION = ROOT / "custom_components/solar_compute"
TEXTS: dict[str, Any] = json.loads((INTEGRATION / "translations/en.json").read_text())
DIALOGS = (
    ("The home", TEXTS["config"]["step"]),
    ("Workers", TEXTS["config_subentries"]["worker"]["step"]),
    ("Heat sinks", TEXTS["config_subentries"]["heat_sink"]["step"]),
    ("Guards", TEXTS["config_subentries"]["guard"]["step"]),
    ("Options of the home", TEXTS["options"]["step"]),
)
CURRENCY = "currency"
_SHOWN = {"options": ["…"], "hvac_modes": ["…"]}
"""What an entity shows whose choices make the choices of a form."""
FILLED_IN = {
    "currency": "your currency",
    "levels": "…",
    "checklist": "(the list)",
    "export_price": "…",
    "entity": "The entity",
    "state": "…",
    "worker": "a worker",
    "engine": "Docker or Podman",
    "machine": "its machine",
    "cpus": "…",
    "url": "(the address)",
    "fingerprint": "(the fingerprint)",
    "before": "(the fingerprint)",
    "abilities": "…",
}

INTRODUCTION = """\
# Configuration reference

Every field of every dialog. What to enter to begin with is told in [Configuration](configuration.md).

This page is made by `scripts/configuration-reference` from the dialogs themselves. *currency* stands for the currency of your Home Assistant. *Empty* means that a field may stay empty. Temperatures are shown in °C; the dialogs use the unit of your Home Assistant.
"""
FOOT = """\
---

[All docs](README.md) · [Configuration](configuration.md)
"""


def render() -> str:
    """Return the whole page."""
    schemas = _schemas()
    parts = [INTRODUCTION]
    for title, steps in DIALOGS:
        parts.append(f"## {title}\n")
        for step, text in steps.items():
            parts += _step(text, schemas.get(step))
    return "\n".join([*parts, FOOT])


def _schemas() -> dict[str, probatio.Schema]:
    """Return the schemas of the steps that have defaults or units, by step."""
    hass: Any = SimpleNamespace(
        config=SimpleNamespace(currency=CURRENCY, units=METRIC_SYSTEM),
        states=SimpleNamespace(get=lambda _: SimpleNamespace(attributes=_SHOWN)),
    )
    sinks = [
        SimpleNamespace(subentry_id="", title="", data={c.CONF_KIND: kind})
        for kind in (const_heat.KIND_TANK, const_heat.KIND_SPACE)
    ]
    entry: Any = SimpleNamespace(get_subentries_of_type=lambda _: sinks)
    worker = SelectOptionDict(value="", label="")
    with_battery = {
        c.CONF_HAS_BATTERY: True,
        c.CONF_GRID_INVERTED: False,
        c.CONF_BATTERY_INVERTED: False,
    }
    return (
        {
            "grid": site.grid_schema(),
            "battery": site.battery_schema(CURRENCY),
            "prices": site.prices_schema(CURRENCY),
            "confirm": site.confirm_schema(with_battery, new=True),
            "boinc": boinc.schema(named=True),
            "docker": docker.engine_schema(),
            "docker_container": docker.container_schema([], named=True, limited=True),
            "folding": folding.client_schema(),
            "folding_group": folding.group_schema([], named=True),
            "entity_device": switched.device_schema(),
            "slurm": slurm.cluster_schema(),
            "slurm_partition": slurm.partition_schema([], named=True),
            "entity": switched.schema(named=True),
            "always_on": always_on.schema(entry, named=True),
            "worth": economics.schema(entry, CURRENCY, leased=True),
            "tank": tank.tank_schema(hass, named=True),
            "loop": tank.loop_schema(hass, named=True),
            "room": room.schema(hass, named=True),
            "space": space.schema(named=True),
            "init": options.options_schema(CURRENCY),
        }
        | {
            kind: guard.guard_schema(hass, kind, [worker], named=True)
            for kind in guard.FORMS
        }
        | {page: switched_ways.schema(hass, page, "") for page in switched_ways.KEYS}
        | {f"backup_{kind}": backup.schema(hass, kind) for kind in heat_fields.BACKUPS}
    )


def _step(text: Mapping[str, Any], schema: probatio.Schema | None) -> Iterator[str]:
    yield f"### {_filled_in(text['title'])}\n"
    if "description" in text:
        yield _filled_in(text["description"]) + "\n"
    if "menu_options" in text:
        for key, label in text["menu_options"].items():
            yield f"- **{label}**: {text['menu_option_descriptions'][key]}"
        yield ""
    yield from _table(text, schema)
    for key, part in text.get("sections", {}).items():
        yield f"#### {part['name']}\n"
        yield part["description"] + "\n"
        yield from _table(part, _inside(schema, key))


def _table(text: Mapping[str, Any], schema: probatio.Schema | None) -> Iterator[str]:
    if not text.get("data"):
        return
    fields = {str(key): (key, part) for key, part in (schema or _EMPTY).schema.items()}
    yield "| field | default | unit | what it is |"
    yield "| --- | --- | --- | --- |"
    for key, label in text["data"].items():
        default, unit, choices = "", "", ""
        if key in fields:
            default, unit, choices = _facts(*fields[key])
        described = _filled_in(text["data_description"][key])
        yield f"| {label} | {default} | {unit} | {described}{choices} |"
    yield ""


_EMPTY = probatio.Schema({})


def _facts(marker: probatio.Marker, part: Any) -> tuple[str, str, str]:
    """Return a field's default, its unit, and what there is to choose from."""
    selector = part.validators[0] if isinstance(part, probatio.All) else part
    make = getattr(marker, "default", None)
    default = make() if callable(make) else None
    unit = choices = ""
    if isinstance(selector, BooleanSelector):
        return "on" if default else "off", "", ""
    if isinstance(selector, NumberSelector):
        unit = selector.config.get("unit_of_measurement", "")
    if isinstance(selector, SelectSelector) and (
        key := selector.config.get("translation_key")
    ):
        words = TEXTS["selector"][key]["options"]
        offered = [words[str(option)] for option in selector.config["options"]]
        choices = f" Choices: {', '.join(offered)}."
        default = words.get(default)
    if default is not None:
        return _shown(default), unit, choices
    must = isinstance(marker, probatio.Required) or str(marker) in _asked_for()
    return "must be entered" if must else "empty", unit, choices


def _asked_for() -> frozenset[str]:
    """Return fields that the dialogs insist on although their schema does not."""
    code = "".join(path.read_text() for path in INTEGRATION.glob("flows/*.py"))
    names = re.findall(r"\bneeded\(\w+\.(\w+)\)", code)
    known = vars(c) | vars(const_guards) | vars(const_heat)
    return frozenset(known[name] for name in names)


def _inside(schema: probatio.Schema | None, key: str) -> probatio.Schema | None:
    """Return the schema of a section."""
    part = (schema or _EMPTY).schema.get(key)
    return part.schema if isinstance(part, section) else None


def _shown(value: object) -> str:
    return f"{value:.10g}" if isinstance(value, float) else str(value)


def _filled_in(text: str) -> str:
    return text.format(**FILLED_IN)


if __name__ == "__main__":
    REFERENCE.write_text(render())
