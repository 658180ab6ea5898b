"""The thermostat of a room: what a person wants, and what really happens."""

from typing import Any

from homeassistant.components.climate.const import (
    ATTR_HVAC_ACTION,
    ATTR_HVAC_MODE,
    ATTR_MAX_TEMP,
    ATTR_PRESET_MODE,
    ATTR_TARGET_TEMP_STEP,
    DOMAIN as CLIMATE,
    SERVICE_SET_HVAC_MODE,
    SERVICE_SET_PRESET_MODE,
    SERVICE_SET_TEMPERATURE,
)
from homeassistant.const import (
    ATTR_ENTITY_ID,
    ATTR_TEMPERATURE,
    SERVICE_TURN_OFF,
    SERVICE_TURN_ON,
    STATE_OFF,
    STATE_ON,
    Platform,
)
from homeassistant.core import HomeAssistant, State
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import entity_registry as er
from homeassistant.util.unit_system import US_CUSTOMARY_SYSTEM
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    snapshot_platform,
)
from syrupy.assertion import SnapshotAssertion

from .faces_common import (
    ENTRY,
    SWITCH,
    cruncher,
    home,
    report_meters,
    set_up,
    state_of,
    subentry,
    until,
)
from .houses import STUDY as STUDY_DATA

STUDY = "study_id"


def study(**changes: Any) -> dict[str, Any]:
    """Return a study of 18 °C that shall have 20, and that gas heats otherwise."""
    data = {**STUDY_DATA, "outdoor": "sensor.outdoor", **changes}
    return subentry(STUDY, "heat_sink", "Study", data)


def heated(**changes: Any) -> MockConfigEntry:
    """Return a home whose worker heats the study, and brings nothing else."""
    return home(cruncher(sink=STUDY, value_per_kwh=0.0), study(**changes))


def say(hass: HomeAssistant, study: float = 18, outdoor: float = 2) -> None:
    """Let the thermometers report."""
    for name, value in (("study", study), ("outdoor", outdoor)):
        hass.states.async_set(
            f"sensor.{name}", str(value), {"unit_of_measurement": "°C"}
        )


@pytest.fixture(autouse=True)
def winter(hass: HomeAssistant) -> None:
    """Let it be cold."""
    say(hass)


async def call(hass: HomeAssistant, service: str, **data: Any) -> None:
    """Do something to the study's thermostat."""
    entity_id = thermostat(hass).entity_id
    await hass.services.async_call(
        CLIMATE, service, {ATTR_ENTITY_ID: entity_id, **data}, blocking=True
    )


def thermostat(hass: HomeAssistant) -> State:
    """Return the study's thermostat."""
    return state_of(hass, "climate", STUDY, "climate")


def action(hass: HomeAssistant) -> str:
    """Return what the thermostat says is happening."""
    shown: str = thermostat(hass).attributes[ATTR_HVAC_ACTION]
    return shown


async def test_a_thermostat_with_all_it_says(
    hass: HomeAssistant, entity_registry: er.EntityRegistry, snapshot: SnapshotAssertion
) -> None:
    await set_up(hass, heated(), Platform.CLIMATE)
    await until(hass, lambda: action(hass) == "heating")

    await snapshot_platform(hass, entity_registry, snapshot, ENTRY)


async def test_heating_is_shown_only_while_a_worker_really_runs(
    hass: HomeAssistant,
) -> None:
    await set_up(hass, heated())
    await until(hass, lambda: action(hass) == "heating")
    assert hass.states.is_state(SWITCH, STATE_ON)

    report_meters(hass, grid_power="1500")
    await until(hass, lambda: action(hass) == "idle")

    assert hass.states.is_state(SWITCH, STATE_OFF)
    assert thermostat(hass).state == "heat"


async def test_a_worker_that_is_on_but_draws_nothing_heats_nothing(
    hass: HomeAssistant,
) -> None:
    hass.states.async_set("sensor.plug", "3", {"unit_of_measurement": "W"})
    worker = cruncher(sink=STUDY, value_per_kwh=0.0, power="sensor.plug")
    await set_up(hass, home(worker, study()))
    await until(hass, lambda: hass.states.is_state(SWITCH, STATE_ON))
    assert action(hass) == "idle"

    hass.states.async_set("sensor.plug", "480", {"unit_of_measurement": "W"})
    await until(hass, lambda: action(hass) == "heating")


async def test_off_ends_heating_for_its_own_sake(hass: HomeAssistant) -> None:
    await set_up(hass, heated())
    await until(hass, lambda: action(hass) == "heating")

    await call(hass, SERVICE_TURN_OFF)
    await until(hass, lambda: action(hass) == "off")
    assert thermostat(hass).state == "off"
    assert hass.states.is_state(SWITCH, STATE_OFF)

    await call(hass, SERVICE_TURN_ON)
    await until(hass, lambda: action(hass) == "heating")
    assert thermostat(hass).state == "heat"


async def test_a_worker_that_runs_for_its_results_heats_though_the_room_is_off(
    hass: HomeAssistant,
) -> None:
    await set_up(hass, home(cruncher(sink=STUDY, value_per_kwh=0.15), study()))
    await call(hass, SERVICE_SET_HVAC_MODE, **{ATTR_HVAC_MODE: "off"})

    await until(hass, lambda: action(hass) == "heating")

    assert thermostat(hass).state == "off"
    assert hass.states.is_state(SWITCH, STATE_ON)


async def test_a_target_that_is_reached_ends_the_heating(hass: HomeAssistant) -> None:
    await set_up(hass, heated(backup="none", comfort_per_kwh=0.4))
    await until(hass, lambda: action(hass) == "heating")

    await call(hass, SERVICE_SET_TEMPERATURE, **{ATTR_TEMPERATURE: 17.5})
    await until(hass, lambda: action(hass) == "idle")

    assert thermostat(hass).attributes[ATTR_TEMPERATURE] == 17.5
    assert hass.states.is_state(SWITCH, STATE_OFF)


