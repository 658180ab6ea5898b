"""What is read of guards: on or off of anything, caps, currents, the air."""

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
import pytest

from custom_components.solar_compute.clock import Clock
from custom_components.solar_compute.configured import GuardConfig
from custom_components.solar_compute.core.guard_spec import (
    CircuitGuard,
    ClimateGuard,
    ConditionGuard,
    GuardSpec,
    PowerCapGuard,
)
from custom_components.solar_compute.core.reading import GuardInput, Reading
from custom_components.solar_compute.core.spec import PolicySpec
from custom_components.solar_compute.inputs import Meters
from custom_components.solar_compute.snapshot_guards import guard_input

POLICY = PolicySpec()
DOOR = ConditionGuard(key="door", name="Door", must_be_on=False)
CELLAR = ClimateGuard(key="cellar", name="Cellar")
CIRCUIT = CircuitGuard(key="circuit", name="Circuit", limit_w=3680)
DIMMING = PowerCapGuard(key="dimming", name="Dimming")


@pytest.fixture
def meters(hass: HomeAssistant, freezer: FrozenDateTimeFactory) -> Meters:
    """Return the sensors of a home, on a clock that stands still with the test."""
    return Meters(hass, Clock())


def read(
    meters: Meters,
    spec: GuardSpec,
    *,
    voltage_v: float | None = None,
    rearmed_s: float | None = None,
    **entities: str,
) -> GuardInput:
    """Read a guard with these entities, by the names of their readings."""
    config = GuardConfig(
        key=spec.key, name=spec.name, spec=spec, entities=entities, voltage_v=voltage_v
    )
    return guard_input(config, meters, POLICY, rearmed_s)


def age_s(reading: Reading, meters: Meters) -> float:
    """Return how old a reading is."""
    return meters.now_s() - reading.measured_s


@pytest.mark.parametrize(
    ("entity_id", "state", "value"),
    [
        ("binary_sensor.door", "on", 1),
        ("binary_sensor.door", "off", 0),
        ("lock.door", "unlocked", 1),
        ("lock.door", "locked", 0),
        ("cover.hatch", "opening", 1),
        ("person.owner", "home", 1),
        ("person.owner", "Work", 0),
        ("climate.cellar", "fan_only", 1),
        ("alarm_control_panel.house", "armed_away", 1),
        ("alarm_control_panel.house", "disarmed", 0),
        ("sensor.tunnel", "1", 1),
        ("sensor.tunnel", "0", 0),
        ("sensor.tunnel", "disconnected", None),
        ("binary_sensor.door", "unavailable", None),
        ("binary_sensor.door", "unknown", None),
    ],
)
async def test_anything_that_can_be_on_or_off_can_be_watched(
    hass: HomeAssistant,
    meters: Meters,
    entity_id: str,
    state: str,
    value: float | None,
) -> None:
    hass.states.async_set(entity_id, state)

    assert read(meters, DOOR, state=entity_id).readings["state"].value == value


async def test_a_door_that_nobody_opens_does_not_age_but_one_that_is_gone_is_unknown(
    hass: HomeAssistant, meters: Meters, freezer: FrozenDateTimeFactory
) -> None:
    hass.states.async_set("lock.door", "locked")
    freezer.tick(1_000_000)
    reading = read(meters, DOOR, state="lock.door").readings["state"]
    assert (reading.value, age_s(reading, meters)) == (0, 0)

    hass.states.async_set("lock.door", "unavailable")
    assert read(meters, DOOR, state="lock.door").readings["state"].value == 0
    freezer.tick(POLICY.power_hold_s * 0.1 + 1)
    assert read(meters, DOOR, state="lock.door").readings["state"].value is None


async def test_a_cap_that_somebody_set_stands_until_it_is_changed(
    hass: HomeAssistant, meters: Meters, freezer: FrozenDateTimeFactory
) -> None:
    hass.states.async_set("sensor.cap", "4.2", {"unit_of_measurement": "kW"})
    freezer.tick(1_000_000)

    reading = read(meters, DIMMING, cap_w="sensor.cap").readings["cap_w"]

    assert (reading.value, age_s(reading, meters)) == (4200, 0)


async def test_a_current_becomes_power_by_its_voltage(
    hass: HomeAssistant, meters: Meters, freezer: FrozenDateTimeFactory
) -> None:
    hass.states.async_set("sensor.socket", "2500", {"unit_of_measurement": "mA"})
    freezer.tick(20)

    in_ampere = read(meters, CIRCUIT, voltage_v=230, power_w="sensor.socket")
    reading = in_ampere.readings["power_w"]
    assert reading.value == pytest.approx(575)
    assert age_s(reading, meters) == pytest.approx(20)

    hass.states.async_set("sensor.plug", "2.5", {"unit_of_measurement": "A"})
    without_volts = read(meters, CIRCUIT, power_w="sensor.plug")
    assert without_volts.readings["power_w"].value is None


async def test_the_air_is_as_old_as_its_last_report(
    hass: HomeAssistant, meters: Meters, freezer: FrozenDateTimeFactory
) -> None:
    hass.states.async_set("sensor.air", "86", {"unit_of_measurement": "°F"})
    hass.states.async_set("sensor.damp", "61", {"unit_of_measurement": "%"})
    hass.states.async_set("sensor.wall", "14", {"unit_of_measurement": "°C"})
    freezer.tick(400)

    cellar = read(
        meters,
        CELLAR,
        temperature_c="sensor.air",
        humidity="sensor.damp",
        surface_c="sensor.wall",
    )

    values = {name: one.value for name, one in cellar.readings.items()}
    assert values == {
        "temperature_c": pytest.approx(30),
        "humidity": 61,
        "surface_c": 14,
    }
    assert age_s(cellar.readings["humidity"], meters) == pytest.approx(400)


async def test_when_a_person_rearmed_it_comes_along(meters: Meters) -> None:
    assert read(meters, DOOR, rearmed_s=42.0).rearmed_s == 42
    assert read(meters, DOOR).rearmed_s is None
