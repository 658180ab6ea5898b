"""What is read of tanks, rooms and cooled spaces, from any entity that can tell it."""

from datetime import datetime, timedelta

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util
from homeassistant.util.unit_system import US_CUSTOMARY_SYSTEM
import pytest

from custom_components.solar_compute.clock import Clock
from custom_components.solar_compute.configured_heat import (
    BackupEntities,
    HeatMeter,
    RoomConfig,
    SpaceConfig,
    TankConfig,
)
from custom_components.solar_compute.controls import RoomControls
from custom_components.solar_compute.core.model import RoomInput, TankInput
from custom_components.solar_compute.core.spec import (
    HeatSupply,
    PolicySpec,
    RoomPreset,
    RoomSpec,
    SpaceSpec,
    TankSpec,
)
from custom_components.solar_compute.inputs import Meters
from custom_components.solar_compute.snapshot_heat import (
    room_input,
    space_input,
    tank_input,
)

NOON = datetime(2026, 1, 15, 11, tzinfo=dt_util.UTC)
POLICY = PolicySpec()

PIPE = HeatMeter(
    flow="sensor.flow",
    flow_temperature="sensor.hot_pipe",
    return_temperature="sensor.cold_pipe",
)


@pytest.fixture
def meters(hass: HomeAssistant, freezer: FrozenDateTimeFactory) -> Meters:
    """Return the sensors of a home on a winter's noon."""
    freezer.move_to(NOON)
    return Meters(hass, Clock())


def say(hass: HomeAssistant, name: str, value: object, unit: str = "°C") -> None:
    """Let a sensor report."""
    hass.states.async_set(f"sensor.{name}", str(value), {"unit_of_measurement": unit})


def boiler(
    meters: Meters,
    *temperatures: str,
    backup: BackupEntities = BackupEntities(),
    heat_meter: HeatMeter = HeatMeter(),
) -> TankInput:
    """Read a boiler with these entities."""
    config = TankConfig(
        key="boiler",
        name="Boiler",
        spec=TankSpec(key="boiler", name="Boiler", volume_l=200),
        temperatures=temperatures or ("sensor.top",),
        backup=backup,
        heat_meter=heat_meter,
    )
    return tank_input(config, meters, POLICY, dt_util.now())


def study(
    meters: Meters,
    *,
    thermostat: str | None = None,
    windows: tuple[str, ...] = (),
    follow: str | None = None,
    supply: HeatSupply = HeatSupply.SURPLUS,
    controls: RoomControls = RoomControls(),
) -> RoomInput:
    """Read a study with two sensors and these other entities."""
    spec = RoomSpec(key="study", name="Study", target_c=20, supply=supply)
    config = RoomConfig(
        key="study",
        name="Study",
        spec=spec,
        temperatures=("sensor.desk", "sensor.shelf"),
        outdoor="sensor.outdoor",
        windows=windows,
        thermostat=thermostat,
        backup=BackupEntities(follow=follow),
    )
    return room_input(config, meters, POLICY, dt_util.now(), controls)


async def test_a_tank_with_several_sensors_is_read_from_the_top_down(
    hass: HomeAssistant, meters: Meters
) -> None:
    say(hass, "top", 55)
    say(hass, "middle", 104, "°F")
    say(hass, "bottom", "unknown")

    read = boiler(meters, "sensor.top", "sensor.middle", "sensor.bottom")

    assert read.temperature_c.value == 55
    assert [reading.value for reading in read.lower_c] == [pytest.approx(40), None]


async def test_a_heat_pump_tells_its_source_and_its_own_performance(
    hass: HomeAssistant, meters: Meters
) -> None:
    say(hass, "outdoor", -3)
    say(hass, "cop", 2.8, "")

    read = boiler(
        meters, backup=BackupEntities(source="sensor.outdoor", cop="sensor.cop")
    )

    assert read.source_c is not None and read.source_c.value == -3
    assert read.cop is not None and read.cop.value == 2.8


async def test_a_heat_meter_is_believed_as_it_is(
    hass: HomeAssistant, meters: Meters
) -> None:
    say(hass, "heat", 0.4, "kW")

    read = boiler(meters, heat_meter=HeatMeter(power="sensor.heat"))

    assert read.heat_w is not None and read.heat_w.value == 400


async def test_heat_is_flow_times_the_difference_of_two_temperatures(
    hass: HomeAssistant, meters: Meters
) -> None:
    say(hass, "flow", 0.12, "m³/h")
    say(hass, "hot_pipe", 45)
    say(hass, "cold_pipe", 40)

    read = boiler(meters, heat_meter=PIPE)

    assert read.heat_w is not None
    assert read.heat_w.value == pytest.approx(1.163 * 120 * 5)


