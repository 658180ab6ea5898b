"""What the subentries of guards configure, as frozen values.

Called by `configuration`, which is the way in. Units are converted here. Must never
read states and never write to the entry.

Subentry `guard`: kind ("circuit", "power_cap", "battery_guard", "climate",
"condition", "quiet", "maximum"); workers: ids of other subentries, absent for all
    circuit: limit, limit_unit ("ampere", "watt"), voltage_v, phases ("1", "3"),
        share_percent, meter (entity id), meter_in_ampere, other_w
    power_cap: of; cap or signal (entity ids), cap_w
    battery_guard: minimum_soc, discharge_w
    climate: air, humidity, surface (entity ids), warmest_c, coldest_c,
        maximum_humidity, dew_margin_k, back_by_k, hold_s, latching, safety
    condition: watched (entity id), use, must_be ("on", "off"), latching, safety
    quiet: start, end, second_start, second_end ("22:00:00"), schedule (entity id),
        maximum_db, level
    maximum: energy_kwh, cost, run_h
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from homeassistant.config_entries import ConfigEntry, ConfigSubentry

from . import const as c, const_guards as g
from .configured import GuardConfig, Problem, ProblemKind
from .core.guard_spec import (
    BatteryGuard,
    CapOf,
    CircuitGuard,
    ClimateGuard,
    ConditionGuard,
    ConditionUse,
    GuardSpec,
    GuardSpecs,
    MaximumGuard,
    PowerCapGuard,
    QuietGuard,
)
from .parsing import given, named, share, windows

ENTITY_KEYS: Final = frozenset(
    {
        g.CONF_METER,
        g.CONF_CAP,
        g.CONF_SIGNAL,
        g.CONF_AIR,
        g.CONF_HUMIDITY,
        g.CONF_SURFACE,
        g.CONF_WATCHED,
        g.CONF_SCHEDULE,
    }
)
"""Stored keys whose values are entity ids, so that a renamed entity is followed."""

READINGS: Final[Mapping[str, Mapping[str, str]]] = {
    g.KIND_CIRCUIT: {g.CONF_METER: "power_w"},
    g.KIND_POWER_CAP: {g.CONF_CAP: "cap_w", g.CONF_SIGNAL: "state"},
    g.KIND_BATTERY: {},
    g.KIND_CLIMATE: {
        g.CONF_AIR: "temperature_c",
        g.CONF_HUMIDITY: "humidity",
        g.CONF_SURFACE: "surface_c",
    },
    g.KIND_CONDITION: {g.CONF_WATCHED: "state"},
    g.KIND_QUIET: {g.CONF_SCHEDULE: "state"},
    g.KIND_MAXIMUM: {},
}
"""The reading of `GuardInput` that the entity under each key gives, by kind."""

_WINDOWS: Final = (
    (g.CONF_START, g.CONF_END),
    (g.CONF_SECOND_START, g.CONF_SECOND_END),
)


def guards(entry: ConfigEntry) -> tuple[GuardConfig, ...]:
    """Return all guards of the entry, but none of a battery that is not there."""
    has_battery = entry.data.get(c.CONF_HAS_BATTERY, False)
    return tuple(
        _guard(subentry)
        for subentry in entry.get_subentries_of_type(g.SUBENTRY_GUARD)
        if has_battery or subentry.data[c.CONF_KIND] != g.KIND_BATTERY
    )


def guard_specs(configs: tuple[GuardConfig, ...]) -> GuardSpecs:
    """Return the guards' specs, kind by kind."""
    specs = [config.spec for config in configs]

    def of[Kind](kind: type[Kind]) -> tuple[Kind, ...]:
        return tuple(spec for spec in specs if isinstance(spec, kind))

    return GuardSpecs(
        conditions=of(ConditionGuard),
        climates=of(ClimateGuard),
        quiet=of(QuietGuard),
        maxima=of(MaximumGuard),
        circuits=of(CircuitGuard),
        caps=of(PowerCapGuard),
        batteries=of(BatteryGuard),
    )


def guard_problems(entry: ConfigEntry) -> Iterator[Problem]:
    """Yield the guards all of whose workers were deleted: they hold for nobody now."""
    workers = {
        subentry.subentry_id
        for subentry in entry.get_subentries_of_type(c.SUBENTRY_WORKER)
    }
    for subentry in entry.get_subentries_of_type(g.SUBENTRY_GUARD):
        chosen = set(subentry.data.get(g.CONF_WORKERS) or ())
        if chosen and not chosen & workers:
            yield Problem(
                kind=ProblemKind.IDLE_GUARD,
                subentry_id=subentry.subentry_id,
                placeholders={"guard": subentry.title},
            )


