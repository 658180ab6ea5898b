"""How much heat is drawn from a tank, by hour of the day: assumed, then learned.

A tank tells by itself what is drawn: what workers put in, less what is lost, less
what it became warmer. The backup heater is not measured, so that an hour in which
it must have run teaches only that at least so much was drawn before.

Pure functions; standard library only; no clock.
"""

from dataclasses import replace
from datetime import datetime
from math import isfinite
from typing import TypeIs

from .memory import DrawMean
from .spec import BackupKind, TankSpec, TankUse

HOURS = 24

DRAW_SHARES = (
    0.01, 0.005, 0.005, 0.005, 0.005, 0.02, 0.10, 0.13, 0.07, 0.05, 0.04, 0.04,
    0.04, 0.04, 0.03, 0.03, 0.04, 0.08, 0.09, 0.07, 0.04, 0.03, 0.02, 0.01,
)  # fmt: skip
"""Share of a day's hot water per local hour: peaks 06–08 and 17–19 h, as the UK's
field measurements of hot water have them."""

PRIOR_DAYS = 3
"""What is assumed of an hour counts as much as so many days that were seen."""

MEMORY_DAYS = 14
"""The mean forgets over so many days."""

BACKUP_RISE_K = 1.5
"""A tank that becomes this much warmer than its workers make it is being heated by
something else; less may be a coarse sensor. Half of the backup's hysteresis, if that
is less."""

MINIMUM_RISE_K = 0.3

MINIMUM_COVER_S = 3000.0
"""An hour of which less than this was seen teaches nothing."""

MAXIMUM_GAP_S = 900.0
"""What happened in a longer gap, nobody knows."""


def prior_use_w(tank: TankSpec) -> tuple[float, ...]:
    """Return the mean heat drawn in each local hour before anything is learned, in W.

    Hot water follows the habits of a household; buffers and loops give evenly.
    """
    day_wh = max(0.0, tank.draw_wh_per_day)
    if tank.use is TankUse.HOT_WATER:
        return tuple(day_wh * share for share in DRAW_SHARES)
    return (day_wh / HOURS,) * HOURS


def hourly_use_w(tank: TankSpec, learned: DrawMean | None) -> tuple[float, ...]:
    """Return the mean heat drawn in each local hour, in W: 24 figures, none negative.

    What is learned replaces the prior as it grows. A buffer's or a loop's use does
    not follow the hour, so that all its hours have the same mean.
    """
    prior_w = prior_use_w(tank)
    if not _is_whole(learned):
        return prior_w
    hours_w = tuple(
        max(0.0, mean) if days else assumed
        for mean, days, assumed in zip(
            learned.hours_wh, learned.days, prior_w, strict=True
        )
    )
    if tank.use is TankUse.HOT_WATER:
        return hours_w
    return (max(0.0, sum(hours_w)) / HOURS,) * HOURS


def learned_days(learned: DrawMean | None) -> float:
    """Return on how many days the learned use rests, on average over the hours."""
    return sum(learned.days) / HOURS if learned else 0.0


def learn_draws(
    tank: TankSpec,
    learned: DrawMean | None,
    *,
    local: datetime,
    elapsed_s: float,
    temperature_c: float | None,
    heat_w: float,
) -> DrawMean:
    """Return what is known of a tank's draws after one more look.

    `temperature_c` is the mean of its sensors (None: unknown, and the hour teaches
    nothing); `heat_w` what workers have put in during the `elapsed_s` seconds since
    the last look.
    """
    mean = learned if _is_whole(learned) else _blank(tank)
    if temperature_c is None or elapsed_s > MAXIMUM_GAP_S:
        mean = replace(mean, hour=None)
    if temperature_c is None:
        return mean
    if mean.hour is None:
        return _opened(mean, local.hour, temperature_c)
    loss_w = tank.loss_w_per_k * (temperature_c - tank.ambient_c)
    gain_wh = mean.gain_wh + (heat_w - loss_w) * elapsed_s / 3600
    drawn_wh = gain_wh - tank.capacity_wh_per_k * (temperature_c - mean.began_c)
    rise_wh = _rise_k(tank) * tank.capacity_wh_per_k
    mean = replace(
        mean,
        seconds=mean.seconds + elapsed_s,
        gain_wh=gain_wh,
        most_wh=max(mean.most_wh, drawn_wh),
        heated=mean.heated or drawn_wh < mean.most_wh - rise_wh,
    )
    if mean.hour == local.hour:
        return mean
    return _opened(_closed(tank, mean, drawn_wh), local.hour, temperature_c)


def _is_whole(learned: DrawMean | None) -> TypeIs[DrawMean]:
    """Tell whether what was stored is a day."""
    return learned is not None and len(learned.hours_wh) == len(learned.days) == HOURS


def _blank(tank: TankSpec) -> DrawMean:
    return DrawMean(hours_wh=prior_use_w(tank), days=(0,) * HOURS)


def _opened(mean: DrawMean, hour: int, temperature_c: float) -> DrawMean:
    return DrawMean(
        hours_wh=mean.hours_wh, days=mean.days, hour=hour, began_c=temperature_c
    )


def _closed(tank: TankSpec, mean: DrawMean, drawn_wh: float) -> DrawMean:
    """Add the hour to its mean, where it can teach."""
    hour = mean.hour
    if hour is None or mean.seconds < MINIMUM_COVER_S or not 0 <= hour < HOURS:
        return mean
    days = mean.days[hour]
    known_wh = mean.hours_wh[hour]
    if days <= 0 or not isfinite(known_wh):
        days, known_wh = 0, prior_use_w(tank)[hour]
    # Single hours may come out negative, by the grain of the sensor: the hours
    # around them make up for it, so nothing is cut off here.
    seen_wh = (mean.most_wh if mean.heated else drawn_wh) * 3600 / mean.seconds
    if not isfinite(seen_wh) or (mean.heated and seen_wh <= known_wh):
        return mean
    weight = 1 / min(PRIOR_DAYS + days + 1, MEMORY_DAYS)
    return replace(
        mean,
        hours_wh=_with(mean.hours_wh, hour, known_wh + (seen_wh - known_wh) * weight),
        days=_with(mean.days, hour, min(days + 1, MEMORY_DAYS)),
    )


def _with[T](values: tuple[T, ...], index: int, value: T) -> tuple[T, ...]:
    return (*values[:index], value, *values[index + 1 :])


def _rise_k(tank: TankSpec) -> float:
    if tank.backup.kind is BackupKind.NONE:
        return BACKUP_RISE_K
    return max(MINIMUM_RISE_K, min(BACKUP_RISE_K, tank.backup.hysteresis_k / 2))