async def test_heat_is_as_old_as_the_flow_and_unknown_with_a_pipe(
    hass: HomeAssistant, meters: Meters, freezer: FrozenDateTimeFactory
) -> None:
    say(hass, "hot_pipe", 45)
    say(hass, "cold_pipe", 40)
    freezer.tick(600)
    say(hass, "flow", 2, "L/min")
    freezer.tick(30)

    read = boiler(meters, heat_meter=PIPE)
    assert read.heat_w is not None and read.heat_w.value is not None
    assert meters.now_s() - read.heat_w.measured_s == pytest.approx(30)

    freezer.tick(POLICY.temperature_hold_s)
    say(hass, "flow", 2, "L/min")
    read = boiler(meters, heat_meter=PIPE)
    assert read.heat_w is not None and read.heat_w.value is None


async def test_a_tank_without_such_entities_has_no_such_readings(
    hass: HomeAssistant, meters: Meters
) -> None:
    read = boiler(meters)

    assert read.temperature_c.value is None
    assert (read.source_c, read.cop, read.heat_w, read.backup_in_s) == (None,) * 4


@pytest.mark.parametrize(
    ("entity_id", "state", "attributes", "in_s"),
    [
        ("schedule.boiler", "on", {"next_event": NOON + timedelta(hours=2)}, 0),
        ("schedule.boiler", "off", {"next_event": NOON + timedelta(hours=2)}, 7200),
        ("schedule.boiler", "off", {"next_event": None}, None),
        ("calendar.boiler", "off", {"start_time": "2026-01-15 05:00:00"}, 3600 * 2),
        ("switch.rod", "on", {}, 0),
        ("binary_sensor.rod", "off", {}, None),
        ("sensor.next_run", "2026-01-15T11:30:00+00:00", {}, 1800),
        ("sensor.next_run", "2026-01-15T10:30:00+00:00", {}, None),
        ("input_datetime.next_run", "2026-01-15 03:30:00", {}, 1800),
        ("sensor.next_run", "soon", {}, None),
        ("schedule.boiler", "unavailable", {}, None),
    ],
)
async def test_a_backup_that_is_followed_says_when_it_runs_next(
    hass: HomeAssistant,
    meters: Meters,
    *,
    entity_id: str,
    state: str,
    attributes: dict[str, object],
    in_s: float | None,
) -> None:
    """Home Assistant's time zone in tests is eight hours behind UTC."""
    hass.states.async_set(entity_id, state, attributes)

    assert boiler(meters, backup=BackupEntities(follow=entity_id)).backup_in_s == in_s


async def test_a_room_is_as_warm_as_the_mean_of_its_sensors_and_as_old_as_the_oldest(
    hass: HomeAssistant, meters: Meters, freezer: FrozenDateTimeFactory
) -> None:
    say(hass, "desk", 20)
    freezer.tick(100)
    say(hass, "shelf", 22)
    say(hass, "outdoor", 3)

    read = study(meters)

    assert read.temperature_c.value == 21
    assert meters.now_s() - read.temperature_c.measured_s == pytest.approx(100)
    assert read.outdoor_c is not None and read.outdoor_c.value == 3

    say(hass, "shelf", "nan")
    freezer.tick(POLICY.temperature_hold_s)
    study(meters)
    freezer.tick(POLICY.temperature_hold_s)
    assert study(meters).temperature_c.value is None


async def test_a_room_without_a_thermostat_follows_what_a_person_set_here(
    meters: Meters,
) -> None:
    wish = RoomControls(target_c=21.5, heating=False, preset=RoomPreset.ECO)

    read = study(meters, controls=wish)

    assert (read.target_c, read.heating, read.preset) == (21.5, False, RoomPreset.ECO)


@pytest.mark.parametrize(
    ("supply", "preset"),
    [
        (HeatSupply.SURPLUS, RoomPreset.SURPLUS),
        (HeatSupply.BATTERY, None),
        (HeatSupply.GRID, RoomPreset.COMFORT),
    ],
)
async def test_until_a_person_sets_a_preset_the_permission_of_the_room_holds(
    meters: Meters, supply: HeatSupply, preset: RoomPreset | None
) -> None:
    read = study(meters, supply=supply)

    assert (read.preset, read.target_c, read.heating) == (preset, 20, True)


async def test_a_target_above_the_maximum_is_the_maximum(meters: Meters) -> None:
    assert study(meters, controls=RoomControls(target_c=30)).target_c == 24


