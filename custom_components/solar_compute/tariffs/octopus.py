"""Rates of the Octopus Energy integration (HACS), per kWh and with VAT.

They are attributes of event entities beside the sensor of the current rate: one for
today's, one for tomorrow's. A person has to enable these first.
"""

from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.entity_registry import RegistryEntry

from .base import Candidates, merged, prices_of_rows

RATES = "rates"


async def async_read(hass: HomeAssistant, entry: RegistryEntry) -> Candidates:
    """Return the rates that the events of the same meter hold."""
    if entry.device_id is None:
        return {}
    siblings = er.async_entries_for_device(er.async_get(hass), entry.device_id)
    states = [
        hass.states.get(sibling.entity_id)
        for sibling in siblings
        if sibling.domain == "event"
    ]
    return {
        "": merged(
            prices_of_rows(state.attributes.get(RATES)) for state in states if state
        )
    }
