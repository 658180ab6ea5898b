"""Shadow mode: decisions are made and accounted, and nobody is told of them."""

from typing import Any
from unittest.mock import patch

from freezegun.api import FrozenDateTimeFactory
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ConfigEntryNotReady
from homeassistant.helpers import entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_capture_events,
)

from custom_components.solar_compute.coordinator import SolarComputeCoordinator
from custom_components.solar_compute.runtime import runtime_of

from .common import (
    Boxes,
    BoxInMemory,
    home,
    meter,
    move_in,
    pass_time,
    served,
    settle,
    switched,
)
from .stored import store
from .sun import MINER

SHADOW = "switch.home_shadow_mode"
COMMANDS = ("level", "pause")


async def turn(hass: HomeAssistant, on: bool, entity_id: str = SHADOW) -> None:
    await hass.services.async_call(
        entity_id.split(".", maxsplit=1)[0],
        f"turn_{'on' if on else 'off'}",
        {"entity_id": entity_id},
        blocking=True,
    )
    await settle(hass)


def commands(box: BoxInMemory) -> list[str]:
    return [told for told in box.told if told.startswith(COMMANDS)]


def number(hass: HomeAssistant, entity_id: str) -> float:
    state = hass.states.get(entity_id)
    assert state is not None
    return float(state.state)


@pytest.fixture
async def house(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, boxes: Boxes
) -> MockConfigEntry:
    """Live with a miner behind a switch and a cruncher on a lease, without sun."""
    boxes["cruncher"] = BoxInMemory()
    entry = home(switched("miner", MINER), served("cruncher", "http://cruncher"))
    await move_in(hass, entry, grid_w=800)
    await pass_time(hass, freezer, 5)
    return entry


async def test_no_command_reaches_a_worker_whatever_is_decided(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    house: MockConfigEntry,
    boxes: Boxes,
) -> None:
    await turn(hass, True)
    calls = async_capture_events(hass, "call_service")
    boxes["cruncher"].told.clear()
    levels: list[int] = []
    for grid_w in (-3000, 2000):
        meter(hass, grid_w)
        await pass_time(hass, freezer, 120, step=5)
        reason = hass.states.get("sensor.miner_reason")
        assert reason is not None
        levels.append(reason.attributes["shadow_level"])
    assert levels == [1, 0]
    for name in ("miner", "cruncher"):
        for press in ("run_for_a_while", "pause_for_a_while"):
            await hass.services.async_call(
                "button", "press", {"entity_id": f"button.{name}_{press}"},
                blocking=True,
            )  # fmt: skip
            await pass_time(hass, freezer, 20, step=5)
    house.runtime_data._fail_paused(RuntimeError("nobody knows"))
    await pass_time(hass, freezer, 20, step=5)

    assert hass.states.is_state(MINER, "off")
    assert commands(boxes["cruncher"]) == []
    assert boxes["cruncher"].asked > 0
    told = [call.data for call in calls if call.data["domain"] == "homeassistant"]
    assert [call for call in told if MINER in str(call)] == []


async def test_it_is_marked_that_nobody_is_told(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, house: MockConfigEntry
) -> None:
    await turn(hass, True)
    meter(hass, -3000)
    await pass_time(hass, freezer, 60, step=5)
    assert hass.states.is_state("sensor.home_state", "shadow")
    reason = hass.states.get("sensor.miner_reason")
    assert reason is not None
    assert reason.state == "would_worth_it"
    assert reason.attributes["shadow_level"] == 1
    assert hass.states.is_state("sensor.miner_state", "paused")
    assert house.runtime_data.records[-1]["snapshot"]["shadow"] is True


