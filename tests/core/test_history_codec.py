"""A year of the home's past fits into a small file, and comes back as it was."""

import json

from hypothesis import given, strategies as st
import numpy as np
import pytest

from custom_components.solar_compute.core.history import (
    BALANCE_W,
    BATTERY_W,
    IMPORT_PER_KWH,
    PV_W,
    SOC,
    Column,
    History,
    tank_column,
    worker_column,
)
from custom_components.solar_compute.core.history_codec import decode, encode

NAN = float("nan")
TOLERANCES = {
    BALANCE_W: 0.51,
    IMPORT_PER_KWH: 0.000_051,
    SOC: 0.051,
    tank_column("a"): 0.026,
}
MEGABYTE = 1_000_000


def history(**columns: list[float]) -> History:
    return History(
        start_s=1_700_000_100.0,
        step_s=300,
        columns={
            name: np.array(values, dtype=np.float32) for name, values in columns.items()
        },
    )


def there_and_back(past: History) -> History:
    return decode(json.loads(json.dumps(encode(past))))


@pytest.mark.parametrize(
    ("name", "highest"),
    [(BALANCE_W, 30_000), (IMPORT_PER_KWH, 3), (SOC, 100), (tank_column("a"), 95)],
)
@given(data=st.data())
def test_values_come_back_as_fine_as_anybody_can_use_them(
    name: str, highest: float, data: st.DataObject
) -> None:
    values = data.draw(
        st.lists(
            st.one_of(st.just(NAN), st.floats(-highest, highest, width=32)), max_size=50
        )
    )
    past = history(**{BALANCE_W: [0.0] * len(values), name: values})
    found = there_and_back(past)
    assert (found.start_s, found.step_s, len(found)) == (
        past.start_s,
        300,
        len(values),
    )
    np.testing.assert_allclose(
        found.columns[name], past.columns[name], atol=TOLERANCES[name]
    )


@given(
    st.lists(
        st.one_of(st.just(NAN), st.floats(-1e6, 1e6, width=32)), min_size=1, max_size=50
    )
)
def test_what_was_read_once_does_not_wear_off_when_it_is_written_again(
    values: list[float],
) -> None:
    once = there_and_back(history(balance_w=values))
    twice = there_and_back(once)
    np.testing.assert_array_equal(once.columns[BALANCE_W], twice.columns[BALANCE_W])


def a_year() -> History:
    """Return 400 days of a home with a battery, a tank, a tariff and three workers."""
    chance = np.random.default_rng(5)
    count = 400 * 288
    hour = np.arange(count) % 288 / 12
    clouds = chance.uniform(0.1, 1.0, count)
    sun = np.maximum(0.0, np.sin((hour - 6) / 12 * np.pi)) * 8000 * clouds
    load = chance.gamma(2.0, 200.0, count)
    running = {
        worker_column(f"w{index}"): np.where(sun > 2000 * index, 300 * index, 0)
        for index in (1, 2, 3)
    }
    columns = {
        BALANCE_W: sun - load,
        PV_W: sun,
        BATTERY_W: np.clip(load - sun, -3000, 3000),
        SOC: 50 + 40 * np.sin(hour / 4) + chance.normal(0, 1, count),
        IMPORT_PER_KWH: np.repeat(chance.uniform(0.1, 0.5, count // 12), 12),
        tank_column("t"): 50 + chance.normal(0, 2, count),
        **running,
    }
    return History(
        start_s=0.0,
        step_s=300,
        columns={name: values.astype(np.float32) for name, values in columns.items()},
    )


def test_four_hundred_days_of_a_home_with_everything_take_two_megabytes() -> None:
    text = json.dumps(encode(a_year()))
    assert len(text) < 2 * MEGABYTE


def a_column(**changes: object) -> dict[str, object]:
    data = encode(history(balance_w=[1.0, 2.0]))
    data["columns"][BALANCE_W] |= changes
    return data


BOMB = encode(
    History(
        start_s=0.0,
        step_s=300,
        columns={BALANCE_W: np.zeros(500_000, dtype=np.float32)},
    )
)["columns"][BALANCE_W]


@pytest.mark.parametrize(
    "data",
    [
        None,
        [],
        "",
        {},
        {**a_column(), "format": 99},
        {**a_column(), "count": 3},
        {**a_column(), "count": 10**12},
        {**a_column(), "count": None},
        {**a_column(), "start_s": NAN},
        {**a_column(), "step_s": 0},
        {**a_column(), "columns": {}},
        {**a_column(), "columns": {BALANCE_W: BOMB}},
        a_column(data="no base64!"),
        a_column(data="AAAA"),
        a_column(step=float("inf")),
        a_column(step="wide"),
    ],
)
def test_what_is_no_past_is_refused(data: object) -> None:
    with pytest.raises(ValueError, match=r"."):
        decode(data)


def test_every_torn_file_is_refused_or_read_never_worse() -> None:
    data = encode(history(balance_w=[float(n * n % 977) for n in range(200)]))
    whole = data["columns"][BALANCE_W]["data"]
    for end in range(0, len(whole), 7):
        data["columns"][BALANCE_W]["data"] = whole[:end]
        with pytest.raises(ValueError, match=r"."):
            decode(data)


def test_powers_beyond_the_finest_step_stay_in_proportion() -> None:
    past = history(balance_w=[250_000.0, -90_000.0, 17.0])
    found: Column = there_and_back(past).columns[BALANCE_W]
    np.testing.assert_allclose(found, past.columns[BALANCE_W], atol=5.1)
