"""Set-points of other integrations' devices: read, and written with their own actions.

Knows water heaters, thermostats, numbers and switches. Must never decide what to set.
"""

import asyncio
from dataclasses import dataclass
from math import isfinite

from homeassistant.components.climate.const import (
    ATTR_MIN_TEMP,
    ATTR_TARGET_TEMP_STEP,
    SERVICE_SET_TEMPERATURE,
)
from homeassistant.components.number.const import (
    ATTR_MIN,
    ATTR_STEP,
    ATTR_VALUE,
    SERVICE_SET_VALUE,
)
from homeassistant.const import (
    ATTR_ENTITY_ID,
    ATTR_TEMPERATURE,
    ATTR_UNIT_OF_MEASUREMENT,
    SERVICE_TURN_OFF,
    SERVICE_TURN_ON,
    STATE_OFF,
    STATE_ON,
    STATE_UNAVAILABLE,
    STATE_UNKNOWN,
    Platform,
    UnitOfTemperature,
)
from homeassistant.core import HomeAssistant, State, split_entity_id
from homeassistant.exceptions import HomeAssistantError
from homeassistant.util.unit_conversion import TemperatureConverter

ANSWER_WITHIN_S = 10.0

NUMBERS = (Platform.NUMBER, "input_number")
SWITCHES = (Platform.SWITCH, "input_boolean")


class SetPointError(Exception):
    """A device did not take a set-point; the message says what it answered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SetPoint:
    """What a device is set to, in its own unit; a switch is 1 (on) or 0 (off).

    `active`: it would heat now, if it were cold. `minimum` and `step` are what it
    accepts, where it says so.
    """

    value: float
    active: bool = True
    minimum: float | None = None
    step: float | None = None
    unit: str | None = None

    def from_c(self, temperature_c: float) -> float:
        """Return a temperature in °C in the unit of this set-point."""
        return TemperatureConverter.convert(
            temperature_c, UnitOfTemperature.CELSIUS, self.unit
        )


def is_switch(entity_id: str) -> bool:
    """Tell whether an entity can only be on or off."""
    return entity_id.partition(".")[0] in SWITCHES


def read_set_point(hass: HomeAssistant, entity_id: str) -> SetPoint | None:
    """Return what an entity is set to; None where it does not say."""
    state = hass.states.get(entity_id)
    if state is None or state.state in (STATE_UNAVAILABLE, STATE_UNKNOWN):
        return None
    domain = split_entity_id(entity_id)[0]
    if domain in SWITCHES:
        on = state.state == STATE_ON
        return SetPoint(value=1.0 if on else 0.0, active=on)
    system_unit = hass.config.units.temperature_unit
    if domain in NUMBERS:
        unit: str = state.attributes.get(ATTR_UNIT_OF_MEASUREMENT, "")
        known = unit in TemperatureConverter.VALID_UNITS
        return _of(
            state,
            state.state,
            state.attributes.get(ATTR_MIN),
            state.attributes.get(ATTR_STEP),
            unit=unit if known else system_unit,
        )
    return _of(
        state,
        state.attributes.get(ATTR_TEMPERATURE),
        state.attributes.get(ATTR_MIN_TEMP),
        state.attributes.get(ATTR_TARGET_TEMP_STEP),
        unit=system_unit,
    )


async def async_write_set_point(
    hass: HomeAssistant, entity_id: str, value: float
) -> None:
    """Set an entity to a value in its own unit. Raises SetPointError."""
    domain = split_entity_id(entity_id)[0]
    data: dict[str, object] = {ATTR_ENTITY_ID: entity_id}
    if domain in SWITCHES:
        action = SERVICE_TURN_ON if value else SERVICE_TURN_OFF
    elif domain in NUMBERS:
        action = SERVICE_SET_VALUE
        data[ATTR_VALUE] = value
    else:
        action = SERVICE_SET_TEMPERATURE
        data[ATTR_TEMPERATURE] = value
    try:
        async with asyncio.timeout(ANSWER_WITHIN_S):
            await hass.services.async_call(domain, action, data, blocking=True)
    except (HomeAssistantError, ValueError, TimeoutError) as err:
        raise SetPointError(f"{domain}.{action}: {err or 'no answer'}") from err


def _of(
    state: State, value: object, minimum: object, step: object, *, unit: str
) -> SetPoint | None:
    number = _number(value)
    if number is None:
        return None
    return SetPoint(
        value=number,
        active=state.state != STATE_OFF,
        minimum=_number(minimum),
        step=_number(step),
        unit=unit,
    )


def _number(value: object) -> float | None:
    if not isinstance(value, int | float | str):
        return None
    try:
        number = float(value)
    except ValueError:
        return None
    return number if isfinite(number) else None
