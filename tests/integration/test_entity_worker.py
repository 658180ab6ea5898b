"""Anything that Home Assistant switches, as a worker."""

import asyncio
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant, ServiceCall
from homeassistant.exceptions import HomeAssistantError
from homeassistant.setup import async_setup_component
import pytest

from custom_components.solar_compute.core.model import WorkerState
from custom_components.solar_compute.workers import (
    create_backend,
    entity,
    entity_control,
    parse_backend,
)
from custom_components.solar_compute.workers.base import (
    Backend,
    Feature,
    WorkerRefused,
    WorkerUnreachable,
)

from .common import meter

PLUG = "input_boolean.miner"
DIAL = "input_number.miner"
POWER = "sensor.miner_power"


@pytest.fixture(autouse=True)
async def miner(hass: HomeAssistant) -> None:
    """Have a miner behind a plug, with a dial for its power."""
    assert await async_setup_component(
        hass, "input_boolean", {"input_boolean": {"miner": {}}}
    )
    dial = {"min": 0, "max": 1000, "initial": 300, "step": 1}
    assert await async_setup_component(
        hass, "input_number", {"input_number": {"miner": dial}}
    )


def behind(hass: HomeAssistant, **data: Any) -> Backend:
    """Return the worker that stored data describe."""
    config = parse_backend({"kind": "entity", "levels_w": [500.0], **data})
    return create_backend(hass, config, controller="home")


def plug(hass: HomeAssistant) -> Backend:
    """Return a worker that can only be switched."""
    return behind(hass, switch=PLUG)


def dialled(hass: HomeAssistant) -> Backend:
    """Return a worker with three levels and a power sensor."""
    levels = [300.0, 600.0, 900.0]
    return behind(
        hass,
        switch=PLUG,
        number=DIAL,
        power=POWER,
        levels_w=levels,
        number_values=levels,
    )


async def test_a_plug_is_switched_on_and_off(hass: HomeAssistant) -> None:
    worker = plug(hass)
    before = await worker.async_status()
    assert (before.state, before.level) == (WorkerState.PAUSED, 0)

    running = await worker.async_set_level(1, 1)
    assert (running.state, running.level) == (WorkerState.RUNNING, 1)
    assert hass.states.is_state(PLUG, "on")

    paused = await worker.async_pause(2)
    assert (paused.state, paused.level) == (WorkerState.PAUSED, 0)
    assert hass.states.is_state(PLUG, "off")


async def test_a_plug_has_no_lease(hass: HomeAssistant) -> None:
    assert plug(hass).capabilities.lease_s is None


async def test_the_dial_is_set_before_the_plug_is_switched_on(
    hass: HomeAssistant,
) -> None:
    order: list[str] = []
    for domain, service in (
        ("input_number", "set_value"),
        ("input_boolean", "turn_on"),
    ):

        async def note(call: ServiceCall) -> None:
            order.append(call.service)

        hass.services.async_register(domain, service, note)

    await dialled(hass).async_set_level(2, 1)

    assert order == ["set_value", "turn_on"]


async def test_a_level_is_a_value_of_the_dial(hass: HomeAssistant) -> None:
    worker = dialled(hass)

    assert (await worker.async_set_level(3, 1)).level == 3
    assert hass.states.is_state(DIAL, "900.0")
    assert (await worker.async_set_level(1, 2)).level == 1


@pytest.mark.parametrize(
    ("value", "level"),
    [("300", 1), ("640", 2), ("450", None), ("unavailable", None)],
)
async def test_a_dial_between_its_levels_is_at_none_of_them(
    hass: HomeAssistant, value: str, level: int | None
) -> None:
    worker = dialled(hass)
    await worker.async_set_level(1, 1)

    hass.states.async_set(DIAL, value)

    assert (await worker.async_status()).level == level


async def test_a_level_that_the_dial_has_not_is_refused(hass: HomeAssistant) -> None:
    with pytest.raises(WorkerRefused):
        await dialled(hass).async_set_level(4, 1)
    assert hass.states.is_state(PLUG, "off")


@pytest.mark.parametrize("state", ["unavailable", "unknown", "maybe"])
async def test_a_plug_that_says_neither_on_nor_off_is_unreachable(
    hass: HomeAssistant, state: str
) -> None:
    hass.states.async_set(PLUG, state)

    with pytest.raises(WorkerUnreachable, match=f"{PLUG} is {state}"):
        await plug(hass).async_status()


async def test_a_plug_that_was_deleted_is_unreachable(hass: HomeAssistant) -> None:
    hass.states.async_remove(PLUG)

    with pytest.raises(WorkerUnreachable, match="missing"):
        await plug(hass).async_status()


async def test_an_action_that_fails_is_a_refusal(hass: HomeAssistant) -> None:
    async def fail(call: ServiceCall) -> None:
        raise HomeAssistantError("the plug is offline")

    hass.services.async_register("input_boolean", "turn_on", fail)

    with pytest.raises(WorkerRefused, match="the plug is offline"):
        await plug(hass).async_set_level(1, 1)


