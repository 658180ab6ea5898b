"""What running a worker at a level brings, compared with leaving it paused.

    worth = compute + heat − cooling − supply        (currency per hour)

Pure functions of numbers; standard library only.
"""

from math import isfinite

from .model import HeatPrice, Tranche, Worth
from .spec import POSITIVE, WorkerSpec
from .supply import cost_per_h, take


def results_per_kwh(worker: WorkerSpec, live_per_kwh: float | None) -> float:
    """Return what results are worth: the live value, else the configured one."""
    if live_per_kwh is None or not isfinite(live_per_kwh):
        return worker.value_per_kwh
    return live_per_kwh


def level_worth(
    worker: WorkerSpec,
    level: int,
    power_w: float,
    *,
    value_per_kwh: float,
    tranches: tuple[Tranche, ...],
    base_w: float,
    heat: HeatPrice | None,
) -> Worth:
    """Return the worth of one running level.

    `base_w` is the power of the workers that come before it on the curve.
    `heat` is the price at its sink, None without one. Heat that lands in cooled
    space costs the price of the next kWh ÷ the COP of the air conditioning.
    `value_per_hour` counts in proportion to the level's share of full power, so
    that a throttled hour is worth less than a full one.
    """
    kw = power_w / 1000
    full_w = worker.power_w(len(worker.levels_w))
    share = power_w / full_w if full_w > 0 else 0.0
    absorbed = heat.absorbed * worker.recovery if heat is not None else 0.0
    heat_per_kwh = heat.per_kwh * worker.recovery if heat is not None else 0.0
    cooled = (1 - absorbed) * worker.cooled_share
    next_per_kwh = (
        take(tranches, 1.0, base_w + power_w)[0].price_per_kwh if cooled else 0.0
    )
    return Worth(
        level=level,
        power_w=power_w,
        compute=kw * value_per_kwh + share * worker.value_per_hour,
        heat=kw * heat_per_kwh,
        cooling=kw
        * cooled
        * max(0.0, next_per_kwh)
        / max(worker.cooling_cop, POSITIVE),
        supply=cost_per_h(take(tranches, power_w, base_w)),
    )
