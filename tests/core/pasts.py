"""Pasts of imagined homes, for the tests of learning."""

from collections.abc import Callable
from datetime import UTC, datetime

import numpy as np

from benchmarks.generate import generate
from custom_components.solar_compute.core.history import BALANCE_W, History
from custom_components.solar_compute.core.house import HouseModel
from custom_components.solar_compute.core.spec import SiteSpec, WorkerSpec

from .houses import EXPORT, IMPORT, cruncher

START = datetime(2026, 4, 1, tzinfo=UTC)
STEP_S = 600


def past(balance_w: Callable[[int, float], float], days: int) -> History:
    """Return a past whose balance is what is said for each day and hour of it."""
    steps = 86400 // STEP_S
    values = [
        balance_w(index // steps, index % steps * STEP_S / 3600)
        for index in range(days * steps)
    ]
    return History(
        start_s=START.timestamp(),
        step_s=STEP_S,
        columns={BALANCE_W: np.array(values, dtype=np.float32)},
    )


def family_past(days: float, seed: int = 3) -> History:
    """Return the past of an imagined family home with clouds and kettles."""
    trace = generate(HouseModel(), seed, start=START, days=days, step_s=STEP_S)
    values = [-(interval.get("grid_w") or 0.0) for interval in trace.intervals]
    return History(
        start_s=START.timestamp(),
        step_s=STEP_S,
        columns={BALANCE_W: np.array(values, dtype=np.float32)},
    )


def home(*workers: WorkerSpec) -> SiteSpec:
    """Return a home with nothing but these workers (a cruncher by default)."""
    return SiteSpec(
        import_per_kwh=IMPORT,
        export_per_kwh=EXPORT,
        workers=workers or (cruncher(),),
    )
