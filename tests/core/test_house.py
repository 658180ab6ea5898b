"""The imagined home has days like a real one, and always the same ones."""

from datetime import datetime, timedelta

import pytest

from custom_components.solar_compute.core.house import (
    HouseModel,
    clear_sky_w,
    house_power,
    mean_power,
)

family = HouseModel()
JUNE = datetime(2026, 6, 21)


def day(seed: int, start: datetime, model: HouseModel = family) -> list[float]:
    return [
        house_power(model, seed, start + timedelta(minutes=minute)).pv_w
        for minute in range(1440)
    ]


def test_the_same_seed_always_gives_the_same_day() -> None:
    assert day(1, JUNE) == day(1, JUNE)
    assert day(1, JUNE) != day(2, JUNE)


def test_the_sun_is_down_at_night_and_highest_at_noon() -> None:
    curve = [clear_sky_w(family, 172, hour * 3600) for hour in range(24)]
    assert curve[1] == 0
    assert max(curve) == curve[12]
    assert 3500 < curve[12] < 5000


def test_winter_days_are_short() -> None:
    def bright_h(day_of_year: int) -> int:
        return sum(clear_sky_w(family, day_of_year, h * 3600) > 0 for h in range(24))

    assert bright_h(355) < 9
    assert bright_h(172) > 15


def test_clouds_take_and_never_give() -> None:
    cloudless = HouseModel(cloudiness=0)
    clear, cloudy = day(3, JUNE, cloudless), day(3, JUNE)
    assert all(a >= b >= 0 for a, b in zip(clear, cloudy, strict=True))
    assert sum(cloudy) < sum(clear)


def test_a_family_uses_a_kettle_now_and_then_and_never_nothing() -> None:
    loads = [
        house_power(family, 1, JUNE + timedelta(minutes=minute)).load_w
        for minute in range(3 * 1440)
    ]
    assert min(loads) >= family.base_w
    assert max(loads) > 2000
    assert 4 < sum(loads) / 60 / 1000 / 3 < 14  # kWh per day


def test_hot_water_adds_up_to_about_its_daily_sum() -> None:
    drawn_wh = sum(
        house_power(family, 1, JUNE + timedelta(hours=hour)).draw_w
        for hour in range(24 * 14)
    )
    assert drawn_wh / 14 == pytest.approx(family.draw_wh_per_day, rel=0.15)


def test_a_mean_lies_between_what_it_is_the_mean_of() -> None:
    noon = JUNE + timedelta(hours=12)
    mean = mean_power(family, 1, noon, 300)
    moments = [house_power(family, 1, noon + timedelta(seconds=s)) for s in range(300)]
    assert min(m.pv_w for m in moments) <= mean.pv_w <= max(m.pv_w for m in moments)
