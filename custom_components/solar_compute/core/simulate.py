"""A home through time, with the loop closed: what workers draw, the meters show.

The one house model of tests, benchmarks and demo: a self-consuming battery with
limits and losses, an export limit that hides sun, tanks and rooms with their
backup heaters, cooled spaces, workers. Exact at any step: within a step, powers
change where the battery becomes full or empty and where a thermostat switches, and
what is returned are true means.

    pv − curtailed + grid + battery = load + workers + electric backups + cooling

Standard library only; frozen state in, frozen state out; no clock, no chance, no
I/O. Where the sun and the loads come from is not its business (`house`).
"""

from collections.abc import Iterable, Mapping
from datetime import datetime

from .model import (
    Reading,
    RoomInput,
    Snapshot,
    SpaceInput,
    TankInput,
    WorkerInput,
    YieldingLoad,
)
from .power_flow import (
    PowerFlow,
    battery_after_wh,
    battery_event_s,
    is_diverter,
    power_flow,
    source_powers,
)
from .simulated import Conditions, Flows, House, Sources
from .simulated_room import cooled_spaces, outdoor_c, room_as_tank
from .simulated_tank import (
    TankFlows,
    TankState,
    add_flows,
    advance_tank,
    seconds_to_event,
    switch_backup,
)
from .spec import BackupSchedule, HeatSinkSpec, SiteSpec, TankSpec
from .times import DAY_S

__all__ = [
    "Conditions",
    "Flows",
    "House",
    "Sources",
    "new_house",
    "prices",
    "snapshot",
    "step",
]

TOUCH_S = 1e-6
"""Times closer than this are the same instant."""


def new_house(
    spec: SiteSpec,
    *,
    clock_s: float = 0.0,
    soc: float = 50.0,
    tank_c: float = 50.0,
    room_c: float = 19.0,
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
        rooms={room.key: TankState(temperature_c=room_c) for room in spec.rooms},
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
    bodies = (
        *spec.tanks,
        *(room_as_tank(room, conditions) for room in spec.rooms),
    )
    cooled = cooled_spaces(spec, conditions)
    stretches: list[tuple[PowerFlow, float]] = []
    heat: dict[str, TankFlows] = {}
    states = {**house.tanks, **house.rooms}
    stored_wh, left_s = house.stored_wh, dt_s
    while left_s > 0:
        time_s = (start_s + dt_s - left_s) % DAY_S
        for body in bodies:
            minute = int((time_s + TOUCH_S) // 60) % 1440
            states[body.key] = switch_backup(body, states[body.key], minute)
        flow = power_flow(
            spec,
            stored_wh,
            bodies,
            states,
            balance_w=conditions.balance_w,
            draw_w=conditions.draw_w,
            workers_w=workers_w,
            cooled=cooled,
        )
        seconds = min(
            left_s,
            battery_event_s(spec.battery, stored_wh, flow.battery_w),
            *(_body_event_s(body, states[body.key], flow, time_s) for body in bodies),
        )
        stored_wh = battery_after_wh(spec.battery, stored_wh, flow.battery_w, seconds)
        for body in bodies:
            states[body.key], flows = advance_tank(
                body, states[body.key], flow.heat[body.key], seconds
            )
            before = heat.get(body.key)
            heat[body.key] = add_flows(before, flows) if before else flows
        stretches.append((flow, seconds))
        left_s -= seconds
    after = House(
        clock_s=house.clock_s + dt_s,
        stored_wh=stored_wh,
        tanks={tank.key: states[tank.key] for tank in spec.tanks},
        rooms={room.key: states[room.key] for room in spec.rooms},
    )
    return after, _flows(
        spec, conditions, workers_w, dt_s, stretches=stretches, heat=heat
    )


def _body_event_s(
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
    heat: Mapping[str, TankFlows],
) -> Flows:
    """Add up the stretches of one step."""
    import_w = export_w = battery_w = discharge_w = curtailed_w = backup_w = 0.0
    cooling_w = 0.0
    sources_w = dict.fromkeys(workers_w, (0.0, 0.0, 0.0))
    for flow, seconds in stretches:
        share = seconds / dt_s
        import_w += flow.import_w * share
        export_w += flow.export_w * share
        battery_w += flow.battery_w * share
        discharge_w += max(0.0, flow.battery_w) * share
        curtailed_w += flow.curtailed_w * share
        backup_w += sum(item.electric_w for item in flow.heat.values()) * share
        cooling_w += flow.cooling_w * share
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
        heat[sink.key].fuel_wh * sink.backup.price_per_kwh / 1000
        for sink in _sinks(spec)
    )
    return Flows(
        seconds=dt_s,
        grid_w=import_w - export_w,
        battery_w=battery_w,
        curtailed_w=curtailed_w,
        workers_w=sum(workers_w.values(), start=0.0),
        backup_w=backup_w,
        cooling_w=cooling_w,
        pv_w=None if conditions.pv_w is None else conditions.pv_w - curtailed_w,
        import_wh=import_w * hours,
        export_wh=export_w * hours,
        discharge_wh=discharge_w * hours,
        cost=per_1000_h / 1000 * hours + fuel_cost,
        workers={
            key: Sources(solar * hours, battery * hours, grid * hours)
            for key, (solar, battery, grid) in sources_w.items()
        },
        tanks={tank.key: heat[tank.key] for tank in spec.tanks},
        rooms={room.key: heat[room.key] for room in spec.rooms},
    )


def _sinks(spec: SiteSpec) -> tuple[HeatSinkSpec, ...]:
    return (*spec.tanks, *spec.rooms)


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
    conditions: Conditions | None = None,
    import_per_kwh: float | None = None,
    export_per_kwh: float | None = None,
) -> Snapshot:
    """Return what the home's sensors say now, as production code would see it.

    Powers are the means of the step that has just ended (`flows`; None: the
    meters say nothing), state of charge and temperatures those of this moment.
    `conditions` has what is measured outdoors and which spaces are cooled; None:
    nobody says. The prices given are the ones in force now.
    """
    clock_s = house.clock_s
    heat = {} if flows is None else {**flows.tanks, **flows.rooms}

    def reading(value: float | None) -> Reading:
        return Reading(value, clock_s)

    yielding = tuple(
        YieldingLoad(
            power_w=reading(
                None
                if flows is None
                else heat[sink.key].electric_wh * 3600 / flows.seconds
            ),
            # What a diverter does not heat now, it heats from later surplus.
            value_per_kwh=(
                spec.export_per_kwh if export_per_kwh is None else export_per_kwh
            ),
        )
        for sink in _sinks(spec)
        if is_diverter(sink)
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
                lower_c=(reading(house.tanks[tank.key].temperature_c),)
                * (tank.sensors - 1),
            )
            for tank in spec.tanks
        ),
        rooms=tuple(
            RoomInput(
                key=room.key,
                temperature_c=reading(house.rooms[room.key].temperature_c),
                outdoor_c=(
                    None
                    if conditions is None or conditions.outdoor_c is None
                    else reading(outdoor_c(room, conditions))
                ),
                backup_on=house.rooms[room.key].backup_on,
            )
            for room in spec.rooms
        ),
        spaces=tuple(
            SpaceInput(
                key=space.key,
                cooling=None
                if conditions is None
                else conditions.cooling.get(space.key),
            )
            for space in spec.spaces
        ),
    )
