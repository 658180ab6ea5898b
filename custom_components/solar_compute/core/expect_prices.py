"""What a kWh will cost in the hours to come, and what it will bring.

    import   = known price | learned mean of the hour | the same time a day before | fixed
    export   = known price | the same time a day before | the price now | fixed

Pure functions; standard library only; no clock.
"""

from collections.abc import Sequence
from typing import Final

from .foreseen import Source, Step
from .memory import Memory
from .model import Snapshot
from .outlook import hourly_balance
from .series import Series
from .spec import SiteSpec
from .times import DAY_S

DAYS_BACK: Final = 2
"""A price that nobody knows is looked for at the same time so many days before."""


def imports(
    spec: SiteSpec,
    snapshot: Snapshot,
    memory: Memory,
    steps: Sequence[Step],
    prices: Series,
) -> list[tuple[float, Source]]:
    """Return the price of import in every step, and what it rests on."""
    now = snapshot.import_per_kwh
    learned = None
    if now is not None:
        learned = hourly_balance(memory.import_day, snapshot.local.replace(hour=0))
    otherwise = spec.import_per_kwh if now is None else now
    return [_price(step, prices, learned, otherwise) for step in steps]


def exports(
    spec: SiteSpec, snapshot: Snapshot, steps: Sequence[Step], prices: Series
) -> list[tuple[float, Source]]:
    """Return the price of export in every step, and what it rests on."""
    now = snapshot.export_per_kwh
    otherwise = spec.export_per_kwh if now is None else now
    return [_price(step, prices, None, otherwise) for step in steps]


def _price(
    step: Step, prices: Series, learned: Sequence[float] | None, otherwise: float
) -> tuple[float, Source]:
    known = prices.mean(step.start_s, step.end_s)
    if known is not None:
        return known, Source.FORECAST
    if learned is not None:
        return learned[step.hour], Source.LEARNED
    before = _days_before(prices, step)
    if before is not None:
        return before, Source.LEARNED
    return otherwise, Source.FIXED


def _days_before(prices: Series, step: Step) -> float | None:
    for days in range(1, DAYS_BACK + 1):
        back_s = days * DAY_S
        known = prices.mean(step.start_s - back_s, step.end_s - back_s)
        if known is not None:
            return known
    return None
