"""Readings: what a sensor says, when it said it, and when it is believed no more."""

from datetime import timedelta

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util
import pytest

from custom_components.solar_compute import units
from custom_components.solar_compute.clock import Clock, ClockMark
from custom_components.solar_compute.configured import PowerSource
from custom_components.solar_compute.core.model import Reading
from custom_components.solar_compute.inputs import Meters

from .common import GRID, meter

HOLD_S = 300.0


@pytest.fixture
def clock(freezer: FrozenDateTimeFactory) -> Clock:
    """Return a clock that stands still with the test."""
    return Clock()


@pytest.fixture
def meters(hass: HomeAssistant, clock: Clock) -> Meters:
    """Return the sensors of a home."""
    return Meters(hass, clock)


def grid(meters: Meters) -> Reading:
    """Read the grid meter."""
    return meters.reading(GRID, units.power_w, HOLD_S)


def age_s(reading: Reading, clock: Clock) -> float:
    """Return how old a reading is."""
    return clock.now_s() - reading.measured_s


async def test_a_value_ages_from_its_report_on(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, clock: Clock, meters: Meters
) -> None:
    meter(hass, -1200)
    freezer.tick(70)

    reading = grid(meters)

    assert reading.value == -1200
    assert age_s(reading, clock) == pytest.approx(70)


async def test_reporting_the_same_value_again_makes_it_young(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, clock: Clock, meters: Meters
) -> None:
    heard: list[str] = []
    meters.listen([GRID], lambda: heard.append("!"))
    meter(hass, 500)
    freezer.tick(200)
    meter(hass, 500)
    await hass.async_block_till_done()

    assert len(heard) == 2
    assert age_s(grid(meters), clock) == pytest.approx(0)


async def test_a_wall_clock_that_jumps_ages_nothing_that_was_heard(
    hass: HomeAssistant, clock: Clock, meters: Meters, monkeypatch: pytest.MonkeyPatch
) -> None:
    meters.listen([GRID], lambda: None)
    meter(hass, 500)
    await hass.async_block_till_done()

    for jump in (timedelta(hours=5), timedelta(hours=-5)):
        later = dt_util.utcnow() + jump
        monkeypatch.setattr(dt_util, "utcnow", lambda now=later: now)
        assert age_s(grid(meters), clock) == pytest.approx(0)


async def test_a_report_from_the_future_is_from_now(
    hass: HomeAssistant, clock: Clock, meters: Meters, monkeypatch: pytest.MonkeyPatch
) -> None:
    meter(hass, 500)
    earlier = dt_util.utcnow() - timedelta(hours=1)
    monkeypatch.setattr(dt_util, "utcnow", lambda: earlier)

    assert age_s(grid(meters), clock) == 0


async def test_a_report_that_nobody_listened_to_counts_by_its_own_time(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, clock: Clock, meters: Meters
) -> None:
    end = meters.listen([GRID], lambda: None)
    meter(hass, 500)
    await hass.async_block_till_done()
    end()
    freezer.tick(100)
    meter(hass, 500)
    freezer.tick(10)

    assert age_s(grid(meters), clock) == pytest.approx(10)


@pytest.mark.parametrize("silence", ["unavailable", "unknown", "nan", "inf", "on"])
async def test_a_blip_is_bridged_with_the_last_reading_and_no_longer(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    clock: Clock,
    meters: Meters,
    silence: str,
) -> None:
    meter(hass, 500)
    assert grid(meters).value == 500
    meter(hass, silence)

    freezer.tick(20)
    assert grid(meters).value == 500
    assert age_s(grid(meters), clock) == pytest.approx(20)
    freezer.tick(20)
    assert grid(meters).value == 500
    freezer.tick(20)
    assert grid(meters).value is None


async def test_a_sensor_that_never_said_anything_is_unknown_at_once(
    meters: Meters,
) -> None:
    assert grid(meters).value is None


async def test_a_value_in_a_wrong_unit_is_none(
    hass: HomeAssistant, meters: Meters
) -> None:
    hass.states.async_set(GRID, "5", {"unit_of_measurement": "kWh"})

    assert grid(meters).value is None


async def test_several_meters_are_summed_and_as_old_as_the_oldest(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, clock: Clock, meters: Meters
) -> None:
    house = PowerSource(plus=(GRID, "sensor.garage"), minus=("sensor.export",))
    meter(hass, 300)
    freezer.tick(50)
    hass.states.async_set("sensor.garage", "1.5", {"unit_of_measurement": "kW"})
    meter(hass, 200, "sensor.export")

    reading = meters.power(house, HOLD_S)

    assert reading.value == 1600
    assert age_s(reading, clock) == pytest.approx(50)


async def test_the_resting_half_of_a_meter_does_not_age_while_the_other_reports(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, clock: Clock, meters: Meters
) -> None:
    two_sided = PowerSource(plus=(GRID,), minus=("sensor.export",))
    meter(hass, 0)
    freezer.tick(3600)
    meter(hass, 900, "sensor.export")
    freezer.tick(20)

    reading = meters.power(two_sided, HOLD_S)
    assert reading.value == -900
    assert age_s(reading, clock) == pytest.approx(20)

    freezer.tick(400)
    assert age_s(meters.power(two_sided, HOLD_S), clock) == pytest.approx(420)


async def test_a_half_that_stands_still_at_a_power_ages(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, clock: Clock, meters: Meters
) -> None:
    meter(hass, 700)
    freezer.tick(3600)
    meter(hass, 0, "sensor.export")

    two_sided = PowerSource(plus=(GRID,), minus=("sensor.export",))

    assert age_s(meters.power(two_sided, HOLD_S), clock) == pytest.approx(3600)


async def test_a_sum_with_an_unknown_part_is_unknown(
    hass: HomeAssistant, meters: Meters
) -> None:
    meter(hass, 300)
    meter(hass, "unavailable", "sensor.garage")

    assert meters.power(PowerSource(plus=(GRID, "sensor.garage")), HOLD_S).value is None


async def test_a_renamed_meter_keeps_its_last_reading(
    hass: HomeAssistant, meters: Meters
) -> None:
    meter(hass, 300)
    assert grid(meters).value == 300
    hass.states.async_remove(GRID)

    meters.rename(GRID, "sensor.main")

    assert meters.reading("sensor.main", units.power_w, HOLD_S).value == 300


async def test_the_clock_goes_on_over_a_restart_and_never_back(
    freezer: FrozenDateTimeFactory,
) -> None:
    before = Clock()
    freezer.tick(1000)
    mark = before.mark()
    assert mark.clock_s == pytest.approx(1000)

    freezer.tick(500)
    assert Clock(mark).now_s() == pytest.approx(1500)
    in_the_future = ClockMark(clock_s=1000, wall_s=mark.wall_s + 9999)
    assert Clock(in_the_future).now_s() == pytest.approx(1000)
