"""The loop: when it decides, what it shows, and that it fails paused."""

from typing import Any
from unittest.mock import patch

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
import pytest

from custom_components.solar_compute import coordinator as loop
from custom_components.solar_compute.coordinator import SolarComputeCoordinator
from custom_components.solar_compute.core.codec import from_json
from custom_components.solar_compute.core.decide import decide
from custom_components.solar_compute.core.memory import Memory
from custom_components.solar_compute.core.model import (
    Decision,
    Mode,
    ReasonCode,
    SiteState,
    Snapshot,
    WorkerState,
)

from .common import (
    ENTRY,
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


async def test_automation_off_pauses_all_but_what_a_person_asked_for(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    coordinator = await sunny(hass)

    await coordinator.async_set_automation(False)
    await settle(hass)
    assert hass.states.is_state(MINER, "off")
    assert reason(coordinator) is ReasonCode.AUTOMATION_OFF

    await coordinator.async_override("miner", run=True, duration_s=60)
    await settle(hass)
    assert hass.states.is_state(MINER, "on")

    await coordinator.async_clear_override("miner")
    await pass_time(hass, freezer, 3)
    assert hass.states.is_state(MINER, "off")
    await coordinator.async_set_automation(True)
    await pass_time(hass, freezer, 3)
    assert hass.states.is_state(MINER, "on")


async def test_a_mode_is_a_standing_wish(hass: HomeAssistant) -> None:
    coordinator = await sunny(hass)

    await coordinator.async_set_mode("miner", Mode.OFF)
    await settle(hass)
    assert hass.states.is_state(MINER, "off")

    meter(hass, 2000)
    await coordinator.async_set_mode("miner", Mode.ON)
    await settle(hass)
    assert hass.states.is_state(MINER, "on")


async def test_an_override_ends_by_itself(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    coordinator = await sunny(hass, 2000)
    await coordinator.async_set_override_duration("miner", 120)

    await coordinator.async_override("miner", run=True)
    await pass_time(hass, freezer, 110, step=5)
    assert hass.states.is_state(MINER, "on")
    assert coordinator.controls["miner"].override is not None

    await pass_time(hass, freezer, 30, step=5)
    assert hass.states.is_state(MINER, "off")
    assert coordinator.controls["miner"].override is None


async def test_choosing_a_mode_ends_an_override(hass: HomeAssistant) -> None:
    coordinator = await sunny(hass)
    await coordinator.async_override("miner", run=False)
    await settle(hass)
    assert hass.states.is_state(MINER, "off")

    await coordinator.async_set_mode("miner", Mode.AUTO)
    await settle(hass)
    assert hass.states.is_state(MINER, "on")


async def test_the_compute_value_decides(hass: HomeAssistant) -> None:
    coordinator = await sunny(hass)
    assert hass.states.is_state(MINER, "on")

    await coordinator.async_set_compute_value("miner", 0.01)
    await settle(hass)

    assert hass.states.is_state(MINER, "off")
    assert reason(coordinator) is ReasonCode.NOT_WORTH_IT


async def test_what_a_person_sets_is_written_at_once(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, hass_storage: dict[str, Any]
) -> None:
    coordinator = await sunny(hass)
    await coordinator.async_set_mode("miner", Mode.OFF)

    await pass_time(hass, freezer, 2)

    stored = hass_storage[f"solar_compute.{ENTRY}"]["data"]
    assert stored["controls"]["miner"]["mode"] == "off"


async def test_counters_are_written_every_minute(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, hass_storage: dict[str, Any]
) -> None:
    await sunny(hass)
    await pass_time(hass, freezer, 50, step=5)
    assert f"solar_compute.{ENTRY}" not in hass_storage
    await pass_time(hass, freezer, 30, step=5)
    first = hass_storage[f"solar_compute.{ENTRY}"]["data"]["ledger"]
    await pass_time(hass, freezer, 70, step=5)
    second = hass_storage[f"solar_compute.{ENTRY}"]["data"]["ledger"]

    runs = [one["workers"]["miner"]["run_s"] for one in (first, second)]
    assert runs[0] >= 50
    assert runs[1] >= runs[0] + 50


async def test_energy_is_counted_by_the_time_that_really_passed(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    coordinator = await sunny(hass)
    await pass_time(hass, freezer, 3)
    before = coordinator.data.ledger.workers["miner"]

    for _ in range(6):
        meter(hass, -2500)
        await pass_time(hass, freezer, 60, step=7)

    after = coordinator.data.ledger.workers["miner"]
    assert after.run_s - before.run_s == pytest.approx(360, abs=15)
    assert after.solar_wh - before.solar_wh == pytest.approx(50, rel=0.05)


async def test_a_gap_in_knowledge_is_not_counted_as_running(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    coordinator = await sunny(hass, power_hold_s=300.0)
    await pass_time(hass, freezer, 15)
    before = coordinator.data.ledger.workers["miner"].run_s

    # As if the machine had been asleep.
    freezer.tick(7200)
    await settle(hass)

    assert coordinator.data.ledger.workers["miner"].run_s - before <= 310


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


async def test_measured_power_is_believed_over_nominal(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    entry = home(switched("miner", MINER, power="sensor.miner_power"))
    await move_in(hass, entry, grid_w=-3000)
    await pass_time(hass, freezer, 3)
    meter(hass, 380, "sensor.miner_power")
    meter(hass, -2620)
    await pass_time(hass, freezer, 10)

    decision = entry.runtime_data.data.decision
    assert decision.worker("miner").power_w == 380
    assert decision.balance_w == 3000


async def test_the_records_make_the_same_decisions_again(hass: HomeAssistant) -> None:
    coordinator = await sunny(hass)
    for watts in (-3000, 1500, -3000, 1500):
        meter(hass, watts)
        await coordinator.async_refresh()
        await settle(hass)

    records = coordinator.records

    spec = coordinator.configuration.spec
    assert len(records) >= 4
    for record in records:
        snapshot = from_json(Snapshot, record["snapshot"])
        memory = from_json(Memory, record["memory"])
        assert decide(spec, snapshot, memory)[0] == from_json(
            Decision, record["decision"]
        )


async def test_records_keep_what_changed_and_the_latest(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    coordinator = await sunny(hass)
    for _ in range(60):
        meter(hass, -3000)
        await pass_time(hass, freezer, 2)

    assert len(coordinator.records) <= 5
    latest = coordinator.records[-1]["decision"]["clock_s"]
    assert latest == coordinator.data.decision.clock_s

    for number in range(120):
        meter(hass, 1500 if number % 2 else -3000)
        await pass_time(hass, freezer, 2)
    assert len(coordinator.records) in (50, 51)


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
