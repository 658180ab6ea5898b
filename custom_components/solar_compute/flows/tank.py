"""The forms for a hot-water tank, and for a buffer, a pool or a loop.

May build schemas and checks; must never hold the state of a dialog.
"""

from collections.abc import Mapping
from typing import Any, Final

from homeassistant.core import HomeAssistant
import probatio

from .. import const as c, const_heat as h
from ..core.spec import TankUse
from . import checks, degrees, heat_checks, heat_fields
from .heat_fields import DEMAND, LOSS, METER, OWN
from .schema import (
    Fields,
    choice,
    domain_entity,
    folded,
    needed,
    number,
    optional,
    required,
)

HYGIENE: Final = "hygiene"

_CLASSES: Final = {"a": (8.5, 4.25), "b": (12.0, 5.93), "c": (16.66, 8.33)}
"""Standing loss in W is at most a + b · litres^0.4 (EU 812/2013), at 45 K."""

_HOTTEST_C: Final = 100.0
_LONGEST_H: Final = 24.0 * 366


def loss_w_per_k(energy_class: str, volume_l: float) -> float:
    """Return the standing loss in W/K that the label of a tank allows."""
    fixed, growing = _CLASSES[energy_class]
    return round(float((fixed + growing * volume_l**0.4) / 45), 3)


def tank_schema(hass: HomeAssistant, *, named: bool) -> probatio.Schema:
    """Return the form for a hot-water tank; `named`: ask for a name too."""
    return probatio.Schema(
        {
            **heat_fields.name(named=named),
            **_vessel(),
            **heat_fields.limits(hass, target_c=55, maximum_c=60, highest_c=_HOTTEST_C),
            **heat_fields.backup(),
            required(LOSS): folded(_losses(hass, cold_c=10.0, draw_kwh=5.845)),
            required(DEMAND): folded(
                {
                    **heat_fields.demand(hass, _HOTTEST_C),
                    **heat_fields.ready_times(hass),
                }
            ),
            required(HYGIENE): folded(
                {
                    required(h.CONF_BOOST_AFTER_H, 168.0): number(0, _LONGEST_H, "h"),
                    optional(h.CONF_BOOST_ENTITY): domain_entity(
                        "button", "input_button", "script", "switch"
                    ),
                }
            ),
            required(METER): folded(heat_fields.meter()),
        }
    )


def loop_schema(hass: HomeAssistant, *, named: bool) -> probatio.Schema:
    """Return the form for a buffer, a pool or a loop."""
    uses = [TankUse.BUFFER.value, TankUse.EXPORTED.value]
    return probatio.Schema(
        {
            **heat_fields.name(named=named),
            required(h.CONF_USE, uses[0]): choice(uses, "use", as_list=True),
            **_vessel(),
            **heat_fields.limits(hass, target_c=40, maximum_c=55, highest_c=_HOTTEST_C),
            **heat_fields.backup(),
            required(LOSS): folded(_losses(hass, cold_c=25.0, draw_kwh=10.0)),
            required(DEMAND): folded(heat_fields.demand(hass, _HOTTEST_C)),
            required(METER): folded(heat_fields.meter()),
        }
    )


def _vessel() -> Fields:
    return {
        **heat_fields.thermometers(),
        needed(h.CONF_VOLUME_L): number(0.01, 1_000_000, "L"),
    }


def _losses(hass: HomeAssistant, *, cold_c: float, draw_kwh: float) -> Fields:
    return {
        required(h.CONF_ENERGY_CLASS, "b"): choice([*_CLASSES, OWN], "energy_class"),
        **heat_fields.own_loss(),
        required(h.CONF_AMBIENT_C, degrees.shown(hass, 18.0)): degrees.degrees(
            hass, -40, 100
        ),
        required(h.CONF_COLD_C, degrees.shown(hass, cold_c)): degrees.degrees(
            hass, 0, 100
        ),
        required(h.CONF_DRAW_KWH_PER_DAY, draw_kwh): number(0, 100_000, "kWh/d"),
    }


def errors(hass: HomeAssistant, values: Mapping[str, Any]) -> checks.Errors:
    """Judge what was entered for a tank or a loop, temperatures in °C."""
    result = {
        **checks.left_out(values, h.CONF_VOLUME_L),
        **checks.not_finite(values),
        **heat_checks.limits(values),
        **heat_checks.ready_times(values),
        **checks.each(hass, values, heat_checks.foreign, (h.CONF_BOOST_ENTITY,)),
    }
    if c.CONF_NAME in values:
        result.update(checks.left_out(values, c.CONF_NAME))
    if values[h.CONF_COLD_C] >= values[h.CONF_TARGET_C]:
        result[h.CONF_COLD_C] = "cold_not_below_target"
    own = values[h.CONF_ENERGY_CLASS] == OWN
    if own and values.get(h.CONF_LOSS_W_PER_K) is None:
        result[h.CONF_LOSS_W_PER_K] = "loss_needed"
    return result


def computed(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return what was entered, with the loss that follows from it."""
    energy_class = values[h.CONF_ENERGY_CLASS]
    if energy_class == OWN:
        return dict(values)
    loss = loss_w_per_k(energy_class, values[h.CONF_VOLUME_L])
    return {**values, h.CONF_LOSS_W_PER_K: loss}
