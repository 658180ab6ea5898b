"""Guards that say things, for the tests of the core."""

from typing import Any

from custom_components.solar_compute.core.guard_spec import (
    ClimateGuard,
    ConditionGuard,
    ConditionUse,
    GuardSpec,
    GuardSpecs,
)
from custom_components.solar_compute.core.model import (
    Decision,
    GuardInput,
    GuardState,
    Reading,
)

from .houses import CLOCK_S


def saying(
    key: str,
    *,
    at_s: float = 0.0,
    age_s: float = 0.0,
    rearmed_s: float | None = None,
    **values: float | None,
) -> GuardInput:
    """Return what a guard's entities say, `at_s` after noon and `age_s` old."""
    measured_s = CLOCK_S + at_s - age_s
    return GuardInput(
        key=key,
        readings={name: Reading(value, measured_s) for name, value in values.items()},
        rearmed_s=None if rearmed_s is None else CLOCK_S + rearmed_s,
    )


def guards(*specs: GuardSpec) -> GuardSpecs:
    """Return the specs of a site's guards, each put among its kind."""
    kinds = {
        "ConditionGuard": "conditions",
        "ClimateGuard": "climates",
        "QuietGuard": "quiet",
        "MaximumGuard": "maxima",
        "CircuitGuard": "circuits",
        "PowerCapGuard": "caps",
        "BatteryGuard": "batteries",
    }
    found: dict[str, Any] = {}
    for spec in specs:
        kind = kinds[type(spec).__name__]
        found[kind] = (*found.get(kind, ()), spec)
    return GuardSpecs(**found)


def door(**changes: Any) -> ConditionGuard:
    """Return a door of the rack that must be shut (off), and latches."""
    settings: dict[str, Any] = {
        "key": "door",
        "name": "Rack door",
        "use": ConditionUse.TAMPER,
        "must_be_on": False,
        "latching": True,
    }
    return ConditionGuard(**(settings | changes))


def smoke(**changes: Any) -> ConditionGuard:
    """Return a smoke detector that must be off, for safety."""
    settings: dict[str, Any] = {
        "key": "smoke",
        "name": "Smoke",
        "use": ConditionUse.ALARM,
        "must_be_on": False,
        "safety": True,
    }
    return ConditionGuard(**(settings | changes))


def cellar(**changes: Any) -> ClimateGuard:
    """Return the air of a cellar: no warmer than 27 °C."""
    settings: dict[str, Any] = {"key": "cellar", "name": "Cellar", "maximum_c": 27.0}
    return ClimateGuard(**(settings | changes))


def state_of(decision: Decision, key: str) -> GuardState:
    """Return the state of a guard, which must have one."""
    state = decision.guard(key)
    assert state is not None
    return state
