"""Re-arming a guard that has tripped: the one way, whoever asks for it."""

from homeassistant.exceptions import ServiceValidationError

from .configured import GuardConfig
from .const import DOMAIN
from .coordinator import SolarComputeCoordinator


async def async_rearm(coordinator: SolarComputeCoordinator, guard: GuardConfig) -> None:
    """Re-arm a guard, which does nothing to one that has not tripped.

    Raises ServiceValidationError while what tripped it still holds, as known now.
    """
    coordinator.tick()
    state = coordinator.data.decision.guard(guard.key) if coordinator.data else None
    if state is not None and state.tripped and not state.latched:
        raise ServiceValidationError(
            translation_domain=DOMAIN,
            translation_key="guard_still_tripped",
            translation_placeholders={"guard": guard.name},
        )
    await coordinator.async_rearm_guard(guard.key)
