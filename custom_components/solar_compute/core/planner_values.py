"""What a plan says a stored kWh and a kWh of heat are worth now.

A little more or less of it, all else as planned: what the simulator then finds is the
price. Standard library only.
"""

from collections.abc import Mapping

from .planner_simulate import Left, Levels, Outcome, simulate_plan
from .planner_world import Sink, World
from .spec import BatterySpec
from .storage import FirstLimit, StoredValue

STEP_SHARE = 0.04
"""By how much of its capacity the battery's charge is moved up and down."""

HEAT_WH = 1000.0
"""How much heat is added to a sink."""


def stored_now(world: World, levels: Levels, left: Left) -> StoredValue | None:
    """Return what a stored kWh is worth now; None without a battery.

    What is charged loses one way, what is discharged the other, and wears the battery.
    """
    battery = world.battery
    if battery is None or battery.capacity_wh <= 0:
        return None
    step_wh = battery.capacity_wh * STEP_SHARE
    low_wh = max(min(battery.reserve_wh, world.stored_wh), world.stored_wh - step_wh)
    high_wh = min(max(battery.capacity_wh, world.stored_wh), world.stored_wh + step_wh)
    span_kwh = max(high_wh - low_wh, 1.0) / 1000
    per_kwh = 0.0
    for case, (weight, _) in enumerate(world.cases):
        more = simulate_plan(world, levels, left, case=case, stored_wh=high_wh)
        less = simulate_plan(world, levels, left, case=case, stored_wh=low_wh)
        per_kwh += weight * (more.total - less.total) / span_kwh
    return StoredValue(
        charge=per_kwh * battery.one_way,
        discharge=per_kwh / battery.one_way + battery.wear_per_kwh,
        first=_first(battery, simulate_plan(world, levels, left)),
    )


def _first(battery: BatterySpec, outcome: Outcome) -> FirstLimit:
    """Return which limit the planned path meets first, beginning with the next step."""
    for stored_wh in outcome.stored_wh[1:]:
        if stored_wh >= battery.capacity_wh - 1.0:
            return FirstLimit.FULL
        if stored_wh <= battery.reserve_wh + 1.0:
            return FirstLimit.RESERVE
    return FirstLimit.UNKNOWN


def heat_values(world: World, levels: Levels, left: Left) -> Mapping[str, float]:
    """Return what a kWh of heat is worth now in every sink; 0 in a full one."""
    return {
        sink.key: max(0.0, _heat_value(world, levels, left, index, sink))
        for index, sink in enumerate(world.sinks)
    }


def _heat_value(
    world: World, levels: Levels, left: Left, index: int, sink: Sink
) -> float:
    added_wh = min(HEAT_WH, (sink.maximum_c - sink.start_c) * sink.capacity_wh_per_k)
    if added_wh <= 1.0:
        return 0.0
    warmer_c = sink.start_c + added_wh / sink.capacity_wh_per_k
    return sum(
        weight
        * (
            simulate_plan(
                world, levels, left, case=case, sinks_c={index: warmer_c}
            ).total
            - simulate_plan(world, levels, left, case=case).total
        )
        for case, (weight, _) in enumerate(world.cases)
    ) / (added_wh / 1000)
