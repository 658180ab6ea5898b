"""Houses with names, as states in Home Assistant and as answers in the dialogs."""

from collections.abc import Mapping
from typing import Any

from homeassistant.config_entries import ConfigSubentryDataWithId
from homeassistant.core import HomeAssistant
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.solar_compute.const import (
    DOMAIN,
    SUBENTRY_HEAT_SINK,
    SUBENTRY_WORKER,
)

SUNNY_HOUSE: Mapping[str, tuple[str, dict[str, str]]] = {
    "sensor.grid": ("-1.2", {"unit_of_measurement": "kW", "device_class": "power"}),
    "sensor.grid_import": ("0", {"unit_of_measurement": "W"}),
    "sensor.grid_export": ("1200", {"unit_of_measurement": "W"}),
    "sensor.garage_grid": ("300", {"unit_of_measurement": "W"}),
    "sensor.panels": ("3100", {"unit_of_measurement": "W"}),
    "sensor.battery": ("-0.5", {"unit_of_measurement": "kW"}),
    "sensor.battery_charge": ("500", {"unit_of_measurement": "W"}),
    "sensor.battery_soc": ("62", {"unit_of_measurement": "%"}),
    "sensor.price": ("28.7", {"unit_of_measurement": "ct/kWh"}),
    "sensor.feed_in": ("78", {"unit_of_measurement": "EUR/MWh"}),
    "sensor.grid_co2": ("310", {"unit_of_measurement": "gCO2eq/kWh"}),
    "sensor.diverter": ("0.4", {"unit_of_measurement": "kW"}),
    "sensor.water": ("48", {"unit_of_measurement": "°C"}),
    "sensor.pool": ("24", {"unit_of_measurement": "°C"}),
    "sensor.study": ("19", {"unit_of_measurement": "°C"}),
    "sensor.desk": ("19.5", {"unit_of_measurement": "°C"}),
    "sensor.flow": ("4", {"unit_of_measurement": "L/min"}),
    "sensor.hot_pipe": ("52", {"unit_of_measurement": "°C"}),
    "sensor.cold_pipe": ("44", {"unit_of_measurement": "°C"}),
    "sensor.heat": ("0.6", {"unit_of_measurement": "kW"}),
    "sensor.next_run": ("2026-06-01T10:00:00+00:00", {"device_class": "timestamp"}),
    "binary_sensor.window": ("off", {"device_class": "window"}),
    "climate.study": ("heat", {"temperature": "20"}),
    "water_heater.boiler": ("gas", {"temperature": "55"}),
    "button.boost": ("unknown", {}),
    "switch.rod": ("on", {}),
    "sensor.outdoor": ("44.6", {"unit_of_measurement": "°F"}),
    "sensor.humidity": ("55", {"unit_of_measurement": "%"}),
    "sensor.miner_power": ("0", {"unit_of_measurement": "W"}),
    "switch.miner": ("off", {"friendly_name": "Miner"}),
}
"""What a house on a sunny noon says: 3.1 kW of sun, 1.2 kW of it exported."""


def move_in(hass: HomeAssistant) -> None:
    """Give Home Assistant the states of the sunny house, in euro."""
    hass.config.currency = "EUR"
    for entity_id, (state, attributes) in SUNNY_HOUSE.items():
        hass.states.async_set(entity_id, state, attributes)
    hass.states.async_set("number.miner_power", "300", {"min": 100, "max": 1000})


GRID = {
    "grid_power": ["sensor.grid"],
    "grid_inverted": False,
    "pv_power": ["sensor.panels"],
    "has_battery": True,
}
BATTERY = {
    "battery_power": ["sensor.battery"],
    "battery_inverted": False,
    "battery_soc": "sensor.battery_soc",
    "battery_capacity_kwh": 8.0,
    "battery_charge_w": 4000.0,
    "battery_discharge_w": 3500.0,
}
BATTERY_ADVANCED = {
    "battery_round_trip_percent": 90.0,
    "battery_reserve_soc": 10.0,
    "battery_wear_per_kwh": 0.05,
}
PRICES = {"import_price": 0.287, "export_price": 0.078}
SITE = {**GRID, **BATTERY, **BATTERY_ADVANCED, **PRICES}

