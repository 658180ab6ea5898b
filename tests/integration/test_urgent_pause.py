"""What a safety guard does to a worker that saves its work before it pauses."""

from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
import pytest

from custom_components.solar_compute.coordinator import SolarComputeCoordinator

from .common import Boxes, home, move_in, pass_time, served, settle

SMOKE = "binary_sensor.smoke"


def smoke_alarm(*, safety: bool) -> dict[str, Any]:
    """Return a guard that smoke trips for good."""
    return {
        "subentry_id": "smoke",
        "subentry_type": "guard",
        "title": "Smoke",
        "unique_id": None,
        "data": {
            "kind": "condition",
            "watched": SMOKE,
            "use": "alarm",
            "must_be": "off",
            "latching": True,
            "safety": safety,
        },
    }


@pytest.mark.parametrize(
    ("safety", "told"), [(True, "pause at once"), (False, "pause")]
)
async def test_only_a_safety_guard_waits_for_no_checkpoint(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    boxes: Boxes,
    *,
    safety: bool,
    told: str,
) -> None:
    hass.states.async_set(SMOKE, "off")
    entry = home(served("box", "http://box"), smoke_alarm(safety=safety))
    await move_in(hass, entry, grid_w=-3000)
    await pass_time(hass, freezer, 5)
    assert boxes["box"].level == 2

    hass.states.async_set(SMOKE, "on")
    await pass_time(hass, freezer, 3)

    assert boxes["box"].told[-1] == told
    assert boxes["box"].level == 0


async def test_a_guard_that_was_rearmed_stays_so_over_a_reload(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, boxes: Boxes
) -> None:
    hass.states.async_set(SMOKE, "off")
    entry = home(served("box", "http://box"), smoke_alarm(safety=True))
    await move_in(hass, entry, grid_w=-3000)
    hass.states.async_set(SMOKE, "on")
    await pass_time(hass, freezer, 3)
    hass.states.async_set(SMOKE, "off")
    await pass_time(hass, freezer, 3)
    coordinator: SolarComputeCoordinator = entry.runtime_data
    assert boxes["box"].level == 0

    await coordinator.async_rearm_guard("smoke")
    await settle(hass)
    assert await hass.config_entries.async_reload(entry.entry_id)
    await pass_time(hass, freezer, 5)

    state = entry.runtime_data.data.decision.guard("smoke")
    assert not state.tripped
    assert boxes["box"].level == 2
