"""Counts what a policy earns and draws while it is replayed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from custom_components.solar_compute.core.backup import heat_pump_cop
from custom_components.solar_compute.core.simulate import Flows, House, Sources
from custom_components.solar_compute.core.simulated_tank import TankFlows, add_flows
from custom_components.solar_compute.core.spec import (
    BackupKind,
    BackupSchedule,
    SiteSpec,
)


@dataclass(slots=True)
class Tally:
    """Sums over the intervals that count. Energy in Wh, money in currency.

    `earned` is results, and comfort where no backup exists, less what the home
    paid for energy, fuel and wear; starts are not in it.
    """

    earned: float = 0.0
    sources: Sources = field(default_factory=Sources)
    tanks: dict[str, TankFlows] = field(default_factory=dict)

    def add(self, spec: SiteSpec, powers_w: Mapping[str, float], flows: Flows) -> None:
        """Add one interval."""
        self.earned += _earned(spec, powers_w, flows)
        for drawn in flows.workers.values():
            self.sources = Sources(
                self.sources.solar_wh + drawn.solar_wh,
                self.sources.battery_wh + drawn.battery_wh,
                self.sources.grid_wh + drawn.grid_wh,
            )
        for key, tank_flows in flows.tanks.items():
            self.tanks[key] = add_flows(self.tanks.get(key, TankFlows()), tank_flows)


def _earned(spec: SiteSpec, powers_w: Mapping[str, float], flows: Flows) -> float:
    hours = flows.seconds / 3600
    results = sum(
        powers_w[worker.key] * hours * worker.value_per_kwh for worker in spec.workers
    )
    comfort = sum(
        flows.tanks[tank.key].useful_wh * tank.backup.comfort_per_kwh
        for tank in spec.tanks
        if tank.backup.kind is BackupKind.NONE
    )
    return (results + comfort) / 1000 - flows.cost


def left_over(
    spec: SiteSpec, house: House, imports: Sequence[float], exports: Sequence[float]
) -> float:
    """Worth of what battery and tank still hold, so that no run can hide a debt.

    A stored kWh counts as the mean import that it will save, a kWh of heat as
    the mean cost of the backup's heat. Prices are those of the intervals that count.
    """
    import_per_kwh = sum(imports) / len(imports)
    export_per_kwh = sum(exports) / len(exports)
    value = 0.0
    if spec.battery is not None:
        saved = import_per_kwh - spec.battery.wear_per_kwh
        value += house.stored_wh * spec.battery.one_way * saved
    for tank in spec.tanks:
        backup = tank.backup
        diverter = backup.schedule is BackupSchedule.DIVERTER
        per_kwh = export_per_kwh if diverter else import_per_kwh
        if backup.kind is BackupKind.GAS:
            per_kwh = backup.price_per_kwh / backup.efficiency
        elif backup.kind is BackupKind.HEAT_PUMP:
            per_kwh /= heat_pump_cop(tank.target_c - backup.source_c)
        elif backup.kind is BackupKind.NONE:
            per_kwh = 0.0  # counted when it went in
        heat_wh = house.tanks[tank.key].temperature_c * tank.capacity_wh_per_k
        value += heat_wh * per_kwh
    return value / 1000