WORTH = {
    "value_per_kwh": 0.15,
    "value_per_hour": 0.0,
    "priority": 10,
    "start_cost": 0.005,
    "min_run_s": 900.0,
    "min_pause_s": 300.0,
    "settle_s": 60.0,
    "recovery_percent": 90.0,
    "cooled_percent": 0.0,
    "cooling_cop": 3.0,
    "quiet_level": 0,
}
CRUNCHER = {
    "kind": "agent",
    "url": "http://127.0.0.1:8377",
    "worker": "cruncher",
    "levels_w": [60.0, 120.0],
    "lease_s": 120.0,
    **WORTH,
}
BOINC = {
    "kind": "boinc",
    "host": "127.0.0.1",
    "port": 31416,
    "password": "a-password",
    "devices": "both",
    "levels_w": [60.0, 120.0],
    "cpu_limits": [50.0, 100.0],
    "checkpoint_wait_s": 0.0,
    "lease_s": 120.0,
    **WORTH,
}
CONTAINER = {
    "kind": "docker",
    "address": "unix:///var/run/docker.sock",
    "acknowledge_root": True,
    "container": "crunch",
    "on_pause": "freeze",
    "levels_w": [30.0, 60.0],
    "cpus": [1.0, 4.0],
    "acknowledge_no_lease": True,
    **WORTH,
}
FOLDING = {
    "kind": "folding",
    "host": "127.0.0.1",
    "port": 7396,
    "group": "",
    "levels_w": [90.0],
    "finish_wait_s": 0.0,
    "acknowledge_no_lease": True,
    **WORTH,
}
SLURM = {
    "kind": "slurm",
    "url": "http://127.0.0.1:6820",
    "user": "solar",
    "token": "a.good.token",
    "partition": "solar",
    "levels_w": [150.0, 300.0],
    "level_cores": [8.0, 16.0],
    "acknowledge_no_lease": True,
    **WORTH,
}
MINER = {
    "kind": "entity",
    "switch": "switch.miner",
    "levels_w": [500.0],
    "acknowledge_no_lease": True,
    **WORTH,
}
TANK = {
    "kind": "tank",
    "temperature": ["sensor.water"],
    "volume_l": 200.0,
    "target_c": 55.0,
    "maximum_c": 60.0,
    "ambient_c": 18.0,
    "cold_c": 10.0,
    "energy_class": "b",
    "loss_w_per_k": 1.364,
    "draw_kwh_per_day": 5.845,
    "supply": "surplus",
    "shortage_per_kwh": 0.0,
    "boost_after_h": 168.0,
    "backup": "gas",
    "backup_price": 0.114,
    "backup_efficiency_percent": 80.0,
    "backup_schedule": "on_demand",
    "backup_co2_g_per_kwh": 201.0,
    "hysteresis_k": 5.0,
    "wait_own_timeout": False,
}
STUDY = {
    "kind": "room",
    "temperature": ["sensor.study"],
    "target_c": 20.0,
    "eco_k": 3.0,
    "maximum_c": 24.0,
    "area_m2": 20.0,
    "building": "average",
    "loss_w_per_k": 40.0,
    "capacity_wh_per_k": 920.0,
    "backup": "gas",
    "backup_price": 0.114,
}
COOL_CELLAR = {
    "kind": "space",
    "cooled_percent": 50.0,
    "cooling_cop": 4.0,
    "season_first": "june",
    "season_last": "august",
}


def worker(data: Mapping[str, Any], title: str, key: str) -> ConfigSubentryDataWithId:
    """Return a worker's subentry."""
    unique_id = f"{data['url']}#{data['worker']}" if "worker" in data else None
    return ConfigSubentryDataWithId(
        data=data,
        subentry_id=key,
        subentry_type=SUBENTRY_WORKER,
        title=title,
        unique_id=unique_id,
    )


def sink(data: Mapping[str, Any], title: str, key: str) -> ConfigSubentryDataWithId:
    """Return a heat sink's subentry."""
    return ConfigSubentryDataWithId(
        data=data,
        subentry_id=key,
        subentry_type=SUBENTRY_HEAT_SINK,
        title=title,
        unique_id=None,
    )


def entry(
    *subentries: ConfigSubentryDataWithId,
    data: Mapping[str, Any] = SITE,
    options: Mapping[str, Any] | None = None,
    version: int = 1,
    minor_version: int = 1,
) -> MockConfigEntry:
    """Return the sunny house's config entry, not yet added to Home Assistant."""
    return MockConfigEntry(
        domain=DOMAIN,
        title="Solar Compute",
        unique_id=DOMAIN,
        data=dict(data),
        options=dict(options or {}),
        subentries_data=subentries,
        version=version,
        minor_version=minor_version,
    )


def added(
    hass: HomeAssistant, *subentries: ConfigSubentryDataWithId
) -> MockConfigEntry:
    """Return such an entry, added to Home Assistant."""
    site = entry(*subentries)
    site.add_to_hass(hass)
    return site
