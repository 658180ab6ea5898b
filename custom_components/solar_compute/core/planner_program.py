"""The best levels of one worker while all others keep theirs: an exact program.

    V(step, timer, charge, heat) = max over levels of what the step earns + V after it

Timers are how long a run or a pause must still last; charge and heat lie on grids,
between which values are interpolated. Backwards over the steps, then once forwards
from what the home really has. It may import numpy. All cases of what may come are worked
out together, and a few steps at a time: so that few calls are made, and none holds the
interpreter for long.
"""

from collections.abc import Callable, Sequence

import numpy as np

from .heat import HeatSupply
from .planner_simulate import diverted, heat_left, powered, too_cold, warmed
from .planner_states import (
    Axis,
    Floats,
    Grids,
    Steps,
    Task,
    axis_of,
    grids_of,
    steps_of,
    together,
)

CHUNK = 24
"""So many steps are worked out together: enough to be quick, and few enough that no
call of numpy takes a millisecond."""

MOST_TIMERS = 48
"""A run that must last for more steps than this is planned as if it might end then."""


def best_levels(
    cases: Sequence[tuple[float, Task]], *, out_of_time: Callable[[], bool]
) -> tuple[int, ...] | None:
    """Return the best level for every step; None where time was up before.

    `cases` are what may come, by their weights. Each is valued as if it were known from
    the next step on, as it will be when the plan is made anew; the levels are common to
    all.
    """
    grids = grids_of(cases[0][1])
    values = _values([task for _, task in cases], grids, out_of_time)
    return None if values is None else _forwards(cases, grids, values)


