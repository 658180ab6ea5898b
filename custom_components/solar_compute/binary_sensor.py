"""Binary sensors: workers that run and obey, heat that is needed, guards that tripped."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, override

from homeassistant.components.binary_sensor import (
    BinarySensorEntity,
    BinarySensorEntityDescription,
)
from homeassistant.components.binary_sensor.const import BinarySensorDeviceClass
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from . import SolarComputeConfigEntry
from .activity import runs
from .const import HEAT_NEEDED, PURE_SURPLUS, RUNNING, TRIPPED, WORTH_RUNNING
from .core.ledger import all_solar
from .core.sinks import needs_heat
from .entity import SinkEntity, WorkerEntity
from .facts import WorkerFacts
from .guard_entity import GuardEntity, GuardFacts
from .rounding import rounded

PARALLEL_UPDATES = 0


@dataclass(frozen=True, kw_only=True)
class WorkerBinarySensorDescription(BinarySensorEntityDescription):
    """Describe a binary sensor of a worker."""

    is_on_fn: Callable[[WorkerFacts], bool | None]
    """Whether it is on, None where that is unknown."""


def _is_worth_it(worker: WorkerFacts) -> bool | None:
    return None if worker.judged is None else worker.judged.total > 0


def _is_on_pure_surplus(worker: WorkerFacts) -> bool | None:
    computes = runs(worker)
    if not computes or worker.decision is None:
        return computes
    return all_solar(worker.decision.slices) if worker.decision.slices else None


DESCRIPTIONS: tuple[WorkerBinarySensorDescription, ...] = (
    WorkerBinarySensorDescription(
        key=RUNNING,
        translation_key=RUNNING,
        device_class=BinarySensorDeviceClass.RUNNING,
        is_on_fn=runs,
    ),
    WorkerBinarySensorDescription(
        key=WORTH_RUNNING,
        translation_key=WORTH_RUNNING,
        is_on_fn=_is_worth_it,
    ),
    WorkerBinarySensorDescription(
        key=PURE_SURPLUS,
        translation_key=PURE_SURPLUS,
        is_on_fn=_is_on_pure_surplus,
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


GUARD_TRIPPED = BinarySensorEntityDescription(
    key=TRIPPED,
    translation_key=TRIPPED,
    device_class=BinarySensorDeviceClass.PROBLEM,
)
NEEDS_HEAT = BinarySensorEntityDescription(
    key=HEAT_NEEDED,
    translation_key=HEAT_NEEDED,
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
    for sink in coordinator.configuration.sinks:
        async_add_entities(
            [HeatNeededBinarySensor(coordinator, NEEDS_HEAT, sink)],
            config_subentry_id=sink.key,
        )
    for guard in coordinator.configuration.guards:
        async_add_entities(
            [GuardBinarySensor(coordinator, GUARD_TRIPPED, guard)],
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


class HeatNeededBinarySensor(SinkEntity, BinarySensorEntity):
    """Whether a tank or room wants heat to reach its target."""

    _needed = False

    @property
    @override
    def is_on(self) -> bool | None:
        """Return whether it does; None while its temperature is unknown."""
        state = self.facts.state
        return None if state is None else needs_heat(state, self._needed)

    @callback
    @override
    def _handle_coordinator_update(self) -> None:
        """Go on from what it wanted before, so that noise is no demand.

        Nor is it an end that the temperature is unknown for a while.
        """
        if self.available and (needed := self.is_on) is not None:
            self._needed = needed
        super()._handle_coordinator_update()


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
