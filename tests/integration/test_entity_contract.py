"""The contract of every back-end, for each way in which entities switch a worker.

What `tests/workers/conformance.py` asks of a daemon, asked of helpers of Home Assistant
itself, which need its event loop and no road between them.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

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

from .water_heater import BOILER, install

TEN = 10


def turned(entity_id: str, action: str) -> dict[str, Any]:
    """Return a script that turns an entity on or off."""
    step = {"action": f"input_boolean.{action}", "target": {"entity_id": entity_id}}
    return {"sequence": [step]}


async def furnish(hass: HomeAssistant) -> None:
    """Have helpers for ten workers of every kind, and one boiler."""
    numbers = range(TEN)
    options = ["Sleep", "Low", "High"]
    helpers: dict[str, dict[str, Any]] = {
        "input_boolean": {
            **{f"plug_{n}": {} for n in numbers},
            **{f"runs_{n}": {} for n in numbers},
        },
        "input_select": {
            f"mode_{n}": {"options": options, "initial": "Sleep"} for n in numbers
        },
        "input_number": {
            f"limit_{n}": {"min": 0, "max": 900, "initial": 0} for n in numbers
        },
        "script": {
            **{
                f"go_{n}": turned(f"input_boolean.runs_{n}", "turn_on") for n in numbers
            },
            **{
                f"stop_{n}": turned(f"input_boolean.runs_{n}", "turn_off")
                for n in numbers
            },
        },
    }
    for domain, config in helpers.items():
        assert await async_setup_component(hass, domain, {domain: config})
    await install(hass)


LEVELS = [300.0, 600.0]
WAYS: dict[str, Callable[[int], dict[str, Any]]] = {
    "switch": lambda n: {"switch": f"input_boolean.plug_{n}", "levels_w": [500.0]},
    "scripts": lambda n: {
        "switch": f"script.go_{n}",
        "pause_by": f"script.stop_{n}",
        "confirm": f"input_boolean.runs_{n}",
        "levels_w": [500.0],
    },
    "choice": lambda n: {
        "switch": f"input_select.mode_{n}",
        "paused_option": "Sleep",
        "level_options": ["Low", "High"],
        "levels_w": LEVELS,
    },
    "number": lambda n: {
        "switch": f"input_number.limit_{n}",
        "paused_value": 0.0,
        "number_values": LEVELS,
        "levels_w": LEVELS,
    },
    "heater": lambda n: {
        "switch": BOILER,
        "wanted_c": 60.0,
        "wanted_mode": "performance",
        "levels_w": [2000.0],
    },
}
SAYS = {
    "switch": "input_boolean.plug_0",
    "scripts": "input_boolean.runs_0",
    "choice": "input_select.mode_0",
    "number": "input_number.limit_0",
    "heater": BOILER,
}
"""What tells of each whether it runs."""


@pytest.fixture(params=list(WAYS))
async def way(hass: HomeAssistant, request: pytest.FixtureRequest) -> str:
    """Return the name of a way, with all that it needs in place."""
    await furnish(hass)
    return str(request.param)


def worker(hass: HomeAssistant, way: str, number: int = 0) -> Backend:
    """Return a new back-end for a worker."""
    config = parse_backend({"kind": "entity", **WAYS[way](number)})
    return create_backend(hass, config, controller="home")


async def seen(hass: HomeAssistant, backend: Backend) -> WorkerStatus:
    """Return what it says once everything that was asked has happened."""
    await hass.async_block_till_done()
    return await backend.async_status()


async def test_it_runs_and_pauses_and_a_command_may_be_repeated(
    hass: HomeAssistant, way: str
) -> None:
    backend = worker(hass, way)
    for generation, level in enumerate((0, 0, 1, 1, 0, 0), start=1):
        if level:
            await backend.async_set_level(level, generation)
        else:
            await backend.async_pause(generation)
        status = await seen(hass, backend)
        assert status.level == level
        state = WorkerState.RUNNING if level else WorkerState.PAUSED
        assert status.state is state


async def test_every_level_comes_into_force_and_no_other_exists(
    hass: HomeAssistant, way: str
) -> None:
    backend = worker(hass, way)
    levels = len(WAYS[way](0)["levels_w"])
    assert (Feature.LEVELS in backend.capabilities.features) is (levels > 1)
    for level in range(1, levels + 1):
        await backend.async_set_level(level, level)
        assert (await seen(hass, backend)).level == level
    if levels > 1:
        with pytest.raises(WorkerRefused):
            await backend.async_set_level(levels + 1, levels + 1)
        assert (await seen(hass, backend)).level == levels


async def test_it_holds_no_lease_and_shows_none(hass: HomeAssistant, way: str) -> None:
    backend = worker(hass, way)
    await backend.async_set_level(1, 1)
    assert backend.capabilities.lease_s is None
    assert (await seen(hass, backend)).lease_remaining_s is None


async def test_a_new_start_of_home_assistant_finds_the_worker_as_it_is(
    hass: HomeAssistant, way: str
) -> None:
    before = worker(hass, way)
    await before.async_set_level(1, 1)
    await hass.async_block_till_done()
    await before.async_close()

    after = worker(hass, way)
    assert (await seen(hass, after)).state is WorkerState.RUNNING
    await after.async_pause(1)
    assert (await seen(hass, after)).state is WorkerState.PAUSED


@pytest.mark.parametrize("garbage", ["unknown", "unavailable", None])
async def test_silence_makes_it_unknown_and_never_paused(
    hass: HomeAssistant, way: str, garbage: str | None
) -> None:
    backend = worker(hass, way)
    await backend.async_set_level(1, 1)
    await hass.async_block_till_done()
    if garbage is None:
        hass.states.async_remove(SAYS[way])
    else:
        hass.states.async_set(SAYS[way], garbage, {"restored": True})

    with pytest.raises(WorkerUnreachable):
        await backend.async_status()


async def test_commands_that_are_cancelled_in_flight_leave_it_controllable(
    hass: HomeAssistant, way: str
) -> None:
    backend = worker(hass, way)
    commands: tuple[Callable[[], Awaitable[WorkerStatus]], ...] = (
        lambda: backend.async_set_level(1, 1),
        lambda: backend.async_pause(1),
        backend.async_status,
    )
    for turns in range(6):
        for command in commands:
            task = asyncio.ensure_future(command())
            for _ in range(turns):
                await asyncio.sleep(0)
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
    await backend.async_set_level(1, 2)
    assert (await seen(hass, backend)).state is WorkerState.RUNNING
    await backend.async_pause(3, urgent=True)
    assert (await seen(hass, backend)).state is WorkerState.PAUSED


@pytest.mark.parametrize("way", [way for way in WAYS if way != "heater"], indirect=True)
async def test_ten_workers_do_not_get_in_each_others_way(
    hass: HomeAssistant, way: str
) -> None:
    workers = [worker(hass, way, number) for number in range(TEN)]
    await asyncio.gather(*(one.async_set_level(1, 1) for one in workers[::2]))

    running = [(await seen(hass, one)).state is WorkerState.RUNNING for one in workers]

    assert running == [True, False] * (TEN // 2)
