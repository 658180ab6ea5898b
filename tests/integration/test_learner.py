"""What a home's past teaches is learned at night, kept, shown, and forgotten on request."""

from dataclasses import replace
from datetime import timedelta
from threading import Event
from typing import Any
from unittest.mock import patch

from freezegun.api import FrozenDateTimeFactory
from homeassistant.const import EVENT_HOMEASSISTANT_FINAL_WRITE
from homeassistant.core import HomeAssistant
import numpy as np
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from syrupy.assertion import SnapshotAssertion

from custom_components.solar_compute.core.advice import settings_of
from custom_components.solar_compute.core.codec import to_json
from custom_components.solar_compute.core.history import BALANCE_W, PV_W, History
from custom_components.solar_compute.core.history_codec import encode
from custom_components.solar_compute.core.learned import (
    Learned,
    LoadProfile,
    SunErrors,
    SunHour,
)
from custom_components.solar_compute.core.memory import (
    HourMean,
    LevelPower,
    MeanDay,
    PowerMean,
    WorkDone,
    WorkMean,
)
from custom_components.solar_compute.core.purse import Purse
from custom_components.solar_compute.diagnostics import (
    async_get_config_entry_diagnostics,
)
from custom_components.solar_compute.learning import learner as learning
from custom_components.solar_compute.learning.learner import Learner
from custom_components.solar_compute.plan_view import PlanStatus

from . import providers
from .common import home, move_in, pass_time, settle, switched
from .planning import plan, sunny_days
from .recorded_past import NOON
from .stored import file_of, keeper_of, store
from .sun import MINER

PAST = file_of("past")
LEARNED = file_of("learned")
SENSOR = "sensor.home_knowledge"
BUTTON = "button.home_forget_what_was_learned"
PV = "sensor.sun"


def kept_past(days: int = 10) -> dict[str, Any]:
    """Return the stored past of a home that needs 400 W, and 900 W at six o'clock UTC."""
    start_s = NOON.timestamp() - days * 86400
    steps = np.arange(days * 288)
    hour = (steps * 300 / 3600 + 12) % 24
    sun = np.where((hour > 7) & (hour < 17), 3000.0, 0.0)
    need = np.where((hour >= 6) & (hour < 7), 900.0, 400.0)
    columns = {
        PV_W: sun.astype(np.float32),
        BALANCE_W: (sun - need).astype(np.float32),
    }
    past = History(start_s=start_s, step_s=300, columns=columns)
    return {"history": encode(past), "gathering": None}


def knows_the_sun() -> dict[str, Any]:
    """Return what was stored where forecasts promise a quarter too much."""
    hour = SunHour(forecast_w=1000.0, came_w=800.0, square=2500.0, days=9)
    data: dict[str, Any] = to_json(Learned(sun=SunErrors(hours=(hour,) * 24)))
    return data


@pytest.fixture
async def house(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    hass_storage: dict[str, Any],
) -> MockConfigEntry:
    """Move into a home whose last ten days are kept, at noon, without a recorder."""
    await hass.config.async_set_time_zone("UTC")
    freezer.move_to(NOON)
    store(hass_storage, kept_past(), "past")
    store(hass_storage, knows_the_sun(), "learned")
    return await lives(hass)


async def lives(hass: HomeAssistant) -> MockConfigEntry:
    entry = home(switched("miner", MINER), data={"pv_power": [PV]})
    hass.states.async_set(PV, "1000", {"unit_of_measurement": "W"})
    await move_in(hass, entry, grid_w=-300)
    await learner_of(entry).async_settled()
    return entry


def learner_of(entry: MockConfigEntry) -> Learner:
    part: Learner | None = entry.runtime_data.foresight.part(Learner)
    assert part is not None
    return part


async def press_forget(hass: HomeAssistant) -> None:
    await hass.services.async_call(
        "button", "press", {"entity_id": BUTTON}, blocking=True
    )
    await settle(hass)


