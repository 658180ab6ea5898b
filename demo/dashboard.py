"""The demo's dashboard: Home Assistant's own cards, one page.

What a person wants at a glance, in this order: what the worker does and why, what the
house could give it and where its heat goes, and what happened so far.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from custom_components.solar_compute.core.spec import SiteSpec

from . import home
from .client import Client

PATH = "solar-demo"

type Card = dict[str, Any]
type Line = tuple[str, str, str]

_WHY = """\
{{% set why = '{reason}' %}}
## {{{{ state_translated(why) }}}}
{{% set hint = state_attr(why, 'starts_with_surplus_w') %}}
{{% set after = state_attr(why, 'starts_after_s') %}}
{{% set worth = state_attr(why, 'worth') %}}
{{% if hint is number and hint > 0 -%}}
It would break even with **{{{{ hint | round }}}} W** more surplus.
{{%- elif after is number and after > 0 -%}}
It will start in **{{{{ [1, (after * {speed} / 60) | round] | max }}}} min** \
if this lasts.
{{%- elif worth -%}}
Results {{{{ '%.3f' | format(worth.compute) }}}} \
+ heat {{{{ '%.3f' | format(worth.heat) }}}} \
− electricity {{{{ '%.3f' | format(worth.supply) }}}} \
= **{{{{ '%+.3f' | format(worth.total) }}}} €** per hour
{{%- endif %}}

It is **{{{{ states('{time}') }}}}** in this house: {label}, {speed:g} times faster.
"""

_SUMS = """\
| {name}, in the house's time | |
| :-- | --: |
| from the sun | **{{{{ '%.1f' | format({solar} * {speed}) }}}} kWh** |
| from the battery | **{{{{ '%.1f' | format({battery} * {speed}) }}}} kWh** |
| from the grid | **{{{{ '%.1f' | format({grid} * {speed}) }}}} kWh** |
| heat into the {sink} | **{{{{ '%.1f' | format({heat} * {speed}) }}}} kWh** |
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Warmed:
    """What the worker heats, as the page shows it."""

    entity_id: str
    title: str
    noun: str
    scale_c: tuple[int, int]
    more: tuple[Line, ...] = ()


_HOT_WATER = Warmed(
    entity_id=home.TANK, title="Hot water", noun="tank", scale_c=(40, 65)
)
_ROOM = Warmed(
    entity_id=home.ROOM,
    title="Study",
    noun="study",
    scale_c=(15, 30),
    more=((home.OUTDOOR, "Outdoors", "#488fc2"),),
)


async def save(
    client: Client,
    *,
    site: Mapping[str, str],
    worker: Mapping[str, str],
    sink: Mapping[str, str],
    spec: SiteSpec,
    label: str,
    speed: float,
) -> None:
    """Create the dashboard, and make it the one that opens first.

    `site`, `worker` and `sink` are entity ids by key; the sink is what the worker
    heats.
    """
    warmed = _HOT_WATER if spec.tanks else _ROOM
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
        "max_columns": 3,
        "sections": [
            _now(site, worker, label, speed),
            _house(site, worker, sink, warmed, name=spec.workers[0].name, speed=speed),
            _story(worker, warmed, speed),
        ],
    }
    await client.call("lovelace/config/save", url_path=PATH, config={"views": [view]})
    await client.call(
        "frontend/set_system_data", key="core", value={"default_panel": PATH}
    )


