"""The companion services whose workers are set up here, as the entries store them.

May read and write subentries. A service's address, certificate and token are stored with
each of its workers, and change for all of them at once.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from homeassistant.config_entries import ConfigEntry, ConfigSubentry
from homeassistant.core import HomeAssistant, callback

from . import const as c
from .workers import agent


def unique_id(data: Mapping[str, Any]) -> str:
    """Return what tells a service's worker from others."""
    return f"{data[c.CONF_URL]}#{data[c.CONF_WORKER]}"


def service_workers(
    entry: ConfigEntry, service: Mapping[str, Any]
) -> Iterator[ConfigSubentry]:
    """Go through the workers of a service that is known from stored data."""
    for subentry in entry.get_subentries_of_type(c.SUBENTRY_WORKER):
        if subentry.data[c.CONF_KIND] == agent.KIND.key and agent.is_same_service(
            subentry.data, service
        ):
            yield subentry


@callback
def async_update_workers(
    hass: HomeAssistant,
    entry: ConfigEntry,
    workers: Iterable[ConfigSubentry],
    service: Mapping[str, Any],
) -> None:
    """Give workers of a service what is known of it now."""
    for subentry in tuple(workers):
        changed = {**subentry.data, **service}
        data = {key: value for key, value in changed.items() if value is not None}
        hass.config_entries.async_update_subentry(
            entry, subentry, data=data, unique_id=unique_id(data)
        )
