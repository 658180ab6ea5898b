"""The page for a BOINC client, and the visit that tries what was entered.

May build schemas and checks and do I/O through the back-end's own client; must never
keep a connection.
"""

from collections.abc import Mapping
from itertools import pairwise
from typing import Any

from homeassistant.config_entries import SubentryFlowResult
from homeassistant.helpers.selector import (
    TextSelector,
    TextSelectorConfig,
    TextSelectorType,
)
import probatio

from .. import const as c
from ..workers import boinc
from ..workers.base import WorkerAuthFailed, WorkerError
from ..workers.boinc_rpc import number, text_of, visit
from . import checks
from .connect import cleaned_host
from .numbers import levels_error, read, shown
from .schema import choice, filled, flat, optional, required, seconds, whole
from .worker_dialog import WorkerDialog

_PORT = 31416
_LONGEST_WAIT_S = 3600.0


class BoincPages(WorkerDialog):
    """Tells which BOINC client it is."""

    async def async_step_boinc(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask where the BOINC client is, and whether it lets us in."""
        errors = self._refused
        values = flat(user_input or {})
        if user_input is not None:
            client, errors = parsed(values)
            if not errors:
                machine, errors = await async_try(client)
            if not errors:
                self._title = client.pop(c.CONF_NAME, None) or machine
                self._unique_id = unique_id(client)
                return await self._async_identified(boinc.KIND.key, client)
        return self.async_show_form(
            step_id="boinc",
            data_schema=filled(
                self,
                schema(named=not self._is_change),
                values or shown(self._known),
            ),
            errors=errors,
            last_step=self._is_change,
        )


def schema(*, named: bool) -> probatio.Schema:
    """Return the form; `named`: ask for a name too."""
    name_field = {optional(c.CONF_NAME): TextSelector()} if named else {}
    password = TextSelectorConfig(type=TextSelectorType.PASSWORD, autocomplete="off")
    devices = [device.value for device in boinc.BoincDevices]
    return probatio.Schema(
        {
            required(c.CONF_HOST): TextSelector(),
            required(c.CONF_PORT, _PORT): whole(1, 65_535),
            optional(c.CONF_PASSWORD): TextSelector(password),
            required(c.CONF_DEVICES, boinc.BoincDevices.BOTH.value): choice(
                devices, "devices", as_list=True
            ),
            required(c.CONF_LEVELS_W): TextSelector(),
            optional(c.CONF_CPU_LIMITS): TextSelector(),
            required(c.CONF_CHECKPOINT_WAIT_S, 0.0): seconds(0, _LONGEST_WAIT_S),
            **name_field,
        }
    )


def parsed(values: Mapping[str, Any]) -> tuple[dict[str, Any], checks.Errors]:
    """Return what was entered with its lists read, and what is wrong with it."""
    errors = checks.not_finite(values)
    host = cleaned_host(values[c.CONF_HOST])
    if host is None:
        errors[c.CONF_HOST] = "invalid_host"
    levels = read(values[c.CONF_LEVELS_W])
    if error := levels_error(levels):
        errors[c.CONF_LEVELS_W] = error
    result = {**values, c.CONF_HOST: host, c.CONF_LEVELS_W: levels}
    text = result.pop(c.CONF_CPU_LIMITS, "")
    if text.strip() or len(levels or ()) > 1:
        limits = read(text)
        if limits is None or len(limits) != len(levels or ()):
            errors[c.CONF_CPU_LIMITS] = "one_number_per_level"
        elif not _ascending_percent(limits):
            errors[c.CONF_CPU_LIMITS] = "limits_not_percent"
        result[c.CONF_CPU_LIMITS] = limits
    return result, errors


async def async_try(values: Mapping[str, Any]) -> tuple[str, checks.Errors]:
    """Visit the client; return its machine's name, and what is wrong."""
    host, port = values[c.CONF_HOST], values[c.CONF_PORT]
    try:
        async with visit(host, port, values.get(c.CONF_PASSWORD, "")) as client:
            await client.async_call("<get_cc_status/>")
            info = await client.async_call("<get_host_info/>")
            gpus = number(info, "n_usable_coprocs")
    except WorkerAuthFailed:
        return "", {c.CONF_PASSWORD: "boinc_invalid_auth"}
    except WorkerError:
        return "", {c.CONF_HOST: "boinc_cannot_connect"}
    if gpus == 0 and values[c.CONF_DEVICES] == boinc.BoincDevices.GPU:
        return "", {c.CONF_DEVICES: "no_gpu"}
    return f"BOINC {text_of(info, 'domain_name') or host}", {}


def unique_id(values: Mapping[str, Any]) -> str:
    """Return what tells this worker from others."""
    parts = (values[key] for key in (c.CONF_HOST, c.CONF_PORT, c.CONF_DEVICES))
    return "#".join(("boinc", *map(str, parts)))


def _ascending_percent(limits: list[float]) -> bool:
    return all(1 <= limit <= 100 for limit in limits) and all(
        low < high for low, high in pairwise(limits)
    )
