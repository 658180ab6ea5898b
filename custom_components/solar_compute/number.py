"""Numbers that a person sets per worker; the coordinator keeps them."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from math import isfinite
from typing import override

from homeassistant.components.number import (
    NumberDeviceClass,
    NumberEntity,
    NumberEntityDescription,
    NumberMode,
)
from homeassistant.const import EntityCategory, UnitOfTime
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from . import SolarComputeConfigEntry
from .configuration import WorkerConfig
from .const import DOMAIN
from .coordinator import SolarComputeCoordinator
from .entity import WorkerEntity, with_currency

PARALLEL_UPDATES = 1

OVERRIDE_MAXIMUM_MIN = 7 * 24 * 60


@dataclass(frozen=True, kw_only=True)
class WorkerNumberDescription(NumberEntityDescription):
    """Describe a number of a worker."""

    value_fn: Callable[[SolarComputeCoordinator, WorkerConfig], float]
    set_fn: Callable[[SolarComputeCoordinator, WorkerConfig, float], Awaitable[None]]


def _compute_value(coordinator: SolarComputeCoordinator, worker: WorkerConfig) -> float:
    """Return the person's setting, or what the configuration seeded."""
    value = coordinator.controls[worker.key].value_per_kwh
    return worker.spec.value_per_kwh if value is None else value


DESCRIPTIONS: tuple[WorkerNumberDescription, ...] = (
    WorkerNumberDescription(
        key="compute_value",
        translation_key="compute_value",
        entity_category=EntityCategory.CONFIG,
        mode=NumberMode.BOX,
        native_unit_of_measurement="{currency}/kWh",
        native_min_value=0,
        # Wide enough for currencies whose kWh costs thousands.
        native_max_value=100_000,
        native_step=0.001,
        value_fn=_compute_value,
        set_fn=lambda coordinator, worker, value: coordinator.async_set_compute_value(
            worker.key, value
        ),
    ),
    WorkerNumberDescription(
        key="override_duration",
        translation_key="override_duration",
        device_class=NumberDeviceClass.DURATION,
        entity_category=EntityCategory.CONFIG,
        mode=NumberMode.BOX,
        native_unit_of_measurement=UnitOfTime.MINUTES,
        native_min_value=1,
        native_max_value=OVERRIDE_MAXIMUM_MIN,
        native_step=1,
        value_fn=lambda coordinator, worker: (
            coordinator.controls[worker.key].override_duration_s / 60
        ),
        set_fn=lambda coordinator, worker, value: (
            coordinator.async_set_override_duration(worker.key, value * 60)
        ),
    ),
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: SolarComputeConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Set up the numbers of every worker."""
    coordinator = entry.runtime_data
    for worker in coordinator.configuration.workers:
        async_add_entities(
            (WorkerNumber(coordinator, row, worker) for row in DESCRIPTIONS),
            config_subentry_id=worker.key,
        )


class WorkerNumber(WorkerEntity, NumberEntity):
    """A row of the table for one worker."""

    entity_description: WorkerNumberDescription

    @property
    @override
    def native_value(self) -> float:
        """Return the number in force."""
        return self.entity_description.value_fn(self.coordinator, self._config)

    @property
    @override
    def native_unit_of_measurement(self) -> str | None:
        """Return the unit, with the home's currency where it is about money."""
        unit = self.entity_description.native_unit_of_measurement
        return with_currency(unit, self.coordinator.hass)

    @override
    async def async_set_native_value(self, value: float) -> None:
        """Keep the number and decide with it at once.

        "nan" is within every range, so Home Assistant lets it through.
        """
        if not isfinite(value):
            raise ServiceValidationError(
                translation_domain=DOMAIN, translation_key="not_a_number"
            )
        await self.entity_description.set_fn(self.coordinator, self._config, value)
