"""What some steps do to all states of charge and heat, for every level of one worker.

`planner_simulate` for many states together; a test holds one against the other. It may
import numpy; it must never choose.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .heat import HeatSupply
from .planner_simulate import LEVELS, OVERLOAD_PER_KWH, Left
from .planner_world import Runner, Sink, World

HEAT_LEVELS = 9

type Floats = NDArray[np.float64]
type Ints = NDArray[np.intp]

type Axis = tuple[float, float, int]
"""The first and the last point of a grid, and how many cells lie between them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """A worker to be planned.

    `fixed_w` is what all else than it and its sink take in every step, `heat_w` and
    `fed_w` the heat that other workers give to its sink and their power for it. `bonus`
    is what every level brings in every step beside its results, `start_costs` what a
    start costs. `range_c` is how cold
    and how warm its sink may become. `fine` divides the grids further.
    """

    world: World
    number: int
    balance_w: Sequence[float]
    fixed_w: Sequence[float]
    heat_w: Sequence[float]
    fed_w: Sequence[float]
    caps: Sequence[int]
    bonus: Sequence[Sequence[float]]
    start_costs: Sequence[float]
    range_c: tuple[float, float]
    left: Left
    fine: int = 1

    @property
    def runner(self) -> Runner:
        """The worker."""
        return self.world.runners[self.number]

    @property
    def sink(self) -> Sink | None:
        """Where its heat goes."""
        sink = self.runner.sink
        return None if sink is None else self.world.sinks[sink]


@dataclass(frozen=True, slots=True)
class Grids:
    """The charges and the temperatures for which values are worked out."""

    stored_wh: Floats
    sink_c: Floats

    def places(self, stored_wh: Floats, sink_c: Floats) -> tuple[Ints, Floats, Floats]:
        """Return where states lie: the cell's first corner, and the shares in it."""
        row, row_share = _place(self.stored_wh, stored_wh)
        column, column_share = _place(self.sink_c, sink_c)
        return row * len(self.sink_c) + column, row_share, column_share


def _place(grid: Floats, values: Floats) -> tuple[Ints, Floats]:
    if len(grid) == 1:
        return np.zeros(values.shape, dtype=np.intp), np.zeros(values.shape)
    position = (values - grid[0]) * ((len(grid) - 1) / (grid[-1] - grid[0]))
    position = np.clip(position, 0.0, len(grid) - 1.0)
    cell = np.minimum(position.astype(np.intp), len(grid) - 2)
    return cell, position - cell


def axis_of(grid: Floats) -> Axis:
    """Return where a grid begins and ends, and its cells."""
    return float(grid[0]), float(grid[-1]), len(grid) - 1


@dataclass(frozen=True, slots=True)
class Steps:
    """What some steps do, for every level and state: earnings, and what follows."""

    earned: Floats
    cell: Ints
    row_share: Floats
    column_share: Floats


def grids_of(task: Task) -> Grids:
    """Return the grids of a worker's program; one point where there is no store."""
    battery = task.world.battery
    stored_wh = np.zeros(1)
    if battery is not None:
        low_wh = min(battery.reserve_wh, task.world.stored_wh)
        high_wh = max(battery.capacity_wh, low_wh + 1.0)
        stored_wh = np.linspace(low_wh, high_wh, (LEVELS - 1) * task.fine + 1)
    sink_c = np.zeros(1)
    if task.sink is not None:
        sink_c = np.linspace(*task.range_c, (HEAT_LEVELS - 1) * task.fine + 1)
    return Grids(stored_wh, sink_c)


