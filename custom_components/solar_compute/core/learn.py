"""Learning from a house's own past when starting, and when stopping, was right.

The rule of thumb, told how the sun's day usually goes on (`learn_nowcast`), is replayed
on the past. At every moment, the replay tells what a
start and a stop would have brought if the rule had gone on after (`learn_replay`);
small trees learn what the moment must look like for that to differ from what the rule
expects (`learn_trees`). The improved rule is replayed again, and improved once more:
policy iteration, so nothing is hoped for that hindsight alone could reach. Little
seen is little believed: every leaf is shrunk to the rule of thumb by half a day of
time. It is learned several times with other days set aside; what it earned on
those, beside what simpler rules earned, decides whether it plays (`learn_gate`). Old
days count less.

May import numpy; needs seconds for a year, so never run it in the event loop. The same
past always teaches the same. Columns of `History` that it reads: `balance_w`, the
prices, and `worth:<key>`, which it needs for workers with a heat sink. Beside a battery
nothing of this is learned, as it may decide nothing there.
"""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from .advice import (
    LIMIT_COSTS,
    may_decide,
    of_worker,
    settings_of,
    start_brings,
    stop_brings,
)
from .history import History
from .knowledge import NOTHING_KNOWN, Knowledge, Lasting, Rule, WorkerKnowledge
from .learn_gate import proven
from .learn_nowcast import Nowcasts, nowcasts
from .learn_past import HOUR_OF_SUN, NOW, Flags, Numbers, Past, noon_of, past_of
from .learn_replay import Signals, better, earnings, signals
from .learn_trees import fit, predict
from .spec import PolicySpec, SiteSpec, WorkerSpec
from .times import never
from .trail import TEN_MINUTES, WORTH_S
from .trees import Forest, mean_of

TREES = 40
RATE = 0.15
DEPTH = 3
PRIOR_H = 12.0
"""Hours of a moment's kind that must be seen until they count as much as the rule."""
WAIT_S = 900.0
"""A start or a stop is compared with waiting for this long: the default minimum run."""
ROUNDS = 2
FOLDS = 3
HALF_LIFE_DAYS = 120.0
"""Seasons: what is four months old counts half."""
MINIMUM_DAYS = 1.0
ROW_S = 600
MAXIMUM_ROWS = 3_000
"""Moments that trees are fitted to; of more, every second or third is taken.

Four times as many taught no more on eight homes: neighbours are alike.
"""

type Expected = tuple[Numbers, Numbers]
"""What a start and a stop are expected to bring at every moment, in currency."""


def learn_workers(
    spec: SiteSpec,
    history: History,
    before: Knowledge = NOTHING_KNOWN,
    out_of_time: Callable[[], bool] = never,
    *,
    anew: bool = True,
) -> Knowledge:
    """Return what a past teaches of all workers; `before` where it is too short or coarse.

    `before` is what was known until now. Workers that are not reached in time keep it,
    and so do, unless `anew`, all of which anything is known; the others come first. Who
    is learned stands last in it, and so comes after those that had to wait.
    """
    if history.coarse or history.known_days < MINIMUM_DAYS:
        return before
    noon_h = noon_of(history)
    taught = spec.workers if may_decide(spec) else ()
    turns = {key: turn for turn, key in enumerate(before.workers)}
    waiting = sorted(taught, key=lambda one: turns.get(one.key, 0))
    known = {worker.key: of_worker(before, spec, worker) for worker in waiting}
    for worker in sorted(waiting, key=lambda one: known[one.key] is not None):
        found = known[worker.key]
        if (anew or found is None) and not out_of_time():
            del known[worker.key]
            known[worker.key] = _learn_worker(spec, worker, history, noon_h, found)
    return Knowledge(
        days=round(history.known_days, 2),
        until_s=history.end_s,
        noon_h=round(noon_h, 3),
        workers={key: found for key, found in known.items() if found is not None},
    )


def _learn_worker(
    spec: SiteSpec,
    worker: WorkerSpec,
    history: History,
    noon_h: float,
    before: WorkerKnowledge | None,
) -> WorkerKnowledge | None:
    """Return what a past teaches of one worker, None where it says nothing of it.

    `before` is what was known of it until now, under these settings: its rule stays
    until another is better.
    """
    past = past_of(spec, worker, history, noon_h)
    if past is None or not past.known.any():
        return None
    sunny = _sunny(past)
    found = nowcasts(past, spec.policy, sunny)
    known = WorkerKnowledge(
        nowcast=found.now,
        lasts=_lasts(past, history),
        taught_by=settings_of(spec, worker),
    )
    bare = _expected(past, spec.policy)
    expected = _expected(past, spec.policy, found)
    days = {
        Rule.BARE: _daily(past, signals(past, *bare)),
        Rule.NOWCAST: _daily(past, signals(past, *expected)),
    }
    if spec.export_limit_w is None:
        # Else a start is how sun is found that is held back: who stays off for good
        # never sees that there is some.
        days[Rule.OFF] = np.zeros(past.day[-1] + 1)
    bare_gain = float(days[Rule.BARE].sum())
    if worker.start_cost <= 0:
        return replace(known, gain=bare_gain, bare_gain=bare_gain)
    forests = None
    if past.day[-1] >= FOLDS:
        *forests, unseen = _learned(past, expected, sunny)
        days[Rule.LEARNED] = _daily(past, unseen)
    rule = proven(days, Rule.BARE if before is None else before.rule)
    known = replace(known, rule=rule, gain=float(days[rule].sum()), bare_gain=bare_gain)
    if forests is None or rule is not Rule.LEARNED:
        return known
    return replace(known, start=forests[0], stop=forests[1])


