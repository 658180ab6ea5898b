"""Actions: run, pause and explain workers, set their mode, tell the plan.

One call may name several workers. Those about jobs are in `services_jobs`, those about
guards and homes in `services_home`.
"""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from homeassistant.const import ATTR_MODE
from homeassistant.core import (
    HomeAssistant,
    ServiceCall,
    ServiceResponse,
    SupportsResponse,
    callback,
)
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import config_validation as cv
from homeassistant.util import dt as dt_util
import probatio

from .configured import WorkerConfig
from .const import DOMAIN
from .core.explain import explain
from .core.model import Mode
from .plan_response import site_response, standing, worker_response
from .services_home import async_setup_home_services
from .services_jobs import async_setup_job_services
from .targets import DEVICE_SCHEMA, Target, named_devices, worker_targets
from .words import explanation

ATTR_DURATION = "duration"
ATTR_LEVEL = "level"

SERVICE_RUN = "run"
SERVICE_PAUSE = "pause"
SERVICE_SET_MODE = "set_mode"
SERVICE_EXPLAIN = "explain"
SERVICE_GET_PLAN = "get_plan"

SHORTEST = timedelta(seconds=1)
LONGEST = timedelta(days=7)

PAUSE_SCHEMA = DEVICE_SCHEMA.extend({probatio.Optional(ATTR_DURATION): cv.time_period})
RUN_SCHEMA = PAUSE_SCHEMA.extend({probatio.Optional(ATTR_LEVEL): probatio.Coerce(int)})
SET_MODE_SCHEMA = DEVICE_SCHEMA.extend(
    {probatio.Required(ATTR_MODE): probatio.Coerce(Mode)}
)


@callback
def async_setup_services(hass: HomeAssistant) -> None:
    """Register the actions, which exist whether or not an entry is loaded."""

    async def run(call: ServiceCall) -> ServiceResponse:
        duration_s = _duration_s(call)
        level: int | None = call.data.get(ATTR_LEVEL)
        targets = worker_targets(hass, call)
        for target in targets:
            _check_level(target.worker, level)
        for target in targets:
            await target.coordinator.async_override(
                target.worker.key, run=True, duration_s=duration_s, level=level
            )
        return _what_holds(targets)

    async def pause(call: ServiceCall) -> ServiceResponse:
        duration_s = _duration_s(call)
        targets = worker_targets(hass, call)
        for target in targets:
            await target.coordinator.async_override(
                target.worker.key, run=False, duration_s=duration_s
            )
        return _what_holds(targets)

    async def set_mode(call: ServiceCall) -> ServiceResponse:
        targets = worker_targets(hass, call)
        for target in targets:
            await target.coordinator.async_set_mode(
                target.worker.key, call.data[ATTR_MODE]
            )
        return _what_holds(targets)

    async def explain_workers(call: ServiceCall) -> ServiceResponse:
        return {
            target.device_id: _explanation(target)
            for target in worker_targets(hass, call, of_site=True)
        }

    async def get_plan(call: ServiceCall) -> ServiceResponse:
        return dict(_plans(hass, call))

    register = hass.services.async_register
    for action, command, schema in (
        (SERVICE_RUN, run, RUN_SCHEMA),
        (SERVICE_PAUSE, pause, PAUSE_SCHEMA),
        (SERVICE_SET_MODE, set_mode, SET_MODE_SCHEMA),
    ):
        register(
            DOMAIN,
            action,
            command,
            schema=schema,
            supports_response=SupportsResponse.OPTIONAL,
        )
    for action, respond in (
        (SERVICE_EXPLAIN, explain_workers),
        (SERVICE_GET_PLAN, get_plan),
    ):
        register(
            DOMAIN,
            action,
            respond,
            schema=DEVICE_SCHEMA,
            supports_response=SupportsResponse.ONLY,
        )
    async_setup_job_services(hass)
    async_setup_home_services(hass)


def _what_holds(targets: list[Target]) -> dict[str, Any]:
    """Return what each worker was told, and what was decided: guards may object."""
    return {target.device_id: _wish(target) for target in targets}


def _wish(target: Target) -> dict[str, Any]:
    coordinator = target.coordinator
    controls = coordinator.controls[target.worker.key]
    override, decision = controls.override, target.decision
    until = None
    if override is not None:
        left = timedelta(seconds=override.until_s - coordinator.clock_s)
        until = dt_util.as_local(dt_util.utcnow() + left).isoformat(timespec="seconds")
    return {
        "mode": controls.mode.value,
        "override": None
        if override is None
        else {"run": override.run, "level": override.level, "until": until},
        "level": None if decision is None else decision.level,
        "reason": None if decision is None else decision.reason.code.value,
    }


def _plans(hass: HomeAssistant, call: ServiceCall) -> Iterator[tuple[str, Any]]:
    """Yield the plans of the homes that the call names, then those of all workers."""
    for device, entry in named_devices(hass, call):
        if (DOMAIN, entry.entry_id) in device.identifiers:
            home = entry.runtime_data
            yield device.id, site_response(home.configuration, home.plans.view)
    now_s = dt_util.utcnow().timestamp()
    for target in worker_targets(hass, call, of_site=True):
        coordinator = target.coordinator
        yield (
            target.device_id,
            worker_response(
                coordinator.configuration,
                coordinator.plans.view,
                target.worker.key,
                now_s,
            ),
        )


def _duration_s(call: ServiceCall) -> float | None:
    """Return the call's duration in s; None lets the worker's own setting serve."""
    duration: timedelta | None = call.data.get(ATTR_DURATION)
    if duration is None:
        return None
    if not SHORTEST <= duration <= LONGEST:
        raise ServiceValidationError(
            translation_domain=DOMAIN,
            translation_key="duration_out_of_range",
            translation_placeholders={
                "minimum": str(SHORTEST // timedelta(seconds=1)),
                "maximum": str(LONGEST // timedelta(days=1)),
            },
        )
    return duration.total_seconds()


def _check_level(worker: WorkerConfig, level: int | None) -> None:
    highest = len(worker.spec.levels_w)
    if level is not None and not 1 <= level <= highest:
        raise ServiceValidationError(
            translation_domain=DOMAIN,
            translation_key="level_out_of_range",
            translation_placeholders={
                "worker": worker.name,
                "level": str(level),
                "maximum": str(highest),
            },
        )


def _explanation(target: Target) -> dict[str, Any]:
    """Return the last decision about a worker, in words and with all of its numbers."""
    site = target.coordinator.data
    if target.decision is None:
        raise ServiceValidationError(
            translation_domain=DOMAIN,
            translation_key="no_decision_yet",
            translation_placeholders={"worker": target.worker.name},
        )
    hass, spec = target.coordinator.hass, target.coordinator.configuration.spec
    return {
        "explanation": explanation(hass, target.facts),
        **explain(spec, site.snapshot, site.decision, target.worker.key),
        "plan": standing(site.plan),
    }
