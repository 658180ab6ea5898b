"""The balance of the hours to come, and how low it may be.

    PV forecast + what the home has left beyond it, as learned by the hour
    | the learned mean day, without a forecast | the same hour a day before

What the home has left beyond the forecast (`learn_rest`) is minus what it needs itself,
and the forecast's usual error at that hour. It needs no PV meter; with one, both are
learned apart (`load_profile`, `sun_error`), and weekends and a low case with them. A home
that knows its load only, from its recorder, takes forecasts as they are until it knows
what is left. The next hour begins with what the meters say now. Pure functions; standard
library only; no clock.
"""

from collections.abc import Sequence
from typing import Final

from .foreseen import Forecasts, Habits, Source, Step
from .memory import MeanDay, Memory
from .model import Snapshot
from .outlook import HOURS, hourly_balance, learn
from .series import Series

NOW_HOLDS_S: Final = 900.0
"""For so long the meters know better than any forecast, as `outlook` has it."""

NOW_FORGOTTEN_S: Final = 3600.0
"""From then on only the forecast counts; in between both do."""

AVERAGING_S: Final = 600.0
"""The balance now is a mean over so long, as for the switching rule: a kettle that boils
says nothing of the next hour."""

LOW_SPREADS: Final = 1.28
"""So many spreads below the mean is undercut in one case of ten (normal errors)."""


def learn_rest(
    rest: MeanDay, snapshot: Snapshot, balance_w: float | None, pv_w: Series
) -> MeanDay:
    """Return what the home has left beyond the forecast after one more look.

    `balance_w` is the balance now, `pv_w` the forecast that was known before.
    """
    forecast_w = pv_w.at(snapshot.local.timestamp())
    rest_w = None
    if balance_w is not None and forecast_w is not None:
        rest_w = balance_w - forecast_w
    return learn(rest, snapshot.local, snapshot.clock_s, rest_w)


def mean_now(
    mean_w: float | None, balance_w: float | None, passed_s: float
) -> float | None:
    """Return the balance of the last minutes after one more look; None: not known.

    `mean_w` is what it was `passed_s` ago.
    """
    if mean_w is None or balance_w is None:
        return balance_w
    share = min(1.0, max(0.0, passed_s / AVERAGING_S))
    return mean_w + (balance_w - mean_w) * share


def balances(
    snapshot: Snapshot,
    memory: Memory,
    steps: Sequence[Step],
    forecasts: Forecasts,
    habits: Habits,
) -> list[tuple[float, float, Source]] | None:
    """Return mean, low and source for every step; None where one has neither."""
    midnight = snapshot.local.replace(hour=0)
    day_w = hourly_balance(memory.mean_day, midnight)
    rest_w = hourly_balance(habits.rest, midnight)
    now_s = snapshot.local.timestamp()
    apart = _is_day(habits.load_w) and (_is_day(habits.sun) or rest_w is None)
    found = []
    day_before: dict[int, tuple[float, float]] = {}
    for step in steps:
        one = (
            _corrected(step, forecasts, habits)
            if apart
            else _balance(step, forecasts, rest_w)
        )
        if one is None and day_w is not None:
            one = day_w[step.hour], day_w[step.hour], Source.LEARNED
        if one is None and (same := day_before.get(step.hour)) is not None:
            one = *same, Source.FIXED
        if one is None:
            return None
        mean_w, low_w, source = one
        day_before[step.hour] = mean_w, low_w
        share = _now_share(step.middle_s - now_s) if habits.now_w is not None else 0.0
        now_w = (habits.now_w or 0.0) * share
        rest = 1 - share
        found.append((mean_w * rest + now_w, low_w * rest + now_w, source))
    return found


def has_low(forecasts: Forecasts, habits: Habits) -> bool:
    """Tell whether it is known how low the balance may be."""
    if forecasts.pv_low_w.spans:
        return True
    return bool(forecasts.pv_w.spans) and _is_day(habits.sun)


def _balance(
    step: Step, forecasts: Forecasts, rest_w: tuple[float, ...] | None
) -> tuple[float, float, Source] | None:
    pv_w = forecasts.pv_w.mean(step.start_s, step.end_s)
    if pv_w is None or rest_w is None:
        return None
    low_w = forecasts.pv_low_w.mean(step.start_s, step.end_s)
    left_w = rest_w[step.hour]
    return (
        pv_w + left_w,
        (pv_w if low_w is None else min(low_w, pv_w)) + left_w,
        Source.FORECAST,
    )


def _is_day(hours: tuple[object, ...] | None) -> bool:
    return hours is not None and len(hours) == HOURS


def _corrected(
    step: Step, forecasts: Forecasts, habits: Habits
) -> tuple[float, float, Source] | None:
    """Return the balance by the forecast as it usually comes, less the load."""
    pv_w = forecasts.pv_w.mean(step.start_s, step.end_s)
    if pv_w is None or habits.load_w is None:
        return None
    weekend_w = habits.weekend_w or habits.load_w
    load_w = (weekend_w if step.weekend else habits.load_w)[step.hour]
    ratio, spread = habits.sun[step.hour] if habits.sun else (1.0, 0.0)
    low_w = forecasts.pv_low_w.mean(step.start_s, step.end_s)
    if low_w is None:
        low_w = pv_w * max(0.0, ratio - LOW_SPREADS * spread)
    else:
        low_w = min(low_w, pv_w) * ratio
    return pv_w * ratio - load_w, low_w - load_w, Source.FORECAST


def _now_share(in_s: float) -> float:
    """Return how much what is measured now counts in so many seconds."""
    if in_s <= NOW_HOLDS_S:
        return 1.0
    return max(0.0, (NOW_FORGOTTEN_S - in_s) / (NOW_FORGOTTEN_S - NOW_HOLDS_S))
