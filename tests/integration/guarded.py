"""A home with one worker in the cellar, and guards over the cellar's door and air."""

from typing import Any

from homeassistant.const import STATE_OFF, STATE_ON
from homeassistant.core import HomeAssistant, State
from pytest_homeassistant_custom_component.common import MockConfigEntry

from .faces_common import SWITCH, cruncher, home, set_up, state_of, subentry, until
from .guard_pages import STORED, furnish

DOOR = "binary_sensor.cellar_door"
AIR = "sensor.cellar_air"


def door(**changes: Any) -> dict[str, Any]:
    """Return a guard over the cellar's door, which latches."""
    return subentry(
        "door_id", "guard", "Cellar door", {**STORED["condition"], **changes}
    )


def cellar(**changes: Any) -> dict[str, Any]:
    """Return a guard over the cellar's air: not above 32 °C."""
    data = {**STORED["climate"], **changes}
    return subentry("cellar_id", "guard", "Cellar air", data)


async def guarded(
    hass: HomeAssistant, *guards: dict[str, Any], **options: Any
) -> MockConfigEntry:
    """Set up a home with one worker that runs, and these guards."""
    furnish(hass)
    entry = home(cruncher(sink=None), *guards, **options)
    await set_up(hass, entry)
    await until(hass, lambda: hass.states.is_state(SWITCH, STATE_ON))
    return entry


def shown(hass: HomeAssistant, guard: str = "door_id") -> State:
    """Return the state of a guard's binary sensor."""
    return state_of(hass, "binary_sensor", guard, "tripped")


async def open_door(hass: HomeAssistant) -> None:
    """Open the door, and see the worker paused."""
    hass.states.async_set(DOOR, STATE_ON)
    await until(hass, lambda: hass.states.is_state(SWITCH, STATE_OFF))
