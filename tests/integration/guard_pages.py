"""One guard of every kind: what a person enters, and what is stored of it."""

from collections.abc import Mapping
from typing import Any

from homeassistant.config_entries import ConfigSubentryDataWithId
from homeassistant.core import HomeAssistant

CELLAR: Mapping[str, tuple[str, dict[str, str]]] = {
    "sensor.cellar_current": ("5", {"unit_of_measurement": "A"}),
    "sensor.cellar_power": ("1.15", {"unit_of_measurement": "kW"}),
    "sensor.cellar_air": ("21", {"unit_of_measurement": "°C"}),
    "sensor.cellar_humidity": ("55", {"unit_of_measurement": "%"}),
    "sensor.cold_pipe": ("17", {"unit_of_measurement": "°C"}),
    "number.grid_cap": ("11", {"unit_of_measurement": "kW"}),
    "binary_sensor.grid_signal": ("off", {}),
    "binary_sensor.cellar_door": ("off", {"friendly_name": "Cellar door"}),
    "binary_sensor.tunnel": ("on", {}),
    "schedule.nights": ("off", {}),
}
"""What a cellar says in which all is well."""


def furnish(hass: HomeAssistant) -> None:
    """Give Home Assistant the states of the cellar."""
    for entity_id, (state, attributes) in CELLAR.items():
        hass.states.async_set(entity_id, state, attributes)


PAGES: dict[str, dict[str, Any]] = {
    "circuit": {
        "limit": 16,
        "limit_unit": "ampere",
        "meter": "sensor.cellar_current",
        "electrics": {},
    },
    "power_cap": {"of": "grid", "cap": "number.grid_cap"},
    "battery_guard": {"minimum_soc": 30, "discharge_w": 500},
    "climate": {
        "air": "sensor.cellar_air",
        "warmest_c": 32,
        "humidity": "sensor.cellar_humidity",
        "maximum_humidity": 80,
        "dew_margin_k": 3,
        "surface": "sensor.cold_pipe",
        "after": {},
    },
    "condition": {"use": "tamper", "watched": "binary_sensor.cellar_door"},
    "quiet": {
        "start": "22:00:00",
        "end": "06:30:00",
        "maximum_db": 35,
        "level": 1,
        "second": {},
    },
    "maximum": {"energy_kwh": 6, "cost": 1.5, "run_h": 8},
}
"""The page of every kind, but for the name."""

STORED: dict[str, dict[str, Any]] = {
    "circuit": {
        "kind": "circuit",
        "limit": 16.0,
        "limit_unit": "ampere",
        "meter": "sensor.cellar_current",
        "meter_in_ampere": True,
        "other_w": 0.0,
        "share_percent": 80.0,
        "voltage_v": 230.0,
        "phases": "1",
    },
    "power_cap": {
        "kind": "power_cap",
        "of": "grid",
        "cap": "number.grid_cap",
        "cap_w": 4200.0,
    },
    "battery_guard": {
        "kind": "battery_guard",
        "minimum_soc": 30.0,
        "discharge_w": 500.0,
    },
    "climate": {
        "kind": "climate",
        "air": "sensor.cellar_air",
        "warmest_c": 32.0,
        "humidity": "sensor.cellar_humidity",
        "maximum_humidity": 80.0,
        "dew_margin_k": 3.0,
        "surface": "sensor.cold_pipe",
        "back_by_k": 2.0,
        "hold_s": 1800.0,
        "latching": False,
        "safety": True,
    },
    "condition": {
        "kind": "condition",
        "use": "tamper",
        "watched": "binary_sensor.cellar_door",
        "must_be": "off",
        "latching": True,
        "safety": True,
    },
    "quiet": {
        "kind": "quiet",
        "start": "22:00:00",
        "end": "06:30:00",
        "maximum_db": 35.0,
        "level": 1,
    },
    "maximum": {"kind": "maximum", "energy_kwh": 6.0, "cost": 1.5, "run_h": 8.0},
}


def guard(data: Mapping[str, Any], title: str, key: str) -> ConfigSubentryDataWithId:
    """Return a guard's subentry."""
    return ConfigSubentryDataWithId(
        data=data,
        subentry_id=key,
        subentry_type="guard",
        title=title,
        unique_id=None,
    )