async def test_comfort_heats_from_the_grid_what_surplus_only_does_not(
    hass: HomeAssistant,
) -> None:
    await set_up(hass, heated(backup="none", comfort_per_kwh=0.5))
    report_meters(hass, grid_power="1500")
    await until(hass, lambda: hass.states.is_state(SWITCH, STATE_OFF))
    assert thermostat(hass).attributes[ATTR_PRESET_MODE] == "surplus"

    await call(hass, SERVICE_SET_PRESET_MODE, **{ATTR_PRESET_MODE: "comfort"})
    await until(hass, lambda: action(hass) == "heating")

    assert thermostat(hass).attributes[ATTR_PRESET_MODE] == "comfort"


async def test_eco_lowers_the_target_and_gives_it_back(hass: HomeAssistant) -> None:
    coordinator = await set_up(hass, heated())
    assert thermostat(hass).attributes[ATTR_TEMPERATURE] == 20
    assert thermostat(hass).attributes[ATTR_MAX_TEMP] == 24

    await call(hass, SERVICE_SET_PRESET_MODE, **{ATTR_PRESET_MODE: "eco"})
    assert thermostat(hass).attributes[ATTR_TEMPERATURE] == 17
    assert thermostat(hass).attributes[ATTR_MAX_TEMP] == 21

    await call(hass, SERVICE_SET_TEMPERATURE, **{ATTR_TEMPERATURE: 18})
    await call(hass, SERVICE_SET_PRESET_MODE, **{ATTR_PRESET_MODE: "surplus"})
    assert thermostat(hass).attributes[ATTR_TEMPERATURE] == 21
    (room,) = coordinator.data.snapshot.rooms
    assert room.target_c == 21


async def test_target_and_mode_can_be_set_in_one_go(hass: HomeAssistant) -> None:
    await set_up(hass, heated())

    await call(
        hass,
        SERVICE_SET_TEMPERATURE,
        **{ATTR_TEMPERATURE: 19, ATTR_HVAC_MODE: "off"},
    )

    assert thermostat(hass).state == "off"
    assert thermostat(hass).attributes[ATTR_TEMPERATURE] == 19


@pytest.mark.parametrize("target_c", [24.5, 4, float("nan")])
async def test_a_target_out_of_range_is_refused(
    hass: HomeAssistant, target_c: float
) -> None:
    await set_up(hass, heated(), Platform.CLIMATE)

    with pytest.raises(ServiceValidationError):
        await call(hass, SERVICE_SET_TEMPERATURE, **{ATTR_TEMPERATURE: target_c})

    assert thermostat(hass).attributes[ATTR_TEMPERATURE] == 20


async def test_each_step_of_the_target_can_be_seen_in_fahrenheit_too(
    hass: HomeAssistant,
) -> None:
    hass.config.units = US_CUSTOMARY_SYSTEM
    await set_up(hass, heated())
    before = thermostat(hass).attributes

    raised = before[ATTR_TEMPERATURE] + before[ATTR_TARGET_TEMP_STEP]
    await call(hass, SERVICE_SET_TEMPERATURE, **{ATTR_TEMPERATURE: raised})

    assert thermostat(hass).attributes[ATTR_TEMPERATURE] == raised


async def test_a_mode_that_it_has_not_is_refused_along_with_a_target(
    hass: HomeAssistant,
) -> None:
    await set_up(hass, heated())

    with pytest.raises(ServiceValidationError):
        await call(
            hass, SERVICE_SET_TEMPERATURE, **{ATTR_TEMPERATURE: 21}, hvac_mode="cool"
        )

    assert thermostat(hass).state == "heat"
    assert thermostat(hass).attributes[ATTR_TEMPERATURE] == 20


async def test_what_a_person_set_survives_a_reload(hass: HomeAssistant) -> None:
    await set_up(hass, heated())
    await call(hass, SERVICE_SET_PRESET_MODE, **{ATTR_PRESET_MODE: "comfort"})
    await call(hass, SERVICE_SET_TEMPERATURE, **{ATTR_TEMPERATURE: 21.5})
    await call(hass, SERVICE_TURN_OFF)

    assert await hass.config_entries.async_reload(ENTRY)
    await hass.async_block_till_done()

    shown = thermostat(hass)
    assert shown.state == "off"
    assert shown.attributes[ATTR_PRESET_MODE] == "comfort"
    assert shown.attributes[ATTR_TEMPERATURE] == 21.5


async def test_a_permission_that_no_preset_stands_for_is_shown_as_none(
    hass: HomeAssistant,
) -> None:
    await set_up(hass, heated(supply="battery"), Platform.CLIMATE)

    assert thermostat(hass).attributes[ATTR_PRESET_MODE] is None


async def test_a_room_whose_thermometer_is_silent_has_no_temperature(
    hass: HomeAssistant,
) -> None:
    hass.states.async_set("sensor.study", "unavailable")
    await set_up(hass, heated(), Platform.CLIMATE)

    assert thermostat(hass).attributes["current_temperature"] is None


async def test_a_room_that_gets_a_real_thermostat_needs_none_of_ours(
    hass: HomeAssistant, entity_registry: er.EntityRegistry
) -> None:
    entry = heated()
    await set_up(hass, entry, Platform.CLIMATE)
    ours = thermostat(hass).entity_id

    room = entry.subentries[STUDY]
    hass.config_entries.async_update_subentry(
        entry, room, data={**room.data, "thermostat": "climate.real"}
    )
    await hass.async_block_till_done()

    assert hass.states.get(ours) is None
    assert entity_registry.async_get(ours) is None
