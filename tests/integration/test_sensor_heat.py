"""Sensors of tanks, rooms and loops, and the home's books on heat and CO₂."""

from typing import Any
from unittest.mock import patch

from freezegun.api import FrozenDateTimeFactory
from homeassistant.const import STATE_UNKNOWN, Platform
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.entity import Entity
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import snapshot_platform
from syrupy.assertion import SnapshotAssertion

from custom_components.solar_compute.core.model import HeatCause
from custom_components.solar_compute.core.spec import HeatSupply

from .faces_common import (
    CRUNCHER,
    ENTRY,
    SWITCH,
    TANK,
    boiler,
    cruncher,
    home,
    pass_time,
    set_up,
    state_of,
    subentry,
    until,
)
from .houses import COOL_CELLAR, STUDY, TANK as GAS_TANK
from .translations import DOMAIN, english

NOON = "2026-06-21 12:00:00+02:00"
ROOM = "study_id"
LOOP = "loop_id"
PUMP_TANK = "pump_id"

WINTER_NOON = "2026-01-15 12:00:00+01:00"


def study(**changes: Any) -> dict[str, Any]:
    """Return a room that gas heats otherwise, with an outdoor sensor."""
    data = {**STUDY, "outdoor": "sensor.outdoor", **changes}
    return subentry(ROOM, "heat_sink", "Study", data)


def network() -> dict[str, Any]:
    """Return a loop that leaves the home, with a heat meter."""
    data = {
        **{key: value for key, value in GAS_TANK.items() if key != "boost_after_h"},
        "kind": "loop",
        "use": "exported",
        "temperature": ["sensor.loop"],
        "backup": "district",
        "backup_price": 0.09,
        "heat_power": "sensor.loop_heat",
    }
    return subentry(LOOP, "heat_sink", "Network", data)


def layered_tank() -> dict[str, Any]:
    """Return a hot-water tank with two sensors that nothing else heats."""
    data = {
        **GAS_TANK,
        "temperature": ["sensor.top", "sensor.bottom"],
        "backup": "none",
        "comfort_per_kwh": 0.2,
    }
    return subentry(PUMP_TANK, "heat_sink", "Shower", data)


def warm_up(hass: HomeAssistant) -> None:
    """Give the sensors of these sinks their states."""
    for name, value, unit in (
        ("study", "18.5", "°C"),
        ("outdoor", "2", "°C"),
        ("loop", "45", "°C"),
        ("loop_heat", "380", "W"),
        ("top", "61.5", "°C"),
        ("bottom", "60.5", "°C"),
    ):
        hass.states.async_set(f"sensor.{name}", value, {"unit_of_measurement": unit})


def number(hass: HomeAssistant, owner: str, key: str) -> float:
    return float(state_of(hass, "sensor", owner, key).state)


async def run(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, seconds: float, **values: str
) -> None:
    """Let time pass while every sensor goes on reporting."""
    for _ in range(round(seconds / 200)):
        warm_up(hass)
        await pass_time(hass, freezer, 200, **values)


async def test_all_sensors_of_rooms_loops_and_layered_tanks(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    entity_registry: er.EntityRegistry,
    snapshot: SnapshotAssertion,
) -> None:
    freezer.move_to(WINTER_NOON)
    warm_up(hass)
    entry = home(cruncher(sink=LOOP), study(), network(), layered_tank())
    with patch.object(Entity, "entity_registry_enabled_default", new=True):
        await set_up(hass, entry, Platform.SENSOR)
    await until(hass, lambda: hass.states.is_state(SWITCH, "on"))
    await until(
        hass, lambda: hass.states.is_state("sensor.home_plan_status", "learning")
    )

    await snapshot_platform(hass, entity_registry, snapshot, ENTRY)


