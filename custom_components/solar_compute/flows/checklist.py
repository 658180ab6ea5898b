"""The list at the end of the site's dialog: what was found, and what is left to do.

Meters, prices, the first worker, the dashboard. What a repair issue says later, where
something is still missing (`first_run`), stands here first. May read states, dashboards
and translations; must never decide anything.
"""

from collections.abc import Mapping
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.helpers.translation import async_get_translations

from .. import const as c
from ..dashboard_search import async_is_shown
from . import readings
from .discovery import DATA_ANNOUNCED

_DONE, _TO_DO, _LOOK = "✓", "○", "⚠"


async def async_checklist(
    hass: HomeAssistant,
    site: Mapping[str, Any],
    *,
    new: bool,
    found: Mapping[str, Any],
) -> str:
    """Return the list as Markdown, in the language of Home Assistant.

    Of a home that is not `new`, only what was asked for: its meters and prices. `found`
    is what the energy dashboard knew of it.
    """
    texts = await async_get_translations(
        hass, hass.config.language, "selector", {c.DOMAIN}
    )

    def say(key: str, **values: str) -> str:
        path = f"component.{c.DOMAIN}.selector.reading.options.{key}"
        return texts.get(path, key).format(**values)

    def line(name: str, text: str, mark: str) -> str:
        return f"{mark} **{say(name)}** {text}"

    text, good = readings.meters(hass, site, say)
    lines = [line("meters", text, _DONE if good else _LOOK)]
    text, good = readings.prices(hass, site, say, found=found)
    lines.append(line("price_line", text, _DONE if good else _LOOK))
    if new:
        announced = hass.data.get(DATA_ANNOUNCED, {})
        heard = ", ".join(announced)
        text = say("worker_heard", name=heard) if heard else say("worker_next")
        lines.append(line("worker", text, _TO_DO))
        shown = await async_is_shown(hass)
        if shown is not None:
            key = "dashboard_shown" if shown else "dashboard_later"
            lines.append(line("dashboard", say(key), _DONE if shown else _TO_DO))
    return "\n\n".join(lines)
