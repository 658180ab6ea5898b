"""A home in which only the decisions keep a tank or a room from overheating.

What workers draw warms the true tank or room, whose own maximum is taken away; its
sensors may break.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from custom_components.solar_compute.core.decide import decide
from custom_components.solar_compute.core.flat import SURE_LOSS
from custom_components.solar_compute.core.memory import Memory
from custom_components.solar_compute.core.model import (
    Reading,
    RoomInput,
    Snapshot,
    TankInput,
    WorkerInput,
    WorkerState,
)
from custom_components.solar_compute.core.simulate import (
    Conditions,
    House,
    new_house,
    snapshot,
    step,
)
from custom_components.solar_compute.core.spec import SiteSpec, WorkerSpec

START = datetime(2026, 1, 12, 10)


def rig(**changes: Any) -> WorkerSpec:
    """Return a machine that is always worth its power, and hard to stop."""
    settings: dict[str, Any] = {
        "key": "rig",
        "name": "Rig",
        "levels_w": (1000.0,),
        "value_per_kwh": 2.0,
        "min_run_s": 3600.0,
        "sink": "sink",
    }
    return WorkerSpec(**(settings | changes))


def endless(spec: SiteSpec) -> SiteSpec:
    """Return the true home: no maximum holds it, and its rooms lose little."""
    return replace(
        spec,
        tanks=tuple(replace(tank, maximum_c=1e9) for tank in spec.tanks),
        rooms=tuple(
            replace(room, loss_w_per_k=SURE_LOSS * room.loss_w_per_k)
            for room in spec.rooms
        ),
    )


def warmest(
    spec: SiteSpec,
    *,
    start_c: float,
    ticks: int,
    dt_s: float,
    wish: dict[str, Any],
    frozen_at: int | None = None,
    stamped: bool = True,
    frozen: tuple[int, ...] = (0, 1, 2, 3),
) -> float:
    """Return how warm the sink became while decisions were obeyed.

    From the tick `frozen_at` on, the sensors of the indices `frozen` show for ever
    what they showed then; `stamped`: as if they had just measured it.
    """
    truth = endless(spec)
    house = new_house(truth, tank_c=start_c, room_c=start_c)
    memory, flows = Memory(), None
    level, most_c = 0, start_c
    stuck: dict[int, Reading] = {}
    worker = spec.workers[0]
    for tick in range(ticks):
        local = START + timedelta(seconds=tick * dt_s)
        conditions = Conditions(balance_w=20_000.0, local=local, outdoor_c=5.0)
        state = WorkerState.RUNNING if level else WorkerState.PAUSED
        seen = snapshot(
            spec,
            house,
            flows,
            local=local,
            conditions=conditions,
            workers=(WorkerInput(key="rig", state=state, level=level, **wish),),
        )
        if frozen_at is not None and tick >= frozen_at:
            seen = broken(seen, stuck, frozen, stamped=stamped)
        decision, memory = decide(spec, seen, memory)
        level = decision.workers[0].level
        house, flows = step(
            truth, house, conditions, {"rig": worker.power_w(level)}, dt_s
        )
        most_c = max(most_c, true_c(house))
    return most_c


def true_c(house: House) -> float:
    return next(iter((house.tanks or house.rooms).values())).temperature_c


def broken(
    seen: Snapshot,
    stuck: dict[int, Reading],
    frozen: tuple[int, ...],
    *,
    stamped: bool,
) -> Snapshot:
    def show(index: int, reading: Reading) -> Reading:
        if index not in frozen:
            return reading
        first = stuck.setdefault(index, reading)
        return Reading(first.value, seen.clock_s) if stamped else first

    def tank(item: TankInput) -> TankInput:
        readings = (item.temperature_c, *item.lower_c)
        shown = tuple(show(index, reading) for index, reading in enumerate(readings))
        return replace(item, temperature_c=shown[0], lower_c=shown[1:])

    def room(item: RoomInput) -> RoomInput:
        return replace(item, temperature_c=show(0, item.temperature_c))

    return replace(
        seen, tanks=tuple(map(tank, seen.tanks)), rooms=tuple(map(room, seen.rooms))
    )


def per_tick_k(spec: SiteSpec, capacity_wh_per_k: float, dt_s: float) -> float:
    """Return how much a sink can warm until it is looked at again."""
    worker = spec.workers[0]
    power_w = worker.levels_w[-1] * worker.recovery
    return power_w * dt_s / 3600 / capacity_wh_per_k
