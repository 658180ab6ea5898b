"""The best levels of one worker while all others keep theirs: an exact program.

    V(step, timer, charge, heat) = max over levels of what the step earns + V after it

Timers are how long a run or a pause must still last; charge and heat lie on grids,
between which values are interpolated. Backwards over the steps, then once forwards
from what the home really has. It may import numpy. A few steps at a time are worked
out together, so that no call holds the interpreter for long.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from .heat import HeatSupply
from .planner_simulate import diverted, heat_left, powered, too_cold, warmed
from .planner_states import Floats, Grids, Steps, Task, grids_of, steps_of

CHUNK = 12
"""So many steps are worked out together: enough to be quick, and few enough that no
call of numpy takes a millisecond."""

MOST_TIMERS = 48
"""A run that must last for more steps than this is planned as if it might end then."""


@dataclass(frozen=True, slots=True)
class _Solved:
    """One case of a worker's task, with the value of every timer and state."""

    weight: float
    task: Task
    values: Floats


def best_levels(
    cases: Iterable[tuple[float, Task]], *, out_of_time: Callable[[], bool]
) -> tuple[int, ...] | None:
    """Return the best level for every step; None where time was up before.

    `cases` are what may come, by their weights. Each is valued as if it were known from
    the next step on, as it will be when the plan is made anew; the levels are common to
    all.
    """
    solved: list[_Solved] = []
    for weight, task in cases:
        grids = grids_of(task)
        values = _values(task, grids, out_of_time)
        if values is None:
            return None
        solved.append(_Solved(weight, task, values))
    return _forwards(solved, grids)


def _values(task: Task, grids: Grids, out_of_time: Callable[[], bool]) -> Floats | None:
    """Return the value of every timer and state at the start of every step."""
    runner, steps = task.runner, len(task.world)
    pauses = min(max(runner.rest), MOST_TIMERS)
    runs = min(max(runner.lock), MOST_TIMERS)
    shape = (len(grids.stored_wh), len(grids.sink_c))
    values = np.empty((steps + 1, pauses + runs, *shape), dtype=np.float64)
    values[steps] = _at_the_end(task, grids)
    for first in range((steps - 1) // CHUNK * CHUNK, -1, -CHUNK):
        if out_of_time():
            return None
        chunk = steps_of(task, grids, first, min(first + CHUNK, steps))
        for step in range(min(first + CHUNK, steps) - 1, first - 1, -1):
            after = values[step + 1].reshape(pauses + runs, -1)
            paused, running = _options(
                chunk, step - first, grids, after[:pauses], after[pauses:]
            )
            now = values[step].reshape(pauses + runs, -1)
            lock = min(runner.lock[step], runs) - 1
            rest = min(runner.rest[step], pauses) - 1
            now[0] = paused[0]
            now[1:pauses] = paused[:-1]
            if running is None:
                now[pauses:] = paused[rest]
            else:
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


def _options(
    chunk: Steps,
    index: int,
    grids: Grids,
    paused: Floats,
    running: Floats,
) -> tuple[Floats, Floats | None]:
    """Return what it is worth to pause and to run in a step, by timer and state."""
    columns = len(grids.sink_c)

    def worth(values: Floats, level: int) -> Floats:
        cell = chunk.cell[index, level]
        result: Floats = values.take(cell, axis=1)
        if columns > 1:
            share = chunk.column_share[index, level]
            result += (values.take(cell + 1, axis=1) - result) * share
        if len(grids.stored_wh) > 1:
            above = values.take(cell + columns, axis=1)
            if columns > 1:
                beside = values.take(cell + columns + 1, axis=1)
                above += (beside - above) * share
            result += (above - result) * chunk.row_share[index, level]
        result += chunk.earned[index, level]
        return result

    best: Floats | None = None
    for level in range(1, chunk.earned.shape[1]):
        if not np.isfinite(chunk.earned[index, level, 0]):
            break
        option = worth(running, level)
        best = option if best is None else np.maximum(best, option, out=best)
    return worth(paused, 0), best


def _forwards(cases: Sequence[_Solved], grids: Grids) -> tuple[int, ...]:
    """Take the best level step by step, from what the home really has."""
    task = cases[0].task
    runner = task.runner
    pauses = min(max(runner.rest), MOST_TIMERS)
    runs = min(max(runner.lock), MOST_TIMERS)
    sink_c = 0.0 if task.sink is None else task.sink.start_c
    states = [(task.world.stored_wh, sink_c)] * len(cases)
    level = runner.level
    wait = min(runner.locked, runs - 1) if level else min(runner.resting, pauses - 1)
    levels: list[int] = []
    for step, cap in enumerate(task.caps):
        lowest = 1 if level and wait and cap else 0
        highest = 0 if not level and wait else cap
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
            timer = later_wait + (pauses if option else 0)
            later = []
            for case, state in zip(cases, states, strict=True):
                earned, *after = _step(case.task, step, option, *state)
                worth = _between(grids, case.values[step + 1, timer], *after)
                total += case.weight * (earned + worth)
                later.append((after[0], after[1]))
            if best is None or total > best[0]:
                best = total, option, later_wait, later
        assert best is not None
        _, level, wait, states = best
        levels.append(level)
    return tuple(levels)


def _between(grids: Grids, values: Floats, stored_wh: float, sink_c: float) -> float:
    """Return the value of a state between the points of the grids."""
    row, row_share = _spot(grids.stored_wh, stored_wh)
    column, column_share = _spot(grids.sink_c, sink_c)
    ends = []
    for line in (row, row + 1) if row_share else (row,):
        value = float(values[line, column])
        if column_share:
            value += (float(values[line, column + 1]) - value) * column_share
        ends.append(value)
    return ends[0] + (ends[-1] - ends[0]) * row_share


def _spot(grid: Floats, value: float) -> tuple[int, float]:
    last = len(grid) - 1
    if not last:
        return 0, 0.0
    low, high = float(grid[0]), float(grid[-1])
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
