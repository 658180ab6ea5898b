"""The home's own past, as a real recorder knows it."""

from datetime import UTC, datetime, timedelta

from freezegun.api import FrozenDateTimeFactory
from homeassistant.components.recorder.core import Recorder
from homeassistant.core import HomeAssistant
import numpy as np
import pytest

from custom_components.solar_compute.configuration import parse
from custom_components.solar_compute.core.history import (
    BALANCE_W,
    BATTERY_W,
    GRID_W,
    IMPORT_PER_KWH,
    SOC,
    History,
    tank_column,
    worker_column,
)
from custom_components.solar_compute.past.recorded import async_read
from custom_components.solar_compute.past.wanted import Wanted, wanted

from . import houses
from .common import GRID, home
from .recorded_past import NOON, WATTS, compile_statistics, every, say

HOUR = timedelta(hours=1)
CENTS = {"unit_of_measurement": "ct/kWh"}


@pytest.fixture(autouse=True)
def auto_enable_custom_integrations(
    recorder_mock: Recorder, enable_custom_integrations: None
) -> None:
    """Have a recorder before there is a Home Assistant."""


def of_grid(entity_id: str = GRID) -> tuple[Wanted, ...]:
    return wanted(parse(home(data={"grid_power": [entity_id]})), {})


async def read(
    hass: HomeAssistant,
    what: tuple[Wanted, ...],
    start: datetime = NOON,
    length: timedelta = HOUR,
    step_s: int = 300,
) -> History:
    past = await async_read(
        hass,
        what,
        start_s=start.timestamp(),
        end_s=(start + length).timestamp(),
        step_s=step_s,
    )
    assert past is not None
    return past


def values(past: History, name: str = BALANCE_W) -> list[float | None]:
    return [
        round(float(value), 4) if np.isfinite(value) else None
        for value in past.columns[name]
    ]


