"""A rival that is a rule of switching alone: sums of worth against the cost of a start."""

from collections.abc import Mapping
from dataclasses import replace

from custom_components.solar_compute.core.crew import may_switch
from custom_components.solar_compute.core.decide import decide
from custom_components.solar_compute.core.memory import Memory, WorkerMemory
from custom_components.solar_compute.core.model import WorkerDecision
from custom_components.solar_compute.core.spec import WorkerSpec

from .engine import Moment, Order


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
