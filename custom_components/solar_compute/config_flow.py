"""The dialog that sets up the site, and the way to all other dialogs.

A service that announces itself opens it too; the pages for that are in `flows.discovery`.
Four short steps: grid, battery (if there is one), prices, and a last look at what
was found and what is left to do. Setting up and reconfiguring take the same steps. The
update listener of the entry reloads it, so nothing here may reload.
"""

from collections.abc import Mapping
from typing import Any, override

from homeassistant.config_entries import (
    SOURCE_RECONFIGURE,
    SOURCE_USER,
    ConfigEntry,
    ConfigFlowResult,
    ConfigSubentryFlow,
    OptionsFlow,
)
from homeassistant.core import callback

from . import const as c, migrate
from .const_guards import SUBENTRY_GUARD
from .flows import checks, site
from .flows.checklist import async_checklist
from .flows.discovery import DiscoveryPages
from .flows.energy import async_prefill
from .flows.guard import GuardSubentryFlow
from .flows.heat_sink import HeatSinkSubentryFlow
from .flows.options import SiteOptionsFlow
from .flows.schema import filled, flat, placed
from .flows.worker import WorkerSubentryFlow


class SolarComputeConfigFlow(DiscoveryPages, domain=c.DOMAIN):
    """Asks for the site's meters and prices."""

    VERSION = migrate.VERSION
    MINOR_VERSION = migrate.MINOR_VERSION

    def __init__(self) -> None:
        """Start with nothing entered and nothing known."""
        super().__init__()
        self._site: dict[str, Any] = {}
        self._known: Mapping[str, Any] = {}

    @staticmethod
    @callback
    @override
    def async_get_options_flow(config_entry: ConfigEntry) -> OptionsFlow:
        """Return the dialog for the site's tunables."""
        return SiteOptionsFlow()

    @classmethod
    @callback
    @override
    def async_get_supported_subentry_types(
        cls, config_entry: ConfigEntry
    ) -> dict[str, type[ConfigSubentryFlow]]:
        """Return the dialogs for what a site has several of."""
        return {
            c.SUBENTRY_WORKER: WorkerSubentryFlow,
            c.SUBENTRY_HEAT_SINK: HeatSinkSubentryFlow,
            SUBENTRY_GUARD: GuardSubentryFlow,
        }

    @override
    async def async_step_user(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Begin, with what the energy dashboard knows filled in."""
        # A service that was discovered keeps nobody from beginning by himself.
        await self.async_set_unique_id(
            c.DOMAIN, raise_on_progress=self.source != SOURCE_USER
        )
        self._abort_if_unique_id_configured()
        self._known = await async_prefill(self.hass)
        return await self.async_step_grid()

    async def async_step_reconfigure(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Begin, with what was entered last time filled in."""
        self._known = self._get_reconfigure_entry().data
        return await self.async_step_grid()

    async def async_step_grid(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for the grid meter and the solar panels."""
        errors: checks.Errors = {}
        if user_input is not None:
            self._site = flat(user_input)
            errors = site.grid_errors(self.hass, self._site)
            if not errors and self._site[c.CONF_HAS_BATTERY]:
                return await self.async_step_battery()
            if not errors:
                return await self.async_step_prices()
        schema = site.grid_schema()
        return self.async_show_form(
            step_id="grid",
            data_schema=filled(self, schema, self._site or self._known),
            errors=placed(errors, schema),
            last_step=False,
        )

    async def async_step_battery(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for the home battery."""
        errors: checks.Errors = {}
        values = flat(user_input or {})
        if user_input is not None:
            errors = site.battery_errors(self.hass, self._site, values)
            if not errors:
                self._site.update(values)
                return await self.async_step_prices()
        schema = site.battery_schema(self.hass.config.currency)
        return self.async_show_form(
            step_id="battery",
            data_schema=filled(self, schema, values or self._known),
            errors=placed(errors, schema),
            last_step=False,
        )

    async def async_step_prices(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for prices and limits of the connection."""
        errors: checks.Errors = {}
        values = flat(user_input or {})
        if user_input is not None:
            errors = site.prices_errors(self.hass, values)
            if not errors:
                self._site.update(values)
                return await self.async_step_confirm()
        schema = site.prices_schema(self.hass.config.currency)
        return self.async_show_form(
            step_id="prices",
            data_schema=filled(self, schema, values or self._known),
            errors=placed(errors, schema),
            description_placeholders={"currency": self.hass.config.currency},
            last_step=False,
        )

    async def async_step_confirm(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Show what was found and what is left to do, until the user finds the signs right.

        And let him only watch at first, where there is no site yet.
        """
        new = self.source != SOURCE_RECONFIGURE
        if user_input is not None:
            if new:
                self._site[c.CONF_ONLY_WATCH] = user_input[c.CONF_ONLY_WATCH]
            if user_input.items() <= self._site.items():
                return self._finish()
            self._site.update(user_input)
        return self.async_show_form(
            step_id="confirm",
            data_schema=site.confirm_schema(self._site, new=new),
            description_placeholders={
                "checklist": await async_checklist(
                    self.hass,
                    self._site,
                    new=new,
                    found=self._known if new else {},
                )
            },
            last_step=True,
        )

    def _finish(self) -> ConfigFlowResult:
        if self.source == SOURCE_RECONFIGURE:
            return self.async_update_and_abort(
                self._get_reconfigure_entry(), data=self._site
            )
        return self.async_create_entry(title=c.TITLE, data=self._site)
