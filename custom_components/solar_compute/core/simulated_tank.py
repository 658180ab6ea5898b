"""A tank of a simulated home through time: one well-mixed node, solved exactly.

    C · dT/dt = heat in − UA · (T − T_ambient) − draw

A draw cools the tank to its cold water at most, and is short from there on.
Between two events (a thermostat switches, the tank is full or cold) all powers
are constant, and the temperature follows an exponential. `simulate` strings such
stretches together. What decisions foresee of a tank is `body` and `strata`, written
apart from this, so that each tests the other. Standard library only; no clock, no I/O.
"""

from dataclasses import dataclass, replace
from math import exp, inf, log

from .spec import BackupKind, BackupSchedule, TankSpec

TOUCH_K = 1e-9
"""Temperatures closer than this are the same: events are met exactly."""

MINIMUM_HYSTERESIS_K = 0.1
"""A thermostat without hysteresis would switch without end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TankState:
    """A tank at one instant. `in_window`: a timed backup was allowed just now."""

    temperature_c: float
    backup_on: bool = False
    in_window: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class TankHeat:
    """Constant heat flows of one stretch, in W of heat, none negative.

    `electric_w` and `fuel_w` are what the backup heater takes for `backup_w`.
    """

    worker_w: float = 0.0
    backup_w: float = 0.0
    draw_w: float = 0.0
    electric_w: float = 0.0
    fuel_w: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class TankFlows:
    """What went through a tank, in Wh.

    `worker_wh` is the workers' heat that was offered, `dumped_wh` the part that
    the full tank refused; `useful_wh` went in below the target. `served_wh` is
    the draw that was warm, `short_wh` the rest. `electric_wh` and `fuel_wh` are
    what the backup heater took for `backup_wh` of heat.
    """

    worker_wh: float = 0.0
    dumped_wh: float = 0.0
    useful_wh: float = 0.0
    backup_wh: float = 0.0
    electric_wh: float = 0.0
    fuel_wh: float = 0.0
    served_wh: float = 0.0
    short_wh: float = 0.0


def switch_backup(tank: TankSpec, state: TankState, minute: int) -> TankState:
    """Return the state with the backup heater's thermostat applied.

    On at target − hysteresis, off at the target. A timed backup heats in its
    windows only, and at the start of one even what is only a little too cold.
    """
    backup = tank.backup
    in_window = backup.schedule is not BackupSchedule.TIMED or (
        not backup.windows or any(window.contains(minute) for window in backup.windows)
    )
    on = state.backup_on
    if (
        backup.kind is BackupKind.NONE
        or not in_window
        or state.temperature_c >= tank.target_c - TOUCH_K
    ):
        on = False
    elif state.temperature_c <= _switch_on_c(tank) + TOUCH_K or (
        backup.schedule is BackupSchedule.TIMED and not state.in_window
    ):
        on = True
    if on == state.backup_on and in_window == state.in_window:
        return state
    return replace(state, backup_on=on, in_window=in_window)


def _switch_on_c(tank: TankSpec) -> float:
    return tank.target_c - max(MINIMUM_HYSTERESIS_K, tank.backup.hysteresis_k)


def _marks(tank: TankSpec) -> tuple[float, ...]:
    """Temperatures at which the tank or its thermostat changes its behaviour."""
    return (_switch_on_c(tank), tank.target_c, tank.maximum_c, tank.cold_c)


def _is_full(tank: TankSpec, temperature_c: float, heat: TankHeat) -> bool:
    return (
        temperature_c >= tank.maximum_c - TOUCH_K
        and _net_w(tank, temperature_c, heat) >= 0
    )


def _net_w(tank: TankSpec, temperature_c: float, heat: TankHeat) -> float:
    """Return what warms the tank, or cools it below 0."""
    loss_w = tank.loss_w_per_k * (temperature_c - tank.ambient_c)
    return _given_w(tank, temperature_c, heat) - loss_w


def _given_w(tank: TankSpec, temperature_c: float, heat: TankHeat) -> float:
    """Return what is put in less what is drawn."""
    return heat.worker_w + heat.backup_w - _served_w(tank, temperature_c, heat)


def _served_w(tank: TankSpec, temperature_c: float, heat: TankHeat) -> float:
    """Return how much of the draw is warm: none from water as cold as the mains'."""
    above_k = temperature_c - tank.cold_c
    if above_k > TOUCH_K:
        return heat.draw_w
    if above_k < -TOUCH_K:
        return 0.0
    loss_w = tank.loss_w_per_k * (temperature_c - tank.ambient_c)
    return min(heat.draw_w, max(0.0, heat.worker_w + heat.backup_w - loss_w))


