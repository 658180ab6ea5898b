"""The card reaches every dashboard, and is gone with the last home."""

from pathlib import Path
from typing import Any
from unittest.mock import patch

from homeassistant.components.frontend import DATA_EXTRA_MODULE_URL
from homeassistant.components.lovelace.const import LOVELACE_DATA
from homeassistant.components.lovelace.resources import ResourceStorageCollection
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import (
    ClientSessionGenerator,
    WebSocketGenerator,
)

from custom_components.solar_compute import dashboard

from .faces_common import CRUNCHER, TANK, boiler, cruncher, home, set_up
from .translations import DOMAIN

CARD = Path(dashboard.__file__).parent / "frontend" / "solar-compute-card.js"


async def frontend(hass: HomeAssistant, **lovelace: Any) -> None:
    """Have Home Assistant's frontend, with dashboards that are stored by default."""
    assert await async_setup_component(hass, "lovelace", {"lovelace": lovelace})
    assert await async_setup_component(hass, "frontend", {})


def stored_resources(hass: HomeAssistant) -> ResourceStorageCollection:
    """Return the resources that a user can change."""
    stored = hass.data[LOVELACE_DATA].resources
    assert isinstance(stored, ResourceStorageCollection)
    return stored


def resources(hass: HomeAssistant) -> list[str]:
    """Return the addresses of what dashboards load."""
    return [item["url"] for item in hass.data[LOVELACE_DATA].resources.async_items()]


async def add(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    """Set a home up, with no entities."""
    await set_up(hass, entry)
    assert entry.state is ConfigEntryState.LOADED


async def test_dashboards_load_the_card_from_an_address_that_names_its_version(
    hass: HomeAssistant, hass_client_no_auth: ClientSessionGenerator
) -> None:
    await frontend(hass)
    await add(hass, home(cruncher(sink=None)))

    (address,) = resources(hass)
    assert address.startswith("/solar_compute/solar-compute-card.js?v=0.1.0-")
    client = await hass_client_no_auth()
    response = await client.get(address)
    assert response.status == 200
    assert await response.read() == CARD.read_bytes()
    assert "max-age" in response.headers["Cache-Control"]


async def test_another_version_takes_the_place_of_the_one_before(
    hass: HomeAssistant,
) -> None:
    await frontend(hass)
    stored = stored_resources(hass)
    await stored.async_get_info()
    for url in (
        "/local/another-card.js?v=1",
        "/solar_compute/solar-compute-card.js?v=0.0.9",
        "/solar_compute/solar-compute-card.js",
    ):
        await stored.async_create_item({"res_type": "module", "url": url})

    await add(hass, home(cruncher(sink=None)))

    others, ours = resources(hass)
    assert others == "/local/another-card.js?v=1"
    assert ours.startswith("/solar_compute/solar-compute-card.js?v=0.1.0-")


async def test_a_reload_changes_nothing_about_it(hass: HomeAssistant) -> None:
    await frontend(hass)
    entry = home(cruncher(sink=None))
    await add(hass, entry)
    before = resources(hass)

    assert await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()

    assert resources(hass) == before


async def test_it_goes_with_the_last_home(hass: HomeAssistant) -> None:
    await frontend(hass)
    entry = home(cruncher(sink=None))
    await add(hass, entry)
    stored = stored_resources(hass)
    mine = {"res_type": "module", "url": "/local/another-card.js"}
    await stored.async_create_item(mine)

    await hass.config_entries.async_remove(entry.entry_id)

    assert resources(hass) == [mine["url"]]


async def test_where_resources_are_yaml_a_loader_brings_it_until_the_last_home_goes(
    hass: HomeAssistant,
) -> None:
    await frontend(hass, resource_mode="yaml", resources=[])
    entry = home(cruncher(sink=None))
    await add(hass, entry)

    (address,) = hass.data[DATA_EXTRA_MODULE_URL].urls
    assert address.startswith("/solar_compute/loader.js?v=0.1.0-")
    assert resources(hass) == []

    await hass.config_entries.async_remove(entry.entry_id)
    assert not hass.data[DATA_EXTRA_MODULE_URL].urls


async def test_without_a_frontend_workers_are_decided_on_all_the_same(
    hass: HomeAssistant,
) -> None:
    entry = home(cruncher(sink=None))
    await add(hass, entry)

    await hass.config_entries.async_remove(entry.entry_id)
    assert not hass.config_entries.async_entries(DOMAIN)


async def test_a_dashboard_that_refuses_the_card_keeps_no_worker_from_being_decided_on(
    hass: HomeAssistant, caplog: pytest.LogCaptureFixture
) -> None:
    await frontend(hass)
    refusal = patch.object(
        type(hass.data[LOVELACE_DATA].resources),
        "async_get_info",
        side_effect=TypeError("it has changed"),
    )
    entry = home(cruncher(sink=None))
    with refusal:
        await add(hass, entry)
        assert "The card cannot be shown; workers are not concerned" in caplog.text
        await hass.config_entries.async_remove(entry.entry_id)

    assert "The card could not be taken from the dashboards" in caplog.text


async def test_the_card_is_told_what_the_unit_of_a_price_comes_to(
    hass: HomeAssistant, hass_ws_client: WebSocketGenerator
) -> None:
    hass.states.async_set("sensor.tariff", "22", {"unit_of_measurement": "ct/kWh"})
    plain = home(cruncher(sink=None))
    tariff = {**plain.data, "import_price_entity": "sensor.tariff"}
    await set_up(hass, MockConfigEntry(domain=DOMAIN, title="Home", data=tariff))
    client = await hass_ws_client(hass)
    await client.send_json_auto_id({"type": "solar_compute/homes"})
    (told,) = (await client.receive_json())["result"]

    assert told["import_price"] == "sensor.tariff"
    assert told["import_price_factor"] == 0.01


async def test_the_card_is_told_what_there_is(
    hass: HomeAssistant, hass_ws_client: WebSocketGenerator
) -> None:
    entry = home(cruncher(), boiler())
    await set_up(hass, entry)
    client = await hass_ws_client(hass)
    await client.send_json_auto_id({"type": "solar_compute/homes"})
    (told,) = (await client.receive_json())["result"]

    def device(owner: str) -> str:
        devices = dr.async_get(hass)
        found = devices.async_get_device_by_identifier((DOMAIN, owner), entry.entry_id)
        assert found is not None
        return found.id

    assert told == {
        "device": device(entry.entry_id),
        "battery": None,
        "import_price": None,
        "import_price_factor": 1.0,
        "workers": [
            {"device": device(CRUNCHER), "sink": device(TANK), "start_cost": 0.0}
        ],
        "always_on": [],
        "sinks": [
            {
                "device": device(TANK),
                "kind": "tank",
                "temperatures": ["sensor.tank_temperature"],
                "thermostat": None,
                "target_c": 55.0,
            }
        ],
    }


async def test_before_there_is_a_home_the_card_is_told_of_none(
    hass: HomeAssistant, hass_ws_client: WebSocketGenerator
) -> None:
    assert await async_setup_component(hass, DOMAIN, {})
    client = await hass_ws_client(hass)
    await client.send_json_auto_id({"type": "solar_compute/homes"})

    assert (await client.receive_json())["result"] == []
