"""The loop: when it decides, what it shows, and that it fails paused."""

from unittest.mock import patch

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
import pytest

from custom_components.solar_compute import coordinator as loop
from custom_components.solar_compute.coordinator import SolarComputeCoordinator
from custom_components.solar_compute.core.decide import decide
from custom_components.solar_compute.core.model import (
    Decision,
    ReasonCode,
    SiteState,
    WorkerState,
)

from .common import (
    GRID,
    Boxes,
    home,
    issues,
    meter,
    move_in,
    pass_time,
    served,
    settle,
    switched,
)
from .sun import MINER, reason, sunny


class Spectator:
    """Somebody who looks at the loop, as an entity does."""

    def __init__(self, coordinator: SolarComputeCoordinator) -> None:
        self.seen: list[Decision] = []
        coordinator.async_add_listener(
            lambda: self.seen.append(coordinator.data.decision)
        )


async def test_it_decides_on_a_report_but_not_twice_a_second(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    coordinator = await sunny(hass, 500)
    await pass_time(hass, freezer, 2)

    with patch.object(loop, "decide", wraps=decide) as decided:
        for step in range(60):
            meter(hass, 400 + step)
            await settle(hass)
            freezer.tick(0.1)
        await settle(hass)
        assert 4 <= decided.call_count <= 7

    assert coordinator.data.snapshot.grid_w.value is not None
    assert coordinator.data.snapshot.grid_w.value > 410


async def test_it_decides_on_its_own_when_nothing_reports(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    await sunny(hass, tick_s=10.0)

    with patch.object(loop, "decide", wraps=decide) as decided:
        await pass_time(hass, freezer, 60, step=5)

    assert 5 <= decided.call_count <= 8


async def test_numbers_are_shown_now_and_then_and_news_at_once(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    coordinator = await sunny(hass, 500, publish_s=30.0)
    await pass_time(hass, freezer, 5)
    spectator = Spectator(coordinator)

    for watts in range(500, 560):
        meter(hass, watts)
        await pass_time(hass, freezer, 1)
    assert 1 <= len(spectator.seen) <= 3

    spectator.seen.clear()
    meter(hass, -3000)
    await pass_time(hass, freezer, 2)
    assert [decision.state for decision in spectator.seen][:1] == [SiteState.RUNNING]


async def test_a_meter_that_turns_unavailable_pauses_after_a_blip_with_that_reason(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    coordinator = await sunny(hass)
    assert hass.states.is_state(MINER, "on")

    meter(hass, "unavailable")
    await pass_time(hass, freezer, 20)
    assert hass.states.is_state(MINER, "on")
    await pass_time(hass, freezer, 30)

    assert hass.states.is_state(MINER, "off")
    assert reason(coordinator) is ReasonCode.INPUT_MISSING
    assert coordinator.data.decision.missing == ("grid",)

    meter(hass, -3000)
    await pass_time(hass, freezer, 3)
    assert hass.states.is_state(MINER, "on")


async def test_a_meter_that_stops_reporting_pauses_past_its_age_limit(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    coordinator = await sunny(hass, power_hold_s=300.0)

    await pass_time(hass, freezer, 280, step=10)
    assert hass.states.is_state(MINER, "on")
    await pass_time(hass, freezer, 40, step=10)

    assert hass.states.is_state(MINER, "off")
    assert reason(coordinator) is ReasonCode.INPUT_MISSING


async def test_a_meter_that_repeats_itself_is_alive(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    await sunny(hass, power_hold_s=300.0)

    for _ in range(8):
        meter(hass, -3000)
        await pass_time(hass, freezer, 100, step=10)

    assert hass.states.is_state(MINER, "on")


async def test_an_error_in_a_decision_pauses_everything_and_the_loop_goes_on(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    caplog: pytest.LogCaptureFixture,
) -> None:
    coordinator = await sunny(hass)
    assert hass.states.is_state(MINER, "on")

    with patch.object(loop, "decide", side_effect=ZeroDivisionError("bug")):
        await pass_time(hass, freezer, 15, step=5)
        assert hass.states.is_state(MINER, "off")
        await pass_time(hass, freezer, 60, step=5)
        assert not coordinator.last_update_success
        assert "decision_failed" in issues(hass)
        assert caplog.text.count("No decision can be made") == 1

    meter(hass, -3000)
    await pass_time(hass, freezer, 15)
    assert hass.states.is_state(MINER, "on")
    assert coordinator.last_update_success
    assert "decision_failed" not in issues(hass)


async def test_an_error_that_a_reload_mends_is_not_complained_about_any_more(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    coordinator = await sunny(hass)
    with patch.object(loop, "decide", side_effect=ZeroDivisionError("bug")):
        await pass_time(hass, freezer, 15, step=5)
        assert "decision_failed" in issues(hass)

    await hass.config_entries.async_reload(coordinator.config_entry.entry_id)
    await pass_time(hass, freezer, 15)

    assert "decision_failed" not in issues(hass)


async def test_an_error_in_the_very_first_decision_keeps_nothing_from_loading(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    with patch.object(loop, "decide", side_effect=ZeroDivisionError("bug")):
        coordinator = await sunny(hass)
        assert coordinator.data is None

    await pass_time(hass, freezer, 15)
    assert hass.states.is_state(MINER, "on")


async def test_a_dead_loop_leaves_nothing_running(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, boxes: Boxes
) -> None:
    entry = home(served("box", "http://box"), switched("miner", MINER))
    await move_in(hass, entry, grid_w=-3000)
    await pass_time(hass, freezer, 15)
    assert boxes["box"].level == 2

    with patch.object(SolarComputeCoordinator, "tick"):
        await pass_time(hass, freezer, 60)

    assert boxes["box"].level == 0
    assert hass.states.is_state(MINER, "off")


async def test_a_lost_worker_is_not_told_to_run_and_runs_again_when_found(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, boxes: Boxes
) -> None:
    entry = home(served("miner", "http://box"))
    await move_in(hass, entry, grid_w=-3000)
    coordinator = entry.runtime_data
    await pass_time(hass, freezer, 15)
    assert boxes["box"].level == 2

    boxes["box"].silent = True
    for _ in range(4):
        meter(hass, -3000)
        await pass_time(hass, freezer, 10)
    assert reason(coordinator) is ReasonCode.WORKER_LOST
    assert coordinator.data.flows["miner"].state is WorkerState.LOST

    boxes["box"].silent = False
    for _ in range(8):
        meter(hass, -3000)
        await pass_time(hass, freezer, 10)
    assert boxes["box"].level == 2
    assert reason(coordinator) is ReasonCode.WORTH_IT


async def test_a_plug_that_turns_unavailable_is_lost_until_it_is_back(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    coordinator = await sunny(hass)
    await pass_time(hass, freezer, 5)

    hass.states.async_set(MINER, "unavailable")
    await pass_time(hass, freezer, 10)
    assert reason(coordinator) is not ReasonCode.WORKER_LOST
    await pass_time(hass, freezer, 20)
    assert reason(coordinator) is ReasonCode.WORKER_LOST

    hass.states.async_set(MINER, "off")
    await pass_time(hass, freezer, 20)
    assert reason(coordinator) is not ReasonCode.WORKER_LOST
    assert hass.states.is_state(MINER, "on")


async def test_what_a_person_switches_off_by_hand_stays_off_for_its_minimum_pause(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    entry = home(switched("miner", MINER, min_pause_s=300.0))
    await move_in(hass, entry, grid_w=-3000)
    await pass_time(hass, freezer, 20)
    assert hass.states.is_state(MINER, "on")

    await hass.services.async_call("input_boolean", "turn_off", {"entity_id": MINER})
    await pass_time(hass, freezer, 200, step=5)
    assert hass.states.is_state(MINER, "off")
    meter(hass, -3000)
    await pass_time(hass, freezer, 150, step=5)
    assert hass.states.is_state(MINER, "on")


async def test_asking_for_an_update_decides_now(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    coordinator = await sunny(hass)
    before = coordinator.data.decision.clock_s
    freezer.tick(0.5)

    await coordinator.async_refresh()

    assert coordinator.data.decision.clock_s == before + 0.5


async def test_a_meter_that_comes_late_is_waited_for(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    coordinator = await sunny(hass, 0)
    hass.states.async_remove(GRID)
    await pass_time(hass, freezer, 60)
    assert reason(coordinator) is ReasonCode.INPUT_MISSING

    meter(hass, -3000)
    await pass_time(hass, freezer, 3)

    assert hass.states.is_state(MINER, "on")
