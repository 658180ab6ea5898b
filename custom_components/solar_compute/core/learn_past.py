"""The past of a home as one worker would have lived it: its worth, moment by moment.

What follows from the balance, where nothing but the balance decides: without battery,
heat sink and cooled space. Else what was decided on at the time, where it was kept
(`worth:<key>`). May import numpy; knows no rule of switching.
"""

from dataclasses import dataclass
from itertools import accumulate
from math import ceil, exp, isnan

import numpy as np
from numpy.typing import NDArray

from .history import BALANCE_W, EXPORT_PER_KWH, IMPORT_PER_KWH, History, worth_column
from .spec import SiteSpec, WorkerSpec
from .trail import SCALE_W, SPREAD_S, SURPLUS_S, WORTH_S

type Numbers = NDArray[np.float64]
type Flags = NDArray[np.bool_]

NOW, HOUR_OF_SUN = 0, len(WORTH_S) + len(SURPLUS_S) + 1
"""Where features of a moment have the worth now, and the hour."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Past:
    """A worker's past on a regular grid.

    `earned` is what running over each interval would have brought, in currency; 0
    where nothing is known. `moments` are the features that `trail` would have shown at
    its beginning, row by row, `known` where there are any. `day` numbers the days
    of the sun, which end at its midnight, so that no night is cut wherever the home is.
    """

    worker: WorkerSpec
    step_s: int
    earned: Numbers
    moments: Numbers
    known: Flags
    day: NDArray[np.intp]

    def steps(self, seconds: float) -> int:
        """Return how many intervals a time takes, one at least."""
        return max(1, ceil(seconds / self.step_s))


def noon_of(history: History) -> float:
    """Return the hour (UTC) at which the surplus of a home has its middle."""
    balance = history.columns[BALANCE_W].astype(np.float64)
    known = np.isfinite(balance)
    balance = balance[known]
    sun = np.maximum(balance - np.median(balance), 0.0) if len(balance) else balance
    turn = 2 * np.pi * _hours_utc(history)[known] / 24
    middle = np.arctan2((sun * np.sin(turn)).sum(), (sun * np.cos(turn)).sum())
    return float(middle / (2 * np.pi) * 24 % 24)


def past_of(
    spec: SiteSpec, worker: WorkerSpec, history: History, noon_h: float
) -> Past | None:
    """Return a worker's past, None where its worth cannot be told from it."""
    before_w = _taken_before(spec, worker, history)
    balance = history.columns[BALANCE_W].astype(np.float64) - before_w
    found = _worths(spec, worker, history, balance)
    if found is None or len(history) < 2:
        return None
    best, lived = found
    surplus = np.tanh((balance - worker.levels_w[0]) / SCALE_W)
    columns = [_mean(best, history.step_s, over_s) for over_s in WORTH_S]
    columns += [_mean(surplus, history.step_s, over_s) for over_s in SURPLUS_S]
    mean = _mean(surplus, history.step_s, SPREAD_S)
    square = _mean(surplus**2, history.step_s, SPREAD_S)
    columns.append(np.sqrt(np.maximum(0.0, square - mean**2)))
    # A moment shows what was before it.
    shown = [np.concatenate(([np.nan], column[:-1])) for column in columns]
    hours = _hours_utc(history)
    shown.append((hours - noon_h + 12) % 24)
    seen = np.concatenate(([False], np.isfinite(best[:-1])))
    moments = np.stack(shown, axis=1)
    known = seen & np.isfinite(moments).all(axis=1)
    day = np.floor((_times_s(history) / 3600 - noon_h + 12) / 24).astype(np.intp)
    return Past(
        worker=worker,
        step_s=history.step_s,
        earned=np.nan_to_num(lived) * history.step_s / 3600,
        # Trees ask for one feature of all moments at a time.
        moments=np.asfortranarray(np.nan_to_num(moments)),
        known=known,
        day=day - day[0],
    )


def _hours_utc(history: History) -> Numbers:
    return _times_s(history) % 86400 / 3600


def _times_s(history: History) -> Numbers:
    steps = np.arange(len(history), dtype=np.float64)
    times: Numbers = history.start_s + steps * history.step_s
    return times


def _taken_before(spec: SiteSpec, worker: WorkerSpec, history: History) -> Numbers:
    """Return what workers that come first would take of the surplus, in W.

    Roughly: their lowest level, wherever surplus covers it. Of those with the same
    priority the first in the home's settings comes first, as in decisions.
    """
    balance = history.columns[BALANCE_W].astype(np.float64)
    taken = np.zeros(len(history))
    for other in sorted(spec.workers, key=lambda item: item.priority):
        if other.key == worker.key:
            break
        taken += np.where(balance - taken >= other.levels_w[0], other.levels_w[0], 0.0)
    return taken


def _worths(
    spec: SiteSpec, worker: WorkerSpec, history: History, balance: Numbers
) -> tuple[Numbers, Numbers] | None:
    """Return the worth of the best level of each interval, and what was lived of it.

    Lived is the worth of the level that was best one interval before.
    """
    if spec.battery is not None or worker.sink or worker.space or worker.cooled_share:
        kept = history.column(worth_column(worker.key))
        if kept is None:
            return None
        worth = kept.astype(np.float64)
        return worth, worth
    bought = _price(history, IMPORT_PER_KWH, spec.import_per_kwh)
    sold = _price(history, EXPORT_PER_KWH, spec.export_per_kwh)
    limit_w = np.inf if spec.export_limit_w is None else spec.export_limit_w

    def cost_per_h(rest_w: Numbers) -> Numbers:
        exported = -np.minimum(rest_w, limit_w) * sold
        cost: Numbers = np.where(rest_w < 0, -rest_w * bought, exported) / 1000
        return cost

    paused = cost_per_h(balance)
    full_w = worker.levels_w[-1]
    levels = np.stack(
        [
            power_w / 1000 * worker.value_per_kwh
            + power_w / full_w * worker.value_per_hour
            + paused
            - cost_per_h(balance - power_w)
            for power_w in worker.levels_w
        ],
        axis=1,
    )
    chosen = np.argmax(np.nan_to_num(levels), axis=1)
    before = np.concatenate(([0], chosen[:-1]))
    rows = np.arange(len(levels))
    return levels[rows, chosen], levels[rows, before]


def _price(history: History, name: str, fixed: float) -> Numbers:
    column = history.column(name)
    if column is None:
        return np.full(len(history), fixed)
    prices = column.astype(np.float64)
    return np.where(np.isfinite(prices), prices, fixed)


def _mean(values: Numbers, step_s: int, over_s: float) -> Numbers:
    """Return the exponential mean up to the end of each interval; gaps hold it."""
    weight = 1 - exp(-step_s / over_s)

    def averaged(mean: float, value: float) -> float:
        if isnan(value):
            return mean
        return value if isnan(mean) else mean + weight * (value - mean)

    return np.fromiter(accumulate(values.tolist(), averaged), np.float64, len(values))
