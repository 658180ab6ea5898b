"""What all entities have in common: their device, their name, their facts.

An entity renders `coordinator.data`; it measures nothing, decides nothing and
keeps nothing of its own.
"""

from dataclasses import dataclass
from typing import override

from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers.device_registry import DeviceInfo
from homeassistant.helpers.entity import EntityDescription
from homeassistant.helpers.update_coordinator import CoordinatorEntity

from .configuration import AgentBackend, TankConfig, WorkerConfig
from .const import DOMAIN
from .coordinator import SiteData, SolarComputeCoordinator
from .core.ledger import TankAccount, WorkerAccount
from .core.model import HeatPrice, WorkerDecision, Worth
from .core.observe import usable
from .core.spec import SiteSpec
from .flow_view import WorkerView

MANUFACTURER = "Solar Compute"


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteFacts:
    """What is known of the home: how it is configured and the last data."""

    spec: SiteSpec
    data: SiteData


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerFacts:
    """What is known of one worker: the home's facts seen from there."""

    config: WorkerConfig
    site: SiteFacts

    @property
    def decision(self) -> WorkerDecision | None:
        """What was decided for it; None before its first decision."""
        return self.site.data.decision.worker(self.config.key)

    @property
    def judged(self) -> Worth | None:
        """Worth of its level, or while paused of the best permitted one."""
        return None if self.decision is None else self.decision.judged

    @property
    def view(self) -> WorkerView | None:
        """What its back-end says; None until it was asked."""
        return self.site.data.flows.get(self.config.key)

    @property
    def account(self) -> WorkerAccount:
        """Its counters; all 0 for a worker that has none yet."""
        return self.site.data.ledger.workers.get(self.config.key, WorkerAccount())


@dataclass(frozen=True, slots=True, kw_only=True)
class TankFacts:
    """What is known of one tank: the home's facts seen from there."""

    config: TankConfig
    site: SiteFacts

    @property
    def temperature_c(self) -> float | None:
        """Its temperature in °C; None where it is unknown or too old."""
        snapshot = self.site.data.snapshot
        readings = (
            tank.temperature_c for tank in snapshot.tanks if tank.key == self.config.key
        )
        hold_s = self.site.spec.policy.temperature_hold_s
        return usable(next(readings, None), snapshot.clock_s, hold_s, -20.0, 120.0)

    @property
    def price(self) -> HeatPrice | None:
        """What heat is worth in it; None while its temperature is unknown."""
        prices = self.site.data.decision.heat
        return next((price for price in prices if price.key == self.config.key), None)

    @property
    def account(self) -> TankAccount:
        """Its counters; all 0 for a tank that has none yet."""
        return self.site.data.ledger.tanks.get(self.config.key, TankAccount())


def rounded(value: float | None, digits: int | None) -> float | None:
    """Return the value rounded, never as -0; `digits` None leaves it as it is.

    Every digit that a state shows is a row in the recorder when it changes.
    """
    if value is None or digits is None:
        return value
    return round(value) if digits == 0 else round(value, digits) + 0.0


def with_currency(unit: str | None, hass: HomeAssistant) -> str | None:
    """Return a table's unit with the home's currency where it has a place for it."""
    return unit and unit.replace("{currency}", hass.config.currency)


class SolarComputeEntity(CoordinatorEntity[SolarComputeCoordinator]):
    """An entity of the site, a worker or a tank, called `owner`."""

    _attr_has_entity_name = True

    def __init__(
        self,
        coordinator: SolarComputeCoordinator,
        description: EntityDescription,
        owner: str,
    ) -> None:
        """Name the entity; `owner` is an entry's or a subentry's id."""
        super().__init__(coordinator)
        self.entity_description = description
        self._attr_unique_id = f"{owner}_{description.key}"

    @property
    @override
    def available(self) -> bool:
        """Tell whether decisions are made; a missing number is unknown instead."""
        return super().available and self.coordinator.data is not None

    @property
    def _site(self) -> SiteFacts:
        spec = self.coordinator.configuration.spec
        return SiteFacts(spec=spec, data=self.coordinator.data)

    def _own_device(self, owner: str, name: str, model: str) -> DeviceInfo:
        """Return the device of a worker or a tank, behind the site's."""
        entry_id = self.coordinator.config_entry.entry_id
        return DeviceInfo(
            identifiers={(DOMAIN, owner)},
            name=name,
            manufacturer=MANUFACTURER,
            model=model,
            via_device_id=dr.async_get_device_id_by_identifier(
                self.coordinator.hass, (DOMAIN, entry_id), config_entry_id=entry_id
            ),
        )


class SiteEntity(SolarComputeEntity):
    """An entity of the home itself."""

    def __init__(
        self, coordinator: SolarComputeCoordinator, description: EntityDescription
    ) -> None:
        """Link to the hub device, which set-up has registered."""
        entry_id = coordinator.config_entry.entry_id
        super().__init__(coordinator, description, entry_id)
        self._attr_device_info = DeviceInfo(identifiers={(DOMAIN, entry_id)})

    @property
    def facts(self) -> SiteFacts:
        """What is known of the site now."""
        return self._site


class WorkerEntity(SolarComputeEntity):
    """An entity of one worker."""

    def __init__(
        self,
        coordinator: SolarComputeCoordinator,
        description: EntityDescription,
        config: WorkerConfig,
    ) -> None:
        """Describe the worker's device."""
        super().__init__(coordinator, description, config.key)
        self._config = config
        agent = isinstance(config.backend, AgentBackend)
        self._attr_device_info = self._own_device(
            config.key, config.name, "Worker service" if agent else "Switched load"
        )

    @property
    def facts(self) -> WorkerFacts:
        """What is known of the worker now."""
        return WorkerFacts(config=self._config, site=self._site)


class TankEntity(SolarComputeEntity):
    """An entity of one hot-water tank."""

    def __init__(
        self,
        coordinator: SolarComputeCoordinator,
        description: EntityDescription,
        config: TankConfig,
    ) -> None:
        """Describe the tank's device."""
        super().__init__(coordinator, description, config.key)
        self._config = config
        self._attr_device_info = self._own_device(
            config.key, config.name, "Hot-water tank"
        )

    @property
    def facts(self) -> TankFacts:
        """What is known of the tank now."""
        return TankFacts(config=self._config, site=self._site)
