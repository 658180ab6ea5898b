"""Traces are read as they are written, and refused with a sentence."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from benchmarks.generate import generate
from benchmarks.traces import TraceError, read_trace, write_trace
from custom_components.solar_compute.core.house import HouseModel


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "home.csv"
    path.write_text(text)
    return path


@pytest.mark.parametrize("name", ["home.csv", "home.csv.gz"])
def test_a_written_trace_reads_the_same(tmp_path: Path, name: str) -> None:
    start = datetime(2026, 6, 1, 11, tzinfo=UTC)
    trace = generate(HouseModel(), 1, start=start, days=0.05, step_s=900)
    write_trace(tmp_path / name, trace)
    again = read_trace(tmp_path / name)
    assert again.name == name
    assert again.step_s == 900
    assert [interval.start for interval in again.intervals] == [
        interval.start for interval in trace.intervals
    ]
    first, known = again.intervals[0], trace.intervals[0]
    assert first.get("grid_w") == pytest.approx(known.get("grid_w"), abs=0.001)


def test_blanks_and_missing_rows_are_unknown(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        "ts,grid_w,pv_w\n"
        "2026-06-01T00:00:00Z,100,\n"
        "2026-06-01T00:05:00Z,,5\n"
        "2026-06-01T00:15:00Z,-200,5\n",
    )
    trace = read_trace(path)
    values = [interval.get("grid_w") for interval in trace.intervals]
    assert values == [100, None, None, -200]
    assert trace.measured("pv_w")
    assert not trace.measured("battery_w")
    assert trace.days == pytest.approx(20 / 1440)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("ts,pv_w\n2026-06-01T00:00:00Z,1\n", "no column grid_w"),
        ("", "no column ts"),
        ("ts,grid_w\n2026-06-01T00:00:00Z,1\n", "two rows at least"),
        ("ts,grid_w\n2026-06-01T00:00:00Z,1\nnoon,2\n", "row 3: 'noon' is no ISO time"),
        (
            "ts,grid_w\n2026-06-01T00:00:00Z,1\n2026-06-01T00:05:00Z,x\n",
            "row 3, grid_w: 'x' is no number",
        ),
        (
            "ts,grid_w\n2026-06-01T00:05:00Z,1\n2026-06-01T00:00:00Z,1\n",
            "must ascend",
        ),
        (
            "ts,grid_w\n2026-06-01T00:00Z,1\n2026-06-01T00:05Z,1\n2026-06-01T00:12Z,1\n",
            "row 4: .* not on the grid of 300 s",
        ),
    ],
)
def test_what_is_no_trace_is_refused(tmp_path: Path, text: str, sentence: str) -> None:
    with pytest.raises(TraceError, match=sentence):
        read_trace(written(tmp_path, text))


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TraceError, match="cannot be read"):
        read_trace(tmp_path / "nothing.csv.gz")
