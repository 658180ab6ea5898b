"""Heat sinks as they are stored, parsed into frozen values.

May import Home Assistant's `ConfigEntry` and the core's specs; must never read states
and never write to the entry. Constants of the keys are in `const_heat`. Lists of
entities may also be stored as one entity.

Subentry `heat_sink`, by its `kind`; what is not set takes the default of its field:

"tank" and "loop" (a buffer, a pool or a network; `use` is "buffer" or "exported"):
    temperature (list, from the top down), volume_l, target_c, maximum_c, minimum_c,
    shortage_per_kwh, ambient_c, cold_c, energy_class ("a", "b", "c", "own"),
    loss_w_per_k, draw_kwh_per_day, supply ("surplus", "battery", "grid")
    tank only: ready_time and ready_c, second_ready_time and second_ready_c;
    boost_after_h (0 or absent: no reminder), boost_entity
"room":
    temperature (list), outdoor, outdoor_c, windows (list), thermostat, target_c, eco_k,
    maximum_c, minimum_c, shortage_per_kwh, supply, area_m2, building ("old",
    "average", "new", "own"), loss_w_per_k, capacity_wh_per_k, heating_limit_c,
    season_first and season_last ("january" ...)
"space":
    cooled_percent, cooling_cop, climate, season_first, season_last
All but "space": heat_power, or flow, flow_temperature and return_temperature
    (entities); backup, backup_schedule, backup_price, backup_efficiency_percent,
    backup_power_w, backup_co2_g_per_kwh, hysteresis_k, rated_cop, flow_offset_k,
    cop and source (entities), source_c, comfort_per_kwh, follow (entity),
    window_start, window_end, second_window_start, second_window_end
All but "room" and "space": wait_entity, wait_floor_c, wait_own_timeout
"""

from collections.abc import Mapping
from typing import Any

from homeassistant.config_entries import ConfigEntry, ConfigSubentry

from . import const as c, const_heat as h
from .configured_heat import (
    BackupEntities,
    BoostRequest,
    HeatMeter,
    RoomConfig,
    SpaceConfig,
    TankConfig,
    WaitRequest,
)
from .core.spec import (
    BackupKind,
    BackupSchedule,
    BackupSpec,
    HeatSupply,
    MonthSpan,
    ReadyBy,
    RoomSpec,
    SpaceSpec,
    TankSpec,
    TankUse,
)
from .parsing import given, listed, minute, named, share, windows

ENTITY_KEYS = frozenset(
    {
        h.CONF_TEMPERATURE,
        h.CONF_HEAT_POWER,
        h.CONF_FLOW,
        h.CONF_FLOW_TEMPERATURE,
        h.CONF_RETURN_TEMPERATURE,
        h.CONF_BOOST_ENTITY,
        h.CONF_OUTDOOR,
        h.CONF_WINDOWS,
        h.CONF_THERMOSTAT,
        h.CONF_CLIMATE,
        h.CONF_COP,
        h.CONF_SOURCE,
        h.CONF_FOLLOW,
        h.CONF_WAIT_ENTITY,
    }
)
"""Keys of a heat sink that hold entity ids."""

_TANK_KINDS = (h.KIND_TANK, h.KIND_LOOP)
_SINK_FIELDS = (
    h.CONF_TARGET_C,
    h.CONF_MAXIMUM_C,
    h.CONF_MINIMUM_C,
    h.CONF_SHORTAGE_PER_KWH,
    h.CONF_LOSS_W_PER_K,
)
_TANK_FIELDS = (*_SINK_FIELDS, h.CONF_VOLUME_L, h.CONF_AMBIENT_C, h.CONF_COLD_C)
_ROOM_FIELDS = (
    *_SINK_FIELDS,
    h.CONF_ECO_K,
    h.CONF_CAPACITY_WH_PER_K,
    h.CONF_OUTDOOR_C,
    h.CONF_HEATING_LIMIT_C,
)
_BACKUP_FIELDS = {
    h.CONF_BACKUP_PRICE: "price_per_kwh",
    h.CONF_BACKUP_POWER_W: "power_w",
    h.CONF_BACKUP_CO2_G_PER_KWH: "co2_g_per_kwh",
    h.CONF_HYSTERESIS_K: "hysteresis_k",
    h.CONF_RATED_COP: "rated_cop",
    h.CONF_FLOW_OFFSET_K: "flow_offset_k",
    h.CONF_SOURCE_C: "source_c",
    h.CONF_COMFORT_PER_KWH: "comfort_per_kwh",
}
_ROOM_HYSTERESIS_K = 0.5
"""Room thermostats hold closer to their target than those of tanks."""


def tanks(entry: ConfigEntry) -> tuple[TankConfig, ...]:
    """Return all tanks and loops."""
    return tuple(map(_tank, _of_kind(entry, *_TANK_KINDS)))


def rooms(entry: ConfigEntry) -> tuple[RoomConfig, ...]:
    """Return all rooms that workers heat."""
    return tuple(map(_room, _of_kind(entry, h.KIND_ROOM)))


def spaces(entry: ConfigEntry) -> tuple[SpaceConfig, ...]:
    """Return all cooled spaces."""
    return tuple(map(_space, _of_kind(entry, h.KIND_SPACE)))


def _of_kind(entry: ConfigEntry, *kinds: str) -> list[ConfigSubentry]:
    return [
        subentry
        for subentry in entry.get_subentries_of_type(c.SUBENTRY_HEAT_SINK)
        if subentry.data[c.CONF_KIND] in kinds
    ]


