"""Binary sensors: does a worker run, and does it do as it is told."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import override

from homeassistant.components.binary_sensor import (
    BinarySensorEntity,
    BinarySensorEntityDescription,
)
from homeassistant.components.binary_sensor.const import BinarySensorDeviceClass
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from . import SolarComputeConfigEntry
from .core.model import WorkerState
from .entity import WorkerEntity, WorkerFacts

PARALLEL_UPDATES = 0

COMPUTING = (WorkerState.RUNNING, WorkerState.DRAINING)
SILENT = (WorkerState.UNKNOWN, WorkerState.LOST)


@dataclass(frozen=True, kw_only=True)
class WorkerBinarySensorDescription(BinarySensorEntityDescription):
    """Describe a binary sensor of a worker."""

    is_on_fn: Callable[[WorkerFacts], bool | None]
    """Whether it is on, None where that is unknown."""


def _runs(worker: WorkerFacts) -> bool | None:
    """Only what the worker itself says counts as running."""
    if worker.view is None or worker.view.state in SILENT:
        return None
    return worker.view.state in COMPUTING


DESCRIPTIONS: tuple[WorkerBinarySensorDescription, ...] = (
    WorkerBinarySensorDescription(
        key="running",
        translation_key="running",
        device_class=BinarySensorDeviceClass.RUNNING,
        is_on_fn=_runs,
    ),
    WorkerBinarySensorDescription(
        key="not_obeying",
        translation_key="not_obeying",
        device_class=BinarySensorDeviceClass.PROBLEM,
        entity_category=EntityCategory.DIAGNOSTIC,
        is_on_fn=lambda worker: (
            None if worker.view is None else not worker.view.obeying
        ),
    ),
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: SolarComputeConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Set up the binary sensors of every worker."""
    coordinator = entry.runtime_data
    for worker in coordinator.configuration.workers:
        async_add_entities(
            (WorkerBinarySensor(coordinator, row, worker) for row in DESCRIPTIONS),
            config_subentry_id=worker.key,
        )


class WorkerBinarySensor(WorkerEntity, BinarySensorEntity):
    """A row of the table for one worker."""

    entity_description: WorkerBinarySensorDescription

    @property
    @override
    def is_on(self) -> bool | None:
        """Return whether it is on."""
        return self.entity_description.is_on_fn(self.facts)
