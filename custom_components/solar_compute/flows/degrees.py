"""Temperatures in dialogs: stored in °C, shown in the unit of the user.

May convert numbers and build selectors; must never hold the state of a dialog.
"""

from collections.abc import Collection, Mapping
from typing import Any

from homeassistant.const import UnitOfTemperature
from homeassistant.core import HomeAssistant
from homeassistant.helpers.selector import NumberSelector
from homeassistant.util.unit_conversion import (
    TemperatureConverter,
    TemperatureDeltaConverter,
)

from .schema import number

CELSIUS = UnitOfTemperature.CELSIUS


def degrees(hass: HomeAssistant, lowest_c: float, highest_c: float) -> NumberSelector:
    """Return a box for a temperature, in the unit of the user."""
    unit = hass.config.units.temperature_unit
    return number(shown(hass, lowest_c), shown(hass, highest_c), unit)


def difference(hass: HomeAssistant, largest_k: float) -> NumberSelector:
    """Return a box for a difference of temperatures, in the unit of the user."""
    unit = hass.config.units.temperature_unit
    return number(
        0, shown_difference(hass, largest_k), "K" if unit == CELSIUS else unit
    )


def shown_difference(hass: HomeAssistant, value_k: float) -> float:
    """Return a difference in K in the unit of the user."""
    unit = hass.config.units.temperature_unit
    return round(TemperatureDeltaConverter.convert(value_k, CELSIUS, unit), 3)


def in_kelvin(
    hass: HomeAssistant, values: Mapping[str, Any], keys: Collection[str]
) -> dict[str, Any]:
    """Return what was entered with the differences under `keys` in K."""
    unit = hass.config.units.temperature_unit
    return {
        key: round(TemperatureDeltaConverter.convert(value, unit, CELSIUS), 3)
        if key in keys
        else value
        for key, value in values.items()
    }


def shown(hass: HomeAssistant, value_c: float) -> float:
    """Return a temperature in °C in the unit of the user."""
    return _converted(value_c, CELSIUS, hass.config.units.temperature_unit)


def in_celsius(
    hass: HomeAssistant, values: Mapping[str, Any], keys: Collection[str]
) -> dict[str, Any]:
    """Return what was entered with the temperatures under `keys` in °C."""
    unit = hass.config.units.temperature_unit
    return {
        key: _converted(value, unit, CELSIUS) if key in keys else value
        for key, value in values.items()
    }


def in_user_unit(
    hass: HomeAssistant, values: Mapping[str, Any], keys: Collection[str]
) -> dict[str, Any]:
    """Return stored values with the temperatures under `keys` as the user has them."""
    return {
        key: shown(hass, value) if key in keys else value
        for key, value in values.items()
    }


def in_user_difference(
    hass: HomeAssistant, values: Mapping[str, Any], keys: Collection[str]
) -> dict[str, Any]:
    """Return stored values with the differences under `keys` as the user has them."""
    return {
        key: shown_difference(hass, value) if key in keys else value
        for key, value in values.items()
    }


def _converted(value: float, given: str, wanted: str) -> float:
    return round(TemperatureConverter.convert(value, given, wanted), 3)
