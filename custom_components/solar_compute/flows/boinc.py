"""The form for a BOINC client, and the visit that tries what was entered.

May build schemas and checks and do I/O through the back-end's own client; must never
keep a connection nor hold the state of a dialog.
"""

from collections.abc import Mapping
from itertools import pairwise
from typing import Any

from homeassistant.helpers.selector import (
    TextSelector,
    TextSelectorConfig,
    TextSelectorType,
)
import probatio

from .. import const as c
from ..configured import BoincDevices
from ..workers.base import WorkerAuthFailed, WorkerError
from ..workers.boinc_rpc import number, text_of, visit
from . import checks
from .numbers import read
from .schema import choice, optional, required, seconds, whole
from .switched import levels_error

KEYS = (
    c.CONF_HOST,
    c.CONF_PORT,
    c.CONF_PASSWORD,
    c.CONF_DEVICES,
    c.CONF_LEVELS_W,
    c.CONF_CPU_LIMITS,
    c.CONF_CHECKPOINT_WAIT_S,
)
_PORT = 31416
_LONGEST_WAIT_S = 3600.0


def schema(*, named: bool) -> probatio.Schema:
    """Return the form; `named`: ask for a name too."""
    name_field = {optional(c.CONF_NAME): TextSelector()} if named else {}
    password = TextSelectorConfig(type=TextSelectorType.PASSWORD, autocomplete="off")
    devices = [device.value for device in BoincDevices]
    return probatio.Schema(
        {
            required(c.CONF_HOST): TextSelector(),
            required(c.CONF_PORT, _PORT): whole(1, 65_535),
            optional(c.CONF_PASSWORD): TextSelector(password),
            required(c.CONF_DEVICES, BoincDevices.BOTH.value): choice(
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
    host = values[c.CONF_HOST].strip().removeprefix("[").removesuffix("]").lower()
    if not host or any(mark in host for mark in "/@ []") or host.count(":") == 1:
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
    if gpus == 0 and values[c.CONF_DEVICES] == BoincDevices.GPU:
        return "", {c.CONF_DEVICES: "no_gpu"}
    return f"BOINC {text_of(info, 'domain_name') or host}", {}


def unique_id(values: Mapping[str, Any]) -> str:
    """Return what tells this worker from others."""
    parts = (values[key] for key in (c.CONF_HOST, c.CONF_PORT, c.CONF_DEVICES))
    return "#".join(("boinc", *map(str, parts)))


def overlap(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Tell whether two workers would control the same mode of the same client."""
    where = (c.CONF_HOST, c.CONF_PORT)
    devices = {one[c.CONF_DEVICES], other[c.CONF_DEVICES]}
    return all(one[key] == other[key] for key in where) and (
        len(devices) == 1 or BoincDevices.BOTH in devices
    )


def _ascending_percent(limits: list[float]) -> bool:
    return all(1 <= limit <= 100 for limit in limits) and all(
        low < high for low, high in pairwise(limits)
    )
