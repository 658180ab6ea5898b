"""Scenarios say what they mean, or what is wrong with them and where."""

from pathlib import Path
from typing import Any

import pytest

from benchmarks.scenario import load_scenario, parse_scenario
from benchmarks.section import ScenarioError
from benchmarks.tariff import Price, prices_over
from benchmarks.traces import Trace
from custom_components.solar_compute.core.spec import BackupKind, BackupSchedule

from .traces import scenario_data, trace_of

SHIPPED = sorted((Path(__file__).parents[2] / "benchmarks/scenarios").glob("*.yaml"))

DOCUMENTED = """
prices: {import: 0.30, export: 0.08}     # per kWh; or {column: price_eur_kwh, add: 0.15}
export_limit_w: null
battery: null                            # or {capacity_wh: 8000, charge_w: 4000, discharge_w: 4000, round_trip: 0.9, reserve_soc: 10}
tank: null                               # or {volume_l: 200, target_c: 55, maximum_c: 60, loss_w_per_k: 1.4, draw_kwh_per_day: 5.8, backup: {kind: gas, price: 0.114, efficiency: 0.8}}
workers:
  - {name: cruncher, levels_w: [500], value_per_kwh: 0.15, start_cost: 0.005, min_run_s: 900, min_pause_s: 300, sink: none}
"""
BATTERY = {
    "capacity_wh": 8000,
    "charge_w": 4000,
    "discharge_w": 4000,
    "round_trip": 0.9,
    "reserve_soc": 10,
}
TANK = {
    "volume_l": 200,
    "target_c": 55,
    "maximum_c": 60,
    "loss_w_per_k": 1.4,
    "draw_kwh_per_day": 5.8,
    "backup": {"kind": "gas", "price": 0.114, "efficiency": 0.8},
}
JOB = {"worker": "cruncher", "kwh": 1, "ready_by": "07:00"}


def parsed(**changes: Any) -> Any:
    return parse_scenario("test", scenario_data(**changes), 60)


def test_the_documented_scenario_works_as_it_stands(tmp_path: Path) -> None:
    path = tmp_path / "documented.yaml"
    path.write_text(DOCUMENTED)
    scenario = load_scenario(path, 60)
    spec = scenario.spec
    assert scenario.name == "documented"
    assert (spec.import_per_kwh, spec.export_per_kwh) == (0.3, 0.08)
    assert spec.battery is None and spec.tanks == () and spec.export_limit_w is None
    (worker,) = spec.workers
    assert (worker.levels_w, worker.value_per_kwh) == ((500,), 0.15)
    assert (worker.start_cost, worker.min_run_s, worker.min_pause_s) == (
        0.005,
        900,
        300,
    )
    assert worker.sink is None


def test_its_documented_alternatives_work_too() -> None:
    scenario = parsed(battery=BATTERY, tank=TANK, sink="tank", export_limit_w=600)
    spec = scenario.spec
    assert spec.battery is not None and spec.battery.capacity_wh == 8000
    (tank,) = spec.tanks
    assert tank.backup.kind is BackupKind.GAS
    assert tank.backup.schedule is BackupSchedule.ON_DEMAND
    assert tank.draw_wh_per_day == 5800
    assert spec.workers[0].sink == tank.key


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_every_shipped_scenario_is_valid(path: Path) -> None:
    assert load_scenario(path, 300).spec.workers


def over(price: Price, trace: Trace) -> list[float]:
    return prices_over(price, trace, [item.start for item in trace.intervals])


def test_prices_may_come_from_the_trace() -> None:
    trace = trace_of([0, 0, 0], price_eur_kwh=[None, 0.1, 0.2])
    column = {"column": "price_eur_kwh", "add": 0.15}
    spot = parsed(prices=column)
    assert over(spot.import_price, trace) == pytest.approx([0.25, 0.25, 0.35])
    assert over(spot.export_price, trace) == pytest.approx([0.1, 0.1, 0.2])
    mixed = parsed(prices={"import": column, "export": 0.08})
    assert over(mixed.import_price, trace) == pytest.approx([0.25, 0.25, 0.35])
    assert over(mixed.export_price, trace) == [0.08, 0.08, 0.08]
    with pytest.raises(ScenarioError, match="no values in column price_eur_kwh"):
        over(spot.import_price, trace_of([0, 0]))


