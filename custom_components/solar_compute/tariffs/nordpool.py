"""Prices of Home Assistant's own Nord Pool integration, which are per MWh.

(The one from HACS, of the same name, shows them as attributes instead.)
"""

from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_registry import RegistryEntry

from ..core.series import Series
from .base import Candidates, async_ask, merged, prices_of_rows, today_and_tomorrow

KWH_PER_MWH = 1000.0


async def async_read(hass: HomeAssistant, entry: RegistryEntry) -> Candidates:
    """Return today's and tomorrow's prices of the area that an entity belongs to.

    Its unique id begins with the area; where it does not, all areas are returned.
    """
    days: dict[str, list[Series]] = {}
    for day in today_and_tomorrow():
        answer = await async_ask(
            hass,
            entry.platform,
            "get_prices_for_date",
            {"config_entry": entry.config_entry_id, "date": day.isoformat()},
        )
        for area, rows in answer.items():
            prices = prices_of_rows(rows).mapped(1 / KWH_PER_MWH)
            days.setdefault(area, []).append(prices)
    own = entry.unique_id.partition("-")[0]
    return {
        area: merged(parts)
        for area, parts in days.items()
        if area == own or own not in days
    }
