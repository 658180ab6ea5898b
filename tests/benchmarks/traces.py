"""Small homes for the tests of the bench."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from benchmarks.engine import Stage, prepare
from benchmarks.scenario import parse_scenario
from benchmarks.traces import Interval, Trace

MORNING = datetime(2026, 6, 1, 8, tzinfo=UTC)

WORKER = {
    "name": "cruncher",
    "levels_w": [500],
    "value_per_kwh": 0.15,
    "start_cost": 0.005,
    "min_run_s": 900,
    "min_pause_s": 300,
    "sink": "none",
    "recovery": 0.9,
}


def trace_of(
    grid_w: Sequence[float | None], step_s: int = 300, **columns: Sequence[float | None]
) -> Trace:
    """Return a trace with these meter readings, and other columns beside them."""
    table = {"grid_w": grid_w, **columns}
    return Trace(
        "small",
        step_s,
        tuple(table),
        tuple(
            Interval(
                MORNING + timedelta(seconds=index * step_s),
                {name: values[index] for name, values in table.items()},
            )
            for index in range(len(grid_w))
        ),
    )


def scenario_data(**changes: Any) -> dict[str, Any]:
    """Return the plainest scenario, with worker settings or top keys changed."""
    top = {key: value for key, value in changes.items() if key not in WORKER}
    worker = WORKER | {key: value for key, value in changes.items() if key in WORKER}
    return {"prices": {"import": 0.3, "export": 0.08}, "workers": [worker]} | top


def stage_of(trace: Trace, *, learn_days: Any = 0.0, **changes: Any) -> Stage:
    """Return the trace with the plainest scenario, changed as said."""
    scenario = parse_scenario("plain", scenario_data(**changes), trace.step_s)
    return prepare(trace, scenario, UTC, learn_days)
