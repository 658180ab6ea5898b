"""What is finished is kept, and made anew only where what it hangs on has changed."""

from datetime import UTC, datetime
import json
from pathlib import Path

import pytest

from benchmarks import results as module
from benchmarks.generate import generate
from benchmarks.kept import code_of, digest
from benchmarks.results import KEPT_ONLY, Home, Task, result_of
from benchmarks.traces import write_trace
from custom_components.solar_compute.core.house import HouseModel

SCENARIOS = Path(__file__).parents[2] / "benchmarks/scenarios"


@pytest.fixture
def home(tmp_path: Path) -> Home:
    path = tmp_path / "home.csv"
    start = datetime(2026, 6, 1, tzinfo=UTC)
    write_trace(path, generate(HouseModel(), 5, start=start, days=2, step_s=3600))
    return Home(path, "Europe/Berlin")


def kept_of(cache: Path, name: str) -> list[Path]:
    return sorted(cache.glob(f"{name}-*.json"))


def test_the_bound_outlives_a_change_of_decisions(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache, task = tmp_path / "cache", Task(home, SCENARIOS / "battery.yaml")
    before = result_of(task, cache)

    # As if every module had loaded another file of production code.
    monkeypatch.setattr(module, "code_of", lambda *names: code_of(*names) | {home.path})
    assert result_of(task, cache) == before
    made = [len(kept_of(cache, name)) for name in ("bound", "off", "solar_compute")]
    assert made == [1, 2, 2]


def test_the_bound_is_made_anew_where_the_simulated_home_answers_otherwise(
    home: Home, tmp_path: Path
) -> None:
    cache, task = tmp_path / "cache", Task(home, SCENARIOS / "ordinary_800.yaml")
    result_of(task, cache)
    for path in kept_of(cache, "off"):
        found = json.loads(path.read_text())
        path.write_text(json.dumps(found | {"total": found["total"] + 1}))
    result_of(task, cache)
    assert len(kept_of(cache, "bound")) == 2


def test_what_a_result_hangs_on_is_found_in_the_imports() -> None:
    names = {path.name for path in code_of("benchmarks.bound_soc")}
    assert {"bound_soc.py", "lattice.py", "simulate.py"} <= names
    assert "chart.py" not in names


def test_words_and_imports_are_no_code(tmp_path: Path) -> None:
    short, long = tmp_path / "short.py", tmp_path / "long.py"
    short.write_text("def f(x):\n    return x + 1\n")
    long.write_text(
        '"""Adds."""\nimport os\n\n\ndef f(x):\n    """Add."""\n'
        "    return x + 1  # one\n"
    )
    assert digest(short) == digest(long)
    long.write_text("def f(x):\n    return x + 2\n")
    assert digest(short) != digest(long)


def test_emhass_is_not_asked_where_only_what_is_kept_counts(
    home: Home, tmp_path: Path
) -> None:
    task = Task(home, SCENARIOS / "hard_800.yaml", emhass=KEPT_ONLY)
    assert "emhass" not in str(result_of(task, tmp_path / "cache")["policies"])


def test_a_scenario_of_winter_is_nothing_for_a_home_in_june(
    home: Home, tmp_path: Path
) -> None:
    task = Task(home, SCENARIOS / "winter_heat.yaml")
    assert result_of(task, tmp_path)["left_out"] == "no winter in the trace"
    southern = Task(Home(home.path, "Australia/Sydney"), task.scenario)
    assert "policies" in result_of(southern, tmp_path)


def test_what_is_digested_changes_with_any_part(tmp_path: Path) -> None:
    path = tmp_path / "a.py"
    path.write_text("x = 1")
    before = digest(frozenset({path}), 1)
    assert before != digest(frozenset({path}), 2)
    path.write_text("x = 2")
    assert before != digest(frozenset({path}), 1)
