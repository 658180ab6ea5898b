"""Says what the meters and prices say right now, so that the user can tell a wrong sign.

May read states; must never decide anything.
"""

from collections.abc import Mapping
from typing import Any, Protocol

from homeassistant.core import HomeAssistant

from .. import const as c, units
from ..configuration import PowerSource, power_source
from ..core.directions import is_impossible
from ..names import names_of

_IDLE_W = 10.0
"""Power below which a meter is said to show nothing."""


class Say(Protocol):
    """Gives a sentence by its key, with its values filled in."""

    def __call__(self, key: str, **values: str) -> str:
        """Return the sentence."""


def power_w(hass: HomeAssistant, source: PowerSource) -> float | None:
    """Return the power of a source right now, None if any sensor gives none."""
    plus = [units.power_w(hass.states.get(entity_id)) for entity_id in source.plus]
    minus = [units.power_w(hass.states.get(entity_id)) for entity_id in source.minus]
    if None in plus or None in minus:
        return None
    return sum(filter(None, plus)) - sum(filter(None, minus))


def meters(hass: HomeAssistant, site: Mapping[str, Any], say: Say) -> tuple[str, bool]:
    """Return sentences on what flows now, and whether all of it can be."""
    grid_w = power_w(
        hass,
        power_source(
            site[c.CONF_GRID_POWER],
            site.get(c.CONF_GRID_EXPORT_POWER),
            inverted=site[c.CONF_GRID_INVERTED],
        ),
    )
    key = _direction("grid", grid_w, "import", "export")
    sentences = [say(key, power=_watts(grid_w))]
    flows: list[float | None] = [grid_w]
    if site.get(c.CONF_PV_POWER):
        pv_w = power_w(hass, power_source(site[c.CONF_PV_POWER]))
        key = "solar_unknown" if pv_w is None else "solar"
        sentences.append(say(key, power=_watts(pv_w)))
        flows.append(pv_w)
    if site.get(c.CONF_HAS_BATTERY):
        battery_w = power_w(
            hass,
            power_source(
                site[c.CONF_BATTERY_POWER],
                site.get(c.CONF_BATTERY_CHARGE_POWER),
                inverted=site[c.CONF_BATTERY_INVERTED],
            ),
        )
        key = _direction("battery", battery_w, "discharge", "charge")
        sentences.append(say(key, power=_watts(battery_w)))
        flows.append(battery_w)
    known = [flow for flow in flows if flow is not None]
    if len(known) < len(flows):
        return " ".join(sentences), False
    doubtful = bool(site.get(c.CONF_PV_POWER)) and is_impossible(*known)
    if doubtful:
        sentences.append(say("doubt"))
    return " ".join(sentences), not doubtful


def prices(
    hass: HomeAssistant,
    site: Mapping[str, Any],
    say: Say,
    *,
    found: Mapping[str, Any],
) -> tuple[str, bool]:
    """Return sentences on what a kWh costs, and whether all is as it usually is.

    `found` is what the energy dashboard knows of them. Unusual is an entity that gives no
    price, and an export that brings more than an import costs.
    """
    costs = price(hass, site, c.CONF_IMPORT_PRICE)
    brings = price(hass, site, c.CONF_EXPORT_PRICE)
    sentences = [say("prices", import_price=costs, export_price=brings)]
    entities = [
        entity_id
        for key in (c.CONF_IMPORT_PRICE_ENTITY, c.CONF_EXPORT_PRICE_ENTITY)
        if (entity_id := site.get(key))
    ]
    silent = [
        entity_id
        for entity_id in entities
        if units.price_per_kwh(hass.states.get(entity_id), hass.config.currency) is None
    ]
    if silent:
        sentences.append(say("prices_silent", sensors=names_of(hass, silent)))
    elif entities:
        sentences.append(say("prices_change"))
    else:
        sentences.append(say("prices_fixed"))
    keys = (
        c.CONF_IMPORT_PRICE,
        c.CONF_IMPORT_PRICE_ENTITY,
        c.CONF_EXPORT_PRICE,
        c.CONF_EXPORT_PRICE_ENTITY,
    )
    if found and all(site.get(key) == found.get(key) for key in keys):
        sentences.append(say("prices_found"))
    swapped = _per_kwh(hass, site, c.CONF_EXPORT_PRICE) > _per_kwh(
        hass, site, c.CONF_IMPORT_PRICE
    )
    if swapped:
        sentences.append(say("prices_swapped"))
    return " ".join(sentences), not (silent or swapped)


def price(hass: HomeAssistant, site: Mapping[str, Any], key: str) -> str:
    """Return what a kWh costs or brings now: by the entity of `key`, else the fixed one.

    As money is written, with two decimals; with up to four where a tariff has them.
    """
    value = _per_kwh(hass, site, key)
    digits = next((some for some in (2, 3) if round(value, some) == round(value, 4)), 4)
    return f"{value:.{digits}f} {hass.config.currency}"


def _per_kwh(hass: HomeAssistant, site: Mapping[str, Any], key: str) -> float:
    entity_id = site.get(f"{key}_entity")
    state = hass.states.get(entity_id) if entity_id else None
    now = units.price_per_kwh(state, hass.config.currency)
    return float(site[key]) if now is None else now


def _direction(name: str, value_w: float | None, plus: str, minus: str) -> str:
    if value_w is None:
        return f"{name}_unknown"
    if abs(value_w) < _IDLE_W:
        return f"{name}_idle"
    return f"{name}_{plus if value_w > 0 else minus}"


def _watts(value_w: float | None) -> str:
    value = abs(value_w or 0.0)
    return f"{value / 1000:.1f} kW" if value >= 1000 else f"{value:.0f} W"