async def test_who_starts_a_worker_meanwhile_has_reasons_of_their_own(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, house: MockConfigEntry
) -> None:
    await turn(hass, True)
    await pass_time(hass, freezer, 60, step=5)
    await hass.services.async_call(
        "input_boolean", "turn_on", {"entity_id": MINER}, blocking=True
    )
    await pass_time(hass, freezer, 60, step=5)

    activity = hass.states.get("event.miner_activity")
    assert activity is not None
    assert activity.attributes["event_type"] == "started"
    assert activity.attributes["reason"] is None


async def test_what_would_have_been_earned_has_a_total_of_its_own(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, house: MockConfigEntry
) -> None:
    await turn(hass, True)
    await pass_time(hass, freezer, 60, step=5)
    meter(hass, -3000)
    for _ in range(60):
        meter(hass, -3000)
        await pass_time(hass, freezer, 60, step=10)
    # 620 W for an hour at 0.15 for results less 0.08 for the export.
    assert number(hass, "sensor.home_would_have_earned") == pytest.approx(
        0.62 * 0.07, rel=0.05
    )
    assert number(hass, "sensor.miner_energy") == 0
    assert number(hass, "sensor.miner_value") == 0
    assert number(hass, "sensor.miner_cost") == 0
    await turn(hass, False)
    earned = number(hass, "sensor.home_would_have_earned")
    for _ in range(10):
        meter(hass, -3000)
        await pass_time(hass, freezer, 60, step=10)
    assert number(hass, "sensor.miner_energy") > 0
    assert number(hass, "sensor.home_would_have_earned") == earned


async def test_what_ran_by_our_wish_is_paused_and_then_left_alone(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    house: MockConfigEntry,
    boxes: Boxes,
) -> None:
    meter(hass, -3000)
    await pass_time(hass, freezer, 30)
    assert hass.states.is_state(MINER, "on")
    assert boxes["cruncher"].level == 2

    await turn(hass, True)
    await pass_time(hass, freezer, 10)
    assert hass.states.is_state(MINER, "off")
    assert boxes["cruncher"].level == 0

    boxes["cruncher"].told.clear()
    await turn(hass, True, MINER)
    boxes["cruncher"].set_by_hand(1)
    await pass_time(hass, freezer, 300, step=10)
    assert hass.states.is_state(MINER, "on")
    assert commands(boxes["cruncher"]) == []


async def test_turning_it_off_begins_with_everything_paused(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    house: MockConfigEntry,
    boxes: Boxes,
) -> None:
    await turn(hass, True)
    await turn(hass, True, MINER)
    boxes["cruncher"].set_by_hand(2)
    meter(hass, -3000)
    await pass_time(hass, freezer, 30)

    boxes["cruncher"].told.clear()
    switches = async_capture_events(hass, "state_changed")
    await turn(hass, False)
    await pass_time(hass, freezer, 30)
    assert commands(boxes["cruncher"])[0] == "pause"
    miner = [
        event.data["new_state"].state
        for event in switches
        if event.data["entity_id"] == MINER
    ]
    assert miner[0] == "off"
    # It is worth it, so both run in the end, by our wish now.
    await pass_time(hass, freezer, 60)
    assert hass.states.is_state(MINER, "on")
    assert boxes["cruncher"].level == 2


@pytest.mark.parametrize("how", ["reload", "unload", "stop"])
async def test_it_survives_and_pauses_nothing_on_the_way(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    house: MockConfigEntry,
    boxes: Boxes,
    how: str,
) -> None:
    await turn(hass, True)
    await turn(hass, True, MINER)
    boxes["cruncher"].set_by_hand(1)
    boxes["cruncher"].told.clear()
    if how == "stop":
        await hass.async_stop(force=True)
    elif how == "reload":
        await hass.config_entries.async_reload(house.entry_id)
    else:
        await hass.config_entries.async_unload(house.entry_id)
    await pass_time(hass, freezer, 60, step=5)
    assert hass.states.is_state(MINER, "on")
    assert commands(boxes["cruncher"]) == []
    if how == "reload":
        assert hass.states.is_state(SHADOW, "on")
        assert hass.states.is_state("sensor.home_state", "shadow")


