"""What the next hour will probably be worth: the last minutes, and the day's usual course.

    expected = mean of ten minutes + share · (usual worth in the horizon − usual worth then)

Sun that just came does not stay as it is: in the morning more follows, in the evening
less, and at the time of day at which a home cooks or washes it dips. `usual` is what the
home's own days were worth to a worker at each half hour of the sun; `share` is how much
of such a change really followed when the last minutes were known (`learn_nowcast`).
Only ratios to the home's own past: neither place, panels nor forecast have to be known.
Pure functions; standard library only, and quick enough for every tick.
"""

from dataclasses import dataclass
from math import floor

from .spec import PolicySpec

HALF_HOURS = 48
MEAN_AGE_S = 600.0
"""How old a mean of ten minutes is on average: it weighs exponentially."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Nowcast:
    """What is usual for one worker at each half hour of the sun's day.

    `usual` is the worth of its best level, in currency per hour; empty where there is no
    whole day of it. `start_share` and `stop_share` are the shares of a usual change that
    come, over the horizons of a start and of a stop.

    Raises:
        ValueError: if `usual` is no whole day.
    """

    usual: tuple[float, ...] = ()
    start_share: float = 0.0
    stop_share: float = 0.0

    def __post_init__(self) -> None:
        """Refuse what could not be asked: decisions must not fail over it."""
        if len(self.usual) not in (0, HALF_HOURS):
            raise ValueError("what is usual has 48 half hours")


def usual_at(nowcast: Nowcast, sun_h: float) -> float:
    """Return what is usual at an hour of the sun's day; between half hours in between."""
    if not nowcast.usual:
        return 0.0
    # What is usual for half an hour holds for its middle.
    place = sun_h * HALF_HOURS / 24 - 0.5
    first = floor(place)
    share = place - first
    before = nowcast.usual[first % HALF_HOURS]
    after = nowcast.usual[(first + 1) % HALF_HOURS]
    return before + share * (after - before)


def usual_change(nowcast: Nowcast, sun_h: float, horizon_s: float) -> float:
    """Return how worth usually changes from the last ten minutes to the next `horizon_s`."""
    then_h, middle_h = sun_h - MEAN_AGE_S / 3600, sun_h + horizon_s / 7200
    return usual_at(nowcast, middle_h) - usual_at(nowcast, then_h)


def expected_changes(
    nowcast: Nowcast, sun_h: float, policy: PolicySpec
) -> tuple[float, float]:
    """Return by how much the worth of the horizons of a start and of a stop will differ.

    From the mean of the last ten minutes, in currency per hour.
    """
    return (
        nowcast.start_share * usual_change(nowcast, sun_h, policy.start_horizon_s),
        nowcast.stop_share * usual_change(nowcast, sun_h, policy.stop_horizon_s),
    )
