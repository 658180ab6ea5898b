"""What is expected of the hours to come, step by step, and what each figure rests on.

    balance  = PV forecast + what the home has left beyond it, as learned by the hour
             | the learned mean day, without a forecast | the same hour a day before
    import   = known price | learned mean of the hour | the same time a day before | fixed
    export   = known price | the same time a day before | the price now | fixed

What the home has left beyond the forecast (`learn_rest`) is minus what it needs itself,
and the forecast's usual error at that hour. It needs no PV meter; with one, both are
learned apart (`load_profile`, `sun_error`), and weekends and a low case with them. A home
that knows its load only, from its recorder, takes forecasts as they are until it knows
what is left. The next hour begins with what the meters say now. Pure functions; standard library only; no clock.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from enum import StrEnum
from typing import Final

from .draws import hourly_use_w, learned_days
from .memory import MeanDay, Memory
from .model import Snapshot
from .outlook import HOURS, hourly_balance, learn
from .plan import Expected, Grid
from .series import NOTHING, Series
from .spec import SiteSpec
from .times import DAY_S, HOUR_S

NOW_HOLDS_S: Final = 900.0
"""For so long the meters know better than any forecast, as `outlook` has it."""

NOW_FORGOTTEN_S: Final = 3600.0
"""From then on only the forecast counts; in between both do."""

NAMED_AFTER_S: Final = 12 * HOUR_S
"""A quantity is named after what most of its next hours rest on."""

LOW_SPREADS: Final = 1.28
"""So many spreads below the mean is undercut in one case of ten (normal errors)."""

DAYS_BACK: Final = 2
"""A price that nobody knows is looked for at the same time so many days before."""


class Source(StrEnum):
    """What an expectation rests on."""

    FORECAST = "forecast"
    """Somebody's forecast, or a published price."""
    LEARNED = "learned"
    """What this home showed in the last days."""
    FIXED = "fixed"
    """A setting, or what holds right now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecasts:
    """What others say of the hours to come; an empty series: nobody says anything.

    `pv_low_w` is the PV power that is undercut in one case of ten. Prices per kWh.
    """

    pv_w: Series = NOTHING
    pv_low_w: Series = NOTHING
    import_per_kwh: Series = NOTHING
    export_per_kwh: Series = NOTHING
    outdoor_c: Series = NOTHING


@dataclass(frozen=True, slots=True, kw_only=True)
class Habits:
    """What was learned of this home beside what decisions remember.

    `rest` is what it has left beyond the PV forecast, by the hour. `load_w` is what it
    needs itself in each of the 24 local hours, workers paused, and `sun` by which factor
    forecasts were off then, and how much what came spread, as share of the forecast.
    Where both are known `rest` is not asked: it has both in one, and goes before a load
    alone. `weekend_w` is the load of Saturdays and Sundays, where they differ. `now_w` is the mean balance of the last
    minutes.
    """

    rest: MeanDay = MeanDay()
    load_w: tuple[float, ...] | None = None
    weekend_w: tuple[float, ...] | None = None
    sun: tuple[tuple[float, float], ...] | None = None
    now_w: float | None = None


NO_HABITS: Final = Habits()


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


def expect(
    spec: SiteSpec,
    snapshot: Snapshot,
    memory: Memory,
    *,
    grid: Grid,
    forecasts: Forecasts,
    habits: Habits = NO_HABITS,
) -> Expected | None:
    """Return what is expected for every step of `grid`.

    None while the balance of the coming hours is anybody's guess: no mean day is
    learned, nor what the home needs beside a forecast.
    """
    steps = _steps(grid, snapshot.local.tzinfo)
    balance = _balances(snapshot, memory, steps, forecasts, habits)
    if balance is None:
        return None
    imports = _imports(spec, snapshot, memory, steps, forecasts.import_per_kwh)
    exports = _exports(spec, snapshot, steps, forecasts.export_per_kwh)
    draws_w, draw_sources = _draws(spec, memory, steps)
    outdoor_c = _outdoor(steps, forecasts.outdoor_c)
    sources = {
        "balance": _mostly(steps, [source for _, _, source in balance]),
        "import": _mostly(steps, [source for _, source in imports]),
        "export": _mostly(steps, [source for _, source in exports]),
        **draw_sources,
        **({} if outdoor_c is None else {"outdoor": Source.FORECAST}),
    }
    return Expected(
        grid=grid,
        balance_w=tuple(mean for mean, _, _ in balance),
        balance_low_w=tuple(low for _, low, _ in balance)
        if forecasts.pv_low_w.spans or (forecasts.pv_w.spans and _is_day(habits.sun))
        else None,
        import_per_kwh=tuple(price for price, _ in imports),
        export_per_kwh=tuple(price for price, _ in exports),
        draws_w=draws_w,
        outdoor_c=outdoor_c,
        sources={name: source.value for name, source in sources.items()},
    )


@dataclass(frozen=True, slots=True)
class _Step:
    """One step: from when to when, and the local hour and day that its middle lies in."""

    start_s: float
    end_s: float
    hour: int
    weekend: bool

    @property
    def middle_s(self) -> float:
        return (self.start_s + self.end_s) / 2


def _steps(grid: Grid, zone: tzinfo | None) -> list[_Step]:
    return [
        _step(start, start + length, zone)
        for start, length in zip(grid.starts_s, grid.lengths_s, strict=True)
    ]


def _step(start_s: float, end_s: float, zone: tzinfo | None) -> _Step:
    middle = datetime.fromtimestamp((start_s + end_s) / 2, zone)
    return _Step(start_s, end_s, middle.hour, middle.weekday() >= 5)


def _balances(
    snapshot: Snapshot,
    memory: Memory,
    steps: Sequence[_Step],
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


def _balance(
    step: _Step, forecasts: Forecasts, rest_w: tuple[float, ...] | None
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
    step: _Step, forecasts: Forecasts, habits: Habits
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


def _imports(
    spec: SiteSpec,
    snapshot: Snapshot,
    memory: Memory,
    steps: Sequence[_Step],
    prices: Series,
) -> list[tuple[float, Source]]:
    learned = None
    if snapshot.import_per_kwh is not None:
        learned = hourly_balance(memory.import_day, snapshot.local.replace(hour=0))
    found = []
    for step in steps:
        known = prices.mean(step.start_s, step.end_s)
        if known is not None:
            found.append((known, Source.FORECAST))
        elif learned is not None:
            found.append((learned[step.hour], Source.LEARNED))
        elif (before := _days_before(prices, step)) is not None:
            found.append((before, Source.LEARNED))
        else:
            found.append(_now_or(snapshot.import_per_kwh, spec.import_per_kwh))
    return found


def _exports(
    spec: SiteSpec, snapshot: Snapshot, steps: Sequence[_Step], prices: Series
) -> list[tuple[float, Source]]:
    found = []
    for step in steps:
        known = prices.mean(step.start_s, step.end_s)
        if known is not None:
            found.append((known, Source.FORECAST))
        elif (before := _days_before(prices, step)) is not None:
            found.append((before, Source.LEARNED))
        else:
            found.append(_now_or(snapshot.export_per_kwh, spec.export_per_kwh))
    return found


def _days_before(prices: Series, step: _Step) -> float | None:
    for days in range(1, DAYS_BACK + 1):
        back_s = days * DAY_S
        known = prices.mean(step.start_s - back_s, step.end_s - back_s)
        if known is not None:
            return known
    return None


def _now_or(now: float | None, fixed: float) -> tuple[float, Source]:
    return (fixed if now is None else now), Source.FIXED


def _draws(
    spec: SiteSpec, memory: Memory, steps: Sequence[_Step]
) -> tuple[dict[str, tuple[float, ...]], dict[str, Source]]:
    draws_w: dict[str, tuple[float, ...]] = {}
    sources: dict[str, Source] = {}
    for tank in spec.tanks:
        learned = memory.draws.get(tank.key)
        hours_w = hourly_use_w(tank, learned)
        draws_w[tank.key] = tuple(hours_w[step.hour] for step in steps)
        sources[f"draws:{tank.key}"] = (
            Source.LEARNED if learned_days(learned) >= 1 else Source.FIXED
        )
    return draws_w, sources


def _outdoor(steps: Sequence[_Step], outdoor_c: Series) -> tuple[float, ...] | None:
    """Return the air outside; gaps take the value of the step before, or the first."""
    known = [outdoor_c.mean(step.start_s, step.end_s) for step in steps]
    last = next((value for value in known if value is not None), None)
    if last is None:
        return None
    filled = []
    for value in known:
        last = last if value is None else value
        filled.append(last)
    return tuple(filled)


def _mostly(steps: Sequence[_Step], sources: Iterable[Source]) -> Source:
    """Return what most of the next hours rest on; the first of them where it is even.

    By time: the near steps are shorter than the others, and more.
    """
    end_s = steps[0].start_s + NAMED_AFTER_S if steps else 0.0
    seconds: Counter[Source] = Counter()
    for step, source in zip(steps, sources, strict=True):
        if step.start_s < end_s:
            seconds[source] += round(step.end_s - step.start_s)
    return seconds.most_common(1)[0][0] if seconds else Source.FIXED
