"""The dialog for a guard: which kind it is, then one page about it.

A condition has a second page, on which what is usual for its use is filled in. May
import Home Assistant; must never reload the entry, whose update listener does.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from homeassistant.config_entries import SubentryFlowResult
from homeassistant.core import HomeAssistant
from homeassistant.helpers.selector import (
    SelectOptionDict,
    SelectSelector,
    SelectSelectorConfig,
    TextSelector,
)
import probatio

from .. import const as c, const_guards as g
from ..core.guard_spec import ConditionUse
from ..workers import is_switched
from . import checks, guard_power as power, guard_watch as watch
from .degrees import in_celsius, in_kelvin, in_user_difference, in_user_unit
from .schema import Fields, filled, flat, optional, placed, required
from .subentry import SubentryDialog

CONDITION_RULE: Final = "condition_rule"


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """The page of one kind of guard.

    `errors` judges what was entered, and `stored` makes of it what is kept.
    """

    fields: Callable[[HomeAssistant], Fields]
    errors: Callable[[HomeAssistant, Mapping[str, Any]], checks.Errors]
    stored: Callable[[HomeAssistant, Mapping[str, Any]], dict[str, Any]] = (
        lambda _, values: dict(values)
    )


FORMS: Final[Mapping[str, Form]] = {
    g.KIND_CIRCUIT: Form(
        fields=power.circuit_fields,
        errors=power.circuit_errors,
        stored=power.circuit_stored,
    ),
    g.KIND_POWER_CAP: Form(
        fields=power.power_cap_fields, errors=power.power_cap_errors
    ),
    g.KIND_BATTERY: Form(fields=power.battery_fields, errors=power.battery_errors),
    g.KIND_CLIMATE: Form(fields=watch.climate_fields, errors=watch.climate_errors),
    g.KIND_CONDITION: Form(
        fields=watch.condition_fields, errors=watch.condition_errors
    ),
    g.KIND_QUIET: Form(fields=watch.quiet_fields, errors=watch.quiet_errors),
    g.KIND_MAXIMUM: Form(fields=power.maximum_fields, errors=power.maximum_errors),
}


def guard_schema(
    hass: HomeAssistant, kind: str, workers: list[SelectOptionDict], *, named: bool
) -> probatio.Schema:
    """Return the page of a kind; `named`: ask for a name too."""
    name_field: Fields = {required(c.CONF_NAME): TextSelector()} if named else {}
    workers_field: Fields = (
        {
            optional(g.CONF_WORKERS): SelectSelector(
                SelectSelectorConfig(options=workers, multiple=True)
            )
        }
        if workers
        else {}
    )
    return probatio.Schema({**name_field, **FORMS[kind].fields(hass), **workers_field})


class GuardSubentryFlow(SubentryDialog):
    """Adds or changes one guard."""

    async def async_step_user(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask what kind of guard it is."""
        has_battery = self._get_entry().data.get(c.CONF_HAS_BATTERY, False)
        kinds = [kind for kind in FORMS if has_battery or kind != g.KIND_BATTERY]
        return self.async_show_menu(step_id="user", menu_options=kinds)

    async def async_step_reconfigure(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Begin with what was entered last time."""
        return await self._async_page(self._known[c.CONF_KIND], None)

    async def async_step_circuit(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask for the limit of a circuit and for its meter."""
        return await self._async_page(g.KIND_CIRCUIT, user_input)

    async def async_step_power_cap(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask for the entity that says the cap."""
        return await self._async_page(g.KIND_POWER_CAP, user_input)

    async def async_step_battery_guard(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask how far workers may discharge the home battery."""
        return await self._async_page(g.KIND_BATTERY, user_input)

    async def async_step_climate(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask for sensors of the air and their limits."""
        return await self._async_page(g.KIND_CLIMATE, user_input)

    async def async_step_condition(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask for the entity to watch, and what for."""
        return await self._async_page(g.KIND_CONDITION, user_input)

    async def async_step_quiet(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask when workers have to be quiet, and how quiet."""
        return await self._async_page(g.KIND_QUIET, user_input)

    async def async_step_maximum(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask what each worker may use in a day."""
        return await self._async_page(g.KIND_MAXIMUM, user_input)

    async def async_step_condition_rule(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask when the condition holds, and what follows if it does not."""
        if user_input is not None:
            return self._store({**self._data, **user_input})
        use = self._data[g.CONF_USE]
        known = self._known if self._known.get(g.CONF_USE) == use else {}
        state = self.hass.states.get(self._data[g.CONF_WATCHED])
        return self.async_show_form(
            step_id=CONDITION_RULE,
            data_schema=filled(
                self, probatio.Schema(watch.rule_fields(ConditionUse(use))), known
            ),
            description_placeholders={
                "entity": state.name if state else self._data[g.CONF_WATCHED],
                "state": state.state if state else "-",
            },
            last_step=True,
        )

    async def _async_page(
        self, kind: str, user_input: dict[str, Any] | None
    ) -> SubentryFlowResult:
        """Show the page of a kind, or go on from it."""
        errors: checks.Errors = {}
        in_c = in_celsius(self.hass, flat(user_input or {}), watch.TEMPERATURES)
        values = in_kelvin(self.hass, in_c, watch.DIFFERENCES)
        if user_input is not None:
            errors = {
                **checks.not_finite(values),
                **FORMS[kind].errors(self.hass, values),
            }
            if c.CONF_NAME in values:
                errors.update(checks.left_out(values, c.CONF_NAME))
            if not errors:
                return await self._async_entered(kind, values)
        schema = guard_schema(
            self.hass, kind, self._workers(), named=not self._is_change
        )
        shown = in_user_unit(
            self.hass, values or self._proposed(kind), watch.TEMPERATURES
        )
        return self.async_show_form(
            step_id=kind,
            data_schema=filled(
                self,
                schema,
                in_user_difference(self.hass, shown, watch.DIFFERENCES),
            ),
            errors=placed(errors, schema),
            last_step=kind != g.KIND_CONDITION,
        )

    async def _async_entered(
        self, kind: str, values: dict[str, Any]
    ) -> SubentryFlowResult:
        self._title = values.pop(c.CONF_NAME, "")
        self._data = {c.CONF_KIND: kind, **FORMS[kind].stored(self.hass, values)}
        if kind == g.KIND_CONDITION:
            return await self.async_step_condition_rule()
        return self._store(self._data)

    def _workers(self) -> list[SelectOptionDict]:
        return [
            SelectOptionDict(value=worker.subentry_id, label=worker.title)
            for worker in self._get_entry().get_subentries_of_type(c.SUBENTRY_WORKER)
            if is_switched(worker.data[c.CONF_KIND])
        ]

    def _proposed(self, kind: str) -> Mapping[str, Any]:
        """Return what the page is filled in with at first.

        A worker that was deleted since is left out: the form would refuse it.
        """
        if not self._is_change:
            return watch.CLIMATE_PROPOSED if kind == g.KIND_CLIMATE else {}
        there = self._get_entry().subentries
        workers = [w for w in self._known.get(g.CONF_WORKERS) or () if w in there]
        return {**self._known, g.CONF_WORKERS: workers}