async def test_a_thermostat_sets_the_target_and_tells_when_the_heating_runs(
    hass: HomeAssistant, meters: Meters
) -> None:
    hass.states.async_set(
        "climate.study", "heat", {"temperature": 21.5, "hvac_action": "heating"}
    )

    read = study(meters, thermostat="climate.study", controls=RoomControls(target_c=5))

    assert (read.target_c, read.heating, read.backup_on) == (21.5, True, True)
    assert read.preset is None


@pytest.mark.parametrize(
    ("state", "attributes", "heating", "backup_on"),
    [
        ("off", {}, False, False),
        ("off", {"hvac_action": "off"}, False, False),
        ("heat", {"hvac_action": "idle"}, True, False),
        ("heat", {"hvac_action": "preheating"}, True, True),
        ("auto", {}, True, None),
        ("cool", {"hvac_action": "cooling"}, False, False),
        ("heat_cool", {"hvac_action": "cooling"}, True, False),
        ("unavailable", {}, True, None),
    ],
)
async def test_modes_of_a_thermostat(
    hass: HomeAssistant,
    meters: Meters,
    *,
    state: str,
    attributes: dict[str, object],
    heating: bool,
    backup_on: bool | None,
) -> None:
    hass.states.async_set("climate.study", state, attributes)

    read = study(meters, thermostat="climate.study")

    assert (read.heating, read.backup_on, read.target_c) == (heating, backup_on, None)


async def test_a_thermostat_in_fahrenheit_or_with_two_targets_is_understood(
    hass: HomeAssistant, meters: Meters
) -> None:
    hass.config.units = US_CUSTOMARY_SYSTEM
    hass.states.async_set(
        "climate.study",
        "heat_cool",
        {"temperature": None, "target_temp_low": 68, "target_temp_high": 77},
    )

    assert study(meters, thermostat="climate.study").target_c == pytest.approx(20)


async def test_a_thermostat_that_blinks_keeps_its_target_for_a_while(
    hass: HomeAssistant, meters: Meters, freezer: FrozenDateTimeFactory
) -> None:
    hass.states.async_set("climate.study", "off", {"temperature": 16})
    assert not study(meters, thermostat="climate.study").heating
    hass.states.async_set("climate.study", "unavailable")

    for heating in (False, False, True):
        assert study(meters, thermostat="climate.study").heating is heating
        freezer.tick(POLICY.temperature_hold_s * 0.06)


async def test_a_followed_heater_tells_that_it_runs_where_no_thermostat_does(
    hass: HomeAssistant, meters: Meters
) -> None:
    hass.states.async_set("switch.radiator", "on")

    read = study(meters, follow="switch.radiator")

    assert (read.backup_on, read.backup_in_s) == (True, 0)
    assert study(meters).backup_on is None


@pytest.mark.parametrize(
    ("states", "is_open"),
    [
        (("off", "off"), False),
        (("off", "on"), True),
        (("unavailable", "on"), True),
        (("unavailable", "off"), None),
        ((), None),
    ],
)
async def test_a_room_is_open_as_soon_as_one_of_its_windows_is(
    hass: HomeAssistant,
    meters: Meters,
    states: tuple[str, ...],
    is_open: bool | None,
) -> None:
    windows = tuple(f"binary_sensor.window_{index}" for index in range(len(states)))
    for name, state in zip(windows, states, strict=True):
        hass.states.async_set(name, state)

    assert study(meters, windows=windows).window_open is is_open


@pytest.mark.parametrize(
    ("state", "attributes", "cooling"),
    [
        ("cool", {}, True),
        ("cool", {"hvac_action": "idle"}, False),
        ("heat_cool", {"hvac_action": "cooling"}, True),
        ("heat", {}, False),
        ("off", {}, False),
        ("unavailable", {}, None),
    ],
)
async def test_a_space_is_cooled_while_its_air_conditioning_says_so(
    hass: HomeAssistant,
    meters: Meters,
    state: str,
    attributes: dict[str, object],
    cooling: bool | None,
) -> None:
    hass.states.async_set("climate.cellar", state, attributes)
    spec = SpaceSpec(key="cellar", name="Cellar", followed=True)
    cellar = SpaceConfig(
        key="cellar", name="Cellar", spec=spec, climate="climate.cellar"
    )

    assert space_input(cellar, meters, POLICY).cooling is cooling


async def test_a_space_that_follows_nothing_says_nothing(meters: Meters) -> None:
    cellar = SpaceConfig(
        key="cellar", name="Cellar", spec=SpaceSpec(key="cellar", name="Cellar")
    )

    assert space_input(cellar, meters, POLICY).cooling is None