async def test_changes_of_state_become_means_of_five_minutes(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    await say(hass, freezer, GRID, {0: "-1000", 7.5: "500", 10: "-200", 15: "7"})
    past = await read(hass, of_grid(), length=timedelta(minutes=15))
    assert past.start_s == NOON.timestamp()
    assert values(past) == [1000, 250, 200]


async def test_statistics_are_read_where_there_are_any_and_states_fill_their_gaps(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, recorder_mock: Recorder
) -> None:
    await say(hass, freezer, GRID, {0: "-1000", 20: "7"})
    await compile_statistics(
        hass,
        recorder_mock,
        GRID,
        every(5, NOON + timedelta(minutes=5), -3.5, -2) | {},
        unit="kW",
    )
    past = await read(hass, of_grid(), length=timedelta(minutes=20))
    assert values(past) == [1000, 3500, 2000, 1000]


async def test_each_state_counts_in_the_unit_that_it_was_said_in(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    await say(hass, freezer, GRID, {0: "-1.5"}, {"unit_of_measurement": "kW"})
    await say(hass, freezer, GRID, {5: "-700", 10: "0"}, WATTS)
    await say(hass, freezer, GRID, {15: "12"}, {"unit_of_measurement": "%"})
    await say(hass, freezer, GRID, {20: "0"})
    past = await read(hass, of_grid(), length=timedelta(minutes=20))
    assert values(past) == [1500, 700, 0, None]


async def test_a_sensor_that_is_unavailable_tells_nothing(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    await say(
        hass,
        freezer,
        GRID,
        {0: "-100", 5: "unavailable", 10: "unknown", 15: "nan", 20: "-50", 25: "0"},
    )
    past = await read(hass, of_grid(), length=timedelta(minutes=25))
    assert values(past) == [100, None, None, None, 50]


async def test_a_meter_that_died_without_a_word_is_believed_for_an_hour_at_most(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    await say(hass, freezer, GRID, {0: "-100", 5: "-900", 600: "-50", 605: "0"})
    past = await read(hass, of_grid(), length=timedelta(minutes=605))
    assert values(past)[0] == 100
    assert set(values(past)[1:-1]) == {None}
    assert values(past)[-1] == 50


async def test_what_stood_before_is_known_over_the_edge_of_what_is_read_at_a_time(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    """The recorder is read six hours at a time."""
    moves = {minute: str(-1 - minute) for minute in range(0, 600, 40)}
    price = {0: "28.7", 590: "30"}
    await say(hass, freezer, GRID, moves)
    await say(hass, freezer, "sensor.price", price, CENTS)
    entry = home(data={"import_price_entity": "sensor.price"})
    hass.config.currency = "EUR"
    past = await read(hass, wanted(parse(entry), {}), length=10 * HOUR)
    assert len(past) == 120
    assert set(values(past, IMPORT_PER_KWH)[:118]) == {0.287}
    assert values(past, IMPORT_PER_KWH)[-1] == 0.3
    assert values(past)[70:74] == [321, 321, 361, 361]
    assert None not in values(past)


async def test_the_whole_home_is_read_with_its_workers_taken_out(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, recorder_mock: Recorder
) -> None:
    entry = houses.entry(
        houses.sink(
            {**houses.TANK, "temperature": ["sensor.top", "sensor.low"]}, "Tank", "tank"
        ),
        houses.worker({**houses.MINER, "sink": "tank"}, "Miner", "miner"),
        data={
            **houses.SITE,
            "grid_power": ["sensor.grid_import"],
            "grid_export_power": ["sensor.grid_export"],
            "battery_inverted": True,
        },
    )
    for entity_id, watts in {
        "sensor.grid_import": 0,
        "sensor.grid_export": 600,
        "sensor.battery": 900,
        "sensor.panels": 2500,
        "sensor.miner_power": 500,
    }.items():
        await compile_statistics(
            hass, recorder_mock, entity_id, every(5, NOON, watts, watts + 1)
        )
    await compile_statistics(
        hass, recorder_mock, "sensor.battery_soc", every(5, NOON, 40, 41),
        unit="%", unit_class=None,
    )  # fmt: skip
    for entity_id, degrees in {"sensor.top": 131.0, "sensor.low": 113.0}.items():
        await compile_statistics(
            hass, recorder_mock, entity_id, every(5, NOON, degrees),
            unit="°F", unit_class="temperature",
        )  # fmt: skip
    what = wanted(parse(entry), {"miner": "sensor.miner_power"})
    past = await read(hass, what, length=timedelta(minutes=10))
    assert values(past, GRID_W) == [-600, -600]
    assert values(past, BATTERY_W) == [-900, -901]
    # 600 W went out, 900 W into the battery and 500 W into the miner.
    assert values(past) == [2000, 2002]
    assert values(past, worker_column("miner")) == [500, 501]
    assert values(past, SOC) == [40, 41]
    assert values(past, tank_column("tank")) == [50, None]


async def test_hours_that_are_all_that_is_left_are_told_as_coarse(
    hass: HomeAssistant, recorder_mock: Recorder
) -> None:
    await compile_statistics(
        hass, recorder_mock, GRID, every(60, NOON, -100, -300), hourly=True
    )
    past = await read(hass, of_grid(), NOON, 3 * HOUR, step_s=3600)
    assert past.coarse
    assert values(past) == [100, 300, None]


async def test_where_the_recorder_knows_nothing_there_is_no_past(
    hass: HomeAssistant,
) -> None:
    assert (
        await async_read(
            hass,
            of_grid(),
            start_s=NOON.timestamp(),
            end_s=(NOON + HOUR).timestamp(),
        )
        is None
    )


@pytest.mark.parametrize(
    "day", [datetime(2026, 3, 29, tzinfo=UTC), datetime(2026, 10, 25, tzinfo=UTC)]
)
async def test_a_change_of_summer_time_neither_repeats_nor_skips_an_hour(
    hass: HomeAssistant, recorder_mock: Recorder, day: datetime
) -> None:
    await hass.config.async_set_time_zone("Europe/Berlin")
    await compile_statistics(
        hass, recorder_mock, GRID, every(60, day, *range(-24, 0)), hourly=True
    )
    past = await read(hass, of_grid(), day, 24 * HOUR, step_s=3600)
    assert values(past) == [float(hour) for hour in range(24, 0, -1)]
