"""The air around a worker: temperature, humidity, and the dew point.

Fails safe: a sensor that is unknown or silent for longer than its guard allows
trips it. It sees the air at the sensor, not in the machine. Standard library and
the core only; never raises a level.
"""

from math import log

from ..guard_spec import ClimateGuard
from ..model import Reason, ReasonCode
from .base import Cap, GuardContext, Look, cap_by_state, strictest

HUMIDITY_HYSTERESIS = 5.0
"""How many points below its limit of humidity a trip ends."""

AIR_C = (-50.0, 100.0)
"""What a sensor in a room can say and be believed, in °C."""


def dew_point_c(temperature_c: float, humidity: float) -> float:
    """Return the temperature at which air of that relative humidity, in %, condenses.

    Magnus formula over water: 17.62 and 243.12 °C (WMO No. 8, annex 4.B). Below
    1 % humidity counts as 1 %.
    """
    moist = log(max(humidity, 1.0) / 100) + 17.62 * temperature_c / (
        243.12 + temperature_c
    )
    return 243.12 * moist / (17.62 - moist)


def assess(guard: ClimateGuard, look: Look) -> Reason | None:
    """Return what is wrong with the air; None while all is well."""
    temperature_c = look.value("temperature_c", *AIR_C, guard.hold_s)
    humidity = look.value("humidity", 0.0, 100.0, guard.hold_s)
    dew = guard.dew_margin_k is not None
    if temperature_c is None:
        if dew or guard.maximum_c is not None or guard.minimum_c is not None:
            return look.missing("temperature_c")
    elif reason := _beyond(guard, look, temperature_c):
        return reason
    if humidity is None:
        if dew or guard.maximum_humidity is not None:
            return look.missing("humidity")
        return None
    if reason := _too_humid(guard, look, humidity):
        return reason
    return _condensing(guard, look, temperature_c, humidity)


def _beyond(guard: ClimateGuard, look: Look, temperature_c: float) -> Reason | None:
    """Compare with the range; a trip ends somewhat inside it, at most at its middle."""
    high_c, low_c = guard.maximum_c, guard.minimum_c
    step_k = guard.hysteresis_k
    if high_c is not None and low_c is not None:
        step_k = max(0.0, min(step_k, (high_c - low_c) / 2))
    if high_c is not None:
        was = look.tripped_for is ReasonCode.TOO_WARM
        if temperature_c > high_c - (step_k if was else 0.0):
            return look.reason(
                ReasonCode.TOO_WARM, temperature_c=temperature_c, maximum_c=high_c
            )
    if low_c is not None:
        was = look.tripped_for is ReasonCode.TOO_COLD
        if temperature_c < low_c + (step_k if was else 0.0):
            return look.reason(
                ReasonCode.TOO_COLD, temperature_c=temperature_c, minimum_c=low_c
            )
    return None


def _too_humid(guard: ClimateGuard, look: Look, humidity: float) -> Reason | None:
    if guard.maximum_humidity is None:
        return None
    was = look.tripped_for is ReasonCode.TOO_HUMID
    limit = guard.maximum_humidity - (HUMIDITY_HYSTERESIS if was else 0.0)
    if humidity <= limit:
        return None
    return look.reason(
        ReasonCode.TOO_HUMID, humidity=humidity, maximum_humidity=guard.maximum_humidity
    )


def _condensing(
    guard: ClimateGuard, look: Look, temperature_c: float | None, humidity: float
) -> Reason | None:
    """Compare the dew point with the coldest surface, or else with the air."""
    if guard.dew_margin_k is None or temperature_c is None:
        return None
    coldest_c: float | None = temperature_c
    if "surface_c" in look.given.readings:
        coldest_c = look.value("surface_c", *AIR_C, guard.hold_s)
    if coldest_c is None:
        return look.missing("surface_c")
    dew_c = dew_point_c(temperature_c, humidity)
    was = look.tripped_for is ReasonCode.TOO_HUMID
    margin_k = guard.dew_margin_k + (guard.hysteresis_k if was else 0.0)
    if coldest_c - dew_c >= margin_k:
        return None
    return look.reason(
        ReasonCode.TOO_HUMID,
        dew_point_c=dew_c,
        coldest_c=coldest_c,
        margin_k=guard.dew_margin_k,
    )


def air_fit(context: GuardContext) -> Cap | None:
    """Pause what stands in air that is too warm, too cold or too humid."""
    if not context.site.guards.climates:
        return None
    caps = (
        cap_by_state(context, guard, safety=guard.safety)
        for guard in context.site.guards.climates
    )
    return strictest(cap for cap in caps if cap is not None)
