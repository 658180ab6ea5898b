"""The policies that know nothing of worth, and so stand for the simulated home.

They keep minimum times, and are as good as their rule allows. `Off` and the fixed delays
are those of a home that replays its own past.
"""

from collections.abc import Mapping

from custom_components.solar_compute.core.replay_rules import FixedDelays as Delay, Off

from .engine import Moment, Order

__all__ = ["AlwaysOn", "Delay", "Off"]


class AlwaysOn:
    """Run for ever, whatever it costs."""

    def orders(self, moment: Moment) -> Mapping[str, Order]:
        """Run at full power."""
        return {
            worker.key: Order(len(worker.levels_w)) for worker in moment.spec.workers
        }
