"""A measured day from a CSV file, plain or gzipped, as the demo's sun and loads.

Columns: `ts` (UTC, start of the interval, regular), `grid_w` (+ import), and where they
were measured `battery_w` (+ discharge) and `pv_w`. What the file's own battery did is
taken out: the demo's house has one of its own. Hot water is simulated: nobody measures
it.
"""

import csv
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
import gzip
from pathlib import Path
from typing import TextIO, cast
from zoneinfo import ZoneInfo

from custom_components.solar_compute.core.house import HouseModel, house_power

from .house import Weather


class TraceError(Exception):
    """A file that cannot be replayed; the message is a sentence."""


@dataclass(frozen=True, slots=True)
class Row:
    """One interval; what is None was not measured."""

    balance_w: float | None
    pv_w: float | None


@dataclass(frozen=True, slots=True)
class MeasuredDay:
    """One local day of a trace, over and over."""

    label: str
    first: date
    step_s: float
    rows: tuple[Row, ...]
    has_pv: bool
    model: HouseModel = field(default_factory=HouseModel)

    def at(self, local: datetime, seconds: float) -> Weather:
        """Return what was measured at this time of the day."""
        second = local.hour * 3600 + local.minute * 60 + local.second
        row = self.rows[min(int(second / self.step_s), len(self.rows) - 1)]
        return Weather(
            balance_w=row.balance_w,
            pv_w=row.pv_w if row.pv_w is not None or not self.has_pv else 0.0,
            draw_w=house_power(self.model, 0, local).draw_w,
        )


def read_day(path: Path, day: date, zone: ZoneInfo) -> MeasuredDay:
    """Return a local day of a trace. Raises TraceError."""
    begin = datetime(day.year, day.month, day.day, tzinfo=zone)
    end = begin + timedelta(days=1)
    rows: list[tuple[datetime, Row]] = []
    try:
        with _opened(path) as file:
            for line in csv.DictReader(file):
                local = datetime.fromisoformat(line["ts"]).astimezone(zone)
                if begin <= local < end:
                    rows.append((local, _row(line)))
    except (OSError, KeyError, ValueError) as error:
        raise TraceError(f"{path} cannot be read as a trace: {error!r}.") from error
    if len(rows) < 2 or all(row.balance_w is None for _, row in rows):
        raise TraceError(f"{path} has nothing measured on {day} ({zone}).")
    step_s = (rows[1][0] - rows[0][0]).total_seconds()
    at = {round((local - begin).total_seconds() / step_s): row for local, row in rows}
    return MeasuredDay(
        label=f"measured, {path.name} of {day}",
        first=day,
        step_s=step_s,
        rows=tuple(
            at.get(index, Row(None, None)) for index in range(round(86400 / step_s))
        ),
        has_pv=any(row.pv_w is not None for _, row in rows),
    )


def _opened(path: Path) -> TextIO:
    return (
        cast("TextIO", gzip.open(path, "rt")) if path.suffix == ".gz" else path.open()
    )


def _row(line: dict[str, str]) -> Row:
    grid_w = _number(line["grid_w"])
    battery_w = _number(line.get("battery_w"))
    return Row(
        balance_w=None if grid_w is None else -grid_w - (battery_w or 0.0),
        pv_w=_number(line.get("pv_w")),
    )


def _number(text: str | None) -> float | None:
    return float(text) if text else None
