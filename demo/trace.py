"""A measured day from a CSV file, as the demo's sun and loads.

The file's format is that of the benchmarks (`benchmarks.traces`). What its own battery
did is taken out: the demo's house has one of its own. Hot water is simulated: nobody
measures it.
"""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from benchmarks.traces import Interval, TraceError, read_trace
from custom_components.solar_compute.core.house import HouseModel, house_power

from .house import Weather

__all__ = ["MeasuredDay", "TraceError", "read_day"]


@dataclass(frozen=True, slots=True)
class MeasuredDay:
    """One local day of a trace, over and over. `intervals` begin at midnight."""

    label: str
    first: date
    step_s: float
    intervals: tuple[Interval, ...]
    has_pv: bool
    model: HouseModel = field(default_factory=HouseModel)

    def at(self, local: datetime, seconds: float) -> Weather:
        """Return what was measured at this time of the day."""
        second = local.hour * 3600 + local.minute * 60 + local.second
        row = self.intervals[min(int(second / self.step_s), len(self.intervals) - 1)]
        grid_w, battery_w = row.get("grid_w"), row.get("battery_w") or 0.0
        return Weather(
            balance_w=None if grid_w is None else -grid_w - battery_w,
            # Many inverters say nothing at night.
            pv_w=row.get("pv_w") or 0.0 if self.has_pv else None,
            draw_w=house_power(self.model, 0, local).draw_w,
        )


def read_day(path: Path, day: date, zone: ZoneInfo) -> MeasuredDay:
    """Return a local day of a trace.

    Raises:
        TraceError: if the file is no trace, or nothing was measured on that day.
    """
    begin = datetime(day.year, day.month, day.day, tzinfo=zone)
    end = begin + timedelta(days=1)
    trace = read_trace(path)
    first = trace.intervals[0].start
    index = (begin - first).total_seconds() / trace.step_s
    last = round((end - first).total_seconds() / trace.step_s)
    if index < 0 or last > len(trace.intervals):
        raise TraceError(f"{path} does not cover the whole of {day} ({zone})")
    intervals = trace.intervals[round(index) : last]
    if all(interval.get("grid_w") is None for interval in intervals):
        raise TraceError(f"{path} has nothing measured on {day}")
    return MeasuredDay(
        label=f"measured, {path.name} of {day}",
        first=day,
        step_s=trace.step_s,
        intervals=intervals,
        has_pv=trace.measured("pv_w"),
    )
