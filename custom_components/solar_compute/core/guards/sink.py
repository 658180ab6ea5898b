"""The hard maximum of a tank or a room.

Fails safe as its sensors do: the warmest one counts, and a sink of which one
sensor is unknown gets no heat at all (`inputs`). Standard library and the core
only; never raises a level.
"""

from ..model import Reason, ReasonCode
from ..spec import TankSpec
from .base import Cap, GuardContext

FULL_HYSTERESIS_K = 2.0
"""A full tank takes heat again only when it is this much colder, or a worker would
start for a tenth of a degree."""

WARM_HYSTERESIS_K = 0.5
"""The same for a room, which people feel."""


def sink_not_full(context: GuardContext) -> Cap | None:
    """Send no more heat into a tank or a room at its maximum."""
    sink = context.site.sink(context.worker.sink)
    if sink is None:
        return None
    mean_c = context.view.temperatures_c.get(sink.key)
    layers_c = context.view.layers_c.get(sink.key, ())
    warmest_c = max([*layers_c, *([] if mean_c is None else [mean_c])], default=None)
    step_k = FULL_HYSTERESIS_K if isinstance(sink, TankSpec) else WARM_HYSTERESIS_K
    full_c = sink.maximum_c - (0.0 if context.current else step_k)
    if warmest_c is None or warmest_c < full_c:
        return None
    return Cap(
        0,
        Reason(
            ReasonCode.SINK_FULL,
            {"temperature_c": warmest_c, "maximum_c": sink.maximum_c},
        ),
    )
