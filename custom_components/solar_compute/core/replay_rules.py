"""The rules that a home's past is replayed with: the decisions of this home, and others.

Pure; standard library only; each keeps what it must remember between two moments.
"""

from collections.abc import Mapping

from .crew import may_switch
from .decide import decide
from .memory import Memory
from .replay import Moment
from .spec import WorkerSpec

METER_NOISE_W = 1.0
"""What a meter may show where nothing flows."""


class Decisions:
    """What is decided in this home, snapshot by snapshot, from no memory on."""

    def __init__(self) -> None:
        """Begin as on the day of installation."""
        self._memory = Memory()

    def levels(self, moment: Moment) -> Mapping[str, int]:
        """Decide as the loop does."""
        decision, self._memory = decide(moment.spec, moment.snapshot(), self._memory)
        return {worker.key: worker.level for worker in decision.workers}


class Off:
    """Never run anything."""

    def levels(self, moment: Moment) -> Mapping[str, int]:
        """Pause."""
        return {worker.key: 0 for worker in moment.spec.workers}


class FixedDelays:
    """What many automations do: minutes of surplus start, minutes of import stop.

    Surplus is what the meter exports plus what the worker draws. With levels it takes
    the highest that the surplus covers. It keeps minimum times, and pauses when the
    meter says nothing.
    """

    def __init__(self, start_min: float, stop_min: float) -> None:
        """Remember the delays."""
        self._start_s = start_min * 60
        self._stop_s = stop_min * 60
        self._held_s: dict[str, float] = {}

    def levels(self, moment: Moment) -> Mapping[str, int]:
        """Judge every worker by the one meter, as separate automations would."""
        return {
            worker.key: self._level(moment, worker) for worker in moment.spec.workers
        }

    def _level(self, moment: Moment, worker: WorkerSpec) -> int:
        hand = moment.hands[worker.key]
        if moment.flows is None:
            self._held_s[worker.key] = 0.0
            return 0
        surplus_w = worker.power_w(hand.level) - moment.flows.grid_w
        covered = max(
            (
                level
                for level, power_w in enumerate(worker.levels_w, start=1)
                if power_w <= surplus_w + METER_NOISE_W
            ),
            default=0,
        )
        imports = moment.flows.grid_w > METER_NOISE_W
        presses = imports and not covered if hand.level else covered > 0
        held_s = self._held_s.get(worker.key, 0.0) + moment.step_s if presses else 0.0
        self._held_s[worker.key] = held_s
        delay_s = self._stop_s if hand.level else self._start_s
        if (
            presses
            and held_s >= delay_s
            and may_switch(worker, hand, moment.house.clock_s)
        ):
            self._held_s[worker.key] = 0.0
            return 0 if hand.level else covered
        return max(1, covered) if hand.level else 0