def test_a_reading_is_believed_until_the_next_one() -> None:
    def hold_s(step_s: int) -> float:
        scenario = parse_scenario("test", scenario_data(), step_s)
        return scenario.spec.policy.power_hold_s

    assert [hold_s(60), hold_s(300), hold_s(3600)] == [300, 450, 5400]


def test_a_timed_backup_has_windows() -> None:
    backup = {"kind": "resistive", "schedule": "timed", "windows": ["22:00-06:30"]}
    (window,) = parsed(tank=TANK | {"backup": backup}).spec.tanks[0].backup.windows
    assert (window.start_min, window.end_min) == (1320, 390)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"prices": {"import": 0.3}}, "prices.export: is missing"),
        ({"prices": 3}, "prices: must be a mapping, not 3"),
        ({"prices": {"column": "x", "ad": 1}}, "prices.ad: is not known; allowed here"),
        ({"batery": None}, "batery: is not known; allowed here: battery"),
        ({"export_limit_w": -1}, "export_limit_w: must be at least 0, not -1"),
        (
            {"battery": BATTERY | {"round_trip": 1.1}},
            "battery.round_trip: must be at m",
        ),
        ({"battery": {}}, "battery.capacity_wh: is missing"),
        ({"tank": TANK | {"volume_l": 0}}, "tank.volume_l: must be above 0"),
        ({"tank": TANK | {"maximum_c": 40}}, "tank.maximum_c: must be at least 55"),
        (
            {"tank": TANK | {"backup": {"kind": "coal"}}},
            "tank.backup.kind: must be one of gas, resistive, heat_pump, district, none, not 'coal'",
        ),
        (
            {"tank": TANK | {"backup": {"kind": "gas", "windows": ["22-6"]}}},
            "tank.backup.windows: must be like",
        ),
        (
            {"tank": TANK | {"backup": {"kind": "gas", "windows": "22:00-06:00"}}},
            "tank.backup.windows: must be a list",
        ),
        ({"workers": []}, "workers: must be a list of mappings"),
        ({"workers": ["x"]}, r"workers\[0\]: must be a mapping, not 'x'"),
        ({"levels_w": [500, 300]}, r"workers\[0\].levels_w: must ascend"),
        ({"levels_w": 500}, r"workers\[0\].levels_w: must be a list of numbers"),
        ({"levels_w": ["a"]}, r"workers\[0\].levels_w\[0\]: must be a number, not 'a'"),
        ({"start_cost": True}, r"workers\[0\].start_cost: must be a number, not True"),
        ({"start_cost": float("inf")}, r"workers\[0\].start_cost: must be finite"),
        ({"sink": "tank"}, r"workers\[0\].sink: must be one of none, not 'tank'"),
        (
            {"jobs": [{"worker": "x"}]},
            r"jobs\[0\].worker: must be one of cruncher, not",
        ),
        ({"jobs": [JOB | {"kwh": 0}]}, r"jobs\[0\].kwh: must be above 0, not 0"),
        ({"jobs": [JOB | {"hours": 1}]}, r"jobs\[0\].hours: is not known; allowed"),
        ({"jobs": [JOB | {"ready_by": 7}]}, r'ready_by: must be a text like "07:00"'),
        ({"jobs": [JOB | {"ready_by": "7am"}]}, "ready_by: must be a text like"),
        ({"jobs": [JOB | {"repeats": 1}]}, "repeats: must be true or false, not 1"),
        ({"name": ""}, r"workers\[0\].name: must be a text"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(
    changes: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(ScenarioError, match=sentence):
        parsed(**changes)


def test_two_workers_need_two_names() -> None:
    worker = scenario_data()["workers"][0]
    with pytest.raises(ScenarioError, match="once only"):
        parsed(workers=[worker, worker])


@pytest.mark.parametrize("text", ["[", "just words", "\x00"])
def test_what_is_no_yaml_mapping_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "broken.yaml"
    path.write_text(text)
    with pytest.raises(ScenarioError):
        load_scenario(path, 60)