def _guard(subentry: ConfigSubentry) -> GuardConfig:
    data = subentry.data
    kind = data[c.CONF_KIND]
    spec = _SPECS[kind](
        data,
        {
            "key": subentry.subentry_id,
            "name": subentry.title,
            "workers": tuple(data.get(g.CONF_WORKERS) or ()),
        },
    )
    return GuardConfig(
        key=subentry.subentry_id,
        name=subentry.title,
        spec=spec,
        entities={
            reading: data[key]
            for key, reading in READINGS[kind].items()
            if data.get(key)
        },
        voltage_v=_volts(data) if data.get(g.CONF_METER_IN_AMPERE) else None,
    )


def _volts(data: Mapping[str, Any]) -> float:
    """Return what a current in A on every phase is multiplied by to be W."""
    volts: float = data.get(g.CONF_VOLTAGE_V, g.USUAL_VOLTAGE_V)
    return volts * int(data.get(g.CONF_PHASES, 1))


def _circuit(data: Mapping[str, Any], common: Mapping[str, Any]) -> CircuitGuard:
    in_ampere = data[g.CONF_LIMIT_UNIT] == g.UNIT_AMPERE
    return CircuitGuard(
        **common,
        limit_w=data[g.CONF_LIMIT] * (_volts(data) if in_ampere else 1.0),
        metered=bool(data.get(g.CONF_METER)),
        **share(data, g.CONF_SHARE_PERCENT, "share"),
        **given(data, (g.CONF_OTHER_W,)),
    )


def _power_cap(data: Mapping[str, Any], common: Mapping[str, Any]) -> PowerCapGuard:
    signalled = bool(data.get(g.CONF_SIGNAL))
    return PowerCapGuard(
        **common,
        of=CapOf(data[g.CONF_OF]),
        cap_w=data[g.CONF_CAP_W] if signalled else None,
    )


def _battery(data: Mapping[str, Any], common: Mapping[str, Any]) -> BatteryGuard:
    return BatteryGuard(
        **common, **given(data, (g.CONF_MINIMUM_SOC, g.CONF_DISCHARGE_W))
    )


def _climate(data: Mapping[str, Any], common: Mapping[str, Any]) -> ClimateGuard:
    return ClimateGuard(
        **common,
        # Of these four, what is absent was left empty: no limit.
        maximum_c=data.get(g.CONF_WARMEST_C),
        minimum_c=data.get(g.CONF_COLDEST_C),
        maximum_humidity=data.get(g.CONF_MAXIMUM_HUMIDITY),
        dew_margin_k=data.get(g.CONF_DEW_MARGIN_K),
        **named(data, {g.CONF_BACK_BY_K: "hysteresis_k"}),
        **given(data, (g.CONF_HOLD_S, g.CONF_LATCHING, g.CONF_SAFETY)),
    )


def _condition(data: Mapping[str, Any], common: Mapping[str, Any]) -> ConditionGuard:
    return ConditionGuard(
        **common,
        use=ConditionUse(data[g.CONF_USE]),
        must_be_on=data[g.CONF_MUST_BE] == "on",
        **given(data, (g.CONF_LATCHING, g.CONF_SAFETY)),
    )


def _quiet(data: Mapping[str, Any], common: Mapping[str, Any]) -> QuietGuard:
    return QuietGuard(
        **common,
        windows=windows(data, *_WINDOWS),
        followed=bool(data.get(g.CONF_SCHEDULE)),
        **given(data, (g.CONF_MAXIMUM_DB, g.CONF_LEVEL)),
    )


def _maximum(data: Mapping[str, Any], common: Mapping[str, Any]) -> MaximumGuard:
    energy_kwh, run_h = data.get(g.CONF_ENERGY_KWH), data.get(g.CONF_RUN_H)
    return MaximumGuard(
        **common,
        energy_wh=None if energy_kwh is None else energy_kwh * 1000,
        cost=data.get(g.CONF_COST),
        run_s=None if run_h is None else run_h * 3600,
    )


_SPECS: Final[
    Mapping[str, Callable[[Mapping[str, Any], Mapping[str, Any]], GuardSpec]]
] = {
    g.KIND_CIRCUIT: _circuit,
    g.KIND_POWER_CAP: _power_cap,
    g.KIND_BATTERY: _battery,
    g.KIND_CLIMATE: _climate,
    g.KIND_CONDITION: _condition,
    g.KIND_QUIET: _quiet,
    g.KIND_MAXIMUM: _maximum,
}
