"""The command answers as documented, to programs and to people."""

import json
from pathlib import Path
import subprocess
import sys
from typing import Any

import pytest

from benchmarks.compare import main as compare
from benchmarks.replay import main, table
from benchmarks.traces import write_trace

from .traces import trace_of

ROOT = Path(__file__).parents[2]
ORDINARY = ROOT / "benchmarks/scenarios/ordinary_800.yaml"
GOOD = "ts,grid_w\n2026-06-01T00:00Z,1\n2026-06-01T00:01Z,1\n"
GRID_W = [400.0] * 6 + [-1500.0] * 24 + [None] + [400.0] * 12


@pytest.fixture
def home(tmp_path: Path) -> Path:
    path = tmp_path / "home.csv"
    write_trace(path, trace_of(GRID_W))
    return path


def answer(capsys: pytest.CaptureFixture[str], *arguments: object) -> Any:
    assert main([str(argument) for argument in arguments]) == 0
    return json.loads(capsys.readouterr().out)


def test_prints_json_of_the_documented_shape(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    result = answer(capsys, home, "--scenario", ORDINARY, "--json")
    assert list(result) == [
        "trace", "scenario", "days", "unknown_share", "bound", "policies",
    ]  # fmt: skip
    assert result["trace"] == "home.csv"
    assert result["scenario"] == "ordinary_800"
    assert result["days"] == pytest.approx(43 * 300 / 86400, abs=1e-4)
    assert result["unknown_share"] == pytest.approx(1 / 43, abs=1e-6)
    assert result["bound"]["kind"] == "exact"
    assert list(result["policies"]) == [
        "solar_compute", "off", "always_on", "bare_rule", "cusum", "delay_1_3",
        "delay_5_5", "delay_15_7",
    ]  # fmt: skip
    for policy in result["policies"].values():
        assert list(policy) == [
            "value", "share_of_bound", "starts", "run_h", "wh", "heat_useful_wh",
            "violations",
        ]  # fmt: skip
        assert list(policy["wh"]) == ["solar", "battery", "grid"]
        assert sum(policy["wh"].values()) == pytest.approx(policy["run_h"] * 800, abs=1)
        assert policy["violations"] == 0
    assert result["policies"]["off"]["value"] == 0
    mine = result["policies"]["solar_compute"]
    assert 0 < mine["share_of_bound"] <= 1
    assert mine["value"] <= result["bound"]["value"]


def test_says_how_many_days_were_there_to_learn_from(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "home.csv"
    write_trace(path, trace_of([400.0] * 36, 3600))
    result = answer(capsys, path, "--scenario", ORDINARY, "--json", "--learn-days", "1")
    assert (result["learn_days"], result["days"]) == (1, 0.5)
    assert main([str(path), "--scenario", str(ORDINARY), "--learn-days", "2"]) == 2
    assert "learn_days: must be less than the 1.5 days" in capsys.readouterr().err


def test_says_which_jobs_were_met(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "home.csv"
    write_trace(path, trace_of([400.0] * 72, 3600))
    scenario = ORDINARY.with_name("night_job.yaml")
    result = answer(capsys, path, "--scenario", scenario, "--json")
    assert result["policies"]["off"]["jobs"] == {"met": 0, "missed": 2}
    assert main([str(path), "--scenario", str(scenario)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line for line in lines if line.startswith("off")][0].endswith("0 of 2")


def test_prints_a_table_for_people(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([str(home), "--scenario", str(ORDINARY)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert "home.csv" in lines[0] and "ordinary_800" in lines[0]
    assert sum(line.startswith("solar_compute") for line in lines) == 1


@pytest.mark.parametrize(
    ("told", "text"),
    [
        ({"value": 2.0, "kind": "exact", "error": 0.0}, "2.000"),
        ({"value": 2.0, "kind": "soc_dp", "error": 0.05}, "1.950 to 2.000"),
        ({"value": 2.0, "kind": "milp_bound"}, "at most 2.000, maybe less"),
        ({"value": None, "kind": "none", "reason": "two tanks"}, "unknown (two tanks)"),
    ],
)
def test_the_table_says_what_kind_of_bound_it_has(
    told: dict[str, Any], text: str
) -> None:
    result = {
        "trace": "home", "days": 1, "scenario": "s", "unknown_share": 0, "bound": told,
        "policies": {"off": {"value": 0, "share_of_bound": None, "starts": 0, "run_h": 0,
            "wh": {"solar": 0, "battery": 0, "grid": 0}, "heat_useful_wh": 0,
            "violations": 0}},
    }  # fmt: skip
    assert table(result).splitlines()[2] == f"perfect foresight: {text}"


def test_counts_heat_that_replaced_gas(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    scenario = ROOT / "benchmarks/scenarios/tank_gas.yaml"
    result = answer(
        capsys, home, "--scenario", scenario, "--json", "--timezone", "Europe/Berlin"
    )
    assert list(result["bound"]) == ["value", "kind", "error"]
    assert result["bound"]["kind"] == "soc_dp"
    assert result["policies"]["solar_compute"]["share_of_bound"] <= 1
    assert "heat_useful_wh" in result["policies"]["always_on"]


@pytest.mark.parametrize(
    ("trace", "scenario", "sentence"),
    [
        ("ts,pv_w\n", ORDINARY.read_text(), "no column grid_w"),
        ("ts,grid_w\n", "prices: 1", "two rows at least"),
        (GOOD, "prices: 1", "prices: must be a mapping"),
        (GOOD, "{", "cannot be read"),
    ],
)
def test_says_what_is_wrong_and_fails(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    trace: str,
    scenario: str,
    sentence: str,
) -> None:
    home, path = tmp_path / "home.csv", tmp_path / "scenario.yaml"
    home.write_text(trace)
    path.write_text(scenario)
    assert main([str(home), "--scenario", str(path), "--json"]) == 2
    printed = capsys.readouterr()
    assert sentence in printed.err
    assert printed.out == ""


def test_runs_as_a_module_without_home_assistant(home: Path) -> None:
    command = f"-X importtime -m benchmarks.replay {home} --scenario {ORDINARY} --json"
    finished = subprocess.run(
        [sys.executable, *command.split()],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert json.loads(finished.stdout)["policies"]
    assert "homeassistant" not in finished.stderr


def test_compares_several_homes_in_one_table(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    battery = ORDINARY.with_name("battery.yaml")
    arguments = [str(home), str(home), "--scenario", str(ORDINARY), str(battery)]
    assert compare(arguments) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[1].count("%") == lines[3].count("%") == 6
    assert lines[4].startswith("battery: home.csv") and "%" not in lines[4]
    assert compare([*arguments, "--learn-days", "1"]) == 2
    assert "learn_days: must be less than" in capsys.readouterr().err
    assert compare([str(home.with_name("none.csv")), "--scenario", str(battery)]) == 2
