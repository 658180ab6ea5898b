"""What results, warmth and stores of a replayed home are worth, so that no rule looks rich.

Of every replay, the bench's as well. Pure; standard library only.
"""

from .backup import backup_cop
from .heat import HeatSinkSpec
from .simulated import Flows, House
from .spec import BackupKind, BackupSchedule, SiteSpec, WorkerSpec


def sinks(spec: SiteSpec) -> tuple[HeatSinkSpec, ...]:
    """Return tanks and rooms."""
    return (*spec.tanks, *spec.rooms)


def results(worker: WorkerSpec, power_w: float, hours: float) -> float:
    """Return what a worker's results are worth, in currency; its starts are not in it."""
    full_w = worker.levels_w[-1]
    per_hour = worker.value_per_hour * power_w / full_w if full_w > 0 else 0.0
    return power_w / 1000 * hours * worker.value_per_kwh + per_hour * hours


def comfort(spec: SiteSpec, flows: Flows) -> float:
    """Return what warmth is worth where nothing else would have made it."""
    heat = {**flows.tanks, **flows.rooms}
    return sum(
        heat[sink.key].useful_wh / 1000 * sink.backup.comfort_per_kwh
        for sink in sinks(spec)
        if sink.backup.kind is BackupKind.NONE
    )


def left_over(
    spec: SiteSpec, house: House, import_per_kwh: float, export_per_kwh: float
) -> float:
    """Return what battery and sinks still hold, so that no rule can hide a debt.

    A stored kWh counts as the import that it will save, a kWh of heat as what the
    backup's heat costs; the prices are the means over the replay.
    """
    value = 0.0
    if spec.battery is not None:
        saved = import_per_kwh - spec.battery.wear_per_kwh
        value += house.stored_wh * spec.battery.one_way * saved
    states = {**house.tanks, **house.rooms}
    for sink in sinks(spec):
        diverter = sink.backup.schedule is BackupSchedule.DIVERTER
        per_kwh = heat_per_kwh(sink, export_per_kwh if diverter else import_per_kwh)
        value += states[sink.key].temperature_c * sink.capacity_wh_per_k * per_kwh
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
