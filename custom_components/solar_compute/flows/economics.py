"""The form for what a worker is worth, when it may switch, and where its heat goes.

The same for every kind of worker. May build schemas and checks; must never hold the
state of a dialog.
"""

from collections.abc import Mapping
from typing import Any

from homeassistant.config_entries import ConfigEntry
from homeassistant.helpers.selector import SelectOptionDict, TimeSelector
import probatio

from .. import const as c
from . import checks
from .schema import choice, folded, number, optional, percent, required, seconds, whole

SWITCHING = "switching"
HEAT = "heat"
QUIET = "quiet"

_SHORTEST_S = 0.1
"""Times that are divided by or waited for must not be nought."""

_LONGEST_LEASE_S = 600.0
"""The companion service grants no longer one."""


def schema(entry: ConfigEntry, currency: str, *, leased: bool) -> probatio.Schema:
    """Return the form; `leased`: the worker can hold a lease."""
    sinks = [
        SelectOptionDict(value=sink.subentry_id, label=sink.title)
        for sink in entry.get_subentries_of_type(c.SUBENTRY_HEAT_SINK)
    ]
    sink_field = {optional(c.CONF_SINK): choice(sinks)} if sinks else {}
    lease_field = (
        {required(c.CONF_LEASE_S, 120.0): seconds(_SHORTEST_S, _LONGEST_LEASE_S)}
        if leased
        else {}
    )
    return probatio.Schema(
        {
            required(c.CONF_VALUE_PER_KWH, 0.0): number(
                0, 1_000_000, f"{currency}/kWh"
            ),
            required(c.CONF_VALUE_PER_HOUR, 0.0): number(0, 1_000_000, f"{currency}/h"),
            **sink_field,
            required(c.CONF_PRIORITY, 10): whole(1, 1000),
            required(SWITCHING): folded(
                {
                    required(c.CONF_START_COST, 0.005): number(0, 1_000_000, currency),
                    required(c.CONF_MIN_RUN_S, 900.0): seconds(),
                    required(c.CONF_MIN_PAUSE_S, 300.0): seconds(),
                    optional(c.CONF_MAX_STARTS_PER_DAY): whole(1, 100_000),
                    required(c.CONF_SETTLE_S, 60.0): seconds(),
                    **lease_field,
                }
            ),
            required(HEAT): folded(
                {
                    required(c.CONF_RECOVERY_PERCENT, 90.0): percent(),
                    required(c.CONF_COOLED_PERCENT, 0.0): percent(),
                    required(c.CONF_COOLING_COP, 3.0): number(0.1, 50),
                }
            ),
            required(QUIET): folded(
                {
                    optional(c.CONF_QUIET_START): TimeSelector(),
                    optional(c.CONF_QUIET_END): TimeSelector(),
                    required(c.CONF_QUIET_LEVEL, 0): whole(0, 100),
                }
            ),
        }
    )


def errors(values: Mapping[str, Any], levels: int) -> checks.Errors:
    """Judge what was entered for a worker with so many levels."""
    too_high = values[c.CONF_QUIET_LEVEL] > levels
    return {
        **checks.not_finite(values),
        **checks.both_or_none(values, c.CONF_QUIET_START, c.CONF_QUIET_END),
        **({c.CONF_QUIET_LEVEL: "level_too_high"} if too_high else {}),
    }


def known(entry: ConfigEntry, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return what can be suggested of values stored before.

    A sink that was deleted since is left out: the form would refuse it.
    """
    dangling = values.get(c.CONF_SINK) not in entry.subentries
    return {k: v for k, v in values.items() if k != c.CONF_SINK or not dangling}
