"""The dialog for a heat sink: the tank, then what heats it otherwise.

May import Home Assistant; must never reload the entry, whose update listener does.
"""

from collections.abc import Mapping
from typing import Any

from homeassistant.config_entries import (
    SOURCE_RECONFIGURE,
    ConfigSubentryFlow,
    SubentryFlowResult,
)

from .. import const as c
from ..core.spec import BackupKind
from . import checks, tank
from .schema import filled, flat, placed


class HeatSinkSubentryFlow(ConfigSubentryFlow):
    """Adds or changes one heat sink."""

    def __init__(self) -> None:
        """Start with nothing entered."""
        self._data: dict[str, Any] = {}
        self._title = ""

    async def async_step_user(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask what kind of heat sink it is."""
        return self.async_show_menu(step_id="user", menu_options=[c.KIND_TANK])

    async def async_step_reconfigure(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Begin with what was entered last time."""
        return await self.async_step_tank()

    async def async_step_tank(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask for the tank."""
        errors: checks.Errors = {}
        values = tank.in_celsius(self.hass, flat(user_input or {}))
        if user_input is not None:
            errors = {**tank.tank_errors(self.hass, values), **self._taken(values)}
            if not errors:
                return await self._async_tank_entered(values)
        schema = tank.tank_schema(self.hass, named=not self._is_change)
        shown = tank.in_user_unit(self.hass, values or self._known)
        return self.async_show_form(
            step_id="tank",
            data_schema=filled(self, schema, shown),
            errors=placed(errors, schema),
            last_step=False,
        )

    async def async_step_backup_gas(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask for a boiler's fuel price and efficiency."""
        return self._backup(BackupKind.GAS, user_input)

    async def async_step_backup_resistive(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask for an immersion rod's power and times."""
        return self._backup(BackupKind.RESISTIVE, user_input)

    async def async_step_backup_heat_pump(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask for a heat pump's source, power and times."""
        return self._backup(BackupKind.HEAT_PUMP, user_input)

    async def async_step_backup_none(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask what warm water is worth where nothing else heats it."""
        return self._backup(BackupKind.NONE, user_input)

    async def _async_tank_entered(self, values: dict[str, Any]) -> SubentryFlowResult:
        self._title = values.pop(c.CONF_NAME, "")
        if values[c.CONF_ENERGY_CLASS] != tank.OWN_LOSS:
            values[c.CONF_LOSS_W_PER_K] = tank.loss_w_per_k(
                values[c.CONF_ENERGY_CLASS], values[c.CONF_VOLUME_L]
            )
        self._data = {c.CONF_KIND: c.KIND_TANK, **values}
        steps = {
            BackupKind.GAS: self.async_step_backup_gas,
            BackupKind.RESISTIVE: self.async_step_backup_resistive,
            BackupKind.HEAT_PUMP: self.async_step_backup_heat_pump,
            BackupKind.NONE: self.async_step_backup_none,
        }
        return await steps[BackupKind(values[c.CONF_BACKUP])]()

    def _backup(
        self, kind: BackupKind, user_input: dict[str, Any] | None
    ) -> SubentryFlowResult:
        errors: checks.Errors = {}
        values = tank.in_celsius(self.hass, flat(user_input or {}))
        if user_input is not None:
            data = {**self._data, **values}
            errors = tank.backup_errors(self.hass, data)
            if not errors:
                return self._finish(data)
        schema = tank.backup_schema(self.hass, kind)
        shown = tank.in_user_unit(self.hass, values or self._known)
        return self.async_show_form(
            step_id=f"backup_{kind}",
            data_schema=filled(self, schema, shown),
            errors=placed(errors, schema),
            last_step=True,
        )

    def _finish(self, data: dict[str, Any]) -> SubentryFlowResult:
        if self._is_change:
            return self.async_update_and_abort(
                self._get_entry(), self._get_reconfigure_subentry(), data=data
            )
        return self.async_create_entry(title=self._title, data=data)

    def _taken(self, values: Mapping[str, Any]) -> checks.Errors:
        """Check that the temperature sensor is no other heat sink's."""
        own = self._get_reconfigure_subentry().subentry_id if self._is_change else None
        taken = {
            sink.data.get(c.CONF_TEMPERATURE)
            for sink in self._get_entry().get_subentries_of_type(c.SUBENTRY_HEAT_SINK)
            if sink.subentry_id != own
        }
        if values[c.CONF_TEMPERATURE] not in taken:
            return {}
        return {c.CONF_TEMPERATURE: "used_by_other_sink"}

    @property
    def _is_change(self) -> bool:
        return self.source == SOURCE_RECONFIGURE

    @property
    def _known(self) -> Mapping[str, Any]:
        """What was stored before; nothing while a heat sink is added."""
        return self._get_reconfigure_subentry().data if self._is_change else {}
