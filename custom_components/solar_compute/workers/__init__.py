"""Back-ends: what can be told to compute, one module for each kind.

A new kind is a module that keeps the contract in `base`, a dataclass in
`configured`, and a line here.
"""

from homeassistant.core import HomeAssistant
from homeassistant.helpers.aiohttp_client import async_get_clientsession

from ..configured import AgentBackend, BackendConfig, BoincBackend, EntityBackend
from .agent import AgentWorker
from .base import Backend
from .boinc import BoincWorker
from .entity import EntityWorker


def create_backend(
    hass: HomeAssistant, config: BackendConfig, *, controller: str
) -> Backend:
    """Return the back-end for a configuration.

    `controller` is the stable id that leases are held under.
    """
    match config:
        case AgentBackend():
            return AgentWorker(async_get_clientsession(hass), config, controller)
        case BoincBackend():
            return BoincWorker(config)
        case EntityBackend():
            return EntityWorker(hass, config)
