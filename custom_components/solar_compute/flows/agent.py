"""The pages for a worker of a companion service: where the service is, which worker.

May import Home Assistant and do I/O through the back-end's own client; must never keep
a connection.
"""

from typing import Any

from homeassistant.config_entries import SubentryFlowResult
from homeassistant.helpers.selector import (
    SelectOptionDict,
    TextSelector,
    TextSelectorConfig,
    TextSelectorType,
)
import probatio

from .. import const as c
from ..workers import agent
from . import checks
from .connect import async_list_workers, cleaned_url
from .numbers import listed
from .schema import choice, filled, optional, required
from .worker_dialog import WorkerDialog


class AgentPages(WorkerDialog):
    """Tells which worker of which service it is."""

    def __init__(self) -> None:
        """Start with no service asked."""
        super().__init__()
        self._service: dict[str, Any] = {}
        self._offered: dict[str, list[float]] = {}

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
                self._service = {c.CONF_URL: url, c.CONF_TOKEN: token}
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
            self._unique_id = f"{self._service[c.CONF_URL]}#{worker}"
            return await self._async_identified(
                agent.KIND.key,
                {
                    **self._service,
                    c.CONF_WORKER: worker,
                    c.CONF_LEVELS_W: self._offered[worker],
                },
            )
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
