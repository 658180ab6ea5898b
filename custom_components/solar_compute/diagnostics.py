"""Diagnostics: what a person attaches to a report, without secrets.

`records` are the last decisions with all that went into them: `core.codec` reads
a record back, and `core.decide` makes the same decision of it elsewhere.
"""

from collections.abc import Iterator
from functools import reduce
from typing import Any

from homeassistant.components.diagnostics import REDACTED, async_redact_data
from homeassistant.core import HomeAssistant
from homeassistant.helpers.device_registry import DeviceEntry

from . import SolarComputeConfigEntry
from .attributes import ages_s
from .configured import Configuration, GuardConfig, WorkerConfig
from .configured_heat import SinkConfig, SpaceConfig
from .const import DOMAIN
from .coordinator import SolarComputeCoordinator
from .core.codec import to_json
from .core.explain import explain
from .facts import SiteFacts
from .workers import KINDS

TO_REDACT = frozenset[str]().union(*(kind.secrets for kind in KINDS.values()))


async def async_get_config_entry_diagnostics(
    hass: HomeAssistant, entry: SolarComputeConfigEntry
) -> dict[str, Any]:
    """Return everything that explains what the entry did, and why."""
    coordinator = entry.runtime_data
    return {
        "entry": _redacted(coordinator, entry.as_dict()),
        "configuration": _redacted(coordinator, to_json(coordinator.configuration)),
        "automation": coordinator.automation,
        **_wishes(coordinator),
        **_state(coordinator),
        "records": coordinator.records,
    }


async def async_get_device_diagnostics(
    hass: HomeAssistant, entry: SolarComputeConfigEntry, device: DeviceEntry
) -> dict[str, Any]:
    """Return the same for one device: its configuration, counters and decision."""
    coordinator = entry.runtime_data
    configuration = coordinator.configuration
    keys = {key for domain, key in device.identifiers if domain == DOMAIN}
    site = coordinator.data
    return {
        "configuration": [
            _redacted(coordinator, to_json(config))
            for config in _configs(configuration)
            if config.key in keys
        ],
        "explanation": []
        if site is None
        else [
            explain(configuration.spec, site.snapshot, site.decision, worker.key)
            for worker in configuration.workers
            if worker.key in keys and site.decision.worker(worker.key) is not None
        ],
        "state": {
            name: {key: value for key, value in of_kind.items() if key in keys}
            for name, of_kind in _by_key(coordinator).items()
        },
    }


def _configs(
    configuration: Configuration,
) -> Iterator[WorkerConfig | SinkConfig | SpaceConfig | GuardConfig]:
    yield from configuration.loads
    yield from configuration.tanks
    yield from configuration.rooms
    yield from configuration.spaces
    yield from configuration.guards


def _wishes(coordinator: SolarComputeCoordinator) -> dict[str, dict[str, Any]]:
    """Return by key what people have set, and what is being done about heat."""
    stored = coordinator.to_store()
    return {
        "controls": to_json(stored.controls),
        "rooms": to_json(stored.rooms),
        "rearmed_s": to_json(stored.rearmed_s),
        "backups_asked_to_wait": to_json(stored.care.asked),
        "tanks_watched": to_json(stored.care.watched),
    }


def _state(coordinator: SolarComputeCoordinator) -> dict[str, Any]:
    """Return the site's last data; nothing before the first decision."""
    site = coordinator.data
    return (
        {}
        if site is None
        else {
            "ages_s": ages_s(SiteFacts(spec=coordinator.configuration.spec, data=site)),
            "flows": _redacted(coordinator, to_json(site.flows)),
            "ledger": to_json(site.ledger),
            "plan": to_json(site.plan),
            "known": to_json(site.known),
        }
    )


def _by_key(coordinator: SolarComputeCoordinator) -> dict[str, dict[str, Any]]:
    """Return what is kept and found per worker, heat sink or guard."""
    site = coordinator.data
    return _wishes(coordinator) | (
        {}
        if site is None
        else {
            "flows": _redacted(coordinator, to_json(site.flows)),
            "workers": to_json(site.ledger.workers),
            "sinks": to_json(site.ledger.sinks),
            **{
                name: {item.key: to_json(item) for item in found}
                for name, found in (
                    ("heat", site.decision.heat),
                    ("sink_states", site.decision.sinks),
                    ("spaces", site.decision.spaces),
                    ("guards", site.decision.guards),
                )
            },
        }
    )


def _redacted(coordinator: SolarComputeCoordinator, data: Any) -> Any:
    """Return `data` without tokens, passwords and the hosts of workers.

    A host is hidden wherever it stands, since error messages name it too. Scheme
    and port stay: a wrong one of those is what a report can show.
    """
    hosts = [
        host
        for worker in coordinator.configuration.loads
        for host in KINDS[worker.backend.kind].hosts(worker.backend)
    ]
    return _without(hosts, async_redact_data(data, TO_REDACT))


def _without(hosts: list[str], data: Any) -> Any:
    if isinstance(data, str):
        return reduce(lambda text, host: text.replace(host, REDACTED), hosts, data)
    if isinstance(data, dict):
        return {key: _without(hosts, value) for key, value in data.items()}
    if isinstance(data, list):
        return [_without(hosts, item) for item in data]
    return data
