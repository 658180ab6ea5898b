"""What others say of the sun and the weather, and what is not believed of it."""

from datetime import datetime, timedelta
from math import nan
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError
import pytest

from custom_components.solar_compute.core.series import NOTHING
from custom_components.solar_compute.forecasts import (
    STALE_S,
    SunForecast,
    SunWatch,
    async_outdoor_c,
    sun_source,
)

from . import providers
from .providers import HOUR, midnight

MAXIMUM_W = 100_000.0


@pytest.fixture(autouse=True)
async def home(hass: HomeAssistant, freezer: FrozenDateTimeFactory) -> None:
    await providers.live_at(hass, freezer, 6)


async def forecast(
    hass: HomeAssistant, entity_id: str | None = None
) -> SunForecast | None:
    return await sun_source(hass, entity_id, MAXIMUM_W).async_read()


def at(sun: SunForecast, hour: float, day: int = 0) -> float | None:
    return sun.mean_w.at((midnight(day) + timedelta(hours=hour)).timestamp())


async def test_the_forecast_of_the_energy_dashboard_is_read(
    hass: HomeAssistant,
) -> None:
    provider = await providers.forecast_by(hass, {"wh_hours": providers.sun_rows()})
    sun = await forecast(hass)
    assert sun is not None
    assert at(sun, 12.5) == pytest.approx(2985, abs=1)
    assert sun.low_w == NOTHING
    provider.assert_awaited_with(hass, "the_sunny_forecast")


async def test_a_night_that_is_left_out_is_dark_and_a_day_that_is_left_out_unknown(
    hass: HomeAssistant,
) -> None:
    await providers.forecast_by(hass, {"wh_hours": providers.sun_rows()})
    sun = await forecast(hass)
    assert sun is not None
    assert at(sun, 2) == at(sun, 23, day=1) == 0
    assert at(sun, 12, day=2) is None


async def test_of_a_day_that_the_forecast_breaks_off_the_rest_is_unknown(
    hass: HomeAssistant,
) -> None:
    """Some look 24 hours ahead: the sun does not set where they end."""
    ends = midnight(1) + timedelta(hours=13)
    rows = {
        key: wh
        for key, wh in providers.sun_rows().items()
        if datetime.fromisoformat(key) < ends
    }
    await providers.forecast_by(hass, {"wh_hours": rows})
    sun = await forecast(hass)
    assert sun is not None
    assert at(sun, 12.5, day=1) == pytest.approx(2985, abs=1)
    assert at(sun, 13.5, day=1) is at(sun, 18, day=1) is None
    assert at(sun, 23) == 0


async def test_energy_of_half_an_hour_is_twice_as_much_power(
    hass: HomeAssistant,
) -> None:
    rows = {
        (midnight() + timedelta(hours=hour)).isoformat(): 500
        for hour in (11.5, 12, 12.5)
    }
    await providers.forecast_by(hass, {"wh_hours": rows})
    sun = await forecast(hass)
    assert sun is not None
    assert at(sun, 12.2) == 1000


async def test_two_roofs_add_up(hass: HomeAssistant) -> None:
    await providers.forecast_by(hass, {"wh_hours": providers.sun_rows()}, "east")
    await providers.forecast_by(hass, {"wh_hours": providers.sun_rows()}, "west")
    await providers.panels_name(hass, "the_east", "the_west")
    sun = await forecast(hass)
    assert sun is not None
    assert at(sun, 12.5) == pytest.approx(2 * 2985, abs=2)


async def test_half_a_roof_is_no_forecast(hass: HomeAssistant) -> None:
    await providers.forecast_by(hass, {"wh_hours": providers.sun_rows()}, "east")
    await providers.panels_name(hass, "the_east", "the_west_that_is_gone")
    assert await forecast(hass) is None


