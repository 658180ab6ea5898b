"""Which workers an action is about: it addresses devices, since a worker is a device.

Nothing is done before every device of a call was found to be right.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from homeassistant.config_entries import ConfigEntry
from homeassistant.const import ATTR_DEVICE_ID
from homeassistant.core import HomeAssistant, ServiceCall
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import (
    config_validation as cv,
    device_registry as dr,
    service,
)
import probatio

from .configured import WorkerConfig
from .const import DOMAIN
from .coordinator import SolarComputeCoordinator
from .core.model import WorkerDecision
from .facts import SiteFacts, WorkerFacts
from .site_data import SiteData

DEVICE_SCHEMA = probatio.Schema(
    {probatio.Required(ATTR_DEVICE_ID): probatio.All(cv.ensure_list, [cv.string])}
)


@dataclass(frozen=True, slots=True)
class Target:
    """One worker that a call names, and where its site's coordinator is."""

    device_id: str
    coordinator: SolarComputeCoordinator
    worker: WorkerConfig

    @property
    def facts(self) -> WorkerFacts:
        """What is known of it now; its site has decided once."""
        home = self.coordinator
        site = SiteFacts(spec=home.configuration.spec, data=home.data)
        return WorkerFacts(config=self.worker, site=site)

    @property
    def decision(self) -> WorkerDecision | None:
        """What was decided about it last; None before its site has decided."""
        site: SiteData | None = self.coordinator.data
        return None if site is None else site.decision.worker(self.worker.key)


def worker_targets(
    hass: HomeAssistant, call: ServiceCall, *, of_site: bool = False
) -> list[Target]:
    """Return every worker that the call names, each once.

    With `of_site` the site's device stands for all of its workers. Raises
    ServiceValidationError for a device that is unknown, of another integration,
    of an entry that is not loaded, or that is no worker.
    """
    found: dict[str, Target] = {}
    for device, entry in named_devices(hass, call):
        coordinator = entry.runtime_data
        if of_site and (DOMAIN, entry.entry_id) in device.identifiers:
            targets = list(all_workers(hass, coordinator))
        else:
            targets = [
                Target(device.id, coordinator, worker)
                for worker in coordinator.configuration.workers
                if (DOMAIN, worker.key) in device.identifiers
            ]
            if not targets:
                raise _refusal(coordinator, device)
        found |= {target.device_id: target for target in targets}
    return list(found.values())


def named_devices(
    hass: HomeAssistant, call: ServiceCall
) -> Iterator[tuple[dr.DeviceEntry, ConfigEntry[SolarComputeCoordinator]]]:
    """Go through the devices that the call names, each with its loaded entry."""
    for device_id in call.data[ATTR_DEVICE_ID]:
        yield service.async_get_device_and_config_entry(
            hass, DOMAIN, device_id, include_child_devices=False
        )


def named_homes(
    hass: HomeAssistant, call: ServiceCall
) -> dict[str, SolarComputeCoordinator]:
    """Return every home that the call names, by device.

    Raises ServiceValidationError as `worker_targets` does, and for what is no home.
    """
    found: dict[str, SolarComputeCoordinator] = {}
    for device, entry in named_devices(hass, call):
        if (DOMAIN, entry.entry_id) not in device.identifiers:
            raise ServiceValidationError(
                translation_domain=DOMAIN,
                translation_key="not_a_home",
                translation_placeholders={"device": name_of(device)},
            )
        found[device.id] = entry.runtime_data
    return found


def name_of(device: dr.DeviceEntry | dr.ChildDeviceEntry) -> str:
    """Return what a device is called."""
    return device.name_by_user or device.name or device.id


def all_workers(
    hass: HomeAssistant, coordinator: SolarComputeCoordinator
) -> Iterator[Target]:
    """Yield all workers of a site that are switched."""
    entry_id = coordinator.config_entry.entry_id
    for worker in coordinator.configuration.workers:
        device_id = dr.async_get_device_id_by_identifier(
            hass, (DOMAIN, worker.key), config_entry_id=entry_id
        )
        yield Target(device_id, coordinator, worker)


def _refusal(
    coordinator: SolarComputeCoordinator, device: dr.DeviceEntry
) -> ServiceValidationError:
    """Return why a device is not a worker that can be told anything."""
    name = name_of(device)
    for load in coordinator.configuration.always_on:
        if (DOMAIN, load.key) in device.identifiers:
            return ServiceValidationError(
                translation_domain=DOMAIN,
                translation_key="never_switched",
                translation_placeholders={"device": name},
            )
    return ServiceValidationError(
        translation_domain=DOMAIN,
        translation_key="not_a_worker",
        translation_placeholders={"device": name},
    )
