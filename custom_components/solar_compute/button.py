"""Buttons: run or pause a worker for a while or not; re-arm a guard."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import override

from homeassistant.components.button import ButtonEntity, ButtonEntityDescription
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from . import SolarComputeConfigEntry
from .coordinator import SolarComputeCoordinator
from .entity import WorkerEntity
from .guard_entity import GuardEntity, latches
from .rearm import async_rearm

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

REARM = ButtonEntityDescription(key="rearm", translation_key="rearm")


async def async_setup_entry(
    hass: HomeAssistant,
    entry: SolarComputeConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Set up the buttons of every worker, and of every guard that latches."""
    coordinator = entry.runtime_data
    for worker in coordinator.configuration.workers:
        async_add_entities(
            (WorkerButton(coordinator, row, worker) for row in DESCRIPTIONS),
            config_subentry_id=worker.key,
        )
    for guard in filter(latches, coordinator.configuration.guards):
        async_add_entities(
            [RearmButton(coordinator, REARM, guard)], config_subentry_id=guard.key
        )


class WorkerButton(WorkerEntity, ButtonEntity):
    """A row of the table for one worker."""

    entity_description: WorkerButtonDescription

    @override
    async def async_press(self) -> None:
        """Do it for the worker's override duration."""
        await self.entity_description.press_fn(self.coordinator, self._config.key)


class RearmButton(GuardEntity, ButtonEntity):
    """Lets go of a guard that has tripped, once all is well."""

    @override
    async def async_press(self) -> None:
        """Re-arm it. Raises ServiceValidationError while what tripped it still holds."""
        await async_rearm(self.coordinator, self._config)
