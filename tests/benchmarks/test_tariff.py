"""Prices by the time of the week and from the trace, and what is known of them."""

from datetime import UTC, datetime, timedelta

import pytest

from benchmarks.scenario import parse_scenario
from benchmarks.section import ScenarioError
from benchmarks.stage import Stage, prepare
from benchmarks.tariff import prices_over
from benchmarks.traces import Interval, Trace

from .traces import scenario_data, trace_of

NIGHT = {
    "otherwise": 0.32,
    "windows": [
        {"at": ["22:00-06:00"], "price": 0.20, "days": ["fri"]},
        {"at": ["12:00-14:00", "22:00-23:00"], "price": 0.25},
    ],
}
MONDAY = datetime(2026, 6, 1, tzinfo=UTC)


def stage_with(price: object, hours: int = 24 * 7, **columns: list[float]) -> Stage:
    """Return hours from a Monday's midnight on."""
    columns = {"grid_w": [0.0] * hours, **columns}
    trace = Trace(
        "week",
        3600,
        tuple(columns),
        tuple(
            Interval(
                MONDAY + timedelta(hours=hour),
                {name: values[hour] for name, values in columns.items()},
            )
            for hour in range(hours)
        ),
    )
    data = scenario_data(prices={"import": price, "export": 0.08})
    return prepare(trace, parse_scenario("test", data, 3600), UTC)


def at(stage: Stage, day: int, hour: int) -> float:
    return stage.imports[day * 24 + hour]


def test_the_first_window_that_holds_says_the_price() -> None:
    stage = stage_with(NIGHT)
    assert [at(stage, 0, hour) for hour in (0, 11, 12, 13, 14, 22, 23)] == [
        0.32, 0.32, 0.25, 0.25, 0.32, 0.25, 0.32,
    ]  # fmt: skip
    assert set(stage.exports) == {0.08}


def test_a_window_over_midnight_belongs_to_the_day_on_which_it_begins() -> None:
    stage = stage_with(NIGHT)
    friday, saturday = 4, 5
    assert [at(stage, friday, hour) for hour in (5, 21, 22, 23)] == [
        0.32, 0.32, 0.20, 0.20,
    ]  # fmt: skip
    assert [at(stage, saturday, hour) for hour in (0, 5, 6, 22)] == [
        0.20, 0.20, 0.32, 0.25,
    ]  # fmt: skip


def test_the_tariff_follows_local_time() -> None:
    trace = trace_of([0.0] * 4, 3600)
    price = parse_scenario(
        "test", scenario_data(prices={"import": NIGHT, "export": 0}), 3600
    ).import_price
    locals_ = [item.start + timedelta(hours=4) for item in trace.intervals]
    assert prices_over(price, trace, locals_) == [0.25, 0.25, 0.32, 0.32]


def test_a_tariff_is_known_a_day_ahead() -> None:
    stage = stage_with(NIGHT)
    ahead = stage.hours_per_kwh(4 * 24 + 20)
    assert ahead is not None and len(ahead) == 24
    assert ahead[:4] == (0.32, 0.32, 0.20, 0.20)
    assert ahead == stage.imports[4 * 24 + 20 : 5 * 24 + 20]
    assert stage_with(0.3).hours_per_kwh(30) is None


def test_tomorrows_market_prices_are_out_at_one_oclock() -> None:
    market = [day + hour / 100 for day in range(7) for hour in range(24)]
    stage = stage_with({"column": "market"}, market=market)
    noon, one = stage.hours_per_kwh(3 * 24 + 12), stage.hours_per_kwh(3 * 24 + 13)
    assert noon is not None and one is not None
    assert noon[:12] == stage.imports[84:96]
    # Until they are out, tomorrow is taken to be as today.
    assert noon[12:] == stage.imports[72:84]
    assert one == stage.imports[85:109]


def test_at_the_ends_of_a_trace_the_nearest_known_day_serves() -> None:
    market = [float(hour) for hour in range(48)]
    stage = stage_with({"column": "market"}, 48, market=market)
    assert stage.hours_per_kwh(2) == (*market[2:24], 0.0, 1.0)
    assert stage.hours_per_kwh(46) == (46.0, 47.0, *market[24:46])


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"otherwise": None}, "prices.import.otherwise: must be a number, not nothing"),
        ({"windows": [{}]}, r"prices.import.windows\[0\].price: is missing"),
        ({"windows": "night"}, "prices.import.windows: must be a list of mappings"),
        (
            {"windows": [{"price": 1, "at": ["22:00"]}]},
            r'windows\[0\].at: must be like "22:00-06:00"',
        ),
        (
            {"windows": [{"price": 1, "at": ["22:00-06:00"], "days": ["mo"]}]},
            r"windows\[0\].days: must be a list of mon, tue, .* not \['mo'\]",
        ),
        (
            {"windows": [{"price": 1, "at": ["22:00-06:00"], "day": ["mon"]}]},
            r"windows\[0\].day: is not known; allowed here: at, days, price",
        ),
    ],
)
def test_a_wrong_tariff_is_refused_with_its_place(
    change: dict[str, object], sentence: str
) -> None:
    with pytest.raises(ScenarioError, match=sentence):
        stage_with(NIGHT | change)
