"""Buttons: run or pause a worker for a while or not; re-arm a guard; forget."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import override

from homeassistant.components.button import ButtonEntity, ButtonEntityDescription
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from . import SolarComputeConfigEntry
from .const import DOMAIN
from .coordinator import SolarComputeCoordinator
from .entity import SiteEntity, WorkerEntity
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

FORGET = ButtonEntityDescription(
    key="forget",
    translation_key="forget",
    entity_category=EntityCategory.CONFIG,
)

REARM = ButtonEntityDescription(key="rearm", translation_key="rearm")


async def async_setup_entry(
    hass: HomeAssistant,
    entry: SolarComputeConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Set up the buttons of the home, every worker, and every guard that latches."""
    coordinator = entry.runtime_data
    async_add_entities([ForgetButton(coordinator, FORGET)])
    for worker in coordinator.configuration.workers:
        async_add_entities(
            (WorkerButton(coordinator, row, worker) for row in DESCRIPTIONS),
            config_subentry_id=worker.key,
        )
    for guard in coordinator.configuration.guards:
        if latches(guard):
            async_add_entities(
                [RearmButton(coordinator, REARM, guard)], config_subentry_id=guard.key
            )
        else:
            _forget_rearm(hass, guard.key)


def _forget_rearm(hass: HomeAssistant, key: str) -> None:
    """Remove the button of a guard that does not latch any more."""
    registry = er.async_get(hass)
    unique_id = f"{key}_{REARM.key}"
    if entity_id := registry.async_get_entity_id("button", DOMAIN, unique_id):
        registry.async_remove(entity_id)


class WorkerButton(WorkerEntity, ButtonEntity):
    """A row of the table for one worker."""

    entity_description: WorkerButtonDescription

    @override
    async def async_press(self) -> None:
        """Do it for the worker's override duration."""
        await self.entity_description.press_fn(self.coordinator, self._config.key)


class ForgetButton(SiteEntity, ButtonEntity):
    """Forgets what was learned of the home, and its kept past."""

    @override
    async def async_press(self) -> None:
        """Forget it for good; settings, counters and books stay."""
        await self.coordinator.async_forget()


class RearmButton(GuardEntity, ButtonEntity):
    """Lets go of a guard that has tripped, once all is well."""

    @override
    async def async_press(self) -> None:
        """Re-arm it. Raises ServiceValidationError while what tripped it still holds."""
        await async_rearm(self.coordinator, self._config)
