"""A home's own past is read from the database that Home Assistant keeps."""

import json
from pathlib import Path
import sqlite3
from typing import Any

import pytest

from benchmarks.recorder import Meters, read_recorder
from benchmarks.replay import main
from benchmarks.traces import Trace, TraceError

from .recorder_file import START, RecorderFile

ORDINARY = Path(__file__).parents[2] / "benchmarks/scenarios/ordinary_800.yaml"
GRID = Meters(grid="sensor.grid")


@pytest.fixture
def database(tmp_path: Path) -> RecorderFile:
    return RecorderFile(tmp_path / "home-assistant_v2.db")


def column(trace: Trace, name: str = "grid_w") -> list[float | None]:
    return [interval.get(name) for interval in trace.intervals]


def read(database: RecorderFile, meters: Meters = GRID, **options: Any) -> Trace:
    return read_recorder(database.path, meters, **options).trace


def test_five_minute_means_are_read_as_they_are(database: RecorderFile) -> None:
    database.means("sensor.grid", "kW", [0.4, -1.5] * 12)
    trace = read(database)
    assert (trace.name, trace.step_s) == ("home-assistant_v2.db", 300)
    assert trace.intervals[0].start == START
    assert column(trace) == pytest.approx([400, -1500] * 12)


def test_without_statistics_changes_of_state_are_averaged_over_time(
    database: RecorderFile,
) -> None:
    database.states(
        "sensor.grid",
        {0: "300", 200: "-600", 450: "unavailable", 600: "90", 900: "nonsense"},
        "W",
    )
    five, one = read(database), read(database, step_s=60)
    assert column(five)[:5] == [0, -600, 90, None, None]
    # In steps of a minute statistics say nothing, states do.
    assert column(one)[3:9] == [-300, -600, -600, -600, -600, None]


def test_a_state_stands_only_while_home_assistant_runs(database: RecorderFile) -> None:
    database.ran((0, 900), (1800, None))
    database.states("sensor.grid", {0: "100", 2100: "200"}, "W")
    assert column(read(database)) == [100] * 3 + [None] * 4 + [200] * 17


def test_statistics_go_before_states_and_states_fill_their_gaps(
    database: RecorderFile,
) -> None:
    database.states("sensor.grid", {0: "1", 3600: "2"}, "W")
    database.means("sensor.grid", "W", [5.0] * 6)
    assert column(read(database)) == [5] * 6 + [1] * 6 + [2] * 12


def test_where_only_hours_are_left_it_says_so(database: RecorderFile) -> None:
    database.means("sensor.grid", "W", [100, 200, 300], length_s=3600)
    recorded = read_recorder(database.path, GRID)
    assert recorded.trace.step_s == 3600
    assert column(recorded.trace) == [100, 200, 300]
    (note,) = recorded.notes
    assert "only hourly statistics of sensor.grid are left" in note
    with pytest.raises(TraceError, match="says nothing in steps of 300 s"):
        read(database, step_s=300)


def test_counters_of_energy_become_power(database: RecorderFile) -> None:
    database.totals("sensor.bought", "kWh", [10, 10.1, 10.1, 10.2])
    database.totals("sensor.sold", "Wh", [0, 0, 50, 50])
    meters = Meters(grid="sensor.bought", grid_return="sensor.sold")
    first, *found = column(read(database, meters))
    assert first is None  # the five minutes before the first row are no part of it
    assert found[:3] == pytest.approx([1200, -600, 1200])
    assert not any(found[3:])


def test_a_counter_without_statistics_is_read_from_its_states(
    database: RecorderFile,
) -> None:
    # The reset is unknown, not a negative power.
    database.states(
        "sensor.bought",
        {0: "5", 290: "5.1", 599: "5.2", 700: "0.0", 1000: "0.1"},
        "kWh",
    )
    found = column(read(database, Meters(grid="sensor.bought")))
    assert found[:5] == pytest.approx([1200, 1200, None, 1200, 0])


