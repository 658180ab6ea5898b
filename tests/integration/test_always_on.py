"""What is always on: entered, counted and shown, and never switched."""

from collections.abc import Generator
from typing import Any
from unittest.mock import patch

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import device_registry as dr, entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.solar_compute.const import DOMAIN
from custom_components.solar_compute.workers import KINDS, create_backend, parse_backend
from custom_components.solar_compute.workers.base import Feature

from . import guard_pages, houses
from .common import ENTRY, home, issues, meter, move_in, pass_time, switched
from .dialogs import (
    ALWAYS_ON_PAGE,
    MINER_PAGE,
    choose,
    open_subentry,
    open_subentry_again,
    submit,
    suggested,
)

NODE_POWER = "sensor.node_power"
NODE: dict[str, Any] = {
    "kind": "always_on",
    "levels_w": [80.0],
    "recovery_percent": 90.0,
    "cooled_percent": 0.0,
    "cooling_cop": 3.0,
}


@pytest.fixture
def not_set_up() -> Generator[None]:
    """Have dialogs add entries that are not set up."""
    with patch("custom_components.solar_compute.async_setup_entry", return_value=True):
        yield


@pytest.fixture
def site(hass: HomeAssistant, not_set_up: None) -> MockConfigEntry:
    """Return the sunny house with a power sensor behind a storage node."""
    houses.move_in(hass)
    meter(hass, 75, NODE_POWER)
    entry = houses.entry()
    entry.add_to_hass(hass)
    return entry


def node(**data: Any) -> dict[str, Any]:
    """Return a storage node that is measured."""
    return {
        "subentry_id": "node",
        "subentry_type": "worker",
        "title": "Storage node",
        "unique_id": None,
        "data": {**NODE, "power": NODE_POWER, **data},
    }


def device_id(hass: HomeAssistant) -> str:
    """Return the id of the storage node's device."""
    return dr.async_get_device_id_by_identifier(
        hass, (DOMAIN, "node"), config_entry_id=ENTRY
    )


async def test_what_it_draws_is_all_that_must_be_entered(
    hass: HomeAssistant, site: MockConfigEntry
) -> None:
    result = await choose(hass, await open_subentry(hass, site, "worker"), "always_on")
    result = await submit(hass, result, "always_on", ALWAYS_ON_PAGE)
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert result["title"] == "Storage node"
    assert result["data"] == NODE


@pytest.mark.parametrize(
    ("page", "errors"),
    [
        ({"watts": None}, {"watts": "value_needed"}),
        ({"power": "sensor.water"}, {"power": "not_power"}),
        ({"power": "sensor.grid"}, {"power": "used_by_site"}),
    ],
)
async def test_its_page_says_what_is_wrong_and_can_be_mended(
    hass: HomeAssistant,
    site: MockConfigEntry,
    page: dict[str, Any],
    errors: dict[str, str],
) -> None:
    result = await choose(hass, await open_subentry(hass, site, "worker"), "always_on")
    result = await submit(hass, result, "always_on", {**ALWAYS_ON_PAGE, **page})
    assert result["errors"] == errors
    result = await submit(hass, result, "always_on", ALWAYS_ON_PAGE)
    assert result["type"] is FlowResultType.CREATE_ENTRY


async def test_it_is_changed_on_one_page_which_offers_no_switching(
    hass: HomeAssistant, not_set_up: None
) -> None:
    houses.move_in(hass)
    meter(hass, 75, NODE_POWER)
    site = houses.entry(houses.worker(NODE, "Storage node", "node"))
    site.add_to_hass(hass)
    result = await open_subentry_again(hass, site, "node")
    assert suggested(result)["watts"] == 80.0
    page = {"watts": 90, "power": NODE_POWER, "heat": {}}
    result = await submit(hass, result, "always_on", page)
    assert result["reason"] == "reconfigure_successful"
    expected = {**NODE, "levels_w": [90.0], "power": NODE_POWER}
    assert site.subentries["node"].data == expected


async def test_its_power_is_not_counted_twice(
    hass: HomeAssistant, not_set_up: None
) -> None:
    houses.move_in(hass)
    meter(hass, 75, NODE_POWER)
    data = {**NODE, "power": NODE_POWER}
    site = houses.entry(houses.worker(data, "Storage node", "node"))
    site.add_to_hass(hass)
    result = await choose(hass, await open_subentry(hass, site, "worker"), "always_on")
    page = {**ALWAYS_ON_PAGE, "power": NODE_POWER}
    result = await submit(hass, result, "always_on", page)
    assert result["reason"] == "already_configured"


