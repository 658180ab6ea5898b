"""What a home needs is known from the recorder's hourly statistics from the first day on."""

from datetime import timedelta
import logging
from unittest.mock import patch

from freezegun.api import FrozenDateTimeFactory
from homeassistant.components.recorder.core import Recorder
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.solar_compute.core.learned import Learned
from custom_components.solar_compute.learning.learner import Learner
from custom_components.solar_compute.past import keeper as keeping
from custom_components.solar_compute.past.keeper import PastKeeper

from .common import GRID, home, move_in, settle, switched
from .recorded_past import NOON, compile_statistics, every
from .sun import MINER

PV = "sensor.sun"
DAYS, BOUND_DAYS = 12, 8
FIRST = NOON - timedelta(days=DAYS, hours=12)


@pytest.fixture(autouse=True)
def auto_enable_custom_integrations(
    recorder_mock: Recorder, enable_custom_integrations: None
) -> None:
    """Have a recorder before there is a Home Assistant."""


def needs_w(hour: int, days_ago: int) -> float:
    """Return what the home needed: 900 W at six, else 400; long ago 2 kW more."""
    need_w = 900.0 if hour == 6 else 400.0
    # No meter shows the same for hours.
    return need_w + (2000.0 if days_ago > BOUND_DAYS else 0.0) + hour / 10


@pytest.fixture
async def house(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    recorder_mock: Recorder,
    monkeypatch: pytest.MonkeyPatch,
) -> MockConfigEntry:
    """Move into a home of which the recorder has hourly statistics, and no others."""
    monkeypatch.setattr(keeping, "OLDER_S", BOUND_DAYS * 86400.0)
    await hass.config.async_set_time_zone("UTC")
    freezer.move_to(NOON)
    sun_w = [2000.0 if 8 <= hour % 24 < 17 else 0.0 for hour in range(DAYS * 24)]
    grid_w = [
        needs_w(hour % 24, DAYS - hour // 24) - sun for hour, sun in enumerate(sun_w)
    ]
    for entity_id, means in ((PV, sun_w), (GRID, grid_w)):
        rows = every(60, FIRST, *means)
        await compile_statistics(hass, recorder_mock, entity_id, rows, hourly=True)
    return await lives(hass)


async def lives(hass: HomeAssistant) -> MockConfigEntry:
    entry = home(switched("miner", MINER), data={"pv_power": [PV]})
    hass.states.async_set(PV, "1000", {"unit_of_measurement": "W"})
    await move_in(hass, entry, grid_w=-300)
    return entry


async def learned(entry: MockConfigEntry) -> Learned:
    part = entry.runtime_data.foresight.part(Learner)
    assert part is not None
    await part.async_settled()
    found: Learned = part.learned
    return found


async def test_what_the_home_needs_is_known_on_the_first_day_as_of_late(
    hass: HomeAssistant, house: MockConfigEntry
) -> None:
    load = (await learned(house)).load
    assert load.days == pytest.approx(BOUND_DAYS, abs=1)
    assert load.hours_w[6] == pytest.approx(900, abs=3)
    assert load.hours_w[12] == pytest.approx(400, abs=3)


async def test_switching_is_never_learned_from_hourly_means_and_they_are_not_kept(
    hass: HomeAssistant, house: MockConfigEntry
) -> None:
    known = await learned(house)
    assert known.days == 0
    assert known.knowledge.workers == {}
    assert house.runtime_data.foresight.part(PastKeeper).history() is None


async def test_what_a_person_had_forgotten_is_not_asked_for_again(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, house: MockConfigEntry
) -> None:
    await learned(house)
    await house.runtime_data.async_forget()
    freezer.move_to(NOON + timedelta(hours=20))
    part = house.runtime_data.foresight.part(Learner)
    await part.async_learn()
    assert part.learned.load.days == 0


async def test_a_recorder_that_fails_loses_nothing_else(
    hass: HomeAssistant, house: MockConfigEntry, caplog: pytest.LogCaptureFixture
) -> None:
    before = await learned(house)
    part = house.runtime_data.foresight.part(Learner)
    with (
        caplog.at_level(logging.CRITICAL),
        patch.object(keeping, "wanted", side_effect=RuntimeError),
    ):
        await part.async_learn()
    await settle(hass)
    assert part.learned == before
