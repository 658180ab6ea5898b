"""The mode of each worker: automatic, on whatever it is worth, or off."""

from typing import override

from homeassistant.components.select import SelectEntity, SelectEntityDescription
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from . import SolarComputeConfigEntry
from .core.model import Mode
from .entity import WorkerEntity

PARALLEL_UPDATES = 1

MODE = SelectEntityDescription(
    key="mode", translation_key="mode", options=[mode.value for mode in Mode]
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: SolarComputeConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Set up the mode of every worker."""
    coordinator = entry.runtime_data
    for worker in coordinator.configuration.workers:
        async_add_entities(
            [ModeSelect(coordinator, MODE, worker)], config_subentry_id=worker.key
        )


class ModeSelect(WorkerEntity, SelectEntity):
    """A person's standing wish for one worker."""

    @property
    @override
    def current_option(self) -> str:
        """Return the mode in force."""
        return self.coordinator.controls[self._config.key].mode.value

    @override
    async def async_select_option(self, option: str) -> None:
        """Set the mode, which decides at once."""
        await self.coordinator.async_set_mode(self._config.key, Mode(option))
