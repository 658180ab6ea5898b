"""The forms for a hot-water tank and for the heater that would heat it otherwise.

Temperatures are stored in °C and shown in the unit of the user. May build schemas and
checks; must never hold the state of a dialog.
"""

from collections.abc import Mapping
from typing import Any, Final

from homeassistant.const import UnitOfPower, UnitOfTemperature
from homeassistant.core import HomeAssistant
from homeassistant.helpers.selector import NumberSelector, TextSelector, TimeSelector
from homeassistant.util.unit_conversion import TemperatureConverter
import probatio

from .. import const as c
from ..core.spec import BackupKind, BackupSchedule
from . import checks
from .schema import (
    choice,
    folded,
    needed,
    number,
    optional,
    price,
    required,
    temperature_entity,
)

LOSS = "loss"
TIMING = "timing"
OWN_LOSS: Final = "own"

_CLASSES: Final = {"a": (8.5, 4.25), "b": (12.0, 5.93), "c": (16.66, 8.33)}
"""Standing loss in W is at most a + b · litres^0.4 (EU 812/2013), at 45 K."""

_TEMPERATURES = (c.CONF_TARGET_C, c.CONF_MAXIMUM_C, c.CONF_AMBIENT_C, c.CONF_SOURCE_C)
_ELECTRIC: Final = (
    BackupSchedule.ON_DEMAND,
    BackupSchedule.TIMED,
    BackupSchedule.DIVERTER,
)
KINDS: Final = (
    BackupKind.GAS,
    BackupKind.RESISTIVE,
    BackupKind.HEAT_PUMP,
    BackupKind.NONE,
)
_SCHEDULES: Final = {
    BackupKind.GAS: (BackupSchedule.ON_DEMAND, BackupSchedule.TIMED),
    BackupKind.RESISTIVE: _ELECTRIC,
    BackupKind.HEAT_PUMP: _ELECTRIC,
}


def loss_w_per_k(energy_class: str, volume_l: float) -> float:
    """Return the standing loss in W/K that the label of a tank allows."""
    fixed, growing = _CLASSES[energy_class]
    return round(float((fixed + growing * volume_l**0.4) / 45), 3)


def tank_schema(hass: HomeAssistant, *, named: bool) -> probatio.Schema:
    """Return the form for the tank; `named`: ask for a name too."""
    name_field = {required(c.CONF_NAME): TextSelector()} if named else {}
    return probatio.Schema(
        {
            **name_field,
            required(c.CONF_TEMPERATURE): temperature_entity(),
            needed(c.CONF_VOLUME_L): number(0.01, 1_000_000, "L"),
            required(c.CONF_TARGET_C, _shown(hass, 55.0)): _degrees(hass, 0, 100),
            required(c.CONF_MAXIMUM_C, _shown(hass, 60.0)): _degrees(hass, 0, 100),
            required(c.CONF_BACKUP): choice(
                [kind.value for kind in KINDS], "backup", as_list=True
            ),
            required(LOSS): folded(
                {
                    required(c.CONF_ENERGY_CLASS, "b"): choice(
                        [*_CLASSES, OWN_LOSS], "energy_class"
                    ),
                    optional(c.CONF_LOSS_W_PER_K): number(0, 10_000, "W/K"),
                    required(c.CONF_AMBIENT_C, _shown(hass, 18.0)): _degrees(
                        hass, -40, 100
                    ),
                    required(c.CONF_DRAW_KWH_PER_DAY, 5.845): number(
                        0, 100_000, "kWh/d"
                    ),
                }
            ),
        }
    )


def tank_errors(hass: HomeAssistant, values: Mapping[str, Any]) -> checks.Errors:
    """Judge what was entered for the tank, temperatures in °C."""
    errors = {
        **checks.left_out(values, c.CONF_VOLUME_L),
        **checks.not_finite(values),
        **checks.each(hass, values, checks.temperature, (c.CONF_TEMPERATURE,)),
    }
    if c.CONF_NAME in values:
        errors.update(checks.left_out(values, c.CONF_NAME))
    if values[c.CONF_MAXIMUM_C] <= values[c.CONF_TARGET_C]:
        errors[c.CONF_MAXIMUM_C] = "maximum_not_above_target"
    own = values[c.CONF_ENERGY_CLASS] == OWN_LOSS
    if own and values.get(c.CONF_LOSS_W_PER_K) is None:
        errors[c.CONF_LOSS_W_PER_K] = "loss_needed"
    return errors


