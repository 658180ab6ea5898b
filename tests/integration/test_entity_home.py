"""Entities as workers in a whole home: from the meter to the entity and back."""

from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.config_entries import ConfigEntryDisabler
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
import pytest

from custom_components.solar_compute import configuration

from .common import (
    ENTRY,
    home,
    issues,
    meter,
    move_in,
    pass_time,
    settle,
    switched,
    worker_subentry,
)
from .water_heater import BOILER, Boiler, install, set_to

OWN = ("eco", 48.0)
WANTED = ("performance", 60.0)


@pytest.fixture
async def boiler(hass: HomeAssistant) -> Boiler:
    """Return a water heater in eco mode, set to 48 °C."""
    return await install(hass)


def rod(**data: Any) -> dict[str, Any]:
    """Return the water heater as a worker of 2 kW."""
    return switched(
        "rod",
        BOILER,
        levels_w=[2000.0],
        wanted_c=60.0,
        wanted_mode="performance",
        **data,
    )


async def test_a_boiler_takes_surplus_and_gives_way_when_it_is_gone(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, boiler: Boiler
) -> None:
    await move_in(hass, home(rod()), grid_w=-2500)
    await pass_time(hass, freezer, 10)
    assert set_to(hass) == WANTED

    meter(hass, 1500)
    await pass_time(hass, freezer, 120, step=10)

    assert set_to(hass) == OWN


async def test_a_boiler_and_a_miner_share_the_surplus_by_priority(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, boiler: Boiler
) -> None:
    miner = switched(
        "miner", "input_boolean.miner", priority=1, levels_w=[1000.0], settle_s=30.0
    )
    await move_in(hass, home(rod(priority=2), miner), grid_w=-1500)
    await pass_time(hass, freezer, 5)
    meter(hass, -500)
    await pass_time(hass, freezer, 40)
    assert hass.states.is_state("input_boolean.miner", "on")
    assert set_to(hass) == OWN

    meter(hass, -2500)
    await pass_time(hass, freezer, 10)
    assert set_to(hass) == WANTED


async def test_a_boiler_that_is_warm_gets_its_own_settings_back(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, boiler: Boiler
) -> None:
    await move_in(hass, home(rod()), grid_w=-2500)
    await pass_time(hass, freezer, 10)

    boiler.becomes(current_temperature=60.0)
    await pass_time(hass, freezer, 20)

    assert set_to(hass) == OWN


async def test_a_boiler_is_given_back_when_the_integration_is_disabled(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, boiler: Boiler
) -> None:
    await move_in(hass, home(rod()), grid_w=-2500)
    await pass_time(hass, freezer, 10)
    assert set_to(hass) == WANTED

    await hass.config_entries.async_set_disabled_by(ENTRY, ConfigEntryDisabler.USER)
    await settle(hass)

    assert set_to(hass) == OWN


async def test_a_boiler_is_given_back_when_home_assistant_stops(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, boiler: Boiler
) -> None:
    await move_in(hass, home(rod()), grid_w=-2500)
    await pass_time(hass, freezer, 10)
    assert set_to(hass) == WANTED

    await hass.async_stop(force=True)

    assert set_to(hass) == OWN


async def test_buttons_that_do_nothing_become_a_repair(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    buttons: dict[str, Any] = {"go": {}, "stop": {}}
    assert await async_setup_component(hass, "input_button", {"input_button": buttons})
    hass.states.async_set("binary_sensor.computes", "off")
    worker = worker_subentry(
        "rig",
        kind="entity",
        switch="input_button.go",
        pause_by="input_button.stop",
        confirm="binary_sensor.computes",
        confirm_within_s=60.0,
    )
    await move_in(hass, home(worker), grid_w=-2500)
    assert "no_lease" in issues(hass)
    await pass_time(hass, freezer, 240, step=5)

    assert "worker_not_obeying" in issues(hass)

    hass.states.async_set("binary_sensor.computes", "on")
    await pass_time(hass, freezer, 20)
    assert "worker_not_obeying" not in issues(hass)


@pytest.mark.parametrize(
    "key", ["switch", "number", "power", "confirm", "pause_by", "pause_first"]
)
def test_every_entity_of_a_worker_is_followed_when_it_is_renamed(key: str) -> None:
    renamed = configuration.renamed({key: "x.old"}, "x.old", "x.new")
    assert renamed == {key: "x.new"}