def test_everything_else_gets_its_column(database: RecorderFile) -> None:
    for entity, unit, value in (
        ("sensor.grid", "W", 100.0),
        ("sensor.pv", "kW", -2.0),
        ("sensor.discharge", "W", 0.0),
        ("sensor.charge", "W", 700.0),
        ("sensor.soc", "%", 55.0),
        ("sensor.price", "ct/kWh", 31.0),
        ("sensor.export", "EUR/MWh", 80.0),
        ("sensor.outdoor", "°F", 50.0),
        ("sensor.worker", "W", 300.0),
    ):
        database.means(entity, unit, [value] * 24)
    trace = read(
        database,
        Meters(
            grid="sensor.grid",
            pv="sensor.pv",
            battery="sensor.discharge",
            battery_charge="sensor.charge",
            soc="sensor.soc",
            price="sensor.price",
            export_price="sensor.export",
            outdoor="sensor.outdoor",
            without=("sensor.worker",),
            inverted=frozenset({"pv"}),
        ),
    )
    first = {
        name: round(value or 0, 6) for name, value in trace.intervals[0].values.items()
    }
    assert first == {
        "grid_w": -200,
        "pv_w": 2000,
        "battery_w": -700,
        "battery_soc": 55,
        "price_eur_kwh": 0.31,
        "export_eur_kwh": 0.08,
        "outdoor_c": 10,
    }


def test_the_last_days_can_be_chosen(tmp_path: Path) -> None:
    database = RecorderFile(tmp_path / "long.db", hours=48)
    database.states("sensor.grid", {0: "1", 36 * 3600: "2"}, "W")
    trace = read(database, days=1)
    assert trace.days == 1
    assert column(trace)[143:145] == [1, 2]


@pytest.mark.parametrize(
    ("meters", "sentence"),
    [
        (Meters(grid="sensor.none"), "sensor.none: the recorder keeps nothing of it"),
        (
            Meters(grid="sensor.grid", pv="sensor.warm"),
            "sensor.warm: its unit is °C, and must be one of W, kW, MW, Wh, kWh, MWh",
        ),
        (
            Meters(grid="sensor.grid", price="sensor.grid"),
            "sensor.grid: its unit is W, and must be one of EUR/kWh",
        ),
        (
            Meters(grid="sensor.grid", soc="sensor.bare"),
            "sensor.bare: its unit is not known, and must be one of %",
        ),
    ],
)
def test_an_entity_that_cannot_be_used_is_refused(
    database: RecorderFile, meters: Meters, sentence: str
) -> None:
    database.means("sensor.grid", "W", [1.0] * 24)
    database.means("sensor.warm", "°C", [1.0] * 24)
    database.states("sensor.bare", {0: "1"})
    with pytest.raises(TraceError, match=sentence):
        read(database, meters)


def test_what_is_no_recorder_database_is_refused(tmp_path: Path) -> None:
    text, other = tmp_path / "text.db", tmp_path / "other.db"
    text.write_text("no database at all, only words" * 10)
    sqlite3.connect(other).close()
    other.touch()
    for path in (text, other):
        with pytest.raises(TraceError, match="is no recorder database"):
            read_recorder(path, GRID)
    with pytest.raises(TraceError, match="cannot be read"):
        read_recorder(tmp_path / "none.db", GRID)


def test_the_database_of_a_running_home_is_not_touched(database: RecorderFile) -> None:
    database.means("sensor.grid", "W", [1.0] * 24)
    before = database.path.read_bytes()
    read(database)
    assert database.path.read_bytes() == before
    database.path.chmod(0o400)
    assert column(read(database)) == [1] * 24


def test_it_is_replayed_like_any_trace(
    database: RecorderFile, capsys: pytest.CaptureFixture[str]
) -> None:
    database.means("sensor.grid", "W", [-1500.0] * 24)
    arguments = ["--recorder", str(database.path), "--grid", "sensor.grid"]
    assert main([*arguments, "--scenario", str(ORDINARY), "--json"]) == 0
    result = json.loads(capsys.readouterr().out)
    assert result["trace"] == "home-assistant_v2.db"
    assert result["policies"]["solar_compute"]["value"] > 0


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ([], "give either a trace or --recorder"),
        (["home.csv", "--recorder", "x.db"], "give either a trace or --recorder"),
        (["--recorder", "x.db"], "--recorder: needs --grid"),
    ],
)
def test_one_home_must_be_named(
    capsys: pytest.CaptureFixture[str], arguments: list[str], sentence: str
) -> None:
    assert main([*arguments, "--scenario", str(ORDINARY)]) == 2
    assert sentence in capsys.readouterr().err
