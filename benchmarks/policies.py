"""The policies that are compared: the production code, and what others do.

All of them pause when the meter says nothing, except the one that never looks.
The baselines keep minimum times; they are as good as their rule allows.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace

from custom_components.solar_compute.core.crew import may_switch
from custom_components.solar_compute.core.decide import decide
from custom_components.solar_compute.core.memory import Memory, WorkerMemory
from custom_components.solar_compute.core.model import ReasonCode, WorkerDecision
from custom_components.solar_compute.core.spec import WorkerSpec

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


class SolarCompute:
    """The production code, as it runs in a home."""

    def __init__(self) -> None:
        """Begin without any memory, as on the day of installation."""
        self._memory = Memory()

    def orders(self, moment: Moment) -> Mapping[str, Order]:
        """Decide as the coordinator does: one snapshot, one decision."""
        before = self._memory.workers
        decision, self._memory = decide(
            moment.spec, moment.snapshot(), self._memory, moment.ahead()
        )
        return {
            item.key: Order(
                item.level,
                excused=item.reason.code in EXCUSED
                # A failed probe is no run and no reason to go on.
                or (item.key in before and before[item.key].probing),
            )
            for item in decision.workers
        }


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
    "cusum": Cusum,
    "delay_1_3": lambda: Delay(1, 3),
    "delay_5_5": lambda: Delay(5, 5),
    "delay_15_7": lambda: Delay(15, 7),
}
"""Every policy by its name, in the order of the report."""
