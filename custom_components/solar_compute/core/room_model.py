"""How fast a room loses heat, and how much it stores: the prior, then the learned.

Pure functions; standard library only; no clock.
"""

from dataclasses import dataclass

from .memory import RoomMean
from .spec import RoomSpec


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomFigures:
    """What a room's temperature follows.

    `learned_days` is the time on which the figures rest, in days; 0: the
    configured ones alone.
    """

    loss_w_per_k: float
    capacity_wh_per_k: float
    learned_days: float = 0.0


def figures(room: RoomSpec, learned: RoomMean | None) -> RoomFigures:
    """Return a room's heat loss and capacity as far as they are known."""
    return RoomFigures(
        loss_w_per_k=room.loss_w_per_k, capacity_wh_per_k=room.capacity_wh_per_k
    )
