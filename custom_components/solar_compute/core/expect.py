"""What is expected of the hours to come, step by step, and what each figure rests on.

The balance (`expect_balance`), prices (`expect_prices`), what is drawn from tanks, and
the air outside. Pure functions; standard library only; no clock.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Final

from .draws import hourly_use_w, learned_days
from .expect_balance import balances, has_low
from .expect_prices import exports, imports
from .foreseen import NO_HABITS, Forecasts, Habits, Source, Step, steps_of
from .memory import Memory
from .model import Snapshot
from .plan import Expected, Grid
from .series import Series
from .spec import SiteSpec
from .times import HOUR_S

NAMED_AFTER_S: Final = 12 * HOUR_S
"""A quantity is named after what most of its next hours rest on."""


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
    steps = steps_of(grid, snapshot.local.tzinfo)
    balance = balances(snapshot, memory, steps, forecasts, habits)
    if balance is None:
        return None
    bought = imports(spec, snapshot, memory, steps, forecasts.import_per_kwh)
    sold = exports(spec, snapshot, steps, forecasts.export_per_kwh)
    draws_w, draw_sources = _draws(spec, memory, steps)
    outdoor_c = _outdoor(steps, forecasts.outdoor_c)
    sources = {
        "balance": _mostly(steps, [source for _, _, source in balance]),
        "import": _mostly(steps, [source for _, source in bought]),
        "export": _mostly(steps, [source for _, source in sold]),
        **draw_sources,
        **({} if outdoor_c is None else {"outdoor": Source.FORECAST}),
    }
    return Expected(
        grid=grid,
        balance_w=tuple(mean for mean, _, _ in balance),
        balance_low_w=tuple(low for _, low, _ in balance)
        if has_low(forecasts, habits)
        else None,
        import_per_kwh=tuple(price for price, _ in bought),
        export_per_kwh=tuple(price for price, _ in sold),
        draws_w=draws_w,
        outdoor_c=outdoor_c,
        sources={name: source.value for name, source in sources.items()},
    )


def _draws(
    spec: SiteSpec, memory: Memory, steps: Sequence[Step]
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


def _outdoor(steps: Sequence[Step], outdoor_c: Series) -> tuple[float, ...] | None:
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


def _mostly(steps: Sequence[Step], sources: Iterable[Source]) -> Source:
    """Return what most of the next hours rest on; the first of them where it is even.

    By time: the near steps are shorter than the others, and more.
    """
    end_s = steps[0].start_s + NAMED_AFTER_S if steps else 0.0
    seconds: Counter[Source] = Counter()
    for step, source in zip(steps, sources, strict=True):
        if step.start_s < end_s:
            seconds[source] += round(step.end_s - step.start_s)
    return seconds.most_common(1)[0][0] if seconds else Source.FIXED
