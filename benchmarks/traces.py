"""Measured homes as CSV files: reading and writing them.

A trace is a CSV file (may be gzipped) on a regular UTC grid. `ts` is the start
of an interval, all powers are means over it in W: `grid_w` (+ import, − export)
is needed; `pv_w`, `load_w`, `battery_w` (+ discharge, − charge) and any other
column of numbers may be there. Blank means: not measured.
"""

from collections.abc import Iterable, Mapping, Sequence
import csv
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
import gzip
from itertools import batched, pairwise
from math import isfinite
from pathlib import Path
from typing import IO, Literal

TIME = "ts"


class TraceError(ValueError):
    """The file is no usable trace; the message says where and why."""


@dataclass(frozen=True, slots=True)
class Interval:
    """One interval: its start (UTC) and what was measured in it (None: nothing)."""

    start: datetime
    values: Mapping[str, float | None]

    def get(self, column: str) -> float | None:
        """Return the mean of a column over this interval, None if not measured."""
        return self.values.get(column)


@dataclass(frozen=True, slots=True)
class Trace:
    """A home over some days; `intervals` without any gap."""

    name: str
    step_s: int
    columns: tuple[str, ...]
    intervals: tuple[Interval, ...]

    @property
    def days(self) -> float:
        """Length in days."""
        return len(self.intervals) * self.step_s / 86400

    def measured(self, column: str) -> bool:
        """Tell whether a column says anything at all."""
        return any(interval.get(column) is not None for interval in self.intervals)

    def cut(self, first: int, last: int) -> Trace:
        """Return the intervals `first` to before `last` as a trace of their own."""
        return Trace(self.name, self.step_s, self.columns, self.intervals[first:last])

    def coarser(self, step_s: int) -> Trace:
        """Return the means over longer intervals; a column needs all of its readings.

        Raises:
            ValueError: if `step_s` is no multiple of this trace's step.
        """
        count, rest = divmod(step_s, self.step_s)
        if rest or count < 1:
            raise ValueError(f"{step_s} s is no multiple of {self.step_s} s")
        groups = batched(self.intervals, count, strict=False)
        intervals = tuple(
            Interval(
                group[0].start, {name: _mean(group, name) for name in self.columns}
            )
            for group in groups
            if len(group) == count
        )
        return Trace(self.name, step_s, self.columns, intervals)


def _mean(group: Sequence[Interval], column: str) -> float | None:
    values = [interval.get(column) for interval in group]
    known = [value for value in values if value is not None]
    return sum(known) / len(values) if len(known) == len(values) else None


def read_trace(path: Path) -> Trace:
    """Read a trace; missing rows become intervals without any value.

    Raises:
        TraceError: if it cannot be read, or is no regular grid of numbers.
    """
    try:
        with _open(path, "rt") as file:
            rows = _rows(path, file)
    except (OSError, EOFError, UnicodeDecodeError, csv.Error) as error:
        raise TraceError(f"{path}: cannot be read: {error}") from error
    if len(rows) < 2:
        raise TraceError(f"{path}: needs two rows at least")
    gaps = [int((b.start - a.start).total_seconds()) for a, b in pairwise(rows)]
    step_s = min(gaps)
    if step_s <= 0:
        raise TraceError(f"{path}: ts must ascend, one row for each interval")
    intervals: list[Interval] = []
    for number, interval in enumerate(rows, start=2):
        while intervals and interval.start > (
            expected := intervals[-1].start + timedelta(seconds=step_s)
        ):
            if (interval.start - expected).total_seconds() % step_s:
                raise TraceError(
                    f"{path}, row {number}: {interval.start.isoformat()} is not on"
                    f" the grid of {step_s} s"
                )
            intervals.append(Interval(expected, {}))
        intervals.append(interval)
    return Trace(path.name, step_s, tuple(rows[0].values), tuple(intervals))


def write_trace(path: Path, trace: Trace) -> None:
    """Write a trace; gzipped if the name ends in .gz."""
    with _open(path, "wt") as file:
        writer = csv.writer(file)
        writer.writerow([TIME, *trace.columns])
        for interval in trace.intervals:
            values = (interval.get(column) for column in trace.columns)
            writer.writerow(
                [
                    interval.start.strftime("%Y-%m-%dT%H:%M:%SZ"),
                    *("" if value is None else round(value, 3) for value in values),
                ]
            )


def _open(path: Path, mode: Literal["rt", "wt"]) -> IO[str]:
    if path.suffix == ".gz":
        return gzip.open(path, mode, encoding="utf-8", newline="")
    return path.open(mode, encoding="utf-8", newline="")


def _rows(path: Path, file: Iterable[str]) -> list[Interval]:
    reader = csv.DictReader(file)
    columns = list(reader.fieldnames or [])
    for needed in (TIME, "grid_w"):
        if needed not in columns:
            raise TraceError(f"{path}: there is no column {needed}")
    columns.remove(TIME)
    return [
        Interval(
            _time(f"{path}, row {number}", row[TIME]),
            {
                column: _number(f"{path}, row {number}, {column}", row[column])
                for column in columns
            },
        )
        for number, row in enumerate(reader, start=2)
    ]


def _time(where: str, text: str) -> datetime:
    try:
        time = datetime.fromisoformat(text)
    except ValueError as error:
        raise TraceError(f"{where}: {text!r} is no ISO time") from error
    return time.replace(tzinfo=UTC) if time.tzinfo is None else time.astimezone(UTC)


def _number(where: str, text: str | None) -> float | None:
    if text is None or not text.strip():
        return None
    try:
        value = float(text)
    except ValueError as error:
        raise TraceError(f"{where}: {text!r} is no number") from error
    return value if isfinite(value) else None