@pytest.mark.parametrize(("channels", "refused"), [(1, True), (2, False)])
async def test_the_plug_of_something_always_on_is_not_offered_for_switching(
    hass: HomeAssistant, not_set_up: None, channels: int, refused: bool
) -> None:
    """But another channel of the same relay may have anything behind it."""
    houses.move_in(hass)
    owner = MockConfigEntry(domain="mqtt")
    owner.add_to_hass(hass)
    plug = dr.async_get(hass).async_get_or_create(
        config_entry_id=owner.entry_id, identifiers={("mqtt", "plug")}
    )
    names = []
    for domain, number in [("sensor", 0), *(("switch", n) for n in range(channels))]:
        entity = er.async_get(hass).async_get_or_create(
            domain, "mqtt", f"{domain}{number}", config_entry=owner, device_id=plug.id
        )
        hass.states.async_set(entity.entity_id, "on")
        names.append(entity.entity_id)
    data = {**NODE, "power": names[0]}
    site = houses.entry(houses.worker(data, "Storage node", "node"))
    site.add_to_hass(hass)
    result = await choose(hass, await open_subentry(hass, site, "worker"), "entity")
    page = {**MINER_PAGE, "switch": names[1]}
    result = await submit(hass, result, "entity", page)
    expected = {"switch": "never_switched"} if refused else None
    assert (result.get("errors") or None) == expected


async def test_no_guard_can_be_chosen_for_it(
    hass: HomeAssistant, not_set_up: None
) -> None:
    houses.move_in(hass)
    guard_pages.furnish(hass)
    site = houses.entry(
        houses.worker(NODE, "Storage node", "node"),
        houses.worker(houses.MINER, "Miner", "miner"),
    )
    site.add_to_hass(hass)
    result = await choose(hass, await open_subentry(hass, site, "guard"), "quiet")
    fields = {str(key): part for key, part in result["data_schema"].schema.items()}
    offered = [option["value"] for option in fields["workers"].config["options"]]
    assert offered == ["miner"]


def test_it_has_no_back_end(hass: HomeAssistant) -> None:
    with pytest.raises(ValueError, match="no back-end"):
        create_backend(hass, parse_backend(NODE), controller="home")
    assert KINDS["always_on"].features == {Feature.POWER}


async def test_it_is_counted_by_source_and_has_no_control(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    meter(hass, 75, NODE_POWER)
    await move_in(hass, home(node()), grid_w=400)
    for _ in range(60):
        meter(hass, 400)
        meter(hass, 75, NODE_POWER)
        await pass_time(hass, freezer, 60, step=30)

    registry = er.async_get(hass)
    entities = er.async_entries_for_device(registry, device_id(hass))
    assert {entity.domain for entity in entities} == {"sensor"}
    by_key = {
        entity.unique_id.removeprefix("node_"): hass.states.get(entity.entity_id)
        for entity in entities
    }
    assert set(by_key) == {
        *("power", "reason", "energy", "energy_solar", "energy_battery"),
        *("energy_grid", "cost"),
    }
    shown = {key: state.state for key, state in by_key.items() if state is not None}
    assert shown["power"] == "75"
    assert shown["reason"] == "always_on"
    assert float(shown["energy_grid"]) == pytest.approx(0.075, rel=0.05)
    assert float(shown["cost"]) == pytest.approx(0.075 * 0.30, rel=0.05)
    assert "no_lease" not in issues(hass)


async def test_no_action_switches_it(hass: HomeAssistant) -> None:
    meter(hass, 75, NODE_POWER)
    await move_in(hass, home(node()), grid_w=400)

    for action in ("run", "pause", "explain"):
        with pytest.raises(ServiceValidationError) as refused:
            await hass.services.async_call(
                DOMAIN,
                action,
                {"device_id": device_id(hass)},
                blocking=True,
                return_response=action == "explain",
            )
        assert refused.value.translation_key == "never_switched"


async def test_workers_run_beside_it_as_if_it_were_any_other_load(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    meter(hass, 75, NODE_POWER)
    miner = switched("miner", "input_boolean.miner")
    await move_in(hass, home(node(), miner), grid_w=-600)
    await pass_time(hass, freezer, 10)

    assert hass.states.is_state("input_boolean.miner", "on")
