"""What the entities of a guard have in common, and what is known of a guard.

As with all entities: it renders `coordinator.data`, and decides and keeps nothing.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from homeassistant.helpers.entity import EntityDescription

from .configured import GuardConfig
from .coordinator import SolarComputeCoordinator
from .core.guard_spec import (
    BatteryGuard,
    CircuitGuard,
    ClimateGuard,
    ConditionGuard,
    GuardSpec,
    MaximumGuard,
    PowerCapGuard,
    QuietGuard,
)
from .core.model import GuardState, Reason, ReasonCode
from .entity import SolarComputeEntity
from .site_data import SiteData

_MODELS: Final[dict[type[GuardSpec], str]] = {
    BatteryGuard: "Home battery",
    CircuitGuard: "Circuit",
    ClimateGuard: "Air around workers",
    ConditionGuard: "On or off",
    MaximumGuard: "Daily maximum",
    PowerCapGuard: "Power cap",
    QuietGuard: "Quiet hours",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class GuardFacts:
    """What is known of one guard: how it is configured and the last data."""

    config: GuardConfig
    data: SiteData

    @property
    def state(self) -> GuardState | None:
        """What it found; None before its first look."""
        return self.data.decision.guard(self.config.key)

    @property
    def tripped(self) -> bool | None:
        """Whether it holds workers back; None while its entities are late."""
        if self.state is None or self._is_late:
            return None
        return self.state.tripped

    @property
    def reason(self) -> Reason | None:
        """What it tripped for; None while it has not, or nobody knows."""
        return None if self.state is None or self._is_late else self.state.reason

    def at(self, clock_s: float) -> datetime:
        """Return the local time of a moment on the decisions' clock, to the second."""
        snapshot = self.data.snapshot
        ago = timedelta(seconds=snapshot.clock_s - clock_s)
        # In UTC, or the hour in which clocks are changed would be counted twice.
        then = snapshot.local.astimezone(UTC) - ago
        return then.astimezone(snapshot.local.tzinfo).replace(microsecond=0)

    @property
    def _is_late(self) -> bool:
        """Whether its entities have said nothing yet, just after a start."""
        reason = None if self.state is None else self.state.reason
        return reason is not None and reason.code is ReasonCode.STARTING_UP


class GuardEntity(SolarComputeEntity):
    """An entity of one guard."""

    def __init__(
        self,
        coordinator: SolarComputeCoordinator,
        description: EntityDescription,
        config: GuardConfig,
    ) -> None:
        """Describe the guard's device."""
        super().__init__(coordinator, description, config.key)
        self._config = config
        self._attr_device_info = self._own_device(
            config.key, config.name, _MODELS[type(config.spec)]
        )

    @property
    def facts(self) -> GuardFacts:
        """What is known of the guard now."""
        return GuardFacts(config=self._config, data=self.coordinator.data)


def latches(config: GuardConfig) -> bool:
    """Tell whether a guard stays tripped until a person re-arms it."""
    return isinstance(config.spec, ConditionGuard | ClimateGuard) and (
        config.spec.latching
    )