async def test_a_room_without_a_hot_tap_has_no_litres_and_no_legionella(
    hass: HomeAssistant, entity_registry: er.EntityRegistry
) -> None:
    warm_up(hass)
    await set_up(hass, home(cruncher(), boiler(), study(), network()))

    def has(owner: str, key: str) -> bool:
        unique_id = f"{owner}_{key}"
        return bool(entity_registry.async_get_entity_id("sensor", DOMAIN, unique_id))

    for key in ("hot_water", "since_hot"):
        assert has(TANK, key), key
        assert not has(ROOM, key), key
        assert not has(LOOP, key), key
    assert has(LOOP, "exported_heat")
    assert not has(LOOP, "useful_heat")
    assert has(ROOM, "useful_heat")


async def test_an_hour_of_heat_is_useful_and_saves_gas(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    freezer.move_to(NOON)
    await set_up(hass, home(cruncher(), boiler()))
    await until(hass, lambda: hass.states.is_state(SWITCH, "on"))

    await pass_time(hass, freezer, 3600, grid_power="-1500")

    # 0.5 kWh of sun, 90 % of it into the tank, where gas would have been burnt at 80 %.
    for owner in (ENTRY, CRUNCHER, TANK):
        heat = state_of(hass, "sensor", owner, "useful_heat")
        assert float(heat.state) == pytest.approx(0.45, abs=0.01), owner
        assert heat.attributes["today"] == pytest.approx(0.45, abs=0.01)
        assert heat.attributes["this_month"] == pytest.approx(0.45, abs=0.01)
    assert number(hass, ENTRY, "solar_share") == 100
    assert number(hass, ENTRY, "lost_heat") == pytest.approx(0.05, abs=0.01)
    assert number(hass, ENTRY, "unwanted_heat") == 0
    gas_kwh = number(hass, ENTRY, "displaced_energy")
    assert gas_kwh == pytest.approx(0.45 / 0.8, rel=0.1)
    assert number(hass, TANK, "displaced_energy") == gas_kwh
    saved = number(hass, ENTRY, "heat_savings")
    assert saved == pytest.approx(gas_kwh * 0.114, abs=0.001)
    assert number(hass, TANK, "heat_savings") == saved
    assert number(hass, ENTRY, "reuse_factor") == pytest.approx(
        100 * gas_kwh * 0.8 / 0.5, abs=2
    )
    assert number(hass, TANK, "hot_water") == pytest.approx(450 / (1.163 * 30), abs=0.5)
    # Sun costs the average book nothing; the margin would have used its export.
    average = number(hass, ENTRY, "co2_average")
    assert average == pytest.approx(-gas_kwh * 0.201, abs=0.002)
    assert number(hass, ENTRY, "co2_marginal") == pytest.approx(
        average + 0.5 * 0.4, abs=0.01
    )


async def test_today_begins_at_midnight_and_the_month_goes_on(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    await hass.config.async_set_time_zone("Europe/Berlin")
    freezer.move_to("2026-06-21 23:30:00+02:00")
    await set_up(hass, home(cruncher(), boiler()))
    await until(hass, lambda: hass.states.is_state(SWITCH, "on"))

    await pass_time(hass, freezer, 3600, grid_power="-1500")

    assert dt_util.now().date().isoformat() == "2026-06-22"
    for owner, key in ((CRUNCHER, "energy"), (ENTRY, "useful_heat")):
        state = state_of(hass, "sensor", owner, key)
        assert state.attributes["today"] == pytest.approx(
            state.attributes["this_month"] / 2, rel=0.05
        )
        assert float(state.state) == pytest.approx(
            state.attributes["this_month"], abs=0.01
        )
    assert number(hass, CRUNCHER, "run_time_today") == pytest.approx(0.5, abs=0.02)


async def test_measured_heat_says_so_and_counts_instead_of_the_estimate(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    freezer.move_to(NOON)
    warm_up(hass)
    await set_up(hass, home(cruncher(sink=LOOP), network()))
    await until(hass, lambda: hass.states.is_state(SWITCH, "on"))

    await run(hass, freezer, 3600, grid_power="-1500")

    power = state_of(hass, "sensor", LOOP, "heat_power")
    assert (power.state, power.attributes["measured"]) == ("380", True)
    assert number(hass, LOOP, "exported_heat") == pytest.approx(0.38, abs=0.01)
    assert number(hass, CRUNCHER, "useful_heat") == pytest.approx(0.38, abs=0.01)


async def test_estimated_heat_says_that_it_is_estimated(hass: HomeAssistant) -> None:
    await set_up(hass, home(cruncher(), boiler()))
    await until(hass, lambda: hass.states.is_state(SWITCH, "on"))
    await until(
        hass,
        lambda: state_of(hass, "sensor", TANK, "heat_power").state == "450",
    )
    power = state_of(hass, "sensor", TANK, "heat_power")
    assert power.attributes["measured"] is False


async def test_a_tank_says_what_its_boiler_would_take_and_why_heat_is_worth_it(
    hass: HomeAssistant,
) -> None:
    await set_up(hass, home(cruncher(), boiler()))

    price = state_of(hass, "sensor", TANK, "backup_heat_price")
    assert float(price.state) == pytest.approx(0.114 / 0.8, abs=1e-4)
    value = state_of(hass, "sensor", TANK, "heat_value")
    assert value.attributes["cause"] == "displaced"
    assert value.attributes["supply"] == "surplus"
    assert number(hass, TANK, "daily_use") == pytest.approx(5.8)
    assert number(hass, TANK, "heat_loss") == pytest.approx(1.4)
    # 200 L × 1.163 Wh/K ÷ 1.364 W/K.
    assert number(hass, TANK, "time_constant") == 171


async def test_a_tank_that_was_never_hot_does_not_say_since_when(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    freezer.move_to(NOON)
    warm_up(hass)
    await set_up(hass, home(cruncher(), boiler(), layered_tank()))
    assert state_of(hass, "sensor", TANK, "since_hot").state == STATE_UNKNOWN

    hot = state_of(hass, "sensor", PUMP_TANK, "since_hot")
    assert float(hot.state) == 0
    assert (hot.attributes["coldest_c"], hot.attributes["warmest_c"]) == (60.5, 61.5)


async def test_a_home_that_has_nothing_but_a_cooled_space_counts_unwanted_heat(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    freezer.move_to(NOON)
    cellar = subentry("cellar_id", "heat_sink", "Cool cellar", COOL_CELLAR)
    await set_up(hass, home(cruncher(space="cellar_id"), cellar))
    await until(hass, lambda: hass.states.is_state(SWITCH, "on"))

    await pass_time(hass, freezer, 3600, grid_power="-1500")

    unwanted, energy = (
        number(hass, ENTRY, "unwanted_heat"),
        number(hass, CRUNCHER, "energy"),
    )
    assert unwanted > 0.1
    assert unwanted == pytest.approx(energy / 2, abs=0.02)


async def test_what_a_worker_no_longer_can_show_is_gone_and_not_left_unavailable(
    hass: HomeAssistant, entity_registry: er.EntityRegistry
) -> None:
    entry = home(cruncher(), boiler())
    await set_up(hass, entry)
    unique_ids = (f"{CRUNCHER}_useful_heat", f"{ENTRY}_useful_heat")
    for unique_id in unique_ids:
        assert entity_registry.async_get_entity_id("sensor", DOMAIN, unique_id)

    hass.config_entries.async_remove_subentry(entry, TANK)
    await hass.async_block_till_done()

    for unique_id in unique_ids:
        assert not entity_registry.async_get_entity_id("sensor", DOMAIN, unique_id)


@pytest.mark.parametrize(
    ("attribute", "options"), [("cause", HeatCause), ("supply", HeatSupply)]
)
def test_every_cause_and_supply_of_heat_has_a_text(
    attribute: str, options: Any
) -> None:
    attributes = english()["entity"]["sensor"]["heat_value"]["state_attributes"]
    assert set(attributes[attribute]["state"]) == {option.value for option in options}
