"""The form for what a worker is worth, when it may switch, and where its heat goes.

The same for every kind of worker. May build schemas and checks; must never hold the
state of a dialog.
"""

from collections.abc import Mapping
from typing import Any

from homeassistant.config_entries import ConfigEntry
from homeassistant.helpers.selector import SelectOptionDict, TextSelector, TimeSelector
import probatio

from .. import const as c, const_heat as h
from . import checks, numbers
from .schema import (
    Fields,
    choice,
    flat,
    folded,
    number,
    optional,
    percent,
    required,
    seconds,
    whole,
)

SWITCHING = "switching"
HEAT = "heat"
QUIET = "quiet"

_SHORTEST_S = 0.1
"""Times that are divided by or waited for must not be nought."""

_LONGEST_LEASE_S = 600.0
"""The companion service grants no longer one."""

_LONGEST_WAKE_S = 3600.0

_LOUDEST_DB = 150.0


def schema(
    entry: ConfigEntry,
    currency: str,
    *,
    leased: bool,
    sleeps: bool = False,
    named: bool = False,
) -> probatio.Schema:
    """Return the form.

    `leased`: it can hold a lease, `sleeps`: its machine may sleep, `named`: ask what it
    shall be called, too.
    """
    name_field = {optional(c.CONF_NAME): TextSelector()} if named else {}
    lease_field = (
        {required(c.CONF_LEASE_S, 120.0): seconds(_SHORTEST_S, _LONGEST_LEASE_S)}
        if leased
        else {}
    )
    wake_fields = (
        {
            required(c.CONF_WAKE_S, 120.0): seconds(_SHORTEST_S, _LONGEST_WAKE_S),
            required(c.CONF_WAKE_COST, 0.0): number(0, 1_000_000, currency),
        }
        if sleeps
        else {}
    )
    return probatio.Schema(
        {
            **name_field,
            **value_per_kwh(currency),
            required(c.CONF_VALUE_PER_HOUR, 0.0): number(0, 1_000_000, f"{currency}/h"),
            **places(entry),
            required(c.CONF_PRIORITY, 10): whole(1, 1000),
            required(SWITCHING): folded(
                {
                    required(c.CONF_START_COST, 0.005): number(0, 1_000_000, currency),
                    required(c.CONF_MIN_RUN_S, 900.0): seconds(),
                    required(c.CONF_MIN_PAUSE_S, 300.0): seconds(),
                    optional(c.CONF_MAX_STARTS_PER_DAY): whole(1, 100_000),
                    required(c.CONF_SETTLE_S, 60.0): seconds(),
                    **lease_field,
                    **wake_fields,
                }
            ),
            **heat(),
            required(QUIET): folded(
                {
                    optional(c.CONF_QUIET_START): TimeSelector(),
                    optional(c.CONF_QUIET_END): TimeSelector(),
                    required(c.CONF_QUIET_LEVEL, 0): whole(0, 100),
                    optional(c.CONF_NOISE_DB): TextSelector(),
                }
            ),
        }
    )


def value_per_kwh(currency: str) -> Fields:
    """Return the field for what the results of a kWh are worth."""
    return {
        required(c.CONF_VALUE_PER_KWH, 0.0): number(0, 1_000_000, f"{currency}/kWh")
    }


def places(entry: ConfigEntry) -> Fields:
    """Return what is asked about where heat goes, as far as there are such places."""
    sinks, spaces = _heat_goes_to(entry)
    return {
        **({optional(c.CONF_SINK): choice(sinks)} if sinks else {}),
        **({optional(c.CONF_SPACE): choice(spaces)} if spaces else {}),
    }


def heat() -> Fields:
    """Return the section about how much of the heat arrives there."""
    return {
        required(HEAT): folded(
            {
                required(c.CONF_RECOVERY_PERCENT, 90.0): percent(),
                required(c.CONF_COOLED_PERCENT, 0.0): percent(),
                required(c.CONF_COOLING_COP, 3.0): number(0.1, 50),
            }
        )
    }


def _heat_goes_to(
    entry: ConfigEntry,
) -> tuple[list[SelectOptionDict], list[SelectOptionDict]]:
    """Return the heat sinks to choose from, and the cooled spaces."""
    sinks: list[SelectOptionDict] = []
    spaces: list[SelectOptionDict] = []
    for subentry in entry.get_subentries_of_type(c.SUBENTRY_HEAT_SINK):
        is_space = subentry.data[c.CONF_KIND] == h.KIND_SPACE
        option = SelectOptionDict(value=subentry.subentry_id, label=subentry.title)
        (spaces if is_space else sinks).append(option)
    return sinks, spaces


def parsed(
    values: Mapping[str, Any], levels: int
) -> tuple[dict[str, Any], checks.Errors]:
    """Return what was entered for a worker with so many levels, and what is wrong."""
    result = dict(values)
    text = result.pop(c.CONF_NOISE_DB, "")
    errors = {
        **checks.not_finite(values),
        **checks.both_or_none(values, c.CONF_QUIET_START, c.CONF_QUIET_END),
    }
    if values[c.CONF_QUIET_LEVEL] > levels:
        errors[c.CONF_QUIET_LEVEL] = "level_too_high"
    if text.strip():
        noise_db = numbers.read(text)
        if noise_db is None or len(noise_db) != levels:
            errors[c.CONF_NOISE_DB] = "one_number_per_level"
        elif not all(0 <= noise <= _LOUDEST_DB for noise in noise_db):
            errors[c.CONF_NOISE_DB] = "noise_out_of_range"
        result[c.CONF_NOISE_DB] = noise_db
    return result, errors


def defaults(entry: ConfigEntry, currency: str) -> dict[str, Any]:
    """Return what is stored for a worker of which nothing but its identity is known."""
    page = schema(entry, currency, leased=True)({SWITCHING: {}, HEAT: {}, QUIET: {}})
    return parsed(flat(page), 1)[0]


def known(entry: ConfigEntry, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return what can be suggested of values stored before, lists as text.

    A sink or space that was deleted since is left out: the form would refuse it.
    """
    offered = {option["value"] for part in _heat_goes_to(entry) for option in part}
    return {
        key: numbers.listed(value) if key == c.CONF_NOISE_DB else value
        for key, value in values.items()
        if key not in (c.CONF_SINK, c.CONF_SPACE) or value in offered
    }
