"""Actions about guards and about a home: re-arm what has tripped, forget what was learned.

Each does what the button of that name does, and answers with what came of it. Thin over
the coordinator; must never decide anything.
"""

from typing import Any

from homeassistant.core import (
    HomeAssistant,
    ServiceCall,
    ServiceResponse,
    SupportsResponse,
    callback,
)
from homeassistant.exceptions import ServiceValidationError

from .configured import GuardConfig
from .const import DOMAIN
from .coordinator import SolarComputeCoordinator
from .rearm import async_rearm
from .rounding import rounded
from .targets import DEVICE_SCHEMA, name_of, named_devices, named_homes

SERVICE_REARM_GUARD = "rearm_guard"
SERVICE_FORGET_LEARNING = "forget_learning"


@callback
def async_setup_home_services(hass: HomeAssistant) -> None:
    """Register the actions, which exist whether or not an entry is loaded."""

    async def rearm_guard(call: ServiceCall) -> ServiceResponse:
        answers: dict[str, Any] = {}
        for device_id, (coordinator, guard) in _guards(hass, call).items():
            waited = _is_tripped(coordinator, guard)
            await async_rearm(coordinator, guard)
            answers[device_id] = {
                "rearmed": waited,
                "tripped": _is_tripped(coordinator, guard),
            }
        return answers

    async def forget_learning(call: ServiceCall) -> ServiceResponse:
        answers: dict[str, Any] = {}
        for device_id, coordinator in named_homes(hass, call).items():
            days = coordinator.foresight.learned.days
            await coordinator.async_forget()
            answers[device_id] = {"forgotten_days": rounded(days, 1)}
        return answers

    for action, respond in (
        (SERVICE_REARM_GUARD, rearm_guard),
        (SERVICE_FORGET_LEARNING, forget_learning),
    ):
        hass.services.async_register(
            DOMAIN,
            action,
            respond,
            schema=DEVICE_SCHEMA,
            supports_response=SupportsResponse.OPTIONAL,
        )


def _guards(
    hass: HomeAssistant, call: ServiceCall
) -> dict[str, tuple[SolarComputeCoordinator, GuardConfig]]:
    """Return every guard that the call names. Raises as `worker_targets` does."""
    found: dict[str, tuple[SolarComputeCoordinator, GuardConfig]] = {}
    for device, entry in named_devices(hass, call):
        coordinator = entry.runtime_data
        guards = coordinator.configuration.guards
        own = [guard for guard in guards if (DOMAIN, guard.key) in device.identifiers]
        if not own:
            raise ServiceValidationError(
                translation_domain=DOMAIN,
                translation_key="not_a_guard",
                translation_placeholders={"device": name_of(device)},
            )
        found[device.id] = coordinator, own[0]
    return found


def _is_tripped(coordinator: SolarComputeCoordinator, guard: GuardConfig) -> bool:
    state = coordinator.data.decision.guard(guard.key) if coordinator.data else None
    return state is not None and state.tripped
