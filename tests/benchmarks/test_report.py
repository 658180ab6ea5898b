"""The page of results says what was measured, good and bad, and can be made again."""

from collections.abc import Mapping
from copy import deepcopy
from datetime import UTC, datetime
from pathlib import Path
import re
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from benchmarks import report, report_text as text
from benchmarks.chart import Dots, Line, Panel, dot_chart, line_chart
from benchmarks.generate import generate
from benchmarks.policies import POLICIES
from benchmarks.report_remarks import remarks
from benchmarks.results import Home
from benchmarks.traces import write_trace
from custom_components.solar_compute.core.house import HouseModel

SCENARIOS = [
    report.SCENARIOS / f"{name}.yaml"
    for name in ("ordinary_800", "dynamic_prices", "night_job")
]


@pytest.fixture(scope="module")
def homes(tmp_path_factory: pytest.TempPathFactory) -> list[Home]:
    folder = tmp_path_factory.mktemp("homes")
    start = datetime(2026, 6, 1, tzinfo=UTC)
    found = []
    for name, step_s in (("dev_fine", 900), ("coarse", 3600)):
        path = folder / f"{name}.csv.gz"
        trace = generate(HouseModel(), 5, start=start, days=2, step_s=step_s)
        write_trace(path, trace)
        found.append(Home(path, "Europe/Berlin"))
    return found


@pytest.fixture(scope="module")
def written(
    tmp_path_factory: pytest.TempPathFactory, homes: list[Home]
) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("report")
    page, cache = folder / "docs/benchmarks.md", folder / "cache"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(report, "TICK_WORKERS", (1, 250))
        page.parent.mkdir()
        report.write(page, homes, SCENARIOS, cache, folds=2)
    return page, cache


def test_the_page_has_every_home_scenario_and_policy(
    written: tuple[Path, Path],
) -> None:
    page = written[0].read_text()
    assert "| fine | 2 | 15 min | 0 % |" in page
    assert "| coarse | 2 | 60 min | 0 % |" in page
    assert page.count("| `ordinary_800` |") == 5
    for name in POLICIES:
        if name not in text.NOT_COMPARED:
            assert text.policy_name(name) in page
    assert "reports every 60 minutes only" in page
    assert page.index("| home | days of other history |") > 0
    assert "| fine | 1 |" in page and "| coarse | 1 |" in page
    assert "`night_job`: A render that must be ready" in page
    assert "$" not in page


def test_the_days_to_learn_from_are_named() -> None:
    assert text.learned(0) == "On its first day, a home knows nothing of itself."
    assert "first 14 days of every home are there to learn from" in text.learned(14)


def test_a_home_without_prices_is_left_out_where_they_are_needed(
    written: tuple[Path, Path],
) -> None:
    page = written[0].read_text()
    assert "`dynamic_prices`:" in page
    left_out = "`dynamic_prices` leaves out fine and coarse: no prices in the trace."
    assert left_out in page
    assert "| `dynamic_prices` |" not in page


def test_the_page_names_no_day_and_no_machine(written: tuple[Path, Path]) -> None:
    page = written[0].read_text()
    assert not re.search(r"20\d\d-\d\d|/home/|/tmp|/root", page)
    assert "benchmarks.report dev_fine.csv.gz@Europe/Berlin coarse.csv.gz@" in page
    assert " --scenario benchmarks/scenarios/ordinary_800.yaml benchmarks/" in page


def test_every_chart_on_the_page_is_there_and_whole(
    written: tuple[Path, Path],
) -> None:
    page, _ = written
    shown = re.findall(r"\]\((images/\S+)\)", page.read_text())
    assert {"images/benchmarks/day.svg", "images/benchmarks/power.svg"} <= set(shown)
    assert {page.parent / name for name in shown} == set(page.parent.rglob("*.svg"))
    for name in shown:
        chart = (page.parent / name).read_text()
        parsed(chart)
        assert "prefers-color-scheme: dark" in chart


def test_made_again_it_is_the_same_and_nothing_is_replayed_twice(
    written: tuple[Path, Path], homes: list[Home], monkeypatch: pytest.MonkeyPatch
) -> None:
    page, cache = written
    before = {path: path.read_bytes() for path in page.parent.rglob("*.*")}
    kept = {path: path.stat().st_mtime_ns for path in cache.iterdir()}
    monkeypatch.setattr(report, "TICK_WORKERS", (1, 250))
    report.write(page, homes, SCENARIOS, cache, folds=2)
    assert {path: path.read_bytes() for path in page.parent.rglob("*.*")} == before
    assert {path: path.stat().st_mtime_ns for path in cache.iterdir()} == kept


def test_a_trace_that_is_not_there_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page = tmp_path / "page.md"
    assert report.main([str(tmp_path / "none.csv"), "--output", str(page)]) == 2
    assert "cannot be read" in capsys.readouterr().err
    assert not page.exists()
    with pytest.raises(SystemExit):
        report.main(["home.csv@Nowhere/Land"])
    assert "'Nowhere/Land' is no time zone" in capsys.readouterr().err


def parsed(chart: str) -> ET.Element:
    return ET.fromstring(chart)  # noqa: S314


