"""Reads what the entities of a guard say.

On or off, and a cap that somebody sets, stand until they are changed; everything else
is as old as its last report. May read sensors through `inputs` only.
"""

from functools import partial

from homeassistant.core import State

from . import units
from .configured import GuardConfig
from .core.guard_spec import ClimateGuard
from .core.model import GuardInput
from .core.reading import Reading
from .core.spec import PolicySpec
from .inputs import Convert, Meters

_MEASURED: dict[str, Convert] = {
    "temperature_c": units.temperature_c,
    "surface_c": units.temperature_c,
    "humidity": units.percent,
}
_STANDING: dict[str, Convert] = {"state": units.on_or_off, "cap_w": units.power_w}


def guard_input(
    guard: GuardConfig, meters: Meters, policy: PolicySpec, rearmed_s: float | None
) -> GuardInput:
    """Return what one guard goes by; `rearmed_s`: when a person re-armed it last."""
    return GuardInput(
        key=guard.key,
        readings={
            name: _reading(guard, name, entity_id, meters, policy)
            for name, entity_id in guard.entities.items()
        },
        rearmed_s=rearmed_s,
    )


def _reading(
    guard: GuardConfig, name: str, entity_id: str, meters: Meters, policy: PolicySpec
) -> Reading:
    hold_s = policy.power_hold_s
    if (convert := _STANDING.get(name)) is not None:
        return meters.standing(entity_id, convert, hold_s)
    if isinstance(guard.spec, ClimateGuard):
        hold_s = guard.spec.hold_s
    convert = _MEASURED.get(name, partial(_circuit_w, volts=guard.voltage_v))
    return meters.reading(entity_id, convert, hold_s)


def _circuit_w(state: State | None, volts: float | None) -> float | None:
    """Return a circuit's power in W, from its current where `volts` is given."""
    if volts is None:
        return units.power_w(state)
    current_a = units.current_a(state)
    return None if current_a is None else current_a * volts