def _values(
    tasks: Sequence[Task], grids: Grids, out_of_time: Callable[[], bool]
) -> Floats | None:
    """Return the value of every timer, case and state at the start of every step."""
    task = tasks[0]
    runner, steps = task.runner, len(task.world)
    pauses = min(max(runner.rest), MOST_TIMERS)
    runs = min(max(runner.lock), MOST_TIMERS)
    shape = (len(tasks), len(grids.stored_wh), len(grids.sink_c))
    values = np.empty((steps + 1, pauses + runs, *shape), dtype=np.float64)
    values[steps] = _at_the_end(task, grids)
    for first in range((steps - 1) // CHUNK * CHUNK, -1, -CHUNK):
        if out_of_time():
            return None
        end = min(first + CHUNK, steps)
        chunk = together([steps_of(one, grids, first, end) for one in tasks])
        for step in range(end - 1, first - 1, -1):
            after = values[step + 1].reshape(pauses + runs, -1)
            now = values[step].reshape(pauses + runs, -1)
            lock = min(runner.lock[step], runs) - 1
            rest = min(runner.rest[step], pauses) - 1
            paused = _worth(chunk, step - first, grids, after[:pauses], slice(0, 1))
            paused = paused[:, 0]
            now[0] = paused[0]
            now[1:pauses] = paused[:-1]
            if not task.caps[step]:
                now[pauses:] = paused[rest]
                continue
            levels = slice(1, task.caps[step] + 1)
            running = _worth(chunk, step - first, grids, after[pauses:], levels)
            running = running.max(axis=1)
            np.maximum(now[0], running[lock] - task.start_costs[step], out=now[0])
            np.maximum(running[0], paused[rest], out=now[pauses])
            now[pauses + 1 :] = running[:-1]
    return values


def _at_the_end(task: Task, grids: Grids) -> Floats:
    stored, sink = np.zeros(len(grids.stored_wh)), np.zeros(len(grids.sink_c))
    if task.world.battery is not None:
        stored = np.array([task.left.value(value) for value in grids.stored_wh])
    if task.sink is not None:
        sink = np.array([heat_left(task.sink, value) for value in grids.sink_c])
    return stored[:, None] + sink


def _worth(
    chunk: Steps, index: int, grids: Grids, values: Floats, levels: slice
) -> Floats:
    """Return what some levels are worth in a step, by timer, level and state."""
    columns = len(grids.sink_c)
    cell = chunk.cell[index, levels]
    result: Floats = values.take(cell, axis=1)
    if columns > 1:
        share = chunk.column_share[index, levels]
        result += (values.take(cell + 1, axis=1) - result) * share
    if len(grids.stored_wh) > 1:
        above = values.take(cell + columns, axis=1)
        if columns > 1:
            beside = values.take(cell + columns + 1, axis=1)
            above += (beside - above) * share
        result += (above - result) * chunk.row_share[index, levels]
    result += chunk.earned[index, levels]
    return result


def _forwards(
    cases: Sequence[tuple[float, Task]], grids: Grids, values: Floats
) -> tuple[int, ...]:
    """Take the best level step by step, from what the home really has."""
    task = cases[0][1]
    runner = task.runner
    pauses = min(max(runner.rest), MOST_TIMERS)
    runs = min(max(runner.lock), MOST_TIMERS)
    sink_c = 0.0 if task.sink is None else task.sink.start_c
    states = [(task.world.stored_wh, sink_c)] * len(cases)
    level = runner.level
    wait = min(runner.locked, runs - 1) if level else min(runner.resting, pauses - 1)
    rows, columns = axis_of(grids.stored_wh), axis_of(grids.sink_c)
    levels: list[int] = []
    for step, cap in enumerate(task.caps):
        floor = min(runner.floors[step], cap)
        lowest = max(1 if level and wait and cap else 0, floor)
        highest = 0 if not level and wait and not floor else cap
        best = None
        for option in range(lowest, highest + 1):
            total = 0.0
            if option and not level:
                total -= task.start_costs[step]
                later_wait = min(runner.lock[step], runs) - 1
            elif level and not option:
                later_wait = min(runner.rest[step], pauses) - 1
            else:
                later_wait = max(0, wait - 1)
            after = values[step + 1, later_wait + (pauses if option else 0)]
            later = []
            for (weight, one), state, known in zip(cases, states, after, strict=True):
                earned, stored_wh, sink_c = _step(one, step, option, *state)
                if highest > lowest:
                    worth = _between(rows, columns, known, stored_wh, sink_c)
                    total += weight * (earned + worth)
                later.append((stored_wh, sink_c))
            if best is None or total > best[0]:
                best = total, option, later_wait, later
        assert best is not None
        _, level, wait, states = best
        levels.append(level)
    return tuple(levels)


def _between(
    rows: Axis, columns: Axis, values: Floats, stored_wh: float, sink_c: float
) -> float:
    """Return the value of a state between the points of the grids."""
    row, row_share = _spot(rows, stored_wh)
    column, column_share = _spot(columns, sink_c)
    ends = []
    for line in (row, row + 1) if row_share else (row,):
        value = values.item(line, column)
        if column_share:
            value += (values.item(line, column + 1) - value) * column_share
        ends.append(value)
    return ends[0] + (ends[-1] - ends[0]) * row_share


def _spot(axis: Axis, value: float) -> tuple[int, float]:
    low, high, last = axis
    if not last:
        return 0, 0.0
    position = min(max((value - low) * last / (high - low), 0.0), float(last))
    cell = min(int(position), last - 1)
    return cell, position - cell


def _step(
    task: Task, step: int, level: int, stored_wh: float, sink_c: float
) -> tuple[float, float, float]:
    """Return what a step earns, and what battery and sink hold afterwards."""
    world, runner, sink = task.world, task.runner, task.sink
    hours = world.hours[step]
    earned = runner.results[level] * hours + task.bonus[step][level]
    net_w = task.balance_w[step] - task.fixed_w[step] - runner.drawn_w[step][level]
    given_w = task.heat_w[step] + runner.powers_w[level] * runner.recovery
    if sink is not None:
        sink_c, taken_w, cost = warmed(sink, step, hours, sink_c, given_w)
        net_w -= taken_w
        earned -= cost
    stored_wh, imported_w, discharged_w, surplus_w, cost = powered(
        world, step, stored_wh, net_w, runner.drawn_w[step][level]
    )
    earned -= cost
    if sink is not None:
        if sink.diverter and surplus_w > 0:
            sink_c, surplus_w = diverted(sink, step, sink_c, surplus_w)
        earned -= too_cold(sink, step, hours, sink_c)
        fed_w = task.fed_w[step] + runner.powers_w[level]
        if fed_w and sink.supply is not HeatSupply.GRID:
            dear_w = imported_w
            if sink.supply is HeatSupply.SURPLUS:
                dear_w += discharged_w
            lost_w = min(1.0, dear_w / fed_w) * given_w
            earned -= lost_w * sink.unpermitted_per_kwh * hours / 1000
    exported_w = min(surplus_w, world.export_limit_w)
    return earned + exported_w * world.sold[step] * hours / 1000, stored_wh, sink_c
