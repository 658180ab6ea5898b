"""`python -m benchmarks.report TRACE[@ZONE]... [--scenario FILE.yaml...]`.

Writes `docs/benchmarks.md` and its charts: what every policy earned in every home and
scenario, as a share of what perfect foresight could have. The same homes and code make
the same page; what is finished is kept in `.cache`, so that an interrupted run goes on
where it was.
"""

import argparse
from collections.abc import Sequence
from pathlib import Path
from string import Template
import sys

from . import report_text as text
from .emhass_rival import EmhassError
from .inputs import zone
from .kept import CACHE, ROOT, code_of, digest, kept
from .report_charts import GROUPS, day_chart, share_charts, tick_chart, write_chart
from .report_history import history
from .report_remarks import remarks
from .results import KEPT_ONLY, PROCESSES, Home, Task, results
from .scenario import load_scenario
from .section import ScenarioError
from .tick import measure
from .traces import TraceError, read_trace

SCENARIOS = ROOT / "benchmarks/scenarios"
TEMPLATE = Path(__file__).with_name("report_template.md")
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
        "--folds",
        type=int,
        default=2,
        help="parts of every home that are judged by what the others taught (2; 1: none)",
    )
    parser.add_argument(
        "--imagined",
        type=_home,
        nargs="+",
        default=[],
        help="generated traces of two years: what a year of history brings",
    )
    parser.add_argument(
        "--emhass",
        metavar="PYTHON",
        help=f"a Python with EMHASS, to compare with; '{KEPT_ONLY}': as far as it was",
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
            folds=options.folds,
            imagined=options.imagined,
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
    folds: int = 1,
    imagined: Sequence[Home] = (),
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
    every = list(results(tasks, cache=cache, processes=processes))
    found = [result for result in every if "left_out" not in result]
    fine = [result for result in found if text.is_fine(result)]
    images = output.parent / "images/benchmarks"
    for old in images.glob("*.svg"):
        old.unlink()
    charts = share_charts(images, found, {path.stem for path in scenarios})
    day_home, day_scenario = homes[0], _day_scenario(scenarios)
    write_chart(images / "day.svg", day_chart(day_home, day_scenario))
    ticks = _ticks(cache)
    write_chart(images / "tick.svg", tick_chart(ticks))
    page = Template(TEMPLATE.read_text(encoding="utf-8")).substitute(
        homes=text.homes(found),
        shares=text.shares(fine),
        left_out=text.left_out([item for item in every if "left_out" in item]),
        emhass=text.emhass(found),
        scenarios=_told(scenarios),
        charts=charts,
        coarse=text.coarse([result for result in found if not text.is_fine(result)]),
        values=text.values(found),
        kinds=text.kinds(found),
        history=history(
            found,
            homes,
            imagined,
            scenarios,
            folds=folds,
            cache=cache,
            processes=processes,
        ),
        day_home=day_home.name,
        day_scenario=day_scenario.stem,
        tick=text.table(
            ["workers", *map(str, ticks)],
            [["ms", *(f"{cost:.1f}" for cost in ticks.values())]],
        ),
        remarks=remarks(found),
        learned=text.learned(learn_days),
        command=_command(
            homes,
            scenarios,
            learn_days=learn_days,
            folds=folds,
            imagined=imagined,
            emhass=emhass,
        ),
    )
    output.write_text(page, encoding="utf-8")


def _refuse_early(homes: Sequence[Home], scenarios: Sequence[Path]) -> None:
    """Read all of it once, so that a slip does not show after an hour."""
    steps = [read_trace(home.path).step_s for home in homes]
    for path in scenarios:
        load_scenario(path, min(steps))


def _day_scenario(scenarios: Sequence[Path]) -> Path:
    return next((path for path in scenarios if path.stem == DAY_SCENARIO), scenarios[0])


def _ticks(cache: Path | None) -> dict[int, float]:
    """Return the cost of a decision in ms; measured once for the same code."""

    def measured() -> dict[str, float]:
        return {
            str(count): round(
                min(measure(count, max(2, 300 // count)) for _ in range(5)), 3
            )
            for count in TICK_WORKERS
        }

    key = f"tick-{digest(code_of('benchmarks.tick'), TICK_WORKERS)}"
    return {int(count): cost for count, cost in kept(cache, key, measured).items()}


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
    *,
    learn_days: float,
    folds: int,
    imagined: Sequence[Home],
    emhass: str | None,
) -> str:
    words = [".venv/bin/python -m benchmarks.report", *map(_shown, homes)]
    if set(scenarios) != set(_standard()):
        words.append("--scenario")
        words += [f"benchmarks/scenarios/{path.name}" for path in scenarios]
    if learn_days:
        words.append(f"--learn-days {learn_days:g}")
    if folds != 2:
        words.append(f"--folds {folds}")
    if imagined:
        words += ["--imagined", *map(_shown, imagined)]
    if emhass:
        words.append("--emhass PYTHON")
    return " ".join(words)


def _shown(home: Home) -> str:
    return f"{home.path.name}{'' if home.zone == 'UTC' else f'@{home.zone}'}"


if __name__ == "__main__":
    sys.exit(main())