async def test_who_chose_to_only_watch_at_first_does_until_the_switch_is_off(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, boxes: Boxes
) -> None:
    box = boxes["cruncher"] = BoxInMemory()
    entry = home(served("cruncher", "http://cruncher"), data={"only_watch": True})
    await move_in(hass, entry, grid_w=-3000)
    await pass_time(hass, freezer, 120, step=5)
    assert hass.states.is_state(SHADOW, "on")
    assert hass.states.is_state("sensor.home_state", "shadow")
    assert commands(box) == []

    await turn(hass, False)
    await hass.config_entries.async_reload(entry.entry_id)
    await settle(hass)
    assert hass.states.is_state(SHADOW, "off")
    meter(hass, -3000)
    await pass_time(hass, freezer, 60, step=5)
    assert hass.states.is_state("sensor.cruncher_state", "running")


async def test_it_survives_a_restart(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    hass_storage: dict[str, Any],
    boxes: Boxes,
) -> None:
    boxes["cruncher"] = BoxInMemory()
    boxes["cruncher"].level = 1
    store(hass_storage, {"shadow": True})
    entry = home(served("cruncher", "http://cruncher"))
    await move_in(hass, entry, grid_w=3000)
    await pass_time(hass, freezer, 60, step=5)
    assert hass.states.is_state(SHADOW, "on")
    assert commands(boxes["cruncher"]) == []


async def test_nothing_is_paused_where_it_ends_before_its_first_decision(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    hass_storage: dict[str, Any],
    boxes: Boxes,
) -> None:
    boxes["cruncher"] = BoxInMemory(lease_s=None)
    boxes["cruncher"].level = 1
    store(hass_storage, {"shadow": True})
    entry = home(served("cruncher", "http://cruncher"))
    with patch.object(
        SolarComputeCoordinator, "async_start", side_effect=ConfigEntryNotReady
    ):
        entry.add_to_hass(hass)
        assert not await hass.config_entries.async_setup(entry.entry_id)
        await settle(hass)
        await hass.async_stop(force=True)
    await settle(hass)
    assert boxes["cruncher"].asked > 0
    assert commands(boxes["cruncher"]) == []


async def test_a_restart_forgets_no_worker_that_is_still_to_be_paused(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    house: MockConfigEntry,
    hass_storage: dict[str, Any],
    boxes: Boxes,
) -> None:
    box = boxes["cruncher"]
    meter(hass, -3000)
    await pass_time(hass, freezer, 30)
    assert box.level == 2
    box.lease_s, box.silent = None, True
    await turn(hass, True)
    await pass_time(hass, freezer, 60, step=5)
    await hass.config_entries.async_unload(house.entry_id)
    await house_runtime_end(hass, house)
    box.silent = False
    box.set_by_hand(2)
    assert await hass.config_entries.async_setup(house.entry_id)
    await pass_time(hass, freezer, 60, step=5)
    assert box.level == 0

    box.set_by_hand(1)
    box.told.clear()
    await pass_time(hass, freezer, 120, step=5)
    await hass.config_entries.async_unload(house.entry_id)
    await house_runtime_end(hass, house)
    assert await hass.config_entries.async_setup(house.entry_id)
    await pass_time(hass, freezer, 60, step=5)
    assert commands(box) == []


async def house_runtime_end(hass: HomeAssistant, house: MockConfigEntry) -> None:
    """Lose all that a restart would lose."""
    runtime = runtime_of(hass, house.entry_id)
    assert runtime is not None
    await runtime.async_end()
    await settle(hass)


async def test_the_switch_is_a_matter_of_configuration(
    hass: HomeAssistant, house: MockConfigEntry
) -> None:
    registered = er.async_get(hass).async_get(SHADOW)
    assert registered is not None
    assert registered.entity_category is EntityCategory.CONFIG
    assert hass.states.is_state(SHADOW, "off")
