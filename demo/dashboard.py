"""The demo's dashboard: Home Assistant's own cards, one page.

What a person wants at a glance, in this order: what it does and why, what it could
use, where its heat goes, and what happened so far.
"""

from collections.abc import Mapping
from typing import Any

from . import home
from .client import Client

PATH = "solar-demo"

type Card = dict[str, Any]

_WHY = """\
{{% set why = '{reason}' %}}
## {{{{ state_translated('{state}') }}}}: {{{{ state_translated(why) }}}}
{{% set hint = state_attr(why, 'starts_with_surplus_w') %}}
{{% set after = state_attr(why, 'starts_after_s') %}}
{{% set worth = state_attr(why, 'worth') %}}
{{% if hint is number and hint > 0 -%}}
It would break even with **{{{{ hint | round }}}} W** more surplus.
{{%- elif after is number and after > 0 -%}}
It will start in **{{{{ (after * {speed} / 60) | round }}}} min** of the house's time \
if this lasts.
{{%- elif worth -%}}
Per hour at level {{{{ worth.level }}}}: results {{{{ '%.3f' | format(worth.compute) }}}} \
+ heat {{{{ '%.3f' | format(worth.heat) }}}} \
− electricity {{{{ '%.3f' | format(worth.supply) }}}} \
= **{{{{ '%+.3f' | format(worth.total) }}}} €**
{{%- endif %}}

It is **{{{{ states('{time}') }}}}** in this house ({label}, {speed:g} × faster).
"""


async def save(
    client: Client,
    *,
    site: Mapping[str, str],
    worker: Mapping[str, str],
    tank: Mapping[str, str],
    label: str,
    speed: float,
) -> None:
    """Create the dashboard, and make it the one that opens first.

    `site`, `worker` and `tank` are entity ids by key.
    """
    await client.call(
        "lovelace/dashboards/create",
        url_path=PATH,
        title="Solar Compute",
        icon="mdi:solar-power-variant",
        mode="storage",
    )
    view = {
        "title": "Solar Compute",
        "type": "sections",
        "max_columns": 4,
        "sections": [
            _now(site, worker, label, speed),
            _house(site, tank),
            _story(worker, speed),
            _sums(worker, tank),
        ],
    }
    await client.call("lovelace/config/save", url_path=PATH, config={"views": [view]})
    await client.call(
        "frontend/set_system_data", key="core", value={"default_panel": PATH}
    )


def _now(
    site: Mapping[str, str], worker: Mapping[str, str], label: str, speed: float
) -> Card:
    why = _WHY.format(
        reason=worker["reason"],
        state=worker["state"],
        time=home.TIME,
        label=label,
        speed=speed,
    )
    return _section(
        _heading("The worker, and why", "mdi:chip"),
        {"type": "markdown", "content": why, "grid_options": {"columns": "full"}},
        _tile(worker["power"], "orange"),
        _tile(worker["level"]),
        _tile(worker["worth"], "green"),
        _tile(worker["state"], "deep-purple"),
        _tile(
            worker["mode"],
            wide=True,
            features=[{"type": "select-options", "style": "buttons"}],
        ),
        _tile(worker["run"]),
        _tile(worker["pause"]),
        _tile(worker["resume_automatic"]),
        _tile(site["automation"]),
    )


def _house(site: Mapping[str, str], tank: Mapping[str, str]) -> Card:
    bar = {"type": "bar-gauge", "min": 40, "max": 65}
    return _section(
        _heading("The house", "mdi:home-lightning-bolt"),
        _tile(site["surplus"], "green"),
        _tile(site["next_price"]),
        _tile(home.PV, "amber"),
        _tile(home.LOAD, "blue"),
        _tile(home.GRID, "red"),
        _tile(home.BATTERY, "teal"),
        _tile(
            home.SOC,
            "teal",
            wide=True,
            features=[{"type": "bar-gauge", "min": 0, "max": 100}],
        ),
        _tile(home.TANK, "deep-orange", wide=True, features=[bar]),
        _tile(tank["energy_to_target"], "deep-orange"),
        _tile(tank["heat_value"]),
    )


def _story(worker: Mapping[str, str], speed: float) -> Card:
    # A third of a day, and at least a few minutes to look at.
    hours = max(0.07, 8 / speed)
    return {
        **_section(
            _heading("What happens", "mdi:chart-line"),
            _history(
                "Power",
                hours,
                (home.PV, "Solar"),
                (home.LOAD, "Household"),
                (worker["power"], "Worker"),
                (home.GRID, "Grid"),
            ),
            _history(
                "Why", hours, (worker["state"], "State"), (worker["reason"], "Why")
            ),
            _history("Hot water", hours, (home.TANK, "Tank")),
        ),
        "column_span": 2,
    }


def _sums(worker: Mapping[str, str], tank: Mapping[str, str]) -> Card:
    return _section(
        _heading("So far", "mdi:counter"),
        _tile(worker["energy_solar"], "green"),
        _tile(worker["energy_battery"], "teal"),
        _tile(worker["energy_grid"], "red"),
        _tile(tank["heat_delivered"], "deep-orange"),
        _tile(worker["run_time_today"]),
        _tile(worker["starts_today"]),
        {
            "type": "logbook",
            "target": {"entity_id": [worker["reason"], worker["state"]]},
            "hours_to_show": 1,
            "grid_options": {"columns": "full", "rows": 7},
        },
    )


def _section(*cards: Card) -> Card:
    return {"type": "grid", "cards": list(cards)}


def _heading(text: str, icon: str) -> Card:
    return {"type": "heading", "heading": text, "icon": icon}


def _tile(
    entity_id: str, color: str | None = None, *, wide: bool = False, **more: Any
) -> Card:
    card = {"type": "tile", "entity": entity_id, "name": [{"type": "entity"}], **more}
    if entity_id.startswith("sensor.house_"):
        del card["name"]
    if color is not None:
        card["color"] = color
    if wide:
        card["grid_options"] = {"columns": 12}
    return card


def _history(title: str, hours: float, *entities: tuple[str, str]) -> Card:
    return {
        "type": "history-graph",
        "title": title,
        "hours_to_show": hours,
        "entities": [{"entity": entity, "name": name} for entity, name in entities],
        "grid_options": {"columns": "full"},
    }
