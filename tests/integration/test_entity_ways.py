"""Scripts, buttons, choices and numbers that turn a worker on and off."""

from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.components.input_button import DOMAIN as INPUT_BUTTON
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
import pytest

from custom_components.solar_compute.core.model import WorkerState
from custom_components.solar_compute.workers import create_backend, parse_backend
from custom_components.solar_compute.workers.base import (
    Backend,
    Feature,
    WorkerRefused,
    WorkerStatus,
    WorkerUnreachable,
)

from .common import meter

RUNS = "input_boolean.computes"
POWER = "sensor.rig_power"

HELPERS: dict[str, dict[str, Any]] = {
    "input_boolean": {"computes": {}},
    "input_number": {"limit": {"min": 0, "max": 1000, "initial": 0, "step": 1}},
    "input_select": {
        "mode": {"options": ["Sleep", "Low", "Normal", "Turbo"], "initial": "Sleep"}
    },
    INPUT_BUTTON: {"go": {}, "stop": {}},
    "script": {
        "go": {
            "sequence": [
                {"action": "input_boolean.turn_on", "target": {"entity_id": RUNS}}
            ]
        },
        "stop": {
            "sequence": [
                {"action": "input_boolean.turn_off", "target": {"entity_id": RUNS}}
            ]
        },
    },
}


@pytest.fixture(autouse=True)
async def helpers(hass: HomeAssistant) -> None:
    """Have helpers of Home Assistant that stand for a rig."""
    for domain, config in HELPERS.items():
        assert await async_setup_component(hass, domain, {domain: config})


def behind(hass: HomeAssistant, **data: Any) -> Backend:
    """Return the worker that stored data describe."""
    config = parse_backend({"kind": "entity", "levels_w": [500.0], **data})
    return create_backend(hass, config, controller="home")


def scripted(hass: HomeAssistant, **data: Any) -> Backend:
    """Return a worker behind two scripts, of which a helper tells what they did."""
    scripts = {"switch": "script.go", "pause_by": "script.stop"}
    return behind(hass, **{**scripts, "confirm": RUNS, **data})


def buttoned(hass: HomeAssistant, **data: Any) -> Backend:
    """Return a worker behind two buttons, which do nothing by themselves."""
    buttons = {"switch": "input_button.go", "pause_by": "input_button.stop"}
    return behind(hass, **{**buttons, "confirm": RUNS, **data})


def what(status: WorkerStatus) -> tuple[WorkerState, int | None]:
    """Return what a status says of the worker."""
    return status.state, status.level


async def says(hass: HomeAssistant, *, running: bool) -> None:
    """Have the confirmation say whether the worker runs."""
    hass.states.async_set(RUNS, "on" if running else "off")
    await hass.async_block_till_done()


async def test_two_scripts_start_and_pause_a_worker(hass: HomeAssistant) -> None:
    worker = scripted(hass)
    assert what(await worker.async_status()) == (WorkerState.PAUSED, 0)

    await worker.async_set_level(1, 1)
    await hass.async_block_till_done()
    assert what(await worker.async_status()) == (WorkerState.RUNNING, 1)

    await worker.async_pause(2)
    await hass.async_block_till_done()
    assert what(await worker.async_status()) == (WorkerState.PAUSED, 0)


