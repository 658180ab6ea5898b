"""The one way in for configuration: a config entry, parsed once into frozen values.

Stored data is flat JSON; units are converted here and nowhere else. Constants of
the keys are in `const`. May import Home Assistant's `ConfigEntry` and the core's
specs; must never read states and never write to the entry.

Entry data (the site's meters; W, %, kWh as the key's name says):
    grid_power, grid_export_power, pv_power, battery_power, battery_charge_power:
        lists of entity ids, every one of them optional but the first
    grid_inverted, battery_inverted, has_battery: bool
    battery_soc: entity id; battery_capacity_kwh, battery_charge_w,
    battery_discharge_w, battery_round_trip_percent, battery_reserve_soc,
    battery_wear_per_kwh: numbers
    import_price, export_price: currency per kWh; import_price_entity,
    export_price_entity: optional entity ids, which then win
    export_limit_w, import_limit_w: optional numbers
Entry options (all optional): `TUNABLES` and every field of `PolicySpec` by name,
    battery_horizon_s, maximum_w, yielding_power (list of entity ids),
    yielding_value_per_kwh, co2_average and co2_marginal (entity ids, which win over
    co2_average_g_per_kwh and co2_marginal_g_per_kwh), plan_ahead and published_prices
    (bool), sun_forecast, weather, import_series and export_series (entity ids)
Subentry `worker`: kind, and what the `WorkerKind` in `workers` of that key says (one
    that has no back-end is always on, and is no worker to anybody but the books);
    levels_w (list); lease_s where it can hold one; the fields of `WorkerSpec` by name,
    but recovery_percent, cooled_percent, quiet_start and quiet_end ("22:00:00");
    noise_db (list, one for each level); sink and space are ids of subentries
    `heat_sink`
Subentry `heat_sink`: see `configuration_heat`
Subentry `guard`: see `configuration_guards`
"""

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from homeassistant.config_entries import ConfigEntry, ConfigSubentry

from . import configuration_guards as guarding, configuration_heat as heat, const as c
from .configured import (
    AheadInputs,
    Configuration,
    PowerSource,
    Problem,
    ProblemKind,
    SiteInputs,
    WorkerConfig,
)
from .configured_heat import TankConfig
from .core.spec import BatterySpec, PolicySpec, SiteSpec, WorkerSpec
from .parsing import given, named, share, windows
from .workers import KINDS, is_switched, parse_backend

__all__ = [
    "Configuration",
    "PowerSource",
    "Problem",
    "ProblemKind",
    "SiteInputs",
    "TankConfig",
    "WorkerConfig",
    "parse",
    "power_source",
    "renamed",
]

TUNABLES = (
    c.CONF_PUBLISH_S,
    c.CONF_TICK_S,
    c.CONF_DEBOUNCE_S,
    c.CONF_COMMAND_TIMEOUT_S,
    c.CONF_RETRY_FIRST_S,
    c.CONF_RETRY_LONGEST_S,
    c.CONF_ISSUE_AFTER_TRIES,
)
"""Options that are fields of `Configuration` under the same name."""


_WORKER_FIELDS = (
    c.CONF_VALUE_PER_KWH,
    c.CONF_VALUE_PER_HOUR,
    c.CONF_START_COST,
    c.CONF_WAKE_COST,
    c.CONF_WAKE_S,
    c.CONF_MIN_RUN_S,
    c.CONF_MIN_PAUSE_S,
    c.CONF_MAX_STARTS_PER_DAY,
    c.CONF_PRIORITY,
    c.CONF_COOLING_COP,
    c.CONF_SETTLE_S,
    c.CONF_QUIET_LEVEL,
)
_AHEAD_FIELDS = (
    c.CONF_SUN_FORECAST,
    c.CONF_WEATHER,
    c.CONF_PUBLISHED_PRICES,
    c.CONF_IMPORT_SERIES,
    c.CONF_EXPORT_SERIES,
)
_ENTITY_KEYS = frozenset(
    {
        c.CONF_GRID_POWER,
        c.CONF_GRID_EXPORT_POWER,
        c.CONF_PV_POWER,
        c.CONF_BATTERY_POWER,
        c.CONF_BATTERY_CHARGE_POWER,
        c.CONF_BATTERY_SOC,
        c.CONF_IMPORT_PRICE_ENTITY,
        c.CONF_EXPORT_PRICE_ENTITY,
        c.CONF_YIELDING_POWER,
        c.CONF_CO2_AVERAGE,
        c.CONF_CO2_MARGINAL,
        c.CONF_SUN_FORECAST,
        c.CONF_WEATHER,
        c.CONF_IMPORT_SERIES,
        c.CONF_EXPORT_SERIES,
    }
    | frozenset[str]().union(*(kind.entity_keys for kind in KINDS.values()))
    | heat.ENTITY_KEYS
    | guarding.ENTITY_KEYS
)


