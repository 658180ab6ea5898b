"""A home's day as a mixed-integer program: what nothing that it does can break.

Powers are means over an interval. A mean keeps every limit that is kept at each
moment, so that the program bounds what really happens within intervals, too.
"""

from dataclasses import dataclass

import numpy as np

from custom_components.solar_compute.core.job import JobUnit
from custom_components.solar_compute.core.power_flow import is_diverter
from custom_components.solar_compute.core.spec import BackupKind, WorkerSpec

from .deadlines import Due
from .program import Columns, Program, Terms
from .span import Span
from .stage import Stage
from .switching import Switching
from .world import Floats, World, fuel_per_kwh


@dataclass(frozen=True, slots=True)
class Price:
    """What a stored Wh, and a kelvin of the tank, change hands for."""

    stored: float = 0.0
    kelvin: float = 0.0


class Day:
    """The program of some intervals. Gains in currency, energy in Wh."""

    def __init__(self, stage: Stage, world: World, span: Span) -> None:
        """Add what flows in every interval, and what battery and tank hold."""
        self.program = Program()
        self._spec, self._world, self._span = stage.scenario.spec, world, span
        spec = self._spec
        self.levels = [self._level_powers(worker) for worker in spec.workers]
        backup_w = self._backup()
        rest: Terms = [
            (column, -watts)
            for worker, columns in zip(spec.workers, self.levels, strict=True)
            for column, watts in zip(columns, worker.levels_w, strict=True)
        ]
        if backup_w is not None and self._world.body.backup.is_electric:
            rest.append((backup_w, -1.0))
        battery_w, self.stored, self.stored_rows = self._battery()
        rest += battery_w + self._grid()
        self.program.rows(rest, low=-span.balance_w, high=-span.balance_w)
        self.kelvin, self.kelvin_rows = self._tank(backup_w)

    def begin(self, stored_wh: float, kelvin: float) -> None:
        """Let the day begin with so much in the battery and in the tank."""
        for columns, value in ((self.stored, stored_wh), (self.kelvin, kelvin)):
            if columns is not None:
                self.program.rows([(columns[:1], 1.0)], low=value, high=value)

    def trade(self, before: Price, after: Price) -> None:
        """Buy what the day begins with, and sell what it ends with."""
        for columns, bought, sold in (
            (self.stored, before.stored, after.stored),
            (self.kelvin, before.kelvin, after.kelvin),
        ):
            if columns is not None:
                self.program.reward(int(columns[0]), -bought)
                self.program.reward(int(columns[-1]), sold)

    def modulate(self) -> None:
        """Let all workers run at any power, switched for nothing."""
        for columns in self.levels:
            terms: Terms = [(column, 1.0) for column in columns]
            self.program.rows(terms, low=0.0, high=1.0)

    def switch(self, key: int, rules: Switching, first: int, *, last: bool) -> None:
        """Let worker `key` run whole or not at all, and keep its minimum times.

        `first` is the stage's index of the first interval. On the first day of all,
        none runs before. Later, one that runs when the day begins has been bought,
        and one that runs when it ends is sold, at the cost of a start.
        """
        worker, size = self._spec.workers[key], len(self._span.hours)
        program, opening = self.program, first == 0
        on = program.variables(size, high=1.0)
        before = program.variables(
            1, high=0.0 if opening else 1.0, gain=-worker.start_cost, whole=True
        )
        if not last:
            program.reward(int(on[-1]), worker.start_cost)
        starts = program.variables(size, high=1.0, gain=-worker.start_cost)
        stops = program.variables(size, high=1.0)
        levels: Terms = [(column, 1.0) for column in self.levels[key]]
        program.rows([(on, -1.0), *levels], low=0.0, high=0.0)
        was_on = np.concatenate((before, on[:-1]))
        program.rows(
            [(on, 1.0), (was_on, -1.0), (starts, -1.0), (stops, 1.0)], low=0.0, high=0.0
        )
        held = _held(rules, first, size, self._may_be_full(worker))
        kept = [(_earlier(starts, ago), -held[ago]) for ago in range(len(held))]
        program.rows([(on, 1.0), *kept], low=0.0, high=np.inf)
        paused: Terms = [
            (_earlier(stops, ago), np.where(np.arange(size) >= ago, 1.0, 0.0))
            for ago in range(rules.pause_steps)
        ]
        program.rows([(on, 1.0), *paused], low=-np.inf, high=1.0)

    def reward_job(self, due: Due, first: int) -> None:
        """Pay for a job, if its worker works enough for it while it is open.

        A job beside it is taken to need none of that work.
        """
        job, hours = due.job, self._span.hours
        if not job.value:
            return
        met = self.program.variables(1, high=1.0, gain=job.value, whole=True)
        key = [worker.key for worker in self._spec.workers].index(job.worker)
        worked: Terms = [(met, -job.amount)]
        for columns, watts in zip(
            self.levels[key], self._spec.workers[key].levels_w, strict=True
        ):
            per_hour = watts / 1000 if job.unit is JobUnit.KWH else 1.0
            worked += [
                (columns[place : place + 1], per_hour * hours[place])
                for place in range(due.first - first, due.end - first)
            ]
        self.program.rows(worked, low=0.0, high=np.inf)

    def _may_be_full(self, worker: WorkerSpec) -> bool:
        """Tell whether a guard may end its runs early, for its heat finds no room."""
        body = self._world.body
        return bool(body.key) and worker.sink == body.key

    def _level_powers(self, worker: WorkerSpec) -> list[Columns]:
        """Return for each level how far the worker is at it, from 0 to 1."""
        hours, backup = self._span.hours, self._world.body.backup
        per_kwh = worker.value_per_kwh
        if worker.sink and backup.kind is BackupKind.NONE:
            per_kwh += worker.recovery * backup.comfort_per_kwh
        return [
            self.program.variables(
                len(hours),
                high=1.0,
                gain=watts / 1000 * per_kwh * hours,
                whole=True,
            )
            for watts in worker.levels_w
        ]

    def _most_w(self) -> float:
        backup = self._world.body.backup
        backup_w = backup.power_w if backup.is_electric else 0.0
        return backup_w + sum(worker.levels_w[-1] for worker in self._spec.workers)

    def _battery(self) -> tuple[Terms, Columns | None, Columns | None]:
        """Let a battery take what is left over at most, and give what is missing."""
        battery, span = self._spec.battery, self._span
        if battery is None:
            return [], None, None
        size = len(span.hours)
        over_w = np.maximum(0.0, span.balance_w)
        missing_w = np.maximum(0.0, self._most_w() - span.balance_w)
        charge = self.program.variables(size, high=np.minimum(battery.charge_w, over_w))
        discharge = self.program.variables(
            size,
            high=np.minimum(battery.discharge_w, missing_w),
            gain=-battery.wear_per_kwh * span.hours / 1000,
        )
        stored = self.program.variables(
            size + 1, low=battery.reserve_wh, high=battery.capacity_wh
        )
        rows = self.program.rows(
            [
                (stored[1:], 1.0),
                (stored[:-1], -1.0),
                (charge, -battery.one_way * span.hours),
                (discharge, span.hours / battery.one_way),
            ],
            low=-np.inf,
            high=0.0,
        )
        return [(charge, -1.0), (discharge, 1.0)], stored, rows

    def _grid(self) -> Terms:
        span, limit_w = self._span, self._spec.export_limit_w
        size, per_w = len(span.hours), span.hours / 1000
        over_w = np.maximum(0.0, span.balance_w)
        bought = self.program.variables(
            size,
            high=np.maximum(0.0, self._most_w() - span.balance_w),
            gain=-span.import_per_kwh * per_w,
        )
        sold = self.program.variables(
            size,
            high=over_w if limit_w is None else np.minimum(over_w, limit_w),
            gain=span.export_per_kwh * per_w,
        )
        terms: Terms = [(bought, 1.0), (sold, -1.0)]
        if limit_w is not None:
            lost = self.program.variables(size, high=np.maximum(0.0, over_w - limit_w))
            terms.append((lost, -1.0))
        return terms

    def _backup(self) -> Columns | None:
        """Return what the backup takes, if there is one: as late as it may."""
        backup, span = self._world.body.backup, self._span
        if not span.heating.any():
            return None
        most_w = np.where(span.heating, backup.power_w, 0.0)
        if is_diverter(self._world.body):
            most_w = np.minimum(most_w, np.maximum(0.0, span.balance_w))
        fuel = fuel_per_kwh(backup)
        return self.program.variables(
            len(span.hours), high=most_w, gain=-fuel * span.hours / 1000
        )

    def _tank(self, backup_w: Columns | None) -> tuple[Columns | None, Columns | None]:
        """Heat may be let out, never made: the real tank is no warmer than this."""
        body, span = self._world.body, self._span
        if not body.key:
            return None, None
        size, capacity = len(span.hours), body.capacity_wh_per_k
        kept = np.exp(-body.loss_w_per_k * span.hours / capacity)
        drawn_k = _kelvin(span.hours, capacity, body.loss_w_per_k) * span.draw_w
        warmest_c = np.maximum(body.maximum_c, span.coldest_c)
        kelvin = self.program.variables(size + 1, low=span.coldest_c, high=warmest_c)
        sure = (span.coldest_c[:-1] > body.cold_c) & (span.coldest_c[1:] > body.cold_c)
        drawn = self.program.variables(size, low=np.where(sure, 1.0, 0.0), high=1.0)
        # Heat that comes late in an interval has lost nothing yet at its end.
        per_w = span.hours / capacity
        terms: Terms = [(kelvin[1:], 1.0), (kelvin[:-1], -kept), (drawn, drawn_k)]
        for worker, columns in zip(self._spec.workers, self.levels, strict=True):
            if worker.sink == body.key:
                terms += [
                    (column, -watts * worker.recovery * per_w)
                    for column, watts in zip(columns, worker.levels_w, strict=True)
                ]
        if backup_w is not None:
            pump = body.backup.kind is BackupKind.HEAT_PUMP
            terms.append((backup_w, -per_w * (span.cop if pump else 1.0)))
        rows = self.program.rows(terms, low=-np.inf, high=span.ambient_c * (1 - kept))
        return kelvin, rows


def _kelvin(hours: Floats, capacity: float, loss_w_per_k: float) -> Floats:
    """Return by how much a W of steady heat warms a tank over each interval."""
    if loss_w_per_k <= 0:
        return hours / capacity
    return (1 - np.exp(-loss_w_per_k * hours / capacity)) / loss_w_per_k


def _earlier(columns: Columns, ago: int) -> Columns:
    """Return the variable of so many intervals before, at each interval.

    The first ones have none: theirs must be left out.
    """
    return np.concatenate((columns[:1].repeat(ago), columns))[: len(columns)]


def _held(rules: Switching, first: int, size: int, may_be_full: bool) -> list[Floats]:
    """Return for a start so many intervals ago whether it must still be running."""
    held = [np.ones(size)]
    while len(held) < rules.run_steps and not may_be_full:
        ago = len(held)
        still = [
            index >= ago
            and held[-1][index - 1] > 0
            and not rules.may_stop(first + index, ago)
            for index in range(size)
        ]
        held.append(np.array(still, np.float64))
    return held
