"""Actions: run or pause a worker, set its mode, explain its decision, re-arm a guard.

They address devices, not entities, since a worker is a device; one call may name
several. Nothing is done before every device of a call was found to be right.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from homeassistant.config_entries import ConfigEntry
from homeassistant.const import ATTR_DEVICE_ID, ATTR_MODE
from homeassistant.core import (
    HomeAssistant,
    ServiceCall,
    ServiceResponse,
    SupportsResponse,
    callback,
)
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import (
    config_validation as cv,
    device_registry as dr,
    service,
)
import probatio

from .configured import GuardConfig, WorkerConfig
from .const import DOMAIN
from .coordinator import SolarComputeCoordinator
from .core.explain import explain
from .core.model import Mode
from .rearm import async_rearm

ATTR_DURATION = "duration"
ATTR_LEVEL = "level"

SERVICE_RUN = "run"
SERVICE_PAUSE = "pause"
SERVICE_SET_MODE = "set_mode"
SERVICE_EXPLAIN = "explain"
SERVICE_REARM_GUARD = "rearm_guard"

SHORTEST = timedelta(seconds=1)
LONGEST = timedelta(days=7)

DEVICE_SCHEMA = probatio.Schema(
    {probatio.Required(ATTR_DEVICE_ID): probatio.All(cv.ensure_list, [cv.string])}
)
PAUSE_SCHEMA = DEVICE_SCHEMA.extend({probatio.Optional(ATTR_DURATION): cv.time_period})
RUN_SCHEMA = PAUSE_SCHEMA.extend({probatio.Optional(ATTR_LEVEL): probatio.Coerce(int)})
SET_MODE_SCHEMA = DEVICE_SCHEMA.extend(
    {probatio.Required(ATTR_MODE): probatio.Coerce(Mode)}
)


@dataclass(frozen=True, slots=True)
class _Target:
    """One worker that a call names, and where its site's coordinator is."""

    device_id: str
    coordinator: SolarComputeCoordinator
    worker: WorkerConfig


@callback
def async_setup_services(hass: HomeAssistant) -> None:
    """Register the actions, which exist whether or not an entry is loaded."""

    async def run(call: ServiceCall) -> None:
        duration_s = _duration_s(call)
        level: int | None = call.data.get(ATTR_LEVEL)
        targets = _workers(hass, call)
        for target in targets:
            _check_level(target.worker, level)
        for target in targets:
            await target.coordinator.async_override(
                target.worker.key, run=True, duration_s=duration_s, level=level
            )

    async def pause(call: ServiceCall) -> None:
        duration_s = _duration_s(call)
        for target in _workers(hass, call):
            await target.coordinator.async_override(
                target.worker.key, run=False, duration_s=duration_s
            )

    async def set_mode(call: ServiceCall) -> None:
        for target in _workers(hass, call):
            await target.coordinator.async_set_mode(
                target.worker.key, call.data[ATTR_MODE]
            )

    async def explain_workers(call: ServiceCall) -> ServiceResponse:
        return {
            target.device_id: _explanation(target)
            for target in _workers(hass, call, of_site=True)
        }

    async def rearm_guard(call: ServiceCall) -> None:
        for coordinator, guard in _guards(hass, call):
            await async_rearm(coordinator, guard)

    register = hass.services.async_register
    register(DOMAIN, SERVICE_RUN, run, schema=RUN_SCHEMA)
    register(DOMAIN, SERVICE_PAUSE, pause, schema=PAUSE_SCHEMA)
    register(DOMAIN, SERVICE_SET_MODE, set_mode, schema=SET_MODE_SCHEMA)
    register(DOMAIN, SERVICE_REARM_GUARD, rearm_guard, schema=DEVICE_SCHEMA)
    register(
        DOMAIN,
        SERVICE_EXPLAIN,
        explain_workers,
        schema=DEVICE_SCHEMA,
        supports_response=SupportsResponse.ONLY,
    )


