"""Days to plan for, for the tests of the planner.

Every day has ten hours of even sun, from 8 to 18 h UTC, and a home that draws evenly.
"""

from datetime import UTC, datetime
from math import inf
from typing import Any

from custom_components.solar_compute.core.plan import (
    Expected,
    Grid,
    Held,
    Plan,
    PlanStart,
    WorkerStart,
)
from custom_components.solar_compute.core.planner_grid import plan_grid
from custom_components.solar_compute.core.reason import ReasonCode
from custom_components.solar_compute.core.spec import SiteSpec

from .houses import EXPORT, IMPORT

MIDNIGHT_S = datetime(2026, 6, 15, tzinfo=UTC).timestamp()


def at(hour: float) -> float:
    """Return the Unix time of an hour of the first day."""
    return MIDNIGHT_S + hour * 3600


def hour_of_day(grid: Grid, step: int) -> float:
    """Return in which hour of a day the middle of a step lies."""
    middle_s = grid.starts_s[step] + grid.lengths_s[step] / 2
    return (middle_s - MIDNIGHT_S) / 3600 % 24


def a_day(
    *,
    now_h: float = 0.0,
    sun_w: float = 3000.0,
    load_w: float = 500.0,
    night_per_kwh: float = IMPORT,
    hours: float = 48,
    **changes: Any,
) -> Expected:
    """Return days of even sun from 8 to 18 h; nights from 22 to 6 h may be cheap."""
    grid = plan_grid(at(now_h), hours=hours)
    steps = range(len(grid.starts_s))
    by_hour = [hour_of_day(grid, step) for step in steps]
    settings: dict[str, Any] = {
        "grid": grid,
        "balance_w": tuple(
            (sun_w if 8 <= hour < 18 else 0.0) - load_w for hour in by_hour
        ),
        "import_per_kwh": tuple(
            IMPORT if 6 <= hour < 22 else night_per_kwh for hour in by_hour
        ),
        "export_per_kwh": (EXPORT,) * len(by_hour),
    }
    return Expected(**(settings | changes))


def start(spec: SiteSpec, *, now_h: float = 0.0, **changes: Any) -> PlanStart:
    """Return a home in which everything rests and all may run."""
    settings: dict[str, Any] = {
        "made_s": at(now_h),
        "local": datetime.fromtimestamp(at(now_h), UTC),
        "workers": {worker.key: WorkerStart() for worker in spec.workers},
        "temperatures_c": {tank.key: 50.0 for tank in spec.tanks},
    }
    return PlanStart(**(settings | changes))


def pause(until_s: float = inf) -> Held:
    """Return that a person has a worker pause, until then or for good."""
    return Held(level=0, until_s=until_s, reason=ReasonCode.OVERRIDE_PAUSE)


def run(until_s: float = inf, *, level: int = 1) -> Held:
    """Return that a person has a worker run, until then or for good."""
    return Held(level=level, until_s=until_s, reason=ReasonCode.OVERRIDE_RUN)


def hours_of(plan: Plan, key: str = "cruncher") -> list[tuple[float, float]]:
    """Return when a worker runs, in hours since the first midnight."""
    return [
        ((window.start_s - at(0)) / 3600, (window.end_s - at(0)) / 3600)
        for window in plan.windows
        if window.worker == key
    ]
