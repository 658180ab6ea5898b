"""What a plan comes to: the home through all steps, with these levels.

A self-consuming battery that nobody commands, tanks and rooms as one node, backup
heaters as a mean over their cycles: `simulate` with the events of a step averaged,
which for the battery is exact. Standard library only; it must never choose.
"""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from .heat import HeatSupply
from .planner_world import Sink, World
from .times import DAY_S

OVERLOAD_PER_KWH = 10.0
"""What importing beyond the home's limit costs (times `World.money`): more than anything
can earn."""

LEVELS = 21
"""Of the state of charge, as the programs have them."""

type Levels = Sequence[Sequence[int]]
"""The level of every worker in every step."""


@dataclass(frozen=True, slots=True)
class Left:
    """What the battery's charge at the end is worth: breakpoints in Wh and currency."""

    stored_wh: tuple[float, ...] = (0.0, 1.0)
    values: tuple[float, ...] = (0.0, 0.0)

    def value(self, stored_wh: float) -> float:
        """Return what a charge is worth."""
        last = len(self.stored_wh) - 2
        index = min(max(bisect_right(self.stored_wh, stored_wh) - 1, 0), last)
        low, high = self.stored_wh[index : index + 2]
        share = (stored_wh - low) / (high - low)
        return self.values[index] * (1 - share) + self.values[index + 1] * share


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """`total` is results less all costs, plus what is left in battery and sinks.

    `earned` is the same per step, without what is left. The paths have a value for
    the start of every step, and one for the end. `electric_w` is what the backup of
    every sink takes.
    """

    total: float
    earned: tuple[float, ...]
    stored_wh: tuple[float, ...]
    sinks_c: tuple[tuple[float, ...], ...]
    electric_w: tuple[tuple[float, ...], ...]


def simulate_plan(
    world: World,
    levels: Levels,
    left: Left,
    *,
    case: int = 0,
    stored_wh: float | None = None,
    sinks_c: Mapping[int, float] | None = None,
) -> Outcome:
    """Return what comes of these levels in one of the cases.

    `stored_wh` and `sinks_c` (by index) replace what the home begins with.
    """
    balance_w = world.cases[case][1]
    energy_wh = world.stored_wh if stored_wh is None else stored_wh
    warm_c = [sink.start_c for sink in world.sinks]
    for index, start_c in (sinks_c or {}).items():
        warm_c[index] = start_c
    workers = list(zip(world.runners, levels, strict=True))
    before = [runner.level for runner in world.runners]
    earned: list[float] = []
    path_wh, paths_c = [energy_wh], [[start_c] for start_c in warm_c]
    backups_w: list[list[float]] = [[] for _ in warm_c]
    total = 0.0
    for step, hours in enumerate(world.hours):
        benefit = drawn_w = 0.0
        heat_w = [0.0] * len(warm_c)
        fed_w = [0.0] * len(warm_c)
        for number, (runner, chosen) in enumerate(workers):
            level = chosen[step]
            if level:
                drawn_w += runner.drawn_w[step][level]
                benefit += runner.results[level] * hours
                if not before[number]:
                    benefit -= runner.start_cost
                if runner.sink is not None:
                    power_w = runner.powers_w[level]
                    heat_w[runner.sink] += power_w * runner.recovery
                    fed_w[runner.sink] += power_w
            before[number] = level
        electric_w, costs, after_c = 0.0, 0.0, []
        for index, sink in enumerate(world.sinks):
            later_c, taken_w, cost = warmed(
                sink, step, hours, warm_c[index], heat_w[index]
            )
            backups_w[index].append(taken_w)
            electric_w += taken_w
            costs += cost
            after_c.append(later_c)
        energy_wh, imported_w, discharged_w, surplus_w, cost = powered(
            world, step, energy_wh, balance_w[step] - drawn_w - electric_w, drawn_w
        )
        costs += cost
        for index, sink in enumerate(world.sinks):
            if sink.diverter and surplus_w > 0:
                after_c[index], surplus_w = diverted(
                    sink, step, after_c[index], surplus_w
                )
            costs += too_cold(sink, step, hours, after_c[index])
            if fed_w[index] and sink.supply is not HeatSupply.GRID:
                dear_w = imported_w
                if sink.supply is HeatSupply.SURPLUS:
                    dear_w += discharged_w
                share = min(1.0, dear_w / fed_w[index])
                costs += share * heat_w[index] * sink.unpermitted_per_kwh * hours / 1000
        exported_w = min(surplus_w, world.export_limit_w)
        benefit += exported_w * world.sold[step] * hours / 1000 - costs
        warm_c = after_c
        earned.append(benefit)
        total += benefit
        path_wh.append(energy_wh)
        for path, later_c in zip(paths_c, warm_c, strict=True):
            path.append(later_c)
    total += left.value(energy_wh) if world.battery is not None else 0.0
    total += sum(
        heat_left(sink, end_c) for sink, end_c in zip(world.sinks, warm_c, strict=True)
    )
    return Outcome(
        total=total,
        earned=tuple(earned),
        stored_wh=tuple(path_wh),
        sinks_c=tuple(tuple(path) for path in paths_c),
        electric_w=tuple(tuple(powers_w) for powers_w in backups_w),
    )


