"""What the energy dashboard knows is filled in, and its surprises do no harm."""

from typing import Any
from unittest.mock import patch

from homeassistant.components.energy.data import async_get_manager
from homeassistant.core import HomeAssistant
import pytest

from custom_components.solar_compute.flows.energy import async_prefill

from . import houses
from .dialogs import open_site, submit, suggested

GRID_SOURCE = {
    "type": "grid",
    "stat_energy_from": "sensor.import_energy",
    "stat_rate": "sensor.grid",
    "entity_energy_price": "sensor.price",
    "number_energy_price": None,
    "entity_energy_price_export": None,
    "number_energy_price_export": 0.078,
}
SOLAR_SOURCE = {
    "type": "solar",
    "stat_energy_from": "sensor.solar_energy",
    "stat_rate": "sensor.panels",
}
BATTERY_SOURCE = {
    "type": "battery",
    "stat_energy_from": "sensor.out",
    "stat_energy_to": "sensor.in",
    "stat_rate": "sensor.battery",
    "stat_soc": "sensor.battery_soc",
    "capacity": 8.0,
}


@pytest.fixture(autouse=True)
def sunny_house(hass: HomeAssistant) -> None:
    """Live in the sunny house."""
    houses.move_in(hass)


async def prefer(hass: HomeAssistant, *sources: Any) -> None:
    """Set the energy dashboard's sources, as stored."""
    manager = await async_get_manager(hass)
    manager.data = {"energy_sources": list(sources), "device_consumption": []}


async def test_all_that_the_energy_dashboard_knows_is_filled_in(
    hass: HomeAssistant,
) -> None:
    await prefer(hass, GRID_SOURCE, SOLAR_SOURCE, BATTERY_SOURCE)
    result = await open_site(hass)
    assert suggested(result).items() >= houses.GRID.items()
    result = await submit(hass, result, "grid", suggested(result))
    battery = {**houses.BATTERY, "battery_discharge_w": 4000.0}
    assert suggested(result).items() >= battery.items()
    result = await submit(hass, result, "battery", {**battery, "advanced": {}})
    assert suggested(result) == {
        "import_price": 0.287,
        "import_price_entity": "sensor.price",
        "export_price": 0.078,
    }


async def test_several_grid_connections_and_batteries_are_added_up(
    hass: HomeAssistant,
) -> None:
    await prefer(
        hass,
        GRID_SOURCE,
        {**GRID_SOURCE, "stat_rate": "sensor.garage_grid"},
        BATTERY_SOURCE,
        {"type": "battery", "stat_rate": "sensor.battery_charge", "capacity": 2.0},
    )
    known = await async_prefill(hass)
    assert known["grid_power"] == ["sensor.grid", "sensor.garage_grid"]
    assert known["battery_power"] == ["sensor.battery", "sensor.battery_charge"]
    assert known["battery_capacity_kwh"] == 10


async def test_a_house_without_energy_preferences_starts_empty(
    hass: HomeAssistant,
) -> None:
    assert await async_prefill(hass) == {}
    assert "grid_power" not in suggested(await open_site(hass))


async def test_statistics_that_are_no_entities_are_left_out(
    hass: HomeAssistant,
) -> None:
    source = {**GRID_SOURCE, "stat_rate": "provider:grid", "entity_energy_price": "x:y"}
    await prefer(hass, source, {**SOLAR_SOURCE, "stat_rate": "sensor.gone"})
    assert await async_prefill(hass) == {"export_price": 0.078}


@pytest.mark.parametrize(
    "sources",
    [
        [None],
        ["grid"],
        [{"type": "grid", "stat_rate": 5}],
        [{"type": "battery", "capacity": "big"}],
        [{"type": "grid", "number_energy_price": "dear"}],
        [{}],
    ],
)
async def test_preferences_of_an_unknown_shape_do_no_harm(
    hass: HomeAssistant, sources: list[Any]
) -> None:
    await prefer(hass, *sources)
    assert await async_prefill(hass) == {}


async def test_an_energy_component_that_fails_does_no_harm(
    hass: HomeAssistant,
) -> None:
    with patch(
        "homeassistant.components.energy.data.async_get_manager",
        side_effect=ImportError("moved"),
    ):
        assert await async_prefill(hass) == {}
