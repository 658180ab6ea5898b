"""What all entities have in common: their device, their name, where their facts are.

An entity renders `coordinator.data`; it measures nothing, decides nothing and
keeps nothing of its own.
"""

from typing import override

from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers.device_registry import DeviceInfo
from homeassistant.helpers.entity import EntityDescription
from homeassistant.helpers.update_coordinator import CoordinatorEntity

from .configured import WorkerConfig
from .configured_heat import SinkConfig, TankConfig
from .const import DOMAIN
from .coordinator import SolarComputeCoordinator
from .core.spec import TankUse
from .facts import SinkFacts, SiteFacts, WorkerFacts
from .workers import KINDS

MANUFACTURER = "Solar Compute"


def with_currency(unit: str | None, hass: HomeAssistant) -> str | None:
    """Return a table's unit with the home's currency where it has a place for it."""
    return unit and unit.replace("{currency}", hass.config.currency)


class SolarComputeEntity(CoordinatorEntity[SolarComputeCoordinator]):
    """An entity of the site, a worker, a heat sink or a guard, called `owner`."""

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
        """Return the device of a subentry, behind the site's."""
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
        self._attr_device_info = self._own_device(
            config.key, config.name, KINDS[config.backend.kind].model
        )

    @property
    def facts(self) -> WorkerFacts:
        """What is known of the worker now."""
        return WorkerFacts(config=self._config, site=self._site)


class SinkEntity(SolarComputeEntity):
    """An entity of one tank or room."""

    def __init__(
        self,
        coordinator: SolarComputeCoordinator,
        description: EntityDescription,
        config: SinkConfig,
    ) -> None:
        """Describe the device of the tank or room."""
        super().__init__(coordinator, description, config.key)
        self._config = config
        self._attr_device_info = self._own_device(
            config.key, config.name, _sink_model(config)
        )

    @property
    def facts(self) -> SinkFacts:
        """What is known of the tank or room now."""
        return SinkFacts(config=self._config, site=self._site)


def _sink_model(config: SinkConfig) -> str:
    return _TANK_MODELS[config.spec.use] if isinstance(config, TankConfig) else "Room"


_TANK_MODELS = {
    TankUse.HOT_WATER: "Hot-water tank",
    TankUse.BUFFER: "Heat buffer",
    TankUse.EXPORTED: "Heating network",
}