@pytest.mark.parametrize("error", [TypeError("no shutdown"), KeyError("model")])
async def test_what_another_integration_trips_over_leaves_the_worker_unknown(
    hass: HomeAssistant, error: Exception
) -> None:
    async def trip(call: ServiceCall) -> None:
        raise error

    hass.services.async_register("input_boolean", "turn_on", trip)

    with pytest.raises(WorkerUnreachable, match="input_boolean.turn_on"):
        await plug(hass).async_set_level(1, 1)


async def test_an_action_that_never_ends_leaves_the_worker_unknown(
    hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def hang(call: ServiceCall) -> None:
        await asyncio.Event().wait()

    hass.services.async_register("input_boolean", "turn_off", hang)
    monkeypatch.setattr(entity, "ANSWER_WITHIN_S", 0.01)

    with pytest.raises(WorkerUnreachable, match="no answer in time"):
        await plug(hass).async_pause(1)


async def test_a_slow_action_is_not_broken_off(
    hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    answered, done = asyncio.Event(), asyncio.Event()

    async def slow(call: ServiceCall) -> None:
        await answered.wait()
        done.set()

    hass.services.async_register("input_boolean", "turn_on", slow)
    monkeypatch.setattr(entity, "ANSWER_WITHIN_S", 0.01)
    with pytest.raises(WorkerUnreachable):
        await plug(hass).async_set_level(1, 1)

    answered.set()

    await asyncio.wait_for(done.wait(), 10)


async def test_a_pause_has_the_last_word_over_a_start_that_is_still_going_on(
    hass: HomeAssistant,
) -> None:
    asked, answered = asyncio.Event(), asyncio.Event()

    async def slow(call: ServiceCall) -> None:
        asked.set()
        await answered.wait()
        hass.states.async_set(PLUG, "on")

    hass.services.async_register("input_boolean", "turn_on", slow)
    worker = plug(hass)
    start = hass.async_create_task(worker.async_set_level(1, 1))
    await asked.wait()
    start.cancel()

    pause = hass.async_create_task(worker.async_pause(2))
    for _ in range(5):
        await asyncio.sleep(0)
    answered.set()

    assert (await pause).state is WorkerState.PAUSED
    await hass.async_block_till_done(wait_background_tasks=True)
    assert hass.states.is_state(PLUG, "off")


async def test_a_start_that_never_ends_does_not_keep_from_pausing(
    hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def slow(call: ServiceCall) -> None:
        hass.states.async_set(PLUG, "on")
        await asyncio.Event().wait()

    hass.services.async_register("input_boolean", "turn_on", slow)
    monkeypatch.setattr(entity_control, "LAST_WORD_S", 0.01)
    worker = plug(hass)
    start = hass.async_create_task(worker.async_set_level(1, 1))
    while not hass.states.is_state(PLUG, "on"):
        await asyncio.sleep(0)
    start.cancel()

    assert (await worker.async_pause(2)).state is WorkerState.PAUSED


async def test_a_plug_that_is_unavailable_is_not_told_anything_in_vain(
    hass: HomeAssistant,
) -> None:
    hass.states.async_set(PLUG, "unavailable")

    with pytest.raises(WorkerUnreachable, match="unavailable"):
        await plug(hass).async_pause(1)


async def test_abilities_are_those_of_the_entities_that_were_chosen(
    hass: HomeAssistant,
) -> None:
    assert plug(hass).capabilities.features == set()
    assert dialled(hass).capabilities.features == {
        Feature.LEVELS,
        Feature.SET_POINT,
        Feature.POWER,
    }
    in_percent = behind(
        hass,
        switch=PLUG,
        number=DIAL,
        levels_w=[300.0, 900.0],
        number_values=[30.0, 90.0],
    )
    assert in_percent.capabilities.features == {Feature.LEVELS}


async def test_a_plug_without_its_integration_is_a_refusal(hass: HomeAssistant) -> None:
    hass.states.async_set("switch.gone", "off")
    worker = behind(hass, switch="switch.gone")

    with pytest.raises(WorkerRefused, match="switch"):
        await worker.async_set_level(1, 1)


async def test_power_is_what_the_sensor_measured_and_as_old(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    hass.states.async_set(POWER, "0.61", {"unit_of_measurement": "kW"})
    freezer.tick(40)

    status = await dialled(hass).async_status()

    assert status.power_w == 610
    assert status.power_source == "measured"
    assert status.power_age_s == pytest.approx(40)


async def test_a_silent_power_sensor_measures_nothing(hass: HomeAssistant) -> None:
    hass.states.async_set(POWER, "unavailable", {"unit_of_measurement": "W"})

    status = await dialled(hass).async_status()

    assert status.power_w is None
    assert status.power_source is None


async def test_every_change_of_its_entities_is_noticed(hass: HomeAssistant) -> None:
    noticed: list[str] = []
    end = dialled(hass).watch(lambda: noticed.append("!"))

    hass.states.async_set(PLUG, "on")
    hass.states.async_set(DIAL, "600")
    meter(hass, 600, POWER)
    await hass.async_block_till_done()
    assert len(noticed) == 3

    end()
    hass.states.async_set(PLUG, "off")
    await hass.async_block_till_done()
    assert len(noticed) == 3