async def test_what_is_kept_is_learned_soon_after_the_start(
    hass: HomeAssistant, house: MockConfigEntry
) -> None:
    learned = learner_of(house).learned
    assert learned.days == pytest.approx(10, abs=0.1)
    assert learned.load.hours_w[:8] == (400,) * 6 + (900, 400)
    known = learned.knowledge.workers["miner"]
    assert known.lasts
    coordinator = house.runtime_data
    coordinator.tick()
    records = coordinator.records
    assert records[-1]["ahead"]["knowledge"]["workers"]["miner"]
    assert records[0]["ahead"]["knowledge"] is None
    habits = coordinator.plans.habits
    assert habits.load_w[6] == 900
    assert habits.sun[12] == pytest.approx((0.8, 0.05))


async def test_a_new_home_with_a_past_and_a_forecast_is_planned_from_its_first_minutes(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, hass_storage: dict[str, Any]
) -> None:
    await providers.live_in(hass, "UTC")
    freezer.move_to(NOON)
    store(hass_storage, kept_past(), "past")
    await sunny_days(hass)
    entry = await lives(hass)

    await pass_time(hass, freezer, 80, step=10)
    await plan(hass)

    assert entry.runtime_data.plans.view.status is PlanStatus.PLANNED


async def test_it_is_learned_anew_at_three_in_the_morning(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, house: MockConfigEntry
) -> None:
    with patch.object(learning, "_load", side_effect=learning._load) as load:
        await pass_time(hass, freezer, 14 * 3600, step=3600)
        assert load.call_count == 0
        await pass_time(hass, freezer, 2 * 3600, step=3600)
        await learner_of(house).async_settled()
        assert load.call_count == 1
    learned_s = learner_of(house).learned.learned_s
    assert learned_s is not None
    assert learned_s >= (NOON + timedelta(hours=15)).timestamp()


async def test_it_is_learned_with_the_value_that_a_person_has_set(
    hass: HomeAssistant, house: MockConfigEntry
) -> None:
    await hass.services.async_call(
        "number",
        "set_value",
        {"entity_id": "number.miner_compute_value", "value": 0.21},
        blocking=True,
    )
    await learner_of(house).async_learn()
    coordinator = house.runtime_data
    worker = replace(coordinator.configuration.spec.workers[0], value_per_kwh=0.21)
    known = learner_of(house).learned.knowledge.workers["miner"]
    assert known.taught_by == settings_of(coordinator.configuration.spec, worker)


async def test_a_night_in_which_learning_fails_loses_nothing(
    hass: HomeAssistant,
    house: MockConfigEntry,
    caplog: pytest.LogCaptureFixture,
) -> None:
    before = learner_of(house).learned
    with patch.object(learning, "_load", side_effect=ValueError("torn")):
        await learner_of(house).async_learn()
    assert learner_of(house).learned == before
    assert "Nothing could be learned" in caplog.text
    house.runtime_data.tick()
    assert house.runtime_data.last_update_success
    caplog.clear()


async def test_a_restart_goes_on_with_what_was_learned(
    hass: HomeAssistant, house: MockConfigEntry, hass_storage: dict[str, Any]
) -> None:
    before = learner_of(house).learned
    hass.bus.async_fire(EVENT_HOMEASSISTANT_FINAL_WRITE)
    await settle(hass)
    assert hass_storage[LEARNED]["data"]["load"]["days"] == before.load.days
    with patch.object(learning, "_load") as load:
        await hass.config_entries.async_reload(house.entry_id)
        await learner_of(house).async_settled()
        assert load.call_count == 0
    assert learner_of(house).learned.load == before.load


