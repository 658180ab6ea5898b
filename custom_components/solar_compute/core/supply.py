"""What a watt costs now: the curve of supply that a worker walks down.

Raising the managed power P walks through slices of supply at one price each:
curtailed sun, export forgone, loads that yield, battery charge forgone, battery
discharge, import. The order is physical (that of a self-consuming battery which
we do not control), not by price, so the cost need not be convex.

Pure functions of numbers; standard library only.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from .model import Tranche, TrancheKind
from .spec import BatterySpec

DEADBAND_W = 100.0
"""Power below which a meter's sign says nothing about what the battery wants:
inverters regulate to within some tens of watts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BatteryLimits:
    """What the battery can take and give now, in AC watts, never negative."""

    charge_w: float = 0.0
    discharge_w: float = 0.0


NO_BATTERY = BatteryLimits()


@dataclass(frozen=True, slots=True, kw_only=True)
class Prices:
    """Prices of the slices, in currency per kWh.

    `export` is signed: negative where exporting costs. `charge` and `discharge`
    are the values of a stored kWh (see `storage`).
    """

    import_: float
    export: float
    charge: float = 0.0
    discharge: float = 0.0


def is_forced(grid_w: float, battery_w: float) -> bool:
    """Tell whether the battery does what no self-consuming battery would do.

    Importing while charging, or exporting while discharging, is somebody's
    schedule: its power is then a fixed load and its limits are nought.
    """
    return (grid_w > DEADBAND_W and battery_w < -DEADBAND_W) or (
        grid_w < -DEADBAND_W and battery_w > DEADBAND_W
    )


def charge_wanted_w(battery: BatterySpec, stored_wh: float) -> float:
    """Return what the battery would charge with, if there were enough, in W.

    By name-plate and by room: it must last for `battery.horizon_s`.
    """
    room_wh = max(0.0, battery.capacity_wh - stored_wh)
    return min(battery.charge_w, room_wh / (battery.one_way * battery.horizon_h))


def battery_limits(
    battery: BatterySpec, stored_wh: float, grid_w: float, battery_w: float
) -> BatteryLimits:
    """Return the current limits: by name-plate, by energy, and as observed.

    By energy, a limit must last for `battery.horizon_s`. A battery that lets
    power go to the grid while it charges takes all it can, and one that lets
    power in while it discharges gives all it can.
    """
    if is_forced(grid_w, battery_w):
        return NO_BATTERY
    usable_wh = max(0.0, stored_wh - battery.reserve_wh)
    charge_w = charge_wanted_w(battery, stored_wh)
    discharge_w = min(
        battery.discharge_w, usable_wh * battery.one_way / battery.horizon_h
    )
    if grid_w < -DEADBAND_W and battery_w <= 0:
        charge_w = min(charge_w, -battery_w)
    if grid_w > DEADBAND_W and battery_w >= 0:
        discharge_w = min(discharge_w, battery_w)
    return BatteryLimits(charge_w=charge_w, discharge_w=discharge_w)


def balance_w(managed_w: float, grid_w: float, battery_w: float) -> float:
    """Return what the home has left before managed workers draw, in W.

    Power conservation: PV − other loads = managed − grid − battery. For a
    forced battery pass 0: its power then counts as a load of the home.
    """
    return managed_w - grid_w - battery_w


def supply_curve(
    balance: float,
    *,
    limits: BatteryLimits,
    prices: Prices,
    export_limit_w: float | None = None,
    hidden_w: float = 0.0,
    yielding: Iterable[tuple[float, float]] = (),
) -> tuple[Tranche, ...]:
    """Return the tranches from the first managed watt on, the last one endless.

    `balance` is the visible balance with no worker drawing, in W. `hidden_w` is
    sun that the inverter holds back. `yielding` are (power in W, value of its
    heat per kWh) of loads that give way; their power is added to the balance.
    Every tranche but the last has a positive width.
    """
    loads = tuple((power, value) for power, value in yielding if power > 0)
    position = balance + hidden_w + sum(power for power, _ in loads)
    bounds: list[tuple[float, TrancheKind, float]] = []
    floor = limits.charge_w + sum(power for power, _ in loads)
    if export_limit_w is not None:
        bounds.append((floor + export_limit_w, TrancheKind.CURTAILED, 0.0))
    bounds.append((floor, TrancheKind.EXPORT, prices.export))
    for power, value in loads:
        floor -= power
        bounds.append((floor, TrancheKind.YIELDING, value))
    bounds.append((0.0, TrancheKind.BATTERY_CHARGE, prices.charge))
    bounds.append(
        (-limits.discharge_w, TrancheKind.BATTERY_DISCHARGE, prices.discharge)
    )
    tranches: list[Tranche] = []
    for bound, kind, price in bounds:
        if position > bound:
            tranches.append(Tranche(kind, position - bound, price))
            position = bound
    tranches.append(Tranche(TrancheKind.IMPORT, None, prices.import_))
    return tuple(tranches)


def take(
    tranches: Iterable[Tranche], power_w: float, base_w: float = 0.0
) -> tuple[Tranche, ...]:
    """Return the slices that `power_w` takes after the first `base_w` are gone."""
    slices: list[Tranche] = []
    skip, need = base_w, power_w
    for tranche in tranches:
        width = tranche.width_w
        if width is not None:
            gone = min(skip, width)
            skip -= gone
            width -= gone
        part = need if width is None else min(need, width)
        if part > 0:
            slices.append(Tranche(tranche.kind, part, tranche.price_per_kwh))
            need -= part
        if need <= 0:
            break
    return tuple(slices)


def cost_per_h(slices: Iterable[Tranche]) -> float:
    """Return what slices of finite width cost, in currency per hour."""
    return sum((part.width_w or 0.0) / 1000 * part.price_per_kwh for part in slices)
