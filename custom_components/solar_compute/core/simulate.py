"""A home through time, with the loop closed: what workers draw, the meters show.

The one house model of tests, benchmarks and demo: a self-consuming battery with
limits and losses, an export limit that hides sun, tanks with their backup
heaters, workers. Exact at any step: within a step, powers change where the
battery becomes full or empty and where a thermostat switches, and what is
returned are true means.

    pv − curtailed + grid + battery = load + workers + electric backups

Standard library only; frozen state in, frozen state out; no clock, no chance, no
I/O. Where the sun and the loads come from is not its business (`house`).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from .model import Reading, Snapshot, TankInput, WorkerInput, YieldingLoad
from .power_flow import (
    PowerFlow,
    battery_after_wh,
    battery_event_s,
    is_diverter,
    power_flow,
    source_powers,
)
from .spec import BackupSchedule, SiteSpec, TankSpec
from .tank import (
    TankFlows,
    TankState,
    add_flows,
    advance_tank,
    seconds_to_event,
    switch_backup,
)

DAY_S = 86400.0
TOUCH_S = 1e-6
"""Times closer than this are the same instant."""


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """All that the home remembers: time, battery, tanks."""

    clock_s: float = 0.0
    stored_wh: float = 0.0
    tanks: Mapping[str, TankState] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Conditions:
    """What the world does during one step; constant over it.

    `balance_w` is what the sun could make minus what the home needs without
    workers, tanks' backup heaters and battery. `pv_w` is the sun's part of it,
    if known. `local` is the local time at the start of the step. `draw_w` is
    hot water drawn, in W of heat, per tank. A price of None is the spec's.
    """

    balance_w: float
    local: datetime
    pv_w: float | None = None
    draw_w: Mapping[str, float] = field(default_factory=dict)
    import_per_kwh: float | None = None
    export_per_kwh: float | None = None


@dataclass(frozen=True, slots=True)
class Sources:
    """A worker's energy by the source that it truly came from, in Wh."""

    solar_wh: float = 0.0
    battery_wh: float = 0.0
    grid_wh: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Flows:
    """What flowed during one step: means in W, energy in Wh, cost in currency.

    `pv_w` is what the sun was allowed to make, `backup_w` what electric backup
    heaters took. `cost` is import less export at their prices, plus the fuel of
    the other backups and the wear of the battery.
    """

    seconds: float
    grid_w: float
    battery_w: float
    curtailed_w: float
    workers_w: float
    backup_w: float
    pv_w: float | None
    import_wh: float
    export_wh: float
    discharge_wh: float
    cost: float
    workers: Mapping[str, Sources]
    tanks: Mapping[str, TankFlows]


def new_house(
    spec: SiteSpec, *, clock_s: float = 0.0, soc: float = 50.0, tank_c: float = 50.0
) -> House:
    """Return a house at the start of its story; `soc` in %, at least the reserve."""
    stored_wh = 0.0
    if spec.battery is not None:
        soc = min(100.0, max(soc, spec.battery.reserve_soc))
        stored_wh = spec.battery.capacity_wh * soc / 100
    return House(
        clock_s=clock_s,
        stored_wh=stored_wh,
        tanks={tank.key: TankState(temperature_c=tank_c) for tank in spec.tanks},
    )


