"""Prices that an entity shows as attributes, as many integrations and templates do.

Nord Pool from HACS has `raw_today` and `raw_tomorrow`, others `prices`, `forecast`,
`rates` or `data`: whatever its name, a list of rows with a start and a price is one, and
so is a mapping of starts to prices. May look at a state only.
"""

from collections.abc import Iterable, Mapping

from homeassistant.core import State

from ..core.series import NOTHING, Series, series_of_starts
from ..payloads import finite, moment_s
from .base import merged, prices_of_rows

FEWEST = 2
"""A single price is no series."""


def read(state: State | None) -> Series:
    """Return all prices among an entity's attributes, in whatever unit they are."""
    if state is None:
        return NOTHING
    found = [_prices(value) for value in state.attributes.values()]
    return merged(prices for prices in found if len(prices.spans) >= FEWEST)


def _prices(value: object) -> Series:
    if isinstance(value, Mapping):
        return _of_mapping(value)
    if isinstance(value, Iterable) and not isinstance(value, str | bytes):
        return prices_of_rows(value)
    return NOTHING


def _of_mapping(value: Mapping[object, object]) -> Series:
    prices: dict[float, float] = {}
    for start, price in value.items():
        start_s, per_kwh = moment_s(start), finite(price)
        if start_s is None or per_kwh is None:
            return NOTHING
        prices[start_s] = per_kwh
    return series_of_starts(prices.items())
