"""`python -m benchmarks.generate OUT.csv.gz`: a trace of a home of the imagination.

For machines without measured traces. The same arguments always give the same
file.
"""

import argparse
from datetime import UTC, datetime, timedelta
from pathlib import Path

from custom_components.solar_compute.core.house import HouseModel, mean_power

from .traces import Interval, Trace, write_trace


def generate(
    model: HouseModel, seed: int, *, start: datetime, days: float, step_s: int
) -> Trace:
    """Return a trace of that home from `start` (UTC, also its solar time) on."""
    intervals: list[Interval] = []
    for index in range(round(days * 86400 / step_s)):
        time = start + timedelta(seconds=index * step_s)
        power = mean_power(model, seed, time, step_s)
        intervals.append(
            Interval(
                time,
                {
                    "pv_w": power.pv_w,
                    "load_w": power.load_w,
                    "grid_w": power.load_w - power.pv_w,
                },
            )
        )
    return Trace(
        f"generated, seed {seed}",
        step_s,
        ("pv_w", "load_w", "grid_w"),
        tuple(intervals),
    )


def main() -> None:
    """Write a trace as the arguments say."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path, help="file to write (.csv or .csv.gz)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--days", type=float, default=14)
    parser.add_argument("--step-s", type=int, default=300, help="seconds per interval")
    parser.add_argument("--start", default="2026-04-01", help="first day, ISO date")
    arguments = parser.parse_args()
    trace = generate(
        HouseModel(),
        arguments.seed,
        start=datetime.fromisoformat(arguments.start).replace(tzinfo=UTC),
        days=arguments.days,
        step_s=arguments.step_s,
    )
    write_trace(arguments.out, trace)


if __name__ == "__main__":
    main()
