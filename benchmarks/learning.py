"""`python -m benchmarks.learning`: what it costs to learn a year, in seconds and MB.

An imagined home at 5-minute steps, and ten workers. Time is that of one core.
"""

import argparse
from datetime import UTC, datetime
import resource
import sys
import time

import numpy as np

from custom_components.solar_compute.core.history import BALANCE_W, History
from custom_components.solar_compute.core.house import HouseModel
from custom_components.solar_compute.core.learn import learn_workers
from custom_components.solar_compute.core.spec import SiteSpec, WorkerSpec

from .generate import generate

STEP_S = 300
START = datetime(2026, 1, 1, tzinfo=UTC)
SEED = 1
WORKERS = 10


def workers(count: int) -> tuple[WorkerSpec, ...]:
    """Return workers of different sizes, one after the other in rank."""
    return tuple(
        WorkerSpec(
            key=f"cruncher {number}",
            name=f"cruncher {number}",
            levels_w=(300.0 + 100.0 * number,),
            value_per_kwh=0.12,
            start_cost=0.02,
            priority=number,
        )
        for number in range(count)
    )


def imagined_past(days: float) -> History:
    """Return the past of the imagined home."""
    trace = generate(HouseModel(), SEED, start=START, days=days, step_s=STEP_S)
    values = [-(interval.get("grid_w") or 0.0) for interval in trace.intervals]
    return History(
        start_s=START.timestamp(),
        step_s=STEP_S,
        columns={BALANCE_W: np.array(values, dtype=np.float32)},
    )


def cost(history: History, count: int = WORKERS) -> tuple[float, float]:
    """Return the seconds of one core, and by how many MB the process has grown."""
    spec = SiteSpec(import_per_kwh=0.30, export_per_kwh=0.08, workers=workers(count))
    before_kb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    began_s = time.process_time()
    learn_workers(spec, history)
    took_s = time.process_time() - began_s
    grown_kb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before_kb
    return took_s, grown_kb / 1024


def main(arguments: list[str] | None = None) -> int:
    """Print what each length of the past costs."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.learning")
    parser.add_argument("--days", type=float, nargs="+", default=[10, 90, 365])
    parser.add_argument("--workers", type=int, default=WORKERS)
    options = parser.parse_args(arguments)
    for days in options.days:
        seconds, megabytes = cost(imagined_past(days), options.workers)
        print(f"{days:g} days: {seconds:.1f} s, {megabytes:.0f} MB more", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
