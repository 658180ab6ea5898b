"""Reads what is known of tanks, rooms and cooled spaces.

May read sensors through `inputs` only; must never make up a value. A backup heater that
tells when it runs is understood in three ways: it is on, a schedule or calendar says
when it begins, or the entity's state is that time.
"""

from datetime import datetime

from homeassistant.components.climate.const import (
    ATTR_HVAC_ACTION,
    ATTR_TARGET_TEMP_LOW,
    HVACAction,
    HVACMode,
)
from homeassistant.const import ATTR_TEMPERATURE
from homeassistant.core import State
from homeassistant.util import dt as dt_util

from . import units
from .configured_heat import HeatMeter, RoomConfig, SpaceConfig, TankConfig
from .controls import RoomControls
from .core.heat_meter import heat_w
from .core.model import RoomInput, SpaceInput, TankInput
from .core.observe import usable
from .core.reading import Reading
from .core.spec import PolicySpec
from .inputs import Meters

_HEATING_MODES = (HVACMode.HEAT, HVACMode.HEAT_COOL, HVACMode.AUTO)
_HEATS = (HVACAction.HEATING, HVACAction.PREHEATING)
_COOLS = (HVACAction.COOLING, HVACAction.DRYING)
_COOLING_MODES = (HVACMode.COOL, HVACMode.DRY)
_STARTS = ("next_event", "start_time")
"""Where a schedule and a calendar say when they are on next."""


def tank_input(
    tank: TankConfig, meters: Meters, policy: PolicySpec, local: datetime
) -> TankInput:
    """Return one tank as observed."""
    slow_s = policy.temperature_hold_s
    highest, *lower = (
        meters.reading(name, units.temperature_c, slow_s) for name in tank.temperatures
    )
    return TankInput(
        key=tank.key,
        temperature_c=highest,
        lower_c=tuple(lower),
        source_c=_temperature(tank.backup.source, meters, slow_s),
        cop=_cop(tank.backup.cop, meters, slow_s),
        heat_w=_heat(tank.heat_meter, meters, policy),
        backup_in_s=_in_s(_followed(tank.backup.follow, meters, slow_s), local),
    )


def room_input(
    room: RoomConfig,
    meters: Meters,
    policy: PolicySpec,
    local: datetime,
    controls: RoomControls,
) -> RoomInput:
    """Return one room as observed; `controls` count where it has no thermostat."""
    slow_s = policy.temperature_hold_s
    followed = _followed(room.backup.follow, meters, slow_s)
    thermostat = _followed(room.thermostat, meters, slow_s)
    target_c: float | None = controls.target_in(room.spec)
    heating, preset = controls.heating, controls.preset_in(room.spec)
    if room.thermostat is not None:
        target_c, heating = _set_point_c(thermostat, meters), _heats(thermostat)
        preset = None
    runs = _runs(thermostat)
    return RoomInput(
        key=room.key,
        temperature_c=meters.mean(room.temperatures, units.temperature_c, slow_s),
        outdoor_c=_temperature(room.outdoor, meters, slow_s),
        target_c=target_c,
        heating=heating,
        preset=preset,
        window_open=_any_open(room.windows, meters, policy),
        backup_on=units.is_on(followed) if runs is None else runs,
        cop=_cop(room.backup.cop, meters, slow_s),
        heat_w=_heat(room.heat_meter, meters, policy),
        backup_in_s=_in_s(followed, local),
    )


def space_input(space: SpaceConfig, meters: Meters, policy: PolicySpec) -> SpaceInput:
    """Return one cooled space as observed."""
    state = _followed(space.climate, meters, policy.temperature_hold_s)
    if state is None:
        return SpaceInput(key=space.key)
    action = state.attributes.get(ATTR_HVAC_ACTION)
    cooling = state.state in _COOLING_MODES if action is None else action in _COOLS
    return SpaceInput(key=space.key, cooling=cooling)


def _followed(entity_id: str | None, meters: Meters, hold_s: float) -> State | None:
    return None if entity_id is None else meters.state(entity_id, hold_s)


def _temperature(
    entity_id: str | None, meters: Meters, hold_s: float
) -> Reading | None:
    if entity_id is None:
        return None
    return meters.reading(entity_id, units.temperature_c, hold_s)


def _cop(entity_id: str | None, meters: Meters, hold_s: float) -> Reading | None:
    return (
        None if entity_id is None else meters.reading(entity_id, units.number, hold_s)
    )


def _heat(meter: HeatMeter, meters: Meters, policy: PolicySpec) -> Reading | None:
    """Return the workers' heat where it is measured, as old as power or flow."""
    hold_s = policy.power_hold_s
    if meter.power is not None:
        return meters.reading(meter.power, units.power_w, hold_s)
    if not (meter.flow and meter.flow_temperature and meter.return_temperature):
        return None
    flow = meters.reading(meter.flow, units.flow_l_per_min, hold_s)
    slow_s = policy.temperature_hold_s
    before_c, after_c = (
        usable(
            meters.reading(name, units.temperature_c, slow_s),
            meters.now_s(),
            slow_s,
            -50.0,
            150.0,
        )
        for name in (meter.flow_temperature, meter.return_temperature)
    )
    if flow.value is None or before_c is None or after_c is None:
        return Reading(None, flow.measured_s)
    return Reading(heat_w(flow.value, before_c, after_c), flow.measured_s)


def _any_open(
    windows: tuple[str, ...], meters: Meters, policy: PolicySpec
) -> bool | None:
    """Tell whether a window is open; None where none is but not all say so."""
    states = [
        units.is_on(meters.state(name, policy.temperature_hold_s)) for name in windows
    ]
    if any(states):
        return True
    return None if not states or None in states else False


def _set_point_c(thermostat: State | None, meters: Meters) -> float | None:
    if thermostat is None:
        return None
    given = thermostat.attributes.get(ATTR_TEMPERATURE)
    if given is None:
        given = thermostat.attributes.get(ATTR_TARGET_TEMP_LOW)
    return units.in_c(given, meters.temperature_unit)


def _heats(thermostat: State | None) -> bool:
    """Tell whether a person lets a thermostat heat; a silent one forbids nothing."""
    return thermostat is None or thermostat.state in _HEATING_MODES


def _runs(thermostat: State | None) -> bool | None:
    """Tell whether the usual heating runs; None where the thermostat does not say."""
    if thermostat is None:
        return None
    if (action := thermostat.attributes.get(ATTR_HVAC_ACTION)) is not None:
        return action in _HEATS
    return None if thermostat.state in _HEATING_MODES else False


def _in_s(followed: State | None, local: datetime) -> float | None:
    """Return how soon the backup runs, in s: 0 while it does, None if nobody knows."""
    if followed is None:
        return None
    if units.is_on(followed):
        return 0.0
    given = next(
        (followed.attributes[name] for name in _STARTS if name in followed.attributes),
        followed.state,
    )
    starts = (
        given if isinstance(given, datetime) else dt_util.parse_datetime(str(given))
    )
    if starts is None:
        return None
    if starts.tzinfo is None:
        starts = starts.replace(tzinfo=local.tzinfo)
    in_s = (starts - local).total_seconds()
    return in_s if in_s >= 0 else None
