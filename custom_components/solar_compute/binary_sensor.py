"""Binary sensors: workers that run and obey, tanks that are due, guards that tripped."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, override

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
from .entity import SinkEntity, WorkerEntity
from .facts import WorkerFacts
from .guard_entity import GuardEntity, GuardFacts
from .rounding import rounded

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


TRIPPED = BinarySensorEntityDescription(
    key="tripped",
    translation_key="tripped",
    device_class=BinarySensorDeviceClass.PROBLEM,
)
HEATING_THROUGH_DUE = BinarySensorEntityDescription(
    key="heating_through_due",
    translation_key="heating_through_due",
    device_class=BinarySensorDeviceClass.PROBLEM,
)
GUARD_ATTRIBUTES = frozenset({"reason", "since", "latched", "details"})


async def async_setup_entry(
    hass: HomeAssistant,
    entry: SolarComputeConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Set up the binary sensors of every worker, every tank and every guard."""
    coordinator = entry.runtime_data
    for worker in coordinator.configuration.workers:
        async_add_entities(
            (WorkerBinarySensor(coordinator, row, worker) for row in DESCRIPTIONS),
            config_subentry_id=worker.key,
        )
    for tank in coordinator.configuration.tanks:
        if tank.boost is not None:
            async_add_entities(
                [HygieneBinarySensor(coordinator, HEATING_THROUGH_DUE, tank)],
                config_subentry_id=tank.key,
            )
    for guard in coordinator.configuration.guards:
        async_add_entities(
            [GuardBinarySensor(coordinator, TRIPPED, guard)],
            config_subentry_id=guard.key,
        )


class WorkerBinarySensor(WorkerEntity, BinarySensorEntity):
    """A row of the table for one worker."""

    entity_description: WorkerBinarySensorDescription

    @property
    @override
    def is_on(self) -> bool | None:
        """Return whether it is on."""
        return self.entity_description.is_on_fn(self.facts)


class HygieneBinarySensor(SinkEntity, BinarySensorEntity):
    """Whether a tank was not heated through for longer than its reminder allows."""

    @property
    @override
    def is_on(self) -> bool | None:
        """Return whether it is due; None before the first decision."""
        return self.coordinator.care.is_due(self._config.key)


class GuardBinarySensor(GuardEntity, BinarySensorEntity):
    """Whether a guard has tripped, and over what."""

    _unrecorded_attributes = frozenset({"details"})

    @property
    @override
    def is_on(self) -> bool | None:
        """Return whether it holds workers back; None until its entities speak."""
        return self.facts.tripped

    @property
    @override
    def extra_state_attributes(self) -> dict[str, Any]:
        """Return what it found, since when, and whether it waits to be re-armed."""
        return guard_attributes(self.facts)


def guard_attributes(guard: GuardFacts) -> dict[str, Any]:
    """Return the numbers behind a trip; all None while there is none.

    An input that is missing goes by the name of its entity, where it has one.
    """
    state, reason = guard.state, guard.reason
    if state is None or reason is None or state.since_s is None:
        return dict.fromkeys(sorted(GUARD_ATTRIBUTES))
    entities = guard.config.entities
    return {
        "reason": reason.code.value,
        "since": guard.at(state.since_s).isoformat(),
        "latched": state.latched,
        "details": {
            name: entities.get(value, value)
            if isinstance(value, str)
            else rounded(value, 2)
            for name, value in reason.data.items()
            if name != "guard"
        },
    }
