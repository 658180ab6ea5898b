"""Prices of the Tibber integration, per kWh and with all taxes."""

from collections.abc import Mapping
from datetime import timedelta

from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_registry import RegistryEntry
from homeassistant.util import dt as dt_util

from .base import Candidates, async_ask, prices_of_rows

DAYS = 2
"""Tomorrow's prices are published in the early afternoon."""


async def async_read(hass: HomeAssistant, entry: RegistryEntry) -> Candidates:
    """Return today's and tomorrow's prices of every home of the account."""
    today = dt_util.start_of_local_day()
    # By the calendar: a day may have 23 hours.
    after = dt_util.start_of_local_day(today.date() + timedelta(days=DAYS))
    answer = await async_ask(
        hass,
        entry.platform,
        "get_prices",
        {"start": today.isoformat(), "end": after.isoformat()},
    )
    homes = answer.get("prices")
    if not isinstance(homes, Mapping):
        return {}
    return {str(name): prices_of_rows(rows) for name, rows in homes.items()}
