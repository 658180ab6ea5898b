"""A worker service that announced itself: added with its workers, or found again.

An announcement proves nothing, since anybody can make one. So a known worker moves only
to where its service shows the certificate that was confirmed, and a new one is paired by
a code. May import Home Assistant and do I/O through the back-end's own client.
"""

from dataclasses import replace
from types import MappingProxyType
from typing import Any, override

from homeassistant.config_entries import (
    SOURCE_USER,
    SOURCE_ZEROCONF,
    ConfigEntry,
    ConfigFlow,
    ConfigFlowResult,
    ConfigSubentry,
    FlowType,
)
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers.selector import (
    SelectOptionDict,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
    TextSelector,
)
from homeassistant.helpers.service_info.zeroconf import ZeroconfServiceInfo
from homeassistant.util.hass_dict import HassKey
import probatio

from .. import const as c
from ..first_run import async_begin
from ..known_services import async_update_workers, service_workers, unique_id
from ..workers import agent
from . import checks, economics, readings
from .connect import (
    Offer,
    Service,
    async_look,
    async_pair_with,
    async_shows,
    async_visit,
    shown,
)
from .numbers import listed
from .schema import filled, required

CONF_WORKERS = "workers"

DATA_ANNOUNCED: HassKey[dict[str, ZeroconfServiceInfo]] = HassKey(
    f"{c.DOMAIN}_announced"
)
"""The services that announced themselves before there was a site, by their names: to set
that up ends the dialogs which they began."""


