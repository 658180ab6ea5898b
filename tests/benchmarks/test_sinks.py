"""Tanks and rooms of a scenario are what its keys say, and their heat counts."""

from datetime import UTC, datetime
from typing import Any

import pytest

from benchmarks.engine import replay
from benchmarks.plain import AlwaysOn, Off
from benchmarks.policies import POLICIES
from benchmarks.replay import report
from benchmarks.scenario import parse_scenario
from benchmarks.section import ScenarioError
from benchmarks.sinks import Weather
from custom_components.solar_compute.core.spec import (
    BackupKind,
    BackupSchedule,
    HeatSupply,
    TankUse,
)

from .traces import WORKER, scenario_data, stage_of, trace_of

ROOM = {"name": "study", "backup": {"kind": "gas"}}
COLD = {"coldest_c": 2}
SUN = -4000.0
HALF_DAY = [SUN] * 144


def parsed(**changes: Any) -> Any:
    return parse_scenario("test", scenario_data(**changes), 300)


def test_all_kinds_of_sinks_can_stand_in_one_home() -> None:
    scenario = parsed(
        tank={"volume_l": 200, "backup": {"kind": "heat_pump", "cop": 4.2}},
        tanks=[
            {
                "name": "loop",
                "volume_l": 800,
                "use": "buffer",
                "target_c": 35,
                "minimum_c": 30,
                "shortage": 0.2,
                "supply": "grid",
                "backup": {"kind": "resistive", "schedule": "diverter"},
            }
        ],
        rooms=[ROOM | {"target_c": 21, "loss_w_per_k": 55, "heating_limit_c": 14}],
        workers=[WORKER | {"sink": "loop"}, WORKER | {"name": "b", "sink": "study"}],
    )
    tank, loop = scenario.spec.tanks
    (study,) = scenario.spec.rooms
    assert (tank.key, tank.backup.kind) == ("tank", BackupKind.HEAT_PUMP)
    assert tank.backup.rated_cop == 4.2
    assert (loop.use, loop.supply) == (TankUse.BUFFER, HeatSupply.GRID)
    assert loop.backup.schedule is BackupSchedule.DIVERTER
    assert (loop.minimum_c, loop.shortage_per_kwh) == (30, 0.2)
    assert (study.target_c, study.loss_w_per_k, study.heating_limit_c) == (21, 55, 14)
    assert [worker.sink for worker in scenario.spec.workers] == ["loop", "study"]


@pytest.mark.parametrize("kind", ["gas", "resistive", "heat_pump", "none"])
def test_heat_for_a_room_counts_by_what_it_replaces(kind: str) -> None:
    backup = {"kind": kind, "comfort": 0.25}
    stage = stage_of(
        trace_of(HALF_DAY),
        rooms=[ROOM | {"backup": backup, "maximum_c": 40}],
        outdoor=COLD,
        sink="study",
        recovery=1,
        value_per_kwh=0,
    )
    figures = report(trace_of(HALF_DAY), stage)["policies"]["always_on"]
    drawn_wh = 12 * 500
    assert figures["heat_useful_wh"] == pytest.approx(drawn_wh, rel=0.1)
    cop = 4.1  # 18 K of lift
    displaced = {"gas": 0.114 / 0.8, "resistive": 0.08, "heat_pump": 0.08 / cop}
    earned = figures["value"] + 0.005 + drawn_wh / 1000 * 0.08
    assert earned == pytest.approx(
        drawn_wh / 1000 * displaced.get(kind, 0.25), rel=0.25
    )


def test_a_room_heats_in_no_summer() -> None:
    stage = stage_of(
        trace_of(HALF_DAY), rooms=[ROOM], outdoor={"coldest_c": 25}, sink="study"
    )
    runs = [replay(stage, policy()) for policy in (AlwaysOn, Off)]
    assert all(run.sinks["study"].backup_wh == 0 for run in runs)


def test_the_production_code_heats_a_cold_room_with_the_sun() -> None:
    stage = stage_of(
        trace_of([400.0] * 48 + HALF_DAY),
        rooms=[ROOM],
        outdoor=COLD,
        sink="study",
        recovery=1,
        value_per_kwh=0,
    )
    run = replay(stage, POLICIES["solar_compute"]())
    assert run.total > replay(stage, Off()).total
    assert not any(step[0] for step in run.levels[:48])


def test_the_weather_is_a_column_or_a_usual_year() -> None:
    weather = Weather(coldest_c=0, warmest_c=20, swing_k=6)
    night, day = (
        weather.outdoor_c(datetime(2026, 1, 20, hour, tzinfo=UTC), None)
        for hour in (5, 17)
    )
    summer = weather.outdoor_c(datetime(2026, 7, 21, 11, tzinfo=UTC), None)
    assert (night, day, summer) == pytest.approx((-3, 3, 20), abs=0.1)
    assert weather.outdoor_c(datetime(2026, 1, 20, tzinfo=UTC), 7.5) == 7.5

    trace = trace_of([0.0] * 3, outdoor_c=[4.0, None, 6.0])
    stage = stage_of(trace, rooms=[ROOM], outdoor={"column": "outdoor_c"})
    outside = [item.outdoor_c for item in stage.conditions if item]
    assert outside == pytest.approx([4, 5, 6])
    with pytest.raises(ScenarioError, match="outdoor: the trace has no values in col"):
        stage_of(trace_of([0.0] * 3), rooms=[ROOM], outdoor={"column": "outdoor_c"})


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"rooms": [{}]}, r"rooms\[0\].name: is missing"),
        ({"rooms": [ROOM, ROOM]}, "tanks and rooms: every name must be given once"),
        (
            {"rooms": [ROOM | {"backup": {"kind": "gas", "schedule": "followed"}}]},
            "backup.schedule: must be one of on_demand, timed, diverter, not 'followed'",
        ),
        ({"tanks": [{"name": "b"}]}, r"tanks\[0\].volume_l: is missing"),
        (
            {"tanks": [{"name": "b", "volume_l": 1, "use": "x"}]},
            r"tanks\[0\].use: must be one of hot_water, buffer, exported, not 'x'",
        ),
        ({"outdoor": {"warmest_c": 1}}, "outdoor.warmest_c: must be at least 5"),
        ({"rooms": [ROOM], "sink": "tank"}, "sink: must be one of none, study, not"),
    ],
)
def test_a_wrong_sink_is_refused_with_its_place(
    changes: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(ScenarioError, match=sentence):
        parsed(**changes)
