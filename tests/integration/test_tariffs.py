"""What electricity will cost, as the integrations of tariffs say it."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant, ServiceResponse
from homeassistant.exceptions import ServiceValidationError
from homeassistant.util import dt as dt_util
import pytest

from custom_components.solar_compute.core.series import NOTHING, Series
from custom_components.solar_compute.tariffs import ASK_AGAIN_S, PriceWatch

from . import providers
from .providers import HOUR, midnight, steps

QUARTER = HOUR / 4
USUAL = 0.30
"""The configured price that serves while the entity gives none."""


@pytest.fixture(autouse=True)
async def home(hass: HomeAssistant, freezer: FrozenDateTimeFactory) -> None:
    await providers.live_at(hass, freezer, 8)


def spot(moment: datetime) -> float:
    """Return a day-ahead price per kWh: dear in the evening, negative at noon."""
    local = dt_util.as_local(moment)
    return round(0.08 + 0.01 * ((local.hour - 12) % 24) - 0.1 * (local.hour == 12), 5)


def now() -> float:
    return dt_util.utcnow().timestamp()


async def prices(
    hass: HomeAssistant, entity_id: str | None, series: str | None = None
) -> Series:
    return await PriceWatch(hass, entity_id, series, USUAL).async_read(now(), 0.0)


def at(found: Series, hour: float, day: int = 0) -> float | None:
    return found.at((midnight(day) + timedelta(hours=hour)).timestamp())


def pays(
    hass: HomeAssistant,
    entity_id: str,
    price: object,
    unit: str = "EUR/kWh",
    **more: Any,
) -> None:
    """Let a price entity say what is paid now."""
    hass.states.async_set(entity_id, str(price), {"unit_of_measurement": unit, **more})


def nordpool(hass: HomeAssistant, *, until_day: int = 2) -> list[Mapping[str, Any]]:
    """Answer as Home Assistant's own integration: quarters, in UTC, per MWh."""

    def respond(data: Mapping[str, Any]) -> ServiceResponse:
        day = date.fromisoformat(data["date"])
        begin = dt_util.start_of_local_day(day)
        end = dt_util.start_of_local_day(day + timedelta(days=1))
        published = end <= midnight(until_day)
        rows: list[Any] = [
            {
                "start": dt_util.as_utc(moment).isoformat(),
                "end": dt_util.as_utc(moment + QUARTER).isoformat(),
                "price": round(spot(moment) * 1000, 2),
            }
            for moment in steps(begin, end, QUARTER)
        ]
        other: list[Any] = [{**row, "price": 999.0} for row in rows]
        return {"SE3": rows if published else [], "SE4": other if published else []}

    return providers.answer_by(hass, "nordpool", "get_prices_for_date", respond)


async def test_nord_pool_is_per_megawatt_hour_and_for_the_entitys_area(
    hass: HomeAssistant,
) -> None:
    asked = nordpool(hass)
    entity = providers.registered(hass, "nordpool", "SE3-current_price", "nord_pool")
    pays(hass, entity, spot(dt_util.now()))
    found = await prices(hass, entity)
    assert at(found, 20) == pytest.approx(0.16)
    assert at(found, 12.25, day=1) == pytest.approx(-0.02)
    assert [data["date"] for data in asked] == ["2026-06-15", "2026-06-16"]
    assert asked[0]["config_entry"] == "the_nordpool"


async def test_tomorrows_prices_are_a_gap_until_they_are_published(
    hass: HomeAssistant,
) -> None:
    nordpool(hass, until_day=1)
    entity = providers.registered(hass, "nordpool", "SE3-current_price", "nord_pool")
    pays(hass, entity, spot(dt_util.now()))
    found = await prices(hass, entity)
    assert at(found, 23) is not None
    assert at(found, 1, day=1) is None


