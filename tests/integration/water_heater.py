"""A water heater of Home Assistant, in the hands of the tests."""

from typing import Any, override

from homeassistant.components.water_heater import WaterHeaterEntity
from homeassistant.components.water_heater.const import WaterHeaterEntityFeature
from homeassistant.const import UnitOfTemperature
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.common import setup_test_component_platform

BOILER = "water_heater.boiler"


class Boiler(WaterHeaterEntity):
    """A water heater. `deaf`: it takes what it is told and does not do it.

    `refuses_modes`: it says no to a change of its mode.
    """

    _attr_name = "Boiler"
    _attr_temperature_unit = UnitOfTemperature.CELSIUS
    _attr_supported_features = (
        WaterHeaterEntityFeature.TARGET_TEMPERATURE
        | WaterHeaterEntityFeature.OPERATION_MODE
    )
    _attr_min_temp = 30.0
    _attr_max_temp = 70.0

    def __init__(self) -> None:
        self._attr_operation_list = ["off", "eco", "performance"]
        self._attr_current_operation = "eco"
        self._attr_target_temperature = 48.0
        self._attr_current_temperature = 45.0
        self.deaf = False
        self.refuses_modes = False

    @override
    async def async_set_temperature(self, **kwargs: Any) -> None:
        if not self.deaf:
            self._attr_target_temperature = kwargs["temperature"]
            self.async_write_ha_state()

    @override
    async def async_set_operation_mode(self, operation_mode: str) -> None:
        if self.refuses_modes:
            raise HomeAssistantError("no such mode now")
        if not self.deaf:
            self._attr_current_operation = operation_mode
            self.async_write_ha_state()

    def becomes(self, **attributes: Any) -> None:
        """Change by somebody else's hand, or by physics."""
        for name, value in attributes.items():
            setattr(self, f"_attr_{name}", value)
        self.async_write_ha_state()


async def install(hass: HomeAssistant) -> Boiler:
    """Return a water heater in eco mode, set to 48 °C."""
    entity = Boiler()
    setup_test_component_platform(hass, "water_heater", [entity])
    assert await async_setup_component(
        hass, "water_heater", {"water_heater": {"platform": "test"}}
    )
    await hass.async_block_till_done()
    return entity


def set_to(hass: HomeAssistant, entity_id: str = BOILER) -> tuple[str, float | None]:
    """Return the mode and the temperature that a heater is set to."""
    state = hass.states.get(entity_id)
    assert state is not None
    return state.state, state.attributes["temperature"]
