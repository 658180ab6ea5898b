"""A home with a miner behind a plug, in the sun."""

from typing import Any

from homeassistant.core import HomeAssistant

from custom_components.solar_compute.coordinator import SolarComputeCoordinator
from custom_components.solar_compute.core.model import ReasonCode

from .common import home, move_in, switched

MINER = "input_boolean.miner"


async def sunny(
    hass: HomeAssistant, grid_w: float = -3000, **options: Any
) -> SolarComputeCoordinator:
    """Set up a home with a miner behind a plug, in the sun unless told otherwise."""
    entry = home(switched("miner", MINER), **options)
    await move_in(hass, entry, grid_w=grid_w)
    coordinator: SolarComputeCoordinator = entry.runtime_data
    return coordinator


def reason(coordinator: SolarComputeCoordinator) -> ReasonCode:
    """Return why the miner is at its level."""
    decision = coordinator.data.decision.worker("miner")
    assert decision is not None
    return decision.reason.code
