"""A thermostat for every room that has none: what a person wants of its workers.

The coordinator keeps the wishes. Heating is shown while a worker of the room really
draws power, whatever made it run; it must never claim heat that nobody makes.
"""

from math import isfinite
from typing import Any, override

from homeassistant.components.climate import ClimateEntity, ClimateEntityDescription
from homeassistant.components.climate.const import (
    ATTR_HVAC_MODE,
    ClimateEntityFeature,
    HVACAction,
    HVACMode,
)
from homeassistant.const import ATTR_TEMPERATURE, Platform, UnitOfTemperature
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from . import SolarComputeConfigEntry
from .configured import WorkerConfig
from .configured_heat import RoomConfig
from .const import DOMAIN
from .controls import RoomControls
from .coordinator import SolarComputeCoordinator
from .core.model import WorkerState
from .core.spec import RoomPreset
from .entity import SinkEntity
from .flow_view import WorkerView

PARALLEL_UPDATES = 1

ROOM = ClimateEntityDescription(key="climate", translation_key="room")

MINIMUM_C = 5.0
"""The lowest target: that of frost protection."""

IDLE_SHARE = 0.1
"""A worker that draws no more than this part of its lowest level does not heat."""


async def async_setup_entry(
    hass: HomeAssistant,
    entry: SolarComputeConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Set up a thermostat for every room that has none, and forget those not needed."""
    coordinator = entry.runtime_data
    for room in coordinator.configuration.rooms:
        if room.thermostat is None:
            async_add_entities(
                [RoomClimate(coordinator, room)], config_subentry_id=room.key
            )
        else:
            _forget(hass, room)


@callback
def _forget(hass: HomeAssistant, room: RoomConfig) -> None:
    registry = er.async_get(hass)
    unique_id = f"{room.key}_{ROOM.key}"
    known = registry.async_get_entity_id(Platform.CLIMATE, DOMAIN, unique_id)
    if known is not None:
        registry.async_remove(known)


class RoomClimate(SinkEntity, ClimateEntity):
    """What a person wants of the workers that heat a room."""

    _attr_supported_features = (
        ClimateEntityFeature.TARGET_TEMPERATURE
        | ClimateEntityFeature.PRESET_MODE
        | ClimateEntityFeature.TURN_ON
        | ClimateEntityFeature.TURN_OFF
    )
    _attr_temperature_unit = UnitOfTemperature.CELSIUS
    _attr_min_temp = MINIMUM_C

    def __init__(self, coordinator: SolarComputeCoordinator, room: RoomConfig) -> None:
        """Find the workers that heat the room."""
        super().__init__(coordinator, ROOM, room)
        self._attr_hvac_modes = [HVACMode.HEAT, HVACMode.OFF]
        self._attr_preset_modes = [preset.value for preset in RoomPreset]
        self._room = room.spec
        self._workers = [
            worker
            for worker in coordinator.configuration.workers
            if worker.spec.sink == room.key
        ]

    @property
    @override
    def current_temperature(self) -> float | None:
        """Return how warm the room is; None while that is not known."""
        state = self.facts.state
        return None if state is None else state.temperature_c

    @property
    @override
    def hvac_mode(self) -> HVACMode:
        """Return whether heat for the room counts."""
        return HVACMode.HEAT if self._controls.heating else HVACMode.OFF

    @property
    @override
    def hvac_action(self) -> HVACAction:
        """Return what really happens: a worker may run for its results alone."""
        flows = self.facts.site.data.flows
        if any(_heats(worker, flows.get(worker.key)) for worker in self._workers):
            return HVACAction.HEATING
        return HVACAction.IDLE if self._controls.heating else HVACAction.OFF

    @property
    @override
    def preset_mode(self) -> str | None:
        """Return the preset; None for a permission that none of them stands for."""
        preset = self._controls.preset_in(self._room)
        return None if preset is None else preset.value

    @property
    @override
    def target_temperature(self) -> float:
        """Return the target in force: the eco preset lowers it."""
        return self._controls.target_in(self._room) - self._lowered_k

    @property
    @override
    def target_temperature_step(self) -> float:
        """Return what a press of a button changes the target by, in the home's unit.

        Home Assistant shows whole degrees Fahrenheit: half of one would be rounded
        away, and the button would seem to do nothing.
        """
        unit = self.hass.config.units.temperature_unit
        return 0.5 if unit == UnitOfTemperature.CELSIUS else 1.0

    @property
    @override
    def max_temp(self) -> float:
        """Return the highest target, with which compute heat does not stop yet."""
        return self._room.maximum_c - self._lowered_k

    @override
    async def async_set_temperature(self, **kwargs: Any) -> None:
        """Set the target in force, and the mode along with it where it is given.

        "nan" is within every range, so Home Assistant lets it through.
        """
        target_c, mode = kwargs[ATTR_TEMPERATURE], kwargs.get(ATTR_HVAC_MODE)
        if not isfinite(target_c):
            raise ServiceValidationError(
                translation_domain=DOMAIN, translation_key="not_a_number"
            )
        if mode is not None:
            # Unlike the action for the mode alone, this one takes modes of others.
            await self.async_handle_set_hvac_mode_service(mode)
        await self.coordinator.async_set_room(
            self._config.key, target_c=target_c + self._lowered_k
        )

    @override
    async def async_set_hvac_mode(self, hvac_mode: HVACMode) -> None:
        """Let heat for the room count, or not."""
        await self.coordinator.async_set_room(
            self._config.key, heating=hvac_mode == HVACMode.HEAT
        )

    @override
    async def async_set_preset_mode(self, preset_mode: str) -> None:
        """Set which electricity may be used, and how warm it shall be."""
        await self.coordinator.async_set_room(
            self._config.key, preset=RoomPreset(preset_mode)
        )

    @property
    def _controls(self) -> RoomControls:
        return self.coordinator.rooms[self._config.key]

    @property
    def _lowered_k(self) -> float:
        eco = self._controls.preset_in(self._room) is RoomPreset.ECO
        return self._room.eco_k if eco else 0.0


def _heats(worker: WorkerConfig, view: WorkerView | None) -> bool:
    """Tell whether a worker says that it runs, and draws what a running one draws."""
    if view is None or view.state not in (WorkerState.RUNNING, WorkerState.DRAINING):
        return False
    if view.power_w is None:
        return True
    return view.power_w > IDLE_SHARE * worker.spec.levels_w[0]
