"""The home's own past is kept, and a reload, a restart or a torn file lose little of it."""

from datetime import timedelta
from typing import Any
from unittest.mock import patch

from freezegun.api import FrozenDateTimeFactory
from homeassistant.components.recorder.core import Recorder
from homeassistant.const import EVENT_HOMEASSISTANT_FINAL_WRITE
from homeassistant.core import HomeAssistant
import numpy as np
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.solar_compute.core.history import (
    BALANCE_W,
    GRID_W,
    History,
    worker_column,
)
from custom_components.solar_compute.core.history_codec import encode
from custom_components.solar_compute.past.keeper import PastKeeper

from .common import GRID, home, meter, move_in, pass_time, settle, switched
from .recorded_past import NOON, compile_statistics, every
from .stored import file_of, keeper_of, store
from .sun import MINER

FILE = file_of("past")

OF_ANOTHER_GRID = encode(
    History(start_s=0.0, step_s=600, columns={BALANCE_W: np.zeros(3, np.float32)})
)
MINUTE = 60


def past_of(entry: MockConfigEntry) -> History:
    past = keeper_of(entry).history()
    assert past is not None
    return past


def known(past: History, name: str = BALANCE_W) -> list[float]:
    column = past.columns[name]
    return [round(float(value)) for value in column[np.isfinite(column)]]


async def run(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, minutes: int, grid_w: float
) -> None:
    """Let minutes pass in which the meter reports twice a minute."""
    for second in range(0, minutes * MINUTE, 30):
        meter(hass, grid_w + second % 60 / 100)
        await pass_time(hass, freezer, 30, step=30)


@pytest.fixture
async def house(hass: HomeAssistant, freezer: FrozenDateTimeFactory) -> MockConfigEntry:
    """Live with a miner that runs on surplus, at noon, without a recorder."""
    freezer.move_to(NOON)
    entry = home(switched("miner", MINER))
    await move_in(hass, entry, grid_w=-300)
    return entry


async def test_every_five_minutes_are_kept_with_the_workers_taken_out(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, house: MockConfigEntry
) -> None:
    await run(hass, freezer, 6, -300)
    await run(hass, freezer, 5, -2000)
    await run(hass, freezer, 10, -1500)
    past = past_of(house)
    assert (past.start_s, past.step_s) == (NOON.timestamp(), 300)
    # In the end there were 2 kW to spare, of which the miner took 500 W.
    balance = known(past)
    assert balance[0] == 300
    assert balance[3] == 2000
    assert known(past, GRID_W)[3] == -1500
    assert known(past, worker_column("miner"))[0] == 0
    assert known(past, worker_column("miner"))[3] == 500


async def test_nothing_is_kept_of_what_nobody_knows(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, house: MockConfigEntry
) -> None:
    await run(hass, freezer, 6, -300)
    meter(hass, "unavailable")
    await pass_time(hass, freezer, 30 * MINUTE, step=60)
    await run(hass, freezer, 10, -300)
    column = past_of(house).columns[BALANCE_W]
    assert np.isfinite(column[0])
    assert np.isnan(column[3:6]).all()
    assert np.isfinite(column[-1])


async def test_a_reload_loses_nothing(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, house: MockConfigEntry
) -> None:
    await run(hass, freezer, 7, -300)
    await hass.config_entries.async_reload(house.entry_id)
    await settle(hass)
    await run(hass, freezer, 4, -300)
    assert known(past_of(house)) == [300, 300]


async def test_what_was_gathered_is_written_when_home_assistant_stops(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    house: MockConfigEntry,
    hass_storage: dict[str, Any],
) -> None:
    await run(hass, freezer, 6, -300)
    assert FILE not in hass_storage
    hass.bus.async_fire(EVENT_HOMEASSISTANT_FINAL_WRITE)
    await settle(hass)
    assert hass_storage[FILE]["data"]["history"]["count"] == 1


async def test_it_is_written_every_few_hours_and_no_more_often(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    house: MockConfigEntry,
    hass_storage: dict[str, Any],
) -> None:
    with patch.object(
        PastKeeper, "_save", autospec=True, side_effect=PastKeeper._save
    ) as save:
        await pass_time(hass, freezer, 13 * 3600, step=3600)
    assert 1 <= save.call_count <= 2
    assert FILE in hass_storage


@pytest.mark.parametrize(
    "data",
    [
        {},
        [],
        {"history": {"format": 9}, "gathering": None},
        {"history": None, "gathering": {"start_s": "yesterday"}},
        {"history": None, "gathering": {"start_s": 123.0}},
        {"history": None, "gathering": {"start_s": 300.0, "seconds": {"soc": 9.0}}},
        {"history": OF_ANOTHER_GRID, "gathering": None},
    ],
)
async def test_a_file_that_cannot_be_read_starts_anew_with_a_warning(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    hass_storage: dict[str, Any],
    caplog: pytest.LogCaptureFixture,
    data: Any,
) -> None:
    freezer.move_to(NOON)
    store(hass_storage, data, "past")
    entry = home(switched("miner", MINER))
    await move_in(hass, entry, grid_w=-300)
    assert "The past of the home is gathered anew" in caplog.text
    await run(hass, freezer, 6, -300)
    assert known(past_of(entry)) == [300]