async def test_published_prices_are_asked_for_once_in_an_hour(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    asked = nordpool(hass)
    entity = providers.registered(hass, "nordpool", "SE3-current_price", "nord_pool")
    watch = PriceWatch(hass, entity, None, USUAL)
    for minutes in (0, 15, 30):
        await watch.async_read(now() + minutes * 60, minutes * 60.0)
    assert len(asked) == 2
    await watch.async_read(now() + ASK_AGAIN_S, ASK_AGAIN_S)
    assert len(asked) == 4


async def test_known_prices_stay_known_when_the_server_fails(
    hass: HomeAssistant,
) -> None:
    nordpool(hass)
    entity = providers.registered(hass, "nordpool", "SE3-current_price", "nord_pool")
    watch = PriceWatch(hass, entity, None, USUAL)
    before = await watch.async_read(now(), 0.0)

    def refuse(data: Mapping[str, Any]) -> ServiceResponse:
        raise ServiceValidationError("connection_error")

    providers.answer_by(hass, "nordpool", "get_prices_for_date", refuse)
    assert await watch.async_read(now() + ASK_AGAIN_S, ASK_AGAIN_S) == before
    assert before.spans


async def test_what_is_paid_on_top_is_added_to_every_hour(hass: HomeAssistant) -> None:
    nordpool(hass)
    entity = providers.registered(hass, "nordpool", "SE3-current_price", "nord_pool")
    pays(hass, "sensor.with_fees", spot(dt_util.now()) + 0.17)
    found = await prices(hass, "sensor.with_fees", entity)
    assert at(found, 20) == pytest.approx(0.33)


async def test_fees_are_no_higher_because_the_entity_lags_once(
    hass: HomeAssistant,
) -> None:
    nordpool(hass)
    entity = providers.registered(hass, "nordpool", "SE3-current_price", "nord_pool")
    watch = PriceWatch(hass, "sensor.with_fees", entity, USUAL)
    for state in (0.30, 0.30, 0.45, 0.30):
        pays(hass, "sensor.with_fees", state)
        await watch.async_read(now(), 0.0)
    assert watch.fees_per_kwh == pytest.approx(0.30 - spot(dt_util.now()))


async def test_a_state_that_lags_behind_once_is_no_other_unit(
    hass: HomeAssistant,
) -> None:
    """A hundredth of what the list says now looks like a list in cents."""
    nordpool(hass)
    entity = providers.registered(hass, "nordpool", "SE3-current_price", "nord_pool")
    watch = PriceWatch(hass, "sensor.paid", entity, USUAL)
    usual = spot(dt_util.now())
    for state in (usual, usual, usual / 100, usual):
        pays(hass, "sensor.paid", state)
        found = await watch.async_read(now(), 0.0)
        assert at(found, 20) == pytest.approx(0.16, abs=0.01)


def tibber(hass: HomeAssistant, *homes: str) -> list[Mapping[str, Any]]:
    """Answer as the Tibber integration: starts only, with all taxes, by home."""

    def respond(data: Mapping[str, Any]) -> ServiceResponse:
        begin = datetime.fromisoformat(data["start"])
        end = datetime.fromisoformat(data["end"])
        return {
            "prices": {
                name: [
                    {
                        "start_time": moment.isoformat(timespec="milliseconds"),
                        "price": round(0.17 + spot(moment) + index, 4),
                    }
                    for moment in steps(begin, end, QUARTER)
                ]
                for index, name in enumerate(homes)
            }
        }

    return providers.answer_by(hass, "tibber", "get_prices", respond)


async def test_tibber_is_asked_for_two_days(hass: HomeAssistant) -> None:
    asked = tibber(hass, "Home")
    entity = providers.registered(hass, "tibber", "abc", "electricity_price")
    pays(hass, entity, 0.17 + spot(dt_util.now()))
    found = await prices(hass, entity)
    assert at(found, 20) == pytest.approx(0.33)
    assert at(found, 23.9, day=1) is not None
    assert [dict(data) for data in asked] == [
        {"start": "2026-06-15T00:00:00+02:00", "end": "2026-06-17T00:00:00+02:00"}
    ]


async def test_of_several_homes_the_one_with_the_price_that_is_paid_is_meant(
    hass: HomeAssistant,
) -> None:
    tibber(hass, "Cottage", "Home")
    entity = providers.registered(hass, "tibber", "abc", "electricity_price")
    pays(hass, entity, 1.17 + spot(dt_util.now()))
    assert at(await prices(hass, entity), 20) == pytest.approx(1.33)
    pays(hass, entity, "unknown")
    assert await prices(hass, entity) == NOTHING


async def test_energyzero_is_asked_for_each_day_by_itself(hass: HomeAssistant) -> None:
    """Asked for both at once it refuses until tomorrow's are published."""

    def respond(data: Mapping[str, Any]) -> ServiceResponse:
        if data["start"] != data["end"] or data["start"] > "2026-06-15":
            raise ServiceValidationError("no_data")
        hours = steps(midnight(), midnight(1))
        return {
            "prices": [
                {
                    "price": spot(moment),
                    "timestamp": str(dt_util.as_utc(moment)),
                    "start": str(dt_util.as_utc(moment)),
                    "end": str(dt_util.as_utc(moment + HOUR)),
                }
                for moment in hours
            ]
        }

    asked = providers.answer_by(hass, "energyzero", "get_energy_prices", respond)
    entity = providers.registered(hass, "energyzero", "price", "energyzero_price")
    pays(hass, entity, spot(dt_util.now()), "€/kWh")
    found = await prices(hass, entity)
    assert at(found, 20) == pytest.approx(0.16)
    assert at(found, 1, day=1) is None
    assert asked[0]["incl_vat"] is True


async def test_octopus_has_its_rates_in_events_beside_the_sensor(
    hass: HomeAssistant,
) -> None:
    entity = providers.registered(hass, "octopus_energy", "rate", "current_rate")
    for day, name in ((0, "current_day_rates"), (1, "next_day_rates")):
        event = providers.registered(hass, "octopus_energy", name, name, "event")
        rates = [
            {
                "start": moment,
                "end": moment + HOUR / 2,
                "value_inc_vat": 0.17 + spot(moment),
                "is_capped": False,
            }
            for moment in steps(midnight(day), midnight(day + 1), HOUR / 2)
        ]
        hass.states.async_set(event, "2026-06-15T00:00:00", {"rates": rates})
    pays(hass, entity, 0.17 + spot(dt_util.now()))
    found = await prices(hass, entity)
    assert at(found, 20.5) == at(found, 20.5, day=1) == pytest.approx(0.33)


def raw(day: int, **changes: Any) -> list[dict[str, Any]]:
    """Return a day as the Nord Pool integration from HACS shows it."""
    return [
        {"start": moment, "end": moment + HOUR, "value": spot(moment) * 100, **changes}
        for moment in steps(midnight(day), midnight(day + 1))
    ]


async def test_nord_pool_from_hacs_shows_two_days_in_the_entitys_unit(
    hass: HomeAssistant,
) -> None:
    pays(
        hass,
        "sensor.nordpool",
        spot(dt_util.now()) * 100,
        "c€/kWh",
        raw_today=raw(0),
        raw_tomorrow=raw(1),
        today=[1.0] * 24,
    )
    found = await prices(hass, "sensor.nordpool")
    assert at(found, 20) == pytest.approx(0.16)
    assert at(found, 12, day=1) == pytest.approx(-0.02)


async def test_tomorrow_without_values_is_a_gap(hass: HomeAssistant) -> None:
    pays(
        hass,
        "sensor.nordpool",
        spot(dt_util.now()) * 100,
        "c€/kWh",
        raw_today=raw(0),
        raw_tomorrow=raw(1, value=None),
    )
    found = await prices(hass, "sensor.nordpool")
    assert at(found, 20) is not None
    assert at(found, 20, day=1) is None


@pytest.mark.parametrize(
    "attributes",
    [
        {"prices": [{"time": "T", "price": "P"}]},
        {"data": [{"start_time": "T", "end_time": "E", "price_per_kwh": "P"}]},
        {"forecasts": [{"start_time": "T", "end_time": "E", "per_kwh": "P", "x": 1}]},
        {"today": [{"total": "P", "energy": 0.01, "tax": 0.2, "startsAt": "T"}]},
        {"forecast": {"T": "P"}},
        {"prices": [{"start_timestamp": "MS", "price": "P"}]},
    ],
    ids=lambda value: next(iter(value)),
)
async def test_prices_are_found_under_any_name(
    hass: HomeAssistant, attributes: dict[str, Any]
) -> None:
    [(name, shape)] = attributes.items()

    def filled(moment: datetime, form: Mapping[str, Any]) -> dict[str, Any]:
        words: dict[str, Any] = {
            "T": moment.isoformat(),
            "E": (moment + HOUR).isoformat(),
            "P": spot(moment),
            "MS": moment.timestamp() * 1000,
        }
        return {
            words.get(key, key) if key == "T" else key: words.get(value, value)
            for key, value in form.items()
        }

    hours = list(steps(midnight(), midnight(2)))
    shown: Any
    if isinstance(shape, dict):
        shown = {k: v for hour in hours for k, v in filled(hour, shape).items()}
    else:
        shown = [filled(hour, shape[0]) for hour in hours]
    pays(hass, "sensor.price", spot(dt_util.now()), **{name: shown})
    found = await prices(hass, "sensor.price")
    assert at(found, 20) == pytest.approx(0.16)
    assert at(found, 20, day=1) == pytest.approx(0.16)


async def test_attributes_in_another_unit_than_the_state_are_brought_to_it(
    hass: HomeAssistant,
) -> None:
    """Some show the state in euro and the rows in hundred-thousandths of a cent."""
    rows = [
        {
            "datetime": moment.isoformat(),
            "electricity_price": 1e7 * (0.2 + spot(moment)),
        }
        for moment in steps(midnight(), midnight(1))
    ]
    pays(hass, "sensor.price", 0.2 + spot(dt_util.now()), forecast=rows)
    assert at(await prices(hass, "sensor.price"), 20) == pytest.approx(0.36)


async def test_a_unit_that_fits_nothing_is_not_believed(hass: HomeAssistant) -> None:
    rows = [
        {"start": moment.isoformat(), "price": 42.0 + index}
        for index, moment in enumerate(steps(midnight(), midnight(1)))
    ]
    pays(hass, "sensor.price", 0.29, prices=rows)
    assert await prices(hass, "sensor.price") == NOTHING


@pytest.mark.parametrize(
    "shown",
    [
        None,
        "0.3",
        [],
        [1, 2, 3],
        [{}],
        [{"start": "then", "price": 0.3}, {"start": None, "price": 0.2}],
        [{"start": "2026-06-15T10:00:00+02:00", "price": "nan"}],
        [{"start": "2026-06-15T10:00:00+02:00", "price": 0.3}],
        {"friendly": 1},
    ],
)
async def test_attributes_that_are_no_prices_are_none(
    hass: HomeAssistant, shown: Any
) -> None:
    pays(hass, "sensor.price", 0.29, prices=shown)
    assert await prices(hass, "sensor.price") == NOTHING


async def test_a_fixed_price_has_no_series(hass: HomeAssistant) -> None:
    pays(hass, "sensor.nordpool", 0.1, raw_today=raw(0))
    assert await prices(hass, None, "sensor.nordpool") == NOTHING
    assert await prices(hass, "sensor.gone") == NOTHING


@pytest.mark.parametrize(
    ("day", "hours"), [("2026-03-29", 23), ("2026-10-25", 25)], ids=["spring", "autumn"]
)
async def test_a_day_has_as_many_prices_as_hours(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, day: str, hours: int
) -> None:
    freezer.move_to(f"{day} 08:00:00+00:00")
    tibber(hass, "Home")
    entity = providers.registered(hass, "tibber", "abc", "electricity_price")
    pays(hass, entity, 0.17 + spot(dt_util.now()))
    found = await prices(hass, entity)
    today = [span for span in found.spans if span.end_s <= midnight(1).timestamp()]
    assert len(today) == hours * 4
    assert found.end_s == midnight(2).timestamp()
    assert all(span.end_s - span.start_s == 900 for span in found.spans)
