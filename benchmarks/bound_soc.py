"""Perfect foresight for one worker in a home that stores: battery, tank or room.

The lattice's value lacks what lies between its points. That shrinks at least as the
distance of the points does, so that twice as fine a grid would add no more than the
last halving did: this much is added. Beside it stands what the lattice's own way to
run earns when it is replayed in the simulator: so much can really be earned.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from .engine import Moment, Order, replay
from .homes import pass_by
from .lattice import Fineness, Lattice
from .plain import Off
from .stage import Stage


@dataclass(frozen=True, slots=True)
class Foreseen:
    """What perfect foresight is worth against `off`, in currency.

    The best of all ways to run earns `reached` at least, and at most `value`, as far
    as the grid can tell.
    """

    value: float
    reached: float


def foresee(stage: Stage, grid: Fineness | None = None) -> Foreseen:
    """Return what perfect foresight of one worker is worth on a stage."""
    grid = grid or fineness(stage)
    off = replay(stage, Off()).total
    coarse = Lattice(stage, grid.halved()).best() - off
    lattice = Lattice(stage, grid)
    fine = lattice.best() - off
    reached = max(0.0, replay(stage, Foresight(lattice)).total - off)
    return Foreseen(max(fine + abs(fine - coarse), reached), reached)


def fineness(stage: Stage) -> Fineness:
    """Return a grid that takes about two minutes for two months at five minutes."""
    spec = stage.scenario.spec
    heats = bool(spec.tanks or spec.rooms)
    if spec.battery is None:
        return Fineness(1, 161 if heats else 1)
    return Fineness(41, 41) if heats else Fineness(321, 1)


class Foresight:
    """Runs as the lattice says, one interval after the other, from where it really is."""

    def __init__(self, lattice: Lattice) -> None:
        """Take the values of all states to come."""
        self._lattice = lattice

    def orders(self, moment: Moment) -> Mapping[str, Order]:
        """Compare what each level that is allowed now earns in the end."""
        lattice, rules = self._lattice, self._lattice.rules
        worker = lattice.world.worker
        index = round(moment.clock_s / moment.step_s)
        hand = moment.hands[worker.key]
        lasted = rules.pause_steps
        if hand.since_s is not None:
            lasted = round((moment.clock_s - hand.since_s) / moment.step_s)
        running, now = hand.level > 0, lattice.homes_of(moment.house)
        may_stop = rules.may_stop(index, lasted) or lattice.full(now)
        may_start = running or lasted >= rules.pause_steps
        levels = [0] * (not running or bool(may_stop))
        levels += range(1, len(worker.levels_w) + 1) if may_start else []
        rows = np.full(len(levels), index)
        powers_w = np.array([worker.power_w(level) for level in levels])
        after, earned = pass_by(
            lattice.world, rows, now.repeated(len(levels)), powers_w
        )
        values = [
            earned[place]
            + lattice.value(
                index + 1,
                after.only(place),
                running=level > 0,
                lasted=lasted + 1 if running == (level > 0) else 1,
            )
            - (worker.start_cost if level and not running else 0.0)
            for place, level in enumerate(levels)
        ]
        level = levels[int(np.argmax(values))]
        return {worker.key: Order(level, excused=level == 0 and bool(may_stop))}
