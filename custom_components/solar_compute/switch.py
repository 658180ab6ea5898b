"""Automation off pauses all that no override keeps running; shadow mode only watches."""

from typing import Any, override

from homeassistant.components.switch import SwitchEntity, SwitchEntityDescription
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from . import SolarComputeConfigEntry
from .entity import SiteEntity

PARALLEL_UPDATES = 1

SHADOW = SwitchEntityDescription(
    key="shadow", translation_key="shadow", entity_category=EntityCategory.CONFIG
)
AUTOMATION = SwitchEntityDescription(key="automation", translation_key="automation")


async def async_setup_entry(
    hass: HomeAssistant,
    entry: SolarComputeConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Set up the switches of the site."""
    coordinator = entry.runtime_data
    async_add_entities(
        [AutomationSwitch(coordinator, AUTOMATION), ShadowSwitch(coordinator, SHADOW)]
    )


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


class ShadowSwitch(SiteEntity, SwitchEntity):
    """Whether Solar Compute decides and accounts, and commands nothing."""

    @property
    @override
    def is_on(self) -> bool:
        """Return whether it only watches."""
        return self.coordinator.shadow

    @override
    async def async_turn_on(self, **kwargs: Any) -> None:
        """Pause what runs by our wish, then command nothing."""
        await self.coordinator.async_set_shadow(True)

    @override
    async def async_turn_off(self, **kwargs: Any) -> None:
        """Begin to command, with every worker paused."""
        await self.coordinator.async_set_shadow(False)
