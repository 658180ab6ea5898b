"""What a stored kWh is worth, by the limit that the battery's path hits first."""

import pytest

from custom_components.solar_compute.core.storage import (
    FirstLimit,
    first_limit,
    stored_value,
)

from .houses import home_battery

BATTERY = home_battery(round_trip=0.9, wear_per_kwh=0.05)


def day(**hours_w: float) -> tuple[float, ...]:
    """Return a day that starts now: `h3=500` is the balance in three hours."""
    return tuple(hours_w.get(f"h{hour}", 0.0) for hour in range(24))


@pytest.mark.parametrize(
    ("hours_w", "first"),
    [
        (day(h1=3000, h2=3000, h10=-9000), FirstLimit.FULL),
        (day(h1=-3000, h2=-3000, h10=9000), FirstLimit.RESERVE),
        (day(h1=500, h2=-500), FirstLimit.UNKNOWN),
        (day(), FirstLimit.UNKNOWN),
        (None, FirstLimit.UNKNOWN),
    ],
)
def test_the_first_limit_of_the_expected_path_counts(
    hours_w: tuple[float, ...] | None, first: FirstLimit
) -> None:
    assert first_limit(BATTERY, 4000, hours_w) is first


def test_a_small_daily_surplus_fills_the_battery_within_days() -> None:
    assert first_limit(BATTERY, 4000, day(h1=2000)) is FirstLimit.FULL
    assert first_limit(BATTERY, 4000, day(h1=1000)) is FirstLimit.UNKNOWN


def test_the_path_keeps_to_the_batterys_power() -> None:
    weak = home_battery(charge_w=100.0)
    assert first_limit(weak, 4000, day(h1=9000, h2=9000)) is FirstLimit.UNKNOWN


def test_the_reserve_is_not_counted_on() -> None:
    reserved = home_battery(reserve_soc=45.0)
    path = day(h1=-1000)
    assert first_limit(home_battery(reserve_soc=0.0), 4000, path) is FirstLimit.UNKNOWN
    assert first_limit(reserved, 4000, path) is FirstLimit.RESERVE


def test_a_battery_that_will_be_full_gives_at_the_export_price() -> None:
    value = stored_value(
        BATTERY, FirstLimit.FULL, import_per_kwh=0.287, surplus_per_kwh=0.078
    )
    assert value.charge == pytest.approx(0.078)
    assert value.discharge == pytest.approx(0.078 / 0.9 + 0.05)


def test_a_battery_that_will_be_full_of_curtailed_sun_gives_for_nothing_but_wear() -> (
    None
):
    value = stored_value(
        BATTERY, FirstLimit.FULL, import_per_kwh=0.287, surplus_per_kwh=0.0
    )
    assert (value.charge, value.discharge) == pytest.approx((0.0, 0.05))


@pytest.mark.parametrize("first", [FirstLimit.RESERVE, FirstLimit.UNKNOWN])
def test_a_battery_that_will_run_empty_or_may_saves_an_import(
    first: FirstLimit,
) -> None:
    value = stored_value(BATTERY, first, import_per_kwh=0.287, surplus_per_kwh=0.078)
    assert value.charge == pytest.approx(0.9 * (0.287 - 0.05))
    assert value.discharge == pytest.approx(0.287)
