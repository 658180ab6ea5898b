"""The automation switch: off pauses all that no person's override keeps running."""

from typing import Any, override

from homeassistant.components.switch import SwitchEntity, SwitchEntityDescription
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from . import SolarComputeConfigEntry
from .entity import SiteEntity

PARALLEL_UPDATES = 1

AUTOMATION = SwitchEntityDescription(key="automation", translation_key="automation")


async def async_setup_entry(
    hass: HomeAssistant,
    entry: SolarComputeConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Set up the automation switch of the site."""
    async_add_entities([AutomationSwitch(entry.runtime_data, AUTOMATION)])


class AutomationSwitch(SiteEntity, SwitchEntity):
    """Whether Solar Compute may run workers by itself."""

    @property
    @override
    def is_on(self) -> bool:
        """Return whether automation is on."""
        return self.coordinator.automation

    @override
    async def async_turn_on(self, **kwargs: Any) -> None:
        """Let Solar Compute decide."""
        await self.coordinator.async_set_automation(True)

    @override
    async def async_turn_off(self, **kwargs: Any) -> None:
        """Pause everything that runs without a person's override."""
        await self.coordinator.async_set_automation(False)