def _workers(
    hass: HomeAssistant, call: ServiceCall, *, of_site: bool = False
) -> list[_Target]:
    """Return every worker that the call names, each once.

    With `of_site` the site's device stands for all of its workers. Raises
    ServiceValidationError for a device that is unknown, of another integration,
    of an entry that is not loaded, or that is no worker.
    """
    found: dict[str, _Target] = {}
    for device, entry in _devices(hass, call):
        coordinator = entry.runtime_data
        if of_site and (DOMAIN, entry.entry_id) in device.identifiers:
            targets = list(_all_workers(hass, coordinator))
        else:
            targets = [
                _Target(device.id, coordinator, worker)
                for worker in coordinator.configuration.workers
                if (DOMAIN, worker.key) in device.identifiers
            ]
            if not targets:
                raise _refusal(coordinator, device)
        found |= {target.device_id: target for target in targets}
    return list(found.values())


def _refusal(
    coordinator: SolarComputeCoordinator, device: dr.DeviceEntry
) -> ServiceValidationError:
    """Return why a device is not a worker that can be told anything."""
    name = device.name_by_user or device.name or device.id
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


def _guards(
    hass: HomeAssistant, call: ServiceCall
) -> list[tuple[SolarComputeCoordinator, GuardConfig]]:
    """Return every guard that the call names. Raises as `_workers` does."""
    found: dict[str, tuple[SolarComputeCoordinator, GuardConfig]] = {}
    for device, entry in _devices(hass, call):
        coordinator = entry.runtime_data
        guards = [
            guard
            for guard in coordinator.configuration.guards
            if (DOMAIN, guard.key) in device.identifiers
        ]
        if not guards:
            raise ServiceValidationError(
                translation_domain=DOMAIN,
                translation_key="not_a_guard",
                translation_placeholders={
                    "device": device.name_by_user or device.name or device.id
                },
            )
        found |= {guard.key: (coordinator, guard) for guard in guards}
    return list(found.values())


def _devices(
    hass: HomeAssistant, call: ServiceCall
) -> Iterator[tuple[dr.DeviceEntry, ConfigEntry[SolarComputeCoordinator]]]:
    """Go through the devices that the call names, each with its loaded entry."""
    for device_id in call.data[ATTR_DEVICE_ID]:
        yield service.async_get_device_and_config_entry(
            hass, DOMAIN, device_id, include_child_devices=False
        )


def _all_workers(
    hass: HomeAssistant, coordinator: SolarComputeCoordinator
) -> Iterator[_Target]:
    entry_id = coordinator.config_entry.entry_id
    for worker in coordinator.configuration.workers:
        device_id = dr.async_get_device_id_by_identifier(
            hass, (DOMAIN, worker.key), config_entry_id=entry_id
        )
        yield _Target(device_id, coordinator, worker)


def _duration_s(call: ServiceCall) -> float | None:
    """Return the call's duration in s; None lets the worker's own setting serve."""
    duration: timedelta | None = call.data.get(ATTR_DURATION)
    if duration is None:
        return None
    if not SHORTEST <= duration <= LONGEST:
        raise ServiceValidationError(
            translation_domain=DOMAIN,
            translation_key="duration_out_of_range",
            translation_placeholders={
                "minimum": str(SHORTEST // timedelta(seconds=1)),
                "maximum": str(LONGEST // timedelta(days=1)),
            },
        )
    return duration.total_seconds()


def _check_level(worker: WorkerConfig, level: int | None) -> None:
    highest = len(worker.spec.levels_w)
    if level is not None and not 1 <= level <= highest:
        raise ServiceValidationError(
            translation_domain=DOMAIN,
            translation_key="level_out_of_range",
            translation_placeholders={
                "worker": worker.name,
                "level": str(level),
                "maximum": str(highest),
            },
        )


def _explanation(target: _Target) -> dict[str, Any]:
    """Return the last decision about a worker with all of its numbers."""
    site = target.coordinator.data
    if site is None or site.decision.worker(target.worker.key) is None:
        raise ServiceValidationError(
            translation_domain=DOMAIN,
            translation_key="no_decision_yet",
            translation_placeholders={"worker": target.worker.name},
        )
    spec = target.coordinator.configuration.spec
    return explain(spec, site.snapshot, site.decision, target.worker.key)
