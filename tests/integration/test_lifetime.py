"""What happens around an entry: Home Assistant starts and stops, entities are renamed."""

from unittest.mock import patch

from freezegun.api import FrozenDateTimeFactory
from homeassistant.const import EVENT_HOMEASSISTANT_STARTED
from homeassistant.core import CoreState, HomeAssistant
from homeassistant.helpers import entity_registry as er
from pytest_homeassistant_custom_component.common import async_capture_events

from custom_components import solar_compute
from custom_components.solar_compute.const import CONF_URL
from custom_components.solar_compute.core.model import WorkerState
from custom_components.solar_compute.known_services import (
    async_update_workers,
    service_workers,
)
from custom_components.solar_compute.workers.agent import AgentBackend

from .common import (
    GRID,
    Boxes,
    home,
    meter,
    move_in,
    pass_time,
    served,
    settle,
    switched,
)

MINER = "input_boolean.miner"
HEATER = "input_boolean.heater"


async def test_a_renamed_meter_and_a_renamed_switch_are_followed(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    registry = er.async_get(hass)
    grid = registry.async_get_or_create(
        "sensor", "test", "grid", suggested_object_id="grid"
    )
    plug = registry.async_get_or_create(
        "switch", "test", "plug", suggested_object_id="plug"
    )
    assert (grid.entity_id, plug.entity_id) == (GRID, "switch.plug")
    calls = async_capture_events(hass, "call_service")
    hass.states.async_set("switch.plug", "on")
    entry = home(switched("miner", "switch.plug"), yielding_power=[GRID])
    await move_in(hass, entry, grid_w=-3000)
    await settle(hass)

    registry.async_update_entity(GRID, new_entity_id="sensor.main")
    hass.states.async_remove(GRID)
    registry.async_update_entity("switch.plug", new_entity_id="switch.rig")
    hass.states.async_remove("switch.plug")
    await settle(hass)
    meter(hass, -2500, "sensor.main")
    hass.states.async_set("switch.rig", "on")
    await pass_time(hass, freezer, 20)

    assert entry.data["grid_power"] == ["sensor.main"]
    assert entry.options["yielding_power"] == ["sensor.main"]
    assert entry.subentries["miner"].data["switch"] == "switch.rig"
    assert calls == []
    data = entry.runtime_data.data
    assert data.snapshot.grid_w.value == -2500
    assert data.flows["miner"].state is WorkerState.RUNNING
    assert data.decision.worker("miner").level == 1


async def test_when_home_assistant_stops_only_what_has_a_lease_runs_on(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, boxes: Boxes
) -> None:
    entry = home(served("box", "http://box"), switched("miner", MINER))
    await move_in(hass, entry, grid_w=-3000)
    await pass_time(hass, freezer, 15)
    assert boxes["box"].level == 2
    assert hass.states.is_state(MINER, "on")

    await hass.async_stop(force=True)

    assert hass.states.is_state(MINER, "off")
    assert boxes["box"].level == 2
    assert "pause" not in boxes["box"].told


async def test_the_grace_period_begins_when_home_assistant_has_started(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    hass.set_state(CoreState.starting)
    entry = home(switched("miner", MINER), grace_s=60.0)
    await move_in(hass, entry, grid_w=-3000)
    await pass_time(hass, freezer, 100, step=10)
    meter(hass, -3000)
    assert hass.states.is_state(MINER, "off")

    hass.set_state(CoreState.running)
    hass.bus.async_fire(EVENT_HOMEASSISTANT_STARTED)
    await pass_time(hass, freezer, 50, step=10)
    assert hass.states.is_state(MINER, "off")
    await pass_time(hass, freezer, 30, step=10)
    assert hass.states.is_state(MINER, "on")


async def test_a_start_that_takes_for_ever_does_not_prolong_the_grace_for_ever(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    hass.set_state(CoreState.starting)
    await move_in(hass, home(switched("miner", MINER), grace_s=60.0), grid_w=-3000)

    for _ in range(8):
        await pass_time(hass, freezer, 60, step=20)
        meter(hass, -3000)
        await settle(hass)

    assert hass.states.is_state(MINER, "on")


async def test_a_service_that_moves_with_many_workers_is_no_storm_of_reloads(
    hass: HomeAssistant, boxes: Boxes
) -> None:
    keys = [f"box{number}" for number in range(8)]
    entry = home(*(served(key, "http://box", worker=key) for key in keys))
    await move_in(hass, entry)
    counted = patch.object(
        solar_compute, "async_setup_entry", wraps=solar_compute.async_setup_entry
    )

    with counted as set_up:
        moved = {CONF_URL: "http://elsewhere"}
        workers = service_workers(entry, {CONF_URL: "http://box"})
        async_update_workers(hass, entry, workers, moved)
        await settle(hass)

    # The first change may have set all up again before the others came.
    assert set_up.await_count in (1, 2)
    backends = [w.backend for w in entry.runtime_data.configuration.workers]
    urls = {b.url for b in backends if isinstance(b, AgentBackend)}
    assert urls == {"http://elsewhere"}
