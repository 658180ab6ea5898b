"""The dialogs for a worker: which one it is, then what it is worth.

Reconfiguring offers the two halves separately, so that a worker's value can be
changed while its machine is off. May import Home Assistant and the back-ends' clients;
must never reload the entry, whose update listener does.
"""

from collections.abc import Mapping
from typing import Any

from homeassistant.config_entries import SubentryFlowResult
from homeassistant.const import ATTR_FRIENDLY_NAME
from homeassistant.helpers.selector import (
    SelectOptionDict,
    TextSelector,
    TextSelectorConfig,
    TextSelectorType,
)
import probatio

from .. import const as c
from . import boinc, checks, economics, switched
from .connect import async_list_workers, cleaned_url
from .numbers import listed
from .schema import choice, filled, flat, optional, placed, required
from .subentry import SubentryDialog


class WorkerSubentryFlow(SubentryDialog):
    """Adds or changes one worker."""

    def __init__(self) -> None:
        """Start with nothing entered."""
        super().__init__()
        self._unique_id: str | None = None
        self._offered: dict[str, list[float]] = {}

    async def async_step_user(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask what kind of worker it is."""
        return self.async_show_menu(
            step_id="user", menu_options=[c.KIND_AGENT, c.KIND_BOINC, c.KIND_ENTITY]
        )

    async def async_step_reconfigure(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask what to change."""
        self._data = dict(self._known)
        return self.async_show_menu(
            step_id="reconfigure",
            menu_options=[self._data[c.CONF_KIND], "worth"],
            description_placeholders={"worker": self._get_reconfigure_subentry().title},
        )

    async def async_step_agent(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask where the companion service is, and ask it for its workers."""
        errors: checks.Errors = {}
        if user_input is not None:
            url = cleaned_url(user_input[c.CONF_URL])
            token = user_input.get(c.CONF_TOKEN) or None
            self._offered, errors = await async_list_workers(self.hass, url, token)
            if not errors:
                self._data.update({c.CONF_URL: url, c.CONF_TOKEN: token})
                return await self.async_step_agent_worker()
        schema = probatio.Schema(
            {
                required(c.CONF_URL): TextSelector(
                    TextSelectorConfig(type=TextSelectorType.URL, autocomplete="url")
                ),
                optional(c.CONF_TOKEN): TextSelector(
                    TextSelectorConfig(
                        type=TextSelectorType.PASSWORD, autocomplete="off"
                    )
                ),
            }
        )
        return self.async_show_form(
            step_id="agent",
            data_schema=filled(self, schema, user_input or self._known),
            errors=errors,
            last_step=False,
        )

    async def async_step_agent_worker(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask which of the service's workers it is."""
        if user_input is not None:
            worker = user_input[c.CONF_WORKER]
            self._title = user_input.get(c.CONF_NAME) or worker
            self._unique_id = f"{self._data[c.CONF_URL]}#{worker}"
            self._data.update(
                {
                    c.CONF_KIND: c.KIND_AGENT,
                    c.CONF_WORKER: worker,
                    c.CONF_LEVELS_W: self._offered[worker],
                }
            )
            return await self._async_identified()
        workers = [
            SelectOptionDict(value=name, label=f"{name} ({listed(levels)} W)")
            for name, levels in self._offered.items()
        ]
        name_field = {} if self._is_change else {optional(c.CONF_NAME): TextSelector()}
        schema = probatio.Schema(
            {required(c.CONF_WORKER): choice(workers, as_list=True), **name_field}
        )
        only = next(iter(self._offered)) if len(self._offered) == 1 else None
        stored = self._known.get(c.CONF_WORKER)
        return self.async_show_form(
            step_id="agent_worker",
            data_schema=filled(self, schema, {c.CONF_WORKER: stored or only}),
            last_step=self._is_change,
        )

    async def async_step_boinc(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask where the BOINC client is, and whether it lets us in."""
        errors: checks.Errors = {}
        values = flat(user_input or {})
        if user_input is not None:
            parsed, errors = boinc.parsed(values)
            if not errors:
                machine, errors = await boinc.async_try(parsed)
            if not errors:
                self._title = parsed.pop(c.CONF_NAME, None) or machine
                kept = {k: v for k, v in self._data.items() if k not in boinc.KEYS}
                self._data = {**kept, **parsed, c.CONF_KIND: c.KIND_BOINC}
                self._unique_id = boinc.unique_id(parsed)
                return await self._async_identified()
        schema = boinc.schema(named=not self._is_change)
        return self.async_show_form(
            step_id="boinc",
            data_schema=filled(self, schema, values or switched.shown(self._known)),
            errors=errors,
            last_step=self._is_change,
        )

    async def async_step_entity(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask which switch it is, and whether its power can be set and measured."""
        errors: checks.Errors = {}
        values = flat(user_input or {})
        if user_input is not None:
            parsed, errors = switched.parsed(self.hass, self._get_entry().data, values)
            if not errors:
                switch = parsed[c.CONF_SWITCH]
                state = self.hass.states.get(switch)
                name = state.attributes.get(ATTR_FRIENDLY_NAME) if state else None
                self._title = parsed.pop(c.CONF_NAME, None) or name or switch
                kept = {k: v for k, v in self._data.items() if k not in switched.KEYS}
                self._data = {**kept, **parsed, c.CONF_KIND: c.KIND_ENTITY}
                return await self._async_identified()
        schema = switched.schema(named=not self._is_change)
        return self.async_show_form(
            step_id="entity",
            data_schema=filled(self, schema, values or switched.shown(self._known)),
            errors=errors,
            last_step=self._is_change,
        )

    async def async_step_worth(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask what it is worth, when it may switch, and where its heat goes."""
        errors: checks.Errors = {}
        values = flat(user_input or {})
        entry = self._get_entry()
        leased = self._data[c.CONF_KIND] in (c.KIND_AGENT, c.KIND_BOINC)
        currency = self.hass.config.currency
        schema = economics.schema(entry, currency, leased=leased)
        if user_input is not None:
            levels = len(self._data[c.CONF_LEVELS_W])
            parsed, errors = economics.parsed(values, levels)
            if not errors:
                kept = {k: self._data[k] for k in _IDENTITY if k in self._data}
                self._data = {**kept, **parsed}
                return self._finish()
        return self.async_show_form(
            step_id="worth",
            data_schema=filled(
                self, schema, values or economics.known(entry, self._known)
            ),
            errors=placed(errors, schema),
            description_placeholders={"levels": listed(self._data[c.CONF_LEVELS_W])},
            last_step=True,
        )

    async def _async_identified(self) -> SubentryFlowResult:
        """Go on once it is known which worker it is.

        Stored data tells workers apart, not their unique ids: it follows an entity
        that is renamed.
        """
        others = self._others(c.SUBENTRY_WORKER)
        if any(_same(other.data, self._data) for other in others):
            return self.async_abort(reason="already_configured")
        return self._finish() if self._is_change else await self.async_step_worth()

    def _finish(self) -> SubentryFlowResult:
        data = {key: value for key, value in self._data.items() if value is not None}
        if not self._is_change:
            return self.async_create_entry(
                title=self._title, data=data, unique_id=self._unique_id
            )
        subentry = self._get_reconfigure_subentry()
        return self.async_update_and_abort(
            self._get_entry(),
            subentry,
            unique_id=self._unique_id or subentry.unique_id,
            data=data,
        )


_IDENTITY = (
    c.CONF_KIND,
    c.CONF_URL,
    c.CONF_TOKEN,
    c.CONF_WORKER,
    c.CONF_LEVELS_W,
    *boinc.KEYS,
    *switched.KEYS,
)
"""What the first half of the dialog asks; the second half replaces all else."""


def _same(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Tell whether two are the same worker, or would fight over one client."""
    if one[c.CONF_KIND] == other[c.CONF_KIND] == c.KIND_BOINC:
        return boinc.overlap(one, other)
    who = (c.CONF_KIND, c.CONF_URL, c.CONF_WORKER, c.CONF_SWITCH)
    return all(one.get(key) == other.get(key) for key in who)
