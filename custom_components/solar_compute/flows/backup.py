"""The forms for what would heat a sink otherwise: a page for each kind of heater.

May build schemas and checks; must never hold the state of a dialog.
"""

from collections.abc import Mapping
from typing import Any, Final

from homeassistant.const import UnitOfPower
from homeassistant.core import HomeAssistant
from homeassistant.helpers.selector import BooleanSelector, TimeSelector
import probatio

from .. import const_heat as h
from ..core.spec import BackupKind, BackupSchedule, BackupSpec
from . import checks, degrees, heat_checks
from .schema import (
    Fields,
    choice,
    domain_entity,
    folded,
    needed,
    number,
    optional,
    price,
    required,
    temperature_entity,
)

TIMING: Final = "timing"
DETAILS: Final = "details"
WAIT: Final = "wait"

_USUAL: Final = BackupSpec()
_FUELLED: Final = (BackupKind.GAS, BackupKind.DISTRICT)
_FUELLED_SCHEDULES: Final = (
    BackupSchedule.ON_DEMAND,
    BackupSchedule.TIMED,
    BackupSchedule.FOLLOWED,
)
_TIMETABLES: Final = (
    "binary_sensor",
    "calendar",
    "input_boolean",
    "input_datetime",
    "schedule",
    "sensor",
    "switch",
)
"""Domains of entities that can tell when a heater runs."""


def schema(
    hass: HomeAssistant, kind: BackupKind, *, room: bool = False
) -> probatio.Schema:
    """Return the form for one kind of heater, of a tank or of a `room`."""
    if kind is BackupKind.NONE:
        comfort = price(hass.config.currency)
        return probatio.Schema({required(h.CONF_COMFORT_PER_KWH, 0.0): comfort})
    schedules = _FUELLED_SCHEDULES if kind in _FUELLED else tuple(BackupSchedule)
    details = _details(hass, kind)
    return probatio.Schema(
        {
            **_main(hass, kind),
            required(h.CONF_BACKUP_SCHEDULE, BackupSchedule.ON_DEMAND.value): choice(
                [schedule.value for schedule in schedules],
                "backup_schedule",
                as_list=True,
            ),
            required(TIMING): folded(_timing(hass, hysteresis_k=0.5 if room else 5.0)),
            **({required(DETAILS): folded(details)} if details else {}),
            **({} if room else {required(WAIT): folded(_wait(hass))}),
        }
    )


def _main(hass: HomeAssistant, kind: BackupKind) -> Fields:
    paid = {needed(h.CONF_BACKUP_PRICE): price(hass.config.currency)}
    power = {
        required(h.CONF_BACKUP_POWER_W, _USUAL.power_w): number(
            1, 10_000_000, UnitOfPower.WATT
        )
    }
    if kind is BackupKind.GAS:
        efficiency = number(1, 120, "%")
        return {
            **paid,
            required(h.CONF_BACKUP_EFFICIENCY_PERCENT, 80.0): efficiency,
        }
    if kind is BackupKind.DISTRICT:
        return paid
    if kind is BackupKind.HEAT_PUMP:
        return {
            required(h.CONF_RATED_COP, _USUAL.rated_cop): number(1, 10),
            optional(h.CONF_SOURCE): temperature_entity(),
            required(
                h.CONF_SOURCE_C, degrees.shown(hass, _USUAL.source_c)
            ): degrees.degrees(hass, -40, 60),
            **power,
        }
    return power


def _timing(hass: HomeAssistant, hysteresis_k: float) -> Fields:
    return {
        optional(h.CONF_WINDOW_START): TimeSelector(),
        optional(h.CONF_WINDOW_END): TimeSelector(),
        optional(h.CONF_SECOND_WINDOW_START): TimeSelector(),
        optional(h.CONF_SECOND_WINDOW_END): TimeSelector(),
        optional(h.CONF_FOLLOW): domain_entity(*_TIMETABLES),
        required(
            h.CONF_HYSTERESIS_K, degrees.shown_difference(hass, hysteresis_k)
        ): degrees.difference(hass, 50),
    }


def _details(hass: HomeAssistant, kind: BackupKind) -> Fields:
    if kind in _FUELLED:
        emitted = number(0, 10_000, "g/kWh")
        usual = _USUAL.co2_g_per_kwh
        return {required(h.CONF_BACKUP_CO2_G_PER_KWH, usual): emitted}
    if kind is BackupKind.HEAT_PUMP:
        return {
            optional(h.CONF_COP): domain_entity("sensor", "number", "input_number"),
            required(h.CONF_FLOW_OFFSET_K, 0.0): degrees.difference(hass, 40),
        }
    return {}


def _wait(hass: HomeAssistant) -> Fields:
    return {
        optional(h.CONF_WAIT_ENTITY): domain_entity(
            "water_heater", "climate", "number", "input_number", *h.SWITCHED
        ),
        optional(h.CONF_WAIT_FLOOR_C): degrees.degrees(hass, 0, 100),
        required(h.CONF_WAIT_OWN_TIMEOUT, False): BooleanSelector(),
    }


def errors(hass: HomeAssistant, values: Mapping[str, Any]) -> checks.Errors:
    """Judge what was entered; `values` has the first page too, temperatures in °C."""
    kind = BackupKind(values[h.CONF_BACKUP])
    return {
        **checks.not_finite(values),
        **checks.each(hass, values, checks.temperature, (h.CONF_SOURCE,)),
        **checks.each(hass, values, checks.entity, (h.CONF_COP,)),
        **(checks.left_out(values, h.CONF_BACKUP_PRICE) if kind in _FUELLED else {}),
        **_timing_errors(hass, values),
        **_wait_errors(hass, values),
    }


def _timing_errors(hass: HomeAssistant, values: Mapping[str, Any]) -> checks.Errors:
    schedule = values.get(h.CONF_BACKUP_SCHEDULE)
    second = (h.CONF_SECOND_WINDOW_START, h.CONF_SECOND_WINDOW_END)
    result = {
        **checks.both_or_none(values, h.CONF_WINDOW_START, h.CONF_WINDOW_END),
        **checks.both_or_none(values, *second),
        **checks.each(hass, values, heat_checks.timetable, (h.CONF_FOLLOW,)),
    }
    if schedule == BackupSchedule.TIMED and not values.get(h.CONF_WINDOW_START):
        result[h.CONF_WINDOW_START] = "window_needed"
    if schedule == BackupSchedule.FOLLOWED and not values.get(h.CONF_FOLLOW):
        result[h.CONF_FOLLOW] = "follow_needed"
    return result


def _wait_errors(hass: HomeAssistant, values: Mapping[str, Any]) -> checks.Errors:
    entity_id = values.get(h.CONF_WAIT_ENTITY)
    floor_c = values.get(h.CONF_WAIT_FLOOR_C)
    if entity_id is None:
        return {}
    if error := heat_checks.foreign(hass, entity_id):
        return {h.CONF_WAIT_ENTITY: error}
    if entity_id.partition(".")[0] in h.SWITCHED:
        if not values[h.CONF_WAIT_OWN_TIMEOUT]:
            return {h.CONF_WAIT_OWN_TIMEOUT: "own_timeout_needed"}
    elif floor_c is None:
        return {h.CONF_WAIT_FLOOR_C: "floor_needed"}
    elif floor_c >= values[h.CONF_TARGET_C]:
        return {h.CONF_WAIT_FLOOR_C: "floor_not_below_target"}
    return {}