def parse(entry: ConfigEntry) -> Configuration:
    """Return what the entry and its subentries configure."""
    tanks, rooms, spaces = heat.tanks(entry), heat.rooms(entry), heat.spaces(entry)
    sinks = {tank.key for tank in tanks} | {room.key for room in rooms}
    cooled = {space.key for space in spaces}
    subentries = tuple(entry.get_subentries_of_type(c.SUBENTRY_WORKER))
    loads = [_worker(subentry, sinks, cooled) for subentry in subentries]
    workers = tuple(load for load in loads if load.switched)
    always_on = tuple(load for load in loads if not load.switched)
    guards = guarding.guards(entry)
    site = {**entry.data, **entry.options}
    return Configuration(
        spec=SiteSpec(
            import_per_kwh=site[c.CONF_IMPORT_PRICE],
            export_per_kwh=site[c.CONF_EXPORT_PRICE],
            battery=_battery(site),
            policy=PolicySpec(**given(site, [f.name for f in fields(PolicySpec)])),
            tanks=tuple(tank.spec for tank in tanks),
            rooms=tuple(room.spec for room in rooms),
            spaces=tuple(space.spec for space in spaces),
            guards=guarding.guard_specs(guards),
            workers=tuple(worker.spec for worker in workers),
            always_on=tuple(load.spec for load in always_on),
            **given(
                site,
                (
                    c.CONF_EXPORT_LIMIT_W,
                    c.CONF_IMPORT_LIMIT_W,
                    c.CONF_MAXIMUM_W,
                    c.CONF_CO2_AVERAGE_G_PER_KWH,
                    c.CONF_CO2_MARGINAL_G_PER_KWH,
                ),
            ),
        ),
        inputs=_inputs(site),
        ahead=AheadInputs(
            **named(site, {c.CONF_PLAN_AHEAD: "plan"}),
            **given(site, _AHEAD_FIELDS),
        ),
        workers=workers,
        always_on=always_on,
        tanks=tanks,
        rooms=rooms,
        spaces=spaces,
        guards=guards,
        problems=tuple(
            Problem(
                kind=ProblemKind.DANGLING_SINK,
                subentry_id=subentry.subentry_id,
                placeholders={"worker": subentry.title},
            )
            for subentry in subentries
            if subentry.data.get(c.CONF_SINK) not in sinks | {None}
            or subentry.data.get(c.CONF_SPACE) not in cooled | {None}
        )
        + tuple(guarding.guard_problems(entry)),
        **given(site, TUNABLES),
        **given(site, (c.CONF_ONLY_WATCH,)),
    )


def _inputs(site: Mapping[str, Any]) -> SiteInputs:
    battery = site.get(c.CONF_HAS_BATTERY, False)
    value = site.get(c.CONF_YIELDING_VALUE_PER_KWH, 0.0)
    return SiteInputs(
        grid=power_source(
            site[c.CONF_GRID_POWER],
            site.get(c.CONF_GRID_EXPORT_POWER),
            inverted=site.get(c.CONF_GRID_INVERTED, False),
        ),
        battery=power_source(
            site[c.CONF_BATTERY_POWER],
            site.get(c.CONF_BATTERY_CHARGE_POWER),
            inverted=site.get(c.CONF_BATTERY_INVERTED, False),
        )
        if battery
        else None,
        soc=site[c.CONF_BATTERY_SOC] if battery else None,
        pv=power_source(site[c.CONF_PV_POWER]) if site.get(c.CONF_PV_POWER) else None,
        yielding=tuple((e, value) for e in site.get(c.CONF_YIELDING_POWER) or ()),
        import_price=site.get(c.CONF_IMPORT_PRICE_ENTITY),
        export_price=site.get(c.CONF_EXPORT_PRICE_ENTITY),
        co2_average=site.get(c.CONF_CO2_AVERAGE),
        co2_marginal=site.get(c.CONF_CO2_MARGINAL),
    )


def power_source(
    plus: list[str], minus: list[str] | None = None, *, inverted: bool = False
) -> PowerSource:
    """Return the source of sensors as configured; `inverted` swaps its sign."""
    sides = tuple(plus), tuple(minus or ())
    return PowerSource(plus=sides[inverted], minus=sides[not inverted])


def _battery(site: Mapping[str, Any]) -> BatterySpec | None:
    if not site.get(c.CONF_HAS_BATTERY, False):
        return None
    return BatterySpec(
        capacity_wh=site[c.CONF_BATTERY_CAPACITY_KWH] * 1000,
        charge_w=site[c.CONF_BATTERY_CHARGE_W],
        discharge_w=site[c.CONF_BATTERY_DISCHARGE_W],
        round_trip=site[c.CONF_BATTERY_ROUND_TRIP_PERCENT] / 100,
        reserve_soc=site[c.CONF_BATTERY_RESERVE_SOC],
        wear_per_kwh=site[c.CONF_BATTERY_WEAR_PER_KWH],
        **named(site, {c.CONF_BATTERY_HORIZON_S: "horizon_s"}),
    )


def _worker(
    subentry: ConfigSubentry, sinks: set[str], spaces: set[str]
) -> WorkerConfig:
    data = subentry.data
    sink, space = data.get(c.CONF_SINK), data.get(c.CONF_SPACE)
    return WorkerConfig(
        key=subentry.subentry_id,
        name=subentry.title,
        spec=WorkerSpec(
            key=subentry.subentry_id,
            name=subentry.title,
            levels_w=tuple(data[c.CONF_LEVELS_W]),
            sink=sink if sink in sinks else None,
            space=space if space in spaces else None,
            noise_db=tuple(data.get(c.CONF_NOISE_DB) or ()),
            quiet_hours=windows(data, (c.CONF_QUIET_START, c.CONF_QUIET_END)),
            **share(data, c.CONF_RECOVERY_PERCENT, "recovery"),
            **share(data, c.CONF_COOLED_PERCENT, "cooled_share"),
            **given(data, _WORKER_FIELDS),
        ),
        backend=parse_backend(data),
        switched=is_switched(data[c.CONF_KIND]),
    )


def renamed(data: Mapping[str, Any], old: str, new: str) -> dict[str, Any]:
    """Return stored data in which an entity that was renamed has its new id."""

    def replaced(value: Any) -> Any:
        if isinstance(value, list):
            return [new if item == old else item for item in value]
        return new if value == old else value

    return {
        key: replaced(value) if key in _ENTITY_KEYS else value
        for key, value in data.items()
    }
