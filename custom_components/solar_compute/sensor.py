"""Sensors: what the home has, what workers do and bring, what a tank or room needs."""

from abc import abstractmethod
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, override

from homeassistant.components.sensor import SensorDeviceClass, SensorEntity
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from . import SolarComputeConfigEntry
from .attributes import (
    JOB_ATTRIBUTES,
    PERIOD_ATTRIBUTES,
    PLAN_ATTRIBUTES,
    REASON_ATTRIBUTES,
    SINK_ATTRIBUTES,
    SITE_ATTRIBUTES,
    STATE_ATTRIBUTES,
)
from .attributes_learned import KNOWLEDGE_ATTRIBUTES, POWER_ATTRIBUTES
from .const import DOMAIN
from .core.ledger import Period
from .entity import (
    SinkEntity,
    SiteEntity,
    SolarComputeEntity,
    WorkerEntity,
    with_currency,
)
from .facts import SinkFacts, SiteFacts, WorkerFacts
from .rounding import rounded
from .sensor_descriptions import SolarComputeSensorDescription
from .sensor_replay import LAST_REPLAY, LastReplaySensor
from .sensors_plan import SITE_PLAN_SENSORS, WORKER_PLAN_SENSORS
from .sensors_sink import SINK_SENSORS
from .sensors_site import SITE_SENSORS
from .sensors_worker import WORKER_SENSORS

PARALLEL_UPDATES = 0


async def async_setup_entry(
    hass: HomeAssistant,
    entry: SolarComputeConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Set up the sensors of the site, its workers, its tanks and its rooms."""
    coordinator = entry.runtime_data
    configuration = coordinator.configuration
    async_add_entities(
        SiteSensor(coordinator, row)
        for row in _fitting(
            hass, (*SITE_SENSORS, *SITE_PLAN_SENSORS), configuration, entry.entry_id
        )
    )
    async_add_entities([LastReplaySensor(coordinator, LAST_REPLAY)])
    for worker in configuration.loads:
        rows = _fitting(
            hass, (*WORKER_SENSORS, *WORKER_PLAN_SENSORS), worker, worker.key
        )
        async_add_entities(
            (WorkerSensor(coordinator, row, worker) for row in rows),
            config_subentry_id=worker.key,
        )
    for sink in configuration.sinks:
        sink_rows = _fitting(hass, SINK_SENSORS, sink, sink.key)
        async_add_entities(
            (SinkSensor(coordinator, row, sink) for row in sink_rows),
            config_subentry_id=sink.key,
        )


def _fitting[FactsT](
    hass: HomeAssistant,
    rows: Iterable[SolarComputeSensorDescription[FactsT]],
    config: Any,
    owner: str,
) -> list[SolarComputeSensorDescription[FactsT]]:
    """Return the rows that what is configured can have, and forget all others.

    A worker may have lost its tank, a tank its backup: what was shown of them
    would stay behind for ever as unavailable.
    """
    registry = er.async_get(hass)
    fitting = []
    for row in rows:
        if row.has_fn(config):
            fitting.append(row)
            continue
        unique_id = f"{owner}_{row.key}"
        if entity_id := registry.async_get_entity_id("sensor", DOMAIN, unique_id):
            registry.async_remove(entity_id)
    return fitting


_PERIODS = (("today", Period.TODAY), ("this_month", Period.MONTH))


class SolarComputeSensor[FactsT](SolarComputeEntity, SensorEntity):
    """A row of a table, rendered from the facts that a subclass names."""

    _unrecorded_attributes = (
        REASON_ATTRIBUTES
        | STATE_ATTRIBUTES
        | SITE_ATTRIBUTES
        | PERIOD_ATTRIBUTES
        | SINK_ATTRIBUTES
        | KNOWLEDGE_ATTRIBUTES
        | POWER_ATTRIBUTES
        | PLAN_ATTRIBUTES
        | JOB_ATTRIBUTES
    )

    entity_description: SolarComputeSensorDescription[FactsT]
    _shown: float | str | datetime | None = None

    @property
    @abstractmethod
    def facts(self) -> FactsT:
        """What the values are taken from."""

    @property
    @override
    def native_value(self) -> float | str | datetime | None:
        """Return the value, rounded."""
        row = self.entity_description
        value = row.value_fn(self.facts)
        if isinstance(value, str | datetime):
            return value
        return rounded(value, row.digits)

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
        row, facts = self.entity_description, self.facts
        attributes = {} if row.attributes_fn is None else row.attributes_fn(facts)
        if (explanation_fn := row.explanation_fn) is not None:
            said = explanation_fn(self.coordinator.hass, facts)
            attributes |= {} if said is None else {"explanation": said}
        if (period_fn := row.period_fn) is not None:
            attributes |= {
                name: self._shown_as(period_fn(facts, period))
                for name, period in _PERIODS
            }
        return attributes or None

    def _shown_as(self, value: float | None) -> float | None:
        """Return a period's value in the unit and with the digits that people see."""
        if value is None:
            return None
        row = self.entity_description
        return rounded(value / row.period_scale, row.period_digits)

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


class SinkSensor(SinkEntity, SolarComputeSensor[SinkFacts]):
    """A sensor of one tank or room."""
