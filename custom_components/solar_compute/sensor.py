"""Sensors: what the site has, what each worker does and brings, what a tank needs."""

from abc import abstractmethod
from collections.abc import Mapping
from typing import Any, override

from homeassistant.components.sensor import SensorDeviceClass, SensorEntity
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from . import SolarComputeConfigEntry
from .attributes import REASON_ATTRIBUTES, SITE_ATTRIBUTES
from .entity import (
    SiteEntity,
    SiteFacts,
    SolarComputeEntity,
    TankEntity,
    TankFacts,
    WorkerEntity,
    WorkerFacts,
    rounded,
    with_currency,
)
from .sensor_descriptions import (
    SITE_SENSORS,
    TANK_SENSORS,
    WORKER_SENSORS,
    SolarComputeSensorDescription,
    WorkerSensorDescription,
)

PARALLEL_UPDATES = 0


async def async_setup_entry(
    hass: HomeAssistant,
    entry: SolarComputeConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Set up the sensors of the site, its workers and its tanks."""
    coordinator = entry.runtime_data
    async_add_entities(SiteSensor(coordinator, row) for row in SITE_SENSORS)
    for worker in coordinator.configuration.workers:
        async_add_entities(
            (
                WorkerSensor(coordinator, row, worker)
                for row in WORKER_SENSORS
                if row.has_fn(worker)
            ),
            config_subentry_id=worker.key,
        )
    for tank in coordinator.configuration.tanks:
        async_add_entities(
            (TankSensor(coordinator, row, tank) for row in TANK_SENSORS),
            config_subentry_id=tank.key,
        )


class SolarComputeSensor[FactsT](SolarComputeEntity, SensorEntity):
    """A row of a table, rendered from the facts that a subclass names."""

    _unrecorded_attributes = REASON_ATTRIBUTES | SITE_ATTRIBUTES

    entity_description: SolarComputeSensorDescription[FactsT]
    _shown: float | str | None = None

    @property
    @abstractmethod
    def facts(self) -> FactsT:
        """What the values are taken from."""

    @property
    @override
    def native_value(self) -> float | str | None:
        """Return the value, rounded."""
        row = self.entity_description
        value = row.value_fn(self.facts)
        return value if isinstance(value, str) else rounded(value, row.digits)

    @property
    @override
    def native_unit_of_measurement(self) -> str | None:
        """Return the unit, with the home's currency where it is about money."""
        unit = self.entity_description.native_unit_of_measurement
        return with_currency(unit, self.coordinator.hass)

    @property
    @override
    def extra_state_attributes(self) -> Mapping[str, Any] | None:
        """Return the numbers behind the value, where the row has any."""
        attributes_fn = self.entity_description.attributes_fn
        return None if attributes_fn is None else attributes_fn(self.facts)

    @callback
    @override
    def _handle_coordinator_update(self) -> None:
        """Show another state or reason at once, and numbers when they are due."""
        is_word = self.entity_description.device_class is SensorDeviceClass.ENUM
        if self.coordinator.numbers_due or (
            is_word and self.native_value != self._shown
        ):
            self._shown = self.native_value if self.available else None
            super()._handle_coordinator_update()


class SiteSensor(SiteEntity, SolarComputeSensor[SiteFacts]):
    """A sensor of the home."""


class WorkerSensor(WorkerEntity, SolarComputeSensor[WorkerFacts]):
    """A sensor of one worker."""

    entity_description: WorkerSensorDescription


class TankSensor(TankEntity, SolarComputeSensor[TankFacts]):
    """A sensor of one tank."""