def step(
    spec: SiteSpec,
    house: House,
    conditions: Conditions,
    workers_w: Mapping[str, float],
    dt_s: float,
) -> tuple[House, Flows]:
    """Return the house `dt_s` seconds later, and what flowed meanwhile.

    `workers_w` is what each worker draws, in the order in which they share the
    supply curve.

    Raises:
        ValueError: if `dt_s` is not positive, or a worker draws less than 0.
    """
    if dt_s <= 0 or any(power < 0 for power in workers_w.values()):
        raise ValueError("a step takes time, and a worker only draws")
    local = conditions.local
    start_s = local.hour * 3600 + local.minute * 60 + local.second
    stretches: list[tuple[PowerFlow, float]] = []
    tank_flows: dict[str, TankFlows] = {}
    stored_wh, tanks, left_s = house.stored_wh, dict(house.tanks), dt_s
    while left_s > 0:
        time_s = (start_s + dt_s - left_s) % DAY_S
        for tank in spec.tanks:
            minute = int((time_s + TOUCH_S) // 60) % 1440
            tanks[tank.key] = switch_backup(tank, tanks[tank.key], minute)
        flow = power_flow(
            spec,
            stored_wh,
            tanks,
            balance_w=conditions.balance_w,
            draw_w=conditions.draw_w,
            workers_w=workers_w,
        )
        seconds = min(
            left_s,
            battery_event_s(spec.battery, stored_wh, flow.battery_w),
            *(
                _tank_event_s(tank, tanks[tank.key], flow, time_s)
                for tank in spec.tanks
            ),
        )
        stored_wh = battery_after_wh(spec.battery, stored_wh, flow.battery_w, seconds)
        for tank in spec.tanks:
            tanks[tank.key], flows = advance_tank(
                tank, tanks[tank.key], flow.heat[tank.key], seconds
            )
            before = tank_flows.get(tank.key)
            tank_flows[tank.key] = add_flows(before, flows) if before else flows
        stretches.append((flow, seconds))
        left_s -= seconds
    after = House(clock_s=house.clock_s + dt_s, stored_wh=stored_wh, tanks=tanks)
    return after, _flows(
        spec, conditions, workers_w, dt_s, stretches=stretches, tanks=tank_flows
    )


def _tank_event_s(
    tank: TankSpec, state: TankState, flow: PowerFlow, time_s: float
) -> float:
    event_s = seconds_to_event(tank, state.temperature_c, flow.heat[tank.key])
    if tank.backup.schedule is not BackupSchedule.TIMED:
        return event_s
    for window in tank.backup.windows:
        for minute in (window.start_min, window.end_min):
            wait_s = (minute * 60 - time_s) % DAY_S
            # A boundary that is met has been acted on: its next is a day away.
            if TOUCH_S < wait_s < DAY_S - TOUCH_S:
                event_s = min(event_s, wait_s)
    return event_s


def _flows(
    spec: SiteSpec,
    conditions: Conditions,
    workers_w: Mapping[str, float],
    dt_s: float,
    *,
    stretches: list[tuple[PowerFlow, float]],
    tanks: Mapping[str, TankFlows],
) -> Flows:
    """Add up the stretches of one step."""
    import_w = export_w = battery_w = discharge_w = curtailed_w = backup_w = 0.0
    sources_w = dict.fromkeys(workers_w, (0.0, 0.0, 0.0))
    for flow, seconds in stretches:
        share = seconds / dt_s
        import_w += flow.import_w * share
        export_w += flow.export_w * share
        battery_w += flow.battery_w * share
        discharge_w += max(0.0, flow.battery_w) * share
        curtailed_w += flow.curtailed_w * share
        backup_w += sum(item.electric_w for item in flow.heat.values()) * share
        for key, powers in source_powers(flow, workers_w).items():
            solar, battery, grid = sources_w[key]
            sources_w[key] = (
                solar + powers[0] * share,
                battery + powers[1] * share,
                grid + powers[2] * share,
            )
    hours = dt_s / 3600
    wear_per_kwh = spec.battery.wear_per_kwh if spec.battery else 0.0
    import_per_kwh, export_per_kwh = prices(spec, conditions)
    per_1000_h = (
        import_w * import_per_kwh
        - export_w * export_per_kwh
        + discharge_w * wear_per_kwh
    )
    fuel_cost = sum(
        tanks[tank.key].fuel_wh * tank.backup.price_per_kwh / 1000
        for tank in spec.tanks
    )
    return Flows(
        seconds=dt_s,
        grid_w=import_w - export_w,
        battery_w=battery_w,
        curtailed_w=curtailed_w,
        workers_w=sum(workers_w.values(), start=0.0),
        backup_w=backup_w,
        pv_w=None if conditions.pv_w is None else conditions.pv_w - curtailed_w,
        import_wh=import_w * hours,
        export_wh=export_w * hours,
        discharge_wh=discharge_w * hours,
        cost=per_1000_h / 1000 * hours + fuel_cost,
        workers={
            key: Sources(solar * hours, battery * hours, grid * hours)
            for key, (solar, battery, grid) in sources_w.items()
        },
        tanks=tanks,
    )


def prices(spec: SiteSpec, conditions: Conditions) -> tuple[float, float]:
    """Return the prices of import and export in force, per kWh."""
    bought, sold = conditions.import_per_kwh, conditions.export_per_kwh
    return (
        spec.import_per_kwh if bought is None else bought,
        spec.export_per_kwh if sold is None else sold,
    )


def snapshot(
    spec: SiteSpec,
    house: House,
    flows: Flows | None,
    *,
    local: datetime,
    workers: Iterable[WorkerInput],
    import_per_kwh: float | None = None,
    export_per_kwh: float | None = None,
) -> Snapshot:
    """Return what the home's sensors say now, as production code would see it.

    Powers are the means of the step that has just ended (`flows`; None: the
    meters say nothing), state of charge and temperatures those of this moment.
    The prices given are the ones in force now.
    """
    clock_s = house.clock_s

    def reading(value: float | None) -> Reading:
        return Reading(value, clock_s)

    yielding = tuple(
        YieldingLoad(
            power_w=reading(
                None
                if flows is None
                else flows.tanks[tank.key].electric_wh * 3600 / flows.seconds
            ),
            # What a diverter does not heat now, it heats from later surplus.
            value_per_kwh=(
                spec.export_per_kwh if export_per_kwh is None else export_per_kwh
            ),
        )
        for tank in spec.tanks
        if is_diverter(tank)
    )
    battery = spec.battery
    return Snapshot(
        clock_s=clock_s,
        local=local,
        grid_w=reading(None if flows is None else flows.grid_w),
        battery_w=(
            None
            if battery is None
            else reading(None if flows is None else flows.battery_w)
        ),
        soc=(
            None
            if battery is None
            else reading(100 * house.stored_wh / battery.capacity_wh)
        ),
        pv_w=None if flows is None or flows.pv_w is None else reading(flows.pv_w),
        import_per_kwh=import_per_kwh,
        export_per_kwh=export_per_kwh,
        yielding=yielding,
        workers=tuple(workers),
        tanks=tuple(
            TankInput(
                key=tank.key,
                temperature_c=reading(house.tanks[tank.key].temperature_c),
            )
            for tank in spec.tanks
        ),
    )
