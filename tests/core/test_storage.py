"""What a stored kWh is worth, by the limit that the battery's path hits first."""

from hypothesis import given, strategies as st
import pytest

from custom_components.solar_compute.core.storage import (
    FirstLimit,
    replaced_share,
    stored_value,
)

from .houses import home_battery

BATTERY = home_battery(round_trip=0.9, wear_per_kwh=0.05)
FULL_DAY_WH = 4000.0 / BATTERY.one_way
"""What fills the battery from half full."""


def day(**hours_w: float) -> tuple[float, ...]:
    """Return a day that starts now: `h3=500` is the balance in three hours."""
    return tuple(hours_w.get(f"h{hour}", 0.0) for hour in range(24))


def share(
    hours_w: tuple[float, ...], *, taken_wh: float = 100.0, **changes: float
) -> float:
    """Return what will be replaced of a little that a half full battery does not get."""
    return replaced_share(BATTERY, 4000, hours_w, taken_wh=taken_wh, **changes)


@pytest.mark.parametrize(
    ("hours_w", "replaced"),
    [
        (day(h1=3000, h2=3000, h10=-9000), 1.0),
        (day(h1=-3000, h2=-3000, h10=9000), 0.0),
        (day(h1=500, h2=-500), 0.0),
        (day(), 0.0),
    ],
)
def test_what_a_battery_misses_is_replaced_if_it_will_be_full_before_it_is_empty(
    hours_w: tuple[float, ...], replaced: float
) -> None:
    assert share(hours_w) == replaced


def test_a_small_daily_surplus_fills_the_battery_within_days() -> None:
    assert share(day(h1=2000)) == 1.0
    assert share(day(h1=1000)) == 0.0


def test_the_path_keeps_to_the_batterys_power() -> None:
    weak = home_battery(charge_w=100.0)
    assert replaced_share(weak, 4000, day(h1=9000, h2=9000), taken_wh=100.0) == 0.0


def test_the_reserve_is_not_counted_on() -> None:
    path = day(h1=-1000, h2=-500, h3=4000, h4=4000)
    assert share(path) == 1.0
    reserved = home_battery(reserve_soc=45.0)
    assert replaced_share(reserved, 4000, path, taken_wh=100.0) == 0.0


def test_sun_replaces_no_more_than_is_left_over() -> None:
    """The battery will be full, and 300 Wh more are there before it runs down."""
    path = day(h1=FULL_DAY_WH / 2, h2=FULL_DAY_WH / 2 + 300, h10=-9000, h11=-9000)
    assert share(path, taken_wh=300) == pytest.approx(1.0)
    assert share(path, taken_wh=1200) == pytest.approx(0.25)


def test_sun_that_workers_will_take_themselves_replaces_nothing() -> None:
    path = day(h1=FULL_DAY_WH / 2, h2=FULL_DAY_WH / 2, h3=600, h9=-9000, h10=-9000)
    assert share(path, taken_wh=600) == pytest.approx(1.0)
    assert share(path, taken_wh=600, workers_w=400) == pytest.approx(1 / 3)
    assert share(path, taken_wh=600, workers_w=600) == pytest.approx(0.0)


def test_of_an_hour_that_has_begun_only_the_rest_counts() -> None:
    path = day(h0=3000, h1=3000, h2=-9000, h3=-9000)
    assert share(path) == 1.0
    assert share(path, past_hour_s=3000) == 0.0


WATTS = st.lists(st.floats(-9000, 9000), min_size=24, max_size=24).map(tuple)


@given(
    hours_w=WATTS,
    stored_wh=st.floats(800, 8000),
    more_wh=st.floats(0, 4000),
    taken_wh=st.floats(0, 5000),
    workers_w=st.floats(0, 3000),
)
def test_the_more_is_stored_and_the_less_is_taken_the_more_is_replaced(
    hours_w: tuple[float, ...],
    stored_wh: float,
    more_wh: float,
    taken_wh: float,
    workers_w: float,
) -> None:
    def replaced(stored_wh: float, taken_wh: float, workers_w: float) -> float:
        return replaced_share(
            BATTERY,
            min(stored_wh, BATTERY.capacity_wh),
            hours_w,
            taken_wh=taken_wh,
            workers_w=workers_w,
        )

    usual = replaced(stored_wh, taken_wh, workers_w)
    assert 0 <= usual <= 1
    assert replaced(stored_wh + more_wh, taken_wh, workers_w) >= usual - 1e-6
    assert replaced(stored_wh, taken_wh + more_wh, workers_w) <= usual + 1e-6
    assert replaced(stored_wh, taken_wh, workers_w + more_wh) <= usual + 1e-6


def test_a_battery_that_will_be_full_gives_at_the_export_price() -> None:
    value = stored_value(BATTERY, 1.0, import_per_kwh=0.287, surplus_per_kwh=0.078)
    assert value.charge == pytest.approx(0.078)
    assert value.discharge == pytest.approx(0.078 / 0.9 + 0.05)


def test_a_battery_that_will_be_full_of_curtailed_sun_gives_for_nothing_but_wear() -> (
    None
):
    value = stored_value(BATTERY, 1.0, import_per_kwh=0.287, surplus_per_kwh=0.0)
    assert (value.charge, value.discharge) == pytest.approx((0.0, 0.05))


@pytest.mark.parametrize("replaced", [0.0, None])
def test_a_battery_that_will_run_empty_or_may_saves_an_import(
    replaced: float | None,
) -> None:
    value = stored_value(BATTERY, replaced, import_per_kwh=0.287, surplus_per_kwh=0.078)
    assert value.charge == pytest.approx(0.9 * (0.287 - 0.05))
    assert value.discharge == pytest.approx(0.287)
    assert value.first is (
        FirstLimit.UNKNOWN if replaced is None else FirstLimit.RESERVE
    )


@given(
    replaced=st.floats(0, 1), import_=st.floats(0.1, 0.6), surplus=st.floats(-0.1, 0.1)
)
def test_in_doubt_a_stored_kwh_is_worth_something_between_both(
    replaced: float, import_: float, surplus: float
) -> None:
    full, empty, value = (
        stored_value(BATTERY, each, import_per_kwh=import_, surplus_per_kwh=surplus)
        for each in (1.0, 0.0, replaced)
    )
    low, high = sorted((full.charge, empty.charge))
    assert low - 1e-9 <= value.charge <= high + 1e-9
    low, high = sorted((full.discharge, empty.discharge))
    assert low - 1e-9 <= value.discharge <= high + 1e-9
