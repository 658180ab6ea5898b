"""What looks ahead tells decisions, and cannot stop them."""

from dataclasses import replace

from homeassistant.core import HomeAssistant
import pytest

from custom_components.solar_compute.core.ahead import Ahead
from custom_components.solar_compute.core.model import Decision, Snapshot
from custom_components.solar_compute.core.storage import FirstLimit, StoredValue
from custom_components.solar_compute.foresight import Foresight

from .sun import sunny

DEAR = StoredValue(charge=0.4, discharge=0.5, first=FirstLimit.RESERVE)


class Almanac:
    """A part that knows what a stored kWh is worth, and counts what it hears."""

    def __init__(self) -> None:
        self.heard = 0
        self.began = self.ended = False

    async def async_start(self) -> None:
        self.began = True

    async def async_close(self) -> None:
        self.ended = True

    def ahead(self, snapshot: Snapshot, ahead: Ahead) -> Ahead:
        return replace(ahead, stored=DEAR)

    def follow(self, snapshot: Snapshot, decision: Decision) -> None:
        self.heard += 1


class BrokenAlmanac(Almanac):
    """A part in which everything fails."""

    async def async_start(self) -> None:
        raise RuntimeError("no page")

    async def async_close(self) -> None:
        raise RuntimeError("lost page")

    def ahead(self, snapshot: Snapshot, ahead: Ahead) -> Ahead:
        raise RuntimeError("torn page")

    def follow(self, snapshot: Snapshot, decision: Decision) -> None:
        raise RuntimeError("torn page")


async def test_decisions_hear_what_is_known_of_the_hours_to_come(
    hass: HomeAssistant,
) -> None:
    coordinator = await sunny(hass, 500)
    almanac = Almanac()
    coordinator.foresight = Foresight([almanac])
    coordinator.tick()
    assert almanac.heard == 1
    assert coordinator.records[-1]["ahead"]["stored"]["discharge"] == 0.5


async def test_a_part_that_fails_stops_neither_the_loop_nor_the_others(
    hass: HomeAssistant, caplog: pytest.LogCaptureFixture
) -> None:
    coordinator = await sunny(hass, 500)
    almanac = Almanac()
    coordinator.foresight = Foresight([BrokenAlmanac(), almanac])
    coordinator.tick()
    coordinator.tick()
    assert coordinator.last_update_success
    assert almanac.heard == 2
    assert coordinator.records[-1]["ahead"]["stored"]["discharge"] == 0.5
    assert caplog.text.count("Decisions go on without BrokenAlmanac") == 1


async def test_parts_begin_and_end_with_their_site() -> None:
    almanac = Almanac()
    foresight = Foresight([almanac])
    await foresight.async_start()
    assert almanac.began
    await foresight.async_close()
    assert almanac.ended


async def test_a_part_that_cannot_begin_or_end_leaves_the_others_alone(
    caplog: pytest.LogCaptureFixture,
) -> None:
    almanac = Almanac()
    foresight = Foresight([BrokenAlmanac(), almanac])
    await foresight.async_start()
    await foresight.async_close()
    assert almanac.began
    assert almanac.ended
    assert "BrokenAlmanac did not end" in caplog.text
