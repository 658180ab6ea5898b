"""What was forgotten stays forgotten, whatever the recorder still knows."""

from datetime import timedelta
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.components.recorder.core import Recorder
from homeassistant.core import HomeAssistant
import pytest

from .common import GRID, home, move_in, pass_time, settle, switched
from .recorded_past import NOON, compile_statistics, every
from .stored import keeper_of
from .sun import MINER


@pytest.fixture(autouse=True)
def auto_enable_custom_integrations(
    recorder_mock: Recorder, enable_custom_integrations: None
) -> None:
    """Have a recorder before there is a Home Assistant."""


async def test_the_recorder_does_not_bring_back_what_was_forgotten(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, recorder_mock: Recorder
) -> None:
    freezer.move_to(NOON)
    await compile_statistics(
        hass,
        recorder_mock,
        GRID,
        every(5, NOON - timedelta(hours=4), *[300.0, 301.0] * 24),
    )
    entry = home(switched("miner", MINER))
    await move_in(hass, entry, grid_w=-300)

    async def past() -> Any:
        keeper = keeper_of(entry)
        await keeper.async_seeded()
        return keeper.history()

    assert (await past()) is not None
    await hass.services.async_call(
        "button",
        "press",
        {"entity_id": "button.home_forget_what_was_learned"},
        blocking=True,
    )
    assert (await past()) is None
    await pass_time(hass, freezer, 600, step=300)
    await hass.config_entries.async_reload(entry.entry_id)
    await settle(hass)
    again = await past()
    assert again is None or again.start_s >= NOON.timestamp()
