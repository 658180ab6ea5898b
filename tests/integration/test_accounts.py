"""What the loop counts and keeps: energy, run time, records of decisions."""

from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
import pytest

from custom_components.solar_compute.core.ahead import Ahead
from custom_components.solar_compute.core.codec import from_json
from custom_components.solar_compute.core.decide import decide
from custom_components.solar_compute.core.memory import Memory
from custom_components.solar_compute.core.model import Decision, Snapshot

from .common import ENTRY, home, meter, move_in, pass_time, settle, switched
from .sun import MINER, sunny


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
        ahead = from_json(Ahead, record["ahead"])
        assert decide(spec, snapshot, memory, ahead)[0] == from_json(
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
