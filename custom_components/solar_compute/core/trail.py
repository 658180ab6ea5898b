"""What the last hours looked like to one worker: the moment that learning compares.

Exponential means of its worth and of the surplus, over a minute to three hours. They
never begin anew with a switch, so that what is learned holds whether it runs or not.
A trail is bounded, and part of the memory. Pure functions; standard library only.
"""

from dataclasses import dataclass
from functools import lru_cache
from math import exp, isfinite, sqrt, tanh

WORTH_S = (60.0, 300.0, 600.0, 1200.0, 2400.0, 5400.0, 10800.0)
"""Times in s over which worth is averaged: a kettle, a cloud, a spell, the day so far."""
SURPLUS_S = (60.0, 600.0, 2400.0, 10800.0)
SPREAD_S = 3600.0
SCALE_W = 1500.0
"""Beyond about so much more or less than the worker draws, surplus is just large."""
FEATURES = len(WORTH_S) + len(SURPLUS_S) + 2
"""How many numbers a moment has."""
TEN_MINUTES = 2
"""The index of the ten minutes' mean in `WORTH_S`, which the rule of thumb uses."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trail:
    """Averages of the worth of the best level, in currency per hour, and of surplus.

    `surplus` is how far the balance before this worker is from what its lowest level
    draws, squeezed into −1 … 1; `spread` is the mean of it and of its square over an
    hour. `seen_s` is when it was last looked at, `known_s` for how long in all (at
    most the longest mean).
    """

    worth: tuple[float, ...] = ()
    surplus: tuple[float, ...] = ()
    spread: tuple[float, ...] = ()
    seen_s: float | None = None
    known_s: float = 0.0

    @property
    def is_known(self) -> bool:
        """Whether it goes back far enough to be compared with anything."""
        return self.known_s >= SPREAD_S and self.is_whole

    @property
    def is_whole(self) -> bool:
        """Whether it has all of its means: what was stored may be of another form."""
        lengths = len(self.worth), len(self.surplus), len(self.spread)
        return lengths == (len(WORTH_S), len(SURPLUS_S), 2)


def follow(
    trail: Trail, clock_s: float, worth: float, surplus_w: float, hold_s: float
) -> Trail:
    """Return the trail after one more look; `hold_s` is how long a look may count."""
    surplus = squeezed(surplus_w)
    if not (isfinite(worth) and isfinite(surplus)):
        return trail
    if trail.seen_s is None or not trail.is_whole:
        return Trail(
            worth=(worth,) * len(WORTH_S),
            surplus=(surplus,) * len(SURPLUS_S),
            spread=(surplus, surplus**2),
            seen_s=clock_s,
        )
    elapsed_s = max(0.0, min(clock_s - trail.seen_s, hold_s))
    worths, surpluses, spread = _weights(round(elapsed_s, 1))
    return Trail(
        worth=_averaged(trail.worth, worth, worths),
        surplus=_averaged(trail.surplus, surplus, surpluses),
        spread=(
            trail.spread[0] + spread * (surplus - trail.spread[0]),
            trail.spread[1] + spread * (surplus**2 - trail.spread[1]),
        ),
        seen_s=clock_s,
        known_s=min(trail.known_s + elapsed_s, WORTH_S[-1]),
    )


def squeezed(surplus_w: float) -> float:
    """Return surplus on a scale on which large is large, however large."""
    return tanh(surplus_w / SCALE_W)


def features(trail: Trail, sun_h: float) -> tuple[float, ...]:
    """Return the moment as the numbers that trees ask for.

    `sun_h` is the hour on a clock on which the sun of this home is in its middle at 12.
    """
    mean, square = trail.spread
    spread = sqrt(max(0.0, square - mean * mean))
    return (*trail.worth, *trail.surplus, spread, sun_h)


def _averaged(
    means: tuple[float, ...], now: float, weights: tuple[float, ...]
) -> tuple[float, ...]:
    return tuple(
        mean + weight * (now - mean)
        for mean, weight in zip(means, weights, strict=True)
    )


@lru_cache(maxsize=64)
def _weights(
    elapsed_s: float,
) -> tuple[tuple[float, ...], tuple[float, ...], float]:
    """Return how much a look weighs in each mean; the same for all workers of a tick."""
    return (
        tuple(1 - exp(-elapsed_s / over_s) for over_s in WORTH_S),
        tuple(1 - exp(-elapsed_s / over_s) for over_s in SURPLUS_S),
        1 - exp(-elapsed_s / SPREAD_S),
    )
