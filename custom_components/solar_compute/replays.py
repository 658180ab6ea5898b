"""The action that replays a home's own past, and what the last replay said.

One at a time: each takes a thread for seconds to minutes. Values and glue only; the
replay itself is in `past.replay`, which needs numpy and is imported when it is asked for.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from math import isfinite
from typing import TYPE_CHECKING, Any

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
from homeassistant.helpers.importlib import async_import_module
from homeassistant.util import dt as dt_util
import probatio

from .configured import Configuration
from .const import DOMAIN
from .core.foreseen import Source
from .core.spec import SiteSpec
from .core.tried import LearnedAs, Setting, TrialError, Tried, Trouble
from .foresight_parts import async_has_numpy

if TYPE_CHECKING:
    from .coordinator import SolarComputeCoordinator

SERVICE_SIMULATE = "simulate"
ATTR_DAYS = "days"
ATTR_WORKERS = "workers"
ATTR_IMPORT_PRICE = "import_price"
ATTR_EXPORT_PRICE = "export_price"
ATTR_ONLY_FOR = "only_for"
ATTR_LEARNED = "learned"

MOST_DAYS = 400
MOST_MONEY = 100_000.0
"""Wide enough for currencies whose kWh costs thousands."""


def _number(minimum: float, maximum: float) -> probatio.All[Any]:
    return probatio.All(
        probatio.Coerce(float),
        # "nan" is within every range.
        _finite,
        probatio.Range(min=minimum, max=maximum),
    )


def _finite(value: float) -> float:
    if not isfinite(value):
        raise probatio.Invalid("expected a number")
    return value


PRICE = _number(-100, 100)

SCHEMA = probatio.Schema(
    {
        probatio.Required(ATTR_DEVICE_ID): cv.string,
        probatio.Optional(ATTR_DAYS, default=10): probatio.All(
            probatio.Coerce(int), probatio.Range(min=1, max=MOST_DAYS)
        ),
        probatio.Optional(ATTR_WORKERS): probatio.All(cv.ensure_list, [cv.string]),
        probatio.Optional(ATTR_IMPORT_PRICE): PRICE,
        probatio.Optional(ATTR_EXPORT_PRICE): PRICE,
        probatio.Optional(Setting.COMPUTE_VALUE.value): _number(0, MOST_MONEY),
        probatio.Optional(Setting.START_COST.value): _number(0, MOST_MONEY),
        probatio.Optional(Setting.BATTERY_RESERVE.value): _number(0, 100),
        probatio.Optional(Setting.TARGET_TEMPERATURE.value): _number(0, 100),
        probatio.Optional(ATTR_ONLY_FOR): probatio.All(cv.ensure_list, [cv.string]),
        probatio.Optional(ATTR_LEARNED, default=LearnedAs.THEN.value): probatio.All(
            probatio.In([each.value for each in LearnedAs]), LearnedAs
        ),
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
    configuration: Configuration = coordinator.configuration
    keys = [worker.key for worker in configuration.workers]
    workers = None
    if ATTR_WORKERS in call.data:
        workers = _keys(hass, call.data[ATTR_WORKERS], keys, _no_worker)
    sinks = [tank.key for tank in configuration.tanks]
    sinks += [room.key for room in configuration.rooms]
    only_for = _keys(
        hass,
        call.data.get(ATTR_ONLY_FOR, ()),
        keys + sinks,
        _not_to_be_tried,
    )
    if not await async_has_numpy(hass):
        return None
    await async_import_module(hass, f"{__package__}.past.replay")
    from .core.replay_report import Asked
    from .past.keeper import PastKeeper
    from .past.replay import ReplayStopped, async_replay

    keeper = coordinator.foresight.part(PastKeeper)
    if keeper is None:
        return None
    asked = Asked(
        spec=_as_set(coordinator),
        zone=dt_util.get_default_time_zone(),
        tried=_tried(call, only_for),
        workers=workers,
        learned_as=call.data[ATTR_LEARNED],
        known=coordinator.foresight.learned.knowledge,
        published=_are_published(coordinator),
    )
    try:
        return await async_replay(
            hass, keeper, configuration, asked, days=call.data[ATTR_DAYS]
        )
    except TrialError as err:
        raise _refusal(err) from err
    except ReplayStopped as err:
        raise ServiceValidationError(
            translation_domain=DOMAIN, translation_key="replay_stopped"
        ) from err


def _refusal(err: TrialError) -> ServiceValidationError:
    """Return in words why this home cannot be tried with a setting."""
    match err.trouble:
        case Trouble.NO_WORKER:
            return ServiceValidationError(
                translation_domain=DOMAIN, translation_key="no_worker_to_try"
            )
        case Trouble.NO_BATTERY:
            return ServiceValidationError(
                translation_domain=DOMAIN, translation_key="no_battery_to_try"
            )
        case Trouble.NOTHING_HEATED:
            return ServiceValidationError(
                translation_domain=DOMAIN, translation_key="nothing_heated_to_try"
            )
        case Trouble.TARGET:
            return ServiceValidationError(
                translation_domain=DOMAIN,
                translation_key="target_not_possible",
                translation_placeholders={
                    "sink": str(err.data["sink"]),
                    "target": f"{err.data['target']:g}",
                    "minimum": f"{err.data['minimum']:g}",
                    "maximum": f"{err.data['maximum']:g}",
                },
            )


def _tried(call: ServiceCall, only_for: frozenset[str]) -> Tried:
    data = call.data
    return Tried(
        value_per_kwh=data.get(Setting.COMPUTE_VALUE),
        start_cost=data.get(Setting.START_COST),
        reserve_soc=data.get(Setting.BATTERY_RESERVE),
        target_c=data.get(Setting.TARGET_TEMPERATURE),
        import_per_kwh=data.get(ATTR_IMPORT_PRICE),
        export_per_kwh=data.get(ATTR_EXPORT_PRICE),
        only_for=only_for,
    )


def _as_set(coordinator: SolarComputeCoordinator) -> SiteSpec:
    """Return the home as its workers have shown it, with what a person has set."""
    spec, controls = coordinator.plans.spec, coordinator.controls
    return replace(
        spec,
        workers=tuple(
            worker
            if (value := controls[worker.key].value_per_kwh) is None
            else replace(worker, value_per_kwh=value)
            for worker in spec.workers
        ),
        rooms=tuple(
            replace(room, target_c=coordinator.rooms[room.key].target_in(room))
            for room in spec.rooms
        ),
    )


def _are_published(coordinator: SolarComputeCoordinator) -> bool:
    """Tell whether this home hears of prices of import before they hold."""
    plan = coordinator.plans.view.plan
    if plan is None:
        return False
    return plan.expected.sources.get("import") == Source.FORECAST


def _keys(
    hass: HomeAssistant,
    device_ids: Iterable[str],
    known: Iterable[str],
    refusal: Callable[[str], ServiceValidationError],
) -> frozenset[str]:
    """Return which of the known keys are meant; `refusal` is for any other device."""
    keys, found = set(known), set[str]()
    for device_id in device_ids:
        device, _ = service.async_get_device_and_config_entry(
            hass, DOMAIN, device_id, include_child_devices=False
        )
        own = {key for domain, key in device.identifiers if domain == DOMAIN} & keys
        if not own:
            raise refusal(_name(device))
        found |= own
    return frozenset(found)


def _no_worker(device: str) -> ServiceValidationError:
    return ServiceValidationError(
        translation_domain=DOMAIN,
        translation_key="not_a_worker",
        translation_placeholders={"device": device},
    )


def _not_to_be_tried(device: str) -> ServiceValidationError:
    return ServiceValidationError(
        translation_domain=DOMAIN,
        translation_key="not_to_be_tried",
        translation_placeholders={"device": device},
    )


def _name(device: dr.DeviceEntry) -> str:
    return device.name_by_user or device.name or device.id
