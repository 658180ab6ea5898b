"""Says what the meters say right now, so that the user can tell a wrong sign.

May read states and translations; must never decide anything.
"""

from collections.abc import Mapping
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.helpers.translation import async_get_translations

from .. import const as c, units
from ..configuration import PowerSource, power_source

_IDLE_W = 10.0
"""Power below which a meter is said to show nothing."""
_DOUBT_W = 300.0
"""Export beyond what sun and battery deliver is a wrong sign, if larger than this:
sensors do not report in the same second."""


def power_w(hass: HomeAssistant, source: PowerSource) -> float | None:
    """Return the power of a source right now, None if any sensor gives none."""
    plus = [units.power_w(hass.states.get(entity_id)) for entity_id in source.plus]
    minus = [units.power_w(hass.states.get(entity_id)) for entity_id in source.minus]
    if None in plus or None in minus:
        return None
    return sum(filter(None, plus)) - sum(filter(None, minus))


async def async_describe(hass: HomeAssistant, site: Mapping[str, Any]) -> str:
    """Return sentences on what flows now, in the language of Home Assistant."""
    texts = await async_get_translations(
        hass, hass.config.language, "selector", {c.DOMAIN}
    )

    def text(key: str, **values: str) -> str:
        path = f"component.{c.DOMAIN}.selector.reading.options.{key}"
        return texts.get(path, key).format(**values)

    grid_w = power_w(
        hass,
        power_source(
            site[c.CONF_GRID_POWER],
            site.get(c.CONF_GRID_EXPORT_POWER),
            inverted=site[c.CONF_GRID_INVERTED],
        ),
    )
    sentences = [
        text(_direction("grid", grid_w, "import", "export"), power=_watts(grid_w))
    ]
    pv_w = battery_w = 0.0
    if site.get(c.CONF_PV_POWER):
        pv = power_w(hass, power_source(site[c.CONF_PV_POWER]))
        pv_w = pv or 0.0
        key = "solar_unknown" if pv is None else "solar"
        sentences.append(text(key, power=_watts(pv)))
    if site.get(c.CONF_HAS_BATTERY):
        battery = power_w(
            hass,
            power_source(
                site[c.CONF_BATTERY_POWER],
                site.get(c.CONF_BATTERY_CHARGE_POWER),
                inverted=site[c.CONF_BATTERY_INVERTED],
            ),
        )
        battery_w = battery or 0.0
        key = _direction("battery", battery, "discharge", "charge")
        sentences.append(text(key, power=_watts(battery)))
    if (
        site.get(c.CONF_PV_POWER)
        and grid_w is not None
        and -grid_w > pv_w + battery_w + _DOUBT_W
    ):
        sentences.append(text("doubt"))
    sentences.append(
        text(
            "prices",
            import_price=_price(hass, site, c.CONF_IMPORT_PRICE),
            export_price=_price(hass, site, c.CONF_EXPORT_PRICE),
        )
    )
    return "\n\n".join(sentences)


def _direction(name: str, value_w: float | None, plus: str, minus: str) -> str:
    if value_w is None:
        return f"{name}_unknown"
    if abs(value_w) < _IDLE_W:
        return f"{name}_idle"
    return f"{name}_{plus if value_w > 0 else minus}"


def _watts(value_w: float | None) -> str:
    value = abs(value_w or 0.0)
    return f"{value / 1000:.1f} kW" if value >= 1000 else f"{value:.0f} W"


def _price(hass: HomeAssistant, site: Mapping[str, Any], key: str) -> str:
    entity_id = site.get(f"{key}_entity")
    state = hass.states.get(entity_id) if entity_id else None
    price = units.price_per_kwh(state, hass.config.currency)
    value = site[key] if price is None else price
    return f"{value:.4g} {hass.config.currency}"