def warmed(
    sink: Sink, step: int, hours: float, now_c: float, given_w: float
) -> tuple[float, float, float]:
    """Return how warm a sink becomes, its backup's electricity in W, and its costs.

    Costs of fuel, less what comfort the workers' heat brings.
    """
    gain = sink.gain_k_per_w[step]
    around_c = sink.ambient_c[step]
    alone_c = around_c + (now_c - around_c) * sink.decay[step]
    alone_c = max(alone_c - sink.draw_w[step] * gain, min(sink.cold_c, now_c))
    later_c = alone_c + given_w * gain
    costs = taken_w = 0.0
    if sink.comfort_per_kwh and given_w:
        useful_w = min(given_w, max(0.0, (sink.target_c[step] - alone_c) / gain))
        costs -= useful_w * sink.comfort_per_kwh * hours / 1000
    if not sink.diverter and later_c < sink.floor_c[step]:
        backup_w = min((sink.floor_c[step] - later_c) / gain, sink.backup_w[step])
        later_c += backup_w * gain
        taken_w = backup_w * sink.electric_per_heat[step]
        costs += backup_w * sink.fuel_per_heat * hours / 1000
    # What is full refuses heat; what is warmer by itself does not cool for it.
    return max(min(later_c, sink.maximum_c), min(alone_c, later_c)), taken_w, costs


def powered(
    world: World, step: int, energy_wh: float, net_w: float, drawn_w: float
) -> tuple[float, float, float, float, float]:
    """Return the charge afterwards; import, discharge and surplus in W; and costs."""
    hours, battery = world.hours[step], world.battery
    if net_w >= 0:
        if battery is None:
            return energy_wh, 0.0, 0.0, net_w, 0.0
        room_wh = max(0.0, battery.capacity_wh - energy_wh)
        charged_w = min(net_w, battery.charge_w, room_wh / (battery.one_way * hours))
        energy_wh += charged_w * battery.one_way * hours
        return energy_wh, 0.0, 0.0, net_w - charged_w, 0.0
    given_w = cost = 0.0
    if battery is not None:
        usable_wh = max(0.0, energy_wh - battery.reserve_wh)
        given_w = min(-net_w, battery.discharge_w, usable_wh * battery.one_way / hours)
        energy_wh -= given_w * hours / battery.one_way
        cost = given_w * battery.wear_per_kwh
    imported_w = -net_w - given_w
    cost += imported_w * world.bought[step]
    over_w = min(imported_w - world.import_limit_w, drawn_w)
    if over_w > 0:
        cost += over_w * OVERLOAD_PER_KWH * world.money
    return energy_wh, imported_w, given_w, 0.0, cost * hours / 1000


def diverted(
    sink: Sink, step: int, now_c: float, surplus_w: float
) -> tuple[float, float]:
    """Return how warm surplus makes a sink, and what is left of the surplus."""
    gain, electric = sink.gain_k_per_w[step], sink.electric_per_heat[step]
    wanted_w = max(0.0, sink.floor_c[step] - now_c) / gain
    heat_w = min(wanted_w, sink.backup_w[step], surplus_w / electric)
    return now_c + heat_w * gain, surplus_w - heat_w * electric


def too_cold(sink: Sink, step: int, hours: float, now_c: float) -> float:
    """Return what it costs to be too cold."""
    if not sink.shortage_per_kwh:
        return 0.0
    per_k = sink.shortage_per_kwh * sink.capacity_wh_per_k / 1000
    cost = max(0.0, sink.ready_c[step] - now_c) * per_k
    return cost + max(0.0, sink.minimum_c - now_c) * per_k * hours


def heat_left(sink: Sink, end_c: float) -> float:
    """Return what the heat of a sink is worth at the end."""
    kwh = (min(end_c, sink.maximum_c) - sink.ambient_c[-1]) * sink.capacity_wh_per_k
    return kwh / 1000 * sink.left_per_kwh


def charge_left(world: World) -> Left:
    """Return what charge is worth at the end: what it saves on another last day.

    Workers are paused on it, and its end values charge at what it saves on average.
    """
    battery = world.battery
    if battery is None:
        return Left()
    low_wh = min(battery.reserve_wh, world.stored_wh)
    span_wh = max(1.0, battery.capacity_wh - low_wh)
    grid_wh = tuple(low_wh + span_wh * index / (LEVELS - 1) for index in range(LEVELS))
    since_s = world.times.end_s - DAY_S
    day = [step for step, at_s in enumerate(world.times.starts_s) if at_s >= since_s]
    mean = sum(world.bought[step] for step in day) / len(day)
    saved = battery.one_way * (mean - battery.wear_per_kwh) / 1000
    values = []
    for energy_wh in grid_wh:
        value = 0.0
        for step in day:
            net_w = sum(weight * case[step] for weight, case in world.cases)
            energy_wh, _, _, surplus_w, cost = powered(
                world, step, energy_wh, net_w, 0.0
            )
            exported_w = min(surplus_w, world.export_limit_w)
            value += exported_w * world.sold[step] * world.hours[step] / 1000 - cost
        values.append(value + max(0.0, saved) * energy_wh)
    return Left(grid_wh, tuple(values))
