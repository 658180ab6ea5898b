"""A home, the loop and the real companion service: time passes as it does."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import override

from homeassistant.core import HomeAssistant
import pytest

from custom_components.solar_compute.core.model import Mode, ReasonCode, WorkerState

from .common import home, issues, meter, move_in, served
from .companion import Companion
from .live_home import HURRY, LiveHome

pytestmark = pytest.mark.usefixtures("socket_enabled")


@pytest.fixture
async def companion(tmp_path: Path) -> AsyncIterator[Companion]:
    """Run a service without a token."""
    service = Companion(tmp_path)
    await service.start()
    yield service
    service.thaw()
    service.kill()


class House(LiveHome):
    """A home whose meter shows what the sun and the cruncher make of it."""

    def __init__(self, hass: HomeAssistant, companion: Companion) -> None:
        super().__init__(
            hass, served("cruncher", companion.url, lease_s=5.0, settle_s=0.5)
        )

    @property
    def reason(self) -> ReasonCode:
        """Why the cruncher is at its level."""
        decision = self.entry.runtime_data.data.decision.worker("cruncher")
        code: ReasonCode = decision.reason.code
        return code

    @property
    @override
    def draw_w(self) -> float:
        return 60.0 * (self.view.level or 0)


@pytest.fixture
async def house(hass: HomeAssistant, companion: Companion) -> House:
    """Set the home up at night."""
    house = House(hass, companion)
    await move_in(hass, house.entry, grid_w=0)
    return house


async def test_the_sun_starts_the_job_and_a_cloud_pauses_it(
    hass: HomeAssistant, house: House
) -> None:
    await house.until(
        80, lambda: (house.view.state, house.view.level) == (WorkerState.RUNNING, 1)
    )
    await house.until(500, lambda: house.view.level == 2)
    assert house.view.lease_remaining_s is not None
    await house.until(-1000, lambda: house.view.state is WorkerState.PAUSED)

    await house.until(-1000, lambda: house.reason is ReasonCode.NOT_WORTH_IT)
    assert issues(hass) == set()


async def test_a_worker_that_was_added_twice_is_not_torn_between_the_two(
    hass: HomeAssistant, companion: Companion
) -> None:
    house = House(hass, companion)
    again = f"{companion.url}/"
    twice = home(
        served("cruncher", companion.url, lease_s=5.0, settle_s=0.5),
        served("again", again, lease_s=5.0, settle_s=0.5),
        **HURRY,
    )
    house.entry = twice
    await move_in(hass, twice, grid_w=0)
    await twice.runtime_data.async_set_mode("again", Mode.OFF)

    await house.until(500, lambda: house.view.level == 2)
    levels = set()
    for _ in range(30):
        meter(hass, -500)
        await asyncio.sleep(0.1)
        levels.add(house.view.level)

    assert levels == {2}


async def test_a_service_that_is_killed_is_lost_and_found_again(
    hass: HomeAssistant, house: House, companion: Companion
) -> None:
    await house.until(500, lambda: house.view.level == 2)

    companion.kill()
    await house.until(500, lambda: house.view.state is WorkerState.LOST)
    await house.until(500, lambda: issues(hass) == {"worker_unreachable"})
    assert house.reason is ReasonCode.WORKER_LOST

    await companion.start()
    await house.until(500, lambda: house.view.level == 2)
    assert issues(hass) == set()


async def test_a_service_that_hangs_pauses_its_job_by_itself_and_is_reconciled(
    hass: HomeAssistant, house: House, companion: Companion
) -> None:
    await house.until(500, lambda: house.view.level == 2)

    companion.freeze()
    await house.until(500, lambda: house.view.state is WorkerState.LOST)
    companion.thaw()

    await house.until(500, lambda: house.view.level == 2)