def seconds_to_event(tank: TankSpec, temperature_c: float, heat: TankHeat) -> float:
    """Return how long these flows last before the tank changes its behaviour.

    That is until it reaches its target, its backup's switching point, its
    maximum, or the cold water's temperature at which a draw finds no heat left.
    """
    if _is_full(tank, temperature_c, heat):
        return inf
    given_w = _given_w(tank, temperature_c, heat)
    slope = _net_w(tank, temperature_c, heat)
    if slope > 0:
        above = [c for c in _marks(tank) if c > temperature_c + TOUCH_K]
        mark_c = min(above, default=inf)
    else:
        below = [c for c in _marks(tank) if c < temperature_c - TOUCH_K]
        mark_c = max(below, default=-inf)
    if mark_c in (inf, -inf) or slope == 0:
        return inf
    capacity = tank.capacity_wh_per_k
    if tank.loss_w_per_k <= 0:
        return (mark_c - temperature_c) * capacity / given_w * 3600
    rest_c = tank.ambient_c + given_w / tank.loss_w_per_k
    if (mark_c - rest_c) * (temperature_c - rest_c) <= 0:
        return inf
    hours = (
        capacity / tank.loss_w_per_k * log((temperature_c - rest_c) / (mark_c - rest_c))
    )
    return hours * 3600


def advance_tank(
    tank: TankSpec, state: TankState, heat: TankHeat, seconds: float
) -> tuple[TankState, TankFlows]:
    """Return the tank after `seconds` of constant flows, and what flowed.

    `seconds` must not go beyond `seconds_to_event`; it meets an event exactly.
    """
    temperature_c = state.temperature_c
    hours = seconds / 3600
    dumped_w = 0.0
    served_w = _served_w(tank, temperature_c, heat)
    if _is_full(tank, temperature_c, heat):
        dumped_w = _net_w(tank, temperature_c, heat)
        after_c = temperature_c
    else:
        given_w = _given_w(tank, temperature_c, heat)
        after_c = _after_c(tank, temperature_c, given_w, hours)
        after_c = next(
            (mark_c for mark_c in _marks(tank) if abs(after_c - mark_c) < TOUCH_K),
            after_c,
        )
    below_target = min(temperature_c, after_c) < tank.target_c - TOUCH_K
    return replace(state, temperature_c=after_c), TankFlows(
        worker_wh=heat.worker_w * hours,
        dumped_wh=dumped_w * hours,
        useful_wh=heat.worker_w * hours if below_target else 0.0,
        backup_wh=heat.backup_w * hours,
        served_wh=served_w * hours,
        short_wh=(heat.draw_w - served_w) * hours,
        electric_wh=heat.electric_w * hours,
        fuel_wh=heat.fuel_w * hours,
    )


def add_flows(first: TankFlows, second: TankFlows) -> TankFlows:
    """Return the flows of two stretches together."""
    return TankFlows(
        **{
            name: getattr(first, name) + getattr(second, name)
            for name in TankFlows.__slots__
        }
    )


def _after_c(
    tank: TankSpec, temperature_c: float, given_w: float, hours: float
) -> float:
    capacity = tank.capacity_wh_per_k
    if tank.loss_w_per_k <= 0:
        return temperature_c + given_w * hours / capacity
    rest_c = tank.ambient_c + given_w / tank.loss_w_per_k
    return rest_c + (temperature_c - rest_c) * exp(
        -tank.loss_w_per_k * hours / capacity
    )
