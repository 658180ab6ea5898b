"""The policies that are compared: the production code, and what others do.

All of them pause when the meter says nothing, except the one that never looks.
The baselines keep minimum times; they are as good as their rule allows.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from math import nan
from typing import override

import numpy as np

from custom_components.solar_compute.core.ahead import Ahead
from custom_components.solar_compute.core.crew import may_switch
from custom_components.solar_compute.core.decide import decide
from custom_components.solar_compute.core.history import BALANCE_W, History
from custom_components.solar_compute.core.knowledge import Knowledge
from custom_components.solar_compute.core.learn import learn
from custom_components.solar_compute.core.learn_past import WORTH
from custom_components.solar_compute.core.memory import Memory, WorkerMemory
from custom_components.solar_compute.core.model import (
    Decision,
    ReasonCode,
    Snapshot,
    WorkerDecision,
)
from custom_components.solar_compute.core.spec import SiteSpec, WorkerSpec

from .engine import Moment, Order, Policy

EXCUSED = frozenset(
    {
        ReasonCode.INPUT_MISSING,
        ReasonCode.IMPORT_LIMIT,
        ReasonCode.QUIET_HOURS,
        ReasonCode.SINK_FULL,
        ReasonCode.STARTING_UP,
        ReasonCode.WORKER_LOST,
    }
)
"""Reasons of guards, which win over minimum times."""

METER_NOISE_W = 1.0
"""What a meter may show where nothing flows."""


class BareRule:
    """The production code as on its first day: nothing is ever learned."""

    def __init__(self) -> None:
        """Begin without any memory, as on the day of installation."""
        self._memory = Memory()

    def orders(self, moment: Moment) -> Mapping[str, Order]:
        """Decide as the coordinator does: one snapshot, one decision."""
        return self._decided(moment, moment.snapshot(), moment.ahead())

    def _decided(
        self, moment: Moment, snapshot: Snapshot, ahead: Ahead
    ) -> Mapping[str, Order]:
        before = self._memory.workers
        decision, self._memory = decide(moment.spec, snapshot, self._memory, ahead)
        self._follow(moment, snapshot, decision)
        return {
            item.key: Order(
                item.level,
                excused=item.reason.code in EXCUSED
                # A failed probe is no run and no reason to go on.
                or (item.key in before and before[item.key].probing),
            )
            for item in decision.workers
        }

    def _follow(self, moment: Moment, snapshot: Snapshot, decision: Decision) -> None:
        """Hear of a decision; nothing is kept of it here."""


class SolarCompute(BareRule):
    """The production code, as it runs in a home: it learns at night from its own past.

    It keeps the intervals as the meters showed them. To keep a replay of months
    short, it learns anew only once its past has grown by a seventh.
    """

    def __init__(self) -> None:
        """Begin without any past."""
        super().__init__()
        self._kept: dict[str, list[float]] = {BALANCE_W: []}
        self._start_s = 0.0
        self._learned_at = 0
        self._knowledge: Knowledge | None = None

    @override
    def orders(self, moment: Moment) -> Mapping[str, Order]:
        """Decide with what was learned until now."""
        if not self._kept[BALANCE_W]:
            self._start_s = moment.local.timestamp() - moment.step_s
        ahead = replace(moment.ahead(), knowledge=self._knowledge)
        orders = self._decided(moment, moment.snapshot(), ahead)
        if moment.local.hour == 0 and moment.local.minute * 60 < moment.step_s:
            self._learn(moment)
        return orders

    @override
    def _follow(self, moment: Moment, snapshot: Snapshot, decision: Decision) -> None:
        """Keep what the interval before this decision was like."""
        known = decision.balance_w
        self._kept[BALANCE_W].append(nan if known is None else known)
        if _tells_worth(moment.spec):
            return
        for worker in decision.workers:
            kept = self._kept.setdefault(
                f"{WORTH}{worker.key}", [nan] * (len(self._kept[BALANCE_W]) - 1)
            )
            kept.append(max((worth.total for worth in worker.worths), default=nan))

    def _learn(self, moment: Moment) -> None:
        count = len(self._kept[BALANCE_W])
        if count < 8 / 7 * self._learned_at:
            return
        self._learned_at = count
        history = History(
            start_s=self._start_s,
            step_s=moment.step_s,
            columns={
                name: np.array(values, dtype=np.float32)
                for name, values in self._kept.items()
            },
        )
        self._knowledge = learn(moment.spec, history, self._knowledge)


def _tells_worth(spec: SiteSpec) -> bool:
    """Tell whether the balance alone says what each worker was worth."""
    return spec.battery is None and not any(worker.sink for worker in spec.workers)


class Off:
    """Never run anything: what all others are measured against."""

    def orders(self, moment: Moment) -> Mapping[str, Order]:
        """Pause."""
        return {worker.key: Order(0) for worker in moment.spec.workers}


class AlwaysOn:
    """Run for ever, whatever it costs."""

    def orders(self, moment: Moment) -> Mapping[str, Order]:
        """Run at full power."""
        return {
            worker.key: Order(len(worker.levels_w)) for worker in moment.spec.workers
        }


class Delay:
    """Fixed delays: start after minutes of enough surplus, stop after minutes of import.

    Surplus is what the meter exports plus what the worker draws. With levels,
    it takes the highest that the surplus covers, the lowest while it waits to
    stop.
    """

    def __init__(self, start_min: float, stop_min: float) -> None:
        """Remember the delays, in minutes."""
        self._start_s = start_min * 60
        self._stop_s = stop_min * 60
        self._held_s: dict[str, float] = {}

    def orders(self, moment: Moment) -> Mapping[str, Order]:
        """Judge every worker by the one meter, as separate automations would."""
        return {
            worker.key: self._order(moment, worker) for worker in moment.spec.workers
        }

    def _order(self, moment: Moment, worker: WorkerSpec) -> Order:
        hand = moment.hands[worker.key]
        if moment.flows is None:
            self._held_s[worker.key] = 0.0
            return Order(0, excused=True)
        grid_w = moment.flows.grid_w
        surplus_w = worker.power_w(hand.level) - grid_w
        wanted = max(
            (
                level
                for level, power in enumerate(worker.levels_w, start=1)
                if power <= surplus_w + METER_NOISE_W
            ),
            default=0,
        )
        pressing = grid_w > METER_NOISE_W and wanted == 0 if hand.level else wanted > 0
        held_s = self._held_s.get(worker.key, 0.0) + moment.step_s if pressing else 0.0
        self._held_s[worker.key] = held_s
        delay_s = self._stop_s if hand.level else self._start_s
        if pressing and held_s >= delay_s and may_switch(worker, hand, moment.clock_s):
            self._held_s[worker.key] = 0.0
            return Order(0 if hand.level else wanted)
        return Order(max(1, wanted) if hand.level else 0)


class Cusum:
    """Add up worth missed while paused, and lost while running, to one start cost.

    Then switch. Worths are those of the production code, so that only the rule
    of switching differs.
    """

    def __init__(self) -> None:
        """Begin with nothing added up."""
        self._memory = Memory()
        self._sums: dict[str, float] = {}

    def orders(self, moment: Moment) -> Mapping[str, Order]:
        """Judge every worker by its worths now."""
        self._memory = replace(
            self._memory,
            workers={
                key: WorkerMemory(level=hand.level, previous_level=hand.level)
                for key, hand in moment.hands.items()
            },
        )
        decision, self._memory = decide(
            moment.spec, moment.snapshot(), self._memory, moment.ahead()
        )
        return {
            worker.key: self._order(moment, worker, decided)
            for worker, decided in zip(
                moment.spec.workers, decision.workers, strict=True
            )
        }

    def _order(
        self, moment: Moment, worker: WorkerSpec, decided: WorkerDecision
    ) -> Order:
        hand, key = moment.hands[worker.key], worker.key
        if not decided.worths or decided.cap == 0:
            self._sums[key] = 0.0
            return Order(0, excused=True)
        best = max(decided.worths[: decided.cap], key=lambda worth: worth.total)
        gain = best.total * moment.step_s / 3600 * (-1 if hand.level else 1)
        self._sums[key] = max(0.0, self._sums.get(key, 0.0) + gain)
        if (
            gain > 0
            and self._sums[key] >= worker.start_cost
            and may_switch(worker, hand, moment.clock_s)
        ):
            self._sums[key] = 0.0
            return Order(0 if hand.level else best.level)
        return Order(best.level if hand.level else 0)


POLICIES: Mapping[str, Callable[[], Policy]] = {
    "solar_compute": SolarCompute,
    "off": Off,
    "always_on": AlwaysOn,
    "bare_rule": BareRule,
    "cusum": Cusum,
    "delay_1_3": lambda: Delay(1, 3),
    "delay_5_5": lambda: Delay(5, 5),
    "delay_15_7": lambda: Delay(15, 7),
}
"""Every policy by its name, in the order of the report."""
