"""Counts what a policy earns and draws while it is replayed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from statistics import fmean

from custom_components.solar_compute.core.backup import backup_cop
from custom_components.solar_compute.core.simulate import Flows, House, Sources
from custom_components.solar_compute.core.simulated_tank import TankFlows, add_flows
from custom_components.solar_compute.core.spec import (
    BackupKind,
    BackupSchedule,
    HeatSinkSpec,
    SiteSpec,
)

from .sinks import sinks_of
from .stage import Stage


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
        self.earned += _earned(spec, powers_w, flows)
        for drawn in flows.workers.values():
            self.sources = Sources(
                self.sources.solar_wh + drawn.solar_wh,
                self.sources.battery_wh + drawn.battery_wh,
                self.sources.grid_wh + drawn.grid_wh,
            )
        for key, heat in {**flows.tanks, **flows.rooms}.items():
            self.sinks[key] = add_flows(self.sinks.get(key, TankFlows()), heat)


def _earned(spec: SiteSpec, powers_w: Mapping[str, float], flows: Flows) -> float:
    hours = flows.seconds / 3600
    results = sum(
        powers_w[worker.key] / 1000 * hours * worker.value_per_kwh
        for worker in spec.workers
    )
    heat = {**flows.tanks, **flows.rooms}
    comfort = sum(
        heat[sink.key].useful_wh / 1000 * sink.backup.comfort_per_kwh
        for sink in sinks_of(spec)
        if sink.backup.kind is BackupKind.NONE
    )
    return results + comfort - flows.cost


def left_over(stage: Stage, house: House) -> float:
    """Worth of what battery, tanks and rooms still hold, so that no run can hide a debt.

    A stored kWh counts as the mean import that it will save, a kWh of heat as
    the mean cost of the backup's heat. Prices are those of the intervals that count.
    """
    spec = stage.scenario.spec
    import_per_kwh = fmean(stage.imports[stage.scored_from :])
    export_per_kwh = fmean(stage.exports[stage.scored_from :])
    value = 0.0
    if spec.battery is not None:
        saved = import_per_kwh - spec.battery.wear_per_kwh
        value += house.stored_wh * spec.battery.one_way * saved
    for sink in sinks_of(spec):
        state = house.tanks.get(sink.key) or house.rooms[sink.key]
        diverter = sink.backup.schedule is BackupSchedule.DIVERTER
        per_kwh = heat_per_kwh(sink, export_per_kwh if diverter else import_per_kwh)
        value += state.temperature_c * sink.capacity_wh_per_k * per_kwh
    return value / 1000


def heat_per_kwh(sink: HeatSinkSpec, electricity_per_kwh: float) -> float:
    """Return what a kWh of the usual heater's heat costs."""
    backup = sink.backup
    match backup.kind:
        case BackupKind.GAS:
            return backup.price_per_kwh / backup.efficiency
        case BackupKind.DISTRICT:
            return backup.price_per_kwh
        case BackupKind.HEAT_PUMP:
            return electricity_per_kwh / backup_cop(backup, sink.target_c)
        case BackupKind.RESISTIVE:
            return electricity_per_kwh
        case BackupKind.NONE:
            return 0.0  # counted when it went in
