"""What every source of prices has in common: how actions are asked, how rows are read.

Must never decide which price holds; that is `tariffs`.
"""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from datetime import date, timedelta
import logging
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_registry import RegistryEntry
from homeassistant.util import dt as dt_util

from ..core.series import Series, Span, series, series_of_starts
from ..payloads import finite, first_of, moment_s, rows_of

_LOGGER = logging.getLogger(__name__)

type Candidates = Mapping[str, Series]
"""Prices per kWh by the name of a home or an area; most sources have only one."""

type Reader = Callable[[HomeAssistant, RegistryEntry], Awaitable[Candidates]]
"""Asks an integration for the prices behind one of its entities. Never raises."""

STARTS = (
    "start", "start_time", "starts_at", "startsAt", "valid_from", "period_start",
    "from", "datetime", "timestamp", "start_timestamp", "time", "hour", "date",
)  # fmt: skip
ENDS = (
    "end", "end_time", "ends_at", "endsAt", "valid_to", "period_end", "till", "to",
    "end_timestamp",
)  # fmt: skip
VALUES = (
    "value_inc_vat", "total", "price_per_kwh", "per_kwh", "price", "value",
    "electricity_price", "marketprice",
)  # fmt: skip
"""Names for the same thing, as integrations have them; the dearest by its meaning comes
first: with all taxes before without."""


def prices_of_rows(rows: object) -> Series:
    """Return rows that each have a start and a price as a series.

    A row that cannot be read is a gap. Where the rows have no end, each lasts until the
    next.
    """
    spans: list[Span] = []
    starts: dict[float, float] = {}
    for row in rows_of(rows):
        start_s = moment_s(first_of(row, STARTS))
        value = finite(first_of(row, VALUES))
        if start_s is None or value is None:
            continue
        end_s = moment_s(first_of(row, ENDS))
        if end_s is None:
            starts[start_s] = value
        else:
            spans.append(Span(start_s, end_s, value))
    return series([*series_of_starts(starts.items()).spans, *spans])


async def async_ask(
    hass: HomeAssistant, domain: str, action: str, data: Mapping[str, Any]
) -> Mapping[str, Any]:
    """Return an action's response, empty where it has none or refuses."""
    if not hass.services.has_service(domain, action):
        return {}
    try:
        answer = await hass.services.async_call(
            domain, action, dict(data), blocking=True, return_response=True
        )
    except Exception:
        # Tomorrow's prices are refused, too, until they are published.
        _LOGGER.debug("%s.%s gives no prices", domain, action, exc_info=True)
        return {}
    return answer if isinstance(answer, Mapping) else {}


def today_and_tomorrow() -> tuple[date, date]:
    """Return the local dates that prices are published for."""
    today = dt_util.now().date()
    return today, today + timedelta(days=1)


def merged(parts: Iterable[Series]) -> Series:
    """Return the spans of several days as one series."""
    return series(span for part in parts for span in part.spans)
