"""Learning from a house's own past when starting, and when stopping, was right.

The rule of thumb is replayed on the past. At every moment, the replay tells what a
start and a stop would have brought if the rule had gone on after (`learn_replay`);
small trees learn what the moment must look like for that to differ from what the rule
expects (`learn_trees`). The improved rule is replayed again, and improved once more:
policy iteration, so nothing is hoped for that hindsight alone could reach. Little
seen is little believed: every leaf is shrunk to the rule of thumb by half a day of
time. It is learned several times with other days set aside, and plays only if on
those it earned more than the rule of thumb. Old days count less.

May import numpy; needs seconds for a year, so never run it in the event loop. The same
past always teaches the same. Columns of `History` that it reads: `balance_w`, the
prices, and `worth:<key>`, which it needs for workers with a heat sink or beside a
battery.
"""

import numpy as np

from .advice import LIMIT_COSTS, settings_of
from .history import History
from .knowledge import Knowledge, Lasting, Rule, WorkerKnowledge
from .learn_past import HOUR_OF_SUN, NOW, Flags, Numbers, Past, noon_of, past_of
from .learn_replay import Signals, better, earnings, signals
from .learn_trees import fit, predict
from .spec import PolicySpec, SiteSpec, WorkerSpec
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
ROW_S = 300
MAXIMUM_ROWS = 12_000
"""Moments that trees are fitted to; of more, every second or third is taken."""


def learn(spec: SiteSpec, history: History) -> Knowledge:
    """Return what a past teaches; nothing, if it is too short or too coarse."""
    if history.coarse or history.known_days < MINIMUM_DAYS:
        return Knowledge()
    noon_h = noon_of(history)
    learned = {
        worker.key: learn_worker(spec, worker, history, noon_h)
        for worker in spec.workers
    }
    return Knowledge(
        days=round(history.known_days, 2),
        until_s=history.end_s,
        noon_h=round(noon_h, 3),
        workers={key: known for key, known in learned.items() if known is not None},
    )


def learn_worker(
    spec: SiteSpec, worker: WorkerSpec, history: History, noon_h: float
) -> WorkerKnowledge | None:
    """Return what a past teaches of one worker, None where it says nothing of it."""
    past = past_of(spec, worker, history, noon_h)
    if past is None or not past.known.any():
        return None
    bare = signals(past, *_expected(past, spec.policy))
    count = past.day[-1] + 1
    age = count - 1 - past.day
    weight = 0.5 ** (age / HALF_LIFE_DAYS)
    bare_gain = float((earnings(past, bare) * weight).sum())
    lasts = _lasts(past, history)
    taught_by = settings_of(spec, worker)
    if worker.start_cost <= 0:
        return WorkerKnowledge(bare_gain=bare_gain, lasts=lasts, taught_by=taught_by)
    learned = _learned(past, spec.policy, bare, weight)
    if learned is None:
        return WorkerKnowledge(
            gain=bare_gain, bare_gain=bare_gain, lasts=lasts, taught_by=taught_by
        )
    start, stop, gain = learned
    rule = Rule.BARE
    if gain > max(bare_gain, 0.0):
        rule = Rule.LEARNED
    elif bare_gain < -worker.start_cost:
        rule = Rule.OFF
    plays = rule is Rule.LEARNED
    return WorkerKnowledge(
        start=start if plays else Forest(),
        stop=stop if plays else Forest(),
        rule=rule,
        gain=gain,
        bare_gain=bare_gain,
        lasts=lasts,
        taught_by=taught_by,
    )


def _expected(past: Past, policy: PolicySpec) -> tuple[Numbers, Numbers]:
    """Return what the rule of thumb expects of a start and a stop (as `advice`)."""
    cost, mean = past.worker.start_cost, past.moments[:, TEN_MINUTES]
    limit = LIMIT_COSTS * cost
    start = mean * policy.start_horizon_s / 3600 - cost
    stop = -mean * policy.stop_horizon_s / 3600 - cost
    return np.clip(start, -limit, limit), np.clip(stop, -limit, limit)


def _learned(
    past: Past, policy: PolicySpec, bare: Signals, weight: Numbers
) -> tuple[Forest, Forest, float] | None:
    """Return the forests for starts and stops, and what they earn on days not seen.

    The past is learned several times over, every time with other days set aside: on
    those it is judged, and the mean of all is used, as one alone leans too much on
    single days (bagging: Breiman, 1996). None: there are too few days for that.
    """
    if past.day[-1] < FOLDS:
        return None
    start, stop = bare.start.copy(), bare.stop.copy()
    taught: list[tuple[Forest, Forest]] = []
    for fold in range(FOLDS):
        aside = past.day % FOLDS == fold
        forests = _taught(past, policy, bare, past.known & ~aside, weight)
        taught.append(forests)
        rule = _ruled(past, policy, *forests)
        start[aside], stop[aside] = rule.start[aside], rule.stop[aside]
    gain = float((earnings(past, Signals(start, stop)) * weight).sum())
    starts, stops = zip(*taught, strict=True)
    return mean_of(starts), mean_of(stops), gain


def _taught(
    past: Past, policy: PolicySpec, bare: Signals, rows: Flags, weight: Numbers
) -> tuple[Forest, Forest]:
    """Return the forests that moments at `rows` teach, for starts and for stops."""
    rule, forests = bare, (Forest(), Forest())
    worth = past.moments[:, NOW]
    sunny = _sunny(past)
    for _ in range(ROUNDS):
        brought = better(past, rule, WAIT_S)
        expected = _expected(past, policy)
        forests = (
            _fitted(past, rows & (worth > 0), brought[0] - expected[0], weight),
            _fitted(past, rows & sunny & (worth < 0), brought[1] - expected[1], weight),
        )
        rule = _ruled(past, policy, *forests)
    return forests


def _fitted(past: Past, rows: Flags, target: Numbers, weight: Numbers) -> Forest:
    at = np.flatnonzero(rows)
    stride = max(1, ROW_S // past.step_s, -(-len(at) // MAXIMUM_ROWS))
    at = at[::stride]
    return fit(
        past.moments[at],
        target[at],
        weight[at] * (stride * past.step_s / 3600),
        trees=TREES,
        rate=RATE,
        depth=DEPTH,
        prior=PRIOR_H,
    )


def _ruled(past: Past, policy: PolicySpec, start: Forest, stop: Forest) -> Signals:
    """Return the signals of the rule of thumb with what was learned added."""
    expected = _expected(past, policy)
    return signals(
        past,
        expected[0] + predict(start, past.moments),
        expected[1] + predict(stop, past.moments),
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
