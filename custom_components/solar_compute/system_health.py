"""System health: a glance at whether Solar Compute does its work."""

import asyncio
from typing import Any

from homeassistant.components import system_health
from homeassistant.core import HomeAssistant, callback

from .const import DOMAIN
from .coordinator import SolarComputeCoordinator
from .core.model import WorkerState
from .workers.agent import AgentBackend

REACHABLE = "ok"


@callback
def async_register(
    hass: HomeAssistant, register: system_health.SystemHealthRegistration
) -> None:
    """Register what the information page shows."""
    register.async_register_info(_async_info)


async def _async_info(hass: HomeAssistant) -> dict[str, Any]:
    coordinators: list[SolarComputeCoordinator] = [
        entry.runtime_data for entry in hass.config_entries.async_loaded_entries(DOMAIN)
    ]
    workers = [
        worker
        for coordinator in coordinators
        for worker in coordinator.configuration.workers
    ]
    sites = [
        coordinator.data for coordinator in coordinators if coordinator.data is not None
    ]
    views = [view for site in sites for view in site.flows.values()]
    info: dict[str, Any] = {
        "workers": len(workers),
        "running": sum(view.state is WorkerState.RUNNING for view in views),
        "last_decision": max((site.snapshot.local for site in sites), default=None),
    }
    services = {
        worker.backend.url
        for worker in workers
        if isinstance(worker.backend, AgentBackend)
    }
    if services:
        info["worker_services"] = _async_reach_all(hass, services)
    return info


async def _async_reach_all(
    hass: HomeAssistant, services: set[str]
) -> str | dict[str, str]:
    """Return the first worker service's failure, or that all of them answer."""
    answers = await asyncio.gather(
        *(
            system_health.async_check_can_reach_url(
                hass, f"{url.rstrip('/')}/v1/health"
            )
            for url in sorted(services)
        )
    )
    return next((answer for answer in answers if answer != REACHABLE), REACHABLE)
