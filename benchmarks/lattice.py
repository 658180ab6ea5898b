"""The values of all states of a home with one worker, with perfect foresight.

Dynamic programming over (interval × time since the last switch × stored energy ×
temperature × thermostat), backwards over the whole trace, in time that grows with
its length. Between the points of its grid the value is interpolated, which is its
only error: none where nothing is stored.
"""

from dataclasses import dataclass, replace
from math import ceil, inf, sqrt

import numpy as np

from custom_components.solar_compute.core.simulate import House, step

from .engine import left_over, new_home
from .homes import Homes, pass_by
from .stage import Stage
from .switching import switching
from .world import Flags, Floats, Rows, world_of

MARGIN_K = 1.0
"""How far beyond the temperatures of the extremes the grid reaches."""

BLOCK_STATES = 400_000
"""States of all intervals of a block together: what is held in memory at a time."""


@dataclass(frozen=True, slots=True)
class Fineness:
    """Points of the grid in stored energy and in temperature."""

    stored: int
    temperature: int

    def halved(self) -> Fineness:
        """Return the grid of twice the distances."""
        return Fineness((self.stored + 1) // 2, (self.temperature + 1) // 2)


@dataclass(frozen=True, slots=True)
class _Values:
    """Best from a moment on, for every state; the row counts intervals since a switch.

    The last row: for as long as the minimum time, or longer.
    """

    running: Floats
    paused: Floats


@dataclass(frozen=True, slots=True)
class _Passages:
    """Where each interval and level of a block leads from every state, and its gain.

    The first two axes are intervals and levels; `points` and `weights` have one more
    entry for every corner of the grid's cell.
    """

    earned: Floats
    points: Rows
    weights: Floats


class Lattice:
    """The values of all states of the grid, at every interval.

    They are kept at the start of every block; those within a block are made again
    when they are asked for.
    """

    def __init__(self, stage: Stage, grid: Fineness) -> None:
        """Lay the grid over all that the home can become, and work backwards."""
        self.stage = stage
        self.world = world_of(stage)
        self.rules = switching(stage, self.world.worker)
        self._powers_w = np.array([0.0, *self.world.worker.levels_w])
        self._stored, self._celsius = _stored(stage, grid), _celsius(stage, grid)
        self._thermostats = 2 if self.world.body.key else 1
        self._states = self._all_states()
        self._full = self.full(self._states)
        length, size = len(stage.conditions), len(self._states.stored_wh)
        most = BLOCK_STATES // (size * len(self._powers_w))
        self._block = max(4, min(ceil(sqrt(length)), most))
        self._kept: dict[int, _Values] = {length: self._at_the_end()}
        self._open: tuple[int, list[_Values]] = (-1, [])
        for first in range(self._last_block(), -1, -self._block):
            self._kept[first] = self._worked_back(first)[0]

    def best(self) -> float:
        """Return the total of the best way to run."""
        homes = self.homes_of(new_home(self.stage.scenario.spec))
        lasted = self.rules.pause_steps
        return self.value(0, homes, running=False, lasted=lasted)

    def value(self, index: int, homes: Homes, *, running: bool, lasted: int) -> float:
        """Return the best of one home from interval `index` on.

        `lasted` is for how many intervals its worker has been running, or paused.
        """
        values = self._at(index)
        table = values.running if running else values.paused
        points, weights = self._place(homes)
        row = table[min(lasted, len(table)) - 1]
        return float((row[points] * weights).sum())

    def full(self, homes: Homes) -> Flags:
        """Tell which homes' sinks are at their maximum, where a guard ends a run."""
        sink = self.world.spec.sink(self.world.worker.sink)
        maximum_c = inf if sink is None else sink.maximum_c
        full: Flags = homes.temperature_c >= maximum_c
        return full

    def homes_of(self, house: House) -> Homes:
        """Return a simulated house as one home."""
        body = {**house.tanks, **house.rooms}.get(self.world.body.key)
        return Homes(
            np.array([house.stored_wh]),
            np.array([body.temperature_c if body else 0.0]),
            np.array([bool(body and body.backup_on)]),
        )

    def _all_states(self) -> Homes:
        stored, celsius, on = np.meshgrid(
            self._stored,
            self._celsius,
            np.arange(self._thermostats) > 0,
            indexing="ij",
        )
        return Homes(stored.ravel(), celsius.ravel(), on.ravel())

    def _at_the_end(self) -> _Values:
        """Return what is left over in every state after the last interval."""
        house = new_home(self.stage.scenario.spec)
        kept = np.array(
            [
                left_over(
                    self.stage,
                    replace(
                        house,
                        stored_wh=float(stored),
                        tanks={
                            key: replace(tank, temperature_c=float(celsius))
                            for key, tank in house.tanks.items()
                        },
                    ),
                )
                for stored, celsius in zip(
                    self._states.stored_wh, self._states.temperature_c, strict=True
                )
            ]
        )
        return _Values(
            np.tile(kept, (self.rules.run_steps, 1)),
            np.tile(kept, (self.rules.pause_steps, 1)),
        )

    def _last_block(self) -> int:
        return (len(self.stage.conditions) - 1) // self._block * self._block

    def _at(self, index: int) -> _Values:
        if index in self._kept:
            return self._kept[index]
        first = index // self._block * self._block
        if self._open[0] != first:
            self._open = first, self._worked_back(first)
        return self._open[1][index - first]

    def _worked_back(self, first: int) -> list[_Values]:
        """Return the values at the start of every interval of a block."""
        last = min(first + self._block, len(self.stage.conditions))
        values, passages = self._kept[last], self._passages(first, last)
        result: list[_Values] = []
        for index in range(last - 1, first - 1, -1):
            values = self._one_back(index, values, passages, index - first)
            result.append(values)
        return result[::-1]

    def _passages(self, first: int, last: int) -> _Passages:
        size, levels = len(self._states.stored_wh), len(self._powers_w)
        shape = (last - first, levels, size)
        rows = np.repeat(np.arange(first, last), levels * size)
        powers_w = np.tile(np.repeat(self._powers_w, size), last - first)
        states = self._states.repeated((last - first) * levels)
        after, earned = pass_by(self.world, rows, states, powers_w)
        points, weights = self._place(after)
        return _Passages(
            earned.reshape(shape),
            points.reshape((-1, *shape)),
            weights.reshape((-1, *shape)),
        )

    def _place(self, homes: Homes) -> tuple[Rows, Floats]:
        """Return the corners of the cell that each home lies in, and their weights."""
        stored, above = _cell(self._stored, homes.stored_wh)
        celsius, warmer = _cell(self._celsius, homes.temperature_c)
        row = self._thermostats
        base = (stored * len(self._celsius) + celsius) * row
        base = base + (homes.backup_on if row > 1 else 0)
        points, weights = [base], [np.ones(len(base))]
        for values, share, far in (
            (self._celsius, warmer, row),
            (self._stored, above, row * len(self._celsius)),
        ):
            if len(values) > 1:
                points += [point + far for point in points]
                weights = [w * (1 - share) for w in weights] + [
                    w * share for w in weights
                ]
        return np.array(points), np.array(weights)

    def _one_back(
        self, index: int, after: _Values, passages: _Passages, place: int
    ) -> _Values:
        """Return the values at the start of an interval from those at its end."""
        earned = passages.earned[place]
        points, weights = passages.points[:, place], passages.weights[:, place]

        def led(table: Floats, level: int) -> Floats:
            value: Floats = earned[level]
            for point, weight in zip(points[:, level], weights[:, level], strict=True):
                value = value + table[:, point] * weight
            return value

        run = led(after.running, 1)
        for level in range(2, len(self._powers_w)):
            run = np.maximum(run, led(after.running, level))
        idle = led(after.paused, 0)
        stop, start = idle[0], run[0] - self.world.worker.start_cost
        running = np.concatenate((run[1:], run[-1:]))
        for row in range(len(running)):
            better = np.maximum(running[row], stop)
            if self.rules.may_stop(index, row + 1):
                running[row] = better
            elif self.world.heated:
                running[row] = np.where(self._full, better, running[row])
        paused = np.concatenate((idle[1:], idle[-1:]))
        paused[-1] = np.maximum(paused[-1], start)
        return _Values(running, paused)


def _stored(stage: Stage, grid: Fineness) -> Floats:
    battery = stage.scenario.spec.battery
    if battery is None:
        return np.zeros(1)
    return np.linspace(battery.reserve_wh, battery.capacity_wh, grid.stored)


def _celsius(stage: Stage, grid: Fineness) -> Floats:
    """Return temperatures from the coldest to the warmest that can be.

    That is what a home is through which the worker never ran, or always.
    """
    spec = stage.scenario.spec
    if not (spec.tanks or spec.rooms):
        return np.zeros(1)
    worker, seen = spec.workers[0], _temperatures_c(new_home(spec))
    for power_w in (0.0, worker.levels_w[-1]):
        house, drawn_w = new_home(spec), {worker.key: power_w}
        for conditions in stage.conditions:
            if conditions is not None:
                house, _ = step(spec, house, conditions, drawn_w, stage.step_s)
                seen += _temperatures_c(house)
    coldest_c, warmest_c = min(seen) - MARGIN_K, max(seen)
    for tank in spec.tanks:
        warmest_c = max(tank.maximum_c, warmest_c)
    return np.linspace(coldest_c, warmest_c, grid.temperature)


def _temperatures_c(house: House) -> list[float]:
    return [
        body.temperature_c for body in (*house.tanks.values(), *house.rooms.values())
    ]


def _cell(values: Floats, at: Floats) -> tuple[Rows, Floats]:
    """Return the point of an even grid below each value, and how far above it is."""
    if len(values) == 1:
        return np.zeros(len(at), np.intp), np.zeros(len(at))
    position = (at - values[0]) / (values[1] - values[0])
    below = np.clip(position.astype(np.intp), 0, len(values) - 2)
    return below, np.clip(position - below, 0.0, 1.0)
