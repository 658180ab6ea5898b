"""Judges from what the meters say together whether one of them has its sign reversed.

    demand = grid + pv + battery                      what the home consumes

Two things tell. A home never consumes less than nothing: with the sun and the battery
known, more export than they deliver is a wrong sign, at once. And when the sun gives
more, the grid and the battery get to give less: over many such steps

    slope = Σ Δgrid · Δpv / Σ Δpv²

is between −1 and 0 if the grid's sign is right, and between 0 and +1 if it is not; the
same holds for the battery. What the home does besides has nothing to do with clouds,
and only widens the error of the slope. So it is believed where it is `SURE` times its
standard error away from nothing (an ordinary regression through the origin). Without a
meter of the panels nothing can be told, and nothing is.
Pure functions; standard library only.
"""

from dataclasses import dataclass, field, replace
from enum import StrEnum
from math import sqrt

IMPOSSIBLE_W = 300.0
"""Export beyond what sun and battery deliver, above which no lag between sensors, which
do not report in the same second, can be the cause."""
IMPOSSIBLE_S = 300.0
"""How long that must last: an inverter that stops may be seen late."""
STEP_W = 200.0
"""The least change of the sun that counts as a step."""
STEP_S = 60.0
"""And the least time that it takes: what reports once a minute has then followed."""
STALE_S = 1800.0
"""A change over a longer time is none of clouds, and is left out."""
STEPS = 8
"""The fewest steps that say anything."""
SLOPE = 0.3
"""And the least slope: what else follows the sun hides some of it."""
SURE = 4.0
"""Standard errors: by chance so far away once in ten thousand homes."""


class Direction(StrEnum):
    """What can be said of the signs of grid and battery beside the panels."""

    UNKNOWN = "unknown"
    RIGHT = "right"
    WRONG = "wrong"


@dataclass(frozen=True, slots=True, kw_only=True)
class Flows:
    """What the meters say at once, in W, signed as everywhere in the core."""

    clock_s: float
    grid_w: float
    pv_w: float
    battery_w: float = 0.0


@dataclass(frozen=True, slots=True)
class Against:
    """How one meter went along with the sun: sums over the steps, in W²."""

    with_sun: float = 0.0
    alone: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What was seen so far: the last step, and since when the flows are impossible."""

    last: Flows | None = None
    impossible_since_s: float | None = None
    steps: int = 0
    sun: float = 0.0
    """Σ Δpv², in W²."""
    grid: Against = field(default_factory=Against)
    battery: Against = field(default_factory=Against)


def is_impossible(grid_w: float, pv_w: float, battery_w: float = 0.0) -> bool:
    """Tell whether a home with such flows, in W, would consume less than nothing."""
    return grid_w + pv_w + battery_w < -IMPOSSIBLE_W


def seen(evidence: Evidence, flows: Flows) -> Evidence:
    """Return what is known after the meters said something more."""
    evidence = _with_impossible(evidence, flows)
    last = evidence.last
    if last is None or not 0 <= flows.clock_s - last.clock_s <= STALE_S:
        return replace(evidence, last=flows)
    sun_w = flows.pv_w - last.pv_w
    if flows.clock_s - last.clock_s < STEP_S or abs(sun_w) < STEP_W:
        return evidence
    return replace(
        evidence,
        last=flows,
        steps=evidence.steps + 1,
        sun=evidence.sun + sun_w * sun_w,
        grid=_added(evidence.grid, sun_w, flows.grid_w - last.grid_w),
        battery=_added(evidence.battery, sun_w, flows.battery_w - last.battery_w),
    )


def judged(evidence: Evidence, clock_s: float) -> Direction:
    """Return what the evidence says; unknown until it is beyond doubt."""
    since_s = evidence.impossible_since_s
    if since_s is not None and clock_s - since_s >= IMPOSSIBLE_S:
        return Direction.WRONG
    if evidence.steps < STEPS:
        return Direction.UNKNOWN
    grid = _direction(evidence, evidence.grid)
    if Direction.WRONG in (grid, _direction(evidence, evidence.battery)):
        return Direction.WRONG
    return grid


def _with_impossible(evidence: Evidence, flows: Flows) -> Evidence:
    since_s = evidence.impossible_since_s
    if not is_impossible(flows.grid_w, flows.pv_w, flows.battery_w):
        return replace(evidence, impossible_since_s=None)
    return replace(
        evidence, impossible_since_s=flows.clock_s if since_s is None else since_s
    )


def _added(sums: Against, sun_w: float, other_w: float) -> Against:
    return Against(sums.with_sun + sun_w * other_w, sums.alone + other_w * other_w)


def _direction(evidence: Evidence, meter: Against) -> Direction:
    slope = meter.with_sun / evidence.sun
    left = max(0.0, meter.alone - slope * meter.with_sun)
    error = sqrt(left / (evidence.steps - 1) / evidence.sun)
    if abs(slope) < max(SLOPE, SURE * error):
        return Direction.UNKNOWN
    return Direction.WRONG if slope > 0 else Direction.RIGHT
