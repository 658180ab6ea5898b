"""How far forecasts of the sun were off, by the hour of the day.

The forecast of an hour is noted half a day before, when it was the future, and held
against what the PV meter showed once the hour is over:

    ratio  = mean of what came ÷ mean of what was forecast
    spread = root of the mean square of what came − ratio · forecast, as share of it

Pure functions; standard library only; no clock.
"""

from dataclasses import replace
from math import isfinite, sqrt
from typing import Final

from .learned import SunErrors, SunHour
from .outlook import HOURS
from .series import Series
from .times import HOUR_S

NOTED_H: Final = 12
"""A forecast is noted so many hours ahead: that of a day, the evening before."""

MINIMUM_COVER_S: Final = 2700.0
"""An hour of which less than this was seen teaches nothing."""

MAXIMUM_GAP_S: Final = 900.0
"""A power is not held longer than this."""

FORGET_DAYS: Final = 30
MINIMUM_DAYS: Final = 5
LEAST_W: Final = 20.0
"""Dawn and dusk, of which hardly anything comes, say nothing."""

LARGEST_RATIO: Final = 2.0
"""Beyond this, either way, forecast and meter are not of the same panels."""


def learn_sun(
    errors: SunErrors,
    *,
    now_s: float,
    local_hour: int,
    pv_w: float | None,
    forecast_w: Series,
) -> SunErrors:
    """Return what is known after one more look.

    `now_s` is Unix time, `pv_w` what the sun makes now (None: unknown, or held back by
    an export limit), `forecast_w` what is forecast by now.
    """
    errors = _whole(errors)
    if errors.last_s is not None and errors.last_w is not None:
        seconds = now_s - errors.last_s
        if 0 < seconds <= MAXIMUM_GAP_S:
            errors = replace(
                errors,
                sum_ws=errors.sum_ws + errors.last_w * seconds,
                seconds=errors.seconds + seconds,
            )
    hour_s = now_s // HOUR_S * HOUR_S
    if errors.hour_s != hour_s:
        errors = replace(
            _closed(errors),
            hour_s=hour_s,
            local_hour=local_hour,
            sum_ws=0.0,
            seconds=0.0,
            noted=_noted(errors, hour_s, forecast_w),
        )
    known = pv_w is not None and isfinite(pv_w)
    return replace(errors, last_s=now_s, last_w=pv_w if known else None)


def sun_factors(errors: SunErrors) -> tuple[tuple[float, float], ...] | None:
    """Return ratio and spread for every local hour; None: nothing is known yet.

    Hours of which too little is known take what holds for all of them together.
    """
    errors = _whole(errors)
    known = [hour for hour in errors.hours if hour.days >= MINIMUM_DAYS]
    forecast_w = sum(hour.forecast_w for hour in known)
    if forecast_w < LEAST_W:
        return None
    whole = SunHour(
        forecast_w=forecast_w,
        came_w=sum(hour.came_w for hour in known),
        square=sum(sqrt(hour.square) for hour in known) ** 2,
        days=MINIMUM_DAYS,
    )
    return tuple(_factor(hour) or _factor(whole) or (1.0, 1.0) for hour in errors.hours)


def _factor(hour: SunHour) -> tuple[float, float] | None:
    if hour.days < MINIMUM_DAYS or hour.forecast_w < LEAST_W:
        return None
    ratio = _ratio(hour)
    return ratio, sqrt(hour.square) / hour.forecast_w


def _ratio(hour: SunHour) -> float:
    ratio = hour.came_w / max(hour.forecast_w, 1.0)
    return min(LARGEST_RATIO, max(1 / LARGEST_RATIO, ratio))


def _whole(errors: SunErrors) -> SunErrors:
    """Begin anew where what was stored cannot be."""
    if len(errors.hours) == HOURS and all(
        isfinite(hour.forecast_w + hour.came_w + hour.square) and hour.square >= 0
        for hour in errors.hours
    ):
        return errors
    return SunErrors(hours=(SunHour(),) * HOURS)


def _closed(errors: SunErrors) -> SunErrors:
    """Hold the hour that is over against its forecast."""
    forecast_w = dict(errors.noted).get(errors.hour_s or 0.0)
    local_hour = errors.local_hour
    if forecast_w is None or local_hour is None or not 0 <= local_hour < HOURS:
        return errors
    if errors.seconds < MINIMUM_COVER_S:
        return errors
    came_w, known = errors.sum_ws / errors.seconds, errors.hours[local_hour]
    days = max(1, min(known.days + 1, FORGET_DAYS))
    ratio = _ratio(known) if known.days else 1.0
    apart = (came_w - ratio * forecast_w) ** 2
    hours = list(errors.hours)
    hours[local_hour] = SunHour(
        forecast_w=known.forecast_w + (forecast_w - known.forecast_w) / days,
        came_w=known.came_w + (came_w - known.came_w) / days,
        square=known.square + (apart - known.square) / days,
        days=days,
    )
    return replace(errors, hours=tuple(hours))


def _noted(
    errors: SunErrors, hour_s: float, forecast_w: Series
) -> tuple[tuple[float, float], ...]:
    """Note the forecasts of hours that come into sight; what is noted stays."""
    noted = {start_s: value for start_s, value in errors.noted if start_s >= hour_s}
    for ahead in range(1, NOTED_H + 1):
        start_s = hour_s + ahead * HOUR_S
        value = forecast_w.mean(start_s, start_s + HOUR_S)
        if start_s not in noted and value is not None and isfinite(value):
            noted[start_s] = max(0.0, value)
    return tuple(sorted(noted.items())[: NOTED_H + 1])
