"""Tells the screen what there is: which worker heats which tank, what is measured where.

A websocket command. It names devices and entities, which a screen cannot guess; what they
say it reads there. Glue only: must never return anything that was measured.
"""

from collections.abc import Callable
from typing import Any

from homeassistant.components.websocket_api import async_register_command
from homeassistant.components.websocket_api.connection import ActiveConnection
from homeassistant.components.websocket_api.decorators import websocket_command
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import device_registry as dr
import probatio

from . import units
from .configured import Configuration, WorkerConfig
from .configured_heat import SinkConfig, TankConfig
from .const import DOMAIN

COMMAND = f"{DOMAIN}/homes"

type DeviceOf = Callable[[str], str | None]
"""Gives the id of the device of an entry or a subentry; None: it has none."""


@callback
def async_setup_view(hass: HomeAssistant) -> None:
    """Register the command, which exists whether or not an entry is loaded."""
    async_register_command(hass, _homes)


@websocket_command({probatio.Required("type"): COMMAND})
@callback
def _homes(
    hass: HomeAssistant,
    connection: ActiveConnection,
    message: dict[str, Any],
) -> None:
    """Answer with every home that is loaded."""
    connection.send_result(
        message["id"],
        [
            _home(
                hass,
                entry.entry_id,
                entry.runtime_data.configuration,
                _devices_of(hass, entry.entry_id),
            )
            for entry in hass.config_entries.async_loaded_entries(DOMAIN)
        ],
    )


def _devices_of(hass: HomeAssistant, entry_id: str) -> DeviceOf:
    devices = dr.async_get(hass)

    def device_of(owner: str) -> str | None:
        device = devices.async_get_device_by_identifier((DOMAIN, owner), entry_id)
        return None if device is None else device.id

    return device_of


def _home(
    hass: HomeAssistant,
    entry_id: str,
    configuration: Configuration,
    device_of: DeviceOf,
) -> dict[str, Any]:
    """Return one home: devices by their ids, what is measured by its entities.

    And what a state of the price is multiplied by to be the home's currency per kWh.
    """
    inputs = configuration.inputs
    price = hass.states.get(inputs.import_price) if inputs.import_price else None
    sinks: tuple[SinkConfig, ...] = (*configuration.tanks, *configuration.rooms)
    return {
        "device": device_of(entry_id),
        "battery": None
        if (battery := configuration.spec.battery) is None
        else {"soc": inputs.soc, "reserve_percent": battery.reserve_soc},
        "import_price": inputs.import_price,
        "import_price_factor": units.price_factor(
            units.unit_of(price), hass.config.currency
        ),
        "workers": [_worker(one, device_of) for one in configuration.workers],
        "always_on": [_worker(one, device_of) for one in configuration.always_on],
        "sinks": [_sink(one, device_of) for one in sinks],
    }


def _worker(worker: WorkerConfig, device_of: DeviceOf) -> dict[str, Any]:
    sink = worker.spec.sink
    return {
        "device": device_of(worker.key),
        "sink": None if sink is None else device_of(sink),
        "start_cost": worker.spec.start_cost,
    }


def _sink(sink: SinkConfig, device_of: DeviceOf) -> dict[str, Any]:
    """Return one tank or room. A thermostat may have set another target since."""
    return {
        "device": device_of(sink.key),
        "kind": "tank" if isinstance(sink, TankConfig) else "room",
        "temperatures": sink.temperatures,
        "thermostat": None if isinstance(sink, TankConfig) else sink.thermostat,
        "target_c": sink.spec.target_c,
    }
