"""The policies that are compared: the production code, and what others do.

All of them pause when the meter says nothing, except the one that never looks. The
baselines keep minimum times; they are as good as their rule allows. The decisions of
the production code, `Off` and the fixed delays are those of a home that replays its own
past (`core.replay_rules`).
"""

from collections.abc import Callable, Mapping
from dataclasses import replace

from custom_components.solar_compute.core.crew import may_switch
from custom_components.solar_compute.core.decide import decide
from custom_components.solar_compute.core.memory import Memory, WorkerMemory
from custom_components.solar_compute.core.model import WorkerDecision
from custom_components.solar_compute.core.nights import Nights
from custom_components.solar_compute.core.replay_rules import (
    Decisions as BareRule,
    FixedDelays as Delay,
    Off,
)
from custom_components.solar_compute.core.spec import WorkerSpec

from .engine import Moment, Order, Policy

__all__ = ["POLICIES", "AlwaysOn", "BareRule", "Cusum", "Delay", "Off", "SolarCompute"]


class SolarCompute(BareRule):
    """The production code, as it runs in a home: it learns at night from its own past."""

    def __init__(self) -> None:
        """Begin without any past."""
        super().__init__(Nights())


class AlwaysOn:
    """Run for ever, whatever it costs."""

    def orders(self, moment: Moment) -> Mapping[str, Order]:
        """Run at full power."""
        return {
            worker.key: Order(len(worker.levels_w)) for worker in moment.spec.workers
        }


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
