"""Triggers: what happens to workers, guards and heat, without templates.

Thin over our own event entities and binary sensors, which say it to everybody. Must
never compute anything.
"""

from typing import override

from homeassistant.components.binary_sensor.const import DOMAIN as BINARY_SENSOR
from homeassistant.components.event.const import (
    DOMAIN as EVENT,
    EventEntityStateAttribute,
)
from homeassistant.const import CONF_OPTIONS, STATE_OFF, STATE_ON
from homeassistant.core import HomeAssistant, State
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.automation import DomainSpec
from homeassistant.helpers.trigger import (
    ENTITY_STATE_TRIGGER_SCHEMA,
    EntityTargetStateTriggerBase,
    NotTriggeredReasonReporter,
    StatelessEntityTriggerBase,
    Trigger,
    TriggerConfig,
)
import probatio

from .activity import Activity
from .const import ACTIVITY, HEAT_NEEDED, TRIPPED, WORTH_RUNNING
from .core.model import ReasonCode
from .own_entities import own_entities

CONF_REASON = "reason"
EVENTS = {EVENT: DomainSpec()}
BINARY_SENSORS = {BINARY_SENSOR: DomainSpec()}
REASON_SCHEMA = ENTITY_STATE_TRIGGER_SCHEMA.extend(
    {
        probatio.Required(CONF_OPTIONS, default={}): {
            probatio.Optional(CONF_REASON, default=[]): probatio.All(
                cv.ensure_list, [probatio.In([code.value for code in ReasonCode])]
            )
        }
    }
)


class _ActivityTrigger(StatelessEntityTriggerBase):
    """Something happened to a worker."""

    _domain_specs = EVENTS
    _activity: Activity

    @override
    def entity_filter(self, entities: set[str]) -> set[str]:
        """Leave the events of workers."""
        return own_entities(self._hass, super().entity_filter(entities), ACTIVITY)

    @override
    def is_valid_state(
        self, state: State, report_not_triggered: NotTriggeredReasonReporter
    ) -> bool:
        """Tell whether it is this that happened."""
        happened = state.attributes.get(EventEntityStateAttribute.EVENT_TYPE)
        return happened == self._activity


class _SwitchTrigger(_ActivityTrigger):
    """A worker started or paused, for any reason or for some."""

    _schema = REASON_SCHEMA

    def __init__(self, hass: HomeAssistant, config: TriggerConfig) -> None:
        """Read the reasons that count; none given: all of them."""
        super().__init__(hass, config)
        self._reasons = frozenset(self._options[CONF_REASON])

    @override
    def is_valid_state(
        self, state: State, report_not_triggered: NotTriggeredReasonReporter
    ) -> bool:
        """Tell whether it happened, for such a reason."""
        if not super().is_valid_state(state, report_not_triggered):
            return False
        return not self._reasons or state.attributes.get(CONF_REASON) in self._reasons


class _StateTrigger(EntityTargetStateTriggerBase):
    """Something of ours began or ended."""

    _domain_specs = BINARY_SENSORS
    _key: str

    @override
    def entity_filter(self, entities: set[str]) -> set[str]:
        """Leave the sensors that this is about."""
        return own_entities(self._hass, super().entity_filter(entities), self._key)


def _happened(
    activity: Activity, base: type[_ActivityTrigger] = _ActivityTrigger
) -> type[Trigger]:
    return type("ActivityTrigger", (base,), {"_activity": activity})


def _turned(key: str, state: str) -> type[Trigger]:
    return type("StateTrigger", (_StateTrigger,), {"_key": key, "_to_states": {state}})


TRIGGERS: dict[str, type[Trigger]] = {
    "worker_started": _happened(Activity.STARTED, _SwitchTrigger),
    "worker_paused": _happened(Activity.PAUSED, _SwitchTrigger),
    "worker_lost": _happened(Activity.LOST),
    "worker_found": _happened(Activity.FOUND),
    "work_done": _happened(Activity.WORK_DONE),
    "plan_changed": _happened(Activity.PLAN_CHANGED),
    "job_done": _happened(Activity.JOB_DONE),
    "job_missed": _happened(Activity.JOB_MISSED),
    "job_at_risk": _happened(Activity.JOB_AT_RISK),
    "worth_running": _turned(WORTH_RUNNING, STATE_ON),
    "not_worth_running": _turned(WORTH_RUNNING, STATE_OFF),
    "heat_demand_began": _turned(HEAT_NEEDED, STATE_ON),
    "heat_demand_ended": _turned(HEAT_NEEDED, STATE_OFF),
    "guard_tripped": _turned(TRIPPED, STATE_ON),
    "guard_cleared": _turned(TRIPPED, STATE_OFF),
}


async def async_get_triggers(hass: HomeAssistant) -> dict[str, type[Trigger]]:
    """Return our triggers, by name."""
    return TRIGGERS
