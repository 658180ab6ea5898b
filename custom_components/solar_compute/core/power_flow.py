"""Who gets which watt at one moment of a simulated home, and until when.

The order is that of physics: loads and workers first, then a self-consuming
battery, then solar diverters, then the grid up to the export limit; what is left
is curtailed. `bodies` are all tanks, and rooms as tanks (`simulated_room`). Pure
functions of numbers; standard library only.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import inf

from .backup import backup_cop
from .simulated_room import cooling_w
from .simulated_tank import TankHeat, TankState
from .spec import (
    BackupKind,
    BackupSchedule,
    BatterySpec,
    HeatSinkSpec,
    SiteSpec,
    TankSpec,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PowerFlow:
    """Constant powers between two events, in W; battery + is discharge.

    `rest_w` is what the home would have left with no worker drawing;
    `discharge_limit_w` what the battery could give; `cooling_w` what workers cost in
    air conditioning; `heat` what every tank and room gets.
    """

    rest_w: float
    discharge_limit_w: float
    battery_w: float
    import_w: float
    export_w: float
    curtailed_w: float
    cooling_w: float
    heat: Mapping[str, TankHeat]


def power_flow(
    spec: SiteSpec,
    stored_wh: float,
    bodies: Sequence[TankSpec],
    states: Mapping[str, TankState],
    *,
    balance_w: float,
    draw_w: Mapping[str, float],
    workers_w: Mapping[str, float],
    cooled: frozenset[str] = frozenset(),
) -> PowerFlow:
    """Share out the power of one moment.

    `balance_w` is what the sun could make less what the home needs without
    workers, backups and the cooling that workers cause; `draw_w` the heat of hot
    water drawn, per tank; `cooled` names the spaces that are being cooled.
    """
    heat: dict[str, TankHeat] = {}
    for tank in bodies:
        if not is_diverter(tank):
            heat[tank.key] = _tank_heat(
                spec,
                tank,
                states[tank.key],
                workers_w,
                draw_w=draw_w.get(tank.key, 0.0),
                power_w=tank.backup.power_w,
            )
    conditioning_w = cooling_w(spec, bodies, states, workers_w, cooled)
    backup_w = sum(item.electric_w for item in heat.values())
    rest_w = balance_w - conditioning_w - backup_w
    left_w = rest_w - sum(workers_w.values())
    charge_limit_w, discharge_limit_w = _battery_limits(spec.battery, stored_wh)
    battery_w = min(max(-left_w, -charge_limit_w), discharge_limit_w)
    surplus_w = max(0.0, left_w + battery_w)
    for tank in bodies:
        if is_diverter(tank):
            diverted_w = min(tank.backup.power_w, surplus_w)
            heat[tank.key] = _tank_heat(
                spec,
                tank,
                states[tank.key],
                workers_w,
                draw_w=draw_w.get(tank.key, 0.0),
                power_w=diverted_w,
            )
            surplus_w -= heat[tank.key].electric_w
    limit_w = inf if spec.export_limit_w is None else spec.export_limit_w
    export_w = min(surplus_w, limit_w)
    return PowerFlow(
        rest_w=rest_w,
        discharge_limit_w=discharge_limit_w,
        battery_w=battery_w,
        import_w=max(0.0, -(left_w + battery_w)),
        export_w=export_w,
        curtailed_w=surplus_w - export_w,
        cooling_w=conditioning_w,
        heat=heat,
    )


def is_diverter(sink: HeatSinkSpec) -> bool:
    """Tell whether the sink's backup burns what would be exported."""
    backup = sink.backup
    return (
        backup.kind in (BackupKind.RESISTIVE, BackupKind.HEAT_PUMP)
        and backup.schedule is BackupSchedule.DIVERTER
    )


def _tank_heat(
    spec: SiteSpec,
    tank: TankSpec,
    state: TankState,
    workers_w: Mapping[str, float],
    *,
    draw_w: float,
    power_w: float,
) -> TankHeat:
    """Heat flows of one tank whose backup may take `power_w` now.

    That is its heat for a boiler or a district network, and electricity for the
    others.
    """
    backup = tank.backup
    heat_w = electric_w = fuel_w = 0.0
    if state.backup_on:
        heat_w = electric_w = power_w
        if backup.kind is BackupKind.GAS:
            electric_w, fuel_w = 0.0, power_w / backup.efficiency
        elif backup.kind is BackupKind.DISTRICT:
            electric_w, fuel_w = 0.0, power_w
        elif backup.kind is BackupKind.HEAT_PUMP:
            heat_w = power_w * backup_cop(backup, tank.target_c)
    return TankHeat(
        worker_w=sum(
            workers_w.get(worker.key, 0.0) * worker.recovery
            for worker in spec.workers
            if worker.sink == tank.key
        ),
        backup_w=heat_w,
        draw_w=draw_w,
        electric_w=electric_w,
        fuel_w=fuel_w,
    )


def _battery_limits(
    battery: BatterySpec | None, stored_wh: float
) -> tuple[float, float]:
    if battery is None:
        return 0.0, 0.0
    return (
        battery.charge_w if stored_wh < battery.capacity_wh else 0.0,
        battery.discharge_w if stored_wh > battery.reserve_wh else 0.0,
    )


def battery_event_s(
    battery: BatterySpec | None, stored_wh: float, battery_w: float
) -> float:
    """Return how long the battery can go on like this before it is full or empty."""
    if battery is None or battery_w == 0:
        return inf
    if battery_w < 0:
        hours = (battery.capacity_wh - stored_wh) / (-battery_w * battery.one_way)
    else:
        hours = (stored_wh - battery.reserve_wh) * battery.one_way / battery_w
    return hours * 3600


def battery_after_wh(
    battery: BatterySpec | None, stored_wh: float, battery_w: float, seconds: float
) -> float:
    """Return what is stored afterwards: exactly the limit, if it is reached."""
    if battery is None or battery_w == 0:
        return stored_wh
    charging = battery_w < 0
    if seconds >= battery_event_s(battery, stored_wh, battery_w):
        return battery.capacity_wh if charging else battery.reserve_wh
    efficiency = battery.one_way if charging else 1 / battery.one_way
    return stored_wh - battery_w * efficiency * seconds / 3600


def source_powers(
    flow: PowerFlow, workers_w: Mapping[str, float]
) -> dict[str, tuple[float, float, float]]:
    """Return each worker's power from sun, battery and grid, in W.

    Workers share what the home has left in the order in which they are given.
    """
    solar_w = max(0.0, flow.rest_w)
    battery_w = max(0.0, flow.discharge_limit_w - max(0.0, -flow.rest_w))
    sources: dict[str, tuple[float, float, float]] = {}
    for key, power_w in workers_w.items():
        from_solar_w = min(power_w, solar_w)
        from_battery_w = min(power_w - from_solar_w, battery_w)
        solar_w -= from_solar_w
        battery_w -= from_battery_w
        sources[key] = (
            from_solar_w,
            from_battery_w,
            power_w - from_solar_w - from_battery_w,
        )
    return sources
