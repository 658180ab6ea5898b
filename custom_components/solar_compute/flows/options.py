"""The dialog for the site's tunables: every time constant and limit is one.

The table below is the whole form. May build schemas and checks; must never reload the
entry, whose update listener does.
"""

from collections.abc import Container
from dataclasses import fields
from typing import Any

from homeassistant.config_entries import ConfigFlowResult, OptionsFlow
from homeassistant.const import STATE_UNAVAILABLE, STATE_UNKNOWN, UnitOfPower
from homeassistant.core import HomeAssistant, State
from homeassistant.helpers.selector import BooleanSelector
import probatio

from .. import const as c
from ..configured import Configuration
from ..core.spec import BatterySpec, PolicySpec, SiteSpec
from ..forecasts.solcast import is_detailed
from ..tariffs import has_prices
from . import checks
from .schema import (
    Fields,
    co2_entity,
    domain_entity,
    filled,
    flat,
    folded,
    number,
    optional,
    placed,
    power_entity,
    price,
    required,
    seconds,
    whole,
)

SECTIONS = {
    "switching": (
        "averaging_s",
        "start_horizon_s",
        "stop_horizon_s",
        "probe_backoff_s",
        "cut_short_s",
        c.CONF_BATTERY_HORIZON_S,
    ),
    "trust": (
        "power_hold_s",
        "soc_hold_s",
        "temperature_hold_s",
        "grace_s",
        c.CONF_MAXIMUM_W,
    ),
    "rhythm": (c.CONF_TICK_S, c.CONF_DEBOUNCE_S, c.CONF_PUBLISH_S),
    "commands": (
        c.CONF_COMMAND_TIMEOUT_S,
        c.CONF_RETRY_FIRST_S,
        c.CONF_RETRY_LONGEST_S,
        c.CONF_ISSUE_AFTER_TRIES,
    ),
    "ahead": (
        c.CONF_PLAN_AHEAD,
        c.CONF_SUN_FORECAST,
        c.CONF_WEATHER,
        c.CONF_PUBLISHED_PRICES,
        c.CONF_IMPORT_SERIES,
        c.CONF_EXPORT_SERIES,
    ),
    "yielding": (c.CONF_YIELDING_POWER, c.CONF_YIELDING_VALUE_PER_KWH),
    "carbon": (
        c.CONF_CO2_AVERAGE,
        c.CONF_CO2_AVERAGE_G_PER_KWH,
        c.CONF_CO2_MARGINAL,
        c.CONF_CO2_MARGINAL_G_PER_KWH,
    ),
}
_PRICE_OF = {
    c.CONF_IMPORT_SERIES: c.CONF_IMPORT_PRICE_ENTITY,
    c.CONF_EXPORT_SERIES: c.CONF_EXPORT_PRICE_ENTITY,
}
_SHORTEST_S = 0.01
_MAY_BE_NOUGHT = ("grace_s", "probe_backoff_s", "cut_short_s", c.CONF_DEBOUNCE_S)


