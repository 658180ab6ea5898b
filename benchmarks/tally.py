"""Counts what a policy earns and draws while it is replayed."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from custom_components.solar_compute.core.replay_value import comfort, results
from custom_components.solar_compute.core.simulate import Flows, Sources
from custom_components.solar_compute.core.simulated_tank import TankFlows, add_flows
from custom_components.solar_compute.core.spec import SiteSpec


@dataclass(slots=True)
class Tally:
    """Sums over the intervals that count. Energy in Wh, money in currency.

    `earned` is results, and comfort where no backup exists, less what the home
    paid for energy, fuel and wear; starts are not in it.
    """

    earned: float = 0.0
    sources: Sources = field(default_factory=Sources)
    sinks: dict[str, TankFlows] = field(default_factory=dict)

    def add(self, spec: SiteSpec, powers_w: Mapping[str, float], flows: Flows) -> None:
        """Add one interval."""
        hours = flows.seconds / 3600
        earned = sum(
            results(worker, powers_w[worker.key], hours) for worker in spec.workers
        )
        self.earned += earned + comfort(spec, flows) - flows.cost
        for drawn in flows.workers.values():
            self.sources = Sources(
                self.sources.solar_wh + drawn.solar_wh,
                self.sources.battery_wh + drawn.battery_wh,
                self.sources.grid_wh + drawn.grid_wh,
            )
        for key, heat in {**flows.tanks, **flows.rooms}.items():
            self.sinks[key] = add_flows(self.sinks.get(key, TankFlows()), heat)
