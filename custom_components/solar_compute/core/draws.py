"""How much heat is drawn from a tank, by hour of the day.

A pure function of the spec and of what was learned; it may import the standard
library only, and must never look at a clock.
"""

from .memory import DrawMean
from .spec import TankSpec, TankUse

HOURS = 24

DRAW_SHARES = (
    0.01, 0.005, 0.005, 0.005, 0.005, 0.02, 0.10, 0.13, 0.07, 0.05, 0.04, 0.04,
    0.04, 0.04, 0.03, 0.03, 0.04, 0.08, 0.09, 0.07, 0.04, 0.03, 0.02, 0.01,
)  # fmt: skip
"""Share of a day's hot water per local hour: peaks 06–08 and 17–19 h (UK field
measurements)."""


def prior_use_w(tank: TankSpec) -> tuple[float, ...]:
    """Return the mean heat drawn in each local hour before anything is learned, in W.

    Hot water follows the habits of a household; buffers and loops give evenly.
    """
    day_wh = max(0.0, tank.draw_wh_per_day)
    if tank.use is TankUse.HOT_WATER:
        return tuple(day_wh * share for share in DRAW_SHARES)
    return (day_wh / HOURS,) * HOURS


def hourly_use_w(tank: TankSpec, learned: DrawMean | None) -> tuple[float, ...]:
    """Return the mean heat drawn in each local hour, in W: 24 figures, none negative."""
    return prior_use_w(tank)


def learned_days(learned: DrawMean | None) -> float:
    """Return on how many days the learned use rests, on average over the hours."""
    return sum(learned.days) / HOURS if learned else 0.0
