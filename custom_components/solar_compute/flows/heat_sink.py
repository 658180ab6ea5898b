"""The dialogs for a heat sink: what it is, then what heats it otherwise.

A cooled space has one page, everything else two. May import Home Assistant; must never
reload the entry, whose update listener does.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from homeassistant.config_entries import SubentryFlowResult
from homeassistant.core import HomeAssistant
import probatio

from .. import const as c, const_heat as h
from ..core.spec import BackupKind
from ..parsing import listed
from . import backup, checks, heat_checks, heat_fields, room, space, tank
from .schema import filled, flat, placed
from .subentry import SubentryDialog


class _Schema(Protocol):
    def __call__(self, hass: HomeAssistant, *, named: bool) -> probatio.Schema:
        """Return a form; `named`: ask for a name too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Page:
    """The first page of a sink that has a heater of its own.

    `errors` judges what was entered; `computed` adds what follows from it.
    """

    kind: str
    schema: _Schema
    errors: Callable[[HomeAssistant, Mapping[str, Any]], checks.Errors]
    computed: Callable[[Mapping[str, Any]], dict[str, Any]]


_TANK = _Page(
    kind=h.KIND_TANK,
    schema=tank.tank_schema,
    errors=tank.errors,
    computed=tank.computed,
)
_LOOP = _Page(
    kind=h.KIND_LOOP,
    schema=tank.loop_schema,
    errors=tank.errors,
    computed=tank.computed,
)
_ROOM = _Page(
    kind=h.KIND_ROOM,
    schema=room.schema,
    errors=room.errors,
    computed=room.computed,
)


class HeatSinkSubentryFlow(SubentryDialog):
    """Adds or changes one heat sink."""

    async def async_step_user(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask what kind of heat sink it is."""
        return self.async_show_menu(
            step_id="user",
            menu_options=[h.KIND_TANK, h.KIND_ROOM, h.KIND_LOOP, h.KIND_SPACE],
        )

    async def async_step_reconfigure(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Begin with what was entered last time."""
        steps = {
            h.KIND_TANK: self.async_step_tank,
            h.KIND_ROOM: self.async_step_room,
            h.KIND_LOOP: self.async_step_loop,
            h.KIND_SPACE: self.async_step_space,
        }
        return await steps[self._known[c.CONF_KIND]]()

    async def async_step_tank(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask for a hot-water tank."""
        return await self._async_sink(_TANK, user_input)

    async def async_step_loop(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask for a buffer, a pool or a loop."""
        return await self._async_sink(_LOOP, user_input)

    async def async_step_room(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask for a room that workers heat."""
        return await self._async_sink(_ROOM, user_input)

    async def async_step_space(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask for a cooled space."""
        values = flat(user_input or {})
        errors: checks.Errors = {}
        if user_input is not None:
            errors = space.errors(self.hass, values)
            if not errors:
                self._title = values.pop(c.CONF_NAME, "")
                return self._store({c.CONF_KIND: h.KIND_SPACE, **values})
        schema = space.schema(named=not self._is_change)
        return self._page(h.KIND_SPACE, schema, values, errors, is_last=True)

    async def async_step_backup_gas(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask for a boiler's fuel price and efficiency."""
        return self._backup(BackupKind.GAS, user_input)

    async def async_step_backup_resistive(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask for an electric heater's power and times."""
        return self._backup(BackupKind.RESISTIVE, user_input)

    async def async_step_backup_heat_pump(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask for a heat pump's efficiency, source, power and times."""
        return self._backup(BackupKind.HEAT_PUMP, user_input)

    async def async_step_backup_district(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask for the price of district heat."""
        return self._backup(BackupKind.DISTRICT, user_input)

    async def async_step_backup_none(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask what heat is worth where nothing else makes it."""
        return self._backup(BackupKind.NONE, user_input)

    def _page(
        self,
        step_id: str,
        schema: probatio.Schema,
        values: Mapping[str, Any],
        errors: checks.Errors,
        *,
        is_last: bool = False,
    ) -> SubentryFlowResult:
        """Show a page with what was entered, or with what is stored."""
        shown = heat_fields.suggested(self.hass, values or self._known)
        return self.async_show_form(
            step_id=step_id,
            data_schema=filled(self, schema, shown),
            errors=placed(errors, schema),
            last_step=is_last,
        )

    async def _async_sink(
        self, page: _Page, user_input: dict[str, Any] | None
    ) -> SubentryFlowResult:
        errors: checks.Errors = {}
        values = heat_fields.entered(self.hass, flat(user_input or {}))
        if user_input is not None:
            errors = {**page.errors(self.hass, values), **self._measured(values)}
            if not errors:
                self._title = values.pop(c.CONF_NAME, "")
                self._data = {c.CONF_KIND: page.kind, **page.computed(values)}
                return await self._async_step_backup()
        schema = page.schema(self.hass, named=not self._is_change)
        return self._page(page.kind, schema, values, errors)

    async def _async_step_backup(self) -> SubentryFlowResult:
        steps = {
            BackupKind.GAS: self.async_step_backup_gas,
            BackupKind.RESISTIVE: self.async_step_backup_resistive,
            BackupKind.HEAT_PUMP: self.async_step_backup_heat_pump,
            BackupKind.DISTRICT: self.async_step_backup_district,
            BackupKind.NONE: self.async_step_backup_none,
        }
        return await steps[BackupKind(self._data[h.CONF_BACKUP])]()

    def _backup(
        self, kind: BackupKind, user_input: dict[str, Any] | None
    ) -> SubentryFlowResult:
        errors: checks.Errors = {}
        values = heat_fields.entered(self.hass, flat(user_input or {}))
        if user_input is not None:
            data = {**self._data, **values}
            errors = backup.errors(self.hass, data)
            if data.get(h.CONF_WAIT_ENTITY) in self._taken(h.CONF_WAIT_ENTITY):
                errors[h.CONF_WAIT_ENTITY] = "used_by_other_sink"
            if not errors:
                return self._store(data)
        in_room = self._data[c.CONF_KIND] == h.KIND_ROOM
        schema = backup.schema(self.hass, kind, room=in_room)
        return self._page(f"backup_{kind}", schema, values, errors, is_last=True)

    def _measured(self, values: Mapping[str, Any]) -> checks.Errors:
        """Check a sink's thermometers and its heat meter."""
        taken = self._taken(h.CONF_TEMPERATURE)
        return {
            **heat_checks.thermometers(self.hass, values, taken),
            **heat_checks.meter(self.hass, self._get_entry().data, values),
        }

    def _taken(self, key: str) -> set[str]:
        """Return what all other sinks have in this field."""
        return {
            entity_id
            for sink in self._others(c.SUBENTRY_HEAT_SINK)
            for entity_id in listed(sink.data.get(key))
        }