async def test_what_a_newer_version_wrote_is_gathered_anew(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    hass_storage: dict[str, Any],
) -> None:
    freezer.move_to(NOON)
    store(hass_storage, {}, "past", version=7)
    entry = home(switched("miner", MINER))
    await move_in(hass, entry, grid_w=-3000)
    assert hass.states.is_state("sensor.home_state", "running")
    assert keeper_of(entry).history() is None


async def test_it_is_forgotten_when_the_home_is_removed(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    house: MockConfigEntry,
    hass_storage: dict[str, Any],
) -> None:
    await run(hass, freezer, 6, -300)
    await hass.config_entries.async_unload(house.entry_id)
    assert FILE in hass_storage
    await hass.config_entries.async_remove(house.entry_id)
    await settle(hass)
    assert FILE not in hass_storage


async def test_it_is_forgotten_when_a_person_asks_for_it(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    house: MockConfigEntry,
    hass_storage: dict[str, Any],
) -> None:
    await run(hass, freezer, 6, -300)
    assert known(past_of(house)) == [300]
    await keeper_of(house).async_forget()
    assert keeper_of(house).history() is None
    kept = hass_storage[FILE]["data"]
    assert (kept["history"], kept["gathering"]) == (None, None)
    assert kept["forgotten_s"] >= NOON.timestamp()
    await run(hass, freezer, 10, -300)
    assert known(past_of(house))[-1] == 300


async def test_without_a_recorder_the_past_begins_now(
    hass: HomeAssistant, house: MockConfigEntry, caplog: pytest.LogCaptureFixture
) -> None:
    assert keeper_of(house).history() is None
    assert "Traceback" not in caplog.text


async def test_without_numpy_the_home_is_controlled_all_the_same(
    hass: HomeAssistant, caplog: pytest.LogCaptureFixture
) -> None:
    with patch(
        "custom_components.solar_compute.foresight_parts.import_module",
        side_effect=ImportError("no numpy here"),
    ):
        entry = home(switched("miner", MINER))
        await move_in(hass, entry, grid_w=-3000)
    assert entry.runtime_data.foresight.part(PastKeeper) is None
    assert hass.states.is_state(MINER, "on")
    assert "without numpy" in caplog.text


class TestWithARecorder:
    """The recorder was there before Solar Compute."""

    @pytest.fixture(autouse=True)
    def auto_enable_custom_integrations(
        self, recorder_mock: Recorder, enable_custom_integrations: None
    ) -> None:
        """Have a recorder before there is a Home Assistant."""

    async def test_the_past_begins_with_what_the_recorder_knows(
        self,
        hass: HomeAssistant,
        freezer: FrozenDateTimeFactory,
        recorder_mock: Recorder,
    ) -> None:
        freezer.move_to(NOON)
        await compile_statistics(
            hass, recorder_mock, GRID,
            every(5, NOON - timedelta(minutes=15), -100, -200, -300),
        )  # fmt: skip
        entry = home(switched("miner", MINER))
        await move_in(hass, entry, grid_w=-300)
        await keeper_of(entry).async_seeded()
        past = past_of(entry)
        assert past.start_s == (NOON - timedelta(minutes=15)).timestamp()
        assert known(past) == [100, 200, 300]
        assert not past.coarse

    async def test_what_a_crash_has_lost_is_filled_from_the_recorder(
        self,
        hass: HomeAssistant,
        freezer: FrozenDateTimeFactory,
        recorder_mock: Recorder,
        hass_storage: dict[str, Any],
    ) -> None:
        freezer.move_to(NOON)
        entry = home(switched("miner", MINER))
        await move_in(hass, entry, grid_w=-300)
        await run(hass, freezer, 6, -300)
        await hass.config_entries.async_unload(entry.entry_id)
        await compile_statistics(
            hass, recorder_mock, GRID, every(5, NOON, -7, -200, -400)
        )
        freezer.move_to(NOON + timedelta(minutes=15))
        await hass.config_entries.async_setup(entry.entry_id)
        await keeper_of(entry).async_seeded()
        assert known(past_of(entry)) == [300, 200, 400]

    async def test_a_recorder_that_fails_stops_nothing(
        self, hass: HomeAssistant, caplog: pytest.LogCaptureFixture
    ) -> None:
        with patch(
            "custom_components.solar_compute.past.recorded.async_read",
            side_effect=RuntimeError("database is malformed"),
        ):
            entry = home(switched("miner", MINER))
            await move_in(hass, entry, grid_w=-3000)
            await keeper_of(entry).async_seeded()
        assert hass.states.is_state(MINER, "on")
        assert "The recorder does not tell of the past" in caplog.text