class SiteOptionsFlow(OptionsFlow):
    """Changes the site's tunables."""

    async def async_step_init(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for all of them on one page of closed sections."""
        errors: checks.Errors = {}
        values = flat(user_input or {})
        if user_input is not None:
            errors = _errors(self.hass, self.config_entry.data, values)
            if not errors:
                return self.async_create_entry(data=values)
        schema = options_schema(self.hass.config.currency, wrong=errors)
        return self.async_show_form(
            step_id="init",
            data_schema=filled(self, schema, values or self.config_entry.options),
            errors=placed(errors, schema),
            last_step=True,
        )


def options_schema(currency: str, wrong: Container[str] = ()) -> probatio.Schema:
    """Return the form, with the defaults of the specs.

    Sections with a field that is `wrong` are open: an error is shown above them.
    """
    special: Fields = {
        required(c.CONF_MAXIMUM_W, default_of(c.CONF_MAXIMUM_W)): number(
            1, 1_000_000_000, UnitOfPower.WATT
        ),
        # Silent meters leave nothing but this to renew a lease by.
        required(c.CONF_TICK_S, default_of(c.CONF_TICK_S)): seconds(_SHORTEST_S, 60),
        required(c.CONF_ISSUE_AFTER_TRIES, default_of(c.CONF_ISSUE_AFTER_TRIES)): whole(
            1, 1000
        ),
        optional(c.CONF_YIELDING_POWER): power_entity(multiple=True),
        required(c.CONF_YIELDING_VALUE_PER_KWH, 0.0): price(currency),
        required(c.CONF_PLAN_AHEAD, True): BooleanSelector(),
        optional(c.CONF_SUN_FORECAST): domain_entity("sensor"),
        optional(c.CONF_WEATHER): domain_entity("weather"),
        required(c.CONF_PUBLISHED_PRICES, True): BooleanSelector(),
        optional(c.CONF_IMPORT_SERIES): domain_entity("sensor", "event"),
        optional(c.CONF_EXPORT_SERIES): domain_entity("sensor", "event"),
        optional(c.CONF_CO2_AVERAGE): co2_entity(),
        optional(c.CONF_CO2_MARGINAL): co2_entity(),
        **{
            required(key, default_of(key)): number(0, 5000, "g/kWh")
            for key in (c.CONF_CO2_AVERAGE_G_PER_KWH, c.CONF_CO2_MARGINAL_G_PER_KWH)
        },
    }
    times: Fields = {
        required(key, default_of(key)): seconds(
            0.0 if key in _MAY_BE_NOUGHT else _SHORTEST_S
        )
        for keys in SECTIONS.values()
        for key in keys
        if key not in special
    }
    known = {str(marker): (marker, part) for marker, part in (times | special).items()}
    return probatio.Schema(
        {
            required(section): folded(
                dict(known[key] for key in keys),
                opened=any(key in wrong for key in keys),
            )
            for section, keys in SECTIONS.items()
        }
    )


def default_of(key: str) -> Any:
    """Return what holds for an option that was never set."""
    if key == c.CONF_BATTERY_HORIZON_S:
        return _defaults(BatterySpec)["horizon_s"]
    return (_defaults(PolicySpec) | _defaults(SiteSpec) | _defaults(Configuration))[key]


def _defaults(spec: type) -> dict[str, Any]:
    return {field.name: field.default for field in fields(spec)}


def _forecast(hass: HomeAssistant, entity_id: str) -> str | None:
    """Check that a sensor exists and, if it says something now, shows a forecast."""
    if missing := checks.entity(hass, entity_id):
        return missing
    state = hass.states.get(entity_id)
    return None if _silent(state) or is_detailed(state) else "no_forecast"


def _prices(hass: HomeAssistant, entity_id: str) -> str | None:
    """Check that an entity exists and, if it says something now, knows coming prices."""
    if missing := checks.entity(hass, entity_id):
        return missing
    known = _silent(hass.states.get(entity_id)) or has_prices(hass, entity_id)
    return None if known else "no_prices"


def _unused_prices(site: Any, values: dict[str, Any]) -> checks.Errors:
    """Check that coming prices stand beside the price of now: a fixed one never changes."""
    return {
        series: "price_entity_needed"
        for series, price_entity in _PRICE_OF.items()
        if values.get(series) and not site.get(price_entity)
    }


def _silent(state: State | None) -> bool:
    return state is None or state.state in (STATE_UNAVAILABLE, STATE_UNKNOWN)


def _errors(hass: HomeAssistant, site: Any, values: dict[str, Any]) -> checks.Errors:
    key = c.CONF_YIELDING_POWER
    errors = {
        **checks.not_finite(values),
        **checks.used_by_site(site, values, key),
        **checks.used_twice(values, (key,)),
        **checks.each(hass, values, checks.power, (key,)),
        **checks.each(
            hass, values, checks.co2, (c.CONF_CO2_AVERAGE, c.CONF_CO2_MARGINAL)
        ),
        **checks.each(hass, values, checks.entity, (c.CONF_WEATHER,)),
        **checks.each(hass, values, _forecast, (c.CONF_SUN_FORECAST,)),
        **_unused_prices(site, values),
        **checks.each(hass, values, _prices, tuple(_PRICE_OF)),
    }
    if values[c.CONF_RETRY_LONGEST_S] < values[c.CONF_RETRY_FIRST_S]:
        errors[c.CONF_RETRY_LONGEST_S] = "retry_order"
    return errors
