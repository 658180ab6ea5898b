"""`python -m benchmarks.ceiling TRACE... --scenario FILE.yaml...`: what minutes are worth.

How much of the perfect-foresight bound somebody would earn who saw the next minutes
perfectly, and for what comes after had the rule of thumb: that the worth at their end
lasts 45 minutes when starting, and an hour when stopping. It says how much of what is
missing is the next five minutes, and how much the next hour. For scenarios with an
exact bound. `--steps` asks the same of a meter that is read less often.
"""

import argparse
from datetime import UTC
from itertools import accumulate
from pathlib import Path
import sys

from custom_components.solar_compute.core.spec import WorkerSpec

from .bound import bound, rewards
from .compare import row
from .engine import Stage, prepare
from .scenario import load_scenario
from .section import ScenarioError
from .traces import Trace, TraceError, read_trace

MINUTES = (1, 5, 10, 15, 30, 60)


def share_seen(stage: Stage, minutes: float) -> float | None:
    """Return the share of the bound that a look so far ahead earns.

    None where there is no bound, or where an interval is longer than the look.
    """
    best = bound(stage)
    if (
        best.kind != "exact"
        or best.value is None
        or best.value <= 0
        or minutes * 60 < stage.step_s
    ):
        return None
    worker = stage.scenario.spec.workers[0]
    return _earned(stage, worker, round(minutes * 60 / stage.step_s)) / best.value


def _earned(stage: Stage, worker: WorkerSpec, seen: int) -> float:
    earned = rewards(stage, worker)
    silent = [False, *(item is None for item in stage.conditions[:-1])]
    run = max(1, -int(-worker.min_run_s // stage.step_s))
    pause = max(1, -int(-worker.min_pause_s // stage.step_s))
    policy, step_s = stage.scenario.spec.policy, stage.step_s
    start, stop = policy.start_horizon_s / step_s, policy.stop_horizon_s / step_s
    total, running, lasted = 0.0, False, pause
    for index, reward in enumerate(earned):
        ahead = earned[index : index + seen]
        free = lasted >= (run if running else pause)
        if running and (silent[index] or (free and _is_over(ahead, worker, stop))):
            running, lasted = False, 0
        elif not running and free and _pays(ahead, worker, start):
            running, lasted = True, 0
            total -= worker.start_cost
        total += reward if running else 0.0
        lasted += 1
    return total


def _pays(ahead: list[float], worker: WorkerSpec, after: float) -> bool:
    """Tell whether a start now repays itself; `after`: intervals that the end lasts."""
    sums = list(accumulate(ahead))
    best = max(*sums, sums[-1] + max(0.0, ahead[-1]) * after)
    return ahead[0] > 0 and best > worker.start_cost


def _is_over(ahead: list[float], worker: WorkerSpec, after: float) -> bool:
    """Tell whether to go on costs more than to start again."""
    sums = list(accumulate(ahead))
    worst = min(*sums, sums[-1] + min(0.0, ahead[-1]) * after)
    return ahead[0] < 0 and max(sums) < 0 and -worst > worker.start_cost


def main(arguments: list[str] | None = None) -> int:
    """Run the command; returns its exit code (2: a trace or scenario is wrong)."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.ceiling")
    parser.add_argument("traces", type=Path, nargs="+")
    parser.add_argument("--scenario", type=Path, nargs="+", required=True)
    parser.add_argument("--steps", type=int, nargs="+", help="s between readings")
    options = parser.parse_args(arguments)
    print(row("", [f"{minutes} min" for minutes in MINUTES]))
    for scenario in options.scenario:
        for path in options.traces:
            try:
                trace = read_trace(path)
                for step_s in options.steps or [trace.step_s]:
                    if step_s >= trace.step_s:
                        _print_row(scenario, trace.coarser(step_s))
            except (TraceError, ScenarioError, ValueError) as error:
                print(f"ceiling: {error}", file=sys.stderr)
                return 2
    return 0


def _print_row(scenario: Path, trace: Trace) -> None:
    stage = prepare(trace, load_scenario(scenario, trace.step_s), UTC)
    shares = [share_seen(stage, minutes) for minutes in MINUTES]
    cells = ["" if share is None else f"{share:.0%}" for share in shares]
    name = f"{scenario.stem}: {trace.name}, {trace.step_s / 60:g} min"
    print(row(name, cells), flush=True)


if __name__ == "__main__":
    sys.exit(main())
