"""A thermostat or water heater as a worker: it stores surplus as heat.

To run is to be set to the wanted temperature; to pause is to be given back what it was
set to before, which is kept on disk from before the first change until then. Whoever
else changes it is right, and keeps it. Paused, it may heat for its own target: that is
the home's own load. It must never be left on at the wanted temperature, nor off, by an
orderly end.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from math import isfinite
from typing import Any, override

from homeassistant.components.climate.const import (
    ATTR_CURRENT_TEMPERATURE,
    ATTR_HVAC_MODE,
    ATTR_PRESET_MODE,
    ATTR_TARGET_TEMP_HIGH,
    ATTR_TARGET_TEMP_LOW,
    ATTR_TARGET_TEMP_STEP,
    SERVICE_SET_HVAC_MODE,
    SERVICE_SET_PRESET_MODE,
    SERVICE_SET_TEMPERATURE,
)
from homeassistant.components.water_heater.const import (
    ATTR_OPERATION_MODE,
    SERVICE_SET_OPERATION_MODE,
)
from homeassistant.const import ATTR_TEMPERATURE, STATE_OFF, UnitOfTemperature
from homeassistant.core import HomeAssistant, State, split_entity_id
from homeassistant.util.unit_conversion import TemperatureConverter

from ..core.model import WorkerState
from .entity_control import PAUSED, Control, Shown, async_act, said
from .kept import Kept, Phase, Settings

HEATERS = ("climate", "water_heater")

SAME = 0.5
"""Temperatures closer than this, in the unit of the user, are the same: some round."""

COLDER = 1.0
"""How much colder than wanted, in that unit, it must be before it is worth a start."""

DETAIL_WARM = "it is as warm as wanted"
DETAIL_OFF = "it is turned off, and no mode was chosen for it"


@dataclass(frozen=True, slots=True, kw_only=True)
class Heater:
    """A thermostat or water heater, and what it is set to while it runs.

    `mode` None: it stays in its own.
    """

    entity: str
    temperature_c: float
    mode: str | None = None

    @property
    def entities(self) -> tuple[str, ...]:
        """Return the entities that it is made of."""
        return (self.entity,)


class HeaterControl(Control):
    """Sets a heater to the wanted temperature, and gives it back."""

    def __init__(self, hass: HomeAssistant, config: Heater) -> None:
        """Use the entity that was configured."""
        self._hass = hass
        self._config = config
        self._kept = Kept(hass, config.entity)

    @override
    async def async_shown(self) -> Shown:
        """Compare what it is set to with what was asked for."""
        state = said(self._hass, self._config.entity)
        await self._kept.async_load()
        phase, idle = self._kept.phase, self._why_idle(state)
        if phase is None:
            return replace(PAUSED, has_work=not idle, detail=idle)
        if self._is_as_wanted(state):
            if phase is Phase.ASKED:
                await self._kept.async_note(Phase.TAKEN)
            return Shown(
                state=WorkerState.RUNNING, level=1, has_work=not idle, detail=idle
            )
        if phase is Phase.ASKED:
            # It is late, or has done half of it: it is still ours to give back.
            return Shown(state=WorkerState.STARTING, level=None)
        await self._kept.async_forget()
        return PAUSED

    @override
    async def async_start(self, level: int) -> None:
        """Keep what it is set to, then set it to what is wanted."""
        state = said(self._hass, self._config.entity)
        await self._kept.async_load()
        phase = self._kept.phase
        changed = phase is Phase.TAKEN and not self._is_as_wanted(state)
        if phase is None or changed:
            await self._kept.async_keep(settings_of(state))
        elif phase is Phase.GIVEN:
            await self._kept.async_note(Phase.ASKED)
        if self._config.mode is not None and state.state != self._config.mode:
            await self._set_mode(self._config.mode)
        await self._set_wanted(said(self._hass, self._config.entity))

    @override
    async def async_pause(self, *, urgent: bool) -> None:
        """Give it back what it was set to, unless somebody has set it anew."""
        state = said(self._hass, self._config.entity)
        await self._kept.async_load()
        before = self._kept.settings
        if before is None:
            return
        if self._kept.phase is Phase.TAKEN and not self._is_as_wanted(state):
            await self._kept.async_forget()
            return
        # Where only half of it succeeds, the rest is still ours to give back.
        await self._kept.async_note(Phase.ASKED)
        await self._give_back(before)
        await self._kept.async_note(Phase.GIVEN)
        # Where both are the same, nothing would ever show that it was given back.
        if self._is_wanted(before):
            await self._kept.async_forget()

    @override
    def close(self) -> None:
        """Nothing is held but what is on disk."""

    async def _give_back(self, before: Settings) -> None:
        """Set the temperature while it is on still, then the mode, then the preset.

        A range belongs to its mode, and a preset has temperatures of its own.
        """
        entity_id = self._config.entity
        if before.temperature is not None:
            data = {ATTR_TEMPERATURE: before.temperature}
            await async_act(self._hass, entity_id, SERVICE_SET_TEMPERATURE, data)
        if said(self._hass, entity_id).state != before.mode:
            await self._set_mode(before.mode)
        if before.low is not None and before.high is not None:
            data = {
                ATTR_TARGET_TEMP_LOW: before.low,
                ATTR_TARGET_TEMP_HIGH: before.high,
            }
            await async_act(self._hass, entity_id, SERVICE_SET_TEMPERATURE, data)
        preset = said(self._hass, entity_id).attributes.get(ATTR_PRESET_MODE)
        if before.preset is not None and preset != before.preset:
            preset_data = {ATTR_PRESET_MODE: before.preset}
            await async_act(self._hass, entity_id, SERVICE_SET_PRESET_MODE, preset_data)

    async def _set_mode(self, mode: str) -> None:
        if split_entity_id(self._config.entity)[0] == "climate":
            service, key = SERVICE_SET_HVAC_MODE, ATTR_HVAC_MODE
        else:
            service, key = SERVICE_SET_OPERATION_MODE, ATTR_OPERATION_MODE
        await async_act(self._hass, self._config.entity, service, {key: mode})

    async def _set_wanted(self, state: State) -> None:
        wanted, now = self._wanted, settings_of(state)
        data = {ATTR_TEMPERATURE: wanted}
        if now.temperature is None and now.high is not None:
            data = {
                ATTR_TARGET_TEMP_LOW: wanted,
                ATTR_TARGET_TEMP_HIGH: max(wanted, now.high),
            }
        await async_act(self._hass, self._config.entity, SERVICE_SET_TEMPERATURE, data)

    def _is_as_wanted(self, state: State) -> bool:
        step = _number(state.attributes.get(ATTR_TARGET_TEMP_STEP)) or 0.0
        return self._is_wanted(settings_of(state), max(SAME, step / 2))

    def _is_wanted(self, settings: Settings, tolerance: float = SAME) -> bool:
        set_to = settings.temperature if settings.low is None else settings.low
        if set_to is None or abs(set_to - self._wanted) > tolerance:
            return False
        if self._config.mode is None:
            return settings.mode != STATE_OFF
        return settings.mode == self._config.mode

    def _why_idle(self, state: State) -> str:
        """Return why it would not heat now; empty if it may."""
        if self._config.mode is None and state.state == STATE_OFF:
            return DETAIL_OFF
        now = _number(state.attributes.get(ATTR_CURRENT_TEMPERATURE))
        margin = 0.0 if self._kept.phase is Phase.TAKEN else COLDER
        warm = now is not None and now >= self._wanted - margin
        return DETAIL_WARM if warm else ""

    @property
    def _wanted(self) -> float:
        """The wanted temperature in the unit in which heaters are set."""
        unit = self._hass.config.units.temperature_unit
        wanted = TemperatureConverter.convert(
            self._config.temperature_c, UnitOfTemperature.CELSIUS, unit
        )
        return round(wanted, 2)


def settings_of(state: State) -> Settings:
    """Return what a heater is set to, in the unit in which it says so."""
    attributes: Mapping[str, Any] = state.attributes
    preset = attributes.get(ATTR_PRESET_MODE)
    return Settings(
        mode=state.state,
        temperature=_number(attributes.get(ATTR_TEMPERATURE)),
        low=_number(attributes.get(ATTR_TARGET_TEMP_LOW)),
        high=_number(attributes.get(ATTR_TARGET_TEMP_HIGH)),
        preset=preset if isinstance(preset, str) else None,
    )


def _number(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if isfinite(value) else None
