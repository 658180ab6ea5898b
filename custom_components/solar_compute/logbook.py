"""What becomes of jobs, as sentences in the logbook, in the language of the home.

What happens to workers, guards and heat is there anyway: their entities change, and the
frontend words that in the language of whoever looks. Only what a job was, no entity says.
Must never tell what an entity tells already.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from homeassistant.components.logbook.const import (
    LOGBOOK_ENTRY_ICON,
    LOGBOOK_ENTRY_MESSAGE,
    LOGBOOK_ENTRY_NAME,
)
from homeassistant.core import Event, HomeAssistant, callback
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers.translation import async_get_cached_translations
from homeassistant.util import dt as dt_util

from .const import DOMAIN, EVENT_JOB
from .core.job import JobUnit
from .job_keeper import JobNews
from .targets import name_of

type Described = dict[str, Any]

ICONS = {
    JobNews.DONE: "mdi:clipboard-check-outline",
    JobNews.MISSED: "mdi:clipboard-remove-outline",
    JobNews.AT_RISK: "mdi:clipboard-clock-outline",
}
UNITS = {JobUnit.HOURS: " h", JobUnit.KWH: " kWh", JobUnit.UNITS: ""}
_TEXTS = f"component.{DOMAIN}.selector.job_news.options"


@callback
def async_describe_events(
    hass: HomeAssistant,
    async_describe_event: Callable[[str, str, Callable[[Event], Described]], None],
) -> None:
    """Describe what becomes of a job."""

    @callback
    def describe(event: Event) -> Described:
        told, news = event.data, JobNews(event.data["type"])
        language = hass.config.language
        texts = async_get_cached_translations(hass, language, "selector", DOMAIN)
        unit = UNITS[JobUnit(told["unit"])]
        message = texts.get(f"{_TEXTS}.{news.value}", news.value)
        device = dr.async_get(hass).async_get(told["device_id"])
        return {
            LOGBOOK_ENTRY_NAME: DOMAIN if device is None else name_of(device),
            LOGBOOK_ENTRY_MESSAGE: message.format(
                job=told["name"],
                done=f"{told['done']:.3g}{unit}",
                amount=f"{told['amount']:.3g}{unit}",
                energy=f"{told['energy_kwh']:.2f} kWh",
                cost=f"{told['cost']:.2f} {hass.config.currency}",
                ready_by=_local(told["ready_by"]),
            ),
            LOGBOOK_ENTRY_ICON: ICONS[news],
        }

    async_describe_event(DOMAIN, EVENT_JOB, describe)


def _local(moment: str) -> str:
    """Return a moment as people of the home write it: by the clock on the wall."""
    return f"{dt_util.as_local(datetime.fromisoformat(moment)):%Y-%m-%d %H:%M}"
