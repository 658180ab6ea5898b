"""Buttons: run or pause a worker for a while, and give it back to the automation."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import override

from homeassistant.components.button import ButtonEntity, ButtonEntityDescription
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from . import SolarComputeConfigEntry
from .coordinator import SolarComputeCoordinator
from .entity import WorkerEntity

PARALLEL_UPDATES = 1


@dataclass(frozen=True, kw_only=True)
class WorkerButtonDescription(ButtonEntityDescription):
    """Describe a button of a worker."""

    press_fn: Callable[[SolarComputeCoordinator, str], Awaitable[None]]
    """What pressing does to the worker of that key."""


DESCRIPTIONS: tuple[WorkerButtonDescription, ...] = (
    WorkerButtonDescription(
        key="run",
        translation_key="run",
        press_fn=lambda coordinator, key: coordinator.async_override(key, run=True),
    ),
    WorkerButtonDescription(
        key="pause",
        translation_key="pause",
        press_fn=lambda coordinator, key: coordinator.async_override(key, run=False),
    ),
    WorkerButtonDescription(
        key="resume_automatic",
        translation_key="resume_automatic",
        press_fn=lambda coordinator, key: coordinator.async_clear_override(key),
    ),
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: SolarComputeConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Set up the buttons of every worker."""
    coordinator = entry.runtime_data
    for worker in coordinator.configuration.workers:
        async_add_entities(
            (WorkerButton(coordinator, row, worker) for row in DESCRIPTIONS),
            config_subentry_id=worker.key,
        )


class WorkerButton(WorkerEntity, ButtonEntity):
    """A row of the table for one worker."""

    entity_description: WorkerButtonDescription

    @override
    async def async_press(self) -> None:
        """Do it for the worker's override duration."""
        await self.entity_description.press_fn(self.coordinator, self._config.key)