def result(**changes: Any) -> dict[str, Any]:
    """Return what came of a home where Solar Compute is best."""
    figures = {"violations": 0, "starts": 9}
    return {
        "home": "home",
        "scenario": "ordinary",
        "days": 20,
        "step_s": 300,
        "with_emhass": True,
        "bound": {"value": 2.0, "kind": "exact"},
        "policies": {
            "solar_compute": {"share_of_bound": 0.7, "value": 1.4, **figures},
            "off": {"share_of_bound": 0.0, "value": 0.0, **figures},
            "cusum": {"share_of_bound": 0.6, "value": 1.2, **figures},
        },
    } | changes


def changed(policy: str, **figures: Any) -> Mapping[str, Any]:
    found = deepcopy(result())
    found["policies"][policy].update(figures)
    return found


@pytest.mark.parametrize(
    ("found", "sentence"),
    [
        (result(), "No other rule is clearly ahead"),
        (result(), "No policy broke a minimum time."),
        (
            changed("cusum", share_of_bound=0.8),
            "ahead by more than 3 % of the bound: home, `ordinary`: CUSUM 80 %, Sol",
        ),
        (
            changed("solar_compute", value=-0.2),
            "home loses 0.20 in 20 days of `ordinary`",
        ),
        (
            changed("solar_compute", jobs={"met": 3, "missed": 1}),
            "home misses 1 of 4 deadlines in `ordinary`.",
        ),
        (changed("solar_compute", starts=0), "It never starts where"),
        (
            changed("cusum", violations=2),
            "Minimum times were broken by CUSUM in home, `ordinary`.",
        ),
    ],
)
def test_what_does_not_show_off_is_said(
    found: Mapping[str, Any], sentence: str
) -> None:
    assert sentence in remarks([found])


def test_the_best_of_each_scenario_stands_out_and_the_range_is_shown() -> None:
    worse = changed("solar_compute", share_of_bound=-0.1)
    table = text.shares([result(), worse])
    assert "| `ordinary` | 30 % (−10…70) | **60 %** (60…60) |" in table


def test_who_is_told_the_future_is_shown_and_is_no_rival() -> None:
    found = result()
    found["policies"]["emhass_perfect"] = found["policies"]["cusum"] | {
        "share_of_bound": 0.99
    }
    assert "No other rule is clearly ahead" in remarks([found])
    table = text.shares([found])
    assert "EMHASS, perfect forecast" in table
    assert "| `ordinary` | **70 %** | 60 % | 99 % |" in table


def test_who_was_not_asked_everywhere_is_no_match() -> None:
    found = result()
    found["policies"]["emhass"] = found["policies"]["cusum"] | {"share_of_bound": 0.9}
    table = text.shares([found, result()])
    assert "| **70 %** (70…70) | 60 % (60…60) | 90 % (1 of 2 homes) |" in table
    jobs = result(scenario="night_job", with_emhass=False)
    told = text.emhass([found, result(), jobs])
    assert "asked in 1 of the 2 cases" in told and "done: `night_job`" in told


def test_a_home_is_as_long_as_its_longest_scenario() -> None:
    whole = result(unknown_share=0.0)
    assert "| home | 20 |" in text.homes([whole, whole | {"days": 9}])
    assert "| home | 20 |" in text.homes([whole | {"days": 9}, whole])


def test_the_mean_of_all_scenarios_stands_below_them() -> None:
    hard = {**changed("solar_compute", share_of_bound=0.2), "scenario": "hard"}
    assert "| mean of all | 45 % | **60 %** |" in text.shares([result(), hard])


def test_a_dot_beyond_the_edge_becomes_an_arrow() -> None:
    rows = {"hard": [Dots("<home>", {"Solar Compute": 0.5, "delays": -6.4})]}
    chart = dot_chart("Shares", rows, main="Solar Compute")
    assert chart.count("<circle") == 1 + 2  # Two are in the legend.
    assert chart.count("<polygon") == 1
    assert "delays: −640 %" in chart
    assert "&lt;home&gt;" in chart


def test_the_legend_names_the_colours_that_are_there() -> None:
    rows = {"hard": [Dots("home", {"Solar Compute": 0.5, "bare rule": 0.4})]}
    marked = {"bare rule": "good", "EMHASS": "sun"}
    chart = dot_chart("Shares", rows, main="Solar Compute", marked=marked)
    assert ">bare rule</text>" in chart and ">others</text>" in chart
    assert ">EMHASS</text>" not in chart


def test_a_gap_in_a_line_stays_a_gap() -> None:
    values = [(0.0, 1.0), (1.0, 2.0), (2.0, None), (3.0, 1.0), (4.0, -1.0)]
    panel = Panel(
        title="Sun", unit="W", lines=(Line(name="sun", css="sun", values=values),)
    )
    chart = line_chart("Day", [panel], [(0.0, "0:00"), (4.0, "4:00")])
    assert chart.count("<polyline") == 2


def test_nothing_to_show_is_shown_as_nothing() -> None:
    panel = Panel(
        title="Sun", unit="W", lines=(Line(name="sun", css="sun", values=[]),)
    )
    parsed(line_chart("Day", [panel], [(0.0, "0"), (1.0, "1")]))
    assert text.shares([result(policies={})]) == "No scenario has a bound here."
