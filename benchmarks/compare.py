"""`python -m benchmarks.compare TRACE... --scenario FILE.yaml...`: shares of the bound.

One row for every trace and scenario, and the means. Scenarios without a bound
show what the policies earned instead.
"""

import argparse
from datetime import UTC
from pathlib import Path
import sys

from .engine import prepare
from .policies import POLICIES
from .replay import report
from .scenario import load_scenario
from .section import ScenarioError
from .traces import TraceError, read_trace

COMPARED = tuple(name for name in POLICIES if name not in ("off", "always_on"))


def row(label: str, cells: list[str]) -> str:
    """Return one line of the table."""
    return f"{label:44}" + "".join(f"{cell:>14}" for cell in cells)


def compare(
    trace_path: Path, scenario_path: Path, learn_days: float = 0.0
) -> dict[str, tuple[float, bool]]:
    """Return of each policy its share of the bound, or its value without one.

    Raises:
        TraceError, ScenarioError: as the readers do.
    """
    trace = read_trace(trace_path)
    scenario = load_scenario(scenario_path, trace.step_s)
    stage = prepare(trace, scenario, UTC, learn_days)
    policies = report(trace, stage)["policies"]
    return {
        name: (policies[name]["value"], False)
        if policies[name]["share_of_bound"] is None
        else (policies[name]["share_of_bound"], True)
        for name in COMPARED
    }


def main(arguments: list[str] | None = None) -> int:
    """Run the command; returns its exit code (2: a trace or scenario is wrong)."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.compare")
    parser.add_argument("traces", type=Path, nargs="+")
    parser.add_argument("--scenario", type=Path, nargs="+", required=True)
    parser.add_argument(
        "--learn-days",
        type=float,
        default=0.0,
        help="days at the start of every trace to learn from (0)",
    )
    options = parser.parse_args(arguments)
    print(row("", list(COMPARED)))
    for scenario in options.scenario:
        results: list[dict[str, tuple[float, bool]]] = []
        for trace in options.traces:
            try:
                results.append(compare(trace, scenario, options.learn_days))
            except (TraceError, ScenarioError) as error:
                print(f"compare: {error}", file=sys.stderr)
                return 2
            label = f"{scenario.stem}: {trace.name}"
            print(row(label, [_shown(*results[-1][name]) for name in COMPARED]))
        shares = {
            name: [result[name][0] for result in results if result[name][1]]
            for name in COMPARED
        }
        means = [_mean(values) for values in shares.values()]
        print(row(f"{scenario.stem}: mean", means), flush=True)
    return 0


def _shown(value: float, is_share: bool) -> str:
    return f"{value:.1%}" if is_share else f"{value:.3f}"


def _mean(shares: list[float]) -> str:
    return f"{sum(shares) / len(shares):.1%}" if shares else ""


if __name__ == "__main__":
    sys.exit(main())
