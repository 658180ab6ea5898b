"""How far workers may discharge the home battery.

The battery is not ours to command: it gives to whatever draws more than the sun
leaves. So workers draw together no more than that, and what they may take from the
battery. Below its minimum that is nothing, and grid power is then no way out, for
the battery would give first. Fails safe: nought while the balance or the state of
charge is unknown; a home without a battery has nothing to guard. Standard library and
the core only; never raises a level.
"""

from collections.abc import Iterator
from math import inf

from ..guard_spec import BatteryGuard
from ..model import ReasonCode
from ..spec import BatterySpec
from .budget import Budget, BudgetContext, budget, unknown

SOC_HYSTERESIS = 2.0
"""A worker starts on the battery only when it is so many points above its minimum."""


def battery_guards(context: BudgetContext) -> Iterator[Budget]:
    """Share out what the battery may give to workers."""
    if (battery := context.spec.battery) is not None:
        for guard in context.spec.guards.batteries:
            yield _battery(context, guard, battery)


def _battery(
    context: BudgetContext, guard: BatteryGuard, battery: BatterySpec
) -> Budget:
    members, stored_wh = context.members(guard), context.view.stored_wh
    if stored_wh is None or battery.capacity_wh <= 0:
        return unknown(context, guard.key, members, "soc")
    if context.balance_w is None:
        name = "battery" if "battery" in context.view.missing else "grid"
        return unknown(context, guard.key, members, name)
    soc = 100 * stored_wh / battery.capacity_wh
    discharge_w = inf if guard.discharge_w is None else max(0.0, guard.discharge_w)
    unsettled_w = sum(worker.high_w - worker.low_w for worker in context.workers)
    sun_w = context.balance_w + context.hidden_w
    return budget(
        ReasonCode.BATTERY_GUARD,
        guard.key,
        members,
        # The sun feeds whoever comes first, whether the guard holds for it or not.
        context.everybody,
        raise_w=max(0.0, sun_w)
        + (discharge_w if soc >= guard.minimum_soc + SOC_HYSTERESIS else 0.0),
        keep_w=max(0.0, sun_w + unsettled_w)
        + (discharge_w if soc >= guard.minimum_soc else 0.0),
        soc=soc,
    )