@pytest.mark.parametrize(
    "answer",
    [
        None,
        {},
        [],
        "sunny",
        {"wh_hours": None},
        {"wh_hours": {}},
        {"wh_hours": {"2026-06-15T10:00:00+02:00": nan}},
        {"wh_hours": {"2026-06-15T10:00:00+02:00": -200}},
        {"wh_hours": {"2026-06-15T10:00:00+02:00": "much"}},
        {"wh_hours": {"2026-06-15T10:00:00+02:00": 2e9}},
        {"wh_hours": {"noon": 1000, "2026-06-15T10:00:00+02:00": 900}},
        {"wh_hours": {12: 1000}},
    ],
)
async def test_a_broken_forecast_is_none(hass: HomeAssistant, answer: Any) -> None:
    await providers.forecast_by(hass, answer)
    assert await forecast(hass) is None


@pytest.mark.parametrize(
    "error", [KeyError("wh"), TimeoutError, AttributeError("data")]
)
async def test_a_provider_that_fails_is_none(
    hass: HomeAssistant, error: Exception
) -> None:
    provider = await providers.forecast_by(hass, None)
    provider.side_effect = error
    assert await forecast(hass) is None


async def test_without_an_energy_dashboard_there_is_none(hass: HomeAssistant) -> None:
    assert await forecast(hass) is None


async def test_an_energy_dashboard_without_a_forecast_has_none(
    hass: HomeAssistant,
) -> None:
    await providers.forecast_by(hass, {"wh_hours": providers.sun_rows()})
    await providers.panels_name(hass)
    assert await forecast(hass) is None


async def test_solcast_says_how_cloudy_it_may_become(hass: HomeAssistant) -> None:
    sun = await forecast(hass, providers.solcast(hass))
    assert sun is not None
    noon_s = midnight().timestamp() + 12.5 * 3600
    assert at(sun, 12.5) == pytest.approx(2984.7, abs=0.1)
    assert sun.low_w.at(noon_s) == pytest.approx(0.4 * 2984.7, abs=0.1)
    assert at(sun, 12.5, day=1) == at(sun, 12.5)


async def test_solcast_is_found_behind_the_energy_dashboard(
    hass: HomeAssistant,
) -> None:
    providers.solcast(hass)
    await providers.panels_name(hass, "the_solcast_solar")
    sun = await forecast(hass)
    assert sun is not None
    assert sun.low_w.spans


async def test_a_template_in_solcasts_form_will_do(hass: HomeAssistant) -> None:
    rows = [{**row, "pv_estimate10": None} for row in providers.solcast_rows(0)]
    hass.states.async_set("sensor.my_sun", "1", {"detailedForecast": rows})
    sun = await forecast(hass, "sensor.my_sun")
    assert sun is not None
    assert sun.low_w == NOTHING


@pytest.mark.parametrize("wrong", [-1, "n/a", 5000.0, nan])
async def test_nonsense_of_solcast_is_no_forecast(
    hass: HomeAssistant, wrong: Any
) -> None:
    """5 000 kW are watts that were taken for kilowatts."""
    assert await forecast(hass, providers.solcast(hass, pv_estimate=wrong)) is None


async def test_an_entity_that_is_gone_is_no_forecast(hass: HomeAssistant) -> None:
    assert await forecast(hass, "sensor.solcast_today") is None


async def test_a_forecast_that_nobody_updates_is_dropped(hass: HomeAssistant) -> None:
    provider = await providers.forecast_by(
        hass, {"wh_hours": providers.sun_rows(days=4)}
    )
    watch = SunWatch(sun_source(hass, None, MAXIMUM_W))
    now_s = midnight().timestamp()

    async def read(after_s: float) -> SunForecast | None:
        return await watch.async_read(now_s + after_s, 100.0 + after_s)

    assert await read(0) is not None
    assert await read(STALE_S) is not None
    assert await read(STALE_S + 60) is None
    assert watch.age_s(100.0 + STALE_S) == STALE_S
    provider.return_value = {"wh_hours": providers.sun_rows(days=4, peak_wh=2500.0)}
    assert await read(STALE_S + 120) is not None


