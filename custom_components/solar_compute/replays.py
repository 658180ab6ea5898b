"""The action that replays a home's own past, and what the last replay said.

One at a time: each takes a thread for seconds to minutes. Values and glue only; the
replay itself is in `past.replay`, which needs numpy and is imported when it is asked for.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from homeassistant.config_entries import ConfigEntry
from homeassistant.const import ATTR_DEVICE_ID
from homeassistant.core import (
    HomeAssistant,
    ServiceCall,
    ServiceResponse,
    SupportsResponse,
    callback,
)
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import (
    config_validation as cv,
    device_registry as dr,
    service,
)
import probatio

from .const import DOMAIN
from .foresight_parts import async_has_numpy

SERVICE_SIMULATE = "simulate"
ATTR_DAYS = "days"
ATTR_WORKERS = "workers"
ATTR_IMPORT_PRICE = "import_price"
ATTR_EXPORT_PRICE = "export_price"

MOST_DAYS = 400

PRICE = probatio.All(probatio.Coerce(float), probatio.Range(min=-100, max=100))

SCHEMA = probatio.Schema(
    {
        probatio.Required(ATTR_DEVICE_ID): cv.string,
        probatio.Optional(ATTR_DAYS, default=10): probatio.All(
            probatio.Coerce(int), probatio.Range(min=1, max=MOST_DAYS)
        ),
        probatio.Optional(ATTR_WORKERS): probatio.All(cv.ensure_list, [cv.string]),
        probatio.Optional(ATTR_IMPORT_PRICE): PRICE,
        probatio.Optional(ATTR_EXPORT_PRICE): PRICE,
    }
)


@dataclass(slots=True)
class Replays:
    """Whether one is under way, what the last one said, and who wants to hear of it."""

    running: bool = False
    last: dict[str, Any] | None = None
    listeners: list[Callable[[], None]] = field(default_factory=list)

    @callback
    def show(self, report: dict[str, Any]) -> None:
        """Keep a report and tell everybody."""
        self.last = report
        for listener in tuple(self.listeners):
            listener()


@callback
def async_setup_replays(hass: HomeAssistant) -> None:
    """Register the action, which exists whether or not an entry is loaded."""

    async def simulate(call: ServiceCall) -> ServiceResponse:
        device, entry = service.async_get_device_and_config_entry(
            hass, DOMAIN, call.data[ATTR_DEVICE_ID], include_child_devices=False
        )
        if (DOMAIN, entry.entry_id) not in device.identifiers:
            raise ServiceValidationError(
                translation_domain=DOMAIN,
                translation_key="not_a_home",
                translation_placeholders={"device": _name(device)},
            )
        replays: Replays = entry.runtime_data.replays
        if replays.running:
            raise ServiceValidationError(
                translation_domain=DOMAIN,
                translation_key="replay_running",
            )
        replays.running = True
        try:
            report = await _async_simulate(hass, entry, call)
        finally:
            replays.running = False
        if report is None:
            raise ServiceValidationError(
                translation_domain=DOMAIN, translation_key="no_past"
            )
        replays.show(report)
        return report

    hass.services.async_register(
        DOMAIN,
        SERVICE_SIMULATE,
        simulate,
        schema=SCHEMA,
        supports_response=SupportsResponse.OPTIONAL,
    )


async def _async_simulate(
    hass: HomeAssistant, entry: ConfigEntry[Any], call: ServiceCall
) -> dict[str, Any] | None:
    coordinator = entry.runtime_data
    workers = _workers(hass, entry, call.data.get(ATTR_WORKERS))
    if not await async_has_numpy(hass):
        return None
    from .past.keeper import PastKeeper
    from .past.replay import ReplayStopped, async_replay

    keeper = coordinator.foresight.part(PastKeeper)
    if keeper is None:
        return None
    try:
        return await async_replay(
            hass,
            keeper,
            coordinator.configuration,
            days=call.data[ATTR_DAYS],
            workers=workers,
            import_per_kwh=call.data.get(ATTR_IMPORT_PRICE),
            export_per_kwh=call.data.get(ATTR_EXPORT_PRICE),
        )
    except ReplayStopped as err:
        raise ServiceValidationError(
            translation_domain=DOMAIN, translation_key="replay_stopped"
        ) from err


def _workers(
    hass: HomeAssistant, entry: ConfigEntry[Any], device_ids: Iterable[str] | None
) -> frozenset[str] | None:
    """Return the keys of the workers that take part; None: all of them."""
    if device_ids is None:
        return None
    keys = {worker.key for worker in entry.runtime_data.configuration.workers}
    found: set[str] = set()
    for device_id in device_ids:
        device, _ = service.async_get_device_and_config_entry(
            hass, DOMAIN, device_id, include_child_devices=False
        )
        own = {key for domain, key in device.identifiers if domain == DOMAIN} & keys
        if not own:
            raise ServiceValidationError(
                translation_domain=DOMAIN,
                translation_key="not_a_worker",
                translation_placeholders={"device": _name(device)},
            )
        found |= own
    return frozenset(found)


def _name(device: dr.DeviceEntry) -> str:
    return device.name_by_user or device.name or device.id
