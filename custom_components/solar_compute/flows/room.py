"""The form for a room that workers heat.

What its walls lose and hold is guessed from its area, until it has been learned. May
build schemas and checks; must never hold the state of a dialog.
"""

from collections.abc import Mapping
from typing import Any, Final

from homeassistant.core import HomeAssistant
import probatio

from .. import const as c, const_heat as h
from ..core.spec import RoomSpec
from . import checks, degrees, heat_checks, heat_fields
from .heat_fields import DEMAND, LOSS, METER, OWN
from .schema import (
    Fields,
    choice,
    domain_entity,
    folded,
    number,
    optional,
    required,
    temperature_entity,
)

OUTSIDE: Final = "outside"

_BUILDINGS: Final = {"old": 3.0, "average": 2.0, "new": 1.0}
"""Loss in W/K for each m² of floor: heating engineers' rules of thumb of 100, 65 and
33 W/m² at 33 K."""

_CAPACITY_WH_PER_K_M2: Final = 46.0
"""ISO 13790: 165 kJ/K for each m² of floor, medium construction."""

_WARMEST_C: Final = 40.0
_USUAL: Final = RoomSpec(key="", name="")


def loss_w_per_k(building: str, area_m2: float) -> float:
    """Return what a room of that area loses for each K that it is colder outside."""
    return round(_BUILDINGS[building] * area_m2, 3)


def capacity_wh_per_k(area_m2: float) -> float:
    """Return the heat that warms a room of that area by one K."""
    return round(_CAPACITY_WH_PER_K_M2 * area_m2, 3)


def schema(hass: HomeAssistant, *, named: bool) -> probatio.Schema:
    """Return the form; `named`: ask for a name too."""
    return probatio.Schema(
        {
            **heat_fields.name(named=named),
            **heat_fields.thermometers(),
            optional(h.CONF_THERMOSTAT): domain_entity("climate"),
            **heat_fields.limits(
                hass,
                target_c=_USUAL.target_c,
                maximum_c=_USUAL.maximum_c,
                highest_c=_WARMEST_C,
            ),
            **heat_fields.backup(),
            required(LOSS): folded(_walls()),
            required(OUTSIDE): folded(_outside(hass)),
            required(DEMAND): folded(
                {
                    **heat_fields.demand(hass, _WARMEST_C),
                    required(
                        h.CONF_ECO_K, degrees.shown_difference(hass, _USUAL.eco_k)
                    ): degrees.difference(hass, 20),
                }
            ),
            required(METER): folded(heat_fields.meter()),
        }
    )


def _walls() -> Fields:
    return {
        required(h.CONF_AREA_M2, 20.0): number(0.1, 100_000, "m²"),
        required(h.CONF_BUILDING, "average"): choice([*_BUILDINGS, OWN], "building"),
        **heat_fields.own_loss(),
        optional(h.CONF_CAPACITY_WH_PER_K): number(1, 10_000_000, "Wh/K"),
    }


def _outside(hass: HomeAssistant) -> Fields:
    cold = degrees.degrees(hass, -40, 40)
    return {
        optional(h.CONF_OUTDOOR): temperature_entity(),
        required(h.CONF_OUTDOOR_C, degrees.shown(hass, _USUAL.outdoor_c)): cold,
        required(
            h.CONF_HEATING_LIMIT_C, degrees.shown(hass, _USUAL.heating_limit_c)
        ): cold,
        **heat_fields.season("october", "april"),
        optional(h.CONF_WINDOWS): domain_entity(
            "binary_sensor", "input_boolean", multiple=True
        ),
    }


def errors(hass: HomeAssistant, values: Mapping[str, Any]) -> checks.Errors:
    """Judge what was entered, temperatures in °C."""
    result = {
        **checks.not_finite(values),
        **heat_checks.limits(values),
        **checks.used_twice(values, (h.CONF_TEMPERATURE, h.CONF_OUTDOOR)),
        **checks.each(hass, values, heat_checks.foreign, (h.CONF_THERMOSTAT,)),
        **checks.each(hass, values, checks.temperature, (h.CONF_OUTDOOR,)),
        **checks.each(hass, values, checks.entity, (h.CONF_WINDOWS,)),
    }
    if c.CONF_NAME in values:
        result.update(checks.left_out(values, c.CONF_NAME))
    own = values[h.CONF_BUILDING] == OWN
    if own and not values.get(h.CONF_LOSS_W_PER_K):
        result[h.CONF_LOSS_W_PER_K] = "loss_needed"
    return result


def computed(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return what was entered, with the loss and the capacity that follow from it."""
    area_m2, building = values[h.CONF_AREA_M2], values[h.CONF_BUILDING]
    capacity = {h.CONF_CAPACITY_WH_PER_K: capacity_wh_per_k(area_m2)}
    if building == OWN:
        return {**capacity, **values}
    loss = {h.CONF_LOSS_W_PER_K: loss_w_per_k(building, area_m2)}
    return {**values, **capacity, **loss}
