"""Whether a tank's backup heater may be asked to wait for compute heat, and how.

Compute heat that comes while the backup heats as well displaces nothing. So the
backup's set-point may be lowered, to a floor that a person has given: it still heats
a tank that gets colder than that, without anybody's help. Whoever else changes the
set-point is right. Pure functions; standard library only; no clock.
"""

from dataclasses import dataclass
from enum import StrEnum
from math import ceil

from .heat_state import SinkState

MARGIN_K = 1.0
"""How much warmer than the floor the tank must be to begin to wait."""
WORTHWHILE = 0.5
"""A set-point that could be lowered by less than this, in its own unit, is left."""
SAME = 0.05
"""Set-points closer than this are the same."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A backup that was asked to wait, or is about to be.

    `entity` is its registry id, or its entity id where it has none. `original` is
    the set-point that was there, `lowered` the one that was asked for and, once
    `confirmed`, the one that it took; both in the entity's own unit. A switch counts
    as 1 while it is on, and as 0 while it is off.
    """

    entity: str
    original: float
    lowered: float
    confirmed: bool = False


class Step(StrEnum):
    """What to do next about a backup that was asked."""

    NOTHING = "nothing"
    CONFIRM = "confirm"
    """It took what was asked for: remember what exactly."""
    ASK = "ask"
    RESTORE = "restore"
    FORGET = "forget"
    """Somebody else has changed it: theirs stands."""


def may_wait(sink: SinkState | None, floor_c: float, *, waiting: bool) -> bool:
    """Tell whether the backup of a tank may wait now.

    Only while compute heat goes in, and only while the tank is known to be warmer
    than `floor_c`. `waiting`: it waits already.
    """
    if sink is None or sink.temperature_c is None:
        return False
    margin_k = 0.0 if waiting else MARGIN_K
    return sink.expects_heat and sink.temperature_c > floor_c + margin_k


def lowered(
    current: float, floor: float, *, minimum: float | None, step: float | None
) -> float | None:
    """Return the set-point to ask for: lower than `current`, not below `floor`.

    `minimum` and `step` are what the device accepts, where it says so. None: it is
    low enough already.
    """
    wanted = floor if minimum is None else max(floor, minimum)
    if step is not None and step > 0:
        base = minimum or 0.0
        wanted = round(base + ceil((wanted - base) / step - 1e-6) * step, 3)
    return wanted if current - wanted >= WORTHWHILE else None


def next_step(asked: Asked, current: float | None, *, wanted: bool) -> Step:
    """Return what to do about a backup that was asked.

    `current` is its set-point now (None: unknown, so that nothing can be done);
    `wanted` tells whether it shall still wait.
    """
    if current is None:
        return Step.NOTHING
    if asked.confirmed:
        if abs(current - asked.lowered) > SAME:
            return Step.FORGET
        return Step.NOTHING if wanted else Step.RESTORE
    # Devices round: what comes nearest to it counts as what was asked for.
    if abs(current - asked.lowered) <= (asked.original - asked.lowered) / 3:
        return Step.CONFIRM
    if abs(current - asked.original) <= SAME:
        # Whether the request arrived is unknown: only telling it again is safe.
        return Step.ASK if wanted else Step.RESTORE
    return Step.FORGET
