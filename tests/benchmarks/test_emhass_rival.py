"""EMHASS is asked what a home knows, and its plan is done as it stands."""

from collections.abc import Mapping
import os
import sys
from typing import Any

import pytest

from benchmarks.emhass_rival import Emhass, EmhassError, EmhassPlan
from benchmarks.engine import Stage, replay
from benchmarks.replay import report

from .traces import WORKER, stage_of, trace_of

DAY = [400.0] * 12 + [-2000.0] * 24 + [400.0] * 60
"""From 8 o'clock on, in quarters of an hour: sun from 11 to 17."""

PYTHON = os.environ.get("SOLAR_COMPUTE_EMHASS_PYTHON", "")


class Planner(Emhass):
    """Stands in for EMHASS: runs all loads where it expects enough sun."""

    def __init__(self) -> None:
        self.questions: list[Mapping[str, Any]] = []

    def plan(self, question: Mapping[str, Any]) -> list[list[float]]:
        self.questions.append(question)
        return [
            [
                load["most_w"] if balance_w >= load["most_w"] else 0.0
                for balance_w in question["balance_w"]
            ]
            for load in question["loads"]
        ]


def levels(stage: Stage, planner: Planner, *, perfect: bool) -> list[int]:
    run = replay(stage, EmhassPlan(planner, stage, perfect=perfect))
    assert run.violations == 0
    return [level for (level,) in run.levels]


def test_with_the_truth_it_runs_in_the_sun() -> None:
    stage = stage_of(trace_of(DAY, 900))
    # The first meter reading is there after the first interval: plans begin then.
    assert levels(stage, Planner(), perfect=True)[13:35] == [1] * 22


def test_without_it_yesterday_and_what_is_now_are_expected() -> None:
    planner = Planner()
    levels(stage_of(trace_of([*DAY, *([100.0] * 96)], 900)), planner, perfect=False)
    # 12 o'clock on the second day: yesterday the sun shone, now it does not.
    noon = planner.questions[(96 + 16) // 2]
    assert noon["balance_w"][0] == pytest.approx((2000 - 100) / 2)
    assert noon["balance_w"][1:9] == pytest.approx([2000.0] * 8)
    assert len(noon["balance_w"]) == 48 and noon["step_s"] == 1800


def test_it_keeps_minimum_times_and_pauses_when_the_meter_is_silent() -> None:
    sun = [-2000.0, 400.0] * 12 + [-2000.0, None, -2000.0, -2000.0]
    stage = stage_of(trace_of(sun, 1800), min_run_s=5400, min_pause_s=3600)
    ran = levels(stage, Planner(), perfect=True)
    assert 1 in ran and ran[-2] == 0


def test_heat_counts_as_if_it_were_always_taken() -> None:
    planner = Planner()
    tank = {"volume_l": 200, "backup": {"kind": "gas"}}
    stage = stage_of(
        trace_of(DAY, 900), tank=tank, sink="tank", value_per_kwh=0.0, recovery=0.8
    )
    levels(stage, planner, perfect=True)
    (load,) = planner.questions[0]["loads"]
    assert load["value_per_kwh"] == pytest.approx(0.8 * 0.114 / 0.8)


def test_a_sink_at_its_maximum_gets_no_more_heat() -> None:
    tank = {"volume_l": 20, "target_c": 50, "maximum_c": 51, "draw_kwh_per_day": 0}
    stage = stage_of(trace_of(DAY, 900), tank=tank, sink="tank")
    assert levels(stage, Planner(), perfect=True)[13:35].count(0) > 5


def test_the_report_has_it_twice_with_what_it_knows() -> None:
    trace = trace_of(DAY, 900)
    workers = [WORKER, WORKER | {"name": "b", "levels_w": [300, 900]}]
    result = report(trace, stage_of(trace, workers=workers), Planner())
    assert list(result["policies"])[-2:] == ["emhass", "emhass_perfect"]
    earned = {name: item["value"] for name, item in result["policies"].items()}
    assert earned["emhass_perfect"] > earned["emhass"]


def test_says_so_where_that_python_has_none() -> None:
    with pytest.raises(EmhassError, match="cannot be run"):
        Emhass("/no/such/python")
    emhass = Emhass(sys.executable)
    with pytest.raises(EmhassError, match="no EMHASS that runs"):
        emhass.plan({})
    emhass.close()


@pytest.mark.skipif(
    not PYTHON,
    reason="needs SOLAR_COMPUTE_EMHASS_PYTHON, a Python with EMHASS in it",
)
def test_the_real_one_runs_a_worker_only_where_it_is_worth_it() -> None:
    emhass = Emhass(PYTHON)
    battery = {"capacity_wh": 4000, "charge_w": 3000, "discharge_w": 3000}
    for changes in ({}, {"battery": battery}, {"export_limit_w": 0}):
        stage = stage_of(trace_of(DAY, 900), **changes)
        run = replay(stage, EmhassPlan(emhass, stage, perfect=True))
        ran = [level for (level,) in run.levels]
        assert 1 in ran[12:36] and not any(ran[48:])
    emhass.close()