async def test_a_provider_that_was_removed_has_no_outdated_forecast(
    hass: HomeAssistant,
) -> None:
    provider = await providers.forecast_by(hass, {"wh_hours": providers.sun_rows()})
    watch = SunWatch(sun_source(hass, None, MAXIMUM_W))
    now_s = midnight().timestamp()
    await watch.async_read(now_s, 0.0)
    provider.return_value = None
    assert await watch.async_read(now_s + STALE_S + 60, STALE_S + 60) is None
    assert not watch.is_outdated(STALE_S + 60)


async def test_a_day_that_has_passed_is_no_news(hass: HomeAssistant) -> None:
    rows = providers.sun_rows(days=3)
    provider = await providers.forecast_by(hass, {"wh_hours": rows})
    watch = SunWatch(sun_source(hass, None, MAXIMUM_W))
    now_s = midnight().timestamp()
    assert await watch.async_read(now_s, 0.0) is not None
    today = midnight().date().isoformat()
    provider.return_value = {
        "wh_hours": {key: wh for key, wh in rows.items() if not key.startswith(today)}
    }
    assert await watch.async_read(now_s + STALE_S + 60, STALE_S + 60) is None


@pytest.mark.parametrize(
    ("day", "hours"), [("2026-03-29", 23), ("2026-10-25", 25)], ids=["spring", "autumn"]
)
async def test_a_day_has_as_many_hours_as_it_has(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, day: str, hours: int
) -> None:
    freezer.move_to(f"{day} 06:00:00+00:00")
    await providers.forecast_by(hass, {"wh_hours": providers.sun_rows(days=1)})
    sun = await forecast(hass)
    assert sun is not None
    assert sun.mean_w.start_s == midnight().timestamp()
    assert sun.mean_w.end_s - sun.mean_w.start_s == hours * 3600
    noon = datetime.fromisoformat(day).replace(hour=12, tzinfo=midnight().tzinfo)
    assert sun.mean_w.at(noon.timestamp()) == pytest.approx(2985, abs=1)


def weather(hass: HomeAssistant, rows: Any, unit: str = "°C") -> None:
    hass.states.async_set("weather.home", "sunny", {"temperature_unit": unit})
    providers.answer_by(
        hass, "weather", "get_forecasts", lambda data: {"weather.home": rows}
    )


async def test_the_air_outside_is_as_the_weather_entity_says(
    hass: HomeAssistant,
) -> None:
    hours = providers.steps(midnight(), midnight(2), HOUR)
    rows = [{"datetime": moment.isoformat(), "temperature": 50.0} for moment in hours]
    weather(hass, {"forecast": rows}, "°F")
    outdoor_c = await async_outdoor_c(hass, "weather.home")
    assert outdoor_c.at(midnight(1).timestamp()) == pytest.approx(10.0)


@pytest.mark.parametrize(
    "rows",
    [
        None,
        {"forecast": None},
        {"forecast": [{"datetime": "soon", "temperature": 3}, {}]},
        {"forecast": [{"datetime": "2026-06-15T10:00:00+00:00", "temperature": 400}]},
        {"forecast": [{"datetime": "2026-06-15T10:00:00+00:00", "temperature": None}]},
    ],
)
async def test_broken_weather_is_not_known(hass: HomeAssistant, rows: Any) -> None:
    weather(hass, rows)
    assert await async_outdoor_c(hass, "weather.home") == NOTHING


async def test_weather_without_hours_is_not_known(hass: HomeAssistant) -> None:
    def refuse(data: Any) -> None:
        raise ServiceValidationError("Weather entity does not support hourly forecast")

    hass.states.async_set("weather.home", "sunny")
    providers.answer_by(hass, "weather", "get_forecasts", refuse)
    assert await async_outdoor_c(hass, "weather.home") == NOTHING
    assert await async_outdoor_c(hass, "weather.gone") == NOTHING
    assert await async_outdoor_c(hass, None) == NOTHING
