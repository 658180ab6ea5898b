"""The fine tuning: every time constant can be changed, and none has to be."""

from dataclasses import fields
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.solar_compute import configuration
from custom_components.solar_compute.configured import AheadInputs, Configuration
from custom_components.solar_compute.core.spec import PolicySpec
from custom_components.solar_compute.flows.options import SECTIONS

from . import houses
from .dialogs import submit, suggested

pytestmark = pytest.mark.usefixtures("sunny_house")


UNTOUCHED: dict[str, dict[str, Any]] = {section: {} for section in SECTIONS}


def opened(result: Any) -> list[str]:
    """Return the sections of a page that are open."""
    parts = result["data_schema"].schema.items()
    return [str(key) for key, part in parts if not part.options["collapsed"]]


@pytest.fixture
def site(hass: HomeAssistant) -> MockConfigEntry:
    """Return the sunny house's entry, added to Home Assistant."""
    entry = houses.entry()
    entry.add_to_hass(hass)
    return entry


@pytest.fixture
def metered_prices(hass: HomeAssistant, site: MockConfigEntry) -> None:
    """Have entities say what that house pays now."""
    prices = dict.fromkeys(
        ("import_price_entity", "export_price_entity"), "sensor.price"
    )
    hass.config_entries.async_update_entry(site, data={**site.data, **prices})


async def open_options(hass: HomeAssistant, site: MockConfigEntry) -> Any:
    """Open the dialog."""
    return await hass.config_entries.options.async_init(site.entry_id)


async def test_submitting_the_page_untouched_changes_nothing(
    hass: HomeAssistant, site: MockConfigEntry
) -> None:
    before = configuration.parse(site)
    result = await submit(hass, await open_options(hass, site), "init", UNTOUCHED)
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert configuration.parse(site) == before


async def test_every_time_constant_can_be_divided_by_three_hundred(
    hass: HomeAssistant, site: MockConfigEntry
) -> None:
    result = await open_options(hass, site)
    shown = suggested(result)
    assert shown.keys() >= {field.name for field in fields(PolicySpec)}
    faster = {key: value / 300 for key, value in shown.items() if key.endswith("_s")}
    page = {
        section: {key: faster[key] for key in keys if key in faster}
        for section, keys in SECTIONS.items()
    }
    await submit(hass, result, "init", page)
    result = configuration.parse(site)
    policy = PolicySpec()
    for field in fields(PolicySpec):
        usual = getattr(policy, field.name)
        assert getattr(result.spec.policy, field.name) == pytest.approx(usual / 300)
    assert result.tick_s == pytest.approx(10 / 300)
    assert result.spec.battery is not None
    assert result.spec.battery.horizon_s == 3


async def test_every_tunable_of_the_configuration_is_on_the_page(
    hass: HomeAssistant, site: MockConfigEntry
) -> None:
    shown = suggested(await open_options(hass, site))
    tunables = {f.name for f in fields(Configuration) if f.type in (float, int)}
    assert set(configuration.TUNABLES) == tunables
    assert shown.keys() >= tunables


async def test_what_was_set_is_shown_again_and_can_be_cleared(
    hass: HomeAssistant, site: MockConfigEntry
) -> None:
    yielding = {"yielding_power": ["sensor.diverter"], "yielding_value_per_kwh": 0.1}
    page = {**UNTOUCHED, "rhythm": {"tick_s": 5}, "yielding": yielding}
    await submit(hass, await open_options(hass, site), "init", page)
    result = await open_options(hass, site)
    assert suggested(result).items() >= {"tick_s": 5, **yielding}.items()
    assert configuration.parse(site).inputs.yielding == (("sensor.diverter", 0.1),)
    await submit(hass, result, "init", UNTOUCHED)
    assert configuration.parse(site).inputs.yielding == ()


async def test_the_grids_carbon_dioxide_is_fixed_or_read_from_an_entity(
    hass: HomeAssistant, site: MockConfigEntry
) -> None:
    assert configuration.parse(site).spec.co2_average_g_per_kwh == 242
    carbon = {"co2_average": "sensor.grid_co2", "co2_marginal_g_per_kwh": 510}
    page = {**UNTOUCHED, "carbon": carbon}
    await submit(hass, await open_options(hass, site), "init", page)
    result = configuration.parse(site)
    assert result.inputs.co2_average == "sensor.grid_co2"
    assert result.inputs.co2_marginal is None
    assert result.spec.co2_marginal_g_per_kwh == 510


