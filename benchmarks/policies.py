"""The policies that are compared: the production code, and what others do.

All of them pause when the meter says nothing, except the one that never looks. The
baselines keep minimum times; they are as good as their rule allows. The decisions of
the production code, `Off` and the fixed delays are those of a home that replays its own
past (`core.replay_rules`).
"""

from collections.abc import Callable, Mapping

from custom_components.solar_compute.core.nights import Nights
from custom_components.solar_compute.core.replay_rules import Decisions as BareRule

from .cusum import Cusum
from .engine import Policy
from .plain import AlwaysOn, Delay, Off

__all__ = ["POLICIES", "BareRule", "SolarCompute"]


class SolarCompute(BareRule):
    """The production code, as it runs in a home: it learns at night from its own past."""

    def __init__(self) -> None:
        """Begin without any past."""
        super().__init__(Nights())


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