@pytest.mark.parametrize(
    "data",
    [{"version": 99}, [], {"load": 3}, {"sun": {"hours": "many"}}, {"learned_s": "x"}],
)
async def test_a_file_that_cannot_be_read_is_learned_anew(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    hass_storage: dict[str, Any],
    caplog: pytest.LogCaptureFixture,
    data: Any,
) -> None:
    freezer.move_to(NOON)
    store(hass_storage, data, "learned")
    entry = await lives(hass)
    assert learner_of(entry).learned.learned_s is None
    assert "learned anew" in caplog.text
    assert entry.runtime_data.last_update_success


async def test_without_a_past_nothing_is_learned(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    freezer.move_to(NOON)
    entry = await lives(hass)
    assert learner_of(entry).learned.learned_s is None
    state = hass.states.get(SENSOR)
    assert state is not None
    assert state.state == "0.0"


async def test_a_sensor_tells_how_much_is_known(
    hass: HomeAssistant, house: MockConfigEntry, snapshot: SnapshotAssertion
) -> None:
    coordinator = house.runtime_data
    level = LevelPower(mean_w=620.4, variance=9.0, seconds=5400.0)
    done = WorkDone(units=12.0, energy_wh=2500.0, seconds=14400.0)
    miner = PowerMean(
        nominal_w=(500.0,),
        levels=(level,),
        settle_s=80.0,
        changes=6,
        work=WorkMean(every=done, levels=(done,)),
    )
    coordinator._memory = _with(coordinator._memory, powers={"miner": miner})
    await coordinator.async_refresh()
    assert hass.states.get(SENSOR) == snapshot(name="knowledge")
    assert hass.states.get("sensor.miner_power") == snapshot(name="power")


async def test_what_was_learned_is_forgotten_at_the_press_of_a_button(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    house: MockConfigEntry,
    hass_storage: dict[str, Any],
) -> None:
    coordinator = house.runtime_data
    seen = MeanDay(hours=(HourMean(900.0, 7),) * 24)
    lost = _with(coordinator._memory.workers["miner"], purse=Purse(lived=-1.0))
    coordinator._memory = _with(
        coordinator._memory, mean_day=seen, workers={"miner": lost}
    )
    coordinator.plans.rest = seen
    await press_forget(hass)
    assert learner_of(house).learned.load.days == 0
    assert keeper_of(house).history() is None
    assert hass_storage[PAST]["data"]["history"] is None
    assert hass_storage[LEARNED]["data"]["load"]["days"] == 0
    assert coordinator.plans.rest.hours[0].days == 0
    assert coordinator.plans.habits.load_w is None
    stored = coordinator.to_store()
    assert stored.memory.mean_day.hours[0].days == 0
    assert stored.memory.workers["miner"].purse.lived == 0
    state = hass.states.get(SENSOR)
    assert state is not None
    assert state.state == "0.0"


async def test_diagnostics_tell_what_was_learned(
    hass: HomeAssistant, house: MockConfigEntry
) -> None:
    house.runtime_data.tick()
    found = await async_get_config_entry_diagnostics(hass, house)
    assert found["known"]["learned"]["load"]["hours_w"][6] == 900


def _with(memory: Any, **changes: Any) -> Any:
    return type(memory)(
        **{name: getattr(memory, name) for name in memory.__slots__} | changes
    )


async def test_what_is_being_learned_when_the_home_is_removed_is_not_written(
    hass: HomeAssistant, house: MockConfigEntry, hass_storage: dict[str, Any]
) -> None:
    begun, go_on = Event(), Event()

    def slow(past: History) -> LoadProfile:
        begun.set()
        go_on.wait(10)
        return LoadProfile()

    learner = learner_of(house)
    with patch.object(learning, "_load", slow):
        night = hass.async_create_task(learner.async_learn())
        await hass.async_add_executor_job(begun.wait, 10)
        assert await hass.config_entries.async_unload(house.entry_id)
        await hass.config_entries.async_remove(house.entry_id)
        assert LEARNED not in hass_storage
        go_on.set()
        await night
    assert LEARNED not in hass_storage
