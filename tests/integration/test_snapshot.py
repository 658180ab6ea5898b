"""The snapshot: every input in the units of the core, from whatever entity says it."""

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util
import pytest

from custom_components.solar_compute.clock import Clock
from custom_components.solar_compute.configuration import parse
from custom_components.solar_compute.configured import (
    Configuration,
    GuardConfig,
    PowerSource,
    SiteInputs,
)
from custom_components.solar_compute.configured_heat import (
    BackupEntities,
    HeatMeter,
    RoomConfig,
    SpaceConfig,
    TankConfig,
)
from custom_components.solar_compute.core.guard_spec import ConditionGuard
from custom_components.solar_compute.core.model import Snapshot
from custom_components.solar_compute.core.spec import (
    RoomSpec,
    SiteSpec,
    SpaceSpec,
    TankSpec,
)
from custom_components.solar_compute.inputs import Meters
from custom_components.solar_compute.snapshot import (
    controlled_entities_of,
    entities_of,
    take_snapshot,
)

from .common import home, switched


@pytest.fixture
def meters(hass: HomeAssistant, freezer: FrozenDateTimeFactory) -> Meters:
    """Return the sensors of a home, on a clock that stands still with the test."""
    return Meters(hass, Clock())


def taken(configuration: Configuration, meters: Meters) -> Snapshot:
    """Return the snapshot of now, of a home without workers."""
    return take_snapshot(
        configuration,
        meters,
        clock_s=meters.now_s(),
        local=dt_util.now(),
        started_s=0,
        automation=True,
        workers=(),
        rooms={},
        rearmed_s={},
    )


async def test_a_snapshot_has_every_input_in_the_units_of_the_core(
    hass: HomeAssistant, meters: Meters
) -> None:
    hass.config.currency = "EUR"
    entry = home(
        switched("miner", "switch.miner", power="sensor.miner"),
        {
            "subentry_id": "boiler",
            "subentry_type": "heat_sink",
            "title": "Boiler",
            "unique_id": None,
            "data": {
                "kind": "tank",
                "temperature": ["sensor.water"],
                "source": "sensor.outdoor",
                "volume_l": 200.0,
                "draw_kwh_per_day": 5.8,
                "backup": "none",
            },
        },
        data={
            "grid_export_power": ["sensor.export"],
            "pv_power": ["sensor.panels"],
            "has_battery": True,
            "battery_power": ["sensor.battery"],
            "battery_inverted": True,
            "battery_soc": "sensor.soc",
            "battery_capacity_kwh": 8.0,
            "battery_charge_w": 4000.0,
            "battery_discharge_w": 4000.0,
            "battery_round_trip_percent": 90.0,
            "battery_reserve_soc": 10.0,
            "battery_wear_per_kwh": 0.0,
            "import_price_entity": "sensor.price",
            "export_price_entity": "sensor.feed_in",
        },
        yielding_power=["sensor.diverter"],
        yielding_value_per_kwh=0.07,
    )
    entry.add_to_hass(hass)
    configuration = parse(entry)
    for name, value, unit in (
        ("grid", "0", "W"),
        ("export", "2", "kW"),
        ("panels", "3100", "W"),
        ("battery", "500", "W"),
        ("soc", "62", "%"),
        ("price", "28.7", "ct/kWh"),
        ("feed_in", "unavailable", "EUR/kWh"),
        ("diverter", "400", "W"),
        ("water", "122", "°F"),
        ("outdoor", "5", "°C"),
    ):
        hass.states.async_set(f"sensor.{name}", value, {"unit_of_measurement": unit})

    snapshot = taken(configuration, meters)

    assert values(snapshot) == {
        "grid": -2000,
        "battery": -500,
        "soc": 62,
        "pv": 3100,
        "import": pytest.approx(0.287),
        "export": None,
        "yielding": [400],
        "water": pytest.approx(50),
        "source": 5,
    }
    assert entities_of(configuration) == {
        f"sensor.{name}"
        for name in (
            *("grid", "export", "panels", "battery", "soc"),
            *("price", "feed_in", "diverter", "water", "outdoor"),
        )
    }
    assert controlled_entities_of(configuration) == {"switch.miner", "sensor.miner"}


async def test_everything_that_sinks_guards_and_the_grid_tell_is_worth_a_decision(
    hass: HomeAssistant, meters: Meters
) -> None:
    configuration = Configuration(
        spec=SiteSpec(import_per_kwh=0.3, export_per_kwh=0.08),
        inputs=SiteInputs(
            grid=PowerSource(plus=("sensor.grid",)),
            co2_average="sensor.co2",
            co2_marginal="sensor.co2_at_the_margin",
        ),
        tanks=(
            TankConfig(
                key="boiler",
                name="Boiler",
                spec=TankSpec(key="boiler", name="Boiler", volume_l=200),
                temperatures=("sensor.top", "sensor.bottom"),
                backup=BackupEntities(follow="schedule.boiler"),
                heat_meter=HeatMeter(power="sensor.heat"),
            ),
        ),
        rooms=(
            RoomConfig(
                key="study",
                name="Study",
                spec=RoomSpec(key="study", name="Study"),
                temperatures=("sensor.desk",),
                windows=("binary_sensor.window",),
                thermostat="climate.study",
            ),
        ),
        spaces=(
            SpaceConfig(
                key="cellar",
                name="Cellar",
                spec=SpaceSpec(key="cellar", name="Cellar", followed=True),
                climate="climate.cellar",
            ),
        ),
        guards=(
            GuardConfig(
                key="door",
                name="Door",
                spec=ConditionGuard(key="door", name="Door", must_be_on=False),
                entities={"state": "lock.door"},
            ),
        ),
    )

    assert entities_of(configuration) == {
        "sensor.grid",
        "sensor.co2",
        "sensor.co2_at_the_margin",
        "sensor.top",
        "sensor.bottom",
        "schedule.boiler",
        "sensor.heat",
        "sensor.desk",
        "binary_sensor.window",
        "climate.study",
        "climate.cellar",
        "lock.door",
    }
    hass.states.async_set("sensor.co2", "310", {"unit_of_measurement": "gCO2eq/kWh"})
    hass.states.async_set("lock.door", "locked")
    snapshot = taken(configuration, meters)
    assert snapshot.co2_average_g_per_kwh == 310
    assert snapshot.co2_marginal_g_per_kwh is None
    assert [tank.key for tank in snapshot.tanks] == ["boiler"]
    assert [room.key for room in snapshot.rooms] == ["study"]
    assert [space.key for space in snapshot.spaces] == ["cellar"]
    (door,) = snapshot.guards
    assert (door.readings["state"].value, door.rearmed_s) == (0, None)


def values(snapshot: Snapshot) -> dict[str, object]:
    """Return the values of a snapshot with one tank, without their times."""
    (tank,) = snapshot.tanks
    readings = {
        "grid": snapshot.grid_w,
        "battery": snapshot.battery_w,
        "soc": snapshot.soc,
        "pv": snapshot.pv_w,
        "water": tank.temperature_c,
        "source": tank.source_c,
    }
    return {
        **{name: reading and reading.value for name, reading in readings.items()},
        "import": snapshot.import_per_kwh,
        "export": snapshot.export_per_kwh,
        "yielding": [load.power_w.value for load in snapshot.yielding],
    }
