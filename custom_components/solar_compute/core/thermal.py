"""What a kWh of heat into a hot-water tank is worth now.

It is worth the price of the heat that it really displaces: that of the backup
heater *at the time when the backup would have run*, times what is left of the
heat by then. A backup fed by a solar diverter displaces surplus, so only the
export price; a full tank displaces nothing.

One well-mixed node: enough to schedule by (arXiv 2312.04102). Pure functions;
standard library only.
"""

from datetime import datetime
from math import exp, inf, log

from .model import HeatPrice
from .outlook import Outlook
from .spec import (
    POSITIVE,
    BackupKind,
    BackupSchedule,
    BackupSpec,
    DailyWindow,
    TankSpec,
)

DAY_S = 86400.0


def heat_pump_cop(lift_k: float) -> float:
    """Return the COP of an air-source heat pump at a temperature lift in K.

    6.81 − 0.121·ΔT + 0.00063·ΔT² (Staffell et al.), held at its vertex beyond
    96 K and at 20 K below, where the fit has no data. Never below 1.
    """
    lift = min(max(lift_k, 20.0), 96.0)
    return max(1.0, 6.81 - 0.121 * lift + 0.00063 * lift**2)


def cooled_c(tank: TankSpec, temperature_c: float, seconds: float) -> float:
    """Return the tank's temperature after `seconds` of losses and mean draw.

    Exact solution of C·dT/dt = −UA·(T − T_amb) − draw; not below ambient by
    draw alone, since cold water is not colder than that for our purpose.
    """
    draw_w = tank.draw_wh_per_day / 24
    capacity = tank.capacity_wh_per_k
    hours = seconds / 3600
    if tank.loss_w_per_k <= 0:
        return max(tank.ambient_c, temperature_c - draw_w * hours / capacity)
    rest_c = tank.ambient_c - draw_w / tank.loss_w_per_k
    fallen = rest_c + (temperature_c - rest_c) * exp(
        -tank.loss_w_per_k * hours / capacity
    )
    return max(min(tank.ambient_c, temperature_c), fallen)


def seconds_until(tank: TankSpec, temperature_c: float, floor_c: float) -> float:
    """Return how long the tank takes to cool down to `floor_c` (inf: never)."""
    if temperature_c <= floor_c:
        return 0.0
    draw_w = tank.draw_wh_per_day / 24
    capacity = tank.capacity_wh_per_k
    if tank.loss_w_per_k <= 0:
        if draw_w <= 0:
            return inf
        return (temperature_c - floor_c) * capacity / draw_w * 3600
    rest_c = tank.ambient_c - draw_w / tank.loss_w_per_k
    if floor_c <= rest_c:
        return inf
    hours = (
        capacity
        / tank.loss_w_per_k
        * log((temperature_c - rest_c) / (floor_c - rest_c))
    )
    return hours * 3600


def energy_to_target_wh(tank: TankSpec, temperature_c: float) -> float:
    """Return the heat that is missing to the target, in Wh; 0 above it."""
    return max(0.0, tank.target_c - temperature_c) * tank.capacity_wh_per_k


def heat_price(
    tank: TankSpec,
    temperature_c: float,
    *,
    local: datetime,
    outlook: Outlook,
    source_c: float | None = None,
) -> HeatPrice:
    """Return what a kWh of heat into the tank is worth now, and why.

    `source_c` is the heat pump's measured source temperature, if any.
    """
    backup = tank.backup
    in_s = _backup_in_s(tank, temperature_c, local, outlook)
    displaced = _displaced_per_kwh(tank, temperature_c, in_s, outlook, source_c)
    loss_w_per_k = max(0.0, tank.loss_w_per_k)
    kept = exp(-loss_w_per_k * in_s / 3600 / tank.capacity_wh_per_k)
    full = temperature_c >= tank.maximum_c or (
        backup.kind is BackupKind.NONE and temperature_c >= tank.target_c
    )
    absorbed = 0.0 if full else 1.0
    return HeatPrice(
        key=tank.key,
        per_kwh=displaced * kept * absorbed,
        displaced_per_kwh=displaced,
        in_s=in_s,
        kept=kept,
        absorbed=absorbed,
    )


def _backup_in_s(
    tank: TankSpec, temperature_c: float, local: datetime, outlook: Outlook
) -> float:
    """When would the backup have run? At most a few days ahead."""
    backup = tank.backup
    if backup.kind is BackupKind.NONE:
        return 0.0
    cold_s = min(
        seconds_until(tank, temperature_c, tank.target_c - backup.hysteresis_k),
        7 * DAY_S,
    )
    if backup.schedule is BackupSchedule.ON_DEMAND:
        return cold_s
    if backup.schedule is BackupSchedule.DIVERTER:
        return outlook.next_surplus_s()
    in_s = _next_window_s(backup, local)
    # A run that finds the tank at its target anyway delivers nothing: this heat
    # displaces the first run that would have had something to do.
    while in_s < cold_s and cooled_c(tank, temperature_c, in_s) >= tank.target_c:
        in_s += DAY_S
    return in_s


def _next_window_s(backup: BackupSpec, local: datetime) -> float:
    minute = local.hour * 60 + local.minute
    waits = [_wait_min(window, minute) for window in backup.windows]
    return min(waits, default=0) * 60.0


def _wait_min(window: DailyWindow, minute: int) -> int:
    if window.contains(minute):
        return 0
    return (window.start_min - minute) % 1440


def _displaced_per_kwh(
    tank: TankSpec,
    temperature_c: float,
    in_s: float,
    outlook: Outlook,
    source_c: float | None,
) -> float:
    """Price of a kWh of the backup's heat at that time."""
    backup = tank.backup
    if backup.kind is BackupKind.NONE:
        return backup.comfort_per_kwh if temperature_c < tank.target_c else 0.0
    if backup.kind is BackupKind.GAS:
        return backup.price_per_kwh / max(backup.efficiency, POSITIVE)
    if backup.schedule is BackupSchedule.DIVERTER:
        electricity = outlook.surplus_per_kwh
    else:
        electricity = outlook.price_per_kwh(in_s, backup.power_w)
    if backup.kind is BackupKind.HEAT_PUMP:
        source = backup.source_c if source_c is None else source_c
        return electricity / heat_pump_cop(tank.target_c - source)
    return electricity
