"""The pages for a partition of Slurm: where the REST daemon is, then which partition.

May import Home Assistant and do I/O through the back-end's own client; must never keep
a connection.
"""

from collections.abc import Mapping
from itertools import pairwise
from typing import Any

from homeassistant.config_entries import SubentryFlowResult
from homeassistant.core import HomeAssistant
from homeassistant.helpers.aiohttp_client import async_get_clientsession
from homeassistant.helpers.selector import (
    BooleanSelector,
    TextSelector,
    TextSelectorConfig,
    TextSelectorType,
)
import probatio

from .. import const as c
from ..workers import slurm
from ..workers.base import WorkerAuthFailed, WorkerError, WorkerMismatch
from ..workers.slurm_rest import SlurmClient
from . import checks
from .connect import is_address
from .numbers import levels_error, read, shown
from .schema import choice, filled, flat, optional, required
from .worker_dialog import WorkerDialog


class SlurmPages(WorkerDialog):
    """Tells which partition of which cluster it is."""

    def __init__(self) -> None:
        """Start with no daemon asked."""
        super().__init__()
        self._cluster: dict[str, Any] = {}
        self._partitions: list[str] = []

    async def async_step_slurm(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask where the REST daemon is, and ask it for the partitions."""
        errors = self._refused
        if user_input is not None:
            cluster = {
                c.CONF_URL: cleaned_url(user_input[c.CONF_URL]),
                c.CONF_USER: user_input[c.CONF_USER].strip(),
                c.CONF_TOKEN: cleaned_token(user_input[c.CONF_TOKEN]),
            }
            self._partitions, errors = await async_list(self.hass, cluster)
            if not errors:
                self._cluster = cluster
                return await self.async_step_slurm_partition()
        return self.async_show_form(
            step_id="slurm",
            data_schema=filled(self, cluster_schema(), user_input or self._known),
            errors=errors,
            last_step=False,
        )

    async def async_step_slurm_partition(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask which partition it is, and how many cores it may use at which power."""
        errors: checks.Errors = {}
        values = flat(user_input or {})
        if user_input is not None:
            found, errors = parsed(values)
            if not errors:
                name, url = found[c.CONF_PARTITION], self._cluster[c.CONF_URL]
                self._title = found.pop(c.CONF_NAME, None) or f"Slurm {name}"
                self._unique_id = f"slurm#{url}#{name}"
                return await self._async_identified(
                    slurm.KIND.key, {**self._cluster, **found}
                )
        return self.async_show_form(
            step_id="slurm_partition",
            data_schema=filled(
                self,
                partition_schema(self._partitions, named=not self._is_change),
                values or shown(self._known),
            ),
            errors=errors,
            last_step=self._is_change,
        )


def cluster_schema() -> probatio.Schema:
    """Return the first form."""
    url = TextSelectorConfig(type=TextSelectorType.URL, autocomplete="url")
    password = TextSelectorConfig(type=TextSelectorType.PASSWORD, autocomplete="off")
    return probatio.Schema(
        {
            required(c.CONF_URL): TextSelector(url),
            required(c.CONF_USER): TextSelector(),
            required(c.CONF_TOKEN): TextSelector(password),
        }
    )


def partition_schema(partitions: list[str], *, named: bool) -> probatio.Schema:
    """Return the second form; `named`: ask for a name too."""
    name_field = {optional(c.CONF_NAME): TextSelector()} if named else {}
    return probatio.Schema(
        {
            required(c.CONF_PARTITION): choice(partitions),
            required(c.CONF_LEVELS_W): TextSelector(),
            required(c.CONF_LEVEL_CORES): TextSelector(),
            **name_field,
            required(c.CONF_ACKNOWLEDGE_NO_LEASE, False): BooleanSelector(),
        }
    )


def parsed(values: Mapping[str, Any]) -> tuple[dict[str, Any], checks.Errors]:
    """Return what was entered with its lists read, and what is wrong with it."""
    errors: checks.Errors = {}
    levels, cores = read(values[c.CONF_LEVELS_W]), read(values[c.CONF_LEVEL_CORES])
    if error := levels_error(levels):
        errors[c.CONF_LEVELS_W] = error
    if cores is None or len(cores) != len(levels or ()):
        errors[c.CONF_LEVEL_CORES] = "one_number_per_level"
    elif not all(one.is_integer() for one in cores) or any(
        low >= high for low, high in pairwise([0.0, *cores])
    ):
        errors[c.CONF_LEVEL_CORES] = "cores_not_ascending"
    if not values[c.CONF_ACKNOWLEDGE_NO_LEASE]:
        errors[c.CONF_ACKNOWLEDGE_NO_LEASE] = "acknowledge_no_lease"
    return {**values, c.CONF_LEVELS_W: levels, c.CONF_LEVEL_CORES: cores}, errors


def cleaned_url(text: str) -> str:
    """Return an address as it is stored: with a scheme, without a slash at its end."""
    text = text.strip()
    return (text if "://" in text else f"http://{text}").rstrip("/")


def cleaned_token(text: str) -> str:
    """Return a token without what `scontrol token` writes in front of it."""
    return text.strip().removeprefix("SLURM_JWT=")


async def async_list(
    hass: HomeAssistant, cluster: Mapping[str, Any]
) -> tuple[list[str], checks.Errors]:
    """Return the cluster's partitions, or what is wrong."""
    url, user, token = (cluster[k] for k in (c.CONF_URL, c.CONF_USER, c.CONF_TOKEN))
    if not is_address(url):
        return [], {c.CONF_URL: "invalid_url"}
    client = SlurmClient(async_get_clientsession(hass), url, user, token)
    try:
        found = await client.async_partitions()
    except WorkerAuthFailed:
        return [], {c.CONF_TOKEN: "slurm_invalid_auth"}
    except WorkerMismatch:
        return [], {c.CONF_URL: "slurm_api_mismatch"}
    except WorkerError:
        return [], {c.CONF_URL: "slurm_cannot_connect"}
    return found, {} if found else {c.CONF_URL: "no_partitions"}
