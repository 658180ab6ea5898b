"""The charts of the page, and how it shows them."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from zoneinfo import ZoneInfo

from . import report_text as text
from .chart import Dots, Line, Panel, dot_chart, line_chart
from .day_life import day_in_the_life
from .engine import prepare
from .results import Home
from .scenario import load_scenario
from .traces import read_trace

GROUPS = {
    "power": (
        "Nothing stored: what is earned is lost with the next interval",
        (
            "ordinary_300",
            "ordinary_800",
            "hard_300",
            "hard_800",
            "levels_ordinary",
            "levels_hard",
        ),
    ),
    "stored": (
        "Batteries and heat",
        (
            "battery",
            "tank_gas",
            "tank_resistive",
            "tank_heat_pump",
            "tank_diverter",
            "winter_heat",
        ),
    ),
    "more": (
        "Prices, deadlines, several workers",
        ("dynamic_prices", "two_workers", "zero_export", "night_job"),
    ),
}
"""The standard scenarios, in the order of the page: one chart for each group."""


MARKED = {"bare_rule": "good", "emhass": "sun", "emhass_perfect": "told"}
"""Policies that have a colour of their own in the charts."""


def write_chart(path: Path, content: str) -> None:
    """Write a chart where it belongs."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content, encoding="utf-8")


def share_charts(
    images: Path, found: Sequence[text.Result], scenarios: set[str]
) -> str:
    """Write a chart for every group, and return how the page shows them."""
    standard = {name for _, names in GROUPS.values() for name in names}
    groups = {
        **GROUPS,
        "others": ("Other scenarios", tuple(sorted(scenarios - standard))),
    }
    shown: list[str] = []
    for key, (title, names) in groups.items():
        rows = {
            name: [
                Dots(
                    result["home"],
                    {
                        text.policy_name(policy): value
                        for policy in text.compared([result])
                        if (value := text.share(result, policy)) is not None
                    },
                )
                for result in found
                if result["scenario"] == name and result["bound"]["value"]
            ]
            for name in names
        }
        rows = {name: dots for name, dots in rows.items() if dots}
        if rows:
            chart = dot_chart(
                title,
                rows,
                main=text.policy_name(text.OURS),
                marked={text.policy_name(key): css for key, css in MARKED.items()},
            )
            write_chart(images / f"{key}.svg", chart)
            shown.append(f"![{title}](images/benchmarks/{key}.svg)")
    return "\n\n".join(shown)


def day_chart(home: Home, scenario: Path) -> str:
    """Return a chart of a home's busiest day in a scenario."""
    trace = read_trace(home.path)
    stage = prepare(trace, load_scenario(scenario, trace.step_s), ZoneInfo(home.zone))
    return day_in_the_life(stage)


def tick_chart(ticks: Mapping[int, float]) -> str:
    """Return a chart of what a decision costs in ms, by number of workers."""
    costs = tuple((float(count), cost) for count, cost in ticks.items())
    last, cost = costs[-1]
    return line_chart(
        "Cost of a decision",
        [
            Panel(
                title="CPU time by number of workers",
                unit="ms",
                lines=(
                    Line(name="measured", css="main", values=costs),
                    Line(
                        name="in proportion",
                        css="other",
                        values=((0.0, 0.0), (last, cost)),
                    ),
                ),
                height=160,
            )
        ],
        [(float(count), str(count)) for count in range(0, int(last) + 1, 250)],
    )