def _now(
    site: Mapping[str, str], worker: Mapping[str, str], label: str, speed: float
) -> Card:
    why = _WHY.format(reason=worker["reason"], time=home.TIME, label=label, speed=speed)
    return _section(
        _heading("The worker, and why", "mdi:chip"),
        _full({"type": "markdown", "content": why}),
        _tile(worker["state"], "State", "deep-purple"),
        _tile(worker["power"], "Power", "deep-purple"),
        _tile(worker["level"], "Level"),
        _tile(worker["worth"], "Worth", "green"),
        _full(
            _tile(
                worker["mode"],
                "Mode",
                features=[{"type": "select-options", "style": "buttons"}],
            )
        ),
        _tile(worker["run"], "Run a while", hide_state=True),
        _tile(worker["pause"], "Pause a while", hide_state=True),
        _tile(worker["resume_automatic"], "Back to automatic", hide_state=True),
        _tile(site["automation"], "Automation"),
        {
            "type": "logbook",
            "target": {"entity_id": [worker["reason"]]},
            "hours_to_show": 1,
            "grid_options": {"columns": "full", "rows": 5},
        },
    )


def _house(
    site: Mapping[str, str],
    worker: Mapping[str, str],
    sink: Mapping[str, str],
    warmed: Warmed,
    *,
    name: str,
    speed: float,
) -> Card:
    def kwh(entity_id: str) -> str:
        return f"(states('{entity_id}') | float(0))"

    sums = _SUMS.format(
        name=name,
        sink=warmed.noun,
        solar=kwh(worker["energy_solar"]),
        battery=kwh(worker["energy_battery"]),
        grid=kwh(worker["energy_grid"]),
        heat=kwh(sink["heat_delivered"]),
        speed=speed,
    )
    return _section(
        _heading("The house", "mdi:home-lightning-bolt"),
        _tile(home.PV, "Solar", "amber"),
        _tile(home.LOAD, "Household", "blue"),
        _tile(home.GRID, "Grid", "red"),
        _tile(home.BATTERY, "Battery", "teal"),
        _gauge(home.SOC, "Battery level", "teal", 0, 100),
        _gauge(warmed.entity_id, warmed.title, "deep-orange", *warmed.scale_c),
        _tile(site["surplus"], "Surplus", "green"),
        _tile(site["next_price"], "Next kWh"),
        _tile(sink["heat_value"], "Heat is worth", "deep-orange"),
        _tile(worker["starts_today"], "Starts today"),
        _full({"type": "markdown", "content": sums}),
    )


def _story(worker: Mapping[str, str], warmed: Warmed, speed: float) -> Card:
    # A third of a day, and at least a few minutes to look at.
    hours = max(0.07, 8 / speed)
    return _section(
        _heading("What happens", "mdi:chart-line"),
        _history(
            "Power",
            hours,
            (home.PV, "Solar", "#ffa600"),
            (home.LOAD, "Household", "#488fc2"),
            (home.GRID, "Grid", "#c0504d"),
            (worker["power"], "Worker", "#7b3fbf"),
        ),
        _history("Worker", hours, (worker["state"], "State", "#7b3fbf")),
        _history(
            warmed.title,
            hours,
            (warmed.entity_id, warmed.title, "#ff6f22"),
            *warmed.more,
        ),
    )


def _section(*cards: Card) -> Card:
    return {"type": "grid", "cards": list(cards)}


def _heading(text: str, icon: str) -> Card:
    return {"type": "heading", "heading": text, "icon": icon}


def _full(card: Card) -> Card:
    return {**card, "grid_options": {"columns": "full"}}


def _tile(entity_id: str, name: str, color: str | None = None, **more: Any) -> Card:
    card = {"type": "tile", "entity": entity_id, "name": name, **more}
    return card if color is None else {**card, "color": color}


def _gauge(entity_id: str, name: str, color: str, low: float, high: float) -> Card:
    bar = {"type": "bar-gauge", "min": low, "max": high}
    tile = _tile(entity_id, name, color, features=[bar], features_position="inline")
    return _full(tile)


def _history(title: str, hours: float, *lines: Line) -> Card:
    return _full(
        {
            "type": "history-graph",
            "title": title,
            "hours_to_show": hours,
            "entities": [
                {"entity": entity_id, "name": name, "color": color}
                for entity_id, name, color in lines
            ],
        }
    )
