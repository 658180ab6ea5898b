"""Judges what was entered about heat: sensors, temperatures in order, times in pairs.

Temperatures are in °C here. May read states and the entity registry; must never change
what was entered.
"""

from collections.abc import Collection, Mapping
from typing import Any

from homeassistant.components.sensor import SensorDeviceClass
from homeassistant.const import ATTR_DEVICE_CLASS
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from homeassistant.util.unit_conversion import VolumeFlowRateConverter

from .. import const as c, const_heat as h
from ..parsing import listed
from . import checks

_MOST_SENSORS = 4


def flow(hass: HomeAssistant, entity_id: str) -> str | None:
    """Check that an entity exists and measures a flow of water."""
    units = VolumeFlowRateConverter.VALID_UNITS
    return checks.measured(hass, entity_id, units.__contains__, "not_flow")


def foreign(hass: HomeAssistant, entity_id: str) -> str | None:
    """Check that an entity exists and is none of this integration's own."""
    registered = er.async_get(hass).async_get(entity_id)
    if registered is not None and registered.platform == c.DOMAIN:
        return "own_entity"
    return checks.entity(hass, entity_id)


def timetable(hass: HomeAssistant, entity_id: str) -> str | None:
    """Check that an entity exists and, if it is a sensor, says a point in time."""
    if missing := checks.entity(hass, entity_id):
        return missing
    if not entity_id.startswith("sensor."):
        return None
    state = hass.states.get(entity_id)
    registered = er.async_get(hass).async_get(entity_id)
    classes = {
        state.attributes.get(ATTR_DEVICE_CLASS) if state else None,
        registered.original_device_class if registered else None,
        registered.device_class if registered else None,
    }
    return None if SensorDeviceClass.TIMESTAMP in classes else "not_timestamp"


def thermometers(
    hass: HomeAssistant, values: Mapping[str, Any], taken: Collection[str]
) -> checks.Errors:
    """Check a sink's own sensors; `taken` are those of all other sinks."""
    key = h.CONF_TEMPERATURE
    sensors = listed(values.get(key))
    if not sensors:
        return {key: "value_needed"}
    if len(sensors) > _MOST_SENSORS:
        return {key: "too_many_sensors"}
    if any(sensor in taken for sensor in sensors):
        return {key: "used_by_other_sink"}
    return {
        **checks.used_twice(values, (key,)),
        **checks.each(hass, values, checks.temperature, (key,)),
    }


def limits(values: Mapping[str, Any]) -> checks.Errors:
    """Check that minimum, target and maximum are in this order, and priced."""
    target_c = values[h.CONF_TARGET_C]
    minimum_c = values.get(h.CONF_MINIMUM_C)
    errors: checks.Errors = {}
    if values[h.CONF_MAXIMUM_C] <= target_c:
        errors[h.CONF_MAXIMUM_C] = "maximum_not_above_target"
    if minimum_c is not None and minimum_c >= target_c:
        errors[h.CONF_MINIMUM_C] = "minimum_not_below_target"
    times = (h.CONF_READY_TIME, h.CONF_SECOND_READY_TIME)
    asked = minimum_c is not None or any(values.get(key) for key in times)
    if asked and not errors and values[h.CONF_SHORTAGE_PER_KWH] <= 0:
        errors[h.CONF_SHORTAGE_PER_KWH] = "shortage_needed"
    return errors


def ready_times(values: Mapping[str, Any]) -> checks.Errors:
    """Check that a time and its temperature come together, and can be reached."""
    errors: checks.Errors = {}
    for time, temperature_c in (
        (h.CONF_READY_TIME, h.CONF_READY_C),
        (h.CONF_SECOND_READY_TIME, h.CONF_SECOND_READY_C),
    ):
        wanted_c = values.get(temperature_c)
        if (values.get(time) is None) != (wanted_c is None):
            errors[time] = "ready_needs_both"
        elif wanted_c is not None and wanted_c > values[h.CONF_MAXIMUM_C]:
            errors[temperature_c] = "ready_above_maximum"
    return errors


def meter(
    hass: HomeAssistant, site: Mapping[str, Any], values: Mapping[str, Any]
) -> checks.Errors:
    """Check the heat meter: a power, or a flow with both its temperatures."""
    parts = (h.CONF_FLOW, h.CONF_FLOW_TEMPERATURE, h.CONF_RETURN_TEMPERATURE)
    given = [key for key in parts if values.get(key)]
    missing = [key for key in parts if key not in given] if given else []
    return {
        **dict.fromkeys(missing, "meter_incomplete"),
        **checks.each(hass, values, checks.power, (h.CONF_HEAT_POWER,)),
        **checks.used_by_site(site, values, h.CONF_HEAT_POWER),
        **checks.each(hass, values, flow, (h.CONF_FLOW,)),
        **checks.each(hass, values, checks.temperature, parts[1:]),
        **checks.used_twice(values, parts[1:]),
    }
