"""What a replayed home learns at night of when to switch, from nothing but the nights' past.

It keeps what its meters showed, as a real home does, and learns from it with the same
code. To keep a replay short, it learns anew only once its past has grown by a seventh:
in the first days every night, later less often. May import numpy; no clock, no I/O.
"""

from collections.abc import Callable
from datetime import UTC, datetime, tzinfo
from math import inf, isfinite, nan

import numpy as np

from .closed_loop import Moment
from .history import (
    BALANCE_W,
    EXPORT_PER_KWH,
    IMPORT_PER_KWH,
    Column,
    History,
    worth_column,
)
from .knowledge import NOTHING_KNOWN, Knowledge
from .learn import learn_workers
from .memory import MeanDay, Memory
from .model import Decision
from .outlook import DAYS, learn
from .spec import SiteSpec
from .times import DAY_S, never

GROWTH = 8 / 7
"""By so much the past must have grown until it is learned from again."""


class Taught:
    """What was learned once, and stays as it is."""

    def __init__(self, knowledge: Knowledge) -> None:
        """Take what is known."""
        self.knowledge = knowledge

    def follow(self, moment: Moment, decision: Decision) -> None:
        """Learn nothing more."""


class Nights:
    """Learns at midnight, from what was before.

    `before` is the past before the replay began. What comes before `from_s` (Unix time)
    is not kept: coarse means teach nothing. `times` counts how often something was
    learned.
    """

    def __init__(
        self,
        before: History | None = None,
        *,
        from_s: float = -inf,
        out_of_time: Callable[[], bool] = never,
    ) -> None:
        """Keep the past; nothing is learned yet."""
        self.knowledge = NOTHING_KNOWN
        self.times = 0
        self._before = before
        self._from_s = from_s
        self._out_of_time = out_of_time
        self._kept: dict[str, list[float]] = {BALANCE_W: []}
        self._start_s = 0.0
        self._learned_at = 0

    def begin(self, spec: SiteSpec) -> None:
        """Learn from what was before the replay."""
        if self._before is not None:
            self._learn(spec, self._before)

    def follow(self, moment: Moment, decision: Decision) -> None:
        """Keep what the interval before was like, and learn if it was the day's last."""
        now_s = moment.local.timestamp()
        if now_s < self._from_s:
            return
        balances_w = self._kept[BALANCE_W]
        if not balances_w:
            self._start_s = now_s - moment.step_s
        self._keep(BALANCE_W, decision.balance_w)
        self._keep_prices(moment)
        for worker in decision.workers:
            worths = [worth.total - worth.job for worth in worker.worths]
            self._keep(worth_column(worker.key), max(worths, default=None))
        if moment.local.hour == 0 and moment.local.minute * 60 < moment.step_s:
            self._learn(moment.spec, self._past(moment.step_s))

    def _keep_prices(self, moment: Moment) -> None:
        """Keep what was paid, where it is not what is set: learning knows that."""
        then, spec = moment.before, moment.spec
        bought = None if then is None else then.import_per_kwh
        sold = None if then is None else then.export_per_kwh
        self._keep(IMPORT_PER_KWH, None if bought == spec.import_per_kwh else bought)
        self._keep(EXPORT_PER_KWH, None if sold == spec.export_per_kwh else sold)

    def _keep(self, name: str, value: float | None) -> None:
        self._kept.setdefault(name, []).append(nan if value is None else value)

    def _past(self, step_s: int) -> History:
        lately = {
            name: np.array(values, dtype=np.float32)
            for name, values in self._kept.items()
        }
        before = self._before
        if before is None:
            return History(start_s=self._start_s, step_s=step_s, columns=lately)
        # The interval before the replay is in both.
        count = round((self._start_s - before.start_s) / step_s)
        before = before.cut(0, count)
        names = {*before.columns, *lately}
        size = len(lately[BALANCE_W])
        return History(
            start_s=before.start_s,
            step_s=step_s,
            columns={
                name: np.concatenate(
                    (
                        before.columns.get(name, _unknown(count)),
                        lately.get(name, _unknown(size)),
                    )
                )
                for name in names
            },
        )

    def _learn(self, spec: SiteSpec, past: History) -> None:
        if len(past) < GROWTH * self._learned_at:
            return
        if self._out_of_time():
            return
        self._learned_at = len(past)
        self.times += 1
        self.knowledge = learn_workers(spec, past, self.knowledge, self._out_of_time)


def _unknown(count: int) -> Column:
    return np.full(count, nan, dtype=np.float32)


def remembered(before: History, zone: tzinfo) -> Memory:
    """Return the mean day that decisions remember after a past.

    Its clock is that of a replay, which begins at 0.
    """
    week = round((DAYS + 1) * DAY_S / before.step_s)
    days = before.cut(max(0, len(before) - week), len(before))
    return Memory(
        mean_day=_mean_day(days, BALANCE_W, zone),
        import_day=_mean_day(days, IMPORT_PER_KWH, zone),
    )


def _mean_day(past: History, name: str, zone: tzinfo) -> MeanDay:
    day, column = MeanDay(), past.column(name)
    if column is None:
        return day
    for index, value in enumerate(column.tolist()):
        time_s = past.start_s + index * past.step_s
        day = learn(
            day,
            datetime.fromtimestamp(time_s, UTC).astimezone(zone),
            time_s - past.end_s,
            value if isfinite(value) else None,
        )
    return day
