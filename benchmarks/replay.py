"""`python -m benchmarks.replay TRACE|--recorder DB --scenario FILE.yaml [--json]`.

Replays a trace, or a home's own past, through the production decision code and its
rivals, with the loop closed, and says what each earned, as a share of what perfect
foresight could have. See `benchmarks/README.md` for how it is done and what it means.
"""

import argparse
from collections.abc import Mapping
from contextlib import closing
import json
from pathlib import Path
import sys
from typing import Any
from zoneinfo import ZoneInfo

from .bound import Bound, bound
from .emhass_rival import FORECASTS, Emhass, EmhassError, EmhassPlan
from .engine import Policy, Stage, prepare, replay
from .inputs import add_home_arguments, read_home, zone
from .last_minute import LastMinute
from .outcome import comparison, outcome
from .policies import POLICIES
from .scenario import load_scenario
from .seasons import in_season
from .section import ScenarioError
from .traces import Trace, TraceError

NEEDS_NO_LAST_MINUTE = frozenset({"solar_compute", "off", "always_on"})
"""The production code knows of jobs; what never runs misses every deadline; what always
runs needs no help."""


def policy(name: str, stage: Stage) -> Policy:
    """Return a policy at its beginning, helped to meet deadlines where there are any."""
    made = POLICIES[name]()
    return made if name in NEEDS_NO_LAST_MINUTE else _helped(made, stage)


def _helped(made: Policy, stage: Stage) -> Policy:
    return LastMinute(made) if stage.jobs else made


def rivals(emhass: Emhass, stage: Stage) -> dict[str, Policy]:
    """Return EMHASS at its beginning, once for each kind of forecast."""
    return {
        name: _helped(EmhassPlan(emhass, stage, perfect=perfect), stage)
        for name, perfect in FORECASTS.items()
    }


def report(
    trace: Trace,
    stage: Stage,
    emhass: Emhass | None = None,
    best: Bound | None = None,
) -> dict[str, Any]:
    """Return the whole comparison as JSON types.

    Values in currency over the trace, relative to `off`. EMHASS takes part where it
    is given, once with a forecast that a home could have and once with the truth.
    `best` is the bound, where it is known already.

    Raises:
        EmhassError: if EMHASS has no plan.
    """
    best = best or bound(stage)
    policies = {name: policy(name, stage) for name in POLICIES}
    if emhass is not None:
        policies |= rivals(emhass, stage)
    outcomes = {name: outcome(replay(stage, made)) for name, made in policies.items()}
    return comparison(trace, stage, best, outcomes)


def _told(best: Mapping[str, Any]) -> str:
    """Return what is known of the bound, as text for people."""
    value, error = best["value"], best.get("error", 0)
    match best["kind"]:
        case "none":
            return f"unknown ({best['reason']})"
        case "milp_bound":
            return f"at most {value:.3f}, maybe less"
        case "soc_dp":
            return f"{value - error:.3f} to {value:.3f}"
    return f"{value:.3f}"


def table(result: Mapping[str, Any]) -> str:
    """Return a report as text for people."""
    sources = "".join(f"{name:>9}" for name in ("solar", "battery", "grid", "heat"))
    units = "".join(f"{unit:>9}" for unit in ["kWh"] * 4)
    with_jobs = "jobs" in result["policies"]["off"]
    lines = [
        f"{result['trace']} ({result['days']:g} days), scenario {result['scenario']}",
        f"unknown: {result['unknown_share']:.1%} of the time",
        f"perfect foresight: {_told(result['bound'])}",
        "",
        f"{'policy':14}{'value':>9}{'share':>8}{'starts':>8}{'run h':>9}{sources}",
        f"{'':48}{units}  violations{'  jobs met' if with_jobs else ''}",
    ]
    for name, item in result["policies"].items():
        share = item["share_of_bound"]
        wh = item["wh"]
        lines.append(
            f"{name:14}{item['value']:9.3f}"
            f"{'' if share is None else f'{share:.0%}':>8}"
            f"{item['starts']:8d}{item['run_h']:9.1f}"
            f"{wh['solar'] / 1000:9.2f}{wh['battery'] / 1000:9.2f}"
            f"{wh['grid'] / 1000:9.2f}{item['heat_useful_wh'] / 1000:9.2f}"
            f"  {item['violations']:10d}"
            + (
                f"  {item['jobs']['met']} of {sum(item['jobs'].values())}"
                if with_jobs
                else ""
            )
        )
    return "\n".join(lines)


def main(arguments: list[str] | None = None) -> int:
    """Run the command; returns its exit code (2: trace or scenario is wrong, or EMHASS fails)."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.replay")
    add_home_arguments(parser)
    parser.add_argument("--scenario", type=Path, required=True, help="YAML file")
    parser.add_argument("--json", action="store_true", help="print JSON, no table")
    parser.add_argument(
        "--emhass", metavar="PYTHON", help="a Python with EMHASS, to compare with"
    )
    parser.add_argument(
        "--learn-days",
        type=float,
        default=0.0,
        help="days at the start that count for nothing: to learn from (0)",
    )
    parser.add_argument(
        "--timezone",
        type=zone,
        default=ZoneInfo("UTC"),
        help="local time of the home, for hot water and timed backups (UTC)",
    )
    options = parser.parse_args(arguments)
    try:
        trace = read_home(options, "replay")
        scenario = load_scenario(options.scenario, trace.step_s)
        cut = in_season(trace, scenario.season, options.timezone.key)
        if cut is None:
            raise ScenarioError(f"season: no {scenario.season} in {trace.name}")
        trace = cut
        stage = prepare(trace, scenario, options.timezone, options.learn_days)
        if options.emhass is None:
            result = report(trace, stage)
        else:
            with closing(Emhass(options.emhass)) as emhass:
                result = report(trace, stage, emhass)
    except (TraceError, ScenarioError, EmhassError) as error:
        print(f"replay: {error}", file=sys.stderr)
        return 2
    print(json.dumps(result, indent=2) if options.json else table(result))
    return 0


if __name__ == "__main__":
    sys.exit(main())