def steps_of(task: Task, grids: Grids, first: int, end: int) -> Steps:
    """Work out some steps for every level and state: (step, level, charge, heat)."""
    world, runner = task.world, task.runner
    steps = slice(first, end)

    def column(values: Sequence[float]) -> Floats:
        return np.array(values[steps], dtype=np.float64)[:, None, None, None]

    hours = column(world.hours)
    powers_w = np.array(runner.powers_w)[None, :, None, None]
    drawn_w = np.array(runner.drawn_w[steps])[:, :, None, None]
    earned = np.array(runner.results)[None, :, None, None] * hours
    earned = earned + np.array(task.bonus[steps])[:, :, None, None]
    net_w = column(task.balance_w) - column(task.fixed_w) - drawn_w
    stored_wh = grids.stored_wh[None, None, :, None]
    sink_c = grids.sink_c[None, None, None, :]
    sink = task.sink
    if sink is not None:
        given_w = column(task.heat_w) + powers_w * runner.recovery
        sink_c, taken_w, earnings = _warmed(sink, steps, hours, sink_c, given_w)
        net_w = net_w - taken_w
        earned = earned + earnings
    surplus_w, missing_w = np.maximum(net_w, 0.0), np.maximum(-net_w, 0.0)
    discharged_w: Floats = np.zeros(1)
    if (battery := world.battery) is not None:
        room_w = (battery.capacity_wh - stored_wh) / (battery.one_way * hours)
        charged_w = np.minimum(
            surplus_w, np.clip(room_w, 0.0, max(0.0, battery.charge_w))
        )
        usable_w = (stored_wh - battery.reserve_wh) * battery.one_way / hours
        discharged_w = np.minimum(
            missing_w, np.clip(usable_w, 0.0, max(0.0, battery.discharge_w))
        )
        stored_wh = stored_wh + hours * (
            charged_w * battery.one_way - discharged_w / battery.one_way
        )
        surplus_w = surplus_w - charged_w
        missing_w = missing_w - discharged_w
        earned = earned - discharged_w * hours * (battery.wear_per_kwh / 1000)
    earned = earned - missing_w * hours * column(world.bought) / 1000
    if np.isfinite(world.import_limit_w):
        over_w = np.clip(missing_w - world.import_limit_w, 0.0, drawn_w)
        earned = earned - over_w * hours * (OVERLOAD_PER_KWH * world.money / 1000)
    if sink is not None:
        if sink.diverter:
            electric = column(sink.electric_per_heat)
            gain = column(sink.gain_k_per_w)
            heat_w = np.minimum(
                np.maximum(0.0, column(sink.floor_c) - sink_c) / gain,
                np.minimum(column(sink.backup_w), surplus_w / electric),
            )
            sink_c = sink_c + heat_w * gain
            surplus_w = surplus_w - heat_w * electric
        if sink.shortage_per_kwh:
            per_k = sink.shortage_per_kwh * sink.capacity_wh_per_k / 1000
            missing_k = np.maximum(0.0, column(sink.ready_c) - sink_c)
            missing_k = missing_k + hours * np.maximum(0.0, sink.minimum_c - sink_c)
            earned = earned - missing_k * per_k
        if sink.supply is not HeatSupply.GRID:
            dear_w = missing_w
            if sink.supply is HeatSupply.SURPLUS:
                dear_w = dear_w + discharged_w
            fed_w = column(task.fed_w) + powers_w
            share = np.minimum(1.0, dear_w / np.maximum(fed_w, 1e-6))
            lost_w = share * given_w
            earned = earned - lost_w * hours * (sink.unpermitted_per_kwh / 1000)
    exported_w = np.minimum(surplus_w, world.export_limit_w)
    earned = earned + exported_w * hours * column(world.sold) / 1000
    caps = np.array(task.caps[steps])[:, None, None, None]
    levels = np.arange(len(runner.powers_w))[None, :, None, None]
    earned = np.where(levels <= caps, earned, -np.inf)
    shape = (
        end - first,
        len(runner.powers_w),
        len(grids.stored_wh),
        len(grids.sink_c),
    )
    cell, row_share, column_share = grids.places(stored_wh, sink_c)
    flat = (*shape[:2], -1)
    return Steps(
        np.broadcast_to(earned, shape).reshape(flat),
        np.broadcast_to(cell, shape).reshape(flat),
        np.broadcast_to(row_share, shape).reshape(flat),
        np.broadcast_to(column_share, shape).reshape(flat),
    )


def together(cases: Sequence[Steps]) -> Steps:
    """Return the steps of several cases with their states one after the other."""
    if len(cases) == 1:
        return cases[0]
    states = cases[0].cell.shape[2]
    return Steps(
        np.concatenate([case.earned for case in cases], axis=2),
        np.concatenate(
            [case.cell + number * states for number, case in enumerate(cases)], axis=2
        ),
        np.concatenate([case.row_share for case in cases], axis=2),
        np.concatenate([case.column_share for case in cases], axis=2),
    )


def _warmed(
    sink: Sink, steps: slice, hours: Floats, now_c: Floats, given_w: Floats
) -> tuple[Floats, Floats, Floats]:
    """As `planner_simulate.warmed`, for many states; earnings instead of costs."""

    def column(values: Sequence[float]) -> Floats:
        return np.array(values[steps], dtype=np.float64)[:, None, None, None]

    gain, around_c = column(sink.gain_k_per_w), column(sink.ambient_c)
    alone_c = around_c + (now_c - around_c) * column(sink.decay)
    alone_c = np.maximum(
        alone_c - column(sink.draw_w) * gain, np.minimum(sink.cold_c, now_c)
    )
    later_c = alone_c + given_w * gain
    earned: Floats = np.zeros((1, 1, 1, 1))
    taken_w: Floats = np.zeros((1, 1, 1, 1))
    if sink.comfort_per_kwh:
        useful_w = np.maximum(0.0, (column(sink.target_c) - alone_c) / gain)
        useful_w = np.minimum(given_w, useful_w)
        earned = useful_w * hours * (sink.comfort_per_kwh / 1000)
    if not sink.diverter:
        backup_w = np.maximum(0.0, column(sink.floor_c) - later_c) / gain
        backup_w = np.minimum(backup_w, column(sink.backup_w))
        later_c = later_c + backup_w * gain
        taken_w = backup_w * column(sink.electric_per_heat)
        earned = earned - backup_w * hours * (sink.fuel_per_heat / 1000)
    later_c = np.maximum(
        np.minimum(later_c, sink.maximum_c), np.minimum(alone_c, later_c)
    )
    return later_c, taken_w, earned
