"""The pages for a worker of a companion service: where it is, trust, which worker.

No secret is sent before the service's certificate is one that the user confirmed, or
that a code proved. May import Home Assistant and do I/O through the back-end's own
client; must never keep a connection.
"""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Any

from homeassistant.config_entries import SubentryFlowResult
from homeassistant.core import HomeAssistant
from homeassistant.helpers.selector import (
    BooleanSelector,
    SelectOptionDict,
    TextSelector,
    TextSelectorConfig,
    TextSelectorType,
)
import probatio

from .. import const as c
from ..known_services import async_update_workers, service_workers, unique_id
from ..workers import agent
from ..workers.base import WorkerError, WorkerRefused
from . import checks
from .connect import Offer, Service, async_look, async_pair_with, async_visit, shown
from .numbers import listed
from .schema import choice, filled, optional, required
from .worker_dialog import WorkerDialog


class AgentPages(WorkerDialog):
    """Tells which worker of which service it is."""

    def __init__(self) -> None:
        """Start with no service asked."""
        super().__init__()
        self._service = Service(url="")
        self._offer = Offer(workers={})
        self._exchange = False
        self._paired = False

    async def async_step_agent(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask where the companion service is, and look who answers there."""
        if user_input is None:
            return self._show_agent(self._refused, self._known)
        seen, errors = await async_look(self.hass, user_input[c.CONF_URL])
        if seen is None:
            return self._show_agent(errors, user_input)
        token = user_input.get(c.CONF_TOKEN) or None
        self._exchange = bool(token) and user_input.get(c.CONF_NEW_TOKEN, False)
        self._service = replace(seen, token=token)
        if seen.pinned is None or self._is_confirmed(seen):
            return await self._async_enter(user_input)
        if token is None:
            return await self.async_step_agent_pair()
        return await self.async_step_agent_trust()

    async def async_step_agent_trust(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask whether the certificate is the service's own."""
        if user_input is not None:
            service = self._service
            return await self._async_enter(
                {c.CONF_URL: service.url, c.CONF_TOKEN: service.token}
            )
        return self.async_show_form(
            step_id="agent_trust",
            data_schema=probatio.Schema({}),
            description_placeholders=self._fingerprints,
            last_step=False,
        )

    async def async_step_agent_pair(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask for the code that the service shows."""
        errors: checks.Errors = {}
        if user_input is not None:
            token, errors = await async_pair_with(
                self.hass, self._service, user_input[c.CONF_CODE]
            )
            if not errors:
                self._paired = True
                self._service = replace(self._service, token=token)
                return await self._async_enter({c.CONF_URL: self._service.url})
        return self.async_show_form(
            step_id="agent_pair",
            data_schema=probatio.Schema({required(c.CONF_CODE): TextSelector()}),
            errors=errors,
            description_placeholders=self._fingerprints,
            last_step=False,
        )

    async def async_step_agent_worker(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask which of the service's workers it is."""
        errors: checks.Errors = {}
        if user_input is not None:
            errors = await self._async_exchange_token()
            if not errors:
                return await self._async_chosen(user_input)
        workers = [
            SelectOptionDict(value=name, label=f"{name} ({listed(levels)} W)")
            for name, levels in self._offer.workers.items()
        ]
        name_field = {} if self._is_change else {optional(c.CONF_NAME): TextSelector()}
        schema = probatio.Schema(
            {required(c.CONF_WORKER): choice(workers, as_list=True), **name_field}
        )
        only = next(iter(self._offer.workers)) if len(workers) == 1 else None
        stored = self._known.get(c.CONF_WORKER)
        return self.async_show_form(
            step_id="agent_worker",
            data_schema=filled(
                self, schema, user_input or {c.CONF_WORKER: stored or only}
            ),
            errors=errors,
            last_step=self._is_change,
        )

    def _show_agent(
        self, errors: checks.Errors, values: Mapping[str, Any]
    ) -> SubentryFlowResult:
        exchange = (
            {required(c.CONF_NEW_TOKEN, False): BooleanSelector()}
            if self._known.get(c.CONF_TOKEN)
            else {}
        )
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
                **exchange,
            }
        )
        return self.async_show_form(
            step_id="agent",
            data_schema=filled(self, schema, values),
            errors=errors,
            last_step=False,
        )

    @property
    def _fingerprints(self) -> dict[str, str]:
        url = self._service.url
        before = (known for known in self._known_services() if known.url == url)
        return {
            "url": url,
            "fingerprint": shown(self._service.fingerprint),
            "before": shown(next((known.pinned for known in before), None)),
        }

    def _is_confirmed(self, seen: Service) -> bool:
        """Tell whether a certificate is that of a service which is known already."""
        return any(known.pinned == seen.fingerprint for known in self._known_services())

    def _known_services(self) -> Iterator[Service]:
        """Go through the services of all workers, that of the changed one first."""
        for data in (
            self._known,
            *(other.data for other in self._others(c.SUBENTRY_WORKER)),
        ):
            if data.get(c.CONF_KIND) == agent.KIND.key:
                yield Service.of(data)

    async def _async_enter(self, values: Mapping[str, Any]) -> SubentryFlowResult:
        """Ask a service that is trusted what it offers.

        A token that another of its workers has will do for a new one as well.
        """
        service = self._service
        if service.token is None and not self._is_change:
            service = replace(service, token=self._token_of_others())
        self._offer, errors = await async_visit(self.hass, service)
        if errors == {c.CONF_TOKEN: "invalid_auth"} and not values.get(c.CONF_TOKEN):
            return await self.async_step_agent_pair()
        if errors:
            return self._show_agent(errors, values)
        self._service = replace(service, service_id=self._offer.service_id)
        only, *others = self._offer.workers
        if not (others or self._is_change):
            # There is nothing to choose. Its name is asked along with its worth.
            self._asks_name = True
            return await self._async_chosen({c.CONF_WORKER: only})
        return await self.async_step_agent_worker()

    def _token_of_others(self) -> str | None:
        service = self._service
        return next(
            (
                known.token
                for known in self._known_services()
                if known.pinned == service.pinned
                and (service.pinned is not None or known.url == service.url)
            ),
            None,
        )

    async def _async_exchange_token(self) -> checks.Errors:
        """Have a new token if that is wished; it is not used before it is stored."""
        if not self._exchange:
            return {}
        try:
            token = await self._service.client(self.hass).async_new_token()
        except WorkerRefused:
            return {"base": "not_paired"}
        except WorkerError:
            return {"base": "cannot_connect"}
        self._exchange = False
        self._service = replace(self._service, token=token)
        return {}

    async def _async_chosen(self, values: Mapping[str, Any]) -> SubentryFlowResult:
        """Go on with one of the service's workers; all of them learn what is new."""
        worker = values[c.CONF_WORKER]
        service = self._service.stored()
        identity = {
            **service,
            c.CONF_WORKER: worker,
            c.CONF_LEVELS_W: self._offer.workers[worker],
        }
        self._title = values.get(c.CONF_NAME) or worker
        self._unique_id = unique_id(identity)
        old = self._known.get(c.CONF_TOKEN)
        if self._paired and old and agent.is_same_service(self._known, service):
            self.hass.async_create_task(
                _async_give_back(self.hass, replace(self._service, token=old))
            )
        entry = self._get_entry()
        async_update_workers(self.hass, entry, service_workers(entry, service), service)
        return await self._async_identified(agent.KIND.key, identity)


async def _async_give_back(hass: HomeAssistant, service: Service) -> None:
    """Have a token that is not needed any more be good no more, if it can be had."""
    with suppress(WorkerError):
        await service.client(hass).async_give_back()
