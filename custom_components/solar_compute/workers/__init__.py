"""Back-ends: what can be told to compute, one module for each kind.

A new kind is a module that keeps the contract in `base` and ends in a `WorkerKind`, a
page in `flows`, and a line here (docs/adding-a-worker.md).
"""

from collections.abc import Mapping
from typing import Any, Final

from homeassistant.core import HomeAssistant

from ..const import CONF_KIND
from . import agent, always_on, boinc, docker, entity, folding, slurm
from .base import Backend, BackendConfig
from .kind import WorkerKind

KINDS: Final[Mapping[str, WorkerKind[Any]]] = {
    kind.key: kind
    for kind in (
        agent.KIND,
        boinc.KIND,
        docker.KIND,
        folding.KIND,
        slurm.KIND,
        entity.KIND,
        always_on.KIND,
    )
}
"""All kinds of workers, by key, in the order in which they are offered."""


def parse_backend(data: Mapping[str, Any]) -> BackendConfig:
    """Return how a worker is controlled, from its stored data."""
    config: BackendConfig = KINDS[data[CONF_KIND]].parse(data)
    return config


def create_backend(
    hass: HomeAssistant, config: BackendConfig, *, controller: str
) -> Backend:
    """Return the back-end for a configuration.

    `controller` is the stable id that leases are held under. Raises ValueError for
    what is never switched.
    """
    create = KINDS[config.kind].create
    if create is None:
        raise ValueError(f"{config.kind} has no back-end")
    return create(hass, config, controller)


def is_switched(kind: str) -> bool:
    """Tell whether workers of a kind are ever told to run or to pause."""
    return KINDS[kind].create is not None
