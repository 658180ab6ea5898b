"""What running a worker at a level brings, compared with leaving it paused.

    worth = compute + heat − cooling − supply        (currency per hour)

What a deadline adds to it is `jobs`' business.

Heat counts only for the watts that its sink permits to be turned into heat, so
that it is never what draws on a battery or the grid against its owner's wish.

Pure functions of numbers; standard library only.
"""

from collections.abc import Iterable
from dataclasses import replace
from math import isfinite

from .heat import HeatSupply
from .model import HeatPrice, Reason, ReasonCode, Tranche, TrancheKind, Worth
from .spaces import Cooling, own_cooling
from .spec import WorkerSpec
from .supply import cost_per_h, take

NOT_SURPLUS = (TrancheKind.BATTERY_DISCHARGE, TrancheKind.IMPORT)
"""Power that is not sun of this instant."""


def permits(supply: HeatSupply, kind: TrancheKind) -> bool:
    """Tell whether power of that kind may be turned into heat for its own sake."""
    if supply is HeatSupply.GRID or kind not in NOT_SURPLUS:
        return True
    return supply is HeatSupply.BATTERY and kind is TrancheKind.BATTERY_DISCHARGE


def permitted_w(supply: HeatSupply, slices: Iterable[Tranche]) -> float:
    """Return the power of those slices whose heat counts, in W."""
    return sum(part.width_w or 0.0 for part in slices if permits(supply, part.kind))


def results_per_kwh(worker: WorkerSpec, live_per_kwh: float | None) -> float:
    """Return what results are worth: the live value, else the configured one."""
    if live_per_kwh is None or not isfinite(live_per_kwh):
        return worker.value_per_kwh
    return live_per_kwh


def as_valued(worker: WorkerSpec, live_per_kwh: float | None) -> WorkerSpec:
    """Return the worker as if the live value of its results were the configured one."""
    per_kwh = results_per_kwh(worker, live_per_kwh)
    if per_kwh == worker.value_per_kwh:
        return worker
    return replace(worker, value_per_kwh=per_kwh)


def level_worth(
    worker: WorkerSpec,
    level: int,
    power_w: float,
    *,
    value_per_kwh: float,
    tranches: tuple[Tranche, ...],
    base_w: float,
    heat: HeatPrice | None,
    cooling: Cooling | None = None,
) -> Worth:
    """Return the worth of one running level.

    `base_w` is the power of the workers that come before it on the curve.
    `heat` is the price at its sink, None without one. What the sink does not take
    is cooled away as `cooling` says (None: as the worker's own settings do), at
    the price of the next kWh ÷ the COP of the air conditioning.
    `value_per_hour` counts in proportion to the level's share of full power, so
    that a throttled hour is worth less than a full one.
    """
    kw = power_w / 1000
    full_w = worker.power_w(len(worker.levels_w))
    share = power_w / full_w if full_w > 0 else 0.0
    slices = take(tranches, power_w, base_w)
    absorbed = heat_value = 0.0
    if heat is not None:
        absorbed = heat.absorbed * worker.recovery
        heat_kw = permitted_w(heat.supply, slices) / 1000
        heat_value = heat_kw * worker.recovery * heat.per_kwh
    if cooling is None:
        cooling = own_cooling(worker)
    cooled = (1 - absorbed) * cooling.input_per_kwh
    next_per_kwh = (
        take(tranches, 1.0, base_w + power_w)[0].price_per_kwh if cooled else 0.0
    )
    return Worth(
        level=level,
        power_w=power_w,
        compute=kw * value_per_kwh + share * worker.value_per_hour,
        heat=heat_value,
        cooling=kw * cooled * max(0.0, next_per_kwh),
        supply=cost_per_h(slices),
    )


def heat_demand(
    reason: Reason,
    worth: Worth | None,
    slices: Iterable[Tranche],
    heat: HeatPrice | None,
) -> Reason:
    """Return the reason for running; heat demand where heat alone decided.

    That is where its worth without heat would not have been positive, and its
    heat is paid for with permitted power of `source`: the battery, or the grid
    (also where it takes both).
    """
    if reason.code is not ReasonCode.WORTH_IT or worth is None or heat is None:
        return reason
    kinds = {
        part.kind
        for part in slices
        if part.kind in NOT_SURPLUS and permits(heat.supply, part.kind)
    }
    if worth.heat <= 0 or worth.total > worth.heat or not kinds:
        return reason
    source = "grid" if TrancheKind.IMPORT in kinds else "battery"
    data = {**reason.data, "source": source, "cause": heat.cause.value}
    return Reason(ReasonCode.HEAT_DEMAND, data)
