"""What warmth and stores of a replayed home are worth, so that no rule looks rich.

Pure; standard library only.
"""

from collections.abc import Iterable

from .backup import heat_pump_cop
from .heat import HeatSinkSpec
from .simulated import Conditions, Flows, House
from .spec import BackupKind, BackupSchedule, SiteSpec


def sinks(spec: SiteSpec) -> tuple[HeatSinkSpec, ...]:
    """Return tanks and rooms."""
    return (*spec.tanks, *spec.rooms)


def comfort(spec: SiteSpec, flows: Flows) -> float:
    """Return what warmth is worth where nothing else would have made it."""
    heat = {**flows.tanks, **flows.rooms}
    return sum(
        heat[sink.key].useful_wh / 1000 * sink.backup.comfort_per_kwh
        for sink in sinks(spec)
        if sink.backup.kind is BackupKind.NONE
    )


def left_over(
    spec: SiteSpec, conditions: Iterable[Conditions | None], house: House
) -> float:
    """Return what battery and sinks still hold, so that no rule can hide a debt.

    A stored kWh counts as the mean import that it will save, a kWh of heat as the
    mean cost of the heat that the backup makes.
    """
    known = [item for item in conditions if item is not None]
    import_per_kwh = _mean([item.import_per_kwh for item in known], spec.import_per_kwh)
    export_per_kwh = _mean([item.export_per_kwh for item in known], spec.export_per_kwh)
    value = 0.0
    if spec.battery is not None:
        saved = import_per_kwh - spec.battery.wear_per_kwh
        value += house.stored_wh * spec.battery.one_way * saved
    states = {**house.tanks, **house.rooms}
    for sink in sinks(spec):
        heat_wh = states[sink.key].temperature_c * sink.capacity_wh_per_k
        value += heat_wh * _heat_per_kwh(sink, import_per_kwh, export_per_kwh)
    return value / 1000


def _heat_per_kwh(
    sink: HeatSinkSpec, import_per_kwh: float, export_per_kwh: float
) -> float:
    backup = sink.backup
    if backup.kind is BackupKind.NONE:
        return 0.0  # counted when it went in
    if backup.kind is BackupKind.DISTRICT:
        return backup.price_per_kwh
    if backup.kind is BackupKind.GAS:
        return backup.price_per_kwh / backup.efficiency
    per_kwh = (
        export_per_kwh if backup.schedule is BackupSchedule.DIVERTER else import_per_kwh
    )
    if backup.kind is BackupKind.HEAT_PUMP:
        per_kwh /= heat_pump_cop(sink.target_c - backup.source_c)
    return per_kwh


def _mean(prices: list[float | None], otherwise: float) -> float:
    known = [otherwise if price is None else price for price in prices]
    return sum(known) / len(known) if known else otherwise
