"""The pages for a container of Docker or Podman, and the visit that tries the engine.

May build schemas and checks and do I/O through the back-end's own client; must never
keep a connection.
"""

from collections.abc import Mapping
from itertools import pairwise
from typing import Any

from homeassistant.config_entries import SubentryFlowResult
from homeassistant.core import HomeAssistant
from homeassistant.helpers.hassio import is_hassio
from homeassistant.helpers.selector import BooleanSelector, TextSelector
import probatio

from .. import const as c
from ..workers import docker
from ..workers.base import WorkerAuthFailed, WorkerError
from ..workers.docker_engine import REQUIREMENT, EngineFacts, visit
from ..workers.docker_way import cleaned
from ..workers.libraries import async_bring
from . import checks
from .numbers import levels_error, read, shown
from .schema import choice, filled, flat, optional, required
from .worker_dialog import WorkerDialog

_SOCKET = "/var/run/docker.sock"
_FEWEST_CPUS = 0.01


class DockerPages(WorkerDialog):
    """Tells which container it is, of which engine."""

    def __init__(self) -> None:
        """Start without an engine."""
        super().__init__()
        self._engine: EngineFacts | None = None
        self._containers: list[str] = []
        self._reached: dict[str, Any] = {}

    async def async_step_docker(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask where the engine is, and ask it for the containers that it offers."""
        errors = self._refused
        if user_input is not None:
            self._reached, errors = reached(user_input)
            if not errors:
                self._engine, self._containers, errors = await async_try(
                    self.hass, self._reached
                )
            if not errors:
                return await self.async_step_docker_container()
        known = self._known or {c.CONF_ADDRESS: _SOCKET}
        return self.async_show_form(
            step_id="docker",
            data_schema=filled(self, engine_schema(), user_input or known),
            errors=errors,
            last_step=False,
        )

    async def async_step_docker_container(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask which of the containers it is, and how it is to pause."""
        assert self._engine is not None
        errors: checks.Errors = {}
        values = flat(user_input or {})
        if user_input is not None:
            container, errors = parsed(values, self._engine)
            if not errors:
                name = container[c.CONF_CONTAINER]
                address = self._reached[c.CONF_ADDRESS]
                self._title = container.pop(c.CONF_NAME, None) or name
                self._unique_id = f"docker#{address}#{name}"
                return await self._async_identified(
                    docker.KIND.key, {**self._reached, **container}
                )
        return self.async_show_form(
            step_id="docker_container",
            data_schema=filled(
                self,
                container_schema(
                    self._containers,
                    named=not self._is_change,
                    limited=not self._engine.is_podman,
                ),
                values or shown(self._known) or self._only_one(),
            ),
            errors=errors,
            description_placeholders={
                "engine": "Podman" if self._engine.is_podman else "Docker",
                "machine": self._engine.machine,
                "cpus": str(self._engine.cpus),
            },
            last_step=self._is_change,
        )

    def _only_one(self) -> dict[str, str]:
        single = len(self._containers) == 1
        return {c.CONF_CONTAINER: self._containers[0]} if single else {}


def engine_schema() -> probatio.Schema:
    """Return the form for the engine."""
    return probatio.Schema(
        {
            required(c.CONF_ADDRESS): TextSelector(),
            optional(c.CONF_CERTIFICATES): TextSelector(),
            required(c.CONF_ACKNOWLEDGE_ROOT, False): BooleanSelector(),
        }
    )


def container_schema(
    containers: list[str], *, named: bool, limited: bool
) -> probatio.Schema:
    """Return the form; `named`: ask for a name too; `limited`: and for CPU limits."""
    name_field = {optional(c.CONF_NAME): TextSelector()} if named else {}
    cpus_field = {optional(c.CONF_CPUS): TextSelector()} if limited else {}
    ways = [way.value for way in docker.OnPause]
    return probatio.Schema(
        {
            required(c.CONF_CONTAINER): choice(containers, as_list=True),
            required(c.CONF_LEVELS_W): TextSelector(),
            **cpus_field,
            required(c.CONF_ON_PAUSE, docker.OnPause.FREEZE.value): choice(
                ways, "on_pause", as_list=True
            ),
            **name_field,
            required(c.CONF_ACKNOWLEDGE_NO_LEASE, False): BooleanSelector(),
        }
    )


def reached(values: Mapping[str, Any]) -> tuple[dict[str, Any], checks.Errors]:
    """Return how the engine is reached, and what is wrong with it."""
    errors: checks.Errors = {}
    address = cleaned(values[c.CONF_ADDRESS])
    folder = (values.get(c.CONF_CERTIFICATES) or "").strip() or None
    if address is None:
        errors[c.CONF_ADDRESS] = "invalid_engine_address"
    elif address.startswith("tcp") and folder is None:
        errors[c.CONF_CERTIFICATES] = "certificates_needed"
    elif address.startswith("unix"):
        folder = None
    if not values[c.CONF_ACKNOWLEDGE_ROOT]:
        errors[c.CONF_ACKNOWLEDGE_ROOT] = "acknowledge_root"
    result = {c.CONF_ADDRESS: address, c.CONF_ACKNOWLEDGE_ROOT: True}
    return {**result, **({c.CONF_CERTIFICATES: folder} if folder else {})}, errors


async def async_try(
    hass: HomeAssistant, engine: Mapping[str, Any]
) -> tuple[EngineFacts | None, list[str], checks.Errors]:
    """Visit the engine; return what it is and what it offers, and what is wrong."""
    address, folder = engine[c.CONF_ADDRESS], engine.get(c.CONF_CERTIFICATES)
    certificates = None if folder is None else hass.config.path(folder)
    try:
        await async_bring(hass, REQUIREMENT)
    except WorkerError:
        return None, [], {"base": "library_missing"}
    try:
        async with visit(address, certificates) as client:
            facts = await client.async_facts()
            containers = await client.async_offered()
    except WorkerAuthFailed:
        if certificates is None:
            return None, [], {c.CONF_ADDRESS: "socket_not_allowed"}
        return None, [], {c.CONF_CERTIFICATES: "certificates_refused"}
    except WorkerError:
        no_socket = certificates is None and is_hassio(hass)
        error = "no_socket_here" if no_socket else "engine_cannot_connect"
        return None, [], {c.CONF_ADDRESS: error}
    if not containers:
        return facts, [], {c.CONF_ADDRESS: "no_containers"}
    return facts, containers, {}


def parsed(
    values: Mapping[str, Any], engine: EngineFacts
) -> tuple[dict[str, Any], checks.Errors]:
    """Return what was entered with its lists read, and what is wrong with it."""
    errors: checks.Errors = {}
    if not values[c.CONF_ACKNOWLEDGE_NO_LEASE]:
        errors[c.CONF_ACKNOWLEDGE_NO_LEASE] = "acknowledge_no_lease"
    levels = read(values[c.CONF_LEVELS_W])
    if error := levels_error(levels):
        errors[c.CONF_LEVELS_W] = error
    result = {**values, c.CONF_LEVELS_W: levels}
    text = result.pop(c.CONF_CPUS, "")
    if levels is None:
        return result, errors
    if engine.is_podman:
        if len(levels) > 1:
            errors[c.CONF_LEVELS_W] = "one_level_on_podman"
    elif len(levels) > 1 or text.strip():
        cpus = read(text)
        if cpus is None or len(cpus) != len(levels):
            errors[c.CONF_CPUS] = "one_number_per_level"
        elif not _ascending_cpus(cpus, engine.cpus):
            errors[c.CONF_CPUS] = "cpus_not_there"
        result[c.CONF_CPUS] = cpus
    return result, errors


def _ascending_cpus(cpus: list[float], most: int) -> bool:
    return all(_FEWEST_CPUS <= number <= most for number in cpus) and all(
        low < high for low, high in pairwise(cpus)
    )