def backup_schema(hass: HomeAssistant, kind: BackupKind) -> probatio.Schema:
    """Return the form for what heats the tank when no worker does."""
    currency = hass.config.currency
    if kind is BackupKind.NONE:
        return probatio.Schema({required(c.CONF_COMFORT_PER_KWH, 0.0): price(currency)})
    return probatio.Schema(
        {
            **_backup_fields(hass, kind),
            required(c.CONF_BACKUP_SCHEDULE, BackupSchedule.ON_DEMAND.value): choice(
                [schedule.value for schedule in _SCHEDULES[kind]],
                "backup_schedule",
                as_list=True,
            ),
            required(TIMING): folded(
                {
                    optional(c.CONF_WINDOW_START): TimeSelector(),
                    optional(c.CONF_WINDOW_END): TimeSelector(),
                    optional(c.CONF_SECOND_WINDOW_START): TimeSelector(),
                    optional(c.CONF_SECOND_WINDOW_END): TimeSelector(),
                    required(c.CONF_HYSTERESIS_K, 5.0): number(0, 50, "K"),
                }
            ),
        }
    )


def _backup_fields(hass: HomeAssistant, kind: BackupKind) -> dict[probatio.Marker, Any]:
    power = {
        required(c.CONF_BACKUP_POWER_W, 2000.0): number(1, 10_000_000, UnitOfPower.WATT)
    }
    if kind is BackupKind.GAS:
        return {
            needed(c.CONF_BACKUP_PRICE): price(hass.config.currency),
            required(c.CONF_BACKUP_EFFICIENCY_PERCENT, 80.0): number(1, 120, "%"),
            **power,
        }
    if kind is BackupKind.HEAT_PUMP:
        return {
            optional(c.CONF_SOURCE): temperature_entity(),
            required(c.CONF_SOURCE_C, _shown(hass, 7.0)): _degrees(hass, -40, 60),
            **power,
        }
    return power


def backup_errors(hass: HomeAssistant, values: Mapping[str, Any]) -> checks.Errors:
    """Judge what was entered for the backup heater."""
    errors = {
        **checks.not_finite(values),
        **checks.each(hass, values, checks.temperature, (c.CONF_SOURCE,)),
        **checks.both_or_none(values, c.CONF_WINDOW_START, c.CONF_WINDOW_END),
        **checks.both_or_none(
            values, c.CONF_SECOND_WINDOW_START, c.CONF_SECOND_WINDOW_END
        ),
    }
    if values.get(c.CONF_BACKUP) == BackupKind.GAS:
        errors.update(checks.left_out(values, c.CONF_BACKUP_PRICE))
    timed = values.get(c.CONF_BACKUP_SCHEDULE) == BackupSchedule.TIMED
    if timed and not values.get(c.CONF_WINDOW_START):
        errors[c.CONF_WINDOW_START] = "window_needed"
    return errors


def in_celsius(hass: HomeAssistant, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return what was entered with its temperatures in °C."""
    unit = hass.config.units.temperature_unit
    return {
        key: _converted(value, unit, UnitOfTemperature.CELSIUS)
        if key in _TEMPERATURES
        else value
        for key, value in values.items()
    }


def in_user_unit(hass: HomeAssistant, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return stored values with their temperatures in the user's unit."""
    return {
        key: _shown(hass, value) if key in _TEMPERATURES else value
        for key, value in values.items()
    }


def _degrees(hass: HomeAssistant, lowest_c: float, highest_c: float) -> NumberSelector:
    return number(
        _shown(hass, lowest_c),
        _shown(hass, highest_c),
        hass.config.units.temperature_unit,
    )


def _shown(hass: HomeAssistant, value_c: float) -> float:
    unit = hass.config.units.temperature_unit
    return _converted(value_c, UnitOfTemperature.CELSIUS, unit)


def _converted(value: float, given: str, wanted: str) -> float:
    return round(TemperatureConverter.convert(value, given, wanted), 3)
