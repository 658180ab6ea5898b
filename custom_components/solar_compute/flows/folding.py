"""The pages for a Folding@home client: where it is, then which group and how it pauses.

May build schemas and checks and do I/O through the back-end's own client; must never
keep a connection.
"""

from collections.abc import Mapping
from typing import Any

from homeassistant.config_entries import SubentryFlowResult
from homeassistant.core import HomeAssistant
from homeassistant.helpers.aiohttp_client import async_get_clientsession
from homeassistant.helpers.selector import (
    BooleanSelector,
    SelectOptionDict,
    TextSelector,
)
import probatio

from .. import const as c
from ..workers import folding
from ..workers.base import WorkerAuthFailed, WorkerError, WorkerMismatch
from ..workers.folding_client import visit
from ..workers.folding_sight import groups_of
from . import checks
from .connect import cleaned_host
from .numbers import levels_error, read, shown
from .schema import choice, filled, flat, optional, required, seconds, whole
from .worker_dialog import WorkerDialog

_PORT = 7396
_LONGEST_WAIT_S = 21_600.0
_DEFAULT_GROUP = "Default group"

_MARK = "/"
"""A choice must not be empty, and the default group's name is."""


class FoldingPages(WorkerDialog):
    """Tells which group of which Folding@home client it is."""

    def __init__(self) -> None:
        """Start with no client visited."""
        super().__init__()
        self._client: dict[str, Any] = {}
        self._groups: list[str] = []

    async def async_step_folding(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask where the client is, and ask it for its groups."""
        errors = self._refused
        if user_input is not None:
            host = cleaned_host(user_input[c.CONF_HOST])
            self._client = {**user_input, c.CONF_HOST: host}
            if host is None:
                errors = {c.CONF_HOST: "invalid_host"}
            else:
                self._groups, errors = await async_list_groups(
                    self.hass, host, user_input[c.CONF_PORT]
                )
            if not errors:
                return await self.async_step_folding_group()
        return self.async_show_form(
            step_id="folding",
            data_schema=filled(self, client_schema(), user_input or self._known),
            errors=errors,
            last_step=False,
        )

    async def async_step_folding_group(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask which group it is, what it draws and how it pauses."""
        errors: checks.Errors = {}
        values = flat(user_input or {})
        if user_input is not None:
            group, errors = parsed(values)
            if not errors:
                name = group[c.CONF_GROUP]
                host = self._client[c.CONF_HOST]
                title = f"Folding@home {host} {name}".strip()
                self._title = group.pop(c.CONF_NAME, None) or title
                where = f"{host}#{self._client[c.CONF_PORT]}"
                self._unique_id = f"{folding.KIND.key}#{where}#{name}"
                return await self._async_identified(
                    folding.KIND.key, {**self._client, **group}
                )
        known = {**shown(self._known), c.CONF_GROUP: self._offered_group()}
        return self.async_show_form(
            step_id="folding_group",
            data_schema=filled(
                self,
                group_schema(self._groups, named=not self._is_change),
                values or known,
            ),
            errors=errors,
            last_step=self._is_change,
        )

    def _offered_group(self) -> str | None:
        """Return the group to suggest: the one that it was, or the only one."""
        was = self._known.get(c.CONF_GROUP)
        only = self._groups[0] if len(self._groups) == 1 else None
        name = was if was in self._groups else only
        return None if name is None else _MARK + name


def client_schema() -> probatio.Schema:
    """Return the form for where the client is."""
    return probatio.Schema(
        {
            required(c.CONF_HOST): TextSelector(),
            required(c.CONF_PORT, _PORT): whole(1, 65_535),
        }
    )


def group_schema(groups: list[str], *, named: bool) -> probatio.Schema:
    """Return the form for one of these groups; `named`: ask for a name too."""
    name_field = {optional(c.CONF_NAME): TextSelector()} if named else {}
    offered = [
        SelectOptionDict(value=_MARK + name, label=name or _DEFAULT_GROUP)
        for name in groups
    ]
    return probatio.Schema(
        {
            required(c.CONF_GROUP): choice(offered, as_list=True),
            required(c.CONF_LEVELS_W): TextSelector(),
            required(c.CONF_FINISH_WAIT_S, 0.0): seconds(0, _LONGEST_WAIT_S),
            **name_field,
            required(c.CONF_ACKNOWLEDGE_NO_LEASE, False): BooleanSelector(),
        }
    )


def parsed(values: Mapping[str, Any]) -> tuple[dict[str, Any], checks.Errors]:
    """Return what was entered of a group, and what is wrong with it."""
    errors = checks.not_finite(values)
    if not values[c.CONF_ACKNOWLEDGE_NO_LEASE]:
        errors[c.CONF_ACKNOWLEDGE_NO_LEASE] = "acknowledge_no_lease"
    levels = read(values[c.CONF_LEVELS_W])
    if error := levels_error(levels):
        errors[c.CONF_LEVELS_W] = error
    elif len(levels or ()) > 1:
        errors[c.CONF_LEVELS_W] = "one_level"
    name = values[c.CONF_GROUP].removeprefix(_MARK)
    return {**values, c.CONF_GROUP: name, c.CONF_LEVELS_W: levels}, errors


async def async_list_groups(
    hass: HomeAssistant, host: str, port: int
) -> tuple[list[str], checks.Errors]:
    """Return the names of the client's groups, or what is wrong."""
    try:
        async with visit(async_get_clientsession(hass), host, port) as client:
            return list(groups_of(client.tree)), {}
    except WorkerAuthFailed:
        return [], {c.CONF_HOST: "folding_not_allowed"}
    except WorkerMismatch:
        return [], {c.CONF_HOST: "folding_too_old"}
    except WorkerError:
        return [], {c.CONF_HOST: "folding_cannot_connect"}
