"""On measured homes, where their traces are at hand."""

from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from benchmarks import bound_soc
from benchmarks.engine import Stage, prepare
from benchmarks.lattice import Fineness
from benchmarks.replay import report
from benchmarks.scenario import load_scenario
from benchmarks.traces import read_trace

ROOT = Path(__file__).parents[2]
TRACES = ROOT.parent / "shared" / "traces"
SLICE = 700
"""Intervals of each trace that are replayed: enough for sun, few enough for a test."""


@cache
def replayed(name: str, scenario: str) -> dict[str, Any]:
    path = TRACES / name
    if not path.exists():
        pytest.skip(f"needs the measured trace {name} in ../shared/traces")
    whole = read_trace(path)
    # Where the slice shows most sun, there is most to decide.
    sunny = min(
        range(0, len(whole.intervals) - SLICE, SLICE),
        key=lambda first: sum(
            min(0.0, interval.get("grid_w") or 0.0)
            for interval in whole.intervals[first : first + SLICE]
        ),
    )
    trace = whole.cut(sunny, sunny + SLICE)
    path = ROOT / "benchmarks/scenarios" / f"{scenario}.yaml"
    stage = prepare(trace, load_scenario(path, trace.step_s), ZoneInfo("UTC"))
    with pytest.MonkeyPatch.context() as patch:
        # Coarse, for speed: what the grid leaves out is part of the bound.
        patch.setattr(bound_soc, "fineness", coarse)
        return report(trace, stage)


def coarse(stage: Stage) -> Fineness:
    return Fineness(81, 1) if stage.scenario.spec.battery else Fineness(1, 41)


@pytest.mark.parametrize(
    "scenario", ["ordinary_800", "levels_ordinary", "battery", "tank_gas"]
)
@pytest.mark.parametrize(
    "name",
    [
        "dev_nl_a_grid_1min.csv.gz",
        "dev_au_nem12_5min.csv.gz",
        "dev_uk_givenergy_5min.csv.gz",
        "dev_fr_emhass_30min.csv.gz",
    ],
)
def test_in_a_measured_home_every_limit_is_kept(name: str, scenario: str) -> None:
    result = replayed(name, scenario)
    best = result["bound"]["value"]
    for policy in result["policies"].values():
        assert policy["violations"] == 0
        assert best is None or policy["value"] <= best + 1e-9


@pytest.mark.parametrize("scenario", ["ordinary_800", "levels_ordinary"])
@pytest.mark.parametrize(
    "name", ["dev_nl_a_grid_1min.csv.gz", "dev_uk_givenergy_5min.csv.gz"]
)
def test_in_sunny_days_most_of_what_is_possible_is_earned(
    name: str, scenario: str
) -> None:
    assert replayed(name, scenario)["policies"]["solar_compute"]["share_of_bound"] > 0.5
