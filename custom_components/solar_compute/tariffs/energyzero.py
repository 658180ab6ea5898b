"""Prices of the EnergyZero integration, per kWh and with VAT."""

from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_registry import RegistryEntry

from .base import Candidates, async_ask, merged, prices_of_rows, today_and_tomorrow


async def async_read(hass: HomeAssistant, entry: RegistryEntry) -> Candidates:
    """Return today's and tomorrow's prices, each day asked for by itself.

    Both together are refused until tomorrow's are published.
    """
    days = [
        await async_ask(
            hass,
            entry.platform,
            "get_energy_prices",
            {
                "config_entry": entry.config_entry_id,
                "incl_vat": True,
                "start": day.isoformat(),
                "end": day.isoformat(),
            },
        )
        for day in today_and_tomorrow()
    ]
    return {"": merged(prices_of_rows(answer.get("prices")) for answer in days)}
