"""The rules that a home is replayed with: the decisions of this home, and others.

Pure; standard library only; each keeps what it must remember between two moments.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Protocol

from .closed_loop import Moment, Order
from .crew import may_switch
from .decide import decide
from .knowledge import Knowledge
from .memory import Memory
from .model import Decision
from .reason import ReasonCode
from .spec import WorkerSpec

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


class Lessons(Protocol):
    """What is known of when switching was right (None: nothing), as a replay goes on."""

    @property
    def knowledge(self) -> Knowledge | None:
        """What decisions hear of it now."""

    def follow(self, moment: Moment, decision: Decision) -> None:
        """Hear what was decided, and of the interval that has just ended."""


class Decisions:
    """What is decided in this home, snapshot by snapshot.

    Without `lessons` nothing is ever learned of switching: the rule of thumb. `memory`
    is what the first decision remembers.
    """

    def __init__(
        self, lessons: Lessons | None = None, memory: Memory | None = None
    ) -> None:
        """Begin as on the day of installation, if nothing is remembered."""
        self._lessons = lessons
        self._memory = memory or Memory()

    def orders(self, moment: Moment) -> Mapping[str, Order]:
        """Decide as the loop does: one snapshot, one decision."""
        before, ahead = self._memory.workers, moment.ahead()
        if self._lessons is not None:
            ahead = replace(ahead, knowledge=self._lessons.knowledge)
        decision, self._memory = decide(
            moment.spec, moment.snapshot(), self._memory, ahead
        )
        if self._lessons is not None:
            self._lessons.follow(moment, decision)
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


class FixedDelays:
    """What many automations do: minutes of surplus start, minutes of import stop.

    Surplus is what the meter exports plus what the worker draws. With levels it takes
    the highest that the surplus covers, the lowest while it waits to stop. It keeps
    minimum times, and pauses when the meter says nothing.
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
        covered = max(
            (
                level
                for level, power_w in enumerate(worker.levels_w, start=1)
                if power_w <= surplus_w + METER_NOISE_W
            ),
            default=0,
        )
        presses = grid_w > METER_NOISE_W and not covered if hand.level else covered > 0
        held_s = self._held_s.get(worker.key, 0.0) + moment.step_s if presses else 0.0
        self._held_s[worker.key] = held_s
        delay_s = self._stop_s if hand.level else self._start_s
        if presses and held_s >= delay_s and may_switch(worker, hand, moment.clock_s):
            self._held_s[worker.key] = 0.0
            return Order(0 if hand.level else covered)
        return Order(max(1, covered) if hand.level else 0)
