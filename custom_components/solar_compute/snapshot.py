"""Takes the snapshot of an instant: all inputs, and which entities they come from.

May read sensors through `inputs` only; must never make up a value, nor keep one.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime

from . import units
from .configured import Configuration, WorkerConfig
from .controls import RoomControls
from .core.job import Job
from .core.model import Snapshot, WorkerInput, WorkerState, YieldingLoad
from .inputs import Meters
from .snapshot_guards import guard_input
from .snapshot_heat import room_input, space_input, tank_input
from .workers import KINDS


def entities_of(configuration: Configuration) -> set[str]:
    """Return all entities whose reports are worth a decision."""
    inputs = configuration.inputs
    sources = (inputs.grid, inputs.battery, inputs.pv)
    single = (
        inputs.soc,
        inputs.import_price,
        inputs.export_price,
        inputs.co2_average,
        inputs.co2_marginal,
        *(space.climate for space in configuration.spaces),
    )
    return {
        *(name for source in sources if source for name in source.entities),
        *(name for name in single if name),
        *(name for name, _ in inputs.yielding),
        *(name for load in configuration.always_on for name in _powers(load)),
        *(name for tank in configuration.tanks for name in tank.entities),
        *(name for room in configuration.rooms for name in room.entities),
        *(name for guard in configuration.guards for name in guard.entities.values()),
    }


def controlled_entities_of(configuration: Configuration) -> set[str]:
    """Return the entities that workers and backup heaters are controlled by."""
    workers = {
        name
        for worker in configuration.workers
        for name in KINDS[worker.backend.kind].entities(worker.backend)
    }
    heaters = {
        request.entity
        for tank in configuration.tanks
        for request in (tank.wait, tank.boost)
        if request is not None and request.entity
    }
    return workers | heaters


def take_snapshot(
    configuration: Configuration,
    meters: Meters,
    *,
    clock_s: float,
    local: datetime,
    started_s: float,
    automation: bool,
    workers: tuple[WorkerInput, ...],
    rooms: Mapping[str, RoomControls],
    rearmed_s: Mapping[str, float],
    jobs: tuple[Job, ...] = (),
) -> Snapshot:
    """Return all inputs as they are now.

    `rooms` is what a person has set, by key, for rooms without a thermostat; `rearmed_s`
    when a person re-armed which guard last; `jobs` are those that are open.
    """
    inputs, policy = configuration.inputs, configuration.spec.policy
    hold_s = policy.power_hold_s
    return Snapshot(
        clock_s=clock_s,
        local=local,
        grid_w=meters.power(inputs.grid, hold_s),
        battery_w=meters.power(inputs.battery, hold_s) if inputs.battery else None,
        soc=meters.reading(inputs.soc, units.percent, policy.soc_hold_s)
        if inputs.soc
        else None,
        pv_w=meters.power(inputs.pv, hold_s) if inputs.pv else None,
        import_per_kwh=meters.price(inputs.import_price),
        export_per_kwh=meters.price(inputs.export_price),
        yielding=tuple(
            YieldingLoad(
                power_w=meters.reading(entity_id, units.power_w, hold_s),
                value_per_kwh=value,
            )
            for entity_id, value in inputs.yielding
        ),
        co2_average_g_per_kwh=meters.co2_g_per_kwh(inputs.co2_average),
        co2_marginal_g_per_kwh=meters.co2_g_per_kwh(inputs.co2_marginal),
        workers=workers,
        always_on=tuple(
            _always_on(load, meters, hold_s) for load in configuration.always_on
        ),
        tanks=tuple(
            tank_input(tank, meters, policy, local) for tank in configuration.tanks
        ),
        rooms=tuple(
            room_input(room, meters, policy, local, rooms.get(room.key, RoomControls()))
            for room in configuration.rooms
        ),
        spaces=tuple(
            space_input(space, meters, policy) for space in configuration.spaces
        ),
        guards=tuple(
            guard_input(guard, meters, policy, rearmed_s.get(guard.key))
            for guard in configuration.guards
        ),
        jobs=jobs,
        automation=automation,
        started_s=started_s,
    )


def _powers(load: WorkerConfig) -> Iterable[str]:
    return KINDS[load.backend.kind].entities(load.backend)


def _always_on(load: WorkerConfig, meters: Meters, hold_s: float) -> WorkerInput:
    powers = [meters.reading(name, units.power_w, hold_s) for name in _powers(load)]
    return WorkerInput(
        key=load.key,
        state=WorkerState.RUNNING,
        level=1,
        power_w=powers[0] if powers else None,
    )
