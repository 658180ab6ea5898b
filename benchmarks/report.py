"""`python -m benchmarks.report TRACE[@ZONE]... [--scenario FILE.yaml...]`.

Writes `docs/benchmarks.md` and its charts: what every policy earned in every home and
scenario, as a share of what perfect foresight could have. The same homes and code make
the same page; what is finished is kept in `.cache`, so that an interrupted run goes on
where it was.
"""

import argparse
from collections.abc import Mapping, Sequence
from pathlib import Path
from string import Template
import sys
from typing import Any
from zoneinfo import ZoneInfo

from . import report_text as text
from .chart import Dots, Line, Panel, dot_chart, line_chart
from .day_life import day_in_the_life
from .emhass_rival import EmhassError
from .engine import prepare
from .inputs import zone
from .results import CACHE, PROCESSES, ROOT, Home, Task, code_digest, kept, results
from .scenario import load_scenario
from .section import ScenarioError
from .tick import measure
from .traces import TraceError, read_trace

SCENARIOS = ROOT / "benchmarks/scenarios"
TEMPLATE = Path(__file__).with_name("report_template.md")
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

DAY_SCENARIO = "ordinary_800"
TICK_WORKERS = (1, 10, 30, 100, 300, 1000)


def main(arguments: list[str] | None = None) -> int:
    """Run the command; returns its exit code (2: a trace or scenario is wrong, or EMHASS fails)."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.report")
    parser.add_argument(
        "homes",
        type=_home,
        nargs="+",
        help="traces, each with its time zone: FILE@ZONE",
    )
    parser.add_argument(
        "--scenario", type=Path, nargs="+", help="YAML files (the standard ones)"
    )
    parser.add_argument("--output", type=Path, default=ROOT / "docs/benchmarks.md")
    parser.add_argument(
        "--no-cache", action="store_true", help="replay what was replayed before, too"
    )
    parser.add_argument(
        "--learn-days",
        type=float,
        default=0.0,
        help="days at the start of every trace to learn from (0)",
    )
    parser.add_argument(
        "--emhass", metavar="PYTHON", help="a Python with EMHASS, to compare with"
    )
    parser.add_argument(
        "--processes", type=int, default=PROCESSES, help="how many at a time (2)"
    )
    options = parser.parse_args(arguments)
    cache = None if options.no_cache else CACHE
    scenarios = options.scenario or _standard()
    try:
        write(
            options.output,
            options.homes,
            scenarios,
            cache,
            learn_days=options.learn_days,
            emhass=options.emhass,
            processes=options.processes,
        )
    except (TraceError, ScenarioError, EmhassError) as error:
        print(f"report: {error}", file=sys.stderr)
        return 2
    return 0


def _standard() -> list[Path]:
    return [
        SCENARIOS / f"{name}.yaml" for _, names in GROUPS.values() for name in names
    ]


def _home(argument: str) -> Home:
    path, _, name = argument.partition("@")
    return Home(Path(path), zone(name or "UTC").key)


def write(
    output: Path,
    homes: Sequence[Home],
    scenarios: Sequence[Path],
    cache: Path | None,
    *,
    learn_days: float = 0.0,
    emhass: str | None = None,
    processes: int = PROCESSES,
) -> None:
    """Write the page, and its charts into `images/benchmarks` beside it.

    Raises:
        TraceError, ScenarioError, EmhassError: as those who are asked do.
    """
    _refuse_early(homes, scenarios)
    tasks = [
        Task(home, path, learn_days, emhass) for path in scenarios for home in homes
    ]
    found = [
        {**result, "home": task.home.name}
        for task, result in zip(
            tasks, results(tasks, cache=cache, processes=processes), strict=True
        )
        if result is not None
    ]
    images = output.parent / "images/benchmarks"
    images.mkdir(parents=True, exist_ok=True)
    for old in images.glob("*.svg"):
        old.unlink()
    charts = _share_charts(images, found, {path.stem for path in scenarios})
    day_home, day_scenario = homes[0], _day_scenario(scenarios)
    _write(images / "day.svg", _day(day_home, day_scenario))
    ticks = _ticks(cache)
    _write(images / "tick.svg", _tick_chart(ticks))
    fine = [result for result in found if text.is_fine(result)]
    page = Template(TEMPLATE.read_text(encoding="utf-8")).substitute(
        homes=text.homes(found),
        shares=text.shares(fine),
        scenarios=_told(scenarios),
        charts=charts,
        coarse=text.coarse([result for result in found if not text.is_fine(result)]),
        values=text.values(found),
        kinds=text.kinds(found),
        day_home=day_home.name,
        day_scenario=day_scenario.stem,
        tick=text.table(
            ["workers", *map(str, ticks)],
            [["ms", *(f"{cost:.1f}" for cost in ticks.values())]],
        ),
        remarks=text.remarks(found),
        learned=text.learned(learn_days),
        command=_command(homes, scenarios, learn_days, emhass),
    )
    _write(output, page)


def _refuse_early(homes: Sequence[Home], scenarios: Sequence[Path]) -> None:
    """Read all of it once, so that a slip does not show after an hour."""
    steps = [read_trace(home.path).step_s for home in homes]
    for path in scenarios:
        load_scenario(path, min(steps))


def _write(path: Path, content: str) -> None:
    path.write_text(content, encoding="utf-8")


def _share_charts(
    images: Path, found: Sequence[Mapping[str, Any]], scenarios: set[str]
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
            chart = dot_chart(title, rows, main=text.policy_name(text.OURS))
            _write(images / f"{key}.svg", chart)
            shown.append(f"![{title}](images/benchmarks/{key}.svg)")
    return "\n\n".join(shown)


def _day_scenario(scenarios: Sequence[Path]) -> Path:
    return next((path for path in scenarios if path.stem == DAY_SCENARIO), scenarios[0])


def _day(home: Home, scenario: Path) -> str:
    trace = read_trace(home.path)
    stage = prepare(trace, load_scenario(scenario, trace.step_s), ZoneInfo(home.zone))
    return day_in_the_life(stage)


def _ticks(cache: Path | None) -> dict[int, float]:
    """Return the cost of a decision in ms; measured once for the same code."""

    def measured() -> dict[str, float]:
        return {
            str(count): round(
                min(measure(count, max(2, 300 // count)) for _ in range(5)), 3
            )
            for count in TICK_WORKERS
        }

    key = f"benchmarks.tick-{code_digest('benchmarks.tick')[:32]}"
    return {int(count): cost for count, cost in kept(cache, key, measured).items()}


def _tick_chart(ticks: Mapping[int, float]) -> str:
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


def _told(scenarios: Sequence[Path]) -> str:
    """Return what the scenarios say of themselves: their first line."""
    lines = []
    for path in scenarios:
        first = path.read_text(encoding="utf-8").splitlines()[0]
        lines.append(f"- `{path.stem}`: {first.removeprefix('# ')}")
    return "\n".join(lines)


def _command(
    homes: Sequence[Home],
    scenarios: Sequence[Path],
    learn_days: float,
    emhass: str | None,
) -> str:
    given = " ".join(
        f"{home.path.name}{'' if home.zone == 'UTC' else f'@{home.zone}'}"
        for home in homes
    )
    chosen = ""
    if set(scenarios) != set(_standard()):
        paths = (f"benchmarks/scenarios/{path.name}" for path in scenarios)
        chosen = f" --scenario {' '.join(paths)}"
    learned = f" --learn-days {learn_days:g}" if learn_days else ""
    compared = " --emhass PYTHON" if emhass else ""
    return f".venv/bin/python -m benchmarks.report {given}{chosen}{learned}{compared}"


if __name__ == "__main__":
    sys.exit(main())