@pytest.mark.usefixtures("metered_prices")
async def test_where_the_coming_hours_are_known_from_can_be_chosen(
    hass: HomeAssistant, site: MockConfigEntry
) -> None:
    assert configuration.parse(site).ahead == AheadInputs()
    rows = [{"period_start": "2026-06-15T10:00:00+00:00", "pv_estimate": 1.2}]
    hass.states.async_set("sensor.solcast", "21", {"detailedForecast": rows})
    hass.states.async_set("weather.home", "sunny")
    page = {
        "plan_ahead": True,
        "published_prices": False,
        "sun_forecast": "sensor.solcast",
        "weather": "weather.home",
        "import_series": "sensor.spot",
    }
    hours = [f"2026-06-15T{hour}:00:00+00:00" for hour in (10, 11)]
    prices = [{"start": hour, "value": 0.2} for hour in hours]
    hass.states.async_set("sensor.spot", "0.2", {"raw_today": prices})
    result = await open_options(hass, site)
    await submit(hass, result, "init", {**UNTOUCHED, "ahead": page})
    assert configuration.parse(site).ahead == AheadInputs(
        published_prices=False,
        sun_forecast="sensor.solcast",
        weather="weather.home",
        import_series="sensor.spot",
    )
    result = await open_options(hass, site)
    await submit(hass, result, "init", {**UNTOUCHED, "ahead": {"plan_ahead": False}})
    assert configuration.parse(site).ahead == AheadInputs(plan=False)


@pytest.mark.usefixtures("metered_prices")
async def test_prices_may_come_from_who_can_be_asked_or_is_silent_now(
    hass: HomeAssistant,
    site: MockConfigEntry,
    entity_registry: er.EntityRegistry,
) -> None:
    asked = entity_registry.async_get_or_create("sensor", "nordpool", "price")
    hass.states.async_set(asked.entity_id, "0.2")
    hass.states.async_set("sensor.silent", "unavailable")
    page = {"import_series": asked.entity_id, "export_series": "sensor.silent"}
    result = await open_options(hass, site)
    assert opened(result) == []

    result = await submit(hass, result, "init", {**UNTOUCHED, "ahead": page})

    assert result["type"] is FlowResultType.CREATE_ENTRY


@pytest.mark.parametrize(
    ("section", "page", "error"),
    [
        ("commands", {"retry_first_s": 400}, "retry_order"),
        ("trust", {"maximum_w": "nan"}, "not_a_number"),
        ("yielding", {"yielding_power": ["sensor.grid"]}, "used_by_site"),
        ("yielding", {"yielding_power": ["sensor.water"]}, "not_power"),
        ("yielding", {"yielding_power": ["sensor.gone"]}, "entity_not_found"),
        ("yielding", {"yielding_power": ["sensor.diverter"] * 2}, "used_twice"),
        ("ahead", {"sun_forecast": "sensor.grid"}, "no_forecast"),
        ("ahead", {"sun_forecast": "sensor.gone"}, "entity_not_found"),
        ("ahead", {"weather": "weather.gone"}, "entity_not_found"),
        ("ahead", {"import_series": "sensor.gone"}, "entity_not_found"),
        ("ahead", {"import_series": "sensor.price"}, "no_prices"),
        ("ahead", {"export_series": "sensor.grid"}, "no_prices"),
        ("ahead", {"export_series": "sensor.silent"}, "price_entity_needed"),
        ("carbon", {"co2_average": "sensor.price"}, "not_co2"),
        ("carbon", {"co2_marginal": "sensor.gone"}, "entity_not_found"),
        ("carbon", {"co2_marginal_g_per_kwh": "nan"}, "not_a_number"),
    ],
)
async def test_the_page_says_what_is_wrong_and_can_be_mended(
    hass: HomeAssistant,
    site: MockConfigEntry,
    section: str,
    page: dict[str, Any],
    error: str,
) -> None:
    hass.states.async_set("sensor.silent", "unavailable")
    result = await open_options(hass, site)
    result = await submit(hass, result, "init", {**UNTOUCHED, section: page})
    assert result["errors"] == {section: error}
    assert opened(result) == [section]
    result = await submit(hass, result, "init", UNTOUCHED)
    assert result["type"] is FlowResultType.CREATE_ENTRY
