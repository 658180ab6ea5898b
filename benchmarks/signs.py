"""How soon a reversed grid meter is found in a measured home, and a right one accused.

    python -m benchmarks.signs ../shared/traces/dev_nl_b_toon_5min.csv.gz …

From 8 o'clock (UTC) of every day the home is watched as a new one is (`directions`), for
three days at most: once as it was measured, once with the grid's sign reversed.
"""

from collections.abc import Iterator
from pathlib import Path
from statistics import median
import sys

from custom_components.solar_compute.core.directions import (
    Direction,
    Evidence,
    Flows,
    judged,
    seen,
)

from .traces import Trace, read_trace

BEGINS_H = 8
WATCHED_S = 3 * 86400.0


def found(trace: Trace, *, grid_sign: int) -> list[tuple[Direction, float]]:
    """Return what is said of every day's beginning, and after how many hours."""
    flows = list(_flows(trace, grid_sign))
    begins = [
        index
        for index, one in enumerate(flows)
        if one.clock_s % 86400 == BEGINS_H * 3600.0
    ]
    return [_watch(flows[index:]) for index in begins]


def _flows(trace: Trace, grid_sign: int) -> Iterator[Flows]:
    for interval in trace.intervals:
        grid_w, pv_w = interval.get("grid_w"), interval.get("pv_w")
        if grid_w is not None and pv_w is not None:
            yield Flows(
                clock_s=interval.start.timestamp(),
                grid_w=grid_sign * grid_w,
                pv_w=pv_w,
                battery_w=interval.get("battery_w") or 0.0,
            )


def _watch(flows: list[Flows]) -> tuple[Direction, float]:
    evidence, begun_s = Evidence(), flows[0].clock_s
    for one in flows:
        watched_s = one.clock_s - begun_s
        if watched_s > WATCHED_S:
            break
        evidence = seen(evidence, one)
        direction = judged(evidence, one.clock_s)
        if direction is not Direction.UNKNOWN:
            return direction, watched_s / 3600
    return Direction.UNKNOWN, WATCHED_S / 3600


def main() -> None:
    """Print one line for each home and sign."""
    for name in sys.argv[1:]:
        trace = read_trace(Path(name))
        for grid_sign, title in ((1, "right"), (-1, "reversed")):
            said = found(trace, grid_sign=grid_sign)
            print(trace.name, f"{title}, {len(said)} days:", end=" ")
            for direction in Direction:
                hours = [hour for one, hour in said if one is direction]
                if hours:
                    print(
                        f"{direction} {len(hours)} (median {median(hours):.1f} h)",
                        end=" ",
                    )
            print()


if __name__ == "__main__":
    main()
