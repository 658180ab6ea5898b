"""The form for a cooled space, where heat is unwanted.

May build schemas and checks; must never hold the state of a dialog.
"""

from collections.abc import Mapping
from typing import Any

from homeassistant.core import HomeAssistant
import probatio

from .. import const as c, const_heat as h
from . import checks, heat_checks, heat_fields
from .schema import domain_entity, number, optional, percent, required


def schema(*, named: bool) -> probatio.Schema:
    """Return the form; `named`: ask for a name too."""
    return probatio.Schema(
        {
            **heat_fields.name(named=named),
            required(c.CONF_COOLED_PERCENT, 100.0): percent(),
            required(c.CONF_COOLING_COP, 3.0): number(0.1, 50),
            optional(h.CONF_CLIMATE): domain_entity("climate"),
            **heat_fields.season("may", "september"),
        }
    )


def errors(hass: HomeAssistant, values: Mapping[str, Any]) -> checks.Errors:
    """Judge what was entered."""
    result = {
        **checks.not_finite(values),
        **checks.each(hass, values, heat_checks.foreign, (h.CONF_CLIMATE,)),
    }
    if c.CONF_NAME in values:
        result.update(checks.left_out(values, c.CONF_NAME))
    return result
