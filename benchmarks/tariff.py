"""Tariffs: fixed prices, prices by the time of the week, prices from the trace."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from custom_components.solar_compute.core.times import DailyWindow

from .section import WEEKDAYS, ScenarioError, Section
from .traces import Trace


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceWindow:
    """A price at some hours of some days of the week (0: Monday).

    A window over midnight belongs to the day on which it begins.
    """

    window: DailyWindow
    days: frozenset[int]
    per_kwh: float

    def contains(self, local: datetime) -> bool:
        """Tell whether the price is in force at a local time."""
        minute = local.hour * 60 + local.minute
        began = local.weekday()
        if (
            self.window.end_min <= self.window.start_min
            and minute < self.window.end_min
        ):
            began = (began - 1) % len(WEEKDAYS)
        return began in self.days and self.window.contains(minute)


@dataclass(frozen=True, slots=True)
class Price:
    """A price per kWh: that of the first window that holds, else `add`.

    With a column of the trace, `add` is what comes on top of it.
    """

    add: float
    column: str | None = None
    windows: tuple[PriceWindow, ...] = ()


def parse_prices(section: Section) -> tuple[Price, Price]:
    """Return the prices of import and export.

    Raises:
        ScenarioError: if a key is wrong.
    """
    if section.has("column"):
        bought = _column_price(section)
        return bought, Price(0.0, bought.column)
    prices = _price(section, "import"), _price(section, "export")
    section.done()
    return prices


def _price(section: Section, key: str) -> Price:
    if not section.is_mapping(key):
        return Price(section.number(key))
    price = section.section(key)
    if not price.has("windows"):
        return _column_price(price)
    otherwise = price.number("otherwise")
    windows = tuple(
        window for item in price.sections("windows") for window in _windows(item)
    )
    price.done()
    return Price(otherwise, windows=windows)


def _column_price(section: Section) -> Price:
    price = Price(section.number("add", 0.0), section.text("column"))
    section.done()
    return price


def _windows(section: Section) -> list[PriceWindow]:
    days = section.weekdays("days")
    per_kwh = section.number("price")
    windows = [
        PriceWindow(
            window=DailyWindow(start_min=start, end_min=end),
            days=days,
            per_kwh=per_kwh,
        )
        for start, end in section.windows("at")
    ]
    section.done()
    return windows


def prices_over(price: Price, trace: Trace, locals_: Sequence[datetime]) -> list[float]:
    """Return the price of every interval, by local time at its start.

    A gap in a column keeps the last known price.

    Raises:
        ScenarioError: if the trace has no prices in that column.
    """
    if price.column is None:
        return [_price_at(price, local) for local in locals_]
    measured = [interval.get(price.column) for interval in trace.intervals]
    known = next((value for value in measured if value is not None), None)
    if known is None:
        raise ScenarioError(f"prices: the trace has no values in column {price.column}")
    result: list[float] = []
    for value in measured:
        known = known if value is None else value
        result.append(known + price.add)
    return result


def _price_at(price: Price, local: datetime) -> float:
    return next(
        (window.per_kwh for window in price.windows if window.contains(local)),
        price.add,
    )