class DiscoveryPages(ConfigFlow):
    """The part of the site's dialog that a service begins by itself."""

    def __init__(self) -> None:
        """Start with nothing discovered."""
        self._service = Service(url="")
        self._offer = Offer(workers={})

    @override
    async def async_step_zeroconf(
        self, discovery_info: ZeroconfServiceInfo
    ) -> ConfigFlowResult:
        """Find a known service again, or offer to add one; without a site, that first."""
        service_id = str(discovery_info.properties.get("id") or "")
        name = discovery_info.name.partition("._")[0]
        self.context["title_placeholders"] = {"name": name}
        entry = self._set_up_site()
        if entry is None:
            self.hass.data.setdefault(DATA_ANNOUNCED, {})[name] = discovery_info
            return await self.async_step_user()
        address = _address(discovery_info)
        scheme = "https" if "fingerprint" in discovery_info.properties else "http"
        announced = {
            c.CONF_URL: f"{scheme}://{address}",
            c.CONF_SERVICE_ID: service_id,
        }
        if not service_id or await self._async_found_again(entry, announced):
            return self.async_abort(reason="already_configured_service")
        await self.async_set_unique_id(service_id)
        self._abort_if_unique_id_configured()
        seen, _ = await async_look(self.hass, address)
        if seen is None:
            return self.async_abort(reason="cannot_connect")
        self._service = seen
        return await self.async_step_discovered()

    async def async_step_discovered(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for the code that the service shows."""
        errors: checks.Errors = {}
        if user_input is not None:
            token, errors = await async_pair_with(
                self.hass, self._service, user_input[c.CONF_CODE]
            )
            if not errors:
                self._service = replace(self._service, token=token)
                self._offer, errors = await async_visit(self.hass, self._service)
                if not errors:
                    return await self.async_step_discovered_workers()
                return self.async_abort(reason=next(iter(errors.values())))
        return self.async_show_form(
            step_id="discovered",
            data_schema=probatio.Schema({required(c.CONF_CODE): TextSelector()}),
            errors=errors,
            description_placeholders={
                "url": self._service.url,
                "fingerprint": shown(self._service.fingerprint),
            },
            last_step=False,
        )

    async def async_step_discovered_workers(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask which of its workers to add and what they are worth, and add them."""
        entry = self._set_up_site()
        if entry is None:
            return self.async_abort(reason="no_site")
        errors: checks.Errors = {}
        if user_input is not None:
            errors = checks.not_finite(user_input)
            if not user_input[CONF_WORKERS]:
                errors[CONF_WORKERS] = "value_needed"
            if not errors:
                for worker in user_input[CONF_WORKERS]:
                    self._add(entry, worker, user_input[c.CONF_VALUE_PER_KWH])
                return self.async_abort(reason="worker_added")
        options = [
            SelectOptionDict(value=name, label=f"{name} ({listed(levels)} W)")
            for name, levels in self._offer.workers.items()
        ]
        schema = probatio.Schema(
            {
                required(CONF_WORKERS): SelectSelector(
                    SelectSelectorConfig(
                        options=options, multiple=True, mode=SelectSelectorMode.LIST
                    )
                ),
                **economics.value_per_kwh(self.hass.config.currency),
            }
        )
        return self.async_show_form(
            step_id="discovered_workers",
            data_schema=filled(
                self, schema, user_input or {CONF_WORKERS: list(self._offer.workers)}
            ),
            errors=errors,
            description_placeholders={
                "export_price": readings.price(
                    self.hass, entry.data, c.CONF_EXPORT_PRICE
                )
            },
            last_step=True,
        )

    @override
    async def async_on_create_entry(self, result: ConfigFlowResult) -> ConfigFlowResult:
        """Go on with the first worker: of a service that was heard of, or of any kind."""
        entry = result["result"]
        await async_begin(self.hass, entry)
        for announced in self.hass.data.pop(DATA_ANNOUNCED, {}).values():
            flow = await self.hass.config_entries.flow.async_init(
                c.DOMAIN, context={"source": SOURCE_ZEROCONF}, data=announced
            )
            if flow["type"] is FlowResultType.FORM:
                result.setdefault("next_flow", (FlowType.CONFIG_FLOW, flow["flow_id"]))
        if "next_flow" not in result:
            dialog = await self.hass.config_entries.subentries.async_init(
                (entry.entry_id, c.SUBENTRY_WORKER), context={"source": SOURCE_USER}
            )
            result["next_flow"] = (FlowType.CONFIG_SUBENTRIES_FLOW, dialog["flow_id"])
        return result

    def _set_up_site(self) -> ConfigEntry | None:
        entries = self.hass.config_entries.async_entries(c.DOMAIN, include_ignore=False)
        return entries[0] if entries else None

    async def _async_found_again(
        self, entry: ConfigEntry, announced: dict[str, Any]
    ) -> bool:
        """Tell whether a service is known; if it has moved, its workers move along."""
        workers = tuple(service_workers(entry, announced))
        url = announced[c.CONF_URL]
        for known in {Service.of(worker.data) for worker in workers}:
            if (
                known.pinned is not None
                and known.url != url
                # The address that a person chose stays for as long as it is right.
                and not await async_shows(self.hass, known.url, known.pinned)
                and await async_shows(self.hass, url, known.pinned)
            ):
                moved = (one for one in workers if Service.of(one.data) == known)
                async_update_workers(self.hass, entry, moved, {c.CONF_URL: url})
        return bool(workers)

    def _add(self, entry: ConfigEntry, worker: str, value_per_kwh: float) -> None:
        service = replace(self._service, service_id=self._offer.service_id)
        data: dict[str, Any] = {
            **service.stored(),
            c.CONF_KIND: agent.KIND.key,
            c.CONF_WORKER: worker,
            c.CONF_LEVELS_W: self._offer.workers[worker],
        }
        if any(agent.KIND.same(one.data, data) for one in service_workers(entry, data)):
            return
        data |= economics.defaults(entry, self.hass.config.currency)
        data[c.CONF_VALUE_PER_KWH] = value_per_kwh
        self.hass.config_entries.async_add_subentry(
            entry,
            ConfigSubentry(
                data=MappingProxyType(
                    {key: value for key, value in data.items() if value is not None}
                ),
                subentry_type=c.SUBENTRY_WORKER,
                title=worker,
                unique_id=unique_id(data),
            ),
        )


def _address(discovery_info: ZeroconfServiceInfo) -> str:
    host = discovery_info.host
    return f"{f'[{host}]' if ':' in host else host}:{discovery_info.port}"