async def test_two_buttons_are_pressed_once_for_as_long_as_it_may_take_to_show(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    worker = buttoned(hass, confirm_within_s=60.0)
    assert what(await worker.async_set_level(1, 1)) == (WorkerState.STARTING, 1)
    pressed = hass.states.get("input_button.go")
    freezer.tick(30)
    await worker.async_set_level(1, 2)
    assert hass.states.get("input_button.go") == pressed

    await says(hass, running=True)
    assert what(await worker.async_status()) == (WorkerState.RUNNING, 1)
    await worker.async_set_level(1, 3)
    assert hass.states.get("input_button.go") == pressed


async def test_a_pause_that_does_not_show_yet_is_no_pause(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    await says(hass, running=True)
    worker = buttoned(hass, confirm_within_s=60.0)

    assert what(await worker.async_pause(1)) == (WorkerState.DRAINING, 0)
    freezer.tick(61)
    assert what(await worker.async_status()) == (WorkerState.RUNNING, 1)

    # The next pause does not count as obeyed before it shows.
    assert what(await worker.async_pause(2)) == (WorkerState.DRAINING, None)
    await says(hass, running=False)
    assert what(await worker.async_status()) == (WorkerState.PAUSED, 0)


async def test_a_start_that_never_shows_has_not_happened(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    worker = buttoned(hass, confirm_within_s=60.0)
    await worker.async_set_level(1, 1)

    freezer.tick(61)

    assert what(await worker.async_status()) == (WorkerState.PAUSED, 0)
    assert what(await worker.async_set_level(1, 2)) == (WorkerState.STARTING, None)


async def test_an_urgent_pause_presses_again(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    await says(hass, running=True)
    worker = buttoned(hass)
    await worker.async_pause(1)
    pressed = hass.states.get("input_button.stop")
    freezer.tick(1)

    await worker.async_pause(2, urgent=True)

    assert hass.states.get("input_button.stop") != pressed


@pytest.mark.parametrize("state", ["unknown", "unavailable", "disconnected"])
async def test_a_confirmation_that_says_nothing_leaves_the_worker_unknown(
    hass: HomeAssistant, state: str
) -> None:
    hass.states.async_set(RUNS, state, {"restored": True})

    with pytest.raises(WorkerUnreachable, match=f"{RUNS} is {state}"):
        await scripted(hass).async_status()


async def test_power_above_a_threshold_confirms_and_measures(
    hass: HomeAssistant,
) -> None:
    worker = buttoned(hass, confirm=POWER, confirm_above_w=50.0)
    assert Feature.POWER in worker.capabilities.features

    meter(hass, 48, POWER)
    status = await worker.async_status()
    assert (what(status), status.power_w) == ((WorkerState.PAUSED, 0), 48)
    meter(hass, 480, POWER)
    status = await worker.async_status()
    assert (what(status), status.power_w) == ((WorkerState.RUNNING, 1), 480)


async def test_a_switch_that_is_on_without_its_confirmation_is_not_paused(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    hass.states.async_set("switch.rig", "on")
    worker = behind(hass, switch="switch.rig", confirm=RUNS, confirm_within_s=60.0)
    assert what(await worker.async_status()) == (WorkerState.STARTING, 1)

    freezer.tick(61)

    assert what(await worker.async_status()) == (WorkerState.UNKNOWN, None)


async def test_a_switch_that_is_off_is_not_believed_while_the_worker_runs(
    hass: HomeAssistant,
) -> None:
    hass.states.async_set("switch.rig", "off")
    await says(hass, running=True)
    worker = behind(hass, switch="switch.rig", confirm=RUNS)

    assert what(await worker.async_status()) == (WorkerState.RUNNING, None)


async def test_a_start_that_is_refused_is_not_waited_for(hass: HomeAssistant) -> None:
    hass.states.async_set("switch.rig", "off")
    worker = behind(hass, switch="switch.rig", confirm=RUNS)

    with pytest.raises(WorkerRefused):
        await worker.async_set_level(1, 1)

    assert what(await worker.async_status()) == (WorkerState.PAUSED, 0)


MODE = "input_select.mode"


def chosen(hass: HomeAssistant) -> Backend:
    """Return a worker with an option for each of two levels, and one for paused."""
    return behind(
        hass,
        switch=MODE,
        levels_w=[300.0, 600.0],
        paused_option="Sleep",
        level_options=["Low", "Normal"],
    )


async def test_an_option_is_chosen_for_every_level(hass: HomeAssistant) -> None:
    worker = chosen(hass)
    assert what(await worker.async_status()) == (WorkerState.PAUSED, 0)
    assert what(await worker.async_set_level(2, 1)) == (WorkerState.RUNNING, 2)
    assert hass.states.is_state(MODE, "Normal")
    assert what(await worker.async_set_level(1, 2)) == (WorkerState.RUNNING, 1)
    assert what(await worker.async_pause(3)) == (WorkerState.PAUSED, 0)
    assert hass.states.is_state(MODE, "Sleep")


async def test_an_option_that_is_no_level_runs_at_an_unknown_one(
    hass: HomeAssistant,
) -> None:
    hass.states.async_set(MODE, "Turbo")

    assert what(await chosen(hass).async_status()) == (WorkerState.RUNNING, None)


LIMIT = "input_number.limit"


def limited(hass: HomeAssistant, *, paused: float = 0.0) -> Backend:
    """Return a worker that a power limit alone controls."""
    levels = [300.0, 600.0]
    return behind(
        hass,
        switch=LIMIT,
        levels_w=levels,
        number_values=levels,
        paused_value=paused,
    )


@pytest.mark.parametrize("paused", [0.0, 100.0])
async def test_one_value_of_a_number_means_paused(
    hass: HomeAssistant, paused: float
) -> None:
    worker = limited(hass, paused=paused)
    assert worker.capabilities.features == {Feature.LEVELS, Feature.SET_POINT}
    assert what(await worker.async_set_level(2, 1)) == (WorkerState.RUNNING, 2)
    assert hass.states.is_state(LIMIT, "600.0")

    assert what(await worker.async_pause(2)) == (WorkerState.PAUSED, 0)
    assert hass.states.is_state(LIMIT, str(paused))


@pytest.mark.parametrize("value", ["150", "10", "-10"])
async def test_a_number_between_its_values_is_not_paused(
    hass: HomeAssistant, value: str
) -> None:
    worker = limited(hass)
    await worker.async_set_level(1, 1)
    hass.states.async_set(LIMIT, value)

    assert what(await worker.async_status()) == (WorkerState.RUNNING, None)


@pytest.mark.parametrize("entity_id", [MODE, LIMIT])
async def test_a_choice_or_number_that_is_unavailable_is_unreachable(
    hass: HomeAssistant, entity_id: str
) -> None:
    worker = chosen(hass) if entity_id == MODE else limited(hass)
    hass.states.async_set(entity_id, "unavailable")

    with pytest.raises(WorkerUnreachable, match="unavailable"):
        await worker.async_status()
    with pytest.raises(WorkerUnreachable, match="unavailable"):
        await worker.async_pause(1)


@pytest.mark.parametrize("worker", [chosen, limited])
async def test_a_level_without_an_option_or_value_is_refused(
    hass: HomeAssistant, worker: Any
) -> None:
    with pytest.raises(WorkerRefused, match="level 3"):
        await worker(hass).async_set_level(3, 1)