def _expected(
    past: Past, policy: PolicySpec, change: Nowcasts | None = None
) -> Expected:
    """Return what the rule of thumb expects of a start and a stop (as `advice`)."""
    cost, mean = past.worker.start_cost, past.moments[:, TEN_MINUTES]
    limit = LIMIT_COSTS * cost
    starting, stopping = mean, mean
    if change is not None:
        starting, stopping = mean + change.start, mean + change.stop
    start = start_brings(starting, cost, policy)
    stop = stop_brings(stopping, cost, policy)
    return np.clip(start, -limit, limit), np.clip(stop, -limit, limit)


def _daily(past: Past, rule: Signals) -> Numbers:
    """Return what a rule earned on each day, as far as it still counts."""
    age = past.day[-1] - past.day
    weight = 0.5 ** (age / HALF_LIFE_DAYS)
    return np.bincount(past.day, earnings(past, rule) * weight).astype(np.float64)


def _learned(
    past: Past, expected: Expected, sunny: Flags
) -> tuple[Forest, Forest, Signals]:
    """Return the forests for starts and stops, and their signals on days not seen.

    The past is learned several times over, every time with other days set aside: on
    those it is judged, and the mean of all is used, as one alone leans too much on
    single days (bagging: Breiman, 1996).
    """
    rule = signals(past, *expected)
    start, stop = rule.start.copy(), rule.stop.copy()
    taught: list[tuple[Forest, Forest]] = []
    for fold in range(FOLDS):
        aside = past.day % FOLDS == fold
        forests, rule = _taught(past, expected, past.known & ~aside, sunny)
        taught.append(forests)
        start[aside], stop[aside] = rule.start[aside], rule.stop[aside]
    starts, stops = zip(*taught, strict=True)
    return mean_of(starts), mean_of(stops), Signals(start, stop)


def _taught(
    past: Past, expected: Expected, rows: Flags, sunny: Flags
) -> tuple[tuple[Forest, Forest], Signals]:
    """Return the forests that moments at `rows` teach, and the rule that they make."""
    rule, forests = signals(past, *expected), (Forest(), Forest())
    worth = past.moments[:, NOW]
    for _ in range(ROUNDS):
        brought = better(past, rule, WAIT_S)
        forests = (
            _fitted(past, rows & (worth > 0), brought[0] - expected[0]),
            _fitted(past, rows & sunny & (worth < 0), brought[1] - expected[1]),
        )
        rule = signals(
            past,
            expected[0] + predict(forests[0], past.moments),
            expected[1] + predict(forests[1], past.moments),
        )
    return forests, rule


def _fitted(past: Past, rows: Flags, target: Numbers) -> Forest:
    at = np.flatnonzero(rows)
    stride = max(1, ROW_S // past.step_s, -(-len(at) // MAXIMUM_ROWS))
    at = at[::stride]
    age = past.day[-1] - past.day[at]
    return fit(
        past.moments[at],
        target[at],
        0.5 ** (age / HALF_LIFE_DAYS) * (stride * past.step_s / 3600),
        trees=TREES,
        rate=RATE,
        depth=DEPTH,
        prior=PRIOR_H,
    )


def _sunny(past: Past) -> Flags:
    """Tell at which moments there was sun in the last hours: nights teach nothing."""
    hours = past.moments[:, len(WORTH_S) - 1]
    worst = float(past.moments[:, NOW].min())
    sunny: Flags = hours > 0.98 * worst
    return sunny


def _lasts(past: Past, history: History) -> tuple[Lasting, ...]:
    """Return for each hour how long sun lasted from there on, and how often it was.

    Sun is there while the ten minutes' mean of the worth is positive. A spell counts
    once for every hour that it reaches into.
    """
    shines = past.known & (past.moments[:, TEN_MINUTES] > 0)
    edges = np.diff(np.concatenate(([0], shines.astype(np.int8), [0])))
    begins, ends = np.flatnonzero(edges == 1), np.flatnonzero(edges == -1)
    minutes: list[list[float]] = [[] for _ in range(24)]
    hours = past.moments[:, HOUR_OF_SUN].astype(np.intp) % 24
    for begin, end in zip(begins, ends, strict=True):
        seen = set()
        for index in range(begin, end):
            if (hour := int(hours[index])) not in seen:
                seen.add(hour)
                minutes[hour].append((end - index) * history.step_s / 60)
    return tuple(
        Lasting(round(float(np.median(found)), 1), len(found)) if found else Lasting()
        for found in minutes
    )