def _tank(subentry: ConfigSubentry) -> TankConfig:
    data = subentry.data
    temperatures = listed(data[h.CONF_TEMPERATURE])
    return TankConfig(
        key=subentry.subentry_id,
        name=subentry.title,
        spec=TankSpec(
            key=subentry.subentry_id,
            name=subentry.title,
            use=TankUse(data.get(h.CONF_USE, TankUse.HOT_WATER)),
            draw_wh_per_day=data[h.CONF_DRAW_KWH_PER_DAY] * 1000,
            ready_by=_ready_by(data),
            sensors=len(temperatures),
            backup=_backup(data),
            **_supply(data),
            **given(data, _TANK_FIELDS),
        ),
        temperatures=temperatures,
        backup=_backup_entities(data),
        heat_meter=_heat_meter(data),
        wait=_wait(data),
        boost=_boost(data),
    )


def _room(subentry: ConfigSubentry) -> RoomConfig:
    data = subentry.data
    return RoomConfig(
        key=subentry.subentry_id,
        name=subentry.title,
        spec=RoomSpec(
            key=subentry.subentry_id,
            name=subentry.title,
            backup=_backup({h.CONF_HYSTERESIS_K: _ROOM_HYSTERESIS_K, **data}),
            **_season(data),
            **_supply(data),
            **given(data, _ROOM_FIELDS),
        ),
        temperatures=listed(data[h.CONF_TEMPERATURE]),
        outdoor=data.get(h.CONF_OUTDOOR),
        windows=listed(data.get(h.CONF_WINDOWS)),
        thermostat=data.get(h.CONF_THERMOSTAT),
        backup=_backup_entities(data),
        heat_meter=_heat_meter(data),
    )


def _space(subentry: ConfigSubentry) -> SpaceConfig:
    data = subentry.data
    climate = data.get(h.CONF_CLIMATE)
    return SpaceConfig(
        key=subentry.subentry_id,
        name=subentry.title,
        spec=SpaceSpec(
            key=subentry.subentry_id,
            name=subentry.title,
            followed=climate is not None,
            **share(data, c.CONF_COOLED_PERCENT, "cooled_share"),
            **given(data, (c.CONF_COOLING_COP,)),
            **_season(data),
        ),
        climate=climate,
    )


def _backup(data: Mapping[str, Any]) -> BackupSpec:
    return BackupSpec(
        kind=BackupKind(data[h.CONF_BACKUP]),
        schedule=BackupSchedule(
            data.get(h.CONF_BACKUP_SCHEDULE, BackupSchedule.ON_DEMAND)
        ),
        windows=windows(
            data,
            (h.CONF_WINDOW_START, h.CONF_WINDOW_END),
            (h.CONF_SECOND_WINDOW_START, h.CONF_SECOND_WINDOW_END),
        ),
        **named(data, _BACKUP_FIELDS),
        **share(data, h.CONF_BACKUP_EFFICIENCY_PERCENT, "efficiency"),
    )


def _backup_entities(data: Mapping[str, Any]) -> BackupEntities:
    return BackupEntities(
        follow=data.get(h.CONF_FOLLOW),
        source=data.get(h.CONF_SOURCE),
        cop=data.get(h.CONF_COP),
    )


def _heat_meter(data: Mapping[str, Any]) -> HeatMeter:
    return HeatMeter(
        power=data.get(h.CONF_HEAT_POWER),
        flow=data.get(h.CONF_FLOW),
        flow_temperature=data.get(h.CONF_FLOW_TEMPERATURE),
        return_temperature=data.get(h.CONF_RETURN_TEMPERATURE),
    )


def _wait(data: Mapping[str, Any]) -> WaitRequest | None:
    """Return the request; None too for a switch without a time-out of its own."""
    entity = data.get(h.CONF_WAIT_ENTITY)
    if entity is None:
        return None
    switched = entity.partition(".")[0] in h.SWITCHED
    if switched:
        allowed = data.get(h.CONF_WAIT_OWN_TIMEOUT, False)
        return WaitRequest(entity=entity) if allowed else None
    floor_c = data.get(h.CONF_WAIT_FLOOR_C)
    return None if floor_c is None else WaitRequest(entity=entity, floor_c=floor_c)


def _boost(data: Mapping[str, Any]) -> BoostRequest | None:
    after_h = data.get(h.CONF_BOOST_AFTER_H)
    if not after_h:
        return None
    return BoostRequest(after_h=after_h, entity=data.get(h.CONF_BOOST_ENTITY))


def _ready_by(data: Mapping[str, Any]) -> tuple[ReadyBy, ...]:
    """Return the times whose temperature is set too."""
    return tuple(
        ReadyBy(minute=minute(data[time]), temperature_c=data[temperature_c])
        for time, temperature_c in (
            (h.CONF_READY_TIME, h.CONF_READY_C),
            (h.CONF_SECOND_READY_TIME, h.CONF_SECOND_READY_C),
        )
        if data.get(time) and data.get(temperature_c) is not None
    )


def _supply(data: Mapping[str, Any]) -> dict[str, Any]:
    supply = data.get(h.CONF_SUPPLY)
    return {} if supply is None else {"supply": HeatSupply(supply)}


def _season(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return the season if both its ends are set."""
    first, last = data.get(h.CONF_SEASON_FIRST), data.get(h.CONF_SEASON_LAST)
    if first is None or last is None:
        return {}
    span = MonthSpan(first=h.MONTHS.index(first) + 1, last=h.MONTHS.index(last) + 1)
    return {"season": span}
